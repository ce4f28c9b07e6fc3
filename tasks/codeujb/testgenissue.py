"""Write a test that shows a reported bug."""

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
from .published import MODES, SECONDS, TESTGENISSUE, UCB
from .rewriting import extracted

COMPILED, STRICT = "pass_compile", "strict_trigger"
"""Measures of the mode `ucb` alone: what it counts as compiled; what `strict` would let pass."""


class IssueTestGeneration(Task):
    """Write a test from a report in a project of Defects4J: it fails with the bug alone."""

    __test__ = False  # Not a pytest class.

    name = "codeujb/testgenissue"
    version = 1
    modes = MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)
    measures: ClassVar = (
        coverage.LINES, coverage.CONDITIONS, *coverage.POOLS, COMPILED, STRICT,
    )  # fmt: skip
    pools = coverage.POOLS

    def __init__(self) -> None:
        super().__init__()
        self._trees = shared.WorkingTrees()

    def problems(self) -> Iterable[Problem]:
        return shared.problems(self, TESTGENISSUE)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem)

    def materialise(self, problem: Problem) -> None:
        self._trees.make(self, [problem], "fb")

    def prepare(self, problems: Sequence[Problem], run: Run) -> None:  # noqa: ARG002
        self._trees.make(self, problems, "fb")

    def brought(self) -> Mapping[str, Brought]:
        return self._trees.brought(self)

    def measured(self, problem: Problem) -> Collection[str]:  # noqa: ARG002
        strict = (coverage.LINES, coverage.CONDITIONS, coverage.DIFF)
        return self.measures if self.mode == UCB else strict

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return shared.prompt(self, TESTGENISSUE, problem, style)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        return extracted(self.mode, TESTGENISSUE, problem.row, prompt, text)

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict | None:
        if not code.strip():
            return None
        return shared.unparsed(self.mode, completion, *_changed(problem, code))

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        in_fixed, in_buggy = _changed(problem, code)
        fixed, buggy = (Suite(self._trees.tree(self, row, version)) for version in ("f", "b"))
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
        bodies = {
            "always passes": "        int nothing = 0;",
            "always fails": "        throw new AssertionError();",
            "does not compile": "        nothing();",
        }
        return {name: (self._completion(problem, body), False) for name, body in bodies.items()}

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        return self.reference(problem)

    def _completion(self, problem: Problem, body: str) -> str:
        function = functions.with_body(self.reference(problem), body)
        return functions.restored(problem.row, TESTGENISSUE.cut, function)


def _changed(problem: Problem, code: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the test's file with the answer, in the fixed version and in the buggy one."""
    row = problem.row
    return shared.spliced(row, code, "_fixed"), shared.spliced(row, code, "_buggy")


def _judged_as_published(key: Key, execution: Execution) -> Verdict:
    """
    Judge by the published rules.

    Whatever keeps the test from passing with the bug counts as showing it: running out of time
    and a compile error too. So an answer may pass without being compiled, and measures tell.
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
