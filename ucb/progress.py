"""Progress that a terminal shows as bars and a log file keeps as a few lines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bars,
)

_EVERY = 15.0
"""Seconds between lines in a log file, at least."""


class Progress:
    """
    Counts towards known totals; a context manager.

    A terminal gets bars. Anything else gets plain lines: at the start, now and then, and at the
    end, also where the user forces colours; a console that is quiet gets nothing.

    `totals` maps what is counted (`generated`, `judged`) to (done, total).
    """

    def __init__(self, title: str, totals: Mapping[str, tuple[int, int]], console: Console) -> None:
        self._title = title
        self._counts = {name: done for name, (done, _) in totals.items()}
        self._totals = {name: total for name, (_, total) in totals.items()}
        self._console = console
        self._bars: Bars | None = None
        self._ids: dict[str, TaskID] = {}
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.quiet:
            return self
        if not _draws(self._console):
            self._say()
        else:
            self._bars = Bars(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=self._console,
            )
            self._bars.start()
            for name, total in self._totals.items():
                label = f"{self._title}: {name}"
                self._ids[name] = self._bars.add_task(
                    label, total=total, completed=self._counts[name]
                )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
        else:
            self._say()

    def advance(self, name: str) -> None:
        """Count one more; threads may call this at the same time for different names."""
        self._counts[name] += 1
        if self._bars is not None:
            self._bars.advance(self._ids[name])
        elif time.monotonic() - self._said >= _EVERY:
            self._say()

    def _say(self) -> None:
        if self._console.quiet:
            return
        self._said = time.monotonic()
        counts = ", ".join(f"{self._counts[n]}/{total} {n}" for n, total in self._totals.items())
        self._console.file.write(f"{self._title}: {counts}\n")
        self._console.file.flush()  # Who follows the log sees it now.


def _draws(console: Console) -> bool:
    """Whether lines can be drawn anew: not where only colours are forced into a file."""
    return console.is_interactive and console.file.isatty()
