"""What the tests of an untouched release do: which always pass, and which functions they run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ucb.mine.functions import Module, Span, read_module
from ucb.mine.sdist import Tree
from ucb.mine.timed import timed
from ucb.project.suite import REPORT, Project, Suite
from ucb.task import Run
from ucb.types import Ended, Execution, Key, Limits, Program

SEEDS = (None, 1)
"""Hash seeds of the rooms' own interpreter, and of another."""
SUITE = 120.0
"""CPU seconds that all tests of a release may take, unless the caller says otherwise: every answer
to one of its problems takes them again."""
_REACHED = "_ucb_reached"
"""What `ucb.project.runner` counts with."""
_SLOWER, _AT_LEAST = 5.0, 10.0
"""Times the CPU seconds of the untouched release's tests that an edition may take, and seconds."""


class Placed(Protocol):
    """A function of the release."""

    @property
    def file(self) -> str:
        """Its path in the tree."""
        ...

    @property
    def span(self) -> Span:
        """Its lines."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What `main.py report` of `ucb.project.runner` left."""

    outcomes: Mapping[str, str]
    """`passed`, `skipped`, `failed` or `error`, by test."""
    raised: Mapping[str, str]
    hits: Mapping[str, Sequence[int]]
    missing: Sequence[str]
    """Modules for want of which files of tests could not be collected."""
    cpu: float

    def failing(self, names: Sequence[str]) -> frozenset[str]:
        """Those of the tests that did not pass."""
        return frozenset(name for name in names if self.outcomes.get(name) != "passed")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the untouched release's own tests do."""

    passing: frozenset[str]
    """Tests that passed every time, and do not measure it."""
    others: frozenset[str]
    """Tests that failed, were skipped, passed only sometimes, or measure time."""
    reaching: Mapping[int, tuple[str, ...]]
    """By a function's number, the passing tests that run it."""
    unplaced: int
    """Functions whose body shares a line with the header: they could not be watched."""
    cpu: float
    """CPU seconds of the slower run."""


class Untouched:
    """A release in the store, whose tree is on disk too, and its tests."""

    def __init__(self, tree: Tree, project: Project, run: Run, *, suite: float = SUITE) -> None:
        self.project = project
        self._tree = tree
        self._run = run
        self._longest = Limits(cpu=suite, wall=2 * suite, memory=4096, output=1 << 23)
        self._first: Report | None = None
        """What its tests do, once they were run."""

    def missing(self) -> tuple[str, ...]:
        """Return the modules that the tests import in vain."""
        (self._first,) = self.reports([Suite(self.project).report({}, limits=self._longest)])
        return tuple(self._first.missing) if self._first else ()

    def measure(self, functions: Sequence[Placed]) -> Baseline | None:
        """
        Run all tests twice as they are, and once with every function counting its calls.

        Returns None when they cannot be run, or none of them passes.
        """
        if self._first is None:
            self.missing()
        counting, unplaced = self._counting(functions)
        suite = Suite(self.project)
        programs = [
            suite.report({}, limits=self._longest, seed=SEEDS[1]),
            suite.report(counting, limits=self._longest),
        ]
        told = [self._first, *self.reports(programs)] if self._first else []
        reports = [report for report in told if report is not None]
        if not reports or len(reports) < len(told):
            return None
        passing = frozenset(
            name
            for name in reports[0].outcomes
            if all(report.outcomes.get(name) == "passed" for report in reports)
        )
        # They passed now; on a machine with less time to spare they would not.
        passing -= timed(self._tree.root, passing)
        if not passing:
            return None
        reaching: dict[int, list[str]] = {}
        for name, numbers in sorted(reports[-1].hits.items()):
            for number in numbers if name in passing else ():
                reaching.setdefault(number, []).append(name)
        return Baseline(
            passing,
            frozenset().union(*(report.outcomes for report in reports)) - passing,
            {number: tuple(names) for number, names in sorted(reaching.items())},
            unplaced,
            max(report.cpu for report in reports),
        )

    def limits(self, found: Baseline) -> Limits:
        """Return what an edition of the release may use."""
        seconds = max(_AT_LEAST, _SLOWER * found.cpu)
        return replace(self._longest, cpu=seconds, wall=3 * seconds)

    def reports(self, programs: Sequence[Program]) -> list[Report | None]:
        """Run programs; return the report of each, and None for one that left none."""
        keyed = ((Key("trial", number), program) for number, program in enumerate(programs))
        found: list[Report | None] = [None] * len(programs)
        for key, execution in self._run(keyed):
            found[key.sample] = _report(execution)
        return found

    def _counting(self, functions: Sequence[Placed]) -> tuple[dict[str, str], int]:
        """Return the files of functions, each function with a call of the counter in front."""
        by_file: dict[str, list[tuple[int, Placed]]] = {}
        for number, function in enumerate(functions):
            by_file.setdefault(function.file, []).append((number, function))
        counting, unplaced = {}, Counter[str]()
        for file, inside in by_file.items():
            module = read_module(self._tree.root, file)
            if module is None:
                continue
            lines = module.text.split("\n")
            # From the end of the file, so that the spans above stay right.
            for number, function in sorted(inside, key=lambda each: -each[1].span.first):
                place = _beginning(module, function.span)
                if place is None:
                    unplaced[file] += 1
                else:
                    line, indent = place
                    lines.insert(line - 1, f"{indent}{_REACHED}({number})")
            counting[file] = "\n".join(lines)
        return counting, unplaced.total()


def _report(execution: Execution) -> Report | None:
    """Read what a program left; None where it was stopped or ended in the middle."""
    (result,) = execution.steps
    if result.ended is not Ended.EXITED or result.code or REPORT not in execution.files:
        return None
    told = json.loads(execution.files[REPORT])
    return Report(told["outcomes"], told["raised"], told["hits"], told["missing"], result.cpu)


def _beginning(module: Module, span: Span) -> tuple[int, str] | None:
    """The line that a function's body begins on, and its indentation; None if it shares one."""
    function = next(each for each in module.functions if each.span == span)
    if function.code is None:
        return None
    first = function.node.body[1 if function.docstring else 0]
    return function.code.first, module.lines[first.lineno - 1][: first.col_offset]
