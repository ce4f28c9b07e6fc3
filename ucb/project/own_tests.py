"""The test files of a project: where another one may stand, and what it must not find there."""

from __future__ import annotations

import ast
import io
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

LEFT_OUT = "# The project's own tests of what is asked for are left out.\n"
_STEM = "test_ucb_answer"


def files_of(names: Iterable[str]) -> list[str]:
    """Return the files that hold these tests, those with most of them first."""
    files = Counter(name.partition("::")[0] for name in names if "::" in name)
    return sorted(files, key=lambda file: (-files[file], file))


def place(root: Path, near: str, tests: Sequence[str]) -> str:
    """
    Return the path, in a project, of a test file that is not there yet.

    Args:
        root: The project.
        near: The test file beside which it stands, so that it finds the same fixtures and
            helpers; empty for none.
        tests: The files and folders of all tests: the first decides where there is none near.

    """
    if near:
        folder = PurePosixPath(near).parent
    else:
        first = PurePosixPath(tests[0] if tests else "")
        folder = first if (root / first).is_dir() else first.parent
    number, name = 1, f"{_STEM}.py"
    while (root / folder / name).exists():
        number += 1
        name = f"{_STEM}_{number}.py"
    return (folder / name).as_posix()


def blanked(names: Iterable[str], kept: Iterable[str] = ()) -> dict[str, str]:
    """
    Return what stands in the place of the files that hold these tests: a remark.

    An answer could otherwise import the tests that it is to write. `kept` are files that stay.
    """
    files = {name.partition("::")[0] for name in names} - set(kept)
    return dict.fromkeys(sorted(files), LEFT_OUT)


def only(text: str, names: Iterable[str], never: Iterable[str] = ()) -> str | None:
    """
    Return a test file without its other tests: fixtures, helpers and imports stay.

    A test is kept by its function's name, whatever class it is in, since classes inherit tests.

    Args:
        text: The file.
        names: Of the tests to keep, as pytest has them.
        never: Names of tests whose functions are not kept even if others of them are.

    Returns:
        None for a file that cannot be parsed or has none of them.

    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return None
    wanted = {_function(name) for name in names} - {_function(name) for name in never}
    lines = io.StringIO(text, newline="").readlines()
    found = False
    # From the end, so that the lines above keep their numbers.
    for node in reversed(list(_tests(tree.body))):
        if node.name in wanted:
            found = True
            continue
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        last = node.end_lineno or node.lineno
        indent = lines[node.lineno - 1][: node.col_offset]
        lines[first - 1 : last] = [f"{indent}pass\n"]
    return "".join(lines) if found else None


def _function(name: str) -> str:
    return name.partition("[")[0].rpartition("::")[2]


def _tests(body: Iterable[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a block that pytest takes for tests, those in classes too."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("test"):
                yield node
        else:
            for inner in ("body", "handlers", "orelse", "finalbody"):
                yield from _tests(getattr(node, inner, ()))
