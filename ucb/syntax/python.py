"""What a piece of Python text says about itself, without running or compiling it.

tree-sitter does the parsing: it never fails, whatever the text, and its grammar
does not change with the interpreter that UCB runs on.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import tree_sitter_python
from tree_sitter import Language, Node, Parser

from ucb.syntax.names import Names, names

BUILTINS = frozenset(dir(builtins))

_DEFINITIONS = {"function_definition", "class_definition"}
_IMPORTS = {"import_statement", "import_from_statement", "future_import_statement"}
_COMPOUND = {"if", "for", "while", "with", "try", "match"}
_CLAUSES = {"elif_clause", "else_clause", "except_clause", "except_group_clause", "finally_clause"}
_ASSIGNMENTS = {"assignment", "augmented_assignment"}
# Words that carry on the statement above although they stand at its own indentation.
_CARRY_ON = re.compile(r"elif\b.*:|else\s*:|except\b.*:|finally\s*:|[)\]}]")

_REMARK = 50  # Lines of a comment inside a block, at most.


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement, or several that share a line."""

    start: int
    """Its first line, from 0."""
    end: int
    """The line after its last."""
    kinds: tuple[str, ...]
    """What it is: `function`, `class`, `import`, `future`, `assignment`, `compound`, `assert`,
    `call`, `comment`, `nothing` (no effect) or `other`."""
    names: Names
    stub: bool = False
    """A function without a body of its own: a docstring, `pass`, `...`."""
    guard: bool = False
    """`if __name__ == "__main__":`."""

    @property
    def defines(self) -> bool:
        """Whether running it does no more than give functions, classes or modules their names."""
        return all(kind in {"function", "class", "import", "future"} for kind in self.kinds)


def parsed(text: str) -> Node:
    """Return the root of a text's syntax tree."""
    # Lone surrogates have no UTF-8; what replaces them does not matter to the structure.
    return Parser(_language()).parse(text.encode("utf-8", "replace")).root_node


class Source:
    """A parsed text. Its lines end in newlines only: other endings are the caller's to mend."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._root = parsed(text)

    @cached_property
    def ok(self) -> bool:
        """Whether it is a whole program: right syntax, right indentation, no empty block."""
        return not self._root.has_error and _well_formed(self._root)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The top-level statements, in order; comments are among them."""
        merged: list[Statement] = []
        for statement in map(_statement, self._root.named_children):
            if merged and statement.start < merged[-1].end:
                merged[-1] = _merged(merged[-1], statement)
            else:
                merged.append(statement)
        return tuple(merged)

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names its top level gives a value."""
        return frozenset[str]().union(*(each.names.binds for each in self.statements))

    @cached_property
    def missing(self) -> frozenset[str]:
        """The names it uses, anywhere inside, that neither it nor Python defines."""
        reads = frozenset[str]().union(*(each.names.reads for each in self.statements))
        return reads - self.binds - BUILTINS

    def definition(self, name: str) -> Statement | None:
        """Return the statement that gives `name` its last value."""
        for statement in reversed(self.statements):
            if name in statement.names.binds:
                return statement
        return None

    def slice(self, statement: Statement) -> str:
        """Return a statement's lines, each with its newline."""
        lines = self.text.split("\n")[statement.start : statement.end]
        return "\n".join(lines) + "\n"

    def without(self, dropped: set[int]) -> str:
        """Return the text without the statements at these places in `statements`."""
        gone = {
            line
            for index in dropped
            for line in range(self.statements[index].start, self.statements[index].end)
        }
        lines = self.text.split("\n")
        return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def regions(text: str) -> list[str]:
    """
    Return the runs of whole Python statements in a text that also holds prose, in order.

    A run may hold comments and has at least one statement that does something.
    Lines that happen to be an expression without effect, such as a single word,
    are prose; so is a call of something that is defined nowhere.
    """
    lines = text.split("\n")
    chunks = [(start, end, Source("\n".join(lines[start:end]))) for start, end in _chunks(lines)]
    known = BUILTINS.union(*(source.binds for _, _, source in chunks if source.ok))
    found: list[str] = []
    first = last = -1
    for start, end, source in [*chunks, (len(lines), len(lines), Source("1"))]:
        kind = _region_kind(source, known)
        if kind == "prose":
            if first >= 0:
                found.append("\n".join(lines[first:last]) + "\n")
            first = -1
        elif kind == "code":
            first = start if first < 0 else first
            last = end
    return found


def _chunks(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Split lines into what could be top-level statements: a line and what hangs under it."""
    at = 0
    while at < len(lines):
        start = at
        at = _end_of_chunk(lines, start)
        end = at
        while end > start and not lines[end - 1].strip():
            end -= 1
        if end > start:
            yield start, end


def _end_of_chunk(lines: list[str], start: int) -> int:
    at = start
    while at + 1 < len(lines) and lines[at].startswith("@"):
        at += 1  # Decorators belong to the definition below.
    at += 1
    quotes = _open_quotes(lines, start, at)
    while at < len(lines):
        line = lines[at]
        if quotes:
            quotes = "" if line.count(quotes) % 2 else quotes
        elif _hangs(lines, at):
            quotes = _open_quotes(lines, at, at + 1)
        else:
            break
        at += 1
    return at


def _hangs(lines: list[str], at: int) -> bool:
    """Whether a line belongs to the statement above it."""
    line = lines[at]
    if line.startswith("#"):
        # A comment may stand anywhere in a block; a heading has a blank line below it.
        near = lines[at : at + _REMARK]
        below = next((line for line in near if not line.startswith("#")), "")
        return bool(below.strip()) and below[0] in " \t"
    return not line.strip() or line[0] in " \t" or bool(_CARRY_ON.match(line))


def _open_quotes(lines: list[str], start: int, end: int) -> str:
    """Return the triple quotes that lines leave open and a later line closes."""
    for quotes in ('"""', "'''"):
        if sum(line.count(quotes) for line in lines[start:end]) % 2:
            closed = any(quotes in lines[at] for at in range(end, len(lines)))
            return quotes if closed else ""
    return ""


def _region_kind(source: Source, known: frozenset[str]) -> str:
    kinds = [kind for each in source.statements for kind in each.kinds]
    if not source.ok or not kinds:
        return "prose"
    if all(kind == "comment" for kind in kinds):
        return "comment"
    wanted = {"function", "class", "import", "future", "assignment", "compound", "assert"}
    if wanted & set(kinds):
        return "code"
    called = {name for each in source.statements for name in each.names.calls}
    return "code" if "call" in kinds and called <= known else "prose"


@cache
def _language() -> Language:
    return Language(tree_sitter_python.language())


def _statement(node: Node) -> Statement:
    inner = node
    if node.type == "decorated_definition":
        inner = node.child_by_field_name("definition") or node
    # A node that ends at column 0 ends with the line before.
    end = node.end_point.row + (1 if node.end_point.column else 0)
    return Statement(
        start=node.start_point.row,
        end=max(end, node.start_point.row + 1),
        kinds=(_kind(inner),) if inner is node else (_kind(inner), "decorated"),
        names=names(node),
        stub=inner.type == "function_definition" and _is_stub(inner),
        guard=node.type == "if_statement" and _is_guard(node),
    )


def _merged(one: Statement, other: Statement) -> Statement:
    if one.kinds[0] == "comment" or other.kinds[0] == "comment":
        kinds = tuple(kind for kind in one.kinds + other.kinds if kind != "comment")
    else:
        kinds = one.kinds + other.kinds
    return Statement(
        one.start, max(one.end, other.end), kinds, one.names | other.names, one.stub or other.stub
    )


def _kind(node: Node) -> str:
    kind = node.type
    if kind in _DEFINITIONS or kind in _IMPORTS or kind == "assert_statement":
        return kind.partition("_")[0]
    if kind.partition("_")[0] in _COMPOUND and kind.endswith("_statement"):
        return "compound"
    if kind == "comment":
        return "comment"
    if kind == "type_alias_statement":
        return "assignment"
    if kind == "pass_statement":
        return "nothing"
    if kind == "expression_statement" and node.named_child_count == 1:
        return _expression_kind(node.named_children[0])
    return "other"


def _expression_kind(node: Node) -> str:
    if node.type in _ASSIGNMENTS:
        return "assignment" if node.child_by_field_name("right") else "nothing"
    return "call" if node.type == "call" else "nothing"


def _is_stub(function: Node) -> bool:
    body = function.child_by_field_name("body")
    rest = [node for node in body.named_children if node.type != "comment"] if body else []
    return all(_says_nothing(node) for node in rest)


def _says_nothing(node: Node) -> bool:
    if node.type == "pass_statement" or node.type in _IMPORTS:
        return True
    if node.type == "raise_statement":
        return b"NotImplemented" in (node.text or b"")
    if node.type == "expression_statement" and node.named_child_count == 1:
        return node.named_children[0].type in {"string", "ellipsis"}
    return False


def _is_guard(node: Node) -> bool:
    condition = node.child_by_field_name("condition")
    text = (condition.text or b"") if condition else b""
    return b"__name__" in text and b"__main__" in text


def _well_formed(root: Node) -> bool:
    """Check what the grammar forgives and Python does not."""
    stack = [(root, False)]
    while stack:
        node, in_function = stack.pop()
        if node.type == "return_statement" and not in_function:
            return False
        if node.type in {"module", "block"} and not _aligned(node):
            return False
        if node.type in _CLAUSES and node.parent is not None:
            at, above = node.start_point, node.parent.start_point
            if at.row != above.row and at.column != above.column:
                return False
        inside = in_function or node.type == "function_definition"
        stack.extend((child, inside) for child in node.named_children)
    return True


def _aligned(block: Node) -> bool:
    """Whether the statements of a block exist and begin in one column."""
    statements = [node for node in block.named_children if node.type != "comment"]
    if not statements:
        return block.type == "module"
    column = 0 if block.type == "module" else statements[0].start_point.column
    row = -1
    for node in statements:
        if node.start_point.row != row and node.start_point.column != column:
            return False
        row = node.end_point.row
    return True
