"""`ucb data`: every problem's own files are fetched, and a wrong name is a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from ucb import plugins
from ucb.cli import cli
from ucb.errors import DataError, UnknownName
from ucb.extract import Extraction
from ucb.task import Task
from ucb.types import Problem, Prompt, Style


class _Fake(Task):
    """Three problems, each with a file of its own."""

    version = 1
    modes = ("only",)

    def __init__(self, name: str, gone: str = "") -> None:
        super().__init__()
        self.name = name
        self.gone = gone
        self.fetched: list[str] = []

    def problems(self) -> Iterable[Problem]:
        return [Problem(name, "python", {}) for name in "abc"]

    def materialise(self, problem: Problem) -> None:
        if problem.id == self.gone:
            raise DataError(f"{problem.id} is gone.")
        self.fetched.append(problem.id)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return Prompt(problem.id, style)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        return Extraction(text)

    def reference(self, problem: Problem) -> None:
        return None

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        return {}


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Task]:
    """Two tasks of one family and one that stands alone."""
    known: dict[str, Task] = {name: _Fake(name) for name in ("real/a", "real/b", "alone")}
    known["half"] = _Fake("half", gone="b")
    monkeypatch.setattr(plugins, "tasks", lambda: known)
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path))
    (tmp_path / "file").write_bytes(b"x" * (3 << 20))
    return known


def _fetched(task: Task) -> list[str]:
    assert isinstance(task, _Fake)
    return task.fetched


def test_a_family_is_fetched_whole(tasks: dict[str, Task]) -> None:
    """All problems of all its tasks, and nothing of another."""
    result = CliRunner().invoke(cli, ["data", "real"], catch_exceptions=False)
    lines = result.stdout.splitlines()
    assert "real/a: 3 problems are here." in lines
    assert "real/b: 3 problems are here." in lines
    assert result.stdout.rstrip().endswith("holds 3 MB.")
    # The command works on a copy that shares the list.
    assert _fetched(tasks["real/a"]) == _fetched(tasks["real/b"]) == ["a", "b", "c"]
    assert _fetched(tasks["alone"]) == []


def test_only_the_first_problems_are_fetched(tasks: dict[str, Task]) -> None:
    """`--limit 2` fetches what `ucb run --limit 2` needs."""
    CliRunner().invoke(cli, ["data", "alone", "--limit", "2"], catch_exceptions=False)
    assert _fetched(tasks["alone"]) == ["a", "b"]


def test_what_cannot_be_had_is_an_error(tasks: dict[str, Task]) -> None:
    """And what was fetched before it stays."""
    result = CliRunner().invoke(cli, ["data", "half"])
    assert isinstance(result.exception, DataError)
    assert _fetched(tasks["half"]) == ["a"]


def test_an_unknown_name_is_an_error(tasks: dict[str, Task]) -> None:
    """Which lists the names there are."""
    result = CliRunner().invoke(cli, ["data", "reel"])
    assert isinstance(result.exception, UnknownName)
    assert set(tasks) == {"real/a", "real/b", "alone", "half"}
