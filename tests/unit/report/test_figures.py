"""Numbers are written the way people read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.report.builders import mixed, scores_of
from ucb.report.charts import curve
from ucb.report.figures import audit, duration, incomplete, money, number, percent, stages, usage
from ucb.stats import Estimate, Method
from ucb.types import Reason, Stage


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.1223, "12.2%"), (0.0001, "0.1%"), (0.99999, "99.9%")],
)
def test_only_all_and_nothing_are_whole(share: float, text: str) -> None:
    """One failure in ten thousand is not written as 100%."""
    assert percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.42, "0.42 s"),
        (12.4, "12 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (7800, "2 h 10 min"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    """Each size has its own units, and rounding never writes sixty seconds."""
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(12345, "12,345"), (41.28, "41.3"), (999.7, "1,000"), (0.00213, "0.00213")]
)
def test_numbers(value: float, text: str) -> None:
    """Counts are whole with separators; other figures have three digits, never an exponent."""
    assert number(value) == text


@pytest.mark.parametrize(
    ("dollars", "text"), [(0, "$0.00"), (12.5, "$12.50"), (0.00214, "$0.0021")]
)
def test_money(dollars: float, text: str) -> None:
    """Small costs keep two digits that mean something."""
    assert money(dollars) == text


def test_triggered_shows_only_where_it_matters() -> None:
    """Function tasks have no such stage; a task that can fail to trigger has."""
    scores = scores_of(mixed())
    assert Stage.TRIGGERED not in stages(scores)
    assert Stage.TRIGGERED in stages(replace(scores, reasons={Reason.NOT_TRIGGERED: 1}))


def test_usage_leaves_out_what_nobody_measured() -> None:
    """A run without costs shows none, not a zero."""
    labels = dict(usage(scores_of(mixed())))
    assert labels["Generated tokens"] == "120"
    assert "Cost" not in labels


def test_the_audit_counts_answers() -> None:
    """Answers without code and answers cut off stand first."""
    facts = audit(scores_of(mixed()))
    assert facts[0] == ("Answers with no code", "1 (16.7%)")
    assert facts[1] == ("Cut off at the token limit", "1 (16.7%)")
    assert ("Extraction: fenced", "6 (100%)") in facts


def test_a_single_missing_row_is_singular() -> None:
    """The sentence about missing rows is a sentence."""
    assert incomplete(scores_of(mixed())) == ""
    assert incomplete(scores_of(mixed(), missing=1)).startswith("1 of 7 rows is missing.")


def rate(value: float) -> Estimate:
    """Make an estimate with an interval of ten points to both sides."""
    return Estimate(value, max(0.0, value - 0.1), min(1.0, value + 0.1), 50, Method.WILSON)


def test_the_curve_stays_in_its_frame() -> None:
    """Points rise with the score from left to right, and the band stays between the axes."""
    drawn = curve({100: rate(0.95), 1: rate(0.2), 10: rate(0.6)})
    assert drawn is not None
    assert [point.k for point in drawn.points] == [1, 10, 100]
    assert [point.x for point in drawn.points] == sorted(point.x for point in drawn.points)
    assert drawn.points[0].y > drawn.points[1].y > drawn.points[2].y
    for point in drawn.points:
        assert drawn.left < point.x < drawn.right
        assert 0 < point.high <= point.y <= point.low <= drawn.bottom
    assert drawn.ticks[-1][0] == pytest.approx(1.0)


def test_one_k_is_no_curve() -> None:
    """A single pass@k is a number, not a chart."""
    assert curve({1: rate(0.5)}) is None


def test_a_curve_of_zeros_can_be_drawn() -> None:
    """A model that solves nothing has a flat curve, not a division by zero."""
    nothing = Estimate(0.0, 0.0, 0.0, 50, Method.WILSON)
    drawn = curve({1: nothing, 10: nothing})
    assert drawn is not None
    assert {point.y for point in drawn.points} == {drawn.bottom}
