"""Functions as answers: written from what documents them, or repaired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ucb.extract import Extraction
from ucb.prompting import Question
from ucb.types import Problem, Program, Prompt, Stage, Style
from ucb.work.base import ProjectTask
from ucb.work.kit import Kind

_STAGES = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)


class _Function(ProjectTask):
    """A task whose answer is a function, put in its place and run by the project's tests."""

    stages: ClassVar = _STAGES

    def given(self, problem: Problem) -> str:
        """Return what is shown of the function."""
        raise NotImplementedError

    def begun(self, problem: Problem) -> str:
        """Return, indented, what a completion goes on from."""
        raise NotImplementedError

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        """Find the function in a reply."""
        if prompt.style is Style.CHAT:
            return self.kit.of_chat(prompt.prefill + text, self.given(problem), problem.row)
        return self.kit.of_completion(text, self.begun(problem), problem.row)

    def program(self, problem: Problem, code: str) -> Program:
        """Return what decides: compiled, the tests that need it, all tests."""
        return self.kit.program(problem.row, self.texts(problem), code)

    def reference(self, problem: Problem) -> str:
        """Return the function as the project has it."""
        return self.texts(problem).fixed

    def stub(self, problem: Problem, body: str) -> str:
        """Return the function with another body."""
        return self.kit.with_body(self.texts(problem).fixed, body)


class Generation(_Function):
    """Write a documented function that the project's tests need."""

    kind: ClassVar = Kind.FUNCTIONS

    def given(self, problem: Problem) -> str:
        """Return its signature and what documents it."""
        return self.kit.documented(self.texts(problem).fixed)

    def begun(self, problem: Problem) -> str:
        """Return the same, indented."""
        return self.kit.shifted(self.given(problem), self.texts(problem).indent)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        """Return the body that the set was made with: its triggers fail."""
        return {"unwritten": (self.kit.unwritten(self.texts(problem).indent), False)}

    def question(self, problem: Problem) -> Question:
        """Return the surroundings, chosen without the body."""
        row, texts, kit = problem.row, self.texts(problem), self.kit
        given = self.given(problem)
        unwritten = f"{given}\n{kit.unwritten(0)}"
        names = kit.surroundings(row, texts, unwritten, self.strategy)
        names["signature"] = kit.shifted(given, texts.indent)
        return Question(given, kit.name(row), names)


class Repair(_Function):
    """Repair a function, shown with what surrounds it in its project."""

    def given(self, problem: Problem) -> str:
        """Return the function with the bug."""
        return self.texts(problem).buggy

    def begun(self, problem: Problem) -> str:
        """Return its indented signature."""
        texts = self.texts(problem)
        return self.kit.shifted(self.kit.header(texts.buggy), texts.indent)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        """Return the bug itself."""
        texts = self.texts(problem)
        return {"buggy function": (self.kit.rest(texts.buggy, texts.indent), False)}

    def question(self, problem: Problem) -> Question:
        """Return the surroundings, as they are in the project with the fix."""
        row, texts, kit = problem.row, self.texts(problem), self.kit
        names = kit.surroundings(row, texts, texts.buggy, self.strategy)
        names |= {
            "commented": kit.commented(texts.buggy.rstrip(), names["indent"]),
            "signature": self.begun(problem),
        }
        return Question(texts.buggy, kit.name(row), names)
