"""Small faults put into a function, one at a time, for its tests to notice.

The operators are the standard ones of mutation testing, by their usual names (Offutt, Rothermel,
Untch and Zapf 1996, "An experimental determination of sufficient mutant operators"; Jia and
Harman 2011, "An analysis and survey of the development of mutation testing"). A mutant may happen
to do the same as the original: which do is not known, so no test may reach a score of 1.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST = 20
"""Mutants of one function."""


class Operator(StrEnum):
    """What a mutant changes. The order is that of preference among the mutants of a line."""

    ROR = "relational operator"
    LCR = "logical connector"
    AOR = "arithmetic operator"
    CRP = "constant"
    COND = "condition negated"
    RET = "return value"
    SDL = "statement deleted"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A function with one small fault."""

    operator: Operator
    line: int
    """Where the fault is, counted from 1 in the function's own text."""
    text: str
    """The whole function, with as many lines as the original."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """Some columns of a source, replaced. Lines from 0, columns in characters."""

    operator: Operator
    start: tuple[int, int]
    end: tuple[int, int]
    text: str

    @property
    def order(self) -> tuple[int, int, int, str]:
        return (*self.start, list(Operator).index(self.operator), self.text)


_RELATIONS = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"), ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"), ast.NotIn: (r"not\s+in", "in"),
}  # fmt: skip
_CONNECTORS = {ast.And: ("and", "or"), ast.Or: ("or", "and")}
_ARITHMETIC = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"), ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "&"),
}  # fmt: skip
_WORD = re.compile(r"\w")
_REMARK = re.compile(r"#[^\n]*")
_DELETABLE = (
    ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Assert, ast.Delete, ast.Break,
    ast.Continue, ast.Return,
)  # fmt: skip


def mutants(function: str, most: int = MOST) -> list[Mutant]:
    """
    Return at most `most` mutants of a function, the same ones every time.

    They are spread over its lines: one of every line, then another of every line. What only
    says something (docstring, annotations, decorators, f-strings) is left alone.

    Args:
        function: Its definition, indented or not, in Python that this interpreter can parse.
        most: How many, at most.

    """
    source = _Source(function)
    if source.tree is None:
        return []
    original = ast.dump(source.tree)
    chosen: list[Mutant] = []
    for edit in _ranked(_edits(source), most):
        text = source.edited(edit)
        tree = _parsed(text)
        if tree is not None and ast.dump(tree) != original and _compiles(tree):
            chosen.append(Mutant(edit.operator, edit.start[0] + 1, text))
        if len(chosen) == most:
            break
    return sorted(chosen, key=lambda each: (each.line, list(Operator).index(each.operator)))


def _ranked(edits: Sequence[_Edit], most: int) -> Iterator[_Edit]:
    """Yield the first edit of every line, then the second of every line, and so on."""
    lines: dict[int, list[_Edit]] = {}
    for edit in sorted(edits, key=lambda each: (each.start[0], each.order[2], each.order)):
        lines.setdefault(edit.start[0], []).append(edit)
    left = most
    for rank in range(max(map(len, lines.values()), default=0)):
        here = [found[rank] for found in lines.values() if rank < len(found)]
        # Of a round that does not fit, first those that are spread evenly.
        step = max(1, -(-len(here) // max(1, left)))
        for first in range(step):
            yield from here[first::step]
        left -= len(here)


class _Source:
    """A function's text, and positions of `ast` in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.tree = _parsed(text)
        self._above = 1 if text[:1].isspace() else 0

    def start(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The place of a node's first character."""
        return self._place(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The place behind its last."""
        return self._place(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text from one place to another."""
        lines = self.lines[start[0] : end[0] + 1]
        lines[-1] = lines[-1][: end[1]]
        lines[0] = lines[0][start[1] :]
        return "\n".join(lines)

    def edited(self, edit: _Edit) -> str:
        """The text with one edit; it keeps its number of lines."""
        gone = self.between(edit.start, edit.end)
        head = self.between((0, 0), edit.start)
        tail = self.between(edit.end, (len(self.lines) - 1, len(self.lines[-1])))
        padding = "\n" * (gone.count("\n") - edit.text.count("\n"))
        return f"{head}{edit.text}{padding}{tail}"

    def _place(self, line: int, column: int) -> tuple[int, int]:
        # `ast` counts the bytes of UTF-8.
        index = line - 1 - self._above
        return index, len(self.lines[index].encode()[:column].decode())


def _edits(source: _Source) -> list[_Edit]:
    function = _function(source.tree)
    if function is None:
        return []
    found: list[_Edit] = []
    defaults = [each for each in (*function.args.defaults, *function.args.kw_defaults) if each]
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    for node in _walk([*defaults, *body]):
        for make in _MAKERS:
            found += make(source, node)
    return found


def _walk(roots: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes that run, parents first."""
    waiting = list(roots)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.JoinedStr):
            # Before Python 3.12 what is inside has no places of its own.
            continue
        yield node
        skipped = {"annotation", "returns", "decorator_list", "type_params"}
        for name, value in ast.iter_fields(node):
            if name in skipped:
                continue
            values = value if isinstance(value, list) else [value]
            inner = [each for each in values if isinstance(each, ast.AST)]
            documented = name == "body" and _is_text(inner[0] if inner else None)
            waiting += inner[1:] if documented else inner


def _relations(source: _Source, node: ast.AST) -> Iterator[_Edit]:
    """ROR: a comparison with its boundary moved, or turned into its opposite."""
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, kind, right in zip(operands, node.ops, node.comparators, strict=False):
            yield from _swap(source, left, right, _RELATIONS[type(kind)], Operator.ROR)


def _connectors(source: _Source, node: ast.AST) -> Iterator[_Edit]:
    """LCR: `and` for `or`, and the reverse."""
    if isinstance(node, ast.BoolOp):
        for left, right in zip(node.values, node.values[1:], strict=False):
            yield from _swap(source, left, right, _CONNECTORS[type(node.op)], Operator.LCR)


def _arithmetic(source: _Source, node: ast.AST) -> Iterator[_Edit]:
    """AOR: another operator between two numbers, or in an assignment."""
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield from _swap(source, node.left, node.right, _ARITHMETIC[type(node.op)], Operator.AOR)
    if isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        was, now = _ARITHMETIC[type(node.op)]
        both = f"{was}=", f"{now}="
        yield from _swap(source, node.target, node.value, both, Operator.AOR)


def _constants(source: _Source, node: ast.AST) -> Iterator[_Edit]:
    """CRP: the next number, the other truth value, an empty text for a full one."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        text = str(not value)
    elif isinstance(value, int | float):
        text = repr(value + 1)
    elif isinstance(value, str | bytes):
        prefix = "b" if isinstance(value, bytes) else ""
        text = f'{prefix}""' if value else f'{prefix}"ucb"'
    else:
        return
    yield _Edit(Operator.CRP, source.start(node), source.end(node), text)


def _conditions(source: _Source, node: ast.AST) -> Iterator[_Edit]:
    """COND: `not` before the condition of a branch, a loop or a comprehension."""
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    for test in tests:
        start, end = source.start(test), source.end(test)
        yield _Edit(Operator.COND, start, end, f"(not ({source.between(start, end)}))")


def _returns(source: _Source, node: ast.AST) -> Iterator[_Edit]:
    """RET: `None` in the place of what is returned."""
    if isinstance(node, ast.Return) and node.value is not None:
        start, end = source.start(node.value), source.end(node.value)
        yield _Edit(Operator.RET, start, end, "None")


def _deletions(source: _Source, node: ast.AST) -> Iterator[_Edit]:
    """SDL: `pass` in the place of a statement."""
    if isinstance(node, _DELETABLE) and not (isinstance(node, ast.Return) and node.value):
        yield _Edit(Operator.SDL, source.start(node), source.end(node), "pass")


_MAKERS: tuple[Callable[[_Source, ast.AST], Iterator[_Edit]], ...] = (
    _relations, _connectors, _arithmetic, _constants, _conditions, _returns, _deletions,
)  # fmt: skip


def _swap(
    source: _Source, left: ast.expr, right: ast.expr, words: tuple[str, str], operator: Operator
) -> Iterator[_Edit]:
    """Yield the edit of the operator that stands between two expressions."""
    start = source.end(left)
    gap = source.between(start, source.start(right))
    # A remark may spell the operator too.
    plain = _REMARK.sub(lambda found: " " * len(found[0]), gap)
    was, now = words
    wanted = rf"\b{was}\b" if _WORD.match(was) else re.escape(was)
    found = re.search(wanted, plain)
    if found is None:
        return
    first, last = (_moved(start, plain[:at]) for at in found.span())
    yield _Edit(operator, first, last, now)


def _moved(place: tuple[int, int], text: str) -> tuple[int, int]:
    """The place behind a text that begins at another."""
    line, column = place
    below = text.count("\n")
    return line + below, len(text) - text.rfind("\n") - 1 if below else column + len(text)


def _function(tree: ast.Module | None) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return node
    return None


def _is_text(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _parsed(text: str) -> ast.Module | None:
    """Parse a function as it stands, indented or not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(f"if 1:\n{text}" if text[:1].isspace() else text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _compiles(tree: ast.Module) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(tree, "<mutant>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
