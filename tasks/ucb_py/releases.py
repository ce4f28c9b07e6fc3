"""The code that a row stands for, fetched when a problem first needs it."""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ucb.mine.restore import Restorer
from ucb.project import TREES, store
from ucb.work.kit import Texts

from .answers import shifted


class Releases:
    """Texts by set and problem. Generation and judging ask at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._restorers: dict[Path, Restorer] = {}
        self._texts: dict[tuple[Path, str, bool], Texts] = {}

    def texts(self, file: Path, row: Mapping[str, Any], *, runs: bool) -> Texts:
        """
        Return the code of a row of the set in `file`.

        Without `runs`, what a project needs in order to be run is not fetched.

        Raises `DataError` for a release that the package index does not have, or has changed.
        """
        with self._lock:
            key = file, str(row["id"]), runs
            if key not in self._texts:
                if file not in self._restorers:
                    self._restorers[file] = Restorer(file.with_name("environments.json"))
                self._texts[key] = _read(self._restorers[file], row, runs)
            return self._texts[key]


def _read(kept: Restorer, row: Mapping[str, Any], runs: bool) -> Texts:
    tree = kept.project(row).tree if runs else kept.tree(row["package"], row["new"])
    fixed = kept.function(tree, row["file"], row["span"])
    buggy = ""
    if "old" in row:
        old = kept.tree(row["package"], row["old"])
        buggy = kept.function(old, row["old_file"], row["old_span"])
    told = ""
    if (entry := row.get("entry")) is not None:
        told = kept.function(tree, entry["file"], entry["span"])
    indent = len(fixed) - len(fixed.lstrip(" "))
    return Texts(
        tree,
        kept.source(tree, row["file"]),
        indent,
        shifted(fixed, -indent),
        shifted(buggy, -indent),
        textwrap.dedent(told),
    )


def sources(tree: str, row: Mapping[str, Any]) -> dict[str, str]:
    """Return the project's own files but for its tests, by path."""
    root = store() / TREES / tree
    base = root / row["roots"][0]
    found = {}
    for module in row["modules"]:
        alone = base / f"{module}.py"
        for path in [alone] if alone.is_file() else sorted((base / module).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not any(name == test or name.startswith(f"{test}/") for test in row["tests"]):
                found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found
