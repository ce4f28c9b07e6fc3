"""`ucb explain-score`: the same completions, as another mode would have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.commands import ucb

pytestmark = pytest.mark.bubblewrap
ENGINE = ("--sandbox", "bubblewrap", "--workers", "1")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a judged run of one problem: one sound body, and one that only a mend makes right."""
    row = {
        "task_id": "own/0",
        "prompt": 'def two():\n    """Two."""\n',
        "entry_point": "two",
        "canonical_solution": "    return 2\n",
        "test": "def check(candidate):\n    assert candidate() == 2\n",
    }
    (tmp_path / "problem.jsonl").write_text(json.dumps(row) + "\n")
    texts = ("    return 2\n", "   return 2\n")
    (tmp_path / "completions.jsonl").write_text(
        "".join(
            json.dumps({"problem": "own/0", "sample": n, "text": text}) + "\n"
            for n, text in enumerate(texts)
        )
    )
    out = tmp_path / "run"
    done = ucb(
        "evaluate", "humaneval", "--mode", "ucb", "--data", tmp_path / "problem.jsonl",
        "--samples-file", tmp_path / "completions.jsonl", "--out", out, *ENGINE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return out


def test_another_mode_is_explained(run: Path) -> None:
    """What it asks, cuts, extracts and allows, and the verdict it changes."""
    done = ucb("explain-score", run, "--mode", "openai", *ENGINE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "humaneval, mode ucb, complete style; as openai would have it:",
        "  prompts: the same",
        "  stops: the same",
        "  extraction: 1 of 2 completions give other code",
        "  limits: 3 CPU s and 1024 MiB instead of 10 CPU s and 1024 MiB",
        "  verdicts: 1 of 2 change (0 more pass, 1 fewer)",
        "    own/0 1: passed -> syntax error",
    ]


def test_every_other_mode_is_explained_as_json(run: Path) -> None:
    """Without --mode each of them; a prompt that differs asks for new completions."""
    done = ucb("explain-score", run, "--json", *ENGINE)
    assert done.returncode == 0, done.stderr
    found = {each["other"]: each for each in json.loads(done.stdout)["explained"]}
    assert set(found) == {"openai", "bigcode", "evalplus", "lm-eval"}
    assert "needs new completions" in found["bigcode"]["facts"][0]
    assert found["openai"]["changed"] == [
        {"problem": "own/0", "sample": 1, "before": "passed", "after": "syntax error"}
    ]


def test_a_run_without_verdicts_says_what_to_do(run: Path) -> None:
    """There is nothing to explain before something is judged."""
    (run / "humaneval" / "verdicts.jsonl").unlink()
    done = ucb("explain-score", run, *ENGINE)
    assert done.returncode == 2
    assert "Run `ucb evaluate" in done.stderr


def test_an_unknown_mode_is_named(run: Path) -> None:
    """A typo gets a hint."""
    done = ucb("explain-score", run, "--mode", "opnai", *ENGINE)
    assert done.returncode == 2
    assert "Did you mean 'openai'?" in done.stderr
