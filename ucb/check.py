"""Controls: what must pass passes, what must not does not, in the sandbox in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ucb.languages import language
from ucb.run import evaluate
from ucb.sandbox import Sandbox
from ucb.task import Task
from ucb.types import Completion, Execution, Key, Problem, Program, Stage, Style, Verdict

REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Control:
    """How one kind of answer fared on every problem of a task."""

    name: str
    """`reference`, a body of the language's `[bodies]`, or a completion the task knows."""
    must_pass: bool
    total: int
    passed: int
    wrong: tuple[Verdict, ...]
    """The verdicts that should have been the other way round, in any round."""
    flipped: tuple[str, ...] = ()
    """Problems that did not get as far in every round."""

    @property
    def ok(self) -> bool:
        """Whether every problem got the verdict it must get, every time."""
        return not self.wrong and not self.flipped

    def complaints(self) -> list[str]:
        """Return, for people to read, each problem with a verdict that it must not have."""
        return [
            *(f"{each.key.problem} ({self.name}: {each.reason})" for each in self.wrong),
            *(f"{problem} ({self.name}: flipped)" for problem in self.flipped),
        ]


def check(
    task: Task, problems: Sequence[Problem], sandbox: Sandbox, *, rounds: int = 1
) -> Iterator[Control]:
    """
    Run each control over every problem it has an answer for: one row per control.

    With more than one round the sandbox must not share executions of equal programs
    (`open_sandbox` with `deduplicate=False`), or no round says more than the first. What only
    measures a passed answer, and decides nothing, runs in the first round alone.
    """
    by_id = {problem.id: problem for problem in problems}
    for (name, must_pass), answers in _controls(task, problems).items():
        found = [
            list(evaluate(task, by_id, Style.COMPLETE, answers, rooms))
            for rooms in (sandbox, *[_Deciding(sandbox)] * (rounds - 1))
        ]
        stages: dict[str, set[Stage]] = {}
        for verdict in chain(*found):
            stages.setdefault(verdict.key.problem, set()).add(verdict.stage)
        yield Control(
            name,
            must_pass,
            total=len(found[0]),
            passed=sum(verdict.passed for verdict in found[0]),
            wrong=tuple(each for each in chain(*found) if each.passed is not must_pass),
            flipped=tuple(sorted(problem for problem, seen in stages.items() if len(seen) > 1)),
        )


class _Deciding:
    """A sandbox that leaves out the steps of a program behind the last one that can fail it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.describe = sandbox.describe
        self.close = sandbox.close

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        return self._sandbox.run((key, _deciding(program)) for key, program in programs)


def _deciding(program: Program) -> Program:
    """Without proof and without tests of its own a step decides only where none has them."""
    ends = [n for n, step in enumerate(program.steps, 1) if step.proof or step.tests is not None]
    return replace(program, steps=program.steps[: ends[-1]]) if ends else program


def _controls(
    task: Task, problems: Sequence[Problem]
) -> Mapping[tuple[str, bool], list[Completion]]:
    """Return the answers of each control, by its name and whether they must pass."""
    found: dict[tuple[str, bool], list[Completion]] = {}
    for problem in problems:
        key = Key(problem.id, 0)
        codes = {(REFERENCE, True): task.reference(problem)}
        for name, body in language(problem.language).bodies.items():
            codes[name, False] = task.stub(problem, body)
        for control, code in codes.items():
            if code is not None:
                found.setdefault(control, []).append(Completion(key, text="", code=code))
        for name, (text, must_pass) in task.known(problem).items():
            found.setdefault((name, must_pass), []).append(Completion(key, text))
    return found
