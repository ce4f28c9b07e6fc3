"""What the tasks inside projects share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from ucb import prompting
from ucb.project.context import Strategy
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Problem, Prompt, Style
from ucb.work.kit import Kind, Kit, Row, Templates, Texts

MODES = (Strategy.PROJECT.value, Strategy.FILE.value, Strategy.CLASS.value)


class ProjectTask(Task):
    """A task over the rows of one kind, each a function inside a project."""

    modes: ClassVar = MODES
    kind: ClassVar[Kind] = Kind.BUGS

    def __init__(self, name: str, kit: Kit, templates: Templates) -> None:
        super().__init__()
        self.name, self.version = name, kit.version
        self.kit = kit
        self._templates = templates
        self._prompts: dict[tuple[object, ...], Prompt] = {}

    @property
    def set(self) -> Path:
        """The file of the rows."""
        return self.data_file or self.kit.file(self.kind)

    def problems(self) -> Iterable[Problem]:
        """Read the set; raise `DataError` for a line that is no row of it."""
        for row in self.rows():
            yield Problem(row["id"], self.kit.toolchain, row)

    def rows(self) -> Iterable[Row]:
        """Yield the rows that are asked about."""
        return self.kit.rows(self.kind, self.set)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        """Return the kinds of group that a problem is in, and its group of each."""
        return self.kit.groups(self.kind, problem.row)

    def date(self, problem: Problem) -> str | None:
        """Return the day on which the code became public."""
        return self.kit.date(problem.row)

    def materialise(self, problem: Problem) -> None:
        """Fetch the project."""
        self.texts(problem)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        """
        Ask as the task's template does, or the user's.

        A prompt is made once for all samples: it is needed for reading each of them too, and
        takes up to a second where a project is large.
        """
        # Copies of a task that are configured otherwise share what is kept.
        key = (problem.id, style, self.set, self.mode, self.user_prompt)
        if key not in self._prompts:
            asked = self._templates
            ask = Ask(asked.chat) if style is Style.CHAT else Ask(asked.complete, stop=asked.stop)
            found = prompting.prompt(self.question(problem), ask, style, self.user_prompt)
            self._prompts[key] = found
        return self._prompts[key]

    def question(self, problem: Problem) -> Question:
        """Return what templates may say of a problem."""
        raise NotImplementedError

    def texts(self, problem: Problem) -> Texts:
        """Return the problem's code; raise `DataError` if it cannot be had."""
        return self.kit.texts(self.set, problem.row)

    @property
    def strategy(self) -> Strategy:
        """How much of the project the mode shows."""
        return Strategy(self.mode)

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        """Return what decides about a function: the right one, and its tests."""
        row, mark = problem.row, self.kit.mark
        tests = "".join(f"{mark} {name}\n" for name in row["triggers"])
        return (
            f"{mark} Right:\n{self.texts(problem).fixed}\n"
            f"{mark} Tests that fail without it, of {row['passing']}:\n{tests}"
        )
