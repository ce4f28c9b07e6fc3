"""Lines that all samples of a problem ran together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ucb.errors import StoreError
from ucb.metrics import Scheme, score
from ucb.pooling import Pool, Pooled, packed, unpacked
from ucb.rows import verdict_from_row, verdict_to_row
from ucb.types import Completion, Key, Reason, Stage, Verdict

LINES = st.dictionaries(st.integers(1, 40), st.booleans(), max_size=20)
SAMPLES = st.lists(st.dictionaries(st.sampled_from(["A", "B"]), LINES, max_size=2), max_size=4)


@settings(deadline=None)
@given(LINES)
def test_lines_are_kept_in_a_short_text(lines: dict[int, bool]) -> None:
    """Whatever they are, they come back."""
    found = unpacked(packed(lines))
    assert {line: hit for hit in (True, False) for line in found[hit]} == lines


def test_what_the_text_looks_like() -> None:
    """Ranges, those that were not run with a mark."""
    hits = {**dict.fromkeys([3, 4, 5, 9], True), **dict.fromkeys([6, 7], False)}
    assert packed(hits) == "3-5,9,!6-7"
    assert packed({}) == ""
    for damaged in ("a", "3-", "3;4", "-3", "!"):
        with pytest.raises(ValueError, match="names no lines"):
            unpacked(damaged)


@settings(deadline=None)
@given(SAMPLES)
def test_shares_are_those_of_the_sets(samples: list[dict[str, dict[int, bool]]]) -> None:
    """By their definitions: of lines, and as CodeUJB has it of lines with what came of them."""
    pooled = Pooled()
    for sample in samples:
        pooled.add({name: packed(lines) for name, lines in sample.items()})
    every = {
        (name, line, hit)
        for sample in samples
        for name, lines in sample.items()
        for line, hit in lines.items()
    }
    lines = {each[:2] for each in every}
    ran = {each[:2] for each in every if each[2]}
    assert pooled.share(Pool.ANY) == (len(ran) / len(lines) if lines else 0)
    assert pooled.share(Pool.TWICE) == (len(ran) / len(every) if every else 0)
    assert pooled.samples == sum(map(bool, samples))


def _verdict(problem: str, sample: int, text: str = "") -> Verdict:
    lines = {"A A.java": text} if text else {}
    return Verdict(Key(problem, sample), Stage.PASSED, Reason.PASSED, lines=lines)


def test_a_score_pools_the_samples_of_each_problem() -> None:
    """Then it is a mean over the problems that the measure is defined for."""
    verdicts = [
        _verdict("p", 0, "1,!2"), _verdict("p", 1, "2,!1,!3"), _verdict("p", 2),
        _verdict("q", 0), _verdict("q", 1), _verdict("q", 2),
        _verdict("r", 0, "1"), _verdict("r", 1), _verdict("r", 2),
    ]  # fmt: skip
    keys = [each.key for each in verdicts]
    scheme = Scheme(
        measures={"any": {"p", "q"}, "twice": {"p", "q"}},
        pools={"any": Pool.ANY, "twice": Pool.TWICE},
    )
    found = score(
        verdicts, [Completion(key, "") for key in keys], [1], expected=keys, scheme=scheme
    ).measures
    assert found["any"].mean.value == pytest.approx((2 / 3 + 0) / 2)
    assert found["twice"].mean.value == pytest.approx((2 / 5 + 0) / 2)
    assert found["any"].given is None
    assert found["any"].samples == 2


def test_a_damaged_row_is_named() -> None:
    """A text that names no lines is the row's fault."""
    keys = [Key("p", 0)]
    scheme = Scheme(measures={"any": {"p"}}, pools={"any": Pool.ANY})
    with pytest.raises(StoreError, match="verdict of p, sample 0, 'x' names no lines"):
        score([_verdict("p", 0, "x")], [], [1], expected=keys, scheme=scheme)


def test_a_verdicts_row_has_its_lines() -> None:
    """And none where there are none."""
    verdict = _verdict("p", 0, "1-3,!4")
    assert verdict_from_row(verdict_to_row(verdict)) == verdict
    assert "lines" not in verdict_to_row(_verdict("p", 0))
