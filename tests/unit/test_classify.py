"""Figures of yes-or-no answers, against values worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ucb.classify import Answers, Classification, Counts, Figure, classify, truth
from ucb.errors import StoreError
from ucb.stats import Method
from ucb.types import Key, Reason, Stage, Verdict

Sample = tuple[int, int | None, float | None]
"""The truth, the answer, and how likely the model found "defective"."""


def verdict(problem: str, sample: int, measured: Sample) -> Verdict:
    """Make the verdict of one sample."""
    names = ("defective", "answered", "likelihood")
    measures = {n: float(v) for n, v in zip(names, measured, strict=True) if v is not None}
    return Verdict(Key(problem, sample), Stage.EXTRACTED, Reason.WRONG, measures=measures)


def answers(samples: Sequence[Sample], problem: str = "p") -> Answers:
    """Collect the samples of one problem."""
    found = Answers(bool(samples[0][0]))
    for number, each in enumerate(samples):
        found.add(verdict(problem, number, each))
    return found


def singles(samples: Sequence[Sample]) -> dict[str, Answers]:
    """Make one problem of each sample."""
    return {f"p/{n}": answers([each]) for n, each in enumerate(samples)}


def values(found: Classification) -> dict[str, float]:
    """Return the figures without their intervals."""
    return {figure.value: estimate.value for figure, estimate in found.figures.items()}


def cells(tp: int, fp: int, fn: int, tn: int, unreadable: int = 0) -> list[Sample]:
    """Make samples by truth and answer; the unreadable ones are of defective code."""
    kinds: list[tuple[Sample, int]] = [
        ((1, 1, None), tp),
        ((0, 1, None), fp),
        ((1, 0, None), fn),
        ((0, 0, None), tn),
        ((1, None, None), unreadable),
    ]
    return [sample for sample, count in kinds for _ in range(count)]


def test_figures_by_hand() -> None:
    """TP 3, FP 1, FN 2, TN 4 and two unreadable answers."""
    found = classify(singles(cells(3, 1, 2, 4, 2)), {})
    assert values(found) == {
        "accuracy": pytest.approx(7 / 12),
        "accuracy_readable": pytest.approx(7 / 10),
        "precision": pytest.approx(3 / 4),
        "recall": pytest.approx(3 / 5),
        "f1": pytest.approx(2 / 3),
        "mcc": pytest.approx(10 / math.sqrt(4 * 5 * 5 * 6)),
        "unreadable": pytest.approx(2 / 12),
    }
    assert found.counts == Counts(3, 1, 2, 4, 2)
    assert found.clusters == 12
    problems = {figure.value: estimate.problems for figure, estimate in found.figures.items()}
    assert problems == {
        "accuracy": 12, "accuracy_readable": 10, "precision": 4, "recall": 5, "f1": 6,
        "mcc": 10, "unreadable": 12,
    }  # fmt: skip


def test_figures_of_likelihoods_by_hand() -> None:
    """Of six pairs four are in order and two of them tied: 5 of 6; three of five above one half."""
    samples = [(1, 1, 0.9), (1, 1, 0.4), (1, 0, 0.4), (0, 0, 0.4), (0, 0, 0.1)]
    found = values(classify(singles(samples), {}))
    assert found["auc"] == pytest.approx(5 / 6)
    assert found["accuracy_at_half"] == pytest.approx(3 / 5)
    found = values(classify(singles([(1, 1, 0.5), (0, 1, 0.5)]), {}))
    assert (found["auc"], found["accuracy_at_half"]) == (0.5, 0.5)


def test_a_likelihood_that_one_sample_lacks_leaves_no_figure() -> None:
    """A curve over the samples that happen to have one would be about other samples."""
    found = values(classify(singles([(1, 1, 0.9), (0, 0, 0.1), (0, 0, None)]), {}))
    assert "auc" not in found
    assert "accuracy_at_half" not in found


@pytest.mark.parametrize(
    ("samples", "absent"),
    [
        (cells(0, 0, 2, 3), {"precision", "mcc"}),
        (cells(0, 1, 0, 3), {"recall", "mcc"}),
        (cells(0, 0, 0, 3), {"precision", "recall", "f1", "mcc"}),
        (cells(0, 0, 0, 0, 2), {"accuracy_readable", "precision", "recall", "f1", "mcc"}),
        ([(1, 1, 0.7), (1, 0, 0.2)], {"auc", "mcc"}),
    ],
)
def test_what_is_undefined_is_absent(samples: list[Sample], absent: set[str]) -> None:
    """A model that never says yes has no precision; 0 would be a lie."""
    found = values(classify(singles(samples), {}))
    likely = {"auc", "accuracy_at_half"} if samples[0][2] is not None else set()
    figures = {figure.value for figure in Figure} - {"auc", "accuracy_at_half"} | likely
    assert set(found) == figures - absent


def test_a_problem_weighs_the_same_whatever_its_samples() -> None:
    """One right answer of one, and one right of four: 5/8, not 2/5."""
    problems = {
        "a": answers([(1, 1, None)]),
        "b": answers([(0, 0, None), (0, 1, None), (0, 1, None), (0, None, None)]),
    }
    found = classify(problems, {})
    assert values(found)["accuracy"] == pytest.approx(5 / 8)
    assert values(found)["accuracy_readable"] == pytest.approx(1.25 / 1.75)
    assert values(found)["unreadable"] == pytest.approx(1 / 8)
    assert found.counts == Counts(1, 2, 0, 1, 1)


SAMPLE = st.tuples(
    st.integers(0, 1), st.sampled_from([0, 1, None]), st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0])
)


@settings(max_examples=40)
@given(st.lists(SAMPLE, min_size=1, max_size=12))
def test_figures_agree_with_their_definitions(samples: list[Sample]) -> None:
    """AUC is the share of pairs in order; Matthews correlation is Pearson's of two flags."""
    found = values(classify(singles(samples), {}))
    good, bad = ([likely for t, _, likely in samples if t == which] for which in (0, 1))
    pairs = [(b > g) + (b == g) / 2 for b, g in product(bad, good)]  # type: ignore[operator]
    assert ("auc" in found) == bool(pairs)
    if pairs:
        assert found["auc"] == pytest.approx(sum(pairs) / len(pairs))
    both = [(t, a) for t, a, _ in samples if a is not None]
    spread = all(len({row[i] for row in both}) == 2 for i in range(2)) if both else False
    assert ("mcc" in found) == spread
    if spread:
        assert found["mcc"] == pytest.approx(float(np.corrcoef(np.array(both).T)[0, 1]))


@settings(max_examples=25)
@given(st.lists(st.lists(SAMPLE, min_size=1, max_size=3), min_size=1, max_size=40), st.randoms())
def test_no_order_shows_and_every_figure_is_bounded(
    problems: list[list[Sample]], random: np.random.RandomState
) -> None:
    """The same rows in another order give the same digits; intervals hold their value."""
    alike = [[(rows[0][0], *rest) for _, *rest in rows] for rows in problems]
    named = {f"p/{n}": rows for n, rows in enumerate(alike)}
    clusters = {name: f"bug {n // 2}" for n, name in enumerate(named)}
    found = classify({name: answers(rows) for name, rows in named.items()}, clusters)  # type: ignore[arg-type]
    names = list(named)
    random.shuffle(names)
    turned = {name: answers(named[name][::-1]) for name in names}  # type: ignore[arg-type]
    assert classify(turned, clusters) == found
    for figure, estimate in found.figures.items():
        least = -1 if figure is Figure.MCC else 0
        assert least <= estimate.low <= estimate.high <= 1
        assert least <= estimate.value <= 1
        assert estimate.problems <= len(named)


def pairs(right: Sequence[tuple[bool, bool]]) -> tuple[dict[str, Answers], dict[str, str]]:
    """Make bugs with a defective and a sound version, each judged rightly or not."""
    problems: dict[str, Answers] = {}
    clusters: dict[str, str] = {}
    for number, (bad, good) in enumerate(right):
        for name, is_bad, is_right in (("buggy", True, bad), ("fixed", False, good)):
            problem = f"bug {number}@{name}"
            clusters[problem] = f"bug {number}"
            problems[problem] = answers([(int(is_bad), int(is_bad is is_right), None)])
    return problems, clusters


def interval(found: Classification, figure: Figure = Figure.ACCURACY) -> tuple[float, float]:
    """Return the ends of a figure's interval."""
    estimate = found.figures[figure]
    return estimate.low, estimate.high


def test_intervals_resample_bugs() -> None:
    """Versions that are right or wrong together are one observation, not two."""
    problems, clusters = pairs([(n % 2 == 0, n % 2 == 0) for n in range(60)])
    together = classify(problems, clusters)
    apart = classify(problems, {})
    assert (together.clusters, apart.clusters) == (60, 120)
    assert together.figures[Figure.ACCURACY].method is Method.BOOTSTRAP
    wide, narrow = (high - low for low, high in (interval(together), interval(apart)))
    # Half as many independent observations: the root of two wider.
    assert wide / narrow == pytest.approx(math.sqrt(2), rel=0.08)


@pytest.mark.slow
def test_intervals_cover() -> None:
    """Of simulated models that lean to one answer by bug, nineteen in twenty intervals are right.

    The model's leaning moves both versions of a bug alike, by a normal of
    variance 1, and the defect by 0.5 towards the right answer: with a threshold
    at 0 and noise of variance 0.25 that is right in a share known in closed form.
    """
    random = np.random.RandomState(7)
    truth = 0.5 * (1 + math.erf(0.5 / math.sqrt(1.25) / math.sqrt(2)))
    covered = 0
    for _ in range(120):
        leaning, noise = random.normal(0, 1, (60, 1)), random.normal(0, 0.5, (60, 2))
        seen = leaning + noise + np.array([0.5, -0.5])
        problems, clusters = pairs([(bad > 0, good <= 0) for bad, good in seen.tolist()])
        low, high = interval(classify(problems, clusters))
        covered += low <= truth <= high
    # 106 of 120 is more than three standard errors below 95 %.
    assert covered > 106


def test_versions_that_balance_out_leave_little_doubt() -> None:
    """A model that nearly always says yes is right on nearly one of each pair, whatever the bug."""
    problems, clusters = pairs([(True, n < 2) for n in range(60)])
    together, apart = (interval(classify(problems, c)) for c in (clusters, {}))
    assert together[1] - together[0] < (apart[1] - apart[0]) / 2


def test_a_seed_gives_the_same_interval_and_another_one_nearly() -> None:
    """The bootstrap is a function of its values and seed."""
    problems, clusters = pairs([(n % 3 == 0, n % 2 == 0) for n in range(40)])
    first = interval(classify(problems, clusters), Figure.MCC)
    assert interval(classify(problems, clusters), Figure.MCC) == first
    other = interval(classify(problems, clusters, seed=1), Figure.MCC)
    assert other == pytest.approx(first, abs=0.03)


@pytest.mark.parametrize(
    "right",
    [[(True, False)] * 5, [(True, False)] * 60, [(True, True)] * 60],
    ids=["few bugs", "always yes", "always right"],
)
def test_a_bound_stands_in_where_resamples_show_no_spread(
    right: Sequence[tuple[bool, bool]],
) -> None:
    """Sixty right answers do not prove that all others are right: the interval has a width."""
    problems, clusters = pairs(right)
    found = classify(problems, clusters)
    for estimate in found.figures.values():
        assert estimate.method is Method.BOUND
        assert estimate.low < estimate.high
    assert found.figures[Figure.ACCURACY].low < found.figures[Figure.ACCURACY].value


def test_the_bound_of_auc_counts_the_smaller_class() -> None:
    """Two defective of five problems: as if the area were a share of two trials."""
    samples: list[Sample] = [(1, 1, 0.9), (1, 1, 0.8), (0, 0, 0.1), (0, 0, 0.2), (0, 0, 0.3)]
    found = classify(singles(samples), {}).figures[Figure.AUC]
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(1 / (1 + 1.959964**2 / 2), abs=1e-6)


def test_intervals_of_a_figure_skip_resamples_without_it() -> None:
    """Precision of a model that says yes twice in sixty: some resamples have no yes at all."""
    problems, clusters = pairs([(n < 1, True) for n in range(60)])
    problems["bug 59@fixed"] = answers([(0, 1, None)])
    precision = classify(problems, clusters).figures[Figure.PRECISION]
    assert (precision.value, precision.problems) == (0.5, 2)
    assert 0 <= precision.low <= 0.5 <= precision.high <= 1


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        ({}, "'defective' is missing"),
        ({"defective": 0.5}, "'defective' is neither 0 nor 1"),
        ({"defective": 1.0, "answered": 2.0}, "'answered' is neither 0 nor 1"),
        ({"defective": 1.0, "likelihood": 1.5}, "'likelihood' is no number from 0 to 1"),
    ],
)
def test_a_verdict_that_cannot_be_counted_is_named(
    measures: Mapping[str, float], said: str
) -> None:
    """Damaged or older rows end in a sentence with the way out."""
    row = Verdict(Key("p/1", 2), Stage.PASSED, Reason.PASSED, measures=measures)
    with pytest.raises(StoreError, match=f"p/1, sample 2, {said}.*evaluate RUN --again"):
        Answers(truth(row)).add(row)


def test_samples_must_agree_on_the_truth() -> None:
    """One problem is not both defective and sound."""
    found = answers([(1, 1, None)])
    with pytest.raises(StoreError, match="another defective"):
        found.add(verdict("p", 1, (0, 1, None)))


def test_nothing_cannot_be_classified() -> None:
    """No problems, no figures."""
    with pytest.raises(ValueError, match="at least one problem"):
        classify({}, {})
