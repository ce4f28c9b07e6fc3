"""CodeUJB from published rows to scores, judged by the `defects4j` that the user names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import codeujb_rows
from tests.contract import defects4j, sandboxes
from tests.end_to_end.commands import ucb


@pytest.fixture(params=sandboxes.ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine that can have the stub."""
    name: str = request.param
    return name


def _arguments(engine: str, tmp_path: Path, patch: pytest.MonkeyPatch) -> list[object]:
    """Return what every run says: the rows, the stub and the engine."""
    patch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    named = defects4j.named(engine, patch)
    data = codeujb_rows.write(tmp_path / "rows")
    return ["--data", data, "--defects4j", named, "--sandbox", engine]


def _answered(path: Path, answers: list[tuple[str, str]]) -> Path:
    rows = [json.dumps({"problem": task, "sample": 0, "text": text}) for task, text in answers]
    path.write_text("\n".join(rows) + "\n")
    return path


def _verdicts(run: Path, task: str) -> dict[str, dict[str, Any]]:
    (path,) = run.rglob(f"*{task}*/verdicts.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {row["problem"]: row for row in rows}


def test_repairs_are_judged(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The right one passes all tests, and the buggy one triggers the bug."""
    arguments = _arguments(engine, tmp_path, monkeypatch)
    first, second = codeujb_rows.rows("repair")
    answers = [(first["task_id"], first["fix"]), (second["task_id"], second["function"])]
    samples = _answered(tmp_path / "completions.jsonl", answers)
    out = tmp_path / "run"
    done = ucb("evaluate", "codeujb/repair", "--samples-file", samples, "--out", out, *arguments)
    assert done.returncode == 0, done.stderr
    found = _verdicts(out, "repair")
    assert found[first["task_id"]]["reason"] == "passed"
    assert found[second["task_id"]]["reason"] == "wrong answer"
    about = json.loads((out / "run.json").read_text())
    assert about["sandbox"]["tools defects4j"].startswith("v2.0.1")
    assert about["config"]["defects4j"]


@pytest.mark.parametrize("task", ["complete", "testgen", "testgenissue", "repair"])
def test_controls_get_the_verdicts_they_must(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    """What is right passes, the bug and an early exit do not, in both rounds."""
    arguments = _arguments(engine, tmp_path, monkeypatch)
    done = ucb("check", f"codeujb/{task}", "--rounds", 1, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_installation_that_is_missing_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What, where and what next, before anything is asked of a model."""
    data = codeujb_rows.write(tmp_path / "rows")
    done = ucb("check", "codeujb/repair", "--data", data, "--defects4j", tmp_path / "nowhere")
    assert done.returncode == 2, done.stderr
    assert "no such file or folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.bubblewrap
def test_mined_rows_are_rows_of_the_benchmark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `ucb mine --defects4j` writes is what `--data` reads, and its controls hold."""
    sandboxes.require("bubblewrap")
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    named = defects4j.named("bubblewrap", monkeypatch)
    out = tmp_path / "mined"
    done = ucb("mine", "--defects4j", named, "--functions", 2, "--out", out, "Till")
    assert done.returncode == 0, done.stderr
    assert "6 bugs. Rows: complete 3, testgen 1, defectdetection 8, repair 4." in done.stdout
    for task in ("complete", "testgen", "repair"):
        done = ucb("check", f"codeujb/{task}", "--data", out, "--defects4j", named)
        assert done.returncode == 0, done.stdout + done.stderr
