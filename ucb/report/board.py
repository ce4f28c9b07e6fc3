"""The leaderboard as CSV and as one HTML page that opens offline."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ucb.files import replacing
from ucb.leaderboard import Board, Cell, Entry
from ucb.report.figures import money, number, percent
from ucb.report.links import report_of
from ucb.report.page import render
from ucb.report.terminal import WIDE, print_wide

_HEATS = 10


class Row(NamedTuple):
    """One line of the CSV file; the field names are its header."""

    rank: int | None
    model: str
    style: str
    quantization: str
    temperature: float | None
    metric: str
    """`average`, `win_rate` or `pass@1`; nothing for a result that was set aside."""
    benchmark: str
    language: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    problems: int | None = None
    version: int | None = None
    mode: str = ""
    data_sha256: str = ""
    run: str = ""
    """Where the figure comes from; of an average, all runs."""
    note: str = ""
    """Why a result is not on the board."""


def write_csv(path: Path, board: Board) -> None:
    """Write `rows` with a header; raise `StoreError` when the disk refuses."""
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows(board, path.parent))


def rows(board: Board, seen_from: Path) -> Iterator[Row]:
    """Yield every figure of the board, then what was set aside; runs relative to `seen_from`."""
    for entry in board.entries:
        who = (entry.rank, *entry.setting)
        runs = " ".join(sorted({_place(cell.run, seen_from) for cell in entry.cells.values()}))
        if entry.average is not None:
            yield Row(*who, "average", "", "", *entry.average, run=runs)
        if entry.win_rate is not None:
            yield Row(*who, "win_rate", "", "", entry.win_rate, run=runs)
        for column, cell in entry.cells.items():
            value, protocol = cell.value, board.protocols[column.task]
            yield Row(
                *who, "pass@1", *column, value.value, value.low, value.high, value.problems,
                protocol.version, protocol.mode, protocol.data_sha256,
                _place(cell.run, seen_from),
            )  # fmt: skip
    for run, model, task, reason in board.aside:
        place = _place(run, seen_from)
        yield Row(None, model, "", "", None, "", task, "", run=place, note=reason)


def write_page(path: Path, board: Board) -> None:
    """Write the board as HTML, the same bytes each time; raise `StoreError` if refused."""
    here = path.parent
    parts = render(
        "leaderboard.html.jinja",
        styles=("report.css", "leaderboard.css"),
        scripts=("leaderboard.js",),
        board=board,
        lines=[_line(board, entry, here) for entry in board.entries],
        languages=_languages(board),
        aside=[(aside, _place(aside.run, here)) for aside in board.aside],
        data=_json(_data(board)),
        heat=_heat,
    )
    with replacing(path) as file:
        for part in parts:
            file.write(part)


def _place(run: str, seen_from: Path) -> str:
    """The run's path as seen from the folder of the page, so that both can move together."""
    return Path(os.path.relpath(run, seen_from)).as_posix()


def _line(board: Board, entry: Entry, here: Path) -> dict[str, Any]:
    figures = entry.figures
    return {
        "entry": entry,
        "name": _name(entry),
        "chips": _chips(entry),
        "cells": [_linked(entry.cells.get(column), here) for column in board.columns],
        "size": "" if entry.parameters is None else _size(entry.parameters),
        "speed": number(figures["tokens_per_second"]) if "tokens_per_second" in figures else "",
        "cost": money(figures["cost_per_sample"]) if "cost_per_sample" in figures else "",
    }


def _linked(cell: Cell | None, here: Path) -> dict[str, Any] | None:
    if cell is None:
        return None
    run = _place(cell.run, here)
    # A run may be kept without its report, which can always be made again.
    there = (Path(cell.run) / "report.html").is_file()
    return {"cell": cell, "run": run, "href": report_of(run) if there else ""}


def _chips(entry: Entry) -> list[str]:
    _, style, quantization, temperature = entry.setting
    heat = "" if temperature is None else "greedy" if temperature == 0 else f"t={temperature:g}"
    return [text for text in (style, quantization, heat) if text]


def _name(entry: Entry) -> str:
    return " ".join([entry.setting.model, *_chips(entry)])


def _size(parameters: int) -> str:
    for unit, letter in ((10**9, "B"), (10**6, "M")):
        if parameters >= unit:
            return f"{parameters / unit:.3g}{letter}"
    return f"{parameters:,}"


def _heat(share: float, highest: float) -> int:
    """The shade of a score, from 0 to 9, where the best of the table has the strongest."""
    return min(_HEATS - 1, int(_HEATS * share / highest)) if highest > 0 else 0


def _languages(board: Board) -> list[dict[str, Any]]:
    """A table of models by language for each benchmark that has several."""
    found = []
    for task in sorted({column.task for column in board.columns if column.language}):
        columns = [column for column in board.columns if column.task == task]
        lines = [
            (_name(entry), [entry.cells.get(column) for column in columns])
            for entry in board.entries
            if any(column in entry.cells for column in columns)
        ]
        highest = max(cell.value.value for _, cells in lines for cell in cells if cell)
        found.append({"task": task, "columns": columns, "lines": lines, "highest": highest})
    return found


def _json(value: Any) -> Markup:
    """JSON in which no markup can be written; uncompressed, as zlib's bytes differ by version."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - what could be markup has just been escaped.


def _data(board: Board) -> dict[str, Any]:
    """What the charts draw."""
    return {
        "columns": [column.label for column in board.columns],
        "models": [
            {
                "name": _name(entry),
                "average": list(entry.average) if entry.average else None,
                "scores": [
                    [c.value.value, c.value.low, c.value.high] if c else None
                    for c in (entry.cells.get(column) for column in board.columns)
                ],
                "parameters": entry.parameters,
                **{name: entry.figures.get(name) for name in _AXES},
                "k": _curves(entry.pass_at_k),
                "t": _curves(entry.pass_at_t),
            }
            for entry in board.entries
        ],
    }


_AXES = ("cost_per_sample", "tokens_per_second", "tokens_per_sample")


def _curves(curves: Any) -> dict[str, list[list[float]]]:
    return {
        task: [[x, e.value, e.low, e.high] for x, e in points.items()]
        for task, points in curves.items()
        if len(points) > 1
    }


def print_board(console: Console, board: Board) -> None:
    """
    Print the board as a table; the page has the intervals, links and charts.

    A line is a run, or a benchmark where a line of all benchmarks does not fit.
    """
    figures = ["rank", "average", "win rate", *(column.label for column in board.columns)]
    names = [_name(entry) for entry in board.entries]
    cells = [_texts(entry, board) for entry in board.entries]
    table = _filled("model", figures, names, cells)
    width = console.width if console.is_terminal else WIDE
    if Measurement.get(console, console.options.update(max_width=10**6), table).maximum > width:
        table = _filled("", names, figures, list(zip(*cells, strict=True)))
    aside = (Text(f"{a.run}, {a.task}: {a.reason}", style="yellow") for a in board.aside)
    print_wide(console, table, *aside)


def _texts(entry: Entry, board: Board) -> list[str]:
    found = (entry.cells.get(column) for column in board.columns)
    return [
        "" if entry.rank is None else str(entry.rank),
        "" if entry.average is None else percent(entry.average.value),
        "" if entry.win_rate is None else f"{entry.win_rate:.2f}",
        *("" if cell is None else percent(cell.value.value) for cell in found),
    ]


def _filled(
    corner: str, across: Sequence[str], down: Sequence[str], cells: Sequence[Sequence[str]]
) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(corner, no_wrap=True)
    for name in across:
        # A model's name is the user's: Text, or it would be read as markup.
        table.add_column(Text(name), no_wrap=True, justify="right")
    for name, row in zip(down, cells, strict=True):
        table.add_row(Text(name), *row)
    return table
