"""Controls: what must pass passes, what must not does not, in the sandbox in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ucb.languages import language
from ucb.run import evaluate
from ucb.sandbox import Sandbox
from ucb.task import Task
from ucb.types import Completion, Key, Problem, Style, Verdict

REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Control:
    """How one kind of answer fared on every problem of a task."""

    name: str
    """`reference`, or the name of a body in the language's `[bodies]`."""
    must_pass: bool
    total: int
    passed: int
    wrong: tuple[Verdict, ...]
    """The verdicts that should have been the other way round."""

    @property
    def ok(self) -> bool:
        """Whether every problem got the verdict it must get."""
        return not self.wrong


def check(task: Task, problems: Sequence[Problem], sandbox: Sandbox) -> Iterator[Control]:
    """Run each control over every problem: one row per control."""
    names = {name: None for problem in problems for name in language(problem.language).bodies}
    for name in (REFERENCE, *names):
        answers = list(_answers(task, problems, name))
        if not answers:
            continue
        by_id = {problem.id: problem for problem in problems}
        verdicts = list(evaluate(task, by_id, Style.COMPLETE, answers, sandbox))
        must_pass = name == REFERENCE
        yield Control(
            name,
            must_pass,
            total=len(verdicts),
            passed=sum(v.passed for v in verdicts),
            wrong=tuple(v for v in verdicts if v.passed is not must_pass),
        )


def _answers(task: Task, problems: Sequence[Problem], name: str) -> Iterator[Completion]:
    for problem in problems:
        if name == REFERENCE:
            code = task.reference(problem)
        else:
            body = language(problem.language).bodies.get(name)
            code = task.stub(problem, body) if body is not None else None
        if code is not None:
            yield Completion(Key(problem.id, 0), text="", code=code)
