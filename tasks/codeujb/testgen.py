"""Write a test of a class."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from ucb.defects4j.suite import COVERAGE, OBSERVED, Suite
from ucb.extract import Extraction
from ucb.languages import Brought
from ucb.task import Run, Task
from ucb.types import (
    Completion,
    Execution,
    Key,
    Problem,
    Program,
    Prompt,
    Reason,
    Stage,
    Style,
    Verdict,
)

from . import coverage, functions, observed, shared
from .published import MODES, SECONDS, TESTGEN, UCB
from .rewriting import extracted


class TestGeneration(Task):
    """Write a test in a project of Defects4J, scored by what it runs of the class that it tests."""

    __test__ = False  # Not a pytest class.

    name = "codeujb/testgen"
    version = 1
    modes = MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.PASSED)
    measures: ClassVar = (coverage.LINES, coverage.CONDITIONS, *coverage.POOLS)
    pools = coverage.POOLS

    def __init__(self) -> None:
        super().__init__()
        self._trees = shared.WorkingTrees()

    def problems(self) -> Iterable[Problem]:
        return shared.problems(self, TESTGEN)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem)

    def materialise(self, problem: Problem) -> None:
        self._trees.make(self, [problem])

    def prepare(self, problems: Sequence[Problem], run: Run) -> None:  # noqa: ARG002
        self._trees.make(self, problems)

    def brought(self) -> Mapping[str, Brought]:
        return self._trees.brought(self)

    def measured(self, problem: Problem) -> Collection[str]:  # noqa: ARG002
        strict = (coverage.LINES, coverage.CONDITIONS, coverage.DIFF)
        return self.measures if self.mode == UCB else strict

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return shared.prompt(self, TESTGEN, problem, style)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        return extracted(self.mode, TESTGEN, problem.row, prompt, text)

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict | None:
        if not code.strip():
            return None
        return shared.unparsed(self.mode, completion, shared.spliced(problem.row, code))

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        changed = shared.spliced(row, code)
        suite = Suite(self._trees.tree(self, row, "f"))
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

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:
        if self.mode == UCB:
            return _judged_as_published(key, execution)
        verdict = super().judge(problem, program, key, execution)
        if not verdict.passed:
            return verdict
        found = coverage.told(execution)
        return replace(verdict, measures=coverage.measured(found), lines=coverage.lines(found))

    def reference(self, problem: Problem) -> str:
        return str(problem.row["function"])

    def stub(self, problem: Problem, body: str) -> str:
        return functions.with_body(self.reference(problem), body)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        function = functions.with_body(self.reference(problem), "        int nothing = 0;")
        return {"runs nothing": (functions.restored(problem.row, TESTGEN.cut, function), False)}

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        return self.reference(problem)


def _judged_as_published(key: Key, execution: Execution) -> Verdict:
    """Judge by the published rules: the test passes, and more than 0 % of lines are covered."""
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
