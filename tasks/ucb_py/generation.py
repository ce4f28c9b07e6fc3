"""Write a function from its signature and docstring, in its place in a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from ucb import prompting
from ucb.extract import Extraction
from ucb.mine.restore import functions
from ucb.project.context import Strategy
from ucb.project.suite import TOOLCHAIN
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Problem, Program, Prompt, Stage, Style

from . import shared
from .answers import documented, of_chat, of_completion, shifted, with_body
from .releases import Releases, Texts

CHAT = (
    """\
Of the Python package {{ package }} the function `{{ name }}` in `{{ file }}` is yet to be written.
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
    ...
```

Write it. Reply with the whole function in one code block, with the same name and parameters.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before }}{{ signature }}
"""
)


class Generation(Task):
    """Write a documented function that the project's tests need."""

    name = "ucb-py/generation"
    version = 1
    modes: ClassVar = shared.MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)

    def __init__(self) -> None:
        super().__init__()
        self._releases = Releases()

    def problems(self) -> Iterable[Problem]:
        for row in functions(self.data_file or shared.FUNCTIONS):
            yield Problem(row["id"], TOOLCHAIN, row)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem, "released in")

    def date(self, problem: Problem) -> str | None:
        return shared.date(problem)

    def materialise(self, problem: Problem) -> None:
        self._texts(problem)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = Ask(CHAT if style is Style.CHAT else COMPLETE)
        return prompting.prompt(self._question(problem), ask, style, self.user_prompt)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        texts, name = self._texts(problem), shared.name(problem.row)
        given = documented(texts.fixed)
        if prompt.style is Style.CHAT:
            return of_chat(prompt.prefill + text, given, name)
        return of_completion(text, shifted(given, texts.indent), name)

    def program(self, problem: Problem, code: str) -> Program:
        return shared.program(problem.row, self._texts(problem), code)

    def reference(self, problem: Problem) -> str:
        return self._texts(problem).fixed

    def stub(self, problem: Problem, body: str) -> str:
        return with_body(self._texts(problem).fixed, body)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        body = " " * (self._texts(problem).indent + 4) + "raise NotImplementedError\n"
        return {"unwritten": (body, False)}

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        return shared.shown(problem.row, self._texts(problem))

    def _texts(self, problem: Problem) -> Texts:
        return self._releases.texts(self.data_file or shared.FUNCTIONS, problem.row)

    def _question(self, problem: Problem) -> Question:
        row, texts = problem.row, self._texts(problem)
        given = documented(texts.fixed)
        unwritten = f"{given}\n    raise NotImplementedError\n"
        names = shared.surroundings(row, texts, unwritten, Strategy(self.mode))
        names["signature"] = shifted(given, texts.indent)
        return Question(given, shared.name(row), names)
