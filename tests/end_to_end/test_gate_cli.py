"""Leaderboard, compare, baseline, gate and publish as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.commands import ucb
from tests.results import solved, write_run


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A baseline of 60 solved problems, and candidates that are equal, worse and incomplete."""
    for name, count in (("base", 60), ("equal", 60), ("worse", 45)):
        write_run(tmp_path / name, {"t": solved(count, 100)}, model=f"org/{name}")
    write_run(tmp_path / "half", {"t": solved(30, 50)}, about={"tasks": {"t": {"problems": 100}}})
    write_run(tmp_path / "mode", {"t": solved(60, 100)}, about={"tasks": {"t": {"mode": "b"}}})
    return tmp_path


@pytest.mark.parametrize(
    ("candidate", "code", "said"),
    [
        ("equal", 0, "The gate is open: 1 of 1 checks passed."),
        ("worse", 9, "The gate is closed: 1 of 1 checks failed."),
        ("half", 7, "50 verdicts of t are missing"),
        ("mode", 10, "mode 'b', not 'openai'"),
        ("none", 6, "is not a run folder"),
    ],
)
def test_exit_codes_have_meanings(results: Path, candidate: str, code: int, said: str) -> None:
    """0 open, 9 closed, and other codes where nothing was decided; always a sentence."""
    for baseline in (results / "base", results / "base.json"):
        if baseline.suffix:
            assert ucb("baseline", results / "base", "--to", baseline).returncode == 0
        done = ucb("gate", results / candidate, "--baseline", baseline)
        assert done.returncode == code, done.stderr
        assert said in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_the_gate_writes_what_ci_reads(results: Path) -> None:
    """Markdown, JUnit XML and JSON are written also when the gate closes."""
    out = results / "out"
    done = ucb(
        "gate", results / "worse", "--baseline", results / "base", "--markdown", out / "g.md",
        "--junit", out / "g.xml", "--json-file", out / "g.json",
    )  # fmt: skip
    assert done.returncode == 9
    assert "❌" in (out / "g.md").read_text()
    assert 'failures="1"' in (out / "g.xml").read_text()
    assert json.loads((out / "g.json").read_text())["passed"] is False


def test_rules_come_from_a_file(results: Path) -> None:
    """A margin opens the gate; a mistake in the file is a sentence and never a pass."""
    rules = results / "gate.toml"
    rules.write_text('[[rule]]\nmetric = "pass@1"\nmargin = 0.2\n')
    arguments = ("gate", results / "worse", "--baseline", results / "base", "--config", rules)
    assert ucb(*arguments).returncode == 0
    rules.write_text('[[rule]]\nmetric = "pass@1"\nmargn = 0.2\n')
    done = ucb(*arguments)
    assert done.returncode == 2
    assert "Did you mean 'margin'?" in done.stderr


def test_compare_names_the_problems(results: Path) -> None:
    """The difference with its interval, and each problem lost; another mode is refused."""
    done = ucb("compare", results / "worse", results / "base", "--json-file", results / "c.json")
    assert done.returncode == 0, done.stderr
    assert "-15.0 (" in done.stdout
    assert "p/45" in done.stdout
    data = json.loads((results / "c.json").read_text())
    assert len(data["tasks"][0]["lost"]) == 15
    assert ucb("compare", results / "mode", results / "base").returncode == 10


def test_the_leaderboard_is_the_same_bytes_again(results: Path) -> None:
    """One command makes it from the runs, and makes the same files again."""
    seen = []
    for _ in range(2):
        done = ucb("leaderboard", results)
        assert done.returncode == 0, done.stderr
        files = (results / "leaderboard.csv", results / "leaderboard.html")
        seen.append([file.read_bytes() for file in files])
    assert seen[0] == seen[1]
    assert "half, t: incomplete: 50 verdicts are missing" in done.stdout


def test_publish_writes_lm_evals_format(results: Path) -> None:
    """The scores for tools that read lm-eval's results."""
    done = ucb("publish", results / "base", "--as", "lm-eval", "--to", results / "r.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((results / "r.json").read_text())["results"]["t"]["pass@1,none"] == 0.6
    assert ucb("publish", results / "base", "--as", "parquet").returncode == 2


ANSWERS = ["    return 2\n", "    return 2\n", "    return 3\n"]


def samples_file(folder: Path, answers: list[str]) -> tuple[Path, Path]:
    """Write problems of our own, and an answer for each."""
    problems, samples = folder / "problems.jsonl", folder / "samples.jsonl"
    rows = [
        {
            "task_id": f"own/{n}",
            "prompt": "def two():\n",
            "entry_point": "two",
            "canonical_solution": "    return 2\n",
            "test": "def check(candidate):\n    assert candidate() == 2\n",
        }
        for n in range(len(answers))
    ]
    problems.write_text("".join(json.dumps(row) + "\n" for row in rows))
    told = [{"task_id": f"own/{n}", "completion": text} for n, text in enumerate(answers)]
    samples.write_text("".join(json.dumps(row) + "\n" for row in told))
    return problems, samples


@pytest.mark.bubblewrap
def test_watch_evaluates_and_gates_real_runs(tmp_path: Path) -> None:
    """Two checkpoints appear, one with half a configuration: the whole one is run and gated."""
    problems, samples = samples_file(tmp_path, ANSWERS)
    for name, config in (("step-1", "{}"), ("step-2", '{"half')):
        (tmp_path / "ckpt" / name).mkdir(parents=True)
        (tmp_path / "ckpt" / name / "config.json").write_text(config)
        (tmp_path / "ckpt" / name / "model.bin").write_bytes(b"weights")
    rules = tmp_path / "gate.toml"
    rules.write_text("[[rule]]\nminimum = 0.9\n")
    arguments = (
        "watch", tmp_path / "ckpt", "--gate", rules, "--results", tmp_path / "results",
        "--once", "--every", "0.2", "humaneval", "--data", problems, "--samples-file", samples,
        "--sandbox", "bubblewrap",
    )  # fmt: skip
    done = ucb(*arguments, cwd=tmp_path)
    assert done.returncode == 9, done.stderr
    assert "1 of 1 new checkpoints were not let through" in done.stderr
    (run,) = (tmp_path / "results").iterdir()
    assert json.loads((run / "watch.json").read_text())["exit"] == 9
    assert "❌" in (run / "gate.md").read_text()
    assert (run / "report.html").is_file()
    again = ucb(*arguments, cwd=tmp_path)
    assert again.returncode == 0, again.stderr


def test_watch_finds_a_mistake_before_any_checkpoint(tmp_path: Path) -> None:
    """Wrong settings end the watch at once, with the sentence of `ucb run`."""
    done = ucb("watch", tmp_path, "--once", "--every", "0", "humanevl")
    assert done.returncode == 2
    assert "Did you mean 'humaneval'?" in done.stderr


def with_ucb(folder: Path) -> dict[str, str]:
    """Return an environment in which `ucb` is this checkout's."""
    command = folder / "bin" / "ucb"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ucb "$@"\n')
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}"}


def bash(script: str, folder: Path, environment: dict[str, str]) -> int:
    """Run a step as GitHub's and GitLab's runners do."""
    file = folder / "step.sh"
    file.write_text(script)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", file]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, timeout=300)
    return done.returncode
