"""Say whether a function has a defect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from ucb import classify
from ucb.extract import Extraction, Rule
from ucb.extract.yesno import NO, YES
from ucb.task import Task
from ucb.types import Completion, Problem, Prompt, Reason, Stage, Style, Verdict

from . import ancestor, labels, shared
from .published import DEFECTDETECTION, MODES, UCB

_LETTERS = ("A", "B")


class Detection(Task):
    """Say of a function from a project of Defects4J whether it has a defect."""

    name = "codeujb/defectdetection"
    version = 1
    modes = MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.PASSED)
    classifies = True

    def problems(self) -> Iterable[Problem]:
        return shared.problems(self, DEFECTDETECTION)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem)

    def cluster(self, problem: Problem) -> str:
        return shared.bug(problem)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        asked = shared.prompt(self, DEFECTDETECTION, problem, style)
        if self.mode == UCB:
            return asked
        choices = _LETTERS if labels.offers_letters(asked.text) else (YES, NO)
        return replace(asked, choices=choices)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        if self.mode != UCB:
            return labels.label(text, letters=labels.offers_letters(prompt.text))
        chat = prompt.style is Style.CHAT
        defective, phrase = ancestor.label(
            ancestor.answer_of(problem.row, prompt.text, text, chat=chat)
        )
        if defective is None:
            return Extraction("", (Rule.NO_CODE,))
        return Extraction(YES if defective else NO, (f"phrase: {phrase}"[:60],))

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict:
        answer, right = code.strip(), self.reference(problem)
        measures = {classify.DEFECTIVE: float(right == YES)}
        if answer in (YES, NO):
            measures[classify.ANSWERED] = float(answer == YES)
        for pair in ((YES, NO), _LETTERS):
            if (likely := classify.likelihood(completion.choices, *pair)) is not None:
                measures[classify.LIKELIHOOD] = likely
        if answer not in (YES, NO):
            stage, reason = Stage.NOTHING, Reason.NO_CODE
        elif answer == right:
            stage, reason = Stage.PASSED, Reason.PASSED
        else:
            stage, reason = Stage.EXTRACTED, Reason.WRONG
        return Verdict(completion.key, stage, reason, judge="answer", measures=measures)

    def reference(self, problem: Problem) -> str:
        return YES if problem.row["defective"] else NO

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        yes, no = "A. Yes, it has defects", "B. No, it doesn't have defects"
        right, wrong = (yes, no) if problem.row["defective"] else (no, yes)
        # In the mode `ucb` a completion may lose its first character, which tells nothing here.
        return {
            "the right answer": (f" {right}", True),
            "the other answer": (f" {wrong}", False),
            "neither answer": ("Perhaps.", False),
        }
