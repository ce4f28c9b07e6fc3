"""Tests that measure time, or wait for it to pass: what they say depends on the machine's load."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

_CLOCKS = frozenset({
    "default_timer", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
    "process_time", "process_time_ns", "thread_time", "thread_time_ns", "timeit",
})  # fmt: skip
"""Functions of the standard library that are for measuring only."""
_DATES = frozenset({"time", "time_ns"})
"""Functions that also tell the date: something must be subtracted from what they say."""
_SHORTEST = 0.001
"""Seconds of a sleep that waits for something; shorter ones only let others go on."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def timed(root: Path, names: Iterable[str]) -> frozenset[str]:
    """
    Return those of pytest's names of tests whose function measures time, or sleeps.

    Itself or by a function that it names: of the same file, as a helper or a fixture, or
    imported from a module in a file's folder. Files that are not there or not Python have none.
    """
    by_file: dict[str, list[str]] = {}
    for name in names:
        by_file.setdefault(name.partition("::")[0], []).append(name)
    found: set[str] = set()
    for file, inside in by_file.items():
        measuring = _measuring(root / file)
        found.update(name for name in inside if _function(name) in measuring)
    return frozenset(found)


def _measuring(path: Path, *, imports: bool = True) -> frozenset[str]:
    """Return the names of a file's functions that measure time; of what it imports too."""
    tree = _parsed(path)
    if tree is None:
        return frozenset()
    functions = {node.name: node for node in _functions(tree.body)}
    measuring = {name for name, node in functions.items() if _is_timed(node)}
    if imports:
        measuring |= _imported(tree, path.parent)
    mentioned = {name: _mentioned(node) for name, node in functions.items()}
    while more := {
        name
        for name, others in mentioned.items()
        if name not in measuring and not measuring.isdisjoint(others)
    }:
        measuring |= more
    return frozenset(measuring)


def _imported(tree: ast.Module, folder: Path) -> set[str]:
    """Return the names of functions that measure time and come from a file of this folder."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            beside = folder / f"{node.module.rpartition('.')[2]}.py"
            measuring = _measuring(beside, imports=False)
            found.update(each.asname or each.name for each in node.names if each.name in measuring)
    return found


def _parsed(path: Path) -> ast.Module | None:
    if path.suffix != ".py" or not path.is_file():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, RecursionError):
            return None


def _functions(body: Iterable[ast.AST]) -> Iterator[_Function]:
    """Yield the functions of a module and its classes; those inside functions belong to these."""
    for node in body:
        if isinstance(node, _Function):
            yield node
        else:
            yield from _functions(ast.iter_child_nodes(node))


def _is_timed(function: ast.AST) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and (_called(node) in _CLOCKS or _waits(node)):
            return True
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            # So many seconds before now is a date.
            sides = (node.left, node.right)
            dates = [isinstance(each, ast.Call) and _called(each) in _DATES for each in sides]
            if any(dates) and not any(isinstance(each, ast.Constant) for each in sides):
                return True
    return False


def _waits(call: ast.Call) -> bool:
    if _called(call) != "sleep" or not call.args:
        return False
    match call.args[0]:
        case ast.Constant(value=int() | float() as seconds):
            return seconds >= _SHORTEST
    return True


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _mentioned(function: _Function) -> set[str]:
    """Return the names in a function: what it calls, and its fixtures."""
    arguments = function.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    found = {argument.arg for argument in every}
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                found.add(name)
    return found


def _function(name: str) -> str:
    return name.partition("[")[0].rpartition("::")[2]
