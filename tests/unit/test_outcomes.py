"""Rates from tallies, and what makes two results incomparable."""

from __future__ import annotations

import pytest

from tests.results import outcome
from ucb.errors import ConfigError, UnknownName
from ucb.outcomes import (
    STAGES,
    Protocol,
    RunOutcome,
    Tally,
    asked_differently,
    is_rate,
    rate,
    splits_to_json,
    unstable,
    values,
)
from ucb.stats import estimate


def test_rates_are_by_problem() -> None:
    """pass@k is the unbiased estimator per problem; a stage's rate is a share of samples."""
    task = outcome([0, 1, 4], 4).tasks["t"]
    assert values(task, "pass@1") == {"p/0": 0, "p/1": 0.25, "p/2": 1}
    assert values(task, "pass@2") == {"p/0": 0, "p/1": 0.5, "p/2": 1}
    assert rate(task, "pass@4").value == pytest.approx(2 / 3)
    assert set(values(task, "compiled").values()) == {1}


def test_a_k_beyond_the_samples_is_refused() -> None:
    """pass@10 of two samples is a mistake, not a number."""
    with pytest.raises(ConfigError, match="pass@10 of t needs 10 samples"):
        values(outcome([1, 2], 2).tasks["t"], "pass@10")


def test_metrics_have_names() -> None:
    """Rates have a value per problem, figures have not, and other names are refused."""
    assert is_rate("pass@100")
    assert is_rate("compiled")
    assert not is_rate("tokens_per_second")
    for name in ("pass@0", "pass", "speed"):
        with pytest.raises(UnknownName, match="No metric named"):
            is_rate(name)
    with pytest.raises(UnknownName, match="Did you mean 'compiled'"):
        values(outcome([1, 0]).tasks["t"], "compile")


def test_a_tally_knows_every_stage() -> None:
    """Each count stands for its stage and those after it."""
    tally = Tally(10, 9, 7, 7, 3)
    assert [tally.reached(stage) for stage in STAGES] == [9, 7, 7, 3]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Protocol(2, "openai", "a" * 64, 164), "task version 1, not 2"),
        (Protocol(1, "bigcode", "a" * 64, 164), "mode 'openai', not 'bigcode'"),
        (
            Protocol(1, "openai", "b" * 64, 164),
            "other problems: data sha256 aaaaaaaa…, not bbbbbbbb…",
        ),
        (Protocol(1, "openai", "a" * 64, 20), "164 problems, not 20"),
        (Protocol(1, "openai", "a" * 64, 164), ""),
    ],
)
def test_a_protocol_says_what_differs(other: Protocol, said: str) -> None:
    """Version, mode, data and number of problems must be the same."""
    assert Protocol(1, "openai", "a" * 64, 164).difference(other) == said


def test_settings_of_asking_are_compared_where_both_say() -> None:
    """A setting that only one run knows is no difference."""
    a = RunOutcome("a", "m", {}, {"style": "chat", "top_p": 1.0, "new": 1})
    b = RunOutcome("b", "m", {}, {"style": "complete", "top_p": 1.0})
    assert asked_differently(a, b) == ["style 'chat', not 'complete'"]


def test_one_answer_with_two_verdicts_is_unstable() -> None:
    """Another answer may have another verdict; the same answer may not."""
    judged = [("p", "x", True), ("p", "y", False), ("q", "x", True), ("q", "x", False)]
    assert unstable(judged) == {"q"}


def test_splits_are_written_as_json() -> None:
    """By kind and group, each an estimate with its interval."""
    found = splits_to_json({"project": {"gson": estimate([1.0])}})
    assert found["project"]["gson"]["value"] == 1.0
