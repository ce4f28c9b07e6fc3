"""Scores on the terminal; in a pipe or a log, the same figures as plain aligned text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ucb.report.figures import (
    audit,
    by_tokens,
    confusion,
    incomplete,
    interval,
    lines,
    percent,
    plural,
    rates,
    splits,
    usage,
)
from ucb.scores import Scores
from ucb.types import Reason

_BAR = 24
WIDE = 400  # Characters: nothing is wrapped or cut where there is no screen.


def print_scores(console: Console, tasks: Mapping[str, Scores]) -> None:
    """
    Print the scores of each task.

    A terminal gets colours and bars; anything else gets ASCII in columns two
    spaces apart, for logs and for tools that cut columns.
    """
    for name, scores in tasks.items():
        print_wide(console, _task(name, scores, rich=console.is_terminal))


def print_wide(console: Console, *parts: RenderableType) -> None:
    """Print as it is on a terminal; elsewhere without colours, and never wrapped or cut."""
    if console.is_terminal:
        console.print(*parts, sep="\n", highlight=False)
        return
    plain = Console(file=StringIO(), width=WIDE, color_system=None)
    with plain.capture() as captured:
        plain.print(*parts, sep="\n", highlight=False)
    for line in captured.get().splitlines():
        console.out(line.rstrip(), highlight=False)


def _task(name: str, scores: Scores, *, rich: bool) -> RenderableType:
    size = f"{plural(scores.problems, 'problem')} x {plural(scores.samples, 'sample')}"
    parts: list[RenderableType] = [
        Text.assemble((name, "bold"), "  ", (size, "dim")),
        _indented(_rates(scores, rich=rich)),
        *_more(scores, rich=rich),
        *_splits(scores, rich=rich),
        Text("Why samples ended", style="bold"),
        _indented(_reasons(scores, rich=rich)),
        Text("Generation and extraction", style="bold"),
        *_facts(scores, rich=rich),
    ]
    if warning := incomplete(scores):
        parts.insert(1, Text(warning, style="bold yellow"))
    return Group(*parts)


def _rates(scores: Scores, *, rich: bool) -> Table:
    table = _table("score", "95% interval", rich=rich)
    for label, rate in rates(scores):
        first = label.startswith("pass@")
        style = "bold green" if first else "cyan"
        cells: list[RenderableType] = [
            Text(label, style="bold" if first else ""),
            Text(percent(rate.value), style=style),
            Text(interval(rate), style="dim"),
        ]
        table.add_row(*cells, *([_bar(rate.value, style)] if rich else []))
    return table


def _more(scores: Scores, *, rich: bool) -> Iterator[RenderableType]:
    """What only some tasks have: yes or no, measures, pass@t."""
    if found := list(lines(scores)):
        noted = any(line.note for line in found)
        columns = ("score", "95% interval", "problems", *["where it is known"] * noted)
        table = _table(*columns, rich=rich)
        for line in found:
            cells: list[RenderableType] = [
                Text(line.label),
                Text(line.value, style="green"),
                Text(line.interval, style="dim"),
                Text(f"{line.problems:,}"),
                *[Text(line.note, style="dim")] * noted,
            ]
            bar = _bar(line.share.value, "green") if line.share else Text("")
            table.add_row(*cells, *[bar] * rich)
        yield Text("Classification" if scores.classification else "Measures", style="bold")
        yield _indented(table)
    if facts := confusion(scores):
        table = _table("")
        for label, text in facts:
            table.add_row(label, text)
        yield _indented(table)
    for title, curves in by_tokens(scores).items():
        table = _table("problems", *(stage.name.lower() for stage in curves), "95% interval")
        last = curves[max(curves)]
        for t, rate in last.items():
            reached = (percent(curve[t].value) for curve in curves.values())
            table.add_row(f"{t:,} tokens", f"{rate.problems:,}", *reached, interval(rate))
        yield Text(f"pass@t ({title})", style="bold")
        yield _indented(table)


def _splits(scores: Scores, *, rich: bool) -> Iterator[RenderableType]:
    for figure, kinds in splits(scores):
        for kind, groups in kinds.items():
            table = _table("problems", "score", "95% interval", rich=rich)
            for name, rate in groups.items():
                cells: list[RenderableType] = [
                    Text(name),
                    Text(f"{rate.problems:,}"),
                    Text(percent(rate.value), style="green"),
                    Text(interval(rate), style="dim"),
                ]
                table.add_row(*cells, *([_bar(rate.value, "green")] if rich else []))
            yield Text(f"{figure} by {kind}", style="bold")
            yield _indented(table)


def _reasons(scores: Scores, *, rich: bool) -> Table:
    table = _table("samples", "share", rich=rich)
    for reason, count in scores.reasons.items():
        share, style = count / scores.present, "green" if reason is Reason.PASSED else "red"
        cells: list[RenderableType] = [
            Text(reason.value),
            Text(f"{count:,}"),
            Text(percent(share), style="dim"),
        ]
        table.add_row(*cells, *([_bar(share, style)] if rich else []))
    return table


def _facts(scores: Scores, *, rich: bool) -> Iterator[RenderableType]:
    columns = [_table(""), _table("")]
    for table, facts in zip(columns, (usage(scores), audit(scores)), strict=True):
        for label, text in facts:
            table.add_row(Text(label), Text(text))
    if not rich:
        yield from map(_indented, columns)
        return
    both = Table.grid(padding=(0, 4, 0, 0))
    both.add_row(*columns)
    yield _indented(both)


def _table(*columns: str, rich: bool = False) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=any(columns), header_style="dim")
    table.add_column(min_width=14, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    if rich:
        table.add_column()
    return table


def _bar(share: float, style: str) -> ProgressBar:
    return ProgressBar(
        total=1, completed=share, width=_BAR, complete_style=style, finished_style=style
    )


def _indented(table: Table) -> Padding:
    return Padding(table, (0, 0, 1, 2))
