"""
Rows in files of bounded size: `verdicts.jsonl`, then `verdicts-00001.jsonl`, and so on.

A small run has the first file alone. A file that was moved away or deleted means
that its rows are not done, like any row that is missing.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ucb.errors import StoreError
from ucb.files import Rows, refused, shard_number, shards, sync_folder
from ucb.keys import Keys
from ucb.types import Key

SHARD_BYTES = 64 << 20
"""A file that has so many bytes gets no more rows."""

Row = dict[str, Any]


class Place(NamedTuple):
    """Where a row stands."""

    file: Path
    line: int
    start: int
    """Its first byte."""

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


def scan(first: Path) -> Iterator[tuple[Row, Place]]:
    """
    Yield the whole rows of all files of `first`, the first of each sample.

    A torn last line is not done. Raises `StoreError` naming file and line for
    damage anywhere else, and for a file that cannot be read.
    """
    seen = Keys()
    for file in shards(first):
        for line, place in _lines(file):
            try:
                row = json.loads(line)
                new = seen.add((row["problem"], row["sample"]))
            except (ValueError, KeyError, TypeError, RecursionError):
                raise StoreError(
                    f"{place}: not a row of a run. Delete that line and run again to redo it."
                ) from None
            if new:
                yield row, place


def row_at(place: Place) -> Row:
    """Return the row that `scan` found at a place; raise `StoreError` if it is there no more."""
    try:
        with place.file.open("rb") as file:
            file.seek(place.start)
            row = json.loads(file.readline())
    except OSError as error:
        raise refused(place.file, "cannot be read", error) from error
    except ValueError:
        raise StoreError(f"{place}: changed while it was read.") from None
    return dict(row)


def remove(first: Path) -> None:
    """Remove all files of `first`; raise `StoreError` if the disk refuses."""
    try:
        # The last one first, so that what a kill leaves is the beginning of the rows.
        for file in reversed(shards(first)):
            file.unlink(missing_ok=True)
        if first.parent.is_dir():
            sync_folder(first.parent)
    except OSError as error:
        raise refused(first, "cannot be removed", error) from error


class Index(Mapping[Key, Place]):
    """
    Where the rows of samples stand, at 24 bytes each, whatever they hold.

    Its order is that of problems by their first row, and of a problem's samples.

    Args:
        first: The first of the files.
        some: Of these samples alone; of all if not given.

    Raises:
        StoreError: as `scan` does.

    """

    def __init__(self, first: Path, some: Container[Key] | None = None) -> None:
        self._files = shards(first)
        self._at: dict[str, array[int]] = {}
        """By problem: file, line and start of each sample; line 0 for one that is not there."""
        self._count = 0
        numbers = {file: number for number, file in enumerate(self._files)}
        for row, place in scan(first):
            key = Key(row["problem"], row["sample"])
            if some is None or key in some:
                at = self._at.setdefault(key.problem, array("q"))
                if (missing := 3 * (key.sample + 1) - len(at)) > 0:
                    at.extend([0] * missing)
                at[3 * key.sample : 3 * key.sample + 3] = array(
                    "q", (numbers[place.file], place.line, place.start)
                )
                self._count += 1

    @property
    def problems(self) -> list[str]:
        """Those that have a sample here."""
        return list(self._at)

    def of(self, problem: str) -> Iterator[Key]:
        """Yield the samples of one problem, in their order."""
        at = self._at.get(problem, ())
        yield from (Key(problem, n) for n in range(len(at) // 3) if at[3 * n + 1])

    def __getitem__(self, key: Key) -> Place:
        at = self._at.get(key.problem, ())
        file, line, start = at[3 * key.sample : 3 * key.sample + 3] or (0, 0, 0)
        if not line:
            raise KeyError(key)
        return Place(self._files[file], line, start)

    def __iter__(self) -> Iterator[Key]:
        for problem in self._at:
            yield from self.of(problem)

    def __len__(self) -> int:
        return self._count


class Appended:
    """The files of `first`, open for appending; see `ucb.files.Rows` for what it promises."""

    def __init__(self, first: Path) -> None:
        self._first = first
        found = shards(first)
        self._rows = Rows(found[-1] if found else first)

    def append(self, row: Mapping[str, Any]) -> None:
        """Write one row, whole or not at all; raise `StoreError` if the disk refuses."""
        if self._rows.size >= SHARD_BYTES:
            # Flushed before the next one exists: only the last file can end in a torn line.
            self._rows.close()
            number = (shard_number(self._first, self._rows.path) or 0) + 1
            name = f"{self._first.stem}-{number:05d}{self._first.suffix}"
            self._rows = Rows(self._first.with_name(name))
        self._rows.append(row)

    def close(self) -> None:
        """Flush to the disk and close."""
        self._rows.close()


def _lines(file: Path) -> Iterator[tuple[bytes, Place]]:
    try:
        with file.open("rb") as opened:
            start = 0
            for number, line in enumerate(opened, 1):
                if not line.endswith(b"\n"):
                    return
                yield line, Place(file, number, start)
                start += len(line)
    except OSError as error:
        raise refused(file, "cannot be read", error) from error
