"""From a row of a mined set back to the two releases it tells of, checked and in the store."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ucb.data import complete_rows
from ucb.errors import DataError
from ucb.mine import runner
from ucb.mine.environment import Pin, materialise
from ucb.mine.functions import Span, read_source
from ucb.mine.index import PackageIndex, Release
from ucb.mine.prepare import keep, name_of
from ucb.mine.sdist import describe, unpack
from ucb.project import TREES, store
from ucb.project.suite import Project

_FUNCTION = ("id", "package", "new", "file", "span", "qualname", "triggers", "roots", "modules",
             "tests", "environment", "others", "passing", "cpu")  # fmt: skip
_BUG = (*_FUNCTION, "old", "old_file", "old_span")


def bugs(path: Path) -> Iterator[dict[str, Any]]:
    """
    Yield the bugs of a mined set.

    Raises:
        DataError: the file cannot be read, or a line is no bug; the line is named.

    """
    yield from complete_rows(path, "mined bug", _BUG)


def functions(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the functions of a mined set; raise as `bugs` does."""
    yield from complete_rows(path, "mined function", _FUNCTION)


class Restorer:
    """Releases of a set, fetched and unpacked when they are first asked for."""

    def __init__(self, environments: Path, index: PackageIndex | None = None) -> None:
        self._environments = environments
        self._index = index or PackageIndex()
        self._pins: Mapping[str, list[dict[str, str]]] | None = None
        self._made: set[str] = set()

    def project(self, row: Mapping[str, Any]) -> Project:
        """
        Put a row's new release and what it needs into the store.

        Raises `DataError` for what the index does not have, or has changed.
        """
        self._need(row["environment"])
        return Project(
            tree=self.tree(row["package"], row["new"]),
            environment=row["environment"],
            roots=tuple(row["roots"]),
            modules=tuple(row["modules"]),
            tests=tuple(row["tests"]),
        )

    def tree(self, package: str, release: Mapping[str, Any]) -> str:
        """Put a release into the store and return its name there; raise `DataError` as above."""
        version, digest = release["version"], release["sha256"]
        name = name_of(package, version, digest)
        if not (store() / TREES / name).is_dir():
            archive = self._index.pinned(package, version, digest)
            with tempfile.TemporaryDirectory() as scratch:
                root = unpack(archive, Path(scratch, "tree"))
                keep(Release(package, version, release["file"], "", digest), describe(root))
        return name

    def function(self, tree: str, file: str, span: list[int]) -> str:
        """Return the lines of a function in a release; raise `DataError` if they are not there."""
        return Span(*span).of(self.source(tree, file).split("\n"))

    def source(self, tree: str, file: str) -> str:
        """Return a file of a release; raise `DataError` if it cannot be read."""
        text = read_source(store() / TREES / tree / file)
        if text is None:
            raise DataError(f"{file} of {tree} cannot be read. Remove {store() / TREES / tree}.")
        return text

    def _need(self, name: str) -> None:
        if name in self._made:
            return
        if not self._made:
            runner.put_in_store()
        if name:
            self._make(name)
        self._made.add(name)

    def _make(self, name: str) -> None:
        if self._pins is None:
            try:
                self._pins = json.loads(self._environments.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise DataError(f"{self._environments} cannot be read: {error}.") from error
        if name not in self._pins:
            raise DataError(f"{self._environments} has no environment {name[:12]}….")
        try:
            pins = [Pin(**pin) for pin in self._pins[name]]
        except TypeError as error:
            raise DataError(f"{self._environments}: {name[:12]}…: {error}.") from error
        if materialise(pins).parent.name != name:
            raise DataError(f"{self._environments}: {name[:12]}… is not the digest of its wheels.")
