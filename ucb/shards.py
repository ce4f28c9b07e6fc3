"""
Rows in files of bounded size: `verdicts.jsonl`, then `verdicts-00001.jsonl`, and so on.

A small run has the first file alone. A file that was moved away or deleted means
that its rows are not done, like any row that is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ucb.errors import StoreError
from ucb.files import Rows, refused, shard_number, shards, sync_folder
from ucb.keys import Keys

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
