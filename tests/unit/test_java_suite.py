"""Programs over Java projects, and how a project comes into the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.errors import DataError
from ucb.languages import language
from ucb.project import TREES, store
from ucb.project.java.suite import TOOLCHAIN, Project, Suite, Target, prepare
from ucb.types import NONCE, Limits, Stage, Tree

_SOURCE = "src/main/java/demo/Demo.java"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))


def _project(root: Path, text: str = "package demo;\n") -> Path:
    for path in (_SOURCE, "src/test/java/demo/DemoTest.java", "bugs/one.toml"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_a_tree_is_named_after_its_files(tmp_path: Path) -> None:
    """The same files have the same name; a letter more, or a file moved, another."""
    names = {prepare(_project(tmp_path / "a"), "demo"), prepare(_project(tmp_path / "b"), "demo")}
    assert len(names) == 1
    names.add(prepare(_project(tmp_path / "c", "package demo; \n"), "demo"))
    moved = _project(tmp_path / "d")
    (moved / _SOURCE).rename((moved / _SOURCE).with_name("Other.java"))
    names.add(prepare(moved, "demo"))
    assert len(names) == 3
    assert all(name.startswith("demo-") for name in names)


def test_only_sources_are_stored(tmp_path: Path) -> None:
    """What says where the bugs are stays where it is."""
    folder = store() / TREES / prepare(_project(tmp_path), "demo")
    assert (folder / _SOURCE).read_text() == "package demo;\n"
    assert [path.name for path in folder.iterdir()] == ["src"]


def test_a_folder_without_sources_is_no_project(tmp_path: Path) -> None:
    """The sentence names the folder and what it lacks."""
    with pytest.raises(DataError, match="has no Java sources in src/main/java"):
        prepare(tmp_path, "demo")


def test_a_program_says_what_its_tests_are() -> None:
    """One line for each group's test, each other and expected name, and the target."""
    suite = Suite(
        Project("demo-1"),
        {"new": ["demo.ATest", "demo.BTest#b"], "none": []},
        others=("demo.ATest#x",),
        passing=7,
        expected=("IOException",),
        target=Target("Demo.f", _SOURCE, (3, 9)),
    )
    files = suite.program(suite.compiles({})).files
    assert files["proof"] == NONCE
    assert files["suite.txt"].splitlines() == [
        "passing\t7",
        "group\tnew\tdemo.ATest",
        "group\tnew\tdemo.BTest#b",
        "other\tdemo.ATest#x",
        "expected\tIOException",
        f"target\tDemo.f\t{_SOURCE}\t3\t9",
    ]


def test_every_step_sees_its_own_edition() -> None:
    """Compiling needs no proof, as nobody's code runs; tests do."""
    suite = Suite(Project("demo-1"), {"new": ["demo.ATest"]})
    limits = Limits(cpu=7)
    compiles = suite.compiles({"a": "1"})
    fails = suite.fails("new", {"a": "2"}, limits=limits)
    every = suite.passes_all({})
    assert compiles.argv == language(TOOLCHAIN).modes["run"].check
    assert (compiles.proves, compiles.proof) == (Stage.COMPILED, False)
    assert compiles.tree == Tree("demo-1", {"a": "1"})
    assert fails.argv[-2:] == ("fail", "new")
    assert (fails.proves, fails.proof, fails.limits) == (Stage.TRIGGERED, True, limits)
    assert every.argv[-1] == "all"
    assert (every.proves, every.proof) == (Stage.PASSED, True)


def test_the_compiler_serves_what_a_suite_asks() -> None:
    """Whole compilations by their command, and classes to whatever runs tests; not in `plain`."""
    compiler = language(TOOLCHAIN).compiler
    assert compiler is not None
    runs = compiler.runs[0]
    for mode, served in (("run", True), ("plain", False)):
        suite = Suite(Project("demo-1"), {"new": ["demo.ATest"]}, mode=mode)
        assert (suite.compiles({}).argv in compiler.serves) is served
        assert (suite.passes("new", {}).argv[: len(runs)] == runs) is served
        assert (suite.report({}).steps[0].argv[: len(runs)] == runs) is served


def test_coverage_needs_a_target() -> None:
    """Of nothing, no lines are covered."""
    with pytest.raises(ValueError, match="target"):
        Suite(Project("demo-1"), {"new": []}).covers("new", {})
