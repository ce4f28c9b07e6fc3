"""Say whether a function has a defect: each bug's function, once with it and once repaired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from ucb import classify
from ucb.extract import Extraction, yesno
from ucb.extract.yesno import NO, YES
from ucb.prompting import Question
from ucb.types import Completion, Problem, Prompt, Reason, Stage, Style, Verdict
from ucb.work.base import ProjectTask
from ucb.work.kit import Kit, Templates, Texts

BUGGY, FIXED = "buggy", "fixed"
STOP = ("\n",)
"""Ends a completion: the word is expected on the line that the prompt begins."""


class Detection(ProjectTask):
    """Say of a function, shown with what surrounds it in its project, if it has a defect."""

    stages: ClassVar = (Stage.EXTRACTED, Stage.PASSED)
    classifies = True

    def __init__(self, name: str, kit: Kit, templates: Templates) -> None:
        super().__init__(name, kit, replace(templates, stop=STOP))
        self._surroundings: dict[tuple[Path, str, str], dict[str, Any]] = {}
        """By set, mode and bug: both versions and all samples have the same."""

    def problems(self) -> Iterable[Problem]:
        """Yield two problems of every bug."""
        for row in self.rows():
            for version in (BUGGY, FIXED):
                shown = {**row, "shown": version}
                yield Problem(f"{row['id']}@{version}", self.kit.toolchain, shown)

    def cluster(self, problem: Problem) -> str:
        """Return the bug: its two problems are drawn together."""
        return str(problem.row["id"])

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        """Ask, and for the likelihood of either word."""
        return replace(super().prompt(problem, style), choices=(YES, NO))

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:  # noqa: ARG002
        """Read the word."""
        return yesno.read(text)

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict:
        """Compare the word with the right one."""
        answer, right = code.strip(), self.reference(problem)
        measures = {classify.DEFECTIVE: float(right == YES)}
        if answer in (YES, NO):
            measures[classify.ANSWERED] = float(answer == YES)
        if (likely := classify.likelihood(completion.choices, YES, NO)) is not None:
            measures[classify.LIKELIHOOD] = likely
        if answer not in (YES, NO):
            stage, reason = Stage.NOTHING, Reason.NO_CODE
        elif answer == right:
            stage, reason = Stage.PASSED, Reason.PASSED
        else:
            stage, reason = Stage.EXTRACTED, Reason.WRONG
        return Verdict(completion.key, stage, reason, judge="answer", measures=measures)

    def reference(self, problem: Problem) -> str:
        """Return the right word."""
        return YES if problem.row["shown"] == BUGGY else NO

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        """Return what is wrong."""
        wrong = NO if self.reference(problem) == YES else YES
        return {"the other word": (wrong, False), "neither word": ("Perhaps.", False)}

    def question(self, problem: Problem) -> Question:
        """Return one version in surroundings that are the same for both."""
        row, texts, kit = problem.row, self.texts(problem), self.kit
        place = self.set, self.mode, row["id"]
        if place not in self._surroundings:
            self._surroundings[place] = kit.surroundings(
                row, texts, kit.stand_in(texts), self.strategy
            )
        shown = dict(zip((BUGGY, FIXED), kit.alike(texts), strict=True))
        return Question(shown[row["shown"]], kit.name(row), self._surroundings[place])

    def texts(self, problem: Problem) -> Texts:
        """Return the problem's code: nothing of it is run."""
        return self.kit.texts(self.set, problem.row, runs=False)

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        """Return nothing: no test decides."""
        return ""
