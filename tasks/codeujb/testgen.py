"""Write a test of a class."""

from __future__ import annotations

from typing import ClassVar

from ucb.defects4j.suite import COVERAGE, OBSERVED, Suite
from ucb.types import Execution, Key, Problem, Program, Reason, Stage, Verdict

from . import coverage, observed, shared
from .judged import Covering
from .published import SECONDS, TESTGEN, UCB


class TestGeneration(Covering):
    """Write a test in a project of Defects4J, scored by what it runs of the class that it tests."""

    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.PASSED)
    bodies: ClassVar = {"runs nothing": "        int nothing = 0;"}

    def __init__(self) -> None:
        super().__init__(TESTGEN)

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        (changed,) = self.changed(problem, code)
        suite = Suite(self.working.tree(self, row, "f"))
        test = shared.listed(row, "testmethods")[0]
        classes = sorted({each["be_test_class_name"] for each in row["classmethods"]})
        if self.mode == UCB:
            one, covering = SECONDS["testgen"]
            return suite.program(
                suite.observes(test, changed, one),
                suite.observes(test, changed, covering, classes=classes, unless_failed=True),
                collect=(OBSERVED,),
            )
        return suite.program(
            suite.compiles(changed),
            suite.covers(test, classes, changed),
            collect=(COVERAGE,),
        )

    def judged_as_published(self, key: Key, execution: Execution) -> Verdict:
        """Ask that the test passes and that more than 0 % of lines are covered."""
        test, covering = observed.commands(execution, 2)
        if test.broke:
            stage, reason = Stage.EXTRACTED, Reason.COMPILE
        elif not test.passed:
            stage, reason = Stage.COMPILED, Reason.TIMEOUT if test.timed_out else Reason.WRONG
        elif covering.covered.get(coverage.LINES, 0.0) > 0:
            stage, reason = Stage.PASSED, Reason.PASSED
        else:
            stage = Stage.COMPILED
            reason = Reason.TIMEOUT if covering.timed_out else Reason.WRONG
        return observed.verdict(
            key, execution, stage, reason, measures=covering.covered, lines=covering.lines
        )
