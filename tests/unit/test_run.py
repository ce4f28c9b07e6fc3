"""The line, without a model and without isolation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeBackend, FakeSandbox, FakeTask, by_id, silent
from ucb.errors import SandboxError, StoreError
from ucb.run import evaluate, requests, run_task
from ucb.store import TaskFolder
from ucb.types import (
    Completion,
    Execution,
    Key,
    Program,
    Reason,
    Request,
    Sampling,
    Stage,
    Style,
    Verdict,
)

TASK = FakeTask()
PROBLEMS = list(TASK.problems())


def bring_up_to_date(
    folder: TaskFolder,
    backend: FakeBackend | None,
    sandbox: FakeSandbox | None,
    samples: int = 2,
) -> None:
    run_task(
        TASK,
        PROBLEMS,
        Style.COMPLETE,
        Sampling(samples),
        folder,
        backend=backend,
        sandbox=sandbox,
        advance=silent,
    )
    folder.close()


def test_requests_skip_what_is_done() -> None:
    """Only missing samples are asked for, in the order of the dataset."""
    done = {Key("fake/0", 0), Key("fake/2", 1)}
    asked = list(requests(TASK, PROBLEMS, Style.COMPLETE, Sampling(2), done))
    assert [r.key for r in asked] == [("fake/0", 1), ("fake/1", 0), ("fake/1", 1), ("fake/2", 0)]


def test_every_sample_gets_one_completion_and_one_verdict(tmp_path: Path) -> None:
    """The line brings each (problem, sample) from request to verdict."""
    folder = TaskFolder(tmp_path)
    bring_up_to_date(
        folder, FakeBackend(lambda key: "good" if key.sample else "bad"), FakeSandbox()
    )
    verdicts = {v.key: v for v in folder.verdicts()}
    assert len(verdicts) == len(list(folder.completions())) == 6
    assert all(v.passed is bool(key.sample) for key, v in verdicts.items())
    assert {v.rules for v in verdicts.values()} == {("stripped",)}


def test_a_finished_run_asks_and_executes_nothing(tmp_path: Path) -> None:
    """Running again is free."""
    folder = TaskFolder(tmp_path)
    bring_up_to_date(folder, FakeBackend(), FakeSandbox())
    backend, sandbox = FakeBackend(), FakeSandbox()
    bring_up_to_date(folder, backend, sandbox)
    assert backend.asked == sandbox.ran == []


def test_more_samples_extend_a_run(tmp_path: Path) -> None:
    """Raising the number of samples asks only for the new ones."""
    folder = TaskFolder(tmp_path)
    bring_up_to_date(folder, FakeBackend(), FakeSandbox(), samples=1)
    backend = FakeBackend()
    bring_up_to_date(folder, backend, FakeSandbox(), samples=2)
    assert [key.sample for key in backend.asked] == [1, 1, 1]


def test_generate_then_evaluate_is_the_same_as_run(tmp_path: Path) -> None:
    """Completions made on one machine can be judged on another."""
    folder = TaskFolder(tmp_path)
    bring_up_to_date(folder, FakeBackend(), None)
    assert not folder.verdict_keys()
    bring_up_to_date(folder, None, FakeSandbox())
    assert len(folder.verdict_keys()) == 6


def test_a_reply_without_code_is_judged_without_running(tmp_path: Path) -> None:
    """Nothing extracted means stage NOTHING, and no execution."""
    folder, sandbox = TaskFolder(tmp_path), FakeSandbox()
    bring_up_to_date(folder, FakeBackend(lambda key: "  "), sandbox)
    assert {(v.stage, v.reason) for v in folder.verdicts()} == {(Stage.NOTHING, Reason.NO_CODE)}
    assert sandbox.ran == []


def test_a_sample_that_brings_its_code_is_not_extracted() -> None:
    """Samples of peers' files are run as they are."""
    sample = Completion(Key("fake/0", 0), "", code=" good")
    found = list(evaluate(TASK, by_id(PROBLEMS), Style.COMPLETE, [sample], FakeSandbox()))
    assert [(v.passed, v.rules) for v in found] == [(False, ())]


class Interrupting(FakeBackend):
    """Answers some requests and is then interrupted."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        for number, completion in enumerate(super().generate(requests)):
            if number == self.after:
                raise KeyboardInterrupt
            yield completion


@pytest.mark.parametrize("after", [0, 1, 5])
def test_an_interrupted_run_keeps_what_it_had_and_does_the_rest(tmp_path: Path, after: int) -> None:
    """Ctrl-C loses nothing that was answered, and nothing is asked twice."""
    folder = TaskFolder(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        bring_up_to_date(folder, Interrupting(after), FakeSandbox())
    folder.close()
    assert len(folder.completion_keys()) == after
    backend = FakeBackend()
    bring_up_to_date(folder, backend, FakeSandbox())
    assert len(backend.asked) == 6 - after
    assert len(folder.verdict_keys()) == 6


class Broken(FakeSandbox):
    """An environment that gives up after one program."""

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        for number, found in enumerate(super().run(programs)):
            if number == 1:
                message = "The engine is gone."
                raise SandboxError(message)
            yield found


def test_a_broken_sandbox_stops_the_run_and_judges_nobody(tmp_path: Path) -> None:
    """Trouble of the environment is raised, and the samples stay unjudged."""
    folder = TaskFolder(tmp_path)
    with pytest.raises(SandboxError, match="engine is gone"):
        bring_up_to_date(folder, FakeBackend(), Broken())
    folder.close()
    assert len(folder.verdict_keys()) == 1
    bring_up_to_date(folder, FakeBackend(), FakeSandbox())
    assert all(v.passed for v in folder.verdicts())
    assert len(folder.verdict_keys()) == 6


class FullDisk(TaskFolder):
    """Refuses the second verdict."""

    def add_verdict(self, verdict: Verdict) -> None:
        if self.verdict_keys():
            message = "the disk is full"
            raise StoreError(message)
        super().add_verdict(verdict)


def test_a_disk_that_fills_up_while_judging_stops_the_run(tmp_path: Path) -> None:
    """An error of the judging thread reaches the caller."""
    with pytest.raises(StoreError, match="disk is full"):
        bring_up_to_date(FullDisk(tmp_path), FakeBackend(), FakeSandbox())


class Lazy(FakeSandbox):
    """Notes how many programs were taken before each execution was handed out."""

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        for key, _ in programs:
            yield key, Execution(())


def test_an_execution_without_steps_is_the_sandboxs_fault() -> None:
    """A sandbox that returns nothing is broken; the candidate is not."""
    sample = Completion(Key("fake/0", 0), "good")
    with pytest.raises(SandboxError):
        list(evaluate(TASK, by_id(PROBLEMS), Style.COMPLETE, [sample], Lazy()))
