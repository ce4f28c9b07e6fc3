"""Say whether a function has a defect: each bug's function, once with it and once repaired."""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from ucb import classify, prompting
from ucb.extract import Extraction
from ucb.mine.restore import bugs
from ucb.project.context import Strategy
from ucb.project.suite import TOOLCHAIN
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Completion, Problem, Prompt, Reason, Stage, Style, Verdict

from . import shared, yesno
from .normal import alike
from .releases import Releases, Texts
from .yesno import NO, YES

BUGGY, FIXED = "buggy", "fixed"
CHAT = (
    """\
The function `{{ name }}` stands in `{{ file }}` of the Python package {{ package }}.
"""
    + shared.OTHERS
    + """\
The file, without the function:

"""
    + shared.FILE
    + """\
The function:

```python
{{ given | trim }}
```

Does this function have a defect? Answer yes or no first.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before | trim }}

# {{ name }} stands here.

{{ after | trim }}

# {{ name }}:

{{ given | trim }}

# Does this function have a defect?
# Defective (yes or no):"""
)


class Detection(Task):
    """Say of a function, shown with what surrounds it in its project, if it has a defect."""

    name = "ucb-py/detection"
    version = 1
    modes: ClassVar = shared.MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.PASSED)
    classifies = True

    def __init__(self) -> None:
        super().__init__()
        self._releases = Releases(runs=False)
        self._surroundings: dict[tuple[Path, str, str], dict[str, Any]] = {}
        """By set, mode and bug: both versions and all samples have the same."""

    def problems(self) -> Iterable[Problem]:
        for row in bugs(self.data_file or shared.BUGS):
            for version in (BUGGY, FIXED):
                shown = {**row, "shown": version}
                yield Problem(f"{row['id']}@{version}", TOOLCHAIN, shown)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem, "fixed in")

    def date(self, problem: Problem) -> str | None:
        return shared.date(problem)

    def materialise(self, problem: Problem) -> None:
        self._texts(problem)

    def cluster(self, problem: Problem) -> str:
        return str(problem.row["id"])

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = Ask(CHAT) if style is Style.CHAT else Ask(COMPLETE, stop=("\n",))
        asked = prompting.prompt(self._question(problem), ask, style, self.user_prompt)
        return replace(asked, choices=(YES, NO))

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:  # noqa: ARG002
        return yesno.read(text)

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict:
        answer, right = code.strip(), self.reference(problem)
        measures = {classify.DEFECTIVE: float(right == YES)}
        if answer in (YES, NO):
            measures[classify.ANSWERED] = float(answer == YES)
        if (likely := likelihood(completion.choices)) is not None:
            measures[classify.LIKELIHOOD] = likely
        if answer not in (YES, NO):
            stage, reason = Stage.NOTHING, Reason.NO_CODE
        elif answer == right:
            stage, reason = Stage.PASSED, Reason.PASSED
        else:
            stage, reason = Stage.EXTRACTED, Reason.WRONG
        return Verdict(completion.key, stage, reason, judge="answer", measures=measures)

    def reference(self, problem: Problem) -> str:
        return YES if problem.row["shown"] == BUGGY else NO

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        wrong = NO if self.reference(problem) == YES else YES
        return {"the other word": (wrong, False), "neither word": ("Perhaps.", False)}

    def _question(self, problem: Problem) -> Question:
        row, texts = problem.row, self._texts(problem)
        place = self.data_file or shared.BUGS, self.mode, row["id"]
        if place not in self._surroundings:
            self._surroundings[place] = shared.surroundings(
                row, texts, stand_in(texts), Strategy(self.mode)
            )
        return Question(shown(texts)[row["shown"]], shared.name(row), self._surroundings[place])

    def _texts(self, problem: Problem) -> Texts:
        return self._releases.texts(self.data_file or shared.BUGS, problem.row)


def shown(texts: Texts) -> dict[str, str]:
    """Return both versions of a bug's function as prompts show them."""
    buggy, fixed = alike(texts.buggy, texts.fixed)
    return {BUGGY: buggy, FIXED: fixed}


def stand_in(texts: Texts) -> str:
    """
    Return a function that calls what both versions call, and nothing else.

    What a function calls is shown first. Were it chosen for the version that is shown, or for
    one of the two, the surroundings would tell which of them that is.
    """
    both = _called(texts.buggy) & _called(texts.fixed)
    body = "".join(f"    {name}()\n" for name in sorted(both))
    return f"def {_name(texts.fixed)}():\n{body or '    pass'}"


def likelihood(choices: Mapping[str, float] | None) -> float | None:
    """
    Return p(yes) / (p(yes) + p(no)), from 0 to 1, of log-likelihoods; None if neither is known.

    One that is not known counts as 0: it is not among the likely ones.
    """
    if not choices or not {YES, NO} & set(choices):
        return None
    yes, no = (choices.get(word, -math.inf) for word in (YES, NO))
    most = max(yes, no)
    return math.exp(yes - most) / (math.exp(yes - most) + math.exp(no - most))


def _name(function: str) -> str:
    definition = _parsed(function).body[0]
    return str(getattr(definition, "name", ""))


def _called(function: str) -> set[str]:
    """Return the names that a function calls, the last part of dotted ones."""
    calls = [node.func for node in ast.walk(_parsed(function)) if isinstance(node, ast.Call)]
    names = {each.id for each in calls if isinstance(each, ast.Name)}
    return names | {each.attr for each in calls if isinstance(each, ast.Attribute)}


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)
