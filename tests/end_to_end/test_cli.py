"""A user's mistake is one sentence and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.commands import ucb


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ["run", "humanevl", "--model", "m"],
            2,
            "No task named 'humanevl'. Did you mean 'humaneval'?",
        ),
        (["run", "humaneval", "--backend", "hff", "--model", "m"], 2, "Did you mean 'hf'?"),
        (["run", "--model", "m"], 2, "No task given. Known: "),
        (["run", "humaneval", "--model", "m", "--k", "10"], 2, "Raise --samples or lower --k"),
        (["run", "humaneval", "--mode", "opnai"], 2, "Did you mean 'openai'?"),
        (["run", "humaneval", "--data", "none.jsonl"], 5, "There is no file none.jsonl"),
        (["run", "humaneval", "--sandbox", "vm"], 2, "'vm' is not one of"),
        (["report", "nowhere"], 6, "nowhere is not a run folder"),
        (["evaluate", "humaneval"], 2, "Give a run folder, or humaneval and --samples-file"),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path, arguments: list[str], code: int, sentence: str
) -> None:
    """What, where and what next; never a traceback."""
    done = ucb(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("results/*/*/completions.jsonl"))


def test_a_torn_samples_file_names_the_line(tmp_path: Path) -> None:
    """A line cut off in the middle is named, and nothing is scored."""
    samples = tmp_path / "samples.jsonl"
    row = json.dumps({"task_id": "HumanEval/0", "completion": "    pass\n"})
    samples.write_text(f"{row}\n{row[:-5]}")
    done = ucb("evaluate", "humaneval", "--samples-file", samples, "--out", tmp_path / "r")
    assert done.returncode == 5
    assert "line 2" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.bubblewrap
def test_missing_samples_are_refused_not_scored(tmp_path: Path) -> None:
    """A file with samples for some problems gets no score unless it is asked for."""
    samples = tmp_path / "samples.jsonl"
    row = {"task_id": "HumanEval/0", "completion": "    return False\n"}
    samples.write_text(json.dumps(row) + "\n")
    arguments = ("evaluate", "humaneval", "--samples-file", samples, "--sandbox", "bubblewrap")
    done = ucb(*arguments, "--out", tmp_path / "r", "--limit", "3")
    assert done.returncode == 7
    assert "2 of 3" in done.stderr
    assert "HumanEval/1" in done.stderr
    allowed = ucb(*arguments, "--out", tmp_path / "r", "--limit", "3", "--allow-missing")
    assert allowed.returncode == 0, allowed.stderr
    assert json.loads((tmp_path / "r/humaneval/scores.json").read_text())["missing"] == 2


@pytest.mark.bubblewrap
def test_a_run_that_differs_is_not_mixed_in(tmp_path: Path) -> None:
    """The same folder never holds two things under one score."""
    samples = tmp_path / "samples.jsonl"
    row = {"task_id": "HumanEval/0", "completion": "    return False\n"}
    samples.write_text(json.dumps(row) + "\n")
    arguments = (
        "evaluate", "humaneval", "--samples-file", samples, "--sandbox", "bubblewrap",
        "--out", tmp_path / "r", "--limit", "1",
    )  # fmt: skip
    assert ucb(*arguments).returncode == 0
    done = ucb(*arguments, "--mode", "bigcode")
    assert done.returncode == 2
    assert "--mode" in done.stderr
    assert "choose another --out" in done.stderr


def test_dry_run_asks_and_writes_nothing(tmp_path: Path) -> None:
    """The plan is printed with its first prompt; no model is loaded."""
    done = ucb("run", "humaneval", "--model", "m", "--limit", "2", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 problems x 1 samples = 2 completions" in done.stdout
    assert "has_close_elements" in done.stdout
    assert not list(tmp_path.iterdir())


def test_list_names_what_is_installed() -> None:
    """Benchmarks, backends and languages can be seen."""
    done = ucb("list")
    assert all(name in done.stdout for name in ("humaneval", "hf", "replay", "python"))


def test_help_shows_every_command_with_a_sentence() -> None:
    """`ucb --help` is a way in."""
    done = ucb("--help")
    for command in ("run", "generate", "evaluate", "report", "check", "show", "replay", "export"):
        assert f"\n  {command} " in done.stdout
