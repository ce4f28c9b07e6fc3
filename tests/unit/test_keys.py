"""Sets of keys, a bit each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.keys import MOST_SAMPLES, Keys
from ucb.types import Key

SETS = st.sets(st.tuples(st.sampled_from("abc"), st.integers(0, 40)).map(lambda k: Key(*k)))


@given(SETS, SETS)
def test_they_are_the_sets_they_stand_for(a: set[Key], b: set[Key]) -> None:
    """Whatever is added, every answer is that of a plain set."""
    ours, theirs = Keys(a), Keys(b)
    assert ours == a
    assert sorted(ours) == sorted(a)
    assert len(ours) == len(a)
    assert ours.common(theirs) == len(a & b)
    assert ours - theirs == a - b
    assert (ours.first_missing(theirs) is None) == (not a - b)
    assert ours.first_missing(theirs) in {*(a - b), None}
    assert ours.problems == len({key.problem for key in a})


def test_a_grid_is_every_sample_of_every_problem() -> None:
    """In the order of the problems; a key is new once."""
    grid = Keys.grid(["b", "a"], 9)
    assert list(grid) == [Key(p, n) for p in "ba" for n in range(9)]
    assert grid.fewest == 9
    assert not grid.add(Key("a", 8))
    assert grid.add(Key("a", 9))
    assert (len(grid), grid.fewest) == (19, 9)


@pytest.mark.parametrize("sample", [-1, MOST_SAMPLES, 10**18])
def test_a_number_that_is_none_is_refused(sample: int) -> None:
    """A damaged row must not take all memory."""
    with pytest.raises(ValueError, match="no number of a sample"):
        Keys([Key("a", sample)])
    assert Key("a", sample) not in Keys.grid("a", 3)


def test_what_is_no_key_is_not_there() -> None:
    """As with any set."""
    assert "a" not in Keys.grid("a", 1)
