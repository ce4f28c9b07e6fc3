"""The test files of a project: where another one may stand, and what it must not find there."""

from __future__ import annotations

import ast
import io
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
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


def blanked(root: Path, names: Iterable[str], kept: Iterable[str] = ()) -> dict[str, str]:
    """
    Return what stands in the place of the files that hold these tests: the files without tests.

    An answer could otherwise import the tests that it is to write. What else is in them stays,
    as fixtures and other test files may need it. `kept` are files that stay as they are.
    """
    files = {name.partition("::")[0] for name in names} - set(kept)
    return {file: _without_tests(root / file) for file in sorted(files)}


@lru_cache(maxsize=64)
def _without_tests(path: Path) -> str:
    if path.suffix != ".py" or not path.is_file():
        return LEFT_OUT
    text = path.read_text(encoding="utf-8", errors="replace")
    left = _keeping(text, frozenset())
    return LEFT_OUT if left is None else LEFT_OUT + left[0]


def only(text: str, names: Iterable[str], never: Iterable[str] = ()) -> str | None:
    """
    Return a test file without its other tests: fixtures, helpers and imports stay.

    A test is kept by its function's name, whatever class it is in, since classes inherit tests.

    Args:
        text: The file.
        names: Of the tests to keep, as pytest has them.
        never: Names of tests whose functions are not kept even if others of them are.

    Returns:
        None for a file that cannot be parsed, has none of them, or inherits one of `never`.

    """
    kept, not_kept = {_function(name) for name in names}, {_function(name) for name in never}
    left = _keeping(text, kept - not_kept)
    return left[0] if left is not None and left[1] and not_kept <= left[2] else None


def _keeping(text: str, wanted: Collection[str]) -> tuple[str, bool, set[str]] | None:
    """
    Return a file with no tests but the wanted, whether it has one, and what tests it had.

    None for what is not Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return None
    lines = io.StringIO(text, newline="").readlines()
    tests = list(_tests(tree.body))
    found = False
    # From the end, so that the lines above keep their numbers.
    for node in reversed(tests):
        if node.name in wanted:
            found = True
            continue
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        last = node.end_lineno or node.lineno
        indent = lines[node.lineno - 1][: node.col_offset]
        # Not merely gone: a class would have its base's test of this name.
        lines[first - 1 : last] = [f"{indent}{node.name} = None\n"]
    return "".join(lines), found, {node.name for node in tests}


def _function(name: str) -> str:
    return name.partition("[")[0].rpartition("::")[2]


def _tests(body: Iterable[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a block that pytest takes for tests, those in classes too."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("test") and not any(map(_fixture, node.decorator_list)):
                yield node
        else:
            for inner in ("body", "handlers", "orelse", "finalbody"):
                yield from _tests(getattr(node, inner, ()))


def _fixture(decorator: ast.expr) -> bool:
    """Whether a decorator makes a fixture, which may be called as a test is."""
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(made).endswith("fixture")
