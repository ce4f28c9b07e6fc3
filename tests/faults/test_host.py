"""A second writer, and a clock that cannot be trusted."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pytest

from tests.end_to_end.commands import ucb
from tests.faults.conftest import Zygote, check_whole
from ucb.files import locked
from ucb.store import Run


@pytest.mark.parametrize("command", ["run", "generate"])
def test_a_second_writer_is_told_who_the_first_is(
    zygote: Zygote, undisturbed: bytes, tmp_path: Path, command: str
) -> None:
    """One sentence with process and host, exit code 6; and nothing of the first is touched."""
    out = tmp_path / "run"
    with Run(out):
        second = zygote.run(out, command=command)
    assert second.status == 6
    assert (
        f"is being written by another ucb (process {os.getpid()} on {platform.node()}, since"
        in (second.said)
    )
    assert "Traceback" not in second.said
    assert [file.name for file in out.iterdir()] == [".lock"]
    assert zygote.run(out).status == 0
    check_whole(out, undisturbed)


@pytest.mark.parametrize("command", ["report", "evaluate"])
def test_what_writes_to_a_run_that_is_there_waits_its_turn(
    zygote: Zygote, tmp_path: Path, command: str
) -> None:
    """Scores of half a run must not take the place of those of a whole one."""
    out = tmp_path / "run"
    assert zygote.run(out).status == 0
    about = json.loads((out / "run.json").read_text())
    about["config"]["tasks"], about["tasks"] = ["humaneval"], {}
    (out / "run.json").write_text(json.dumps(about))
    before = {file.name: file.stat().st_mtime_ns for file in out.iterdir() if file.name != ".lock"}
    with locked(out):
        second = ucb(command, out)
    assert second.returncode == 6, second.stderr
    assert f"is being written by another ucb (process {os.getpid()} on" in second.stderr
    after = {file.name: file.stat().st_mtime_ns for file in out.iterdir() if file.name != ".lock"}
    assert after == before


def test_the_lock_of_a_killed_writer_is_gone_with_it(
    zygote: Zygote, undisturbed: bytes, tmp_path: Path
) -> None:
    """The file stays, the lock does not: nobody has to remove anything."""
    out = tmp_path / "run"
    assert zygote.run(out, "kill", 20).status == -9
    assert json.loads((out / ".lock").read_text())["pid"]
    assert zygote.run(out).status == 0
    check_whole(out, undisturbed)


def test_a_clock_that_jumps_moves_nothing(
    zygote: Zygote, undisturbed: bytes, tmp_path: Path
) -> None:
    """A month ahead, two back, and so on, at each look: the same rows and the same scores."""
    out = tmp_path / "run"
    done = zygote.run(out, "clock")
    assert done.status == 0, done.said
    check_whole(out, undisturbed)
    started = json.loads((out / "run.json").read_text())["started"]
    again = zygote.run(out, "clock")
    assert again.status == 0, again.said
    check_whole(out, undisturbed)
    assert json.loads((out / "run.json").read_text())["started"] == started
