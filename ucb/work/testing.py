"""Tests as answers: of a function that is right, or of a bug that was reported."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from ucb.extract import Extraction
from ucb.project import measures
from ucb.prompting import Question
from ucb.types import Execution, Key, Problem, Program, Prompt, Stage, Verdict
from ucb.work.base import ProjectTask
from ucb.work.kit import Kind, Kit, Row, Templates, Texts

_EXCEPTION = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration)\b")


class _Tests(ProjectTask):
    """A task whose answer is a file of tests."""

    def __init__(
        self, name: str, kit: Kit, templates: Templates, controls: Mapping[str, str]
    ) -> None:
        """`controls` are continuations that must fail, by name."""
        super().__init__(name, kit, templates)
        self._controls = controls

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        """Find the test file in a reply."""
        return self.kit.of_tests(prompt, text, problem.row, self.texts(problem))

    def reference(self, problem: Problem) -> str | None:
        """Return the project's own tests that need the function, as one file."""
        return self.kit.own_tests(problem.row, self.texts(problem))

    def stub(self, problem: Problem, body: str) -> str:
        """Return a file whose one test has this body."""
        return self.kit.tested(problem.row, self.texts(problem), body)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:  # noqa: ARG002
        """Return tests that tell nothing."""
        return {name: (text, False) for name, text in self._controls.items()}


class TestGeneration(_Tests):
    """Write tests of a function, scored by what they run of it."""

    __test__ = False  # Not a pytest class.

    kind: ClassVar = Kind.FUNCTIONS
    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.PASSED)
    measures: ClassVar = (measures.LINES, measures.BRANCHES)

    def measured(self, problem: Problem) -> Collection[str]:
        """Return all measures; of a function without branches, not that of branches."""
        if problem.row.get("branching", True):
            return self.measures
        return tuple(each for each in self.measures if each != measures.BRANCHES)

    def program(self, problem: Problem, code: str) -> Program:
        """Return what decides, and what measures behind it."""
        return self.kit.covers(problem.row, self.texts(problem), code)

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:
        """Judge by the steps that decide, and add what has been measured."""
        verdict = measures.judged(program, key, execution, self.kit.deciding)
        if not verdict.passed:
            return verdict
        found = self.figures(problem, execution)
        defined = self.measured(problem)
        return replace(verdict, measures={name: found[name] for name in defined if name in found})

    def figures(self, problem: Problem, execution: Execution) -> dict[str, float]:  # noqa: ARG002
        """Return what tests that have passed are worth."""
        found = measures.coverage(execution)
        if measures.LINES in found:
            # What looks like a branch may be none, such as `while True`: nothing was missed then.
            found.setdefault(measures.BRANCHES, 1.0)
        return found

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        """Return the function."""
        return self.texts(problem).fixed

    def question(self, problem: Problem) -> Question:
        """Return the function in its surroundings, and where its tests stand."""
        row, texts, kit = problem.row, self.texts(problem), self.kit
        names = kit.surroundings(row, texts, texts.fixed, self.strategy)
        names |= kit.places(row, texts)
        names["function"] = kit.shifted(texts.fixed, texts.indent)
        return Question(texts.fixed, kit.name(row), names)


class IssueTestGeneration(_Tests):
    """Write a test from a report: it fails with the bug, and passes without."""

    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)
    measures: ClassVar = (measures.DIFF,)
    broken: ClassVar[frozenset[str]] = frozenset()
    """Exceptions that show no bug because a report names them: a broken test raises them too."""
    never: ClassVar[frozenset[str]] = frozenset()
    """Exceptions that show none, whoever raises them."""

    def rows(self) -> Iterable[Row]:
        """Yield the bugs of which there is a report."""
        return (row for row in super().rows() if row.get("report") or row.get("entry"))

    def program(self, problem: Problem, code: str) -> Program:
        """Return what decides: compiled, failing with the bug, passing without."""
        row, texts = problem.row, self.texts(problem)
        return self.kit.shows(row, texts, code, self._expected(row, texts))

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:
        """Judge, and measure how much of the fix a right test runs."""
        verdict = super().judge(problem, program, key, execution)
        if not verdict.passed:
            return verdict
        lines = self.kit.fixed_lines(problem.row, self.texts(problem))
        return replace(verdict, measures=measures.diff_coverage(execution, lines))

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        """Return the report and both versions."""
        row, texts = problem.row, self.texts(problem)
        report = self.kit.commented(_report(row, texts).strip())
        return f"{report}\n\n{texts.buggy}\n\n{self.kit.mark} Fixed:\n{texts.fixed}"

    def question(self, problem: Problem) -> Question:
        """Return the report, the buggy function in its surroundings, and where its test stands."""
        row, texts, kit = problem.row, self.texts(problem), self.kit
        names = kit.surroundings(row, texts, texts.buggy, self.strategy)
        names |= kit.places(row, texts)
        report = _report(row, texts)
        names |= {
            "report": report,
            "quoted": "\n".join(f"> {line}".rstrip() for line in report.strip().split("\n")),
            "commented": kit.commented(report.strip()),
            "function": kit.shifted(texts.buggy, texts.indent),
        }
        return Question(texts.buggy, kit.name(row), names)

    def _expected(self, row: Row, texts: Texts) -> tuple[str, ...]:
        """Return the exceptions that show the bug: its triggers raise them, or the report says."""
        named = set(_EXCEPTION.findall(_report(row, texts))) - self.broken
        return tuple(sorted({*row.get("raised", ()), *named} - self.never - {""}))


def _report(row: Row, texts: Texts) -> str:
    """Return what was reported: in the set's words, or in the changelog's."""
    return str(row.get("report") or texts.told)
