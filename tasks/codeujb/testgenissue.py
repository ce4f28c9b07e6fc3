"""Write a test that shows a reported bug."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from ucb.defects4j.suite import COVERAGE, OBSERVED, Suite
from ucb.types import Execution, Key, Problem, Program, Reason, Stage, Verdict

from . import coverage, observed, shared
from .judged import Covering
from .published import SECONDS, TESTGENISSUE, UCB

COMPILED, STRICT = "pass_compile", "strict_trigger"
"""Measures of the mode `ucb` alone: what it counts as compiled; what `strict` would let pass."""


class IssueTestGeneration(Covering):
    """Write a test from a report in a project of Defects4J: it fails with the bug alone."""

    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)
    measures: ClassVar = (*Covering.measures, COMPILED, STRICT)
    trees = "fb"
    bodies: ClassVar = {
        "always passes": "        int nothing = 0;",
        "always fails": "        throw new AssertionError();",
        "does not compile": "        nothing();",
    }

    def __init__(self) -> None:
        super().__init__(TESTGENISSUE)

    def changed(self, problem: Problem, code: str) -> Sequence[Mapping[str, str]]:
        return [shared.spliced(problem.row, code, side) for side in ("_fixed", "_buggy")]

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        in_fixed, in_buggy = self.changed(problem, code)
        fixed, buggy = (Suite(self.working.tree(self, row, version)) for version in ("f", "b"))
        test, classes = row["testmethod"].strip(), shared.listed(row, "classes_modified")
        if self.mode == UCB:
            one, covering = SECONDS["testgenissue"]
            return fixed.program(
                fixed.observes(test, in_fixed, one),
                buggy.observes(test, in_buggy, one),
                fixed.observes(test, in_fixed, covering, classes=classes),
                collect=(OBSERVED,),
            )
        return fixed.program(
            fixed.compiles(in_fixed),
            buggy.compiles(in_buggy),
            buggy.fails(test, in_buggy, Stage.TRIGGERED),
            fixed.covers(test, classes, in_fixed, Stage.PASSED),
            collect=(COVERAGE,),
        )

    def judged_as_published(self, key: Key, execution: Execution) -> Verdict:
        """
        Take whatever keeps the test from passing with the bug for showing it.

        Running out of time and a compile error too: so an answer may pass without being
        compiled, and measures tell.
        """
        fixed, buggy, covering = observed.commands(execution, 3)
        compiled = not (fixed.broke or buggy.broke)
        triggers = fixed.passed and not buggy.passed
        covered = covering.covered if triggers else {}
        passed = triggers and covered.get(coverage.LINES, 0.0) > 0
        if passed:
            stage, reason = Stage.PASSED, Reason.PASSED
        elif not compiled:
            stage, reason = Stage.EXTRACTED, Reason.COMPILE
        elif buggy.passed:
            stage, reason = Stage.COMPILED, Reason.NOT_TRIGGERED
        else:
            late = fixed.timed_out or (triggers and covering.timed_out)
            stage, reason = Stage.TRIGGERED, Reason.TIMEOUT if late else Reason.WRONG
        measures = {
            **covered,
            COMPILED: float(compiled),
            STRICT: float(passed and compiled and buggy.failed),
        }
        lines = covering.lines if triggers else {}
        return observed.verdict(key, execution, stage, reason, measures=measures, lines=lines)
