"""`ucb new`: what it writes is formatted, typed and tested as it is, here and as a package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.end_to_end.commands import ucb
from ucb.cli import cli
from ucb.errors import ConfigError

ROOT = Path(__file__).parents[2]
LONG = "a-benchmark-with-quite-a-name"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of UCB to write into, that `python -m ucb` runs from."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "ucb", folder / "ucb", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tasks", "sandboxes"):
        (folder / name).mkdir()
        for path in (ROOT / name).iterdir():
            (folder / name / path.name).symlink_to(path)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "tests" / "unit" / "backends").mkdir(parents=True)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is in no checkout."""
    folder = tmp_path / "outside"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def make(*arguments: str) -> list[Path]:
    """Run `ucb new` and return the files that it has written."""
    done = ucb("new", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [Path(each) for each in json.loads(done.stdout)["files"]]


def python(*arguments: object, cwd: Path | None = None) -> None:
    """Run a Python tool; it must find nothing."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def judged(name: str, run: Path) -> dict[str, float]:
    """Check a benchmark, run it with right answers and wrong ones, and return its pass@1."""
    checked = ucb("check", name, "--sandbox", "bubblewrap", "--json")
    assert checked.returncode == 0, checked.stderr
    assert [each["passed"] for each in json.loads(checked.stdout)["controls"]] == [3, 0, 0]
    source = next(Path.cwd().rglob(f"*{name.replace('-', '_')}/problems.jsonl"))
    rows = [json.loads(line) for line in source.read_text().splitlines()]
    answers = [rows[0]["solution"], rows[1]["solution"], "    return None\n"]
    samples = run.with_suffix(".jsonl")
    lines = [
        {"task_id": row["id"], "completion": answer}
        for row, answer in zip(rows, answers, strict=True)
    ]
    samples.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = ucb(
        "run", name, "--samples-file", samples, "--sandbox", "bubblewrap", "--out", run, "--json"
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)["scores"][name]["pass_at"]["1"]
    return found


@pytest.mark.slow
@pytest.mark.bubblewrap
def test_what_goes_into_a_checkout_is_whole(checkout: Path, tmp_path: Path) -> None:
    """A task, a language and a backend: formatted, linted, typed, tested, checked and run."""
    made = [*make("task", LONG), *make("language", "forth"), *make("backend", "my-box")]
    project = checkout / "pyproject.toml"
    code = [path for path in made if path.suffix == ".py"]
    assert {path.relative_to(checkout).parts[0] for path in made if path != project} == {
        "tasks", "tests", "sandboxes", "ucb",
    }  # fmt: skip
    python("ruff", "format", "--check", *code)
    python("ruff", "check", *code)
    python("pytest", "-q", "-p", "no:cacheprovider", "tests/unit")
    entries = tomllib.loads(project.read_text())["project"]["entry-points"]["ucb.backends"]
    assert entries["my-box"] == "ucb.backends.my_box:MyBoxBackend"
    assert list(entries) == sorted(entries)
    assert judged(LONG, tmp_path / "run")["value"] == pytest.approx(2 / 3)
    # Beside the UCB that `make lint` has read, whose results mypy has kept; a test of a backend
    # would need the copy, and is typed as part of a package below.
    typed = [shutil.copy(path, tmp_path / path.name) for path in code if "my_box" not in path.name]
    python("mypy", *typed, cwd=ROOT)


@pytest.mark.slow
@pytest.mark.bubblewrap
@pytest.mark.parametrize("kind", ["task", "backend"])
def test_what_goes_elsewhere_is_a_package(
    kind: str,
    outside: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With its own settings for the tools, and an entry point through which UCB finds it."""
    monkeypatch.setenv("MYPY_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "mypy"))
    make(kind, "own-thing")
    folder = outside / "ucb-own-thing"
    for tool in (["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"]):
        python(*tool, cwd=folder)
    python("pytest", "-q", "-p", "no:cacheprovider", cwd=folder)
    install(folder, monkeypatch)
    if kind == "task":
        assert judged("own-thing", tmp_path / "run")["value"] == pytest.approx(2 / 3)
        return
    done = ucb(
        "run", "humaneval", "--backend", "own-thing", "--model", "echo '    return 1'",
        "--limit", "2", "--sandbox", "bubblewrap", "--out", tmp_path / "run",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2/2 judged" in done.stderr


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what an installer does with a package in place, without an index."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    about = folder / "src" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    (about / "entry_points.txt").write_text("".join(lines))
    path = [str(folder / "src"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, path)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["task", "humaneval"], "There is a task named 'humaneval' already"),
        (["backend", "openai"], "There is a backend named 'openai' already"),
        (["language", "py"], "There is a language named 'py' already"),
        (["task", "My Task"], "is no name for a task"),
        (["task", "class"], "is no name for a task"),
        (["backend", "a" * 31], "at most 30"),
        (["language", "forth"], "Clone UCB"),
    ],
)
def test_a_bad_or_taken_name_is_a_sentence(outside: Path, arguments: list[str], said: str) -> None:
    """And nothing is written."""
    done = CliRunner().invoke(cli, ["new", *arguments])
    assert isinstance(done.exception, ConfigError)
    assert said in str(done.exception)
    assert not list(outside.iterdir())


def test_nothing_is_overwritten(outside: Path) -> None:
    """A file that is there stays, and no other is written beside it."""
    (outside / "ucb-own-thing" / "tests").mkdir(parents=True)
    (outside / "ucb-own-thing" / "README.md").write_text("mine")
    done = CliRunner().invoke(cli, ["new", "task", "own-thing"])
    assert isinstance(done.exception, ConfigError)
    assert "README.md exists already" in str(done.exception)
    assert [path.name for path in outside.rglob("*") if path.is_file()] == ["README.md"]
