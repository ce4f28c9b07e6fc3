"""The rows of the sets, and the projects that they tell of."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ucb.data import complete_rows
from ucb.errors import DataError
from ucb.project import TREES, store
from ucb.project.java.suite import prepare
from ucb.syntax.java import shifted
from ucb.work.kit import Row, Texts

_FUNCTION = ("id", "project", "package", "tree", "file", "span", "qualname", "parameters",
             "triggers", "raised", "others", "passing", "cpu")  # fmt: skip
_BUG = (*_FUNCTION, "kind", "report", "bug")
_SOURCES = "src/main/java"


def bugs(path: Path) -> Iterator[Row]:
    """Yield the bugs of a set; raise `DataError` for a line that is none."""
    return complete_rows(path, "Java bug", _BUG)


def functions(path: Path) -> Iterator[Row]:
    """Yield the methods of a set; raise `DataError` for a line that is none."""
    return complete_rows(path, "Java method", _FUNCTION)


class Projects:
    """The code of rows. Generation and judging ask at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trees: dict[Path, str] = {}
        self._texts: dict[tuple[Path, str], Texts] = {}

    def texts(self, file: Path, row: Row) -> Texts:
        """
        Return the code of a row of the set in `file`, whose projects stand beside it.

        Raises `DataError` for a project that is not there, or is not what it was.
        """
        with self._lock:
            key = file, str(row["id"])
            if key not in self._texts:
                self._texts[key] = self._read(file.with_name("projects") / row["project"], row)
            return self._texts[key]

    def _read(self, root: Path, row: Row) -> Texts:
        if root not in self._trees:
            self._trees[root] = prepare(root, row["project"])
        tree = self._trees[root]
        if tree != row["tree"]:
            raise DataError(
                f"{root} is not what {row['id']} was made of: it is {tree}, and should be "
                f"{row['tree']}. Restore it, or make the set anew with scripts/make_ucb_java.py."
            )
        source = (store() / TREES / tree / row["file"]).read_text(encoding="utf-8")
        first, last = row["span"]
        fixed = "\n".join(source.split("\n")[first - 1 : last]) + "\n"
        indent = len(fixed) - len(fixed.lstrip(" "))
        fixed = shifted(fixed, -indent)
        buggy = with_bug(fixed, bug(root, row["bug"])["buggy"]) if "bug" in row else ""
        return Texts(tree, source, indent, fixed, buggy)


def bug(root: Path, name: str) -> Mapping[str, Any]:
    """Return a bug of a project, as its author wrote it down; raise `DataError` if it is none."""
    path = root / "bugs" / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error


def with_bug(fixed: str, buggy: str) -> str:
    """Return a method's buggy version, below the Javadoc of the right one."""
    lines = buggy.strip("\n").rstrip()
    indent = len(lines) - len(lines.lstrip(" "))
    documentation, end, _ = fixed.partition("*/\n") if fixed.startswith("/**") else ("", "", "")
    return f"{documentation}{end}{shifted(lines, -indent)}\n"


def sources(tree: str) -> dict[str, str]:
    """Return a project's own files but for its tests, by path."""
    root = store() / TREES / tree
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((root / _SOURCES).rglob("*.java"))
    }
