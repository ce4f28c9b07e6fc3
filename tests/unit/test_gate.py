"""The gate: what closes it, what it refuses to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.results import outcome
from ucb.errors import ConfigError, Incomplete, NotComparable
from ucb.gate import Config, Decision, Rule, decide, holm
from ucb.outcomes import Protocol, RunOutcome


def ones(count: int, of: int = 100) -> list[int]:
    """The first `count` problems are solved."""
    return [int(n < count) for n in range(of)]


def gated(a: Sequence[int], b: Sequence[int], *rules: Rule, **settings: object) -> Decision:
    """Decide on solved problems under some rules."""
    config = Config(rules or (Rule(),), **settings)  # type: ignore[arg-type]
    return decide(outcome(a), outcome(b), config)


def test_an_equal_or_better_candidate_passes() -> None:
    """No drop, no failure; and the gate says what it could have seen."""
    for count in (60, 80):
        decision = gated(ones(count), ones(60))
        assert decision.passed
        (check,) = decision.checks
        assert check.detectable is not None
        assert 0.05 <= check.detectable < 0.2


def test_a_significant_drop_closes_it() -> None:
    """Ten lost and none won is no chance; the sentence says how much and how sure."""
    decision = gated(ones(50), ones(60))
    assert not decision.passed
    (reason,) = decision.checks[0].reasons
    assert reason == "Fell by 10.0 points from 60.0% to 50.0% (p = 0.00098)."


def test_a_drop_that_chance_explains_passes() -> None:
    """Four lost and none won happens once in sixteen times."""
    assert gated(ones(56), ones(60)).passed
    assert not gated(ones(56), ones(60), Rule(significant=False)).passed


def test_a_drop_within_the_margin_passes() -> None:
    """However significant: the margin is what the owner accepts; the larger margin counts."""
    assert gated(ones(50), ones(60), Rule(margin=0.10)).passed
    assert not gated(ones(50), ones(60), Rule(margin=0.09)).passed
    assert gated(ones(50), ones(60), Rule(margin=0.01, relative_margin=0.2)).passed


def test_absolute_thresholds_need_no_baseline() -> None:
    """Below the minimum or above the maximum fails; a rule about drops alone decides nothing."""
    candidate = outcome(ones(50), figures={"tokens_per_second": 80.0})
    rules = (Rule(minimum=0.5), Rule(metric="tokens_per_second", maximum=79.0))
    decision = decide(candidate, None, Config(rules))
    assert [check.passed for check in decision.checks] == [True, False]
    assert decision.checks[1].reasons == ("80 is above the maximum of 79.",)
    assert not decide(candidate, None, Config((Rule(minimum=0.51),))).passed
    with pytest.raises(ConfigError, match="nothing to hold the candidate to"):
        decide(candidate, None)


@pytest.mark.parametrize(
    ("metric", "before", "after", "passed"),
    [
        ("tokens_per_second", 100.0, 95.0, True),
        ("tokens_per_second", 100.0, 85.0, False),
        ("tokens_per_sample", 100.0, 115.0, False),
        ("tokens_per_sample", 100.0, 50.0, True),
    ],
)
def test_figures_have_a_good_direction(
    metric: str, before: float, after: float, *, passed: bool
) -> None:
    """Slower is worse and longer is worse; a tenth is tolerated here."""
    rule = Rule(metric=metric, relative_margin=0.1)
    a = outcome(ones(5), figures={metric: after})
    b = outcome(ones(5), figures={metric: before})
    assert decide(a, b, Config((rule,))).passed is passed


def test_several_tests_share_one_false_alarm_rate() -> None:
    """What is significant alone need not be among twenty rules (Holm)."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    a, b = outcome(ones(54)), outcome(ones(60))  # One-sided p = 1/64.
    assert not decide(a, b).passed
    tasks = {f"t{n}": replace(a.tasks["t"], name=f"t{n}") for n in range(10)}
    others = {n: replace(b.tasks["t"], name=n, tallies=a.tasks["t"].tallies) for n in tasks}
    others["t3"] = replace(b.tasks["t"], name="t3")
    decision = decide(replace(a, tasks=tasks), replace(b, tasks=others))
    assert decision.passed
    assert decision.checks[3].p == pytest.approx(10 / 64)


def test_unstable_problems_decide_nothing() -> None:
    """They are left out on both sides and named, wherever it is known from."""
    a, b = outcome(ones(55)), outcome(ones(60))
    assert not decide(a, b).passed
    task = replace(b.tasks["t"], unstable=frozenset({"p/55"}))
    for decision in (
        decide(a, replace(b, tasks={"t": task})),
        decide(a, b, unstable={"t": frozenset({"p/55"})}),
        decide(a, b, Config(ignore=("p/5[5]",))),
    ):
        assert decision.passed
        assert decision.notes == ["1 problems of t are left out (p/55)."]
    kept = Config(ignore_unstable=False)
    assert not decide(a, replace(b, tasks={"t": task}), kept).passed


def test_too_many_unstable_problems_are_no_decision() -> None:
    """A sandbox that gives a tenth of the problems two verdicts cannot open a gate."""
    unsure = frozenset(f"p/{n}" for n in range(11))
    with pytest.raises(NotComparable, match="11 of 100 problems of t have verdicts that change"):
        decide(outcome(ones(60)), outcome(ones(60)), unstable={"t": unsure})


def test_an_incomplete_candidate_is_refused() -> None:
    """Missing rows, or a benchmark that was not run, never pass."""
    whole = outcome(ones(60))
    half = replace(whole.tasks["t"], protocol=replace(whole.tasks["t"].protocol, problems=120))
    with pytest.raises(Incomplete, match="20 verdicts of t are missing"):
        decide(replace(whole, tasks={"t": half}), whole)
    with pytest.raises(Incomplete, match="run has no t, which the gate asks for"):
        decide(replace(whole, tasks={}), whole)
    with pytest.raises(Incomplete, match="does not say cost_per_sample"):
        decide(whole, whole, Config((Rule(metric="cost_per_sample", maximum=1.0),)))


def test_other_protocols_and_other_settings_are_refused() -> None:
    """A drop means nothing when something else than the checkpoint has changed."""
    whole = outcome(ones(60), asked={"max_tokens": 512})
    mode = replace(whole.tasks["t"], protocol=Protocol(1, "other", "ab" * 32, 100))
    with pytest.raises(NotComparable, match="mode 'other', not 'openai'"):
        decide(replace(whole, tasks={"t": mode}), whole)
    longer = replace(whole, asked={"max_tokens": 1024})
    with pytest.raises(NotComparable, match=r"max_tokens 1024, not 512.*allow = \['max_tokens'\]"):
        decide(longer, whole)
    assert decide(longer, whole, Config(allow=("max_tokens",))).passed


def test_a_rule_for_nothing_is_a_mistake() -> None:
    """A misspelt benchmark must not open the gate."""
    with pytest.raises(ConfigError, match=r"'humaneval'.* the runs have t"):
        gated(ones(5), ones(5), Rule(task="humaneval"))


def test_a_new_benchmark_is_said_to_be_new() -> None:
    """It has no baseline: absolute rules apply, and the note says no drop can be seen."""
    both = outcome(ones(60))
    new = replace(both.tasks["t"], name="new")
    more: RunOutcome = replace(both, tasks={**both.tasks, "new": new})
    decision = decide(more, both)
    assert decision.passed
    assert decision.notes == ["new is not in the baseline: no drop can be seen."]


def test_a_gate_that_can_stop_nothing_says_so() -> None:
    """A baseline that solves less than the detectable drop cannot be fallen from visibly."""
    (note,) = gated(ones(0), ones(3)).notes
    assert note.startswith("t, pass@1: the baseline's 3.0% is less than the smallest drop")
    assert gated(ones(60), ones(60)).notes == []
