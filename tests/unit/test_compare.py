"""Paired differences: what they are, and how sure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.results import outcome
from ucb.compare import Noise, compare, detectable_drop, drop_p
from ucb.errors import ConfigError, NotComparable
from ucb.outcomes import Failure, Protocol
from ucb.stats import mcnemar_exact


def test_a_comparison_by_hand() -> None:
    """Two won, one lost, one as before: the difference, the test and the lists."""
    a = outcome([1, 1, 0, 1]).tasks["t"]
    a = replace(a, failures={"p/2": Failure(0, "timeout")})
    found = compare(a, outcome([0, 0, 1, 1]).tasks["t"])
    assert found.difference.value == pytest.approx(0.25)
    assert found.mcnemar == mcnemar_exact(2, 1) == 1.0
    assert [change.problem for change in found.won] == ["p/0", "p/1"]
    assert [(c.problem, c.before, c.after, c.failure) for c in found.lost] == [
        ("p/2", 1.0, 0.0, Failure(0, "timeout"))
    ]
    assert found.noise == Noise(pytest.approx(0.5), 1.0)  # type: ignore[arg-type]


def test_equal_runs_are_not_proved_equal() -> None:
    """Where no problem differs, the interval says how many still might."""
    task = outcome([1] * 20 + [0] * 20).tasks["t"]
    found = compare(task, task).difference
    assert (found.value, found.p) == (0.0, 1.0)
    assert found.high == -found.low == pytest.approx(0.0876, abs=1e-4)


def test_problems_can_be_left_out_on_both_sides() -> None:
    """An ignored problem counts neither in a score nor in the difference."""
    found = compare(outcome([0, 1, 1]).tasks["t"], outcome([1, 1, 1]).tasks["t"], ignoring={"p/0"})
    assert (found.candidate.value, found.baseline.value, found.problems) == (1.0, 1.0, 2)
    assert found.ignored == ["p/0"]


def test_the_largest_changes_come_first_and_numbers_count() -> None:
    """By size of the difference, then p/9 before p/10."""
    found = compare(outcome([0] * 12, 2).tasks["t"], outcome([1] * 11 + [2], 2).tasks["t"])
    assert [change.problem for change in found.lost] == ["p/11", *(f"p/{n}" for n in range(11))]


def test_samples_may_differ_in_number() -> None:
    """pass@1 of 20 samples and of one are the same figure."""
    found = compare(outcome([20, 0, 10], 20).tasks["t"], outcome([1, 0, 1]).tasks["t"])
    assert found.difference.value == pytest.approx(-1 / 6)
    assert found.mcnemar is None


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        (Protocol(1, "bigcode", "ab" * 32, 3), "mode 'bigcode', not 'openai'"),
        (Protocol(1, "openai", "cd" * 32, 3), "other problems"),
        (Protocol(1, "openai", "ab" * 32, 2), "2 problems, not 3"),
    ],
)
def test_what_is_not_comparable_is_refused(protocol: Protocol, said: str) -> None:
    """One sentence: what differs and what to do; never a number."""
    other = replace(outcome([1, 0, 1]).tasks["t"], protocol=protocol)
    with pytest.raises(NotComparable, match=said):
        compare(other, outcome([1, 0, 1]).tasks["t"])


def test_other_problems_under_the_same_protocol_are_refused() -> None:
    """A problem that only one run has cannot be paired."""
    task = outcome([1, 0]).tasks["t"]
    odd = replace(task, tallies={"p/0": task.tallies["p/0"], "q/1": task.tallies["p/1"]})
    with pytest.raises(NotComparable, match="only one of them has the problem 'p/1'"):
        compare(odd, task)


def test_one_problem_is_no_comparison() -> None:
    """Without two problems there is nothing to test."""
    with pytest.raises(ConfigError, match="1 problems of t are left"):
        compare(outcome([1]).tasks["t"], outcome([0]).tasks["t"])


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_test_of_a_drop_is_mcnemars_one_sided(won: int, lost: int) -> None:
    """For 0 and 1 it is exact: half the two-sided value on the side of the drop."""
    p = drop_p([1.0] * won + [-1.0] * lost + [0.0] * 5)
    if lost > won:
        assert 2 * p == pytest.approx(mcnemar_exact(won, lost))
    else:
        assert p >= 0.5


def test_the_test_of_a_drop_flips_signs() -> None:
    """Exact for shares of samples; for other differences drawn, near the exact value, never 0."""
    assert drop_p([-0.5, -0.5, -0.25]) == 1 / 8
    assert drop_p([0.5, -0.5, 0.25]) == 6 / 8
    assert drop_p([-0.1] * 100) == pytest.approx(2.0**-100)
    odd = [-(1 / 7), -(1 / 1009), 1 / 1013]
    assert drop_p(odd) == pytest.approx(2 / 8, abs=0.01)
    assert drop_p([-(2**0.5) / 2] * 100) == pytest.approx(1 / 20_001)
    assert drop_p([0.0, 0.0]) == 1.0


def test_no_drop_is_seen_with_too_few_losses() -> None:
    """At 5 % the exact test needs five losses and no win, however quiet the rest is."""
    assert detectable_drop(Noise(0.0, 1.0), 10_000) >= 5 / 10_000
    assert drop_p([-1.0] * 4) > 0.05 >= drop_p([-1.0] * 5)
    assert detectable_drop(Noise(0.2, 1.0), 4) == 1.0


def test_a_larger_run_sees_smaller_drops() -> None:
    """Ten times the problems, and less noise, make a finer instrument; a margin a coarser one."""
    noise = Noise(0.2, 1.0)
    assert detectable_drop(noise, 1640) < detectable_drop(noise, 164) / 2
    assert detectable_drop(Noise(0.05, 1.0), 164) < detectable_drop(noise, 164)
    assert detectable_drop(Noise(0.05, 0.3), 164) < detectable_drop(Noise(0.05, 1.0), 164)
    assert detectable_drop(noise, 164, margin=0.15) > detectable_drop(noise, 164) + 0.05


@pytest.mark.slow
@pytest.mark.parametrize("samples", [5, 20])
def test_false_alarms_of_many_samples(samples: int) -> None:
    """Two runs of one model, 2,000 times: the test calls at most 5 % of them a drop."""
    random = np.random.RandomState(samples)
    alarms = 0
    for _ in range(2000):
        chance = random.beta(0.4, 0.8, size=100)
        a, b = (random.binomial(samples, chance) / samples for _ in range(2))
        alarms += drop_p(list(a - b)) <= 0.05
    # 5 % and three standard errors of 2,000 draws.
    assert alarms / 2000 <= 0.05 + 3 * (0.05 * 0.95 / 2000) ** 0.5
