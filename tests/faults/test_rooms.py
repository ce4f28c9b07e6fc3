"""The agent in a room is killed, or the engine's daemon dies: nobody is judged by that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import sandboxes
from tests.fakes import FakeBackend, FakeTask, silent
from ucb.errors import SandboxError
from ucb.run import run_task
from ucb.sandbox import docker, workers
from ucb.sandbox.pool import Pool
from ucb.sandbox.select import open_sandbox
from ucb.sandbox.ship import BOOTSTRAP
from ucb.store import TaskFolder
from ucb.types import Key, Program, Sampling, Stage, Step, Style

_PROGRAMS = 30


@pytest.mark.parametrize("engine", sandboxes.ENGINES)
def test_an_agent_that_is_killed_loses_no_program(engine: str) -> None:
    """SIGKILL to the agent, not to what started it, twice: every program is answered once."""
    sandboxes.require(engine)
    step = Step(Stage.PASSED, ("python3", "main.py"))
    source = "import time; time.sleep(0.02); print({})"
    programs = [Program("python", {"main.py": source.format(n)}, (step,)) for n in range(_PROGRAMS)]
    sandbox = open_sandbox(engine, 1, deduplicate=False)
    done: dict[int, str] = {}
    killed = 0
    try:
        for key, execution in sandbox.run((Key("p", n), p) for n, p in enumerate(programs)):
            assert key.sample not in done
            done[key.sample] = execution.steps[0].stdout
            if len(done) in (5, 15):
                killed += _kill_agent(engine)
    finally:
        sandbox.close()
    assert killed == 2
    assert done == {n: f"{n}\n" for n in range(_PROGRAMS)}


def _kill_agent(engine: str) -> int:
    """Kill the agent of the one open room."""
    if engine == "docker":
        name = f"name=^/ucb-{os.getpid()}-"
        for room in docker.run("ps", "--quiet", "--filter", name).split():
            # The container's first process is the agent.
            return (
                subprocess.run(
                    ["docker", "kill", "--signal", "KILL", room], check=False, capture_output=True
                ).returncode
                == 0
            )
        return 0
    for pid in _below(os.getpid()):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if BOOTSTRAP.encode() in words and b"bwrap" not in words[0]:
            os.kill(pid, signal.SIGKILL)
            return 1
    return 0


def _below(root: int) -> Iterator[int]:
    """Yield what a process has started, the nearest first."""
    waiting = [root]
    while waiting:
        pid = waiting.pop(0)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in task.read_text().split():
                waiting.append(int(child))
                yield int(child)


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in for the `docker` command first in the path; return its folder."""
    folder = tmp_path / "daemon"
    folder.mkdir()
    command = folder / "docker"
    client = Path(__file__).with_name("client.py")
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -S "{client}" "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("STAND_IN", str(folder))
    return folder


def judged(folder: TaskFolder) -> None:
    """Bring a run of a few hundred samples up to date, in rooms of the stand-in."""
    task = FakeTask(100)
    sandbox = Pool(docker.Docker(), 2, deduplicate=False)
    try:
        run_task(
            task, list(task.problems()), Style.COMPLETE, Sampling(2), folder,
            backend=FakeBackend(), sandbox=sandbox, advance=silent,
        )  # fmt: skip
    finally:
        sandbox.close()
        folder.close()


def test_an_engine_that_is_gone_is_not_a_missing_image(daemon: Path) -> None:
    """It died between its first answer and the first look at its images."""
    engine = docker.Docker()
    (daemon / "down").touch()
    with pytest.raises(SandboxError, match="docker version failed: Cannot connect"):
        engine.room(sandboxes.SPEC)


def test_a_daemon_that_dies_judges_nobody(
    daemon: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with what Docker says, keeps every verdict it had, and goes on later."""
    monkeypatch.setattr(workers, "_PATIENCE", 0.5)
    folder = TaskFolder(tmp_path / "fake")
    (daemon / "after").write_text("50")
    with pytest.raises(
        SandboxError, match=r"No room could be opened for .*: .*Cannot connect to the Docker"
    ):
        judged(folder)
    before = {verdict.key: verdict for verdict in folder.verdicts()}
    assert 0 < len(before) <= 50
    assert all(verdict.passed for verdict in before.values())
    with pytest.raises(SandboxError, match="docker version failed: Cannot connect"):
        judged(folder)
    (daemon / "after").unlink()
    (daemon / "down").unlink()
    judged(folder)
    after = list(folder.verdicts())
    assert len(after) == 200
    assert len({verdict.key for verdict in after}) == 200
    assert all(verdict.passed for verdict in after)
    assert {verdict.key: verdict for verdict in after if verdict.key in before} == before
