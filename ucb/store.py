"""
The run folder: append, resume, read.

```
<run>/run.json                      what was run: config, versions, checksums, machine
<run>/<task>/completions.jsonl      append-only, one row per (problem, sample)
<run>/<task>/verdicts.jsonl         append-only; delete it to judge again
<run>/<task>/scores.json
<run>/report.html
```

A row is one line, written by one `write`. A process killed at any moment leaves
at most a torn last line, which is dropped when the folder is opened again: that
row counts as not done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ucb.errors import StoreError
from ucb.files import Rows, locked, refused, replacing
from ucb.rows import completion_from_row, completion_to_row, verdict_from_row, verdict_to_row
from ucb.types import Completion, Key, Verdict


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


class TaskFolder:
    """The rows of one task. `add_*` may be called from different threads, one thread per kind."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open: dict[str, Rows] = {}

    def completions(self) -> Iterator[Completion]:
        """Read the completions in the order they arrived."""
        for row, where in read_rows(self.path / "completions.jsonl"):
            yield completion_from_row(row, where)

    def verdicts(self) -> Iterator[Verdict]:
        """Read the verdicts in the order they arrived."""
        for row, where in read_rows(self.path / "verdicts.jsonl"):
            yield verdict_from_row(row, where)

    def completion_keys(self) -> set[Key]:
        """Return which samples are stored."""
        return _keys(self.path / "completions.jsonl")

    def verdict_keys(self) -> set[Key]:
        """Return which samples are judged."""
        return _keys(self.path / "verdicts.jsonl")

    def add_completion(self, completion: Completion) -> None:
        """Append a completion; raise `StoreError` when the disk refuses it."""
        self._rows("completions.jsonl").append(completion_to_row(completion))

    def add_verdict(self, verdict: Verdict) -> None:
        """Append a verdict; raise `StoreError` when the disk refuses it."""
        self._rows("verdicts.jsonl").append(verdict_to_row(verdict))

    def drop_verdicts(self) -> None:
        """Forget every verdict, to judge the stored completions again."""
        self.close()
        (self.path / "verdicts.jsonl").unlink(missing_ok=True)

    def write_scores(self, scores: Mapping[str, Any]) -> None:
        """Replace `scores.json`, whole or not at all."""
        write_json(self.path / "scores.json", scores)

    def close(self) -> None:
        """Flush to the disk and close the files."""
        for rows in self._open.values():
            rows.close()
        self._open.clear()

    def _rows(self, name: str) -> Rows:
        if name not in self._open:
            self._open[name] = Rows(self.path / name)
        return self._open[name]


def read_rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the whole rows of a file with where each stands; a torn last line is not done.

    Raises `StoreError` naming the line for damage anywhere else.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise refused(path, "cannot be read", error) from error
    seen: set[tuple[str, int]] = set()
    with file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            where = f"{path}, line {number}"
            try:
                row = json.loads(line)
                key = (row["problem"], row["sample"])
            except (ValueError, KeyError, TypeError):
                raise StoreError(
                    f"{where}: not a row of a run. Delete that line and run again to redo it."
                ) from None
            if key not in seen:
                seen.add(key)
                yield row, where


def _keys(path: Path) -> set[Key]:
    return {Key(row["problem"], row["sample"]) for row, _ in read_rows(path)}


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replace a JSON file, whole or not at all; raise `StoreError` if the disk refuses."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    with replacing(path) as file:
        file.write(f"{text}\n")
