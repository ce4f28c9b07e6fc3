"""How numbers are written, and which figures a report shows in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ucb.classify import Figure
from ucb.passat import TokenRule
from ucb.scores import Curve, Scores, Splits
from ucb.stats import Estimate, Method
from ucb.types import Finish, Reason, Stage

Facts = list[tuple[str, str]]
"""A label and a text each."""

METHODS: Mapping[Method, str] = {
    Method.WILSON: "Wilson score interval",
    Method.BOOTSTRAP: "bootstrap over problems",
    Method.BOUND: "Wilson bound; too few or too equal problems for a bootstrap",
}

_FIGURES: Mapping[Figure, str] = {
    Figure.ACCURACY: "accuracy",
    Figure.ACCURACY_READABLE: "accuracy, readable answers",
    Figure.PRECISION: "precision",
    Figure.RECALL: "recall",
    Figure.F1: "F1",
    Figure.MCC: "Matthews correlation",
    Figure.UNREADABLE: "unreadable answers",
    Figure.AUC: "area under ROC",
    Figure.ACCURACY_AT_HALF: "accuracy at likelihood 0.5",
}
_DECIMAL = (Figure.MCC, Figure.AUC)
"""Figures that are no share of anything, and are written as decimals."""


class Line(NamedTuple):
    """One figure of a table."""

    label: str
    value: str
    interval: str
    problems: int
    share: Estimate | None
    """For a bar; None for a figure that is no share."""
    note: str = ""


def percent(share: float) -> str:
    """Write a share as a percentage: `12.2%`. Only exactly 0 and 1 are written as 0% and 100%."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{min(max(share, 0.001), 0.999):.1%}"


def interval(value: Estimate) -> str:
    """Write an interval in percent, without the sign: `8.0 - 18.1`."""
    return f"{100 * value.low:.1f} - {100 * value.high:.1f}"


def number(value: float) -> str:
    """Write a count, or another figure with three significant digits: `12,345`, `41.3`."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def duration(seconds: float) -> str:
    """Write seconds the way people say them: `0.42 s`, `12 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02} min"


def money(dollars: float) -> str:
    """Write US dollars: `$12.50`, `$0.0021`."""
    return f"${dollars:,.2f}" if dollars >= 1 or not dollars else f"${dollars:.2g}"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: `1 sample`, `164 problems`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def stages(scores: Scores) -> dict[Stage, Estimate]:
    """
    Return the stages worth a line: `TRIGGERED` only where something hinges on it.

    And `PASSED` only where it is not an accuracy, which has an interval of its
    own: one that heeds which problems belong together.
    """
    passed = scores.stages.get(Stage.PASSED)
    idle = passed if Reason.NOT_TRIGGERED not in scores.reasons else None
    return {
        stage: rate
        for stage, rate in scores.stages.items()
        if not (stage is Stage.TRIGGERED and rate == idle)
        and not (stage is Stage.PASSED and scores.classification is not None)
    }


def rates(scores: Scores) -> Iterator[tuple[str, Estimate]]:
    """Yield pass@k, then each stage, by label; each figure once, and only with one interval."""
    if scores.classification is None:
        for k, rate in scores.pass_at.items():
            yield f"pass@{k}", rate
    for stage, rate in stages(scores).items():
        name = stage.name.lower()
        if stage is not Stage.PASSED:
            yield name, rate
            for k, at in scores.stages_at.get(stage, {}).items():
                if k != 1:  # The rate itself is at 1.
                    yield f"{name}@{k}", at
        elif 1 not in scores.pass_at:
            yield name, rate


def headline(scores: Scores) -> tuple[str, Estimate] | None:
    """Return the figure that stands for the task, with its label; None where there is none."""
    if scores.classification is not None:
        return "accuracy", scores.classification.figures[Figure.ACCURACY]
    return next(((f"pass@{k}", rate) for k, rate in scores.pass_at.items()), None)


def overview(scores: Scores) -> Iterator[tuple[str, Estimate]]:
    """Yield the figures that a run's table of tasks has, by label."""
    if scores.classification is None:
        for k, rate in scores.pass_at.items():
            yield f"pass@{k}", rate
    elif first := headline(scores):
        yield first
    for name, measured in scores.measures.items():
        yield name.replace("_", " "), measured.mean


def lines(scores: Scores) -> Iterator[Line]:
    """Yield what a task has beside pass@k and stages: its classification and its measures."""
    if scores.classification is not None:
        for figure, rate in scores.classification.figures.items():
            yield _line(_FIGURES[figure], rate, decimal=figure in _DECIMAL)
    for name, measured in scores.measures.items():
        given = measured.given
        note = f"{percent(given.value)} of {plural(measured.samples, 'sample')}" if given else ""
        yield _line(name.replace("_", " "), measured.mean, note=note)


def _line(label: str, rate: Estimate, note: str = "", *, decimal: bool = False) -> Line:
    if decimal:
        ends = f"{rate.low:.2f} - {rate.high:.2f}"
        return Line(label, f"{rate.value:.3f}", ends, rate.problems, None, note)
    return Line(label, percent(rate.value), interval(rate), rate.problems, rate, note)


def confusion(scores: Scores) -> Facts:
    """Return the samples of a task that classifies, by truth and answer."""
    if scores.classification is None:
        return []
    counts = scores.classification.counts
    return [
        ("Defective, called defective", number(counts.true_positive)),
        ("Defective, called sound", number(counts.false_negative)),
        ("Sound, called defective", number(counts.false_positive)),
        ("Sound, called sound", number(counts.true_negative)),
        ("Unreadable", number(counts.unreadable)),
        ("Resampled for the intervals", plural(scores.classification.clusters, "cluster")),
    ]


def splits(scores: Scores) -> Iterator[tuple[str, Splits]]:
    """Yield the figures that are known by group, by label."""
    first = "pass@1" if scores.classification is None else "accuracy"
    yield first, scores.splits
    for name, found in scores.measure_splits.items():
        yield name.replace("_", " "), found


def by_tokens(scores: Scores) -> dict[str, Mapping[Stage, Curve]]:
    """
    Return pass@t by what a prompt costs, as a title says it.

    Nothing where problems have one sample: then pass@t is pass@1 over the
    problems whose only sample is long, which says nothing new. Nor of a task
    that classifies, where two samples that differ are no way to an answer.
    """
    if scores.samples < 2 or scores.classification is not None:
        return {}
    shown = stages(scores)
    found = {
        rule: {stage: curve for stage, curve in curves.items() if stage in shown}
        for rule, curves in scores.pass_at_t.items()
    }
    paper, code = (found.get(rule) for rule in (TokenRule.PAPER, TokenRule.CODE))
    if paper and paper == code:
        return {f"{TokenRule.PAPER}, {TokenRule.CODE}": paper}
    return {rule.value: curves for rule, curves in found.items() if curves}


def incomplete(scores: Scores) -> str:
    """Return the sentence that must stand beside scores over missing rows, or nothing."""
    if not scores.missing:
        return ""
    verb = "is" if scores.missing == 1 else "are"
    return (
        f"{scores.missing:,} of {plural(scores.expected, 'row')} {verb} missing. "
        "These scores are over the rest and compare with no other run."
    )


def usage(scores: Scores) -> Facts:
    """Return what the run took; figures that no backend gave are left out."""
    spent = scores.usage
    mean = spent.tokens_out / spent.completions if spent.tokens_out is not None else None
    wait = spent.seconds / scores.solved if spent.seconds is not None and scores.solved else None
    lines = (
        ("Prompt tokens", spent.tokens_in, number),
        ("Generated tokens", spent.tokens_out, number),
        ("Generated tokens per sample", mean, number),
        ("Tokens per second", spent.tokens_per_second, number),
        ("Generation time", spent.seconds, duration),
        ("Execution CPU time", scores.cpu or None, duration),
        ("Problems solved", scores.solved, number),
        ("Tokens per solved problem", scores.tokens_per_solved, number),
        ("Generation time per solved problem", wait, duration),
        ("Cost", spent.cost, money),
        ("Cost per solved problem", scores.cost_per_solved, money),
    )
    return [(label, write(value)) for label, value, write in lines if value is not None]


def audit(scores: Scores) -> Facts:
    """Return how answers became code, and how those were judged."""
    counts = {
        "Answers with no code": scores.no_code,
        "Cut off at the token limit": scores.truncated,
        **({"Refused": count} if (count := scores.finishes.get(Finish.REFUSED)) else {}),
        **{
            f"Extraction: {rule}": count
            for rule, count in scores.rules.items()
            if rule != Reason.NO_CODE.value
        },
        **{f"Judged by {judge}": count for judge, count in scores.judges.items()},
    }
    return [(label, _of(count, scores.present)) for label, count in counts.items()]


def _of(count: int, total: int) -> str:
    return f"{count:,} ({percent(count / total)})" if count else "0"
