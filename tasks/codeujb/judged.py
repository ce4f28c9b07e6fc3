"""What the tasks that Defects4J judges share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from ucb.extract import Extraction
from ucb.languages import Brought
from ucb.task import Run, Task
from ucb.types import Completion, Execution, Key, Problem, Program, Prompt, Style, Verdict

from . import ancestor, coverage, functions, shared
from .published import MODES, UCB, Published


class Judged(Task):
    """A task whose answer is a function of a file in a project of Defects4J."""

    version = 1
    modes = MODES
    trees = "f"
    """The versions of a bug that its programs need."""

    def __init__(self, published: Published, answer: str = "function") -> None:
        """Take the dataset, and the field of its rows that holds the right function."""
        super().__init__()
        self.name = f"codeujb/{published.suffix}"
        self.published = published
        self.answer = answer
        self.working = shared.WorkingTrees()

    def problems(self) -> Iterable[Problem]:
        return shared.problems(self, self.published)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem)

    def materialise(self, problem: Problem) -> None:
        self.working.make(self, [problem], self.trees)

    def prepare(self, problems: Sequence[Problem], run: Run) -> None:  # noqa: ARG002
        self.working.make(self, problems, self.trees)

    def brought(self) -> Mapping[str, Brought]:
        return self.working.brought(self)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return shared.prompt(self, self.published, problem, style)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        row, chat = problem.row, prompt.style is Style.CHAT
        if self.mode == UCB:
            return ancestor.extracted(self.published, row, prompt.text, text, chat=chat)
        signature = str(row["function_signature"])
        if chat:
            return functions.of_chat(signature, prompt.prefill + text)
        asked, cut = shared.asked(row, Style.COMPLETE), str(row[self.published.cut])
        return functions.of_completion(prompt, asked, cut, signature, text)

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict | None:
        if not code.strip():
            return None
        return shared.unparsed(self.mode, completion, *self.changed(problem, code))

    def changed(self, problem: Problem, code: str) -> Sequence[Mapping[str, str]]:
        """Return the file with the answer in it, for each of `trees`."""
        return (shared.spliced(problem.row, code),)

    def reference(self, problem: Problem) -> str:
        return str(problem.row[self.answer])

    def stub(self, problem: Problem, body: str) -> str:
        return functions.with_body(self.reference(problem), body)

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        return self.reference(problem)


class Covering(Judged):
    """A task whose answer is a test, scored by the lines and conditions that it runs."""

    __test__ = False  # Not a pytest class.

    measures: ClassVar[tuple[str, ...]] = (coverage.LINES, coverage.CONDITIONS, *coverage.POOLS)
    pools = coverage.POOLS
    bodies: ClassVar[Mapping[str, str]]
    """Of tests that must not pass, by what is wrong with them."""

    def measured(self, problem: Problem) -> Collection[str]:  # noqa: ARG002
        strict = (coverage.LINES, coverage.CONDITIONS, coverage.DIFF)
        return self.measures if self.mode == UCB else strict

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:
        if self.mode == UCB:
            return self.judged_as_published(key, execution)
        verdict = super().judge(problem, program, key, execution)
        if not verdict.passed:
            return verdict
        found = coverage.told(execution)
        return replace(verdict, measures=coverage.measured(found), lines=coverage.lines(found))

    @abstractmethod
    def judged_as_published(self, key: Key, execution: Execution) -> Verdict:
        """Judge by the published rules."""

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        found = {}
        for name, body in self.bodies.items():
            function = functions.with_body(self.reference(problem), body)
            text = functions.restored(problem.row, self.published.cut, function)
            found[name] = (text, False)
        return found
