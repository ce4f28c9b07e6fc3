"""What a benchmark must say about itself."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from ucb.errors import ConfigError, UnknownName
from ucb.extract import Extraction
from ucb.judge import judge
from ucb.languages import Brought
from ucb.pooling import Pool
from ucb.prompting import UserPrompt
from ucb.types import Completion, Execution, Key, Problem, Program, Prompt, Stage, Style, Verdict

Run = Callable[[Iterable[tuple[Key, Program]]], Iterator[tuple[Key, Execution]]]
"""Runs programs in a sandbox: `ucb.sandbox.Sandbox.run`."""


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
    most_examples: ClassVar[int] = 0
    """Solved examples it can put before a question."""
    stages: ClassVar[tuple[Stage, ...]] = (Stage.EXTRACTED, Stage.COMPILED, Stage.PASSED)
    """What its programs can prove, in order: a report has a rate of each."""
    measures: ClassVar[tuple[str, ...]] = ()
    """Names of the numbers from 0 to 1 in `Verdict.measures` that a report has the mean of,
    such as `line_coverage`. A sample without one counts 0: see `measured`."""
    pools: ClassVar[Mapping[str, Pool]] = {}
    """Those of `measures` that are made of `Verdict.lines`, of a problem's samples together."""
    classifies: ClassVar[bool] = False
    """Whether an answer says yes or no, and verdicts carry the measures of `ucb.classify`."""

    def __init__(self) -> None:
        self.mode = self.modes[0]
        self.data_file: Path | None = None
        self.few_shot: int | None = None
        """Solved examples before the question; None for as many as the mode has."""
        self.user_prompt: UserPrompt | None = None
        self.defects4j = ""
        """Where the user has Defects4J: a path or an image; empty for the PATH."""

    def configured(
        self,
        *,
        mode: str = "",
        data: Path | None = None,
        few_shot: int | None = None,
        prompt: Path | None = None,
        defects4j: str = "",
    ) -> Self:
        """
        Return this task asked otherwise, or over a user's own data file.

        Args:
            mode: A parity mode.
            data: A file of the dataset's format.
            few_shot: Solved examples before each question.
            prompt: A Jinja template in the place of the mode's prompt.
            defects4j: Where the user has Defects4J, for tasks that need it.

        Raises:
            UnknownName: it does not have the mode.
            ConfigError: it has fewer examples, or the template is none.

        """
        if mode and mode not in self.modes:
            raise UnknownName(f"{self.name} mode", mode, self.modes)
        if few_shot is not None and few_shot > self.most_examples:
            raise ConfigError(
                f"{self.name} has {self.most_examples} solved examples, so --few-shot {few_shot} "
                f"cannot be. Use at most {self.most_examples}."
            )
        task = copy.copy(self)
        task.mode = mode or self.mode
        task.data_file = data or self.data_file
        task.few_shot = self.few_shot if few_shot is None else few_shot
        task.user_prompt = UserPrompt.read(prompt) if prompt else self.user_prompt
        task.defects4j = defects4j or self.defects4j
        return task

    @abstractmethod
    def problems(self) -> Iterable[Problem]:
        """Read the dataset, in its published order; raise `DataError` if it cannot be had."""

    def groups(self, problem: Problem) -> Mapping[str, str]:  # noqa: ARG002
        """Return the kinds of group the problem is in, such as `library`, and its group of each.

        A report shows pass@1 of every group.
        """
        return {}

    def date(self, problem: Problem) -> str | None:  # noqa: ARG002
        """Return the day that the problem became public, as `2026-03-04`, if it is known.

        A model whose training data ended before it cannot have seen the solution.
        """
        return None

    def cluster(self, problem: Problem) -> str:
        """Return what the problem shares with others that one draw would bring along with it.

        Such as the bug that one shows and another shows repaired. Intervals of
        a task that classifies resample clusters.
        """
        return problem.id

    def measured(self, problem: Problem) -> Collection[str]:  # noqa: ARG002
        """
        Return those of `measures` that are defined for the problem.

        A function without branches has no branch coverage: its samples are in
        no mean of it. A measure that is defined and that a verdict lacks is 0.
        """
        return self.measures

    @abstractmethod
    def prompt(self, problem: Problem, style: Style) -> Prompt:
        """Ask for a solution to `problem`."""

    def published_prompt(self, problem: Problem) -> str:
        """Return the text that a `completion` in a peer's samples file goes on from."""
        task = copy.copy(self)
        task.mode, task.few_shot, task.user_prompt = self.modes[0], None, None
        return task.prompt(problem, Style.COMPLETE).text

    @abstractmethod
    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        """Find the answer, a whole source file, in a model's reply."""

    def materialise(self, problem: Problem) -> None:  # noqa: B027
        """
        Fetch what asking and judging the problem takes besides its row, check it and keep it.

        `ucb data` calls it for every problem, so that later runs need no network.
        Raises `DataError` for what cannot be had, or is not what it was.
        """

    def prepare(self, problems: Sequence[Problem], run: Run) -> None:  # noqa: B027
        """
        Compute, in the sandbox, what judging these problems needs; called before `program`.

        For a benchmark whose expected outputs are those of its reference. What
        is computed is kept, so that later calls, and `program`, find it.
        """

    def brought(self) -> Mapping[str, Brought]:
        """
        Return the user's own tools that programs of this task need, by toolchain.

        Raises `ConfigError` with what is missing of them.
        """
        return {}

    @property
    def executes(self) -> bool:
        """Whether answers are run. A task without a `program` decides all of them by reading."""
        return type(self).program is not Task.program

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict | None:  # noqa: ARG002
        """
        Return the verdict of an answer that need not run, or None for one that must.

        `code` is what `extract` found, and may be blank; where None is returned
        for a blank answer, it is one without code. Rules of the extraction are
        added by the caller.
        """
        return None

    def program(self, problem: Problem, code: str) -> Program:  # noqa: ARG002
        """
        Assemble what must run to decide whether `code` is right.

        A task that does not override it must `decide` every answer; it raises
        `ConfigError`.
        """
        raise ConfigError(f"{self.name} runs no programs: its answers are judged by reading them.")

    @abstractmethod
    def reference(self, problem: Problem) -> str | None:
        """Return code that must pass, if the dataset has one."""

    def stub(self, problem: Problem, body: str) -> str | None:  # noqa: ARG002
        """Return a solution whose function has `body`, if the task is to write one function."""
        return None

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:  # noqa: ARG002
        """
        Return completions whose verdict is known: by a control's name, the text and if it passes.

        For a benchmark that publishes such instead of reference solutions.
        """
        return {}

    def shown(self, problem: Problem, code: str) -> str:
        """Return the tests of `code`, for people to read; nothing where nothing is run."""
        if not self.executes:
            return ""
        program = self.program(problem, code)
        split = [step.tests.source for step in program.steps if step.tests]
        return "\n".join(split or program.files.values())

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:  # noqa: ARG002
        """Turn what happened into a verdict."""
        return judge(program, key, execution)

    def describe(self) -> Mapping[str, Any]:
        """Return what the scores depend on besides the data: version, mode and prompt."""
        asked: dict[str, Any] = {}
        if self.few_shot is not None:
            asked["few_shot"] = self.few_shot
        if self.user_prompt is not None:
            asked["prompt_sha256"] = self.user_prompt.sha256
        return {"version": self.version, "mode": self.mode, **asked}
