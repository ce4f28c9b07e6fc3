"""What a shell completes: in a real bash, and through click's protocol for the others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from tests.results import solved, write_run
from ucb.cli import cli

BASH = """
eval "$(ucb completion bash)"
COMP_WORDS=(ucb {words}) COMP_CWORD={place}
_ucb_completion ucb
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, and a command `ucb` on the PATH."""
    command = tmp_path / "bin" / "ucb"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m ucb "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two runs in `results/` and one elsewhere."""
    for name in ("results/good", "results/gone", "elsewhere/other"):
        write_run(tmp_path / name, {"humaneval": solved(1, 2)})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def complete(*words: str) -> list[str]:
    """Return what completes the last of the words, without its descriptions."""
    *before, begun = words
    items = ShellComplete(cli, {}, "ucb", "_UCB_COMPLETE").get_completions(before, begun)
    return [item.value if item.type == "plain" else f"({item.type})" for item in items]


@pytest.mark.slow
def test_bash_completes_with_the_script_as_printed(on_path: Path) -> None:
    """Commands, flags and names of tasks, in a bash that has sourced it."""
    for words, wanted in (
        ("exp", ["explain-score", "export"]),
        ("check humaneval-p", ["humaneval-plus"]),
    ):
        script = BASH.format(words=words, place=len(words.split()))
        done = subprocess.run(
            ["bash", "--norc", "-c", script], capture_output=True, text=True, check=True
        )
        assert sorted(done.stdout.split()) == wanted, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shell", "cword", "found"),
    [
        ("zsh", "1", "plain\nexport\nWrite samples"),
        ("fish", "expo", "plain\nexport\nWrite samples"),
    ],
)
def test_other_shells_get_their_answer(shell: str, cword: str, found: str) -> None:
    """As their scripts ask for it."""
    asked = {"_UCB_COMPLETE": f"{shell}_complete", "COMP_WORDS": "ucb expo", "COMP_CWORD": cword}
    done = subprocess.run(
        [sys.executable, "-m", "ucb"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found in done.stdout.replace("\t", "\n").replace(",", "\n")


def test_tasks_begin_with_families() -> None:
    """96 names at once help nobody; behind the slash come the members."""
    first = complete("run", "")
    assert {"humaneval", "multipl-e", "ucb-py"} <= set(first)
    assert not any("/" in name for name in first)
    assert complete("run", "ucb-py/re") == ["ucb-py/repair"]
    assert "ucb-py/repair" in complete("run", "humaneval", "ucb-py")


def test_runs_their_tasks_and_their_problems(results: Path) -> None:
    """Those in `results/` first, others by their path; folders where there is none."""
    assert complete("show", "") == ["results/gone", "results/good"]
    assert complete("show", "results/goo") == ["results/good"]
    assert complete("report", "elsewhere/") == ["elsewhere/other"]
    assert complete("compare", "results/good", "no") == ["(dir)"]
    assert complete("show", "results/good", "") == ["humaneval"]
    assert complete("show", "results/good", "humaneval", "p/") == ["p/0", "p/1"]
    assert complete("show", "nowhere", "") == []
    assert complete("evaluate", "results/good") == ["results/good"]


def test_values_of_flags() -> None:
    """Models, backends, sandboxes, parity modes of the task on the line; files where they fit."""
    assert complete("run", "humaneval", "--model", "smol") == ["smollm2-135m"]
    assert complete("run", "humaneval", "--model", "./ch") == ["(file)"]
    assert complete("run", "humaneval", "--backend", "o") == ["openai"]
    assert complete("run", "humaneval", "--sandbox", "b") == ["bubblewrap"]
    assert complete("run", "mbpp", "--mode", "g") == ["google"]
    assert complete("run", "humaneval", "--data", "x") == ["(file)"]
    assert complete("sandbox", "build", "py") == ["python", "python-projects"]
    assert complete("completion", "") == ["bash", "zsh", "fish"]
    assert "--json" in complete("run", "--js")
