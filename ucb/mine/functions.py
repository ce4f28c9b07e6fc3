"""The functions of a module, and which of them really changed between two of its versions.

Lines are counted from 1 and spans include both ends, as in `ast`; a line ends where Python's
tokenizer ends it, so splitting a text from `read_source` at its newlines gives the same lines.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ucb.mine.normal import (
    Definition,
    Rule,
    first_rule,
    header,
    names_a_version,
    untyped,
    unwritten,
)

_ALWAYS = frozenset(dir(builtins)) | {
    "__builtins__", "__class__", "__doc__", "__file__", "__loader__", "__name__", "__package__",
    "__path__", "__spec__",
}  # fmt: skip
_STAR = "*"


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a file, from `first` to `last`, both included, counted from 1."""

    first: int
    last: int

    def of(self, lines: list[str]) -> str:
        """Return these lines of a text split at its newlines, each with its newline."""
        return "".join(f"{line}\n" for line in lines[self.first - 1 : self.last])


@dataclass(frozen=True)
class Function:
    """One function or method of a module. Functions inside functions belong to the outer one."""

    qualname: str
    """Such as `Parser.parse`."""
    occurrence: int
    """How many functions of this qualname stand above it in the file: 0 for most."""
    span: Span
    """The whole definition, decorators included."""
    text: str
    """The lines of `span`."""
    node: Definition

    @cached_property
    def header(self) -> str:
        """Kind, name, decorators and parameters without annotations, as comparable text."""
        return header(self.node)

    @cached_property
    def docstring(self) -> str:
        """The docstring, cleaned of indentation; empty without one."""
        return ast.get_docstring(self.node) or ""

    @property
    def code(self) -> Span | None:
        """The body below the docstring, comments included; None if it shares a line."""
        body = self.node.body[1:] if self.docstring else self.node.body
        if not body:
            return None
        lines = self.text.split("\n")
        floor = (self.node.body[0].end_lineno or 0) if self.docstring else self.node.lineno
        first = _first_line(body[0])
        shared = lines[first - self.span.first][: body[0].col_offset].strip()
        if first <= floor or (shared and not shared.startswith("@")):
            return None
        while first - 1 > floor and _silent(lines[first - 1 - self.span.first]):
            first -= 1
        return Span(first, self.span.last)

    @property
    def code_lines(self) -> int:
        """Lines of `code` that are neither blank nor a comment."""
        if self.code is None:
            return 0
        lines = self.text.split("\n")[self.code.first - self.span.first :]
        return sum(not _silent(line) for line in lines)

    @cached_property
    def globals(self) -> frozenset[str]:
        """Names that the body looks up in its module or among the builtins."""
        text = ast.unparse(ast.fix_missing_locations(untyped(self.node)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = symtable.symtable(text, "<function>", "exec")
        return frozenset(
            symbol.get_name()
            for inner in _tables(table)
            if inner is not table
            for symbol in inner.get_symbols()
            if symbol.is_global() and symbol.is_referenced()
        )


class Module:
    """One parsed Python file."""

    def __init__(self, path: str, text: str) -> None:
        """Parse; raises what `ast.parse` does (`read_module` returns None instead)."""
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.tree = ast.parse(text)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every function and method, in order."""
        seen: Counter[str] = Counter()
        found = []
        for qualname, node in _definitions(self.tree.body, ""):
            span = Span(_first_line(node), node.end_lineno or node.lineno)
            found.append(Function(qualname, seen[qualname], span, span.of(self.lines), node))
            seen[qualname] += 1
        return tuple(found)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names that its top level or a `global` statement binds; `*` for a star import."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = symtable.symtable(self.text, self.path, "exec")
        bound = {
            symbol.get_name()
            for table in _tables(top)
            for symbol in table.get_symbols()
            if (table is top or symbol.is_declared_global())
            and (symbol.is_assigned() or symbol.is_imported())
        }
        stars = any(
            alias.name == _STAR
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        )
        return frozenset(bound | {_STAR} if stars else bound)


def read_source(path: Path) -> str | None:
    """Return a Python file's text with newlines only; None if it cannot be decoded as it says."""
    try:
        with tokenize.open(path) as stream:
            return stream.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None


def read_module(root: Path, path: str) -> Module | None:
    """Return the parsed file `root/path`, None for one that this Python cannot read."""
    text = read_source(root / path)
    if text is None:
        return None
    try:
        return Module(path, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def changed(old: Module, new: Module, dropped: Counter[str]) -> Iterator[tuple[Function, Function]]:
    """
    Yield functions, old and new, whose body changed in a way that may be a bug's fix.

    Two functions belong together when qualname, parameters and decorators are the same, and they
    are equally far down among such. Functions with the same text are not looked at.

    Args:
        old: The file in the earlier release.
        new: The same file in the later release.
        dropped: Counts, under its rule, every other function that differs.

    """
    pairs: list[tuple[Function, Function]] = []
    before_by_name, after_by_name = _by_qualname(old), _by_qualname(new)
    for qualname, afters in after_by_name.items():
        befores = before_by_name.get(qualname, [])
        if [each.text for each in befores] == [each.text for each in afters]:
            continue
        by_header: dict[str, list[Function]] = {}
        for function in befores:
            by_header.setdefault(function.header, []).append(function)
        left = len(befores)
        for function in afters:
            if same := by_header.get(function.header):
                pairs.append((same.pop(0), function))
                left -= 1
            elif left > 0:
                dropped[Rule.SIGNATURE] += 1
                left -= 1
    for before, after in pairs:
        if before.text == after.text:
            continue
        rule = dropping(before, after, new)
        if rule is None:
            yield before, after
        else:
            dropped[rule] += 1


def _by_qualname(module: Module) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for function in module.functions:
        found.setdefault(function.qualname, []).append(function)
    return found


def dropping(old: Function, new: Function, module: Module) -> Rule | None:
    """Return the rule by which a changed function is no candidate, None when it is one."""
    if (rule := first_rule(old.node, new.node)) is not None:
        return rule
    if names_a_version(new.node.name):
        return Rule.VERSION
    if _overload(new.node):
        return Rule.TYPING
    if unwritten(old.node.body):
        return Rule.UNWRITTEN
    if old.node.col_offset != new.node.col_offset:
        return Rule.PLACE
    if _STAR not in module.names and old.globals - module.names - _ALWAYS:
        return Rule.GLOBALS
    return None


def _definitions(body: Iterable[ast.stmt], prefix: str) -> Iterator[tuple[str, Definition]]:
    """Yield the functions of a block, of its classes, and of what it holds under a condition."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, f"{prefix}{node.name}.")
        else:
            for name in ("body", "handlers", "orelse", "finalbody"):
                yield from _definitions(getattr(node, name, ()), prefix)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([each.lineno for each in decorators] + [node.lineno])


def _silent(line: str) -> bool:
    """Whether a line is blank or a comment."""
    return not line.strip() or line.lstrip().startswith("#")


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _overload(node: Definition) -> bool:
    names = [getattr(each, "attr", getattr(each, "id", "")) for each in node.decorator_list]
    return "overload" in names
