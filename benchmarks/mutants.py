"""Wrong and nearly right programs made of right ones: one small change each, by a seed."""

from __future__ import annotations

import ast
import random
import warnings
from collections.abc import Callable, Iterator

_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
Change = Callable[[], None]


def mutants(code: str, count: int, seed: str) -> Iterator[str]:
    """Yield up to `count` different programs, each one change away from `code`."""
    generator = random.Random(seed)
    seen = {ast.unparse(_parsed(code))}
    for _ in range(4 * count):
        tree = _parsed(code)
        changes = list(_changes(tree, generator))
        if not changes:
            return
        generator.choice(changes)()
        mutant = ast.unparse(ast.fix_missing_locations(tree))
        if mutant not in seen:
            seen.add(mutant)
            yield mutant
        if len(seen) > count:
            return


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Docstrings hold invalid escapes.
        return ast.parse(code)


def _changes(tree: ast.Module, generator: random.Random) -> Iterator[Change]:
    """Yield every change there is; `generator` decides what to change to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], _COMPARISONS):
            yield lambda node=node: _set_first(node.ops, _other(_COMPARISONS, node.ops[0]))  # type: ignore[misc]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
            yield lambda node=node: setattr(node, "op", _other(_OPERATORS, node.op))  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield lambda node=node: setattr(node, "value", node.value + _step())  # type: ignore[misc]
        elif isinstance(node, ast.If | ast.IfExp):
            yield lambda node=node: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))  # type: ignore[misc]
        elif isinstance(node, ast.Return) and node.value is not None:
            yield lambda node=node: setattr(node, "value", _wrapped(node.value))  # type: ignore[misc]

    def _other(kinds: tuple[type, ...], present: ast.AST) -> ast.AST:
        made: ast.AST = generator.choice([k for k in kinds if not isinstance(present, k)])()
        return made

    def _step() -> int:
        return generator.choice((-1, 1))

    def _wrapped(value: ast.expr) -> ast.expr:
        name = generator.choice(("list", "tuple", "str", "float", "sorted", "set"))
        return ast.Call(ast.Name(name, ast.Load()), [value], [])


def _set_first(items: list[ast.cmpop], item: ast.AST) -> None:
    items[0] = item  # type: ignore[call-overload]
