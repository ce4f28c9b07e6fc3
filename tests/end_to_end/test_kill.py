"""A run that is killed at any moment is finished by the same command, with the same scores."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from ucb import plugins, session

KILLS = 20


def write_answers(path: Path) -> None:
    """Two samples for each of 40 problems: references, wrong, broken, looping and exiting ones."""
    task = plugins.task("humaneval")
    bad = (
        "    return None\n",
        "    return (\n",
        "    raise ValueError('no')\n",
        "    import os\n    os._exit(0)\n",
    )
    rows = []
    for number, problem in enumerate(list(task.problems())[:40]):
        right = problem.row["canonical_solution"]
        for sample in range(2):
            wrong = bad[(number // 2 + sample) % len(bad)]
            text = right if (number + sample) % 2 else wrong
            rows.append({"task_id": problem.id, "completion": text})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def start(out: Path, answers: Path, seconds: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.slow_run", str(out), str(answers), str(seconds)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0, output.decode(errors="replace")


def verdicts(path: Path) -> dict[object, object]:
    folder = session.Run(path).task("humaneval")
    return {v.key: (v.stage, v.reason, v.detail, v.rules, v.judge) for v in folder.verdicts()}


@pytest.mark.bubblewrap
def test_twenty_kills_change_no_score(tmp_path: Path) -> None:
    """Kill -9 at twenty random moments ends with the scores of a run never killed."""
    answers = tmp_path / "answers.jsonl"
    write_answers(answers)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    finish(start(whole, answers, 0.0))
    moments = random.Random(20)
    landed = 0
    for _ in range(KILLS):
        process = start(killed, answers, 0.05)
        # Between the first imports and the middle of the work: a whole run at
        # this pace takes over four seconds.
        time.sleep(moments.uniform(0.2, 1.6))
        landed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
    finish(start(killed, answers, 0.0))
    assert landed > 0
    assert verdicts(killed) == verdicts(whole)
    assert len(verdicts(whole)) == 80
    scores = [session.report(path)["humaneval"].to_json() for path in (whole, killed)]
    for found in scores:  # What was measured on a clock differs; what was earned does not.
        assert found["pass_at"] == scores[0]["pass_at"]
        assert found["reasons"] == scores[0]["reasons"]
    asked = Counter(killed.with_suffix(".log").read_text().splitlines())
    # One answer may be on its way to the disk at each kill; nothing stored is asked again.
    assert sum(asked.values()) - len(asked) <= KILLS


@pytest.mark.bubblewrap
@pytest.mark.parametrize(
    ("number", "code", "how"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_ends_with_a_sentence_and_loses_nothing(
    tmp_path: Path, number: signal.Signals, code: int, how: str
) -> None:
    """Ctrl-C and SIGTERM say what to do next; the same command does the rest."""
    answers, out = tmp_path / "answers.jsonl", tmp_path / "run"
    write_answers(answers)
    process = start(out, answers, 0.05)
    stored = out / "humaneval" / "completions.jsonl"
    # The file is there, and its name on the disk, before its first row is.
    while not (stored.is_file() and stored.stat().st_size) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    text = output.decode()
    assert process.returncode == code, text
    assert f"ucb: {how}. What is done is stored" in text
    assert "Traceback" not in text
    before = len(stored.read_text().splitlines())
    assert 0 < before < 80
    finish(start(out, answers, 0.0))
    assert len(verdicts(out)) == 80
    log = out.with_suffix(".log").read_text().splitlines()
    assert len(set(log)) == 80
    assert len(log) <= 81
