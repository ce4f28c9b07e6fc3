"""What a model is shown of a project: the function's file and, under a budget, what touches it.

Everything outside the function competes for room. Imports, the headers of classes and the
signatures of functions come first; then whole definitions, in the order of what helps most:
what the function calls, what calls it, its class, the rest of its file from near to far. What
does not fit is shown as a signature, or not at all.
"""

from __future__ import annotations

import ast
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

CHARACTERS_PER_TOKEN = 3.5
"""Of Python source, for the tokenizers of code models: a budget must not depend on one of them."""


_SHORT = 300
"""Characters of a statement that is never shortened."""
_COMMON = frozenset(
    name
    for kind in (str, bytes, list, dict, set, type, BaseException, io.StringIO)
    for name in dir(kind)
)
"""Methods that a call by name says nothing about: most objects that have them are Python's own."""


class Strategy(StrEnum):
    """How much of the project may be shown."""

    CLASS = "class"
    """The imports, the function's class or, without one, nothing else."""
    FILE = "file"
    """The function's file."""
    PROJECT = "project"
    """Besides, definitions in other files that the function calls or is called by."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a function is: a file of the project, and the lines of the definition."""

    file: str
    first: int
    """Counted from 1, decorators included."""
    last: int
    """Included."""


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a function."""

    before: str
    """Its file, above it."""
    after: str
    """Its file, below it."""
    others: Mapping[str, str]
    """Parts of other files, by path."""


@dataclass(frozen=True)
class _Definition:
    """A function or method of a file, in full and, if that is shorter, as a signature."""

    file: str
    name: str
    first: int
    last: int
    owner: str
    """The class that it is in, or nothing."""
    full: str
    stub: str
    calls: frozenset[str]
    """Names that it calls, the last part of dotted ones."""

    @property
    def gain(self) -> int:
        """Characters that showing all of it costs beyond its signature."""
        return len(self.full) - len(self.stub)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement outside functions that defines no function, class or import."""

    first: int
    last: int
    size: int
    """Characters."""
    stub: str
    """What says as much as one line can; nothing if that is nothing."""


class Source:
    """One parsed file of a project."""

    def __init__(self, path: str, text: str) -> None:
        """Raises what `ast.parse` does."""
        self.path = path
        self.lines = text.split("\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._tree = ast.parse(text)

    @cached_property
    def definitions(self) -> tuple[_Definition, ...]:
        """Functions and methods, but for those inside others, in order."""
        return tuple(self._definitions(self._tree.body, ""))

    @cached_property
    def statements(self) -> tuple[_Statement, ...]:
        """What stands between the definitions: constants, tables, docstrings, in order."""
        return tuple(self._statements(self._tree.body))

    def frame(self, target: _Definition) -> set[int]:
        """Return the lines of the imports, and of the class that a function is in."""
        lines: set[int] = set()
        for node in self._tree.body:
            last = node.end_lineno or node.lineno
            inside = isinstance(node, ast.ClassDef) and node.lineno <= target.first <= last
            if isinstance(node, ast.Import | ast.ImportFrom) or inside:
                lines.update(range(node.lineno, last + 1))
        return lines

    def text(self, first: int, last: int) -> str:
        """Return lines, counted from 1 and both included."""
        return "\n".join(self.lines[first - 1 : last])

    def _definitions(self, body: list[ast.stmt], owner: str) -> Iterator[_Definition]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield self._definition(node, owner)
            elif isinstance(node, ast.ClassDef):
                yield from self._definitions(node.body, node.name)
            elif isinstance(node, ast.If | ast.Try):
                for inner in ("body", "orelse", "finalbody"):
                    yield from self._definitions(getattr(node, inner, []), owner)

    def _statements(self, body: list[ast.stmt]) -> Iterator[_Statement]:
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
                yield _Statement(first, last, len(self.text(first, last)), self._shortened(node))

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

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> _Definition:
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        last = node.end_lineno or node.lineno
        full, stub = self.text(first, last), self._stub(node, first)
        return _Definition(
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


def context(
    read: Callable[[], Mapping[str, str]],
    file: str,
    text: str,
    place: Place,
    strategy: Strategy,
    tokens: int,
) -> Context:
    """
    Return the surroundings of a function.

    Args:
        read: The project's other source files, by path; called for `Strategy.PROJECT` only.
        file: The path of the function's file.
        text: The file as it is to be shown.
        place: The function in `text`.
        strategy: What may be shown.
        tokens: How much, the function itself not counted.

    Raises:
        ValueError: no function is at `place`.
        SyntaxError: `text` is no source of this Python.

    """
    source = Source(file, text)
    place_of = {(each.first, each.last): each for each in source.definitions}
    target = place_of.get((place.first, place.last))
    if target is None:
        raise ValueError(f"{file} has no function in lines {place.first} to {place.last}")
    room = int(tokens * CHARACTERS_PER_TOKEN)
    view = _View(source, target, strategy)
    view.shrink(room)
    room -= view.size()
    others = _parsed(read(), file) if strategy is Strategy.PROJECT else []
    parts: dict[str, list[_Definition]] = {}
    for each in _wanted(target, view, others):
        own = each.file == file
        cost = each.gain if own else len(each.file) + len(_excerpt([each])) + 1
        if cost > room:
            continue
        room -= cost
        if own:
            view.expand(each)
        else:
            parts.setdefault(each.file, []).append(each)
    before, after = view.halves()
    return Context(before, after, {path: _excerpt(found) for path, found in sorted(parts.items())})


class _View:
    """The function's file with every other function in full, as a signature, or left out."""

    def __init__(self, source: Source, target: _Definition, strategy: Strategy) -> None:
        self._source = source
        self._target = target
        others = [each for each in source.definitions if each is not target]
        self._hidden: set[int] = set()
        """Lines that are not shown."""
        if strategy is Strategy.CLASS:
            self._hidden = set(range(1, len(source.lines) + 1)) - source.frame(target)
            others = [each for each in others if each.owner and each.owner == target.owner]
        self._shown = {each: each.stub for each in others}
        self._short: dict[int, _Statement] = {}
        """Statements that are shown in one line, by the line they begin on."""

    @property
    def near(self) -> list[_Definition]:
        """The other functions, nearest first."""
        return sorted(self._shown, key=lambda each: abs(each.first - self._target.first))

    def expand(self, definition: _Definition) -> None:
        """Show all of a function."""
        self._shown[definition] = definition.full

    def shrink(self, room: int) -> None:
        """
        Leave things out until at most `room` characters are shown.

        First the values of long tables, then functions, the farthest first, then what else
        stands between them. Imports and the headers of classes stay.
        """
        over = self.size() - room
        target = self._target.first
        rest = [each for each in self._source.statements if each.first not in self._hidden]
        for each in sorted(rest, key=lambda each: -each.size):
            if over <= 0 or each.size <= _SHORT:
                break
            self._short[each.first] = each
            over -= each.size - len(each.stub)
        for function in reversed(self.near):
            if over <= 0:
                return
            over -= len(self._shown[function])
            self._hidden.update(range(function.first, function.last + 1))
            del self._shown[function]
        for each in sorted(rest, key=lambda each: -abs(each.first - target)):
            if over <= 0:
                return
            cut = self._short.pop(each.first, None)
            over -= len(cut.stub) if cut else each.size
            self._hidden.update(range(each.first, each.last + 1))

    def size(self) -> int:
        """Characters shown, without the function itself."""
        return sum(map(len, self.halves()))

    def halves(self) -> tuple[str, str]:
        """The file above the function and below it."""
        target, lines = self._target, len(self._source.lines)
        return self._rendered(1, target.first - 1), self._rendered(target.last + 1, lines)

    def _rendered(self, first: int, last: int) -> str:
        starts = {each.first: each for each in self._shown}
        shown = []
        line = first
        while line <= last:
            definition = starts.get(line)
            if definition is not None:
                shown.append(self._shown[definition])
                line = definition.last + 1
                continue
            if (cut := self._short.get(line)) is not None:
                shown += [cut.stub] if cut.stub else []
                line = cut.last + 1
                continue
            if line not in self._hidden:
                shown.append(self._source.lines[line - 1])
            line += 1
        return "".join(f"{each}\n" for each in shown)


def _wanted(target: _Definition, view: _View, others: list[Source]) -> Iterator[_Definition]:
    """Yield functions in the order in which they are worth showing, each once."""
    near = view.near
    # A name that half the project defines says nothing of which one is called.
    by_name: dict[str, list[_Definition]] = {}
    for source in others:
        for each in source.definitions:
            by_name.setdefault(each.name, []).append(each)
    known = {each.name for each in near}
    called = [
        found[0]
        for name in sorted(target.calls - known - _COMMON)
        if len(found := by_name.get(name, [])) == 1
    ]
    callers = [
        each for found in by_name.values() for each in found if target.name in each.calls - _COMMON
    ]
    ranked = [
        *(each for each in near if each.name in target.calls),
        *called,
        *(each for each in near if target.name in each.calls),
        *sorted(callers, key=lambda each: (len(each.full), each.file, each.first)),
        *(each for each in near if each.owner == target.owner),
        *near,
    ]
    yield from dict.fromkeys(ranked)


def _parsed(files: Mapping[str, str], without: str) -> list[Source]:
    """Parse the project's other files; one that this Python cannot read is left out."""
    found = []
    for path, text in sorted(files.items()):
        if path != without:
            with suppress(SyntaxError, ValueError, RecursionError):
                found.append(Source(path, text))
    return found


def _excerpt(definitions: list[_Definition]) -> str:
    """Some functions of a file, those of a class below its name."""
    shown = []
    owner = ""
    for each in sorted(definitions, key=lambda each: each.first):
        if each.owner and each.owner != owner:
            shown.append(f"class {each.owner}:\n")
        owner = each.owner
        shown.append(f"{each.full}\n")
    return "\n".join(shown)


def _called(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Name):
                yield inner.func.id
            elif isinstance(inner.func, ast.Attribute):
                yield inner.func.attr
