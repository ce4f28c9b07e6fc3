"""Write a function that is not there, or one without its bug."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from ucb.defects4j.suite import OBSERVED, Suite
from ucb.types import Execution, Key, Problem, Program, Reason, Stage, Verdict

from . import functions, observed, shared
from .judged import Judged
from .published import SECONDS, UCB


class Rewriting(Judged):
    """Write a function in a project of Defects4J: from its comment, or without its bug."""

    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        (changed,) = self.changed(problem, code)
        suite = Suite(self.working.tree(self, row, "f"))
        tests = shared.listed(row, "testmethods")
        if self.mode == UCB:
            one, every = SECONDS[self.published.suffix]
            return suite.program(
                *(suite.observes(test, changed, one, unless_failed=True) for test in tests),
                suite.observes(None, changed, every, unless_failed=True),
                collect=(OBSERVED,),
            )
        return suite.program(
            suite.compiles(changed),
            suite.passes(tests, changed, Stage.TRIGGERED),
            suite.passes_all(changed),
        )

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:
        if self.mode != UCB:
            return super().judge(problem, program, key, execution)
        tests = len(problem.row["testmethods"])
        *named, every = observed.commands(execution, tests + 1)
        return observed.verdict(key, execution, *_reached(named, every))

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        if self.answer != "fix":
            return {}
        row = problem.row
        buggy = functions.restored(row, self.published.cut, str(row["function"]))
        return {"the bug": (buggy, False)}

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        tests = "".join(f"// {name}\n" for name in shared.listed(problem.row, "testmethods"))
        return f"// Right:\n{self.reference(problem)}\n// Tests of it, besides all others:\n{tests}"


def _reached(
    named: Sequence[observed.Command], every: observed.Command
) -> tuple[Stage, Reason, str]:
    """
    Return the stage of the published rules.

    Only an exit status other than 0 of a named test is a compile error; running out of time
    is none. All tests failing to end by themselves takes the stage `TRIGGERED` away too.
    """
    if any(each.broke for each in named):
        return Stage.EXTRACTED, Reason.COMPILE, "exit status of a named test"
    if not all(each.passed for each in named):
        late = any(each.timed_out for each in named)
        return Stage.COMPILED, Reason.TIMEOUT if late else Reason.WRONG, "a named test"
    if every.passed:
        return Stage.PASSED, Reason.PASSED, ""
    if every.timed_out or every.broke:
        return Stage.COMPILED, Reason.TIMEOUT if every.timed_out else Reason.ERROR, "all tests"
    return Stage.TRIGGERED, Reason.WRONG, "all tests"
