"""
Models by benchmark, from runs that may be set side by side.

Average and win rate are the Big Code Models Leaderboard's: the mean of pass@1
over the columns, and the mean over the columns of `models - (rank - 1)`. What
differs in protocol, is incomplete or was run again is set aside with a reason.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ucb.outcomes import FIGURES, Protocol, RunOutcome, TaskOutcome, rate
from ucb.passat import TokenRule, Told, by_budget
from ucb.stats import Estimate
from ucb.types import Style

_KS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_RULE = TokenRule.PAPER
_BUDGETS = tuple(125 * 2**step for step in range(14))


class Setting(NamedTuple):
    """What makes two results of one model two lines of the board."""

    model: str
    style: str
    quantization: str
    temperature: float | None


class Column(NamedTuple):
    """A benchmark, or one language of it."""

    task: str
    language: str = ""

    @property
    def label(self) -> str:
        """The head of the column."""
        return f"{self.task} {self.language}".rstrip()


@dataclass(frozen=True, slots=True)
class Cell:
    """pass@1 of a model in a column."""

    value: Estimate
    run: str
    """The run folder or baseline file it comes from."""
    rank: int
    """1 and the number of models that are surely better: their intervals lie above."""


class Average(NamedTuple):
    """Mean pass@1 over all columns, with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the board."""

    setting: Setting
    cells: Mapping[Column, Cell]
    average: Average | None
    """None where a column is missing: a mean over fewer columns is another figure."""
    win_rate: float | None
    rank: int | None
    """By average; models whose intervals overlap share it."""
    parameters: int | None
    figures: Mapping[str, float]
    """Means over the benchmarks, of figures that all of them have."""
    pass_at_k: Mapping[str, Mapping[int, Estimate]]
    """By benchmark and k."""
    pass_at_t: Mapping[str, Mapping[int, Estimate]]
    """By benchmark and tokens a problem may cost, counted by the model's own tokenizer."""


class Aside(NamedTuple):
    """A result that is on no line, and why."""

    run: str
    model: str
    task: str
    reason: str


@dataclass(frozen=True, slots=True)
class Board:
    """The whole leaderboard."""

    columns: Sequence[Column]
    entries: Sequence[Entry]
    aside: Sequence[Aside]
    protocols: Mapping[str, Protocol]
    """What every result of a benchmark on this board shares."""


class _Result(NamedTuple):
    run: RunOutcome
    task: TaskOutcome


def build(runs: Sequence[RunOutcome], tasks: Sequence[str] = ()) -> Board:
    """Rank the runs on `tasks`, or on every benchmark that any of them has."""
    results = [
        _Result(run, task)
        for run in runs
        for task in run.tasks.values()
        if not tasks or task.name in tasks
    ]
    protocols = _protocols(results)
    lines: dict[Setting, dict[str, _Result]] = {}
    aside: list[Aside] = []
    # The newest first, so that what is met again is older.
    for result in sorted(results, key=lambda r: (r.run.started, r.run.where), reverse=True):
        line = lines.setdefault(_setting(result.run), {})
        reason = _unfit(result, protocols[result.task.name], line.get(result.task.name))
        if reason:
            run, name = result.run, result.task.name
            aside.append(Aside(run.where, run.model, name, reason))
        else:
            line[result.task.name] = result
    lines = {setting: line for setting, line in lines.items() if line}
    columns = _columns([result for line in lines.values() for result in line.values()])
    return Board(columns, _entries(lines, columns), sorted(aside), protocols)


def _setting(run: RunOutcome) -> Setting:
    asked = run.asked
    quantization = asked.get("quantization", "none")
    return Setting(
        run.model,
        str(asked.get("style", "")),
        "" if quantization == "none" else str(quantization),
        asked.get("temperature"),
    )


def _protocols(results: Sequence[_Result]) -> dict[str, Protocol]:
    """
    The protocol of each benchmark: the newest task version, then most problems, then most runs.

    Only whole results vote, where there is one.
    """
    votes: dict[str, Counter[Protocol]] = {}
    for wanted in (0, None):  # Whole results first; all of them for what has none.
        found: dict[str, Counter[Protocol]] = {}
        for _, task in results:
            if wanted is None or task.missing == wanted:
                found.setdefault(task.name, Counter())[task.protocol] += 1
        votes = found | votes
    return {
        name: max(
            counts,
            key=lambda p: (p.version, p.problems, counts[p], p.mode, p.data_sha256),
        )
        for name, counts in sorted(votes.items())
    }


def _unfit(result: _Result, protocol: Protocol, newer: _Result | None) -> str:
    if missing := result.task.missing:
        return f"incomplete: {missing} verdicts are missing"
    if difference := result.task.protocol.difference(protocol):
        return f"not comparable: {difference}"
    if newer is not None:
        return f"run again in {newer.run.where}"
    return ""


def _columns(results: Sequence[_Result]) -> list[Column]:
    languages: dict[str, set[str]] = {}
    for _, task in results:
        languages.setdefault(task.name, set()).update(task.splits.get("language", ()))
    return [
        column
        for name, found in sorted(languages.items())
        for column in (
            [Column(name, each) for each in sorted(found)] if len(found) > 1 else [Column(name)]
        )
    ]


def _entries(
    lines: Mapping[Setting, Mapping[str, _Result]], columns: Sequence[Column]
) -> list[Entry]:
    scores = {
        setting: {c: e for c in columns if (e := _estimate(line.get(c.task), c)) is not None}
        for setting, line in lines.items()
    }
    whole = {s: found for s, found in scores.items() if len(found) == len(columns)}
    averages = {setting: _average(found) for setting, found in whole.items()}
    ranks = overlap_ranks({s: (a.low, a.high) for s, a in averages.items()})
    wins = win_rates({s: {c: e.value for c, e in f.items()} for s, f in whole.items()})
    by_column = {
        c: overlap_ranks({s: (f[c].low, f[c].high) for s, f in scores.items() if c in f})
        for c in columns
    }
    entries = [
        Entry(
            setting=setting,
            cells={
                c: Cell(
                    value,
                    line[c.task].run.where,
                    by_column[c][setting],
                )
                for c, value in scores[setting].items()
            },
            average=averages.get(setting),
            win_rate=wins.get(setting),
            rank=ranks.get(setting),
            parameters=next((r.run.parameters for r in line.values() if r.run.parameters), None),
            figures=_figures(line),
            pass_at_k={name: dict(_by_k(r.task)) for name, r in sorted(line.items())},
            pass_at_t={name: _by_t(r) for name, r in sorted(line.items())},
        )
        for setting, line in lines.items()
    ]
    return sorted(entries, key=_order)


def _order(entry: Entry) -> tuple[object, ...]:
    mean = entry.average.value if entry.average else -1.0
    first = max((cell.value.value for cell in entry.cells.values()), default=0.0)
    setting = entry.setting
    return (-mean, -first, setting.model, setting.style, setting.quantization, str(setting))


def _estimate(result: _Result | None, column: Column) -> Estimate | None:
    if result is None:
        return None
    if column.language:
        return result.task.splits.get("language", {}).get(column.language)
    return rate(result.task, "pass@1")


def _average(found: Mapping[Column, Estimate]) -> Average:
    """
    The mean over columns; its interval by the method of variance estimates recovery.

    Benchmarks are independent of each other. The languages of one benchmark ask
    the same problems, so their errors may all go the same way: half-widths are
    averaged within a benchmark and combined as squares between benchmarks.
    Source: Zou and Donner, Statistics in Medicine 27 (2008), 1693-1702.
    """
    mean = math.fsum(e.value for e in found.values()) / len(found)
    down: dict[str, float] = {}
    up: dict[str, float] = {}
    for column, e in found.items():
        down[column.task] = down.get(column.task, 0.0) + (e.value - e.low) / len(found)
        up[column.task] = up.get(column.task, 0.0) + (e.high - e.value) / len(found)
    low, high = (math.sqrt(math.fsum(x * x for x in side.values())) for side in (down, up))
    return Average(mean, max(0.0, mean - low), min(1.0, mean + high))


def overlap_ranks(intervals: Mapping[Setting, tuple[float, float]]) -> dict[Setting, int]:
    """Return 1 and the number of models whose interval lies wholly above, for each."""
    return {
        setting: 1 + sum(low > high for low, _ in intervals.values())
        for setting, (_, high) in intervals.items()
    }


def win_rates(scores: Mapping[Setting, Mapping[Column, float]]) -> dict[Setting, float]:
    """
    Return the mean over columns of `models - (rank - 1)`; equal scores share the better rank.

    Every model needs every column. Source: the Big Code Models Leaderboard.
    """
    found = {}
    for setting, mine in scores.items():
        points = [
            len(scores) - sum(theirs[column] > value for theirs in scores.values())
            for column, value in mine.items()
        ]
        found[setting] = sum(points) / len(points)
    return found


def _figures(line: Mapping[str, _Result]) -> dict[str, float]:
    tasks = [result.task for _, result in sorted(line.items())]
    return {
        name: math.fsum(task.figures[name] for task in tasks) / len(tasks)
        for name in FIGURES
        if all(name in task.figures for task in tasks)
    }


def _by_k(task: TaskOutcome) -> Iterator[tuple[int, Estimate]]:
    samples = min(tally.samples for tally in task.tallies.values())
    for k in _KS:
        if k <= samples:
            yield k, rate(task, f"pass@{k}")


def _by_t(result: _Result) -> dict[int, Estimate]:
    """Only budgets that every problem can spend: the others are about other problems."""
    tallies = result.task.tallies.values()
    style = Style.CHAT if result.run.asked.get("style") == Style.CHAT.value else Style.COMPLETE
    told = [Told(t.samples, t.passed, t.tokens_in, t.tokens_out) for t in tallies]
    found = by_budget(_BUDGETS, told, _RULE, style)
    return {budget: value for budget, value in found.items() if value.problems == len(told)}
