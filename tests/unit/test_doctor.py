"""`ucb doctor`: what is broken is found, and each problem comes with what to do."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fakes import FakeTask
from ucb import doctor, machine, plugins
from ucb.cli import cli
from ucb.errors import ConfigError, DataError, NotReady
from ucb.fetch import offline, package_file, url_file
from ucb.languages import Brought
from ucb.machine import Finding, Level
from ucb.sandbox import bubblewrap
from ucb.types import Problem


class Gone(FakeTask):
    """A benchmark whose data cannot be had without a network."""

    name = "gone"

    def problems(self) -> Iterable[Problem]:
        package_file("no-such-package", "1.0", "rows.jsonl", "00")
        return []


class Odd(FakeTask):
    """A benchmark for a toolchain that only an image has."""

    name = "odd"

    def problems(self) -> Iterable[Problem]:
        return [Problem("odd/0", "lua", {})]


class Tools(FakeTask):
    """A benchmark that needs a user's own tools, which are not here."""

    name = "tools"

    def brought(self) -> dict[str, Brought]:
        raise ConfigError("There are no tools. Bring some.")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A few benchmarks of our own, an empty cache, no keys, and no torch to be imported."""
    tasks = {task.name: task for task in (FakeTask(), Gone(), Odd(), Tools())}
    monkeypatch.setattr(plugins, "tasks", lambda: tasks)
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    for name in machine._KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(bubblewrap, "_candidates", lambda: iter(()))
    bubblewrap.find.cache_clear()
    return folder


def script(path: Path, text: str) -> None:
    """Write a command."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def findings(*tasks: str, sandbox: str = "auto") -> dict[str, list[Finding]]:
    """Return what is found, by subject."""
    wanted = doctor.Wanted([plugins.task(name) for name in tasks], sandbox)
    found: dict[str, list[Finding]] = {}
    for each in doctor.examine(wanted):
        found.setdefault(each.subject, []).append(each)
    return found


def test_every_problem_says_what_to_do(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing that works: no engine, no data, no space."""
    monkeypatch.setattr(machine, "_SPACE", dict.fromkeys(machine._SPACE, 1 << 60))
    monkeypatch.setenv("UCB_DATA_DIR", "/nowhere")
    found = [each for every in findings().values() for each in every]
    problems = [each for each in found if each.level is Level.PROBLEM]
    assert {each.subject for each in problems} >= {"bubblewrap", "sandbox", "disk", "data"}
    for each in problems:
        assert each.advice.endswith("."), each
    for each in found:
        assert not each.text.endswith("."), each


def test_nothing_that_runs_programs_is_exit_12(commands: Path) -> None:
    """The sentence names it, and the answer holds all findings."""
    done = CliRunner().invoke(cli, ["doctor"])
    assert isinstance(done.exception, NotReady)
    assert done.exception.exit_code == 12
    assert "sandbox: Neither Docker nor bubblewrap works here" in str(done.exception)
    assert "note    docker: there is no docker command" in done.stdout


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("permission denied while trying to connect to the Docker daemon", "usermod -aG docker"),
        ("Cannot connect to the Docker daemon. Is it running?", "systemctl start docker"),
    ],
)
def test_an_engine_that_does_not_answer(commands: Path, said: str, advice: str) -> None:
    """Rights and a daemon that is down are mended differently."""
    script(commands / "docker", f"echo '{said}' >&2; exit 1")
    (found,) = findings()["docker"]
    assert found.level is Level.PROBLEM
    assert said.partition(".")[0] in found.text
    assert advice in found.advice


def test_an_engine_that_bounds_nothing(commands: Path) -> None:
    """Without the memory controller a program could take the machine."""
    script(
        commands / "docker",
        'case "$1" in version) echo 99.0;; info) echo "2 false true";; *) exit 1;; esac',
    )
    found = findings()
    assert found["docker"][0].text == "Docker Engine 99.0 answers"
    assert found["docker limits"][0].level is Level.PROBLEM
    assert "bound the memory of" in found["docker limits"][0].text
    _, missing = found["images"]
    assert "lua" in missing.text.removeprefix("not built: ").split(", ")
    assert "`ucb sandbox build NAME`" in missing.advice


def test_keys_are_named_and_never_shown(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in any finding."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    done = CliRunner().invoke(cli, ["doctor"])
    assert "OPENAI_API_KEY is set" in done.stdout
    assert "HF_TOKEN is not set" in done.stdout
    assert "secret" not in done.output


@pytest.mark.bubblewrap
def test_a_machine_that_can_run_programs_is_ready() -> None:
    """Bubblewrap has run one; what a few benchmarks lack is a note."""
    done = CliRunner().invoke(cli, ["doctor", "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert told["ready"] is True
    by_subject = {each["subject"]: each for each in told["findings"]}
    how = "as root" if os.geteuid() == 0 else "as an ordinary user"
    assert by_subject["bubblewrap"]["text"].endswith(f"runs an isolated program {how}")
    gone = next(each for each in told["findings"] if each["text"].startswith("gone"))
    assert (gone["level"], gone["advice"]) == ("note", "`ucb data gone` fetches it.")


@pytest.mark.slow
@pytest.mark.bubblewrap
def test_a_task_is_ready_or_what_it_lacks_is_named() -> None:
    """Data, an image, a user's tools: each is exit 12 with a sentence; a whole task is ready."""
    whole = CliRunner().invoke(cli, ["doctor", "fake", "--sandbox", "bubblewrap"])
    assert whole.exit_code == 0, whole.output
    assert "Ready: fake." in whole.stdout
    for name, said in (
        ("gone", "its data: no-such-package 1.0 is not in the cache"),
        ("odd", "has its tools in an image"),
        ("tools", "There are no tools"),
    ):
        done = CliRunner().invoke(cli, ["doctor", name, "--sandbox", "bubblewrap"])
        assert isinstance(done.exception, NotReady), name
        assert said in str(done.exception)


def test_a_broken_plugin_is_found(commands: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it raises when it is imported."""
    (Path.cwd() / "ucb_broken.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(str(Path.cwd()))
    broken = EntryPoint("broken", "ucb_broken:TASKS", "ucb.tasks")
    wrong = EntryPoint("wrong", "math:pi", "ucb.tasks")
    known = {"ucb.tasks": [broken, wrong], "ucb.backends": []}
    monkeypatch.setattr(plugins, "entry_points", lambda group: known[group])
    found = findings()["plugins"]
    assert "ZeroDivisionError" in found[0].text
    assert "TASKS must be a list" in found[1].text


def test_offline_nothing_is_fetched(tmp_path: Path) -> None:
    """Neither a package nor a URL; outside the context they would be."""
    with offline():
        with pytest.raises(DataError, match="x 1 is not in the cache"):
            package_file("x", "1", "y", "00")
        with pytest.raises(DataError, match="is not in the cache"):
            url_file("https://example.invalid/file", ["00"])
