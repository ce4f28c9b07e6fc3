"""Comparisons of two runs: Markdown for pull requests, tables for terminals, JSON for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Literal

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from ucb.compare import Change, Comparison
from ucb.outcomes import RunOutcome
from ucb.report.figures import percent
from ucb.report.links import sample_of
from ucb.report.terminal import print_wide

LISTED = 20
"""Problems listed in Markdown and on the terminal; JSON has all."""


def points(share: float) -> str:
    """Write a difference of shares in percentage points, with its sign: `+1.2`."""
    text = f"{100 * share:+.1f}"
    return "0.0" if float(text) == 0 else text


def p_value(p: float) -> str:
    """Write a p-value: `0.031`, `<0.001`."""
    return "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def escaped(text: str) -> str:
    """Return a text that Markdown and HTML take as nothing but text, on one line."""
    plain = re.sub(r"([\\`*_\[\]|#~])", r"\\\1", " ".join(text.split()))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_json(compared: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON's own types, with every problem won and lost."""
    return {
        **asdict(compared),
        "won": [_change(change) for change in compared.won],
        "lost": [_change(change) for change in compared.lost],
        "ignored": list(compared.ignored),
    }


def markdown(
    compared: Sequence[Comparison],
    candidate: RunOutcome,
    baseline: RunOutcome,
    notes: Sequence[str],
) -> str:
    """Return comparisons as Markdown, with links into the runs' reports."""
    lines = [
        f"## {escaped(candidate.where)} against {escaped(baseline.where)}",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
        *(f"| {' | '.join(map(escaped, _cells(each)))} |" for each in compared),
        "",
        *(f"- {escaped(note)}" for note in notes),
        "",
    ]
    for each in compared:
        lines += changes(each, candidate, baseline)
    return "\n".join(lines).rstrip() + "\n"


def changes(compared: Comparison, candidate: RunOutcome, baseline: RunOutcome) -> list[str]:
    """Return the problems lost and won as Markdown lists with links."""
    lines: list[str] = []
    for verb, found, run in (("Lost", compared.lost, candidate), ("Won", compared.won, baseline)):
        if not found:
            continue
        of = f"{escaped(compared.task)} ({escaped(compared.metric)})"
        lines += [
            f"<details><summary>{verb}: {len(found)} problems of {of}</summary>",
            "",
            *(f"- {line}" for line in _linked(found[:LISTED], compared.task, run)),
        ]
        if len(found) > LISTED:
            lines.append(f"- and {len(found) - LISTED} more")
        lines += ["", "</details>", ""]
    return lines


def print_comparison(
    console: Console,
    compared: Sequence[Comparison],
    candidate: RunOutcome,
    baseline: RunOutcome,
    notes: Sequence[str],
) -> None:
    """Print comparisons; a terminal that knows links gets them on the problems."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in _COLUMNS:
        justify: Literal["left", "right"] = "left" if len(table.columns) < 2 else "right"
        table.add_column(name, no_wrap=True, justify=justify)
    for each in compared:
        table.add_row(*map(Text, _cells(each)))
    parts: list[RenderableType] = [table, *(Text(note, style="yellow") for note in notes)]
    for each in compared:
        for verb, found, run in (("lost", each.lost, candidate), ("won", each.won, baseline)):
            if found:
                parts.append(Text(f"{each.task}, {each.metric}: {verb}", style="bold"))
            parts += [_line(change, each.task, run) for change in found[:LISTED]]
            if len(found) > LISTED:
                parts.append(f"  and {len(found) - LISTED} more; --json lists all")
    print_wide(console, *parts)


_COLUMNS = (
    "Benchmark",
    "Metric",
    "Candidate",
    "Baseline",
    "Difference (95% interval)",
    "p",
    "McNemar",
    "Won",
    "Lost",
)


def _cells(compared: Comparison) -> list[str]:
    difference = compared.difference
    ends = f"{points(difference.low)} to {points(difference.high)}"
    return [
        compared.task,
        compared.metric,
        percent(compared.candidate.value),
        percent(compared.baseline.value),
        f"{points(difference.value)} ({ends})",
        p_value(difference.p),
        "" if compared.mcnemar is None else p_value(compared.mcnemar),
        str(len(compared.won)),
        str(len(compared.lost)),
    ]


def _change(change: Change) -> dict[str, Any]:
    found: dict[str, Any] = {
        "problem": change.problem, "before": change.before, "after": change.after,
    }  # fmt: skip
    if change.failure is not None:
        found |= {"sample": change.failure.sample, "reason": change.failure.reason}
    return found


def _says(change: Change) -> str:
    said = f"{percent(change.before)} to {percent(change.after)}"
    return said if change.failure is None else f"{said}, {change.failure.reason}"


def _linked(found: Sequence[Change], task: str, run: RunOutcome) -> Iterator[str]:
    for change in found:
        name = escaped(change.problem)
        if run.folder and change.failure is not None:
            address = sample_of(run.where, task, change.problem, change.failure.sample)
            name = f"[{name}]({address})"
        yield f"{name}: {escaped(_says(change))}"


def _line(change: Change, task: str, run: RunOutcome) -> Text:
    line = Text(f"  {change.problem}")
    if run.folder and change.failure is not None:
        address = sample_of(run.where, task, change.problem, change.failure.sample)
        line.stylize(f"link {address}", 2)
    return line.append(f"  {_says(change)}", style="dim")
