"""Write a function that is not there, or one without its bug."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from ucb.defects4j.suite import OBSERVED, Suite
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

from . import ancestor, functions, observed, shared
from .published import MODES, SECONDS, UCB, Published


class Rewriting(Task):
    """Write a function in a project of Defects4J: from its comment, or without its bug."""

    version = 1
    modes = MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)

    def __init__(self, published: Published, answer: str) -> None:
        """Take the dataset, and the field of its rows that holds the right function."""
        super().__init__()
        self.name = f"codeujb/{published.suffix}"
        self._published = published
        self._answer = answer
        self._trees = shared.WorkingTrees()

    def problems(self) -> Iterable[Problem]:
        return shared.problems(self, self._published)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem)

    def materialise(self, problem: Problem) -> None:
        self._trees.make(self, [problem])

    def prepare(self, problems: Sequence[Problem], run: Run) -> None:  # noqa: ARG002
        self._trees.make(self, problems)

    def brought(self) -> Mapping[str, Brought]:
        return self._trees.brought(self)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return shared.prompt(self, self._published, problem, style)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        return extracted(self.mode, self._published, problem.row, prompt, text)

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict | None:
        if not code.strip():
            return None
        return shared.unparsed(self.mode, completion, shared.spliced(problem.row, code))

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        changed = shared.spliced(row, code)
        suite = Suite(self._trees.tree(self, row, "f"))
        tests = shared.listed(row, "testmethods")
        if self.mode == UCB:
            one, every = SECONDS[self._published.suffix]
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

    def reference(self, problem: Problem) -> str:
        return str(problem.row[self._answer])

    def stub(self, problem: Problem, body: str) -> str:
        return functions.with_body(self.reference(problem), body)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        if self._answer != "fix":
            return {}
        row = problem.row
        buggy = functions.restored(row, self._published.cut, str(row["function"]))
        return {"the bug": (buggy, False)}

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        tests = "".join(f"// {name}\n" for name in shared.listed(problem.row, "testmethods"))
        return f"// Right:\n{self.reference(problem)}\n// Tests of it, besides all others:\n{tests}"


def extracted(
    mode: str, published: Published, row: Mapping[str, object], prompt: Prompt, text: str
) -> Extraction:
    """Return the function of a reply, as a mode finds it."""
    chat = prompt.style is Style.CHAT
    if mode == UCB:
        return ancestor.extracted(published, row, prompt.text, text, chat=chat)
    signature = str(row["function_signature"])
    if chat:
        return functions.of_chat(signature, prompt.prefill + text)
    asked, cut = shared.asked(row, Style.COMPLETE), str(row[published.cut])
    return functions.of_completion(prompt, asked, cut, signature, text)


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
