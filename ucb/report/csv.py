"""Scores as CSV: one row per task and metric."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ucb.classify import Figure
from ucb.files import replacing
from ucb.report.figures import stages
from ucb.scores import Scores, Splits
from ucb.stats import Estimate

_MCC = f"classification:{Figure.MCC}"


class Row(NamedTuple):
    """One line of the file; the field names are its header."""

    run: str
    task: str
    metric: str
    """`pass@k`, `stage:compiled`, `stage:compiled@10`, `pass@t:1000:ucb-paper:passed`,
    `classification:recall`, `measure:line_coverage`, `library:Pandas` (pass@1 of a group),
    `package:rich:line_coverage` (a measure of a group), `reason:timeout`, …"""
    unit: str
    """`share`, `correlation`, `rows`, `problems`, `tokens`, `seconds`, `usd` or `tokens/s`."""
    value: float
    low: float | None
    """Ends of the 95% interval, where there is one."""
    high: float | None
    n: int
    """Problems or rows that the value is over."""
    missing: int
    """Rows that the run still lacks."""


def rows(run: str, tasks: Mapping[str, Scores]) -> Iterator[Row]:
    """Yield every figure of every task; figures that the run does not have are left out."""
    for task, scores in tasks.items():
        for metric, rate in _rates(scores):
            ends = (rate.low, rate.high)
            unit = "correlation" if metric == _MCC else "share"
            yield Row(run, task, metric, unit, rate.value, *ends, rate.problems, scores.missing)
        for metric, unit, value, n in _figures(scores):
            if value is not None:
                yield Row(run, task, metric, unit, value, None, None, n, scores.missing)


def write_csv(path: Path, run: str, tasks: Mapping[str, Scores]) -> None:
    """Write `rows` with a header; raise `StoreError` when the disk refuses."""
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows(run, tasks))


def _rates(scores: Scores) -> Iterator[tuple[str, Estimate]]:
    yield from _passes(scores)
    if scores.classification is not None:
        for figure, rate in scores.classification.figures.items():
            yield f"classification:{figure}", rate
    for name, measured in scores.measures.items():
        yield f"measure:{name}", measured.mean
        if measured.given is not None:
            yield f"measure:{name}:given", measured.given
    yield from _groups(scores.splits)
    for name, splits in scores.measure_splits.items():
        yield from ((f"{group}:{name}", rate) for group, rate in _groups(splits))


def _passes(scores: Scores) -> Iterator[tuple[str, Estimate]]:
    for k, rate in scores.pass_at.items():
        yield f"pass@{k}", rate
    for stage, rate in stages(scores).items():
        yield f"stage:{stage.name.lower()}", rate
        for k, at in scores.stages_at.get(stage, {}).items():
            if k != 1:  # The rate itself is at 1.
                yield f"stage:{stage.name.lower()}@{k}", at
    for rule, curves in scores.pass_at_t.items():
        for stage, curve in curves.items():
            for t, rate in curve.items():
                yield f"pass@t:{t}:{rule}:{stage.name.lower()}", rate


def _groups(splits: Splits) -> Iterator[tuple[str, Estimate]]:
    for kind, groups in splits.items():
        for name, rate in groups.items():
            yield f"{kind}:{name}", rate


def _figures(scores: Scores) -> Iterator[tuple[str, str, float | None, int]]:
    usage, rows, answers = scores.usage, scores.present, scores.usage.completions
    for reason, count in scores.reasons.items():
        yield f"reason:{reason}", "share", count / rows, rows
    for rule, count in scores.rules.items():
        yield f"extraction:{rule}", "share", count / rows, rows
    yield "solved", "problems", scores.solved, scores.problems
    yield "truncated", "rows", scores.truncated, answers
    yield "tokens_in", "tokens", usage.tokens_in, answers
    yield "tokens_out", "tokens", usage.tokens_out, answers
    yield "generation", "seconds", usage.seconds, answers
    yield "tokens_per_second", "tokens/s", usage.tokens_per_second, answers
    yield "execution_cpu", "seconds", scores.cpu, rows
    yield "cost", "usd", usage.cost, answers
    yield "tokens_per_solved", "tokens", scores.tokens_per_solved, scores.solved
    yield "cost_per_solved", "usd", scores.cost_per_solved, scores.solved
