"""Functions that a model can be asked to write, or to test: documented, and needed by tests.

The rules, each of which a function must pass besides those of `ucb.mine.releases.targets`
(their names are in `Unfit`):

- its body stands nowhere else in the release, so that it cannot be copied from the context;
- tests that pass in the untouched release reach it, and not too many of them;
- with `raise NotImplementedError` in the place of its body some of these fail, the same ones
  with other hash seeds: the tests that need it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ucb.mine.baseline import SEEDS, Baseline, Untouched
from ucb.mine.functions import Function, read_module
from ucb.mine.normal import Definition
from ucb.mine.releases import Target
from ucb.mine.sdist import Tree
from ucb.project import splice
from ucb.project.suite import Suite
from ucb.types import Limits

MOST_REACHING, MOST_TESTS = 120, 60
"""Tests that may reach a function, and that may need it: what everything needs takes everything
to be judged."""
UNWRITTEN = "raise NotImplementedError"


class Unfit(StrEnum):
    """Why a documented function is no problem."""

    COPIED = "its body stands elsewhere in the release too"
    NO_SUITE = "the release's tests could not be run"
    UNREACHED = "no passing test reaches it"
    PLACE = "its body shares a line with its header"
    ENDLESS = "its tests without it do not end, or end the interpreter"
    NOT_NEEDED = "no test fails without it"
    UNSTABLE = "other tests fail without it under other hash seeds"
    TOO_MANY = "too many tests need it"


@dataclass(frozen=True, slots=True)
class Needed:
    """A function, and the tests that fail without it."""

    target: Target
    tests: tuple[str, ...]
    branching: bool
    """It has a branch or a loop: branch coverage of it means something."""


class Written:
    """One release, in the store and on disk."""

    def __init__(self, tree: Tree, untouched: Untouched) -> None:
        self._tree = tree
        self._untouched = untouched
        self.baseline: Baseline | None = None
        """Known once `confirm` has begun; None when the tests cannot be run."""

    def confirm(self, targets: Sequence[Target], dropped: Counter[str]) -> Iterator[Needed]:
        """
        Yield the functions that tests need; count the others in `dropped`, under `Unfit`.

        Raises `SandboxError` when programs cannot be run.
        """
        found = self._untouched.measure(targets)
        if found is None:
            dropped[Unfit.NO_SUITE] += len(targets)
            return
        self.baseline = found
        dropped[Unfit.PLACE] += found.unplaced
        dropped[Unfit.UNREACHED] += len(targets) - found.unplaced - len(found.reaching)
        yield from self._needed({n: targets[n] for n in found.reaching}, found, dropped)

    def _needed(
        self, reached: Mapping[int, Target], found: Baseline, dropped: Counter[str]
    ) -> Iterator[Needed]:
        limits = self._untouched.limits(found)
        few = {n: each for n, each in reached.items() if len(found.reaching[n]) <= MOST_REACHING}
        dropped[Unfit.TOO_MANY] += len(reached) - len(few)
        first = dict(self._failing(few, found, SEEDS[0], limits))
        suspects = {}
        for number, tests in first.items():
            if tests is None:
                dropped[Unfit.ENDLESS] += 1
            elif not tests:
                dropped[Unfit.NOT_NEEDED] += 1
            elif len(tests) > MOST_TESTS:
                dropped[Unfit.TOO_MANY] += 1
            else:
                suspects[number] = few[number]
        for number, tests in self._failing(suspects, found, SEEDS[1], limits):
            if tests is None or tests != first[number]:
                dropped[Unfit.UNSTABLE] += 1
            else:
                branching = _branching(self._function(suspects[number]).node)
                yield Needed(suspects[number], tuple(sorted(tests)), branching)

    def _failing(
        self, chosen: Mapping[int, Target], found: Baseline, seed: int | None, limits: Limits
    ) -> Iterator[tuple[int, frozenset[str] | None]]:
        """Yield, for each function, the tests that fail without it; None if they do not end."""
        programs = [
            Suite(self._untouched.project, {"reaching": found.reaching[number]}).report(
                {target.file: self._without(target)}, "reaching", limits=limits, seed=seed
            )
            for number, target in chosen.items()
        ]
        for number, report in zip(chosen, self._untouched.reports(programs), strict=True):
            yield number, None if report is None else report.failing(found.reaching[number])

    def _without(self, target: Target) -> str:
        """Return the file with the function unwritten; its docstring stays."""
        module = read_module(self._tree.root, target.file)
        if module is None:
            raise ValueError(f"{target.file} was read before")
        function = self._function(target)
        first = function.node.body[1 if function.docstring else 0]
        indent = module.lines[first.lineno - 1][: first.col_offset]
        return splice(module.text, target.code.first, target.span.last, indent + UNWRITTEN)

    def _function(self, target: Target) -> Function:
        module = read_module(self._tree.root, target.file)
        functions = module.functions if module else ()
        return next(each for each in functions if each.span == target.span)


def unique(tree: Tree, targets: Sequence[Target], dropped: Counter[str]) -> list[Target]:
    """Return the targets whose body stands once in the release; count the others."""
    bodies: dict[tuple[str, tuple[int, int]], str] = {}
    for path in tree.sources:
        if (module := read_module(tree.root, path)) is not None:
            for function in module.functions:
                span = (function.span.first, function.span.last)
                bodies[path, span] = _body(function.node)
    counts = Counter(bodies.values())
    kept = [
        each
        for each in targets
        if counts[bodies[each.file, (each.span.first, each.span.last)]] == 1
    ]
    dropped[Unfit.COPIED] += len(targets) - len(kept)
    return kept


def texts(tree: Tree) -> frozenset[str]:
    """Return the bodies of all functions of a release, as comparable text."""
    return frozenset(
        _body(function.node)
        for path in tree.sources
        if (module := read_module(tree.root, path)) is not None
        for function in module.functions
    )


def text_of(tree: Tree, target: Target) -> str:
    """Return the body of a function, as comparable text."""
    module = read_module(tree.root, target.file)
    functions = module.functions if module else ()
    return next(_body(each.node) for each in functions if each.span == target.span)


def _body(node: Definition) -> str:
    """Return a function's body without its docstring, as comparable text."""
    skipped = 1 if ast.get_docstring(node, clean=False) is not None else 0
    return "\n".join(ast.dump(each) for each in node.body[skipped:])


def _branching(node: Definition) -> bool:
    kinds = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match)
    return any(isinstance(each, kinds) for each in ast.walk(node))
