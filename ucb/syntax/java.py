"""What a piece of Java text says about itself, without compiling it.

tree-sitter does the parsing: it never fails, whatever the text. Lines are counted from 1, both
ends included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import tree_sitter_java
from tree_sitter import Language, Node, Parser

_TYPES = {
    "class_declaration", "interface_declaration", "enum_declaration", "record_declaration",
    "annotation_type_declaration",
}  # fmt: skip
_METHODS = {"method_declaration", "constructor_declaration", "compact_constructor_declaration"}
_BODIES = {"class_body", "interface_body", "enum_body", "annotation_type_body"}
_COMMENTS = {"line_comment", "block_comment"}
_PIECE = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"""
    r'''|(?P<block>"""(?:\\.|[^\\])*?(?:"""|\Z))'''
    r"""|(?P<string>"(?:\\.|[^"\\\n])*(?:"|$)|'(?:\\.|[^'\\\n])*(?:'|$))"""
    r"""|(?P<brace>[{}])""",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Method:
    """A method or constructor that stands in a type, or outside any."""

    name: str
    """A constructor's is its type's."""
    owner: str
    """The type it is in, such as `Outer.Inner`; empty outside any."""
    parameters: tuple[str, ...]
    """Types as they are written, without annotations, modifiers and spaces."""
    constructor: bool
    modifiers: frozenset[str]
    """Such as `static`; annotations as `@Test`."""
    top: int
    """The first line of its Javadoc; without one, its own."""
    first: int
    """The first line of its annotations and modifiers."""
    last: int
    javadoc: str
    """As it is written, from `/**` to `*/`; empty without."""
    head: str
    """From the annotations to the `{`; all of it for a method without a body."""
    body: str
    """From behind the `{` to before the `}`; empty for a method without a body."""
    calls: frozenset[str]
    """Names of methods that it calls, and of types that it constructs."""
    types: frozenset[str]
    """Names of types that it mentions, as far as they are told from variables by their case."""

    @property
    def qualname(self) -> str:
        """The name behind its type's, such as `Money.plus`."""
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def signed(self) -> str:
        """The name with its parameters' types, such as `Money.plus(Money)`."""
        return f"{self.qualname}({','.join(self.parameters)})"


@dataclass(frozen=True, slots=True)
class Type:
    """A class, interface, enum, record or annotation."""

    name: str
    """Such as `Outer.Inner`."""
    public: bool
    top: int
    """The first line of its Javadoc; without one, its own."""
    first: int
    last: int
    opens: int
    """The line of its `{`."""


@dataclass(frozen=True, slots=True)
class Member:
    """What stands in a type and is no method or type: a field, constants, an initialiser."""

    top: int
    """The first line of its Javadoc; without one, its own."""
    first: int
    last: int


class Source:
    """One parsed text: a file, or a piece of one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._root = _parser().parse(text.encode("utf-8", "replace")).root_node

    @property
    def ok(self) -> bool:
        """Whether all of it is Java."""
        return not self._root.has_error

    @cached_property
    def package(self) -> str:
        """The package that it says it is in; empty without."""
        for node in self._root.children:
            if node.type == "package_declaration":
                return _text(node).removeprefix("package").strip(" ;\n")
        return ""

    @cached_property
    def preamble(self) -> tuple[int, ...]:
        """The lines of the package's and of all imports' declarations."""
        found: list[int] = []
        for node in self._root.children:
            if node.type in {"package_declaration", "import_declaration"}:
                found.extend(range(_first(node), _last(node) + 1))
        return tuple(found)

    @cached_property
    def methods(self) -> tuple[Method, ...]:
        """Methods and constructors in order, but for those of types inside methods."""
        return tuple(_method(node, owner) for node, owner in self._all if node.type in _METHODS)

    @cached_property
    def types(self) -> tuple[Type, ...]:
        """Types in order, but for those inside methods."""
        return tuple(_type(node, owner) for node, owner in self._all if node.type in _TYPES)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """What else stands in types, in order."""
        return tuple(
            Member(_top(node), _first(node), _last(node))
            for node, owner in self._all
            if owner and node.type not in _METHODS | _TYPES
        )

    def method(self, name: str, parameters: tuple[str, ...] | None = None) -> Method | None:
        """
        Return the last method of a name, of several the one with these parameters.

        Such as `plus`, `Money.plus` or `Money.plus(Money)`, whose parameters count like the
        argument's. Constructors are no methods.
        """
        plain, inside, listed = name.partition("(")
        packed = "".join(listed.split()).removesuffix(")")
        found = [
            each
            for each in self.methods
            if not each.constructor and plain in {each.name, each.qualname}
        ]
        if inside:
            found = [each for each in found if ",".join(each.parameters) == packed]
        same = [each for each in found if parameters is None or each.parameters == parameters]
        like = [each for each in found if len(each.parameters) == len(parameters or ())]
        return next((some[-1] for some in (same, like, found) if some), None)

    def statement_lines(self, method: Method) -> dict[int, int]:
        """Return the lines on which statements of a method begin, each with its own last.

        A statement that holds others, such as an `if`, ends before the first of them.
        """
        node = next(node for node, _ in self._all if _first(node) == method.first)
        found: dict[int, int] = {}
        for each in _walk(node):
            if not _is_statement(each):
                continue
            inner = [_first(child) for child in _walk(each) if _is_statement(child)]
            last = min([_last(each), *(line - 1 for line in inner if line > _first(each))])
            found[_first(each)] = max(last, _first(each), found.get(_first(each), 0))
        return found

    @cached_property
    def _all(self) -> tuple[tuple[Node, str], ...]:
        found: list[tuple[Node, str]] = []
        stack = [(child, "") for child in reversed(self._root.children)]
        while stack:
            node, owner = stack.pop()
            if node.type in _TYPES:
                found.append((node, owner))
                inner = _joined(owner, _name(node))
                bodies = [child for child in node.children if child.type in _BODIES]
                stack += [
                    (each, inner) for body in reversed(bodies) for each in reversed(body.children)
                ]
            elif node.type in {"enum_body_declarations", "ERROR"}:
                stack += [(each, owner) for each in reversed(node.children)]
            elif node.type in _METHODS or (owner and node.is_named and node.type not in _COMMENTS):
                found.append((node, owner))
        return tuple(found)


def block_end(text: str, depth: int = 1) -> int | None:
    """
    Return where the blocks that were open before `text` are closed: behind the last `}`.

    `depth` is how many are. None if `text` ends sooner.
    """
    for piece in _PIECE.finditer(text):
        if piece["brace"]:
            depth += 1 if piece["brace"] == "{" else -1
            if not depth:
                return piece.end()
    return None


def last_member_end(text: str) -> int | None:
    """
    Return where the last whole block ends of those that stand directly in an open block.

    `text` begins inside that block, such as a class behind its `{`. None if no block ends in it.
    """
    depth, found = 0, None
    for piece in _PIECE.finditer(text):
        if piece["brace"]:
            depth += 1 if piece["brace"] == "{" else -1
            if not depth and piece["brace"] == "}":
                found = piece.end()
    return found


def without_comments(code: str) -> str:
    """Return Java without comments, and with one blank line where several followed each other.

    What strings and text blocks hold stays.
    """
    kept: list[str] = []
    blocks: set[int] = set()
    emptied: set[int] = set()
    at = row = 0
    for piece in _PIECE.finditer(code):
        before = code[at : piece.start()]
        kept.append(before)
        row += before.count("\n")
        lines = piece[0].count("\n")
        if piece["comment"]:
            # Two tokens must not become one.
            kept.append(" " if not lines and piece[0].startswith("/*") else "\n" * lines)
            emptied.update(range(row, row + lines + 1))
        else:
            kept.append(piece[0])
            blocks.update(range(row + 1, row + lines + 1))
        row += lines
        at = piece.end()
    kept.append(code[at:])
    return "\n".join(_tidied("".join(kept).split("\n"), blocks, emptied))


def shifted(code: str, by: int) -> str:
    """Indent code by so many spaces more, or less; what a text block holds stays as it is."""
    inside: set[int] = set()
    for piece in _PIECE.finditer(code):
        if piece["block"]:
            row = code.count("\n", 0, piece.start())
            inside.update(range(row + 1, row + piece[0].count("\n") + 1))
    lines = []
    for row, line in enumerate(code.split("\n")):
        if row in inside or not line.strip():
            lines.append(line)
        elif by >= 0:
            lines.append(" " * by + line)
        else:
            lines.append(line[min(-by, len(line) - len(line.lstrip())) :])
    return "\n".join(lines)


def _tidied(lines: list[str], blocks: set[int], emptied: set[int]) -> Iterator[str]:
    """Yield lines without those that a comment had to itself, and one blank line of several.

    Args:
        lines: The text, whose lines keep their numbers.
        blocks: Lines that begin inside a text block.
        emptied: Lines that a comment stood on.

    """
    blank = False
    for row, line in enumerate(lines):
        if row in blocks:
            blank = False
            yield line
            continue
        text = line.rstrip() if row in emptied else line
        if not text.strip():
            if row not in emptied and not blank:
                blank = True
                yield ""
            continue
        blank = False
        yield text


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_java.language()))


def _method(node: Node, owner: str) -> Method:
    body = node.child_by_field_name("body")
    whole = _text(node)
    head, inside = whole, ""
    if body is not None:
        data = node.text or b""
        begin, end = body.start_byte - node.start_byte, body.end_byte - node.start_byte
        head = data[: begin + 1].decode("utf-8", "replace")
        inside = data[begin + 1 : end - 1].decode("utf-8", "replace")
    above = _documentation(node)
    return Method(
        _name(node),
        owner,
        tuple(_parameters(node)),
        node.type != "method_declaration",
        frozenset(_modifiers(node)),
        _top(node),
        _first(node),
        _last(node),
        _text(above) if above is not None else "",
        head,
        inside,
        frozenset(_called(node)),
        frozenset(_typed(node)),
    )


def _type(node: Node, owner: str) -> Type:
    body = next(child for child in node.children if child.type in _BODIES)
    public = "public" in _modifiers(node)
    name = _joined(owner, _name(node))
    return Type(name, public, _top(node), _first(node), _last(node), _first(body))


def _parameters(node: Node) -> Iterator[str]:
    listed = node.child_by_field_name("parameters")
    for each in listed.named_children if listed is not None else ():
        kind = next(
            (
                child
                for child in each.named_children
                if child.type not in {"modifiers", *_COMMENTS} and "annotation" not in child.type
            ),
            None,
        )
        if each.type == "formal_parameter" and kind is not None:
            dimensions = each.child_by_field_name("dimensions")
            yield _packed(kind) + (_packed(dimensions) if dimensions else "")
        elif each.type == "spread_parameter" and kind is not None:
            yield f"{_packed(kind)}..."


def _modifiers(node: Node) -> Iterator[str]:
    for child in node.children:
        if child.type == "modifiers":
            for each in child.children:
                name = each.child_by_field_name("name")
                yield f"@{_text(name)}" if name is not None else _text(each)


def _called(node: Node) -> Iterator[str]:
    for each in _walk(node):
        if each.type == "method_invocation":
            yield _name(each)
        elif each.type == "object_creation_expression":
            kind = each.child_by_field_name("type")
            if kind is not None:
                yield _text(kind).partition("<")[0].rpartition(".")[2]
        elif each.type == "method_reference":
            yield _text(each.children[-1])


def _typed(node: Node) -> Iterator[str]:
    for each in _walk(node):
        if each.type == "type_identifier":
            yield _text(each)
        elif each.type in {"method_invocation", "field_access", "method_reference"}:
            # `Price.of()` may be a class's, and is by convention.
            whose = each.child_by_field_name("object") or each.children[0]
            if whose.type == "identifier" and _text(whose)[:1].isupper():
                yield _text(whose)


def _is_statement(node: Node) -> bool:
    return node.is_named and (
        node.type.endswith("_statement") or node.type == "local_variable_declaration"
    )


def _documentation(node: Node) -> Node | None:
    above = node.prev_sibling
    while above is not None and above.type == "line_comment":
        above = above.prev_sibling
    if above is not None and above.type == "block_comment" and _text(above).startswith("/**"):
        return above
    return None


def _top(node: Node) -> int:
    above = _documentation(node)
    return _first(above) if above is not None else _first(node)


def _name(node: Node) -> str:
    found = node.child_by_field_name("name")
    return _text(found) if found is not None else ""


def _walk(node: Node) -> Iterator[Node]:
    """Yield what is below a node, with a stack of its own: model-written code nests deeply."""
    stack = list(reversed(node.children))
    while stack:
        each = stack.pop()
        yield each
        stack += reversed(each.children)


def _packed(node: Node) -> str:
    return "".join(_text(node).split())


def _joined(owner: str, name: str) -> str:
    return f"{owner}.{name}" if owner else name


def _first(node: Node) -> int:
    return node.start_point.row + 1


def _last(node: Node) -> int:
    return node.end_point.row + 1


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
