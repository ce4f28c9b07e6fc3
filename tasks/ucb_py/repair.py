"""Repair a function with a bug."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from ucb import prompting
from ucb.extract import Extraction
from ucb.mine.restore import bugs
from ucb.project.context import Strategy
from ucb.project.suite import TOOLCHAIN
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Problem, Program, Prompt, Stage, Style

from . import shared
from .answers import header, of_chat, of_completion, shifted, with_body
from .releases import Releases, Texts

CHAT = (
    """\
The function `{{ name }}` in `{{ file }}` of the Python package {{ package }} has a bug.
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

Repair it. Reply with the whole function in one code block, with the same name and parameters.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before }}{{ indent }}# Buggy:
{{ commented }}
{{ indent }}# Fixed:
{{ signature }}
"""
)


class Repair(Task):
    """Repair a function, shown with what surrounds it in its project."""

    name = "ucb-py/repair"
    version = 1
    modes: ClassVar = shared.MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)

    def __init__(self) -> None:
        super().__init__()
        self._releases = Releases()

    def problems(self) -> Iterable[Problem]:
        for row in bugs(self.data_file or shared.BUGS):
            yield Problem(row["id"], TOOLCHAIN, row)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem, "fixed in")

    def date(self, problem: Problem) -> str | None:
        return shared.date(problem)

    def materialise(self, problem: Problem) -> None:
        self._texts(problem)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = Ask(CHAT if style is Style.CHAT else COMPLETE)
        return prompting.prompt(self._question(problem), ask, style, self.user_prompt)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        texts, name = self._texts(problem), shared.name(problem.row)
        if prompt.style is Style.CHAT:
            return of_chat(prompt.prefill + text, texts.buggy, name)
        return of_completion(text, shifted(header(texts.buggy), texts.indent), name)

    def program(self, problem: Problem, code: str) -> Program:
        return shared.program(problem.row, self._texts(problem), code)

    def reference(self, problem: Problem) -> str:
        return self._texts(problem).fixed

    def stub(self, problem: Problem, body: str) -> str:
        return with_body(self._texts(problem).fixed, body)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        texts = self._texts(problem)
        signature = shifted(header(texts.buggy), texts.indent)
        body = shifted(texts.buggy, texts.indent).removeprefix(f"{signature}\n")
        return {"buggy function": (body, False)}

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        return shared.shown(problem.row, self._texts(problem))

    def _texts(self, problem: Problem) -> Texts:
        return self._releases.texts(self.data_file or shared.BUGS, problem.row)

    def _question(self, problem: Problem) -> Question:
        row, texts = problem.row, self._texts(problem)
        names = shared.surroundings(row, texts, texts.buggy, Strategy(self.mode))
        names |= {
            "commented": _commented(texts.buggy.rstrip(), names["indent"]),
            "signature": shifted(header(texts.buggy), texts.indent),
        }
        return Question(texts.buggy, shared.name(row), names)


def _commented(code: str, indent: str) -> str:
    return "\n".join(f"{indent}# {line}".rstrip() for line in code.split("\n"))
