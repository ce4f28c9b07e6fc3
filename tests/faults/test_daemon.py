"""A real Docker engine is killed, stopped and restarted under a run: nobody is judged by that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract import sandboxes
from tests.faults import daemon
from tests.faults.daemon import Engine
from ucb import plugins
from ucb.sandbox import images

_PROBLEMS, _SAMPLES = 40, 3
_ROWS = _PROBLEMS * _SAMPLES
_FIRST = 15
"""Verdicts on the disk when the engine is killed."""
_SLOW = """    import time
    time.slept = getattr(time, "slept", 0) or time.sleep({}) or 1
"""
_IMPATIENT = """
from ucb import cli
from ucb.sandbox import workers
workers._PATIENCE = 2.0
cli.main()
"""
"""The command, which does not wait long for an engine to come back."""

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One that has the Python image. All that it started is gone in the end."""
    sandboxes.require("docker")
    if problem := daemon.missing():
        if os.environ.get("UCB_REQUIRE_DOCKER") == "1" and not os.geteuid():
            pytest.fail(f"{problem}, and UCB_REQUIRE_DOCKER=1")
        pytest.skip(problem)
    engine = Engine(tmp_path_factory.mktemp("engine"))
    try:
        engine.start()
        engine.load(images.tag("python"))
        yield engine
        engine.stop()
        assert not engine.processes()
        assert not [line for line in engine.mounts() if "overlay" in line]
    finally:
        engine.close()


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Right and wrong answers, all different, that take a moment each."""
    rows = []
    for number, problem in enumerate(list(plugins.task("humaneval").problems())[:_PROBLEMS]):
        right = problem.row["canonical_solution"]
        for sample in range(_SAMPLES):
            text = right if (number + sample) % 3 else f"    return {sample}\n"
            rows.append(
                {"task_id": problem.id, "completion": _SLOW.format(0.04 + sample / 500) + text}
            )
    path = tmp_path_factory.mktemp("answers") / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def start(engine: Engine, answers: Path, out: Path, *python: str) -> subprocess.Popen[str]:
    """Have the answers judged in two rooms of the engine."""
    arguments = [
        "evaluate", "humaneval", "--limit", str(_PROBLEMS), "--samples-file", str(answers),
        "--sandbox", "docker", "--workers", "2", "--out", str(out),
    ]  # fmt: skip
    return subprocess.Popen(
        [sys.executable, *(python or ("-m", "ucb")), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=engine.environment,
    )


def finish(process: subprocess.Popen[str], status: int = 0) -> str:
    """Wait for its end; it must end like that."""
    said, _ = process.communicate(timeout=300)
    assert process.returncode == status, said
    assert "Traceback" not in said
    return said


def lines(out: Path) -> list[str]:
    """The whole lines of the verdicts that are on the disk."""
    path = out / "humaneval" / "verdicts.jsonl"
    return path.read_text().splitlines(keepends=True) if path.exists() else []


def underway(process: subprocess.Popen[str], out: Path) -> list[str]:
    """Wait for the middle of a run; return the verdicts it has."""
    daemon.wait(lambda: len(lines(out)) > _FIRST or process.poll() is not None, "no verdicts")
    assert process.poll() is None, process.communicate()
    return [line for line in lines(out) if line.endswith("\n")]


def earned(out: Path) -> dict[tuple[str, int], Any]:
    """What every sample got, but for what was measured on a clock."""
    rows = [json.loads(line) for line in lines(out)]
    keys = Counter((row["problem"], row["sample"]) for row in rows)
    assert len(keys) == _ROWS
    assert set(keys.values()) == {1}
    kinds = ("stage", "reason", "detail", "rules", "judge")
    return {(row["problem"], row["sample"]): [row.get(kind) for kind in kinds] for row in rows}


def check_whole(engine: Engine, out: Path, undisturbed: Path, before: list[str]) -> None:
    """Every row is there once, with the scores of the other run; no room is left."""
    assert earned(out) == earned(undisturbed)
    scores = [
        json.loads((path / "humaneval" / "scores.json").read_text()) for path in (out, undisturbed)
    ]
    for kind in ("pass_at", "reasons"):
        assert scores[0][kind] == scores[1][kind]
    # Nothing that was stored has been judged anew.
    assert set(before) <= set(lines(out))
    daemon.wait(lambda: not engine.docker("ps", "--all", "--quiet").stdout, "rooms are left")
    daemon.wait(
        lambda: set(engine.processes().values()) <= {"dockerd", "containerd"}, "shims are left"
    )


@pytest.fixture(scope="module")
def undisturbed(engine: Engine, answers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run to which nothing happened."""
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    finish(start(engine, answers, out))
    return out


@pytest.mark.parametrize("killed", [("dockerd",), ("dockerd", "containerd", "runc")])
def test_an_engine_that_is_killed_judges_nobody(
    engine: Engine, answers: Path, undisturbed: Path, tmp_path: Path, killed: tuple[str, ...]
) -> None:
    """SIGKILL to its daemon alone, or to all of it: a sentence, and later the same command."""
    out = tmp_path / "run"
    run = start(engine, answers, out, "-c", _IMPATIENT)
    before = underway(run, out)
    names = engine.kill(*killed)
    assert "dockerd" in names
    assert ("containerd-shim" in names) == ("containerd" in killed)
    said = finish(run, 4).strip().splitlines()
    assert said[-1].startswith("ucb: No room could be opened for 2 seconds: docker version failed:")
    assert said[-1].endswith("Run again to finish.")
    assert sum(line.startswith("ucb:") for line in said) == 1
    kept = lines(out)
    assert set(before) <= set(kept)
    assert len(kept) < _ROWS
    # Without an engine at the start nothing is waited for.
    assert finish(start(engine, answers, out), 4).startswith("ucb: docker version failed:")
    assert lines(out) == kept
    engine.start()
    finish(start(engine, answers, out))
    check_whole(engine, out, undisturbed, kept)


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_run_outlives_a_restart_of_the_engine(
    engine: Engine, answers: Path, undisturbed: Path, tmp_path: Path, how: str
) -> None:
    """The daemon is killed, or stopped as by its service, and started again: the run goes on."""
    out = tmp_path / "run"
    run = start(engine, answers, out)
    before = underway(run, out)
    if how == "killed":
        assert engine.kill("dockerd") == {"dockerd"}
    else:
        engine.stop()
    assert len(lines(out)) < _ROWS
    time.sleep(2)  # Longer than three rooms take to fail.
    engine.start()
    finish(run)
    check_whole(engine, out, undisturbed, before)
