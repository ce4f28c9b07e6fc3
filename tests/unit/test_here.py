"""What a run records of where it was made."""

from __future__ import annotations

import platform
import subprocess

import pytest

from ucb import here


def test_the_commit_is_the_one_that_the_process_began_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A checkout that moves on during a run does not change what is recorded."""
    here.revision.cache_clear()
    commits = iter(["one", "two"])
    done = subprocess.CompletedProcess[str]
    monkeypatch.setattr(here.subprocess, "run", lambda *a, **k: done([], 0, next(commits), ""))
    monkeypatch.setattr(here.Path, "exists", lambda path: True)
    monkeypatch.setattr(here.shutil, "which", lambda name: name)
    assert [here.about()["git"], here.about()["git"]] == ["one", "one"]
    here.revision.cache_clear()


def test_the_machine_is_told() -> None:
    """What a reader must know to compare speeds."""
    assert here.about()["machine"]["python"] == platform.python_version()
