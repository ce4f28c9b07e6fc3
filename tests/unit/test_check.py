"""Controls run in rounds: a verdict that differs between two of them is a fault of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from tests.fakes import FakeSandbox, FakeTask
from ucb.check import check
from ucb.errors import UnknownName
from ucb.options import settings
from ucb.types import Execution, Key, Problem, Program


class Fickle(FakeSandbox):
    """Says another thing when one problem comes for the second time."""

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        for key, program in programs:
            again = key in self.ran and key.problem == "fake/1"
            text = "bad" if again else program.files["main.py"]
            yield from super().run([(key, replace(program, files={"main.py": text}))])


class Referenced(FakeTask):
    """Has a reference for every problem."""

    def reference(self, problem: Problem) -> str:
        return "good"


def test_one_round_is_one_run() -> None:
    """Nothing flips, and each control runs once."""
    sandbox = FakeSandbox()
    task = Referenced(3)
    controls = list(check(task, list(task.problems()), sandbox))
    assert all(control.ok for control in controls)
    assert controls[0].total == controls[0].passed == 3
    assert len(sandbox.ran) == sum(control.total for control in controls)


def test_rounds_run_again() -> None:
    """Three rounds are three executions, and the counts stay those of the problems."""
    sandbox = FakeSandbox()
    task = Referenced(3)
    controls = list(check(task, list(task.problems()), sandbox, rounds=3))
    assert controls[0].total == controls[0].passed == 3
    assert len(sandbox.ran) == 3 * sum(control.total for control in controls)


def test_a_verdict_that_flips_is_named() -> None:
    """However the first round went."""
    task = Referenced(3)
    controls = {each.name: each for each in check(task, list(task.problems()), Fickle(), rounds=2)}
    reference = controls["reference"]
    assert not reference.ok
    assert reference.flipped == ("fake/1",)
    assert [verdict.key.problem for verdict in reference.wrong] == ["fake/1"]
    assert reference.passed == 3


class Measuring(FakeSandbox):
    """Keeps how many steps it was given of each program."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[int] = []

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        for key, program in programs:
            self.steps.append(len(program.steps))
            yield from super().run([(key, replace(program, steps=program.steps[:1]))])


class Measured(Referenced):
    """Decides by one step, and measures by another."""

    def __init__(self, size: int, *, proof: bool) -> None:
        super().__init__(size)
        self._proof = proof

    def program(self, problem: Problem, code: str) -> Program:
        program = super().program(problem, code)
        step = program.steps[0]
        return replace(
            program, steps=(replace(step, proof=self._proof), replace(step, proof=False))
        )


@pytest.mark.parametrize(("proof", "later"), [(True, 1), (False, 2)])
def test_later_rounds_measure_nothing(*, proof: bool, later: int) -> None:
    """What stands behind the last step with a proof runs once; without any proof all decide."""
    sandbox = Measuring()
    task = Measured(2, proof=proof)
    next(iter(check(task, list(task.problems()), sandbox, rounds=2)))
    assert sandbox.steps[:4] == [2, 2, later, later]


def test_a_family_stands_for_its_tasks() -> None:
    """In their order, once each, wherever tasks are named."""
    assert settings(("ucb-py", "ucb-py/repair"), None, {}).tasks == (
        "ucb-py/detection", "ucb-py/generation", "ucb-py/issue_testgen", "ucb-py/repair",
        "ucb-py/testgen",
    )  # fmt: skip
    with pytest.raises(UnknownName):
        settings(("ucb-p",), None, {})
