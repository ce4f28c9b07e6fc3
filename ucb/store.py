"""
The run folder: append, resume, read.

```
<run>/run.json                      what was run: config, versions, checksums, machine
<run>/<task>/completions.jsonl      append-only, one row per (problem, sample)
<run>/<task>/verdicts.jsonl         append-only; delete it to judge again
<run>/<task>/scores.json
<run>/report.html
```

Where rows are many they go on in `completions-00001.jsonl` and so on (`ucb.shards`).
A row is one line. A process killed at any moment leaves at most a torn last line,
which is dropped when the folder is opened again: that row counts as not done.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from ucb.errors import StoreError
from ucb.files import locked, replacing, sweep
from ucb.keys import Keys
from ucb.rows import completion_from_row, completion_to_row, verdict_from_row, verdict_to_row
from ucb.shards import Appended, Index, Place, remove, row_at, scan
from ucb.types import Completion, Key, Verdict

_REPLACED = ("run.json", "scores.json", "report.html")
"""What is written with the lock held, and replaced as a whole."""


class Run:
    """
    A run folder.

    Open it as a context manager to write: a second writer is refused with
    `StoreError`. Reading needs no lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self._held.enter_context(locked(self.path))
        try:
            # Nobody else writes now, so half-written files are a killed process's.
            for folder in (self.path, *self._tasks_there()):
                sweep(folder, _REPLACED)
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    def exists(self) -> bool:
        """Whether a run was started here."""
        return (self.path / "run.json").is_file()

    def read(self) -> dict[str, Any]:
        """Return `run.json`; raise `StoreError` when this is not a run folder."""
        file = self.path / "run.json"
        try:
            run = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise StoreError(f"{self.path} is not a run folder: it has no run.json.") from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{file} cannot be read: {error}.") from error
        if not isinstance(run, dict):
            raise StoreError(f"{file} is not a run's description.")
        return run

    def write(self, run: Mapping[str, Any]) -> None:
        """Replace `run.json`, whole or not at all."""
        write_json(self.path / "run.json", run)

    def task(self, name: str) -> TaskFolder:
        """Return the folder of one task's rows."""
        return TaskFolder(self.path / name)

    def tasks(self) -> list[str]:
        """Return the names of the tasks that were run here."""
        return list(self.read().get("tasks", {}))

    def _tasks_there(self) -> Iterator[Path]:
        return (self.task(name).path for name in (self.tasks() if self.exists() else ()))


class Stored(NamedTuple):
    """Which samples of a task are stored."""

    completions: Keys
    verdicts: Keys


class TaskFolder:
    """The rows of one task. `add_*` may be called from different threads, one thread per kind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._completions = path / "completions.jsonl"
        self._verdicts = path / "verdicts.jsonl"
        self._open: dict[Path, Appended] = {}
        self._known: Stored | None = None

    def completions(self) -> Iterator[Completion]:
        """Read the completions in the order they arrived."""
        for row, place in scan(self._completions):
            yield completion_from_row(row, place)

    def verdicts(self) -> Iterator[Verdict]:
        """Read the verdicts in the order they arrived."""
        for row, place in scan(self._verdicts):
            yield verdict_from_row(row, place)

    def completion_places(self) -> Index:
        """Return where the completions stand."""
        return Index(self._completions)

    def completion_at(self, place: Place) -> Completion:
        """Read one completion that `completion_places` found."""
        return completion_from_row(row_at(place), place)

    def verdict_places(self, some: Container[Key] | None = None) -> Index:
        """Return where the verdicts of some samples stand, or all of them."""
        return Index(self._verdicts, some)

    def verdict_at(self, place: Place) -> Verdict:
        """Read one verdict that `verdict_places` found."""
        return verdict_from_row(row_at(place), place)

    def stored(self) -> Stored:
        """Return which samples are stored and judged; read once, until something is added."""
        if self._known is None:
            self._known = Stored(self.completion_keys(), self.verdict_keys())
        return self._known

    def completion_keys(self) -> Keys:
        """Return which samples are stored."""
        return _keys(self._completions)

    def verdict_keys(self) -> Keys:
        """Return which samples are judged."""
        return _keys(self._verdicts)

    def add_completion(self, completion: Completion) -> None:
        """Append a completion; raise `StoreError` when the disk refuses it."""
        self._rows(self._completions).append(completion_to_row(completion))

    def add_verdict(self, verdict: Verdict) -> None:
        """Append a verdict; raise `StoreError` when the disk refuses it."""
        self._rows(self._verdicts).append(verdict_to_row(verdict))

    def drop_verdicts(self) -> None:
        """Forget every verdict, to judge the stored completions again."""
        self.close()
        remove(self._verdicts)

    def write_scores(self, scores: Mapping[str, Any]) -> None:
        """Replace `scores.json`, whole or not at all."""
        write_json(self.path / "scores.json", scores)

    def close(self) -> None:
        """Flush to the disk and close the files; raise `StoreError` when it refuses."""
        self._known = None
        with ExitStack() as closing:  # The second file is closed even where the first fails.
            for rows in self._open.values():
                closing.callback(rows.close)
            self._open.clear()

    def _rows(self, first: Path) -> Appended:
        self._known = None
        if first not in self._open:
            self._open[first] = Appended(first)
        return self._open[first]


def _keys(first: Path) -> Keys:
    return Keys((row["problem"], row["sample"]) for row, _ in scan(first))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replace a JSON file, whole or not at all; raise `StoreError` if the disk refuses."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    with replacing(path) as file:
        file.write(f"{text}\n")
