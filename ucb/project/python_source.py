"""What there is in a file of a Python project."""

from __future__ import annotations

import ast
import io
import warnings
from collections.abc import Iterator, Sequence
from functools import cached_property

from ucb.project.sources import Definition, Source, Statement


class PythonSource(Source):
    """One parsed Python file."""

    common = frozenset(
        name
        for kind in (str, bytes, list, dict, set, type, BaseException, io.StringIO)
        for name in dir(kind)
    )

    def __init__(self, path: str, text: str) -> None:
        """Raises what `ast.parse` does."""
        super().__init__(path, text)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._tree = ast.parse(text)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Functions and methods, but for those inside others, in order."""
        return tuple(self._definitions(self._tree.body, ""))

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Constants, tables, docstrings, in order."""
        return tuple(self._statements(self._tree.body))

    def frame(self, target: Definition) -> set[int]:
        """Return the lines of the imports, and of the class that a function is in."""
        lines: set[int] = set()
        for node in self._tree.body:
            last = node.end_lineno or node.lineno
            inside = isinstance(node, ast.ClassDef) and node.lineno <= target.first <= last
            if isinstance(node, ast.Import | ast.ImportFrom) or inside:
                lines.update(range(node.lineno, last + 1))
        return lines

    def excerpt(self, definitions: Sequence[Definition]) -> str:
        """Return some functions of the file, those of a class below its name."""
        shown = []
        owner = ""
        for each in sorted(definitions, key=lambda each: each.first):
            if each.owner and each.owner != owner:
                shown.append(f"class {each.owner}:\n")
            owner = each.owner
            shown.append(f"{each.full}\n")
        return "\n".join(shown)

    def _definitions(self, body: list[ast.stmt], owner: str) -> Iterator[Definition]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield self._definition(node, owner)
            elif isinstance(node, ast.ClassDef):
                yield from self._definitions(node.body, node.name)
            else:
                for block in _blocks(node):
                    yield from self._definitions(block, owner)

    def _statements(self, body: list[ast.stmt]) -> Iterator[Statement]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from self._statements(node.body)
            elif isinstance(node, ast.If | ast.Try):
                for inner in ("body", "orelse", "finalbody"):
                    yield from self._statements(getattr(node, inner, []))
            elif not isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Import | ast.ImportFrom
            ):
                first, last = node.lineno, node.end_lineno or node.lineno
                yield Statement(first, last, len(self.text(first, last)), self._shortened(node))

    def _shortened(self, node: ast.stmt) -> str:
        """An assignment without its value, or a docstring's first line."""
        line = self.lines[node.lineno - 1]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            told = str(node.value.value).strip().split("\n")[0].replace('"""', "'''")
            return f'{line[: node.col_offset]}"""{told}..."""'
        value = getattr(node, "value", None)
        if value is None or value.lineno != node.lineno:
            return ""
        # Columns of `ast` are bytes.
        return line.encode()[: value.col_offset].decode() + "..."

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> Definition:
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        last = node.end_lineno or node.lineno
        full, stub = self.text(first, last), self._stub(node, first)
        return Definition(
            self.path, node.name, first, last, owner,
            full, min(full, stub, key=len), frozenset(_called(node)),
        )  # fmt: skip

    def _stub(self, node: ast.FunctionDef | ast.AsyncFunctionDef, first: int) -> str:
        """The signature as it is written, the docstring's first line, and an ellipsis."""
        begin = node.body[0]
        if begin.lineno == node.lineno:
            return self.text(first, node.end_lineno or node.lineno)
        # Comments between the signature and the body go with the body.
        last = begin.lineno - 1
        while last > node.lineno and not self.lines[last - 1].rstrip().endswith(":"):
            last -= 1
        indent = " " * begin.col_offset
        told = (ast.get_docstring(node) or "").split("\n")[0].replace('"""', "'''")
        docstring = f'\n{indent}"""{told}"""' if told and not told.endswith('"') else ""
        return f"{self.text(first, last)}{docstring}\n{indent}..."


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of a statement such as `try`, in order; of a function or class, none."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for inner in ("body", "handlers", "cases", "orelse", "finalbody"):
        found = getattr(node, inner, [])
        if inner in {"handlers", "cases"}:
            yield from (each.body for each in found)
        elif found:
            yield found


def _called(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Name):
                yield inner.func.id
            elif isinstance(inner.func, ast.Attribute):
                yield inner.func.attr
