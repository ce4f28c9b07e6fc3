"""What goes to stdout and what to stderr, for people, for scripts and for log files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.commands import ucb
from tests.results import solved, write_run

ESCAPES = ("\r", "\x1b")


@pytest.fixture
def samples(tmp_path: Path) -> tuple[object, ...]:
    """The arguments that judge two answers, one of them right, to a problem of our own."""
    problem = {
        "task_id": "own/0", "prompt": "def one():\n", "entry_point": "one",
        "canonical_solution": "    return 1\n", "test": "def check(f):\n    assert f() == 1\n",
    }  # fmt: skip
    (tmp_path / "problems.jsonl").write_text(json.dumps(problem) + "\n")
    rows = [{"task_id": "own/0", "completion": f"    return {n}\n"} for n in (1, 2)]
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return (
        "evaluate", "humaneval", "--data", tmp_path / "problems.jsonl", "--samples-file",
        tmp_path / "samples.jsonl", "--out", tmp_path / "run", "--sandbox", "bubblewrap",
    )  # fmt: skip


def answer(*arguments: object, code: int = 0) -> dict[str, Any]:
    """Run a command with --json and return the one object on its stdout."""
    done = ucb(*arguments, "--json")
    assert done.returncode == code, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.bubblewrap
def test_a_run_and_what_looks_at_it_answer_in_json(
    samples: tuple[object, ...], tmp_path: Path
) -> None:
    """One object each, from the judging of samples to a single verdict."""
    run = tmp_path / "run"
    made = answer(*samples)
    assert made["run"] == str(run)
    assert made["scores"]["humaneval"]["pass_at"]["1"]["value"] == 0.5
    assert answer("report", run)["scores"] == made["scores"]
    listed = answer("show", run)["verdicts"]
    assert [(each["sample"], each["passed"]) for each in listed] == [(0, True), (1, False)]
    one = answer("show", run, "humaneval", "own/0", "1")
    assert one["verdict"]["reason"] == "wrong answer"
    assert "return 2" in one["code"]
    again = answer("replay", run, "humaneval", "own/0", "0", "--sandbox", "bubblewrap")
    assert again["verdict"]["passed"]
    target = tmp_path / "out.jsonl"
    found = answer("export", run, "--format", "human-eval", "--to", target)
    assert found == {"samples": 2, "file": str(target)}
    board = answer("leaderboard", run, "--out", tmp_path / "board")
    assert {row["metric"] for row in board["rows"]} >= {"pass@1"}


def test_commands_that_need_no_run_answer_in_json(tmp_path: Path) -> None:
    """Also a plan, whose prompt is part of the answer."""
    assert "humaneval" in {each["name"] for each in answer("list")["tasks"]}
    planned = answer("run", "humaneval", "--model", "m", "--limit", "2", "--dry-run")
    assert planned["tasks"][0]["completions"] == 2
    assert "has_close_elements" in planned["tasks"][0]["first_prompt"]
    assert "_UCB_COMPLETE" in answer("completion", "fish")["script"]


def test_a_failure_answers_what_it_knows_and_why_it_failed(tmp_path: Path) -> None:
    """A closed gate has its decision, the sentence and the exit code in one object."""
    for name, count in (("base", 60), ("worse", 45)):
        write_run(tmp_path / name, {"t": solved(count, 100)})
    closed = answer("gate", tmp_path / "worse", "--baseline", tmp_path / "base", code=9)
    assert (closed["passed"], closed["exit_code"]) == (False, 9)
    assert closed["error"] == "The gate is closed: 1 of 1 checks failed."
    assert closed["checks"][0]["comparison"]["lost"]
    compared = answer("compare", tmp_path / "worse", tmp_path / "base")
    assert compared["tasks"][0]["metric"] == "pass@1"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("report", "nowhere"), 6, "nowhere is not a run folder"),
        (("run", "humanevl", "--model", "m"), 2, "Did you mean 'humaneval'?"),
        (("run", "--no-such-flag"), 2, "No such option"),
        (("no-such-command",), 2, "No such command"),
        (("sandbox", "build", "pythn"), 2, "Did you mean 'python'"),
    ],
)
def test_a_mistake_is_an_object_too(arguments: tuple[str, ...], code: int, said: str) -> None:
    """Wherever it is found: by the parser, or by the command."""
    found = answer(*arguments, code=code)
    assert said in found["error"]
    assert found["exit_code"] == code


@pytest.mark.bubblewrap
@pytest.mark.parametrize("colours", ["", "1"])
def test_a_log_file_holds_lines_and_no_escapes(
    samples: tuple[object, ...], monkeypatch: pytest.MonkeyPatch, colours: str
) -> None:
    """Progress begins and ends with a line; --quiet leaves results alone."""
    monkeypatch.setenv("COLUMNS", "20")  # Lines are never wrapped.
    if not colours:
        for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
            monkeypatch.delenv(name, raising=False)
    else:
        monkeypatch.setenv("FORCE_COLOR", colours)
    done = ucb(*samples)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert lines[0] == "humaneval: 0/2 generated, 0/2 judged"
    assert lines[-1] == "humaneval: 2/2 generated, 2/2 judged"
    assert not any(escape in done.stderr for escape in ESCAPES)
    assert ("\x1b" in done.stdout) is bool(colours)
    quiet = ucb(*samples, "--quiet")
    assert (quiet.returncode, quiet.stderr) == (0, "")
    assert "pass@1" in quiet.stdout
    assert ucb("-q", *samples).stderr == ""


def test_an_interrupt_is_an_object_too(tmp_path: Path) -> None:
    """Also a SIGTERM, as a batch system sends it, with what was known until then."""
    (tmp_path / "checkpoints").mkdir()
    command = [sys.executable, "-u", "-m", "ucb", "watch", tmp_path / "checkpoints", "humaneval"]
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with subprocess.Popen(
            [*map(str, command), "--every", "60", "--verbose", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as watching:
            assert watching.stderr is not None
            assert "Watching" in watching.stderr.readline()
            watching.send_signal(number)
            said, _ = watching.communicate(timeout=60)
        assert watching.returncode == code
        assert json.loads(said)["exit_code"] == code
