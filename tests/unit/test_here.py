"""What a run records of where it was made."""

from __future__ import annotations

import os
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


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process")
def test_the_cpus_of_a_job_are_those_it_was_given() -> None:
    """A job of one CPU on a large machine must not open a room for each of the machine's."""
    given = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(given)})
    try:
        assert here.cores() == 1
    finally:
        os.sched_setaffinity(0, given)
    assert here.cores() == len(given)
