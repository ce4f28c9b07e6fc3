"""Which names a Python statement binds, reads and may change at module level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tree_sitter import Node

STAR = "*"
_COMPREHENSIONS = {
    "list_comprehension",
    "set_comprehension",
    "dictionary_comprehension",
    "generator_expression",
}
_PATTERNS = {
    "pattern_list",
    "tuple_pattern",
    "list_pattern",
    "list_splat_pattern",
    "dictionary_splat_pattern",
    "as_pattern_target",
    "parenthesized_expression",
    "tuple",
    "list",
    "list_splat",
}
# These say nothing about the module's names.
_SILENT = {"future_import_statement", "nonlocal_statement", "comment"}
# Calls that leave their arguments as they are.
_READERS = {"print", "len", "str", "repr", "sum", "min", "max", "sorted", "range", "isinstance"}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the module's scope. Where the text leaves a doubt, a name is in, not out."""

    binds: frozenset[str] = frozenset()
    """Given a value when the statement runs. `from m import *` binds `STAR` and the module."""
    reads: frozenset[str] = frozenset()
    """Looked up, when the statement runs or when a function in it is called. The attribute
    looked up on a name is in as well, as `name.attribute`."""
    touches: frozenset[str] = frozenset()
    """Whose value may be changed in place, or that a `global` rebinds."""
    calls: frozenset[str] = frozenset()
    """Called by the statement itself, or what their methods are called on."""

    def __or__(self, other: Names) -> Names:
        return Names(
            self.binds | other.binds,
            self.reads | other.reads,
            self.touches | other.touches,
            self.calls | other.calls,
        )


@dataclass(eq=False, slots=True)
class _Scope:
    kind: str  # `module`, `function`, `comprehension` or `class`.
    parent: _Scope | None = None
    bound: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)  # By `global`.

    def is_global(self, name: str) -> bool:
        """Whether a name used here is the module's."""
        scope: _Scope | None = self
        while scope is not None and scope.kind != "module":
            if name in scope.declared:
                return True
            # A class body is no scope for the functions inside it.
            if name in scope.bound and (scope is self or scope.kind != "class"):
                return False
            scope = scope.parent
        return True


def names(statement: Node) -> Names:
    """Return the names of a top-level statement."""
    walk = _Walk()
    walk.run(statement)
    module = walk.module
    reads = frozenset(name for scope, name in walk.reads if scope.is_global(name.partition(".")[0]))
    touches = frozenset(name for scope, name in walk.touches if scope.is_global(name))
    calls = frozenset(name for scope, name in walk.calls if scope is module)
    return Names(frozenset(module.bound), reads, touches, calls)


class _Walk:
    """One pass over a syntax tree, with a stack of its own: model-written code nests deeply."""

    def __init__(self) -> None:
        self.module = _Scope("module")
        self.reads: list[tuple[_Scope, str]] = []
        self.touches: list[tuple[_Scope, str]] = []
        self.calls: list[tuple[_Scope, str]] = []
        self._stack: list[tuple[Node, _Scope, bool]] = []

    def run(self, node: Node) -> None:
        self._stack.append((node, self.module, False))
        while self._stack:
            child, scope, binding = self._stack.pop()
            if visit := _VISITORS.get(child.type):
                visit(self, child, scope)
            elif child.type in _SILENT:
                continue
            elif child.type == "identifier":
                self._identifier(child, scope, binding)
            elif child.type == "attribute":
                self._attribute(child, scope, binding)
            elif child.type == "subscript":
                self._subscript(child, scope, binding)
            else:
                self._other(child, scope, binding)

    def _load(self, node: Node | None, scope: _Scope) -> None:
        if node is not None:
            self._stack.append((node, scope, False))

    def _bind(self, node: Node | None, scope: _Scope) -> None:
        if node is not None:
            self._stack.append((node, scope, True))

    def _other(self, node: Node, scope: _Scope, binding: bool) -> None:
        inner = _Scope("comprehension", scope) if node.type in _COMPREHENSIONS else scope
        binding = binding and node.type in _PATTERNS
        self._stack.extend((child, inner, binding) for child in node.named_children)

    def _identifier(self, node: Node, scope: _Scope, binding: bool) -> None:
        if binding:
            scope.bound.add(_text(node))
        else:
            self.reads.append((scope, _text(node)))

    def visit_function(self, node: Node, scope: _Scope) -> None:
        self._bind(node.child_by_field_name("name"), scope)
        inner = _Scope("function", scope)
        parameters = node.child_by_field_name("parameters")
        for parameter in parameters.named_children if parameters else ():
            self._parameter(parameter, scope, inner)
        self._load(node.child_by_field_name("return_type"), scope)
        self._load(node.child_by_field_name("body"), inner)

    def _parameter(self, node: Node, scope: _Scope, inner: _Scope) -> None:
        # Defaults and annotations are looked up where the function is defined.
        outside = [node.child_by_field_name(name) for name in ("value", "type")]
        for child in outside:
            self._load(child, scope)
        if node.type == "identifier":
            self._bind(node, inner)
        elif name := node.child_by_field_name("name"):
            self._bind(name, inner)
        else:
            for child in node.named_children:
                if child not in outside:
                    self._parameter(child, scope, inner)

    def visit_class(self, node: Node, scope: _Scope) -> None:
        self._bind(node.child_by_field_name("name"), scope)
        self._load(node.child_by_field_name("superclasses"), scope)
        self._load(node.child_by_field_name("body"), _Scope("class", scope))

    def visit_assignment(self, node: Node, scope: _Scope) -> None:
        self._bind(node.child_by_field_name("left"), scope)
        self._load(node.child_by_field_name("type"), scope)
        self._load(node.child_by_field_name("right"), scope)

    def visit_augmented(self, node: Node, scope: _Scope) -> None:
        left = node.child_by_field_name("left")
        self._load(left, scope)
        self._touch(left, scope)
        self.visit_assignment(node, scope)

    def visit_for(self, node: Node, scope: _Scope) -> None:
        left = node.child_by_field_name("left")
        for child in node.named_children:
            self._stack.append((child, scope, child == left))

    def visit_named(self, node: Node, scope: _Scope) -> None:
        self._load(node.child_by_field_name("value"), scope)
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent  # `:=` binds outside the comprehension it stands in.
        self._bind(node.child_by_field_name("name"), scope)

    def visit_pattern(self, node: Node, scope: _Scope) -> None:
        for child in node.named_children:
            self._bind(child, scope)

    def visit_import(self, node: Node, scope: _Scope) -> None:
        if any(child.type == "wildcard_import" for child in node.named_children):
            module = node.child_by_field_name("module_name")
            scope.bound.add(STAR + (_text(module) if module else ""))
        for imported in node.children_by_field_name("name"):
            alias = imported.child_by_field_name("alias")
            scope.bound.add(_text(alias) if alias else _text(imported).partition(".")[0])

    def visit_global(self, node: Node, scope: _Scope) -> None:
        for child in node.named_children:
            scope.declared.add(_text(child))
            self._load(child, scope)
            self._touch(child, scope)

    def visit_delete(self, node: Node, scope: _Scope) -> None:
        for child in node.named_children:
            self._load(child, scope)
            self._touch(child, scope)

    def _attribute(self, node: Node, scope: _Scope, binding: bool) -> None:
        of = node.child_by_field_name("object")
        name = node.child_by_field_name("attribute")
        if binding:
            self._touch(of, scope)
        if of is not None and name is not None and of.type == "identifier":
            self.reads.append((scope, f"{_text(of)}.{_text(name)}"))
        self._load(of, scope)

    def _subscript(self, node: Node, scope: _Scope, binding: bool) -> None:
        if binding:
            self._touch(node.child_by_field_name("value"), scope)
        for child in node.named_children:
            self._load(child, scope)

    def visit_call(self, node: Node, scope: _Scope) -> None:
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        root = _root(function)
        if root is not None:
            self.calls.append((scope, _text(root)))
            if root != function:
                self._touch(root, scope)
        if arguments is not None and (root is None or _text(root) not in _READERS):
            for argument in arguments.named_children:
                if argument.type == "identifier":
                    self._touch(argument, scope)
        self._load(function, scope)
        self._load(arguments, scope)

    def visit_keyword(self, node: Node, scope: _Scope) -> None:
        self._load(node.child_by_field_name("value"), scope)

    def _touch(self, node: Node | None, scope: _Scope) -> None:
        if (root := _root(node)) is not None:
            self.touches.append((scope, _text(root)))


_VISITORS: dict[str, Callable[[_Walk, Node, _Scope], None]] = {
    "function_definition": _Walk.visit_function,
    "lambda": _Walk.visit_function,
    "class_definition": _Walk.visit_class,
    "assignment": _Walk.visit_assignment,
    "augmented_assignment": _Walk.visit_augmented,
    "for_statement": _Walk.visit_for,
    "for_in_clause": _Walk.visit_for,
    "named_expression": _Walk.visit_named,
    "as_pattern_target": _Walk.visit_pattern,
    "import_statement": _Walk.visit_import,
    "import_from_statement": _Walk.visit_import,
    "global_statement": _Walk.visit_global,
    "delete_statement": _Walk.visit_delete,
    "call": _Walk.visit_call,
    "keyword_argument": _Walk.visit_keyword,
}


def _root(node: Node | None) -> Node | None:
    """Return the name that a chain of attributes and subscripts begins with."""
    while node is not None and node.type in {"attribute", "subscript"}:
        node = node.child_by_field_name("object" if node.type == "attribute" else "value")
    return node if node is not None and node.type == "identifier" else None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
