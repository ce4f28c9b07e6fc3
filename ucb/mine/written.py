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
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ucb.mine.baseline import SEEDS, Baseline, Untouched
from ucb.mine.functions import Function, Module, Span, read_module
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
    KNOWN = "older than the date asked for"
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
                branching = _branching(self._parsed(suspects[number])[1].node)
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
        module, function = self._parsed(target)
        first = function.node.body[1 if function.docstring else 0]
        indent = module.lines[first.lineno - 1][: first.col_offset]
        return splice(module.text, target.code.first, target.span.last, indent + UNWRITTEN)

    def _parsed(self, target: Target) -> tuple[Module, Function]:
        module = read_module(self._tree.root, target.file)
        if module is None:
            raise ValueError(f"{target.file} was read before")
        return module, next(each for each in module.functions if each.span == target.span)


def bodies(tree: Tree) -> dict[tuple[str, Span], str]:
    """Return, by file and span, the bodies of all functions of a release as comparable text."""
    return {
        (path, function.span): _body(function.node)
        for path in tree.sources
        if (module := read_module(tree.root, path)) is not None
        for function in module.functions
    }


def unique(
    found: Mapping[tuple[str, Span], str],
    targets: Sequence[Target],
    known: Collection[str],
    dropped: Counter[str],
) -> list[Target]:
    """
    Return the targets whose body stands once in the release, and is new; count the others.

    Args:
        found: The release's `bodies`.
        targets: Some of its functions.
        known: Bodies of an older release.
        dropped: Counts the others, under `Unfit`.

    """
    counts = Counter(found.values())
    kept = []
    for each in targets:
        body = found[each.file, each.span]
        if counts[body] > 1:
            dropped[Unfit.COPIED] += 1
        elif body in known:
            dropped[Unfit.KNOWN] += 1
        else:
            kept.append(each)
    return kept


def _body(node: Definition) -> str:
    """Return a function's body without its docstring, as comparable text."""
    skipped = 1 if ast.get_docstring(node, clean=False) is not None else 0
    return "\n".join(ast.dump(each) for each in node.body[skipped:])


def _branching(node: Definition) -> bool:
    kinds = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match)
    return any(isinstance(each, kinds) for each in ast.walk(node))
