"""What a benchmark must say about itself."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from ucb.errors import UnknownName
from ucb.extract import Extraction
from ucb.judge import judge
from ucb.types import Execution, Key, Problem, Program, Prompt, Style, Verdict


class Task(ABC):
    """
    A benchmark: where problems come from, how they are asked, what is run.

    Methods are pure but for `problems`, which reads the dataset. A task never
    calls a model, runs code or averages anything, so `ucb check` can run its
    reference solutions end to end.
    """

    name: str
    version: int
    """Raise it whenever a change could move a score."""
    modes: ClassVar[tuple[str, ...]]
    """Published protocols (prompt, stops, extraction, limits) this task can follow.
    The first is the default."""

    def __init__(self) -> None:
        self.mode = self.modes[0]
        self.data_file: Path | None = None

    def configured(self, *, mode: str = "", data: Path | None = None) -> Self:
        """Return this task in another parity mode, or over a user's own data file.

        Raises `UnknownName` for a mode it does not have.
        """
        if mode and mode not in self.modes:
            raise UnknownName(f"{self.name} mode", mode, self.modes)
        task = copy.copy(self)
        task.mode = mode or self.mode
        task.data_file = data or self.data_file
        return task

    @abstractmethod
    def problems(self) -> Iterable[Problem]:
        """Read the dataset, in its published order; raise `DataError` if it cannot be had."""

    @abstractmethod
    def prompt(self, problem: Problem, style: Style) -> Prompt:
        """Ask for a solution to `problem`."""

    @abstractmethod
    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        """Find the answer, a whole source file, in a model's reply."""

    @abstractmethod
    def program(self, problem: Problem, code: str) -> Program:
        """Assemble what must run to decide whether `code` is right."""

    @abstractmethod
    def reference(self, problem: Problem) -> str | None:
        """Return code that must pass, if the dataset has one."""

    def stub(self, problem: Problem, body: str) -> str | None:  # noqa: ARG002
        """Return a solution whose function has `body`, if the task is to write one function."""
        return None

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:  # noqa: ARG002
        """Turn what happened into a verdict."""
        return judge(program, key, execution)

    def describe(self) -> Mapping[str, Any]:
        """Return what the scores depend on besides the data: version and mode."""
        return {"version": self.version, "mode": self.mode}
