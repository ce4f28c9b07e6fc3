"""What a change of a function's body may consist of without being a bug's fix.

Each rule has a name and rewrites a syntax tree so that differences of its kind vanish. Two
versions of a function that a rule makes equal are no candidates, and are counted under it.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import cast


class Rule(StrEnum):
    """Why a function that differs between two releases is no candidate for a bug.

    Functions of tests need no rule: tests are not among a tree's sources.
    """

    SIGNATURE = "signature or decorators changed"
    """Parameters, their defaults, decorators or `async`; annotations do not count."""
    FORMATTING = "formatting, comments or docstring"
    """The syntax trees without docstrings are equal."""
    TYPING = "typing"
    """Equal without annotations, `cast` and `if TYPE_CHECKING`; or one is an `@overload`."""
    IMPORTS = "imports moved"
    """Equal without import statements."""
    VERSION = "version"
    """Equal but for strings that are version numbers, or the function is named for one."""
    MESSAGE = "message"
    """Equal but for texts, and the values put into them, in `raise`, `assert`, and calls that
    log or warn."""
    FSTRING = "text of an f-string"
    """Equal but for the constant parts of f-strings."""
    UNWRITTEN = "not written before"
    """The old body does nothing, or raises NotImplementedError."""
    PLACE = "indented otherwise"
    """It stood under a condition and no longer does: one's lines cannot replace the other's."""
    GLOBALS = "uses a name the new module lacks"
    """The old body would fail in the new module for a reason that is not the bug."""


_LOGGERS = re.compile(r"_?(log|logger|logging|warnings)", re.IGNORECASE)
_LOG_METHODS = {
    "critical", "debug", "error", "exception", "fatal", "info", "log", "warn", "warning",
    "warn_explicit",
}  # fmt: skip
_WARNERS = {"warn", "warn_deprecated", "deprecated", "deprecation_warning", "_warn", "_deprecated"}
_VERSION_TEXT = re.compile(r"v?\d+(\.\d+)+([-.+]?\w+)*")
_VERSION_NAME = re.compile(r"_*(get_|set_|print_|show_|find_|read_)?_*version(_info|_string)?_*")
Definition = ast.FunctionDef | ast.AsyncFunctionDef


def names_a_version(name: str) -> bool:
    """Whether a function is named for telling a version, such as `get_version`."""
    return _VERSION_NAME.fullmatch(name) is not None


def unwritten(body: list[ast.stmt]) -> bool:
    """Whether statements do nothing at all, or only say that they are not written."""
    return all(_says_nothing(statement) for statement in body)


def first_rule(old: Definition, new: Definition) -> Rule | None:
    """
    Return the first rule under which two functions of one header are equal, None if there is none.

    Rules add up in their order: a change of annotations and of messages is `MESSAGE`.
    """
    one, other = copy.deepcopy(old), copy.deepcopy(new)
    for rule, make in _LEVELS:
        one, other = make().visit(one), make().visit(other)
        if _dump(_compared(one)) == _dump(_compared(other)):
            return rule
    return None


def header(node: Definition) -> str:
    """Return what must be equal for one body to take the other's place, as text."""
    bare = untyped(_bodiless(node))
    return f"{type(bare).__name__} {bare.name} {_dump(bare.decorator_list)} {ast.dump(bare.args)}"


def untyped(node: Definition) -> Definition:
    """Return a copy without docstrings and what only a type checker reads."""
    return cast("Definition", _Untyped().visit(_Plain().visit(copy.deepcopy(node))))


def _compared(node: Definition) -> list[ast.AST]:
    """Return what a change may be in when headers are equal: the body, and annotations."""
    return [node.args, *([node.returns] if node.returns else []), *node.body]


def _bodiless(node: Definition) -> Definition:
    """Return the function without its body, which need not be copied."""
    bare = copy.copy(node)
    bare.body = [ast.Pass()]
    return bare


def _dump(nodes: Iterable[ast.AST]) -> str:
    return "\n".join(map(ast.dump, nodes))


class _Rewriter(ast.NodeTransformer):
    """A transformer that leaves no block without a statement."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and not body and not isinstance(node, ast.Module):
            body.append(ast.Pass())
        return node


class _Plain(_Rewriter):
    """Drops docstrings and what says how a literal was written."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and (
            ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:]
        return super().generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        node.kind = None
        return node


class _Untyped(_Rewriter):
    """Drops what only a type checker reads."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
            node.type_comment = None
        if "type_params" in node._fields:
            node.type_params = []  # type: ignore[attr-defined]
        return super().generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        node.type_comment = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.visit(ast.Assign(targets=[node.target], value=node.value))  # type: ignore[no-any-return]

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        if _last_name(node.test) == "TYPE_CHECKING":
            otherwise = ast.Module(body=node.orelse, type_ignores=[])
            super().generic_visit(otherwise)
            return otherwise.body
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if _last_name(node.func) == "cast" and len(node.args) == 2 and not node.keywords:
            return self.visit(node.args[1])  # type: ignore[no-any-return]
        return self.generic_visit(node)


class _Importless(_Rewriter):
    """Drops import statements."""

    def visit_Import(self, node: ast.Import) -> None:
        """Drop it."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Drop it."""


class _Versionless(_Rewriter):
    """Makes all version numbers the same."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and _VERSION_TEXT.fullmatch(node.value):
            return ast.Constant("0.0")
        return node


class _Messageless(_Rewriter):
    """Makes all texts the same that are raised, asserted, logged or warned about."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not self._told:
            self._told = {name for each in ast.walk(node) for name in _told_names(each)}
        if isinstance(node, ast.Raise) and node.exc is not None:
            node.exc = _Textless().of(node.exc)
        elif isinstance(node, ast.Assert) and node.msg is not None:
            node.msg = _Textless().of(node.msg)
        elif isinstance(node, ast.Call) and _tells(node):
            node.args = [_Textless().of(each) for each in node.args]
        elif isinstance(node, ast.Assign) and _targets(node) & self._told:
            node.value = _Textless().of(node.value)
        return super().generic_visit(node)


class _Textless(ast.NodeTransformer):
    """Makes all texts, and what is put together from them, the same."""

    def of(self, node: ast.expr) -> ast.expr:
        """Return the expression so rewritten."""
        return cast("ast.expr", self.visit(node))

    def visit(self, node: ast.AST) -> ast.AST:
        if _is_text(node):
            return ast.Constant("")
        return super().visit(node)  # type: ignore[no-any-return]


class _Fstringless(_Rewriter):
    """Drops the constant parts of f-strings, but not how values are formatted."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        node.values = [each for each in node.values if not isinstance(each, ast.Constant)]
        return node


_LEVELS: tuple[tuple[Rule, type[ast.NodeTransformer]], ...] = (
    (Rule.FORMATTING, _Plain),
    (Rule.TYPING, _Untyped),
    (Rule.IMPORTS, _Importless),
    (Rule.VERSION, _Versionless),
    (Rule.MESSAGE, _Messageless),
    (Rule.FSTRING, _Fstringless),
)


def _last_name(node: ast.AST) -> str:
    """Return `c` of `a.b.c` and of `c`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _tells(call: ast.Call) -> bool:
    """Whether a call logs or warns."""
    if isinstance(call.func, ast.Attribute):
        owner = _last_name(call.func.value)
        return call.func.attr in _LOG_METHODS and _LOGGERS.fullmatch(owner) is not None
    return _last_name(call.func) in _WARNERS


def _told_names(node: ast.AST) -> Iterable[str]:
    """Return the variables that a statement raises as a message, logs or warns with."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        arguments = node.exc.args
    elif isinstance(node, ast.Call) and _tells(node):
        arguments = node.args
    elif isinstance(node, ast.Assert) and node.msg is not None:
        arguments = [node.msg]
    else:
        return []
    return [each.id for each in arguments if isinstance(each, ast.Name)]


def _targets(node: ast.Assign) -> set[str]:
    return {each.id for each in node.targets if isinstance(each, ast.Name)}


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        return _is_text(node.left) or (isinstance(node.op, ast.Add) and _is_text(node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"format", "strip", "join"} and _is_text(node.func.value)
    return False


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return _last_name(raised) == "NotImplementedError"
    return isinstance(statement, ast.Pass)
