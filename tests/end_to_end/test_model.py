"""The main job with a real model, on a few problems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.commands import ucb

pytest.importorskip("torch", reason="the hf extra is not installed: pip install 'ucb[hf]'")

RUN = (
    "run", "humaneval", "--model", "smollm2-135m", "--style", "chat",
    "--sandbox", "bubblewrap", "--max-tokens", "48",
)  # fmt: skip


@pytest.mark.model
@pytest.mark.bubblewrap
def test_a_real_model_is_measured_and_a_second_run_asks_nothing(tmp_path: Path) -> None:
    """From prompts to scores and a report; running again loads no model."""
    out = tmp_path / "run"
    done = ucb(*RUN, "--limit", "4", "--out", out)
    assert done.returncode == 0, done.stderr
    about = json.loads((out / "run.json").read_text())
    assert about["model"]["sha256"].startswith("b179c952")
    assert about["generation"]["tokens_per_second"] > 0
    assert about["generation"]["peak_memory_mib"] > 0
    scores = json.loads((out / "humaneval" / "scores.json").read_text())
    assert scores["expected"] == scores["present"] == 4
    assert scores["generation"] == about["generation"]
    rows = [
        json.loads(r) for r in (out / "humaneval" / "completions.jsonl").read_text().splitlines()
    ]
    assert all(0 < row["tokens_out"] <= 48 and row["seconds"] > 0 for row in rows)
    assert (out / "report.html").stat().st_size > 1000

    again = ucb(*RUN, "--limit", "4", "--out", out)
    assert again.returncode == 0, again.stderr
    assert "Loading" not in again.stderr
    assert "4/4 judged" in again.stderr


@pytest.mark.model
@pytest.mark.bubblewrap
def test_a_run_in_two_parts_is_the_run_in_one(tmp_path: Path) -> None:
    """Samples do not depend on what they were generated together with."""
    sampling = ("--samples", "2", "--temperature", "0.8", "--seed", "7")
    for part in (("--limit", "2"), ("--limit", "3")):
        done = ucb(*RUN, *sampling, *part, "--out", tmp_path / "parts")
        assert done.returncode == 0, done.stderr
    done = ucb(*RUN, *sampling, "--limit", "3", "--out", tmp_path / "whole")
    assert done.returncode == 0, done.stderr
    texts = []
    for name in ("parts", "whole"):
        rows = (tmp_path / name / "humaneval" / "completions.jsonl").read_text().splitlines()
        texts.append({(r["problem"], r["sample"]): r["text"] for r in map(json.loads, rows)})
    assert texts[0] == texts[1]
    assert len(texts[0]) == 6
