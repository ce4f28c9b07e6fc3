"""Sources with other lines in them, and the store that projects are kept in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ucb.project import splice, store
from ucb.project.suite import Project, Suite, Target
from ucb.types import Stage, Tree


@pytest.mark.parametrize(
    ("text", "first", "last", "code", "expected"),
    [
        ("a\nb\nc\n", 2, 2, "B", "a\nB\nc\n"),
        ("a\nb\nc\n", 1, 3, "x\ny\n\n", "x\ny\n"),
        ("a\nb", 2, 2, "B", "a\nB\n"),
        ("a\r\nb\r\nc\r\n", 2, 2, "B", "a\r\nB\nc\r\n"),
        # Python's lines do not end at a form feed or at a separator of Unicode.
        ("a\x0cb\u2028c\nd\n", 2, 2, "D", "a\x0cb\u2028c\nD\n"),
    ],
)
def test_lines_are_replaced(text: str, first: int, last: int, code: str, expected: str) -> None:
    """Counted from 1 as `ast` does, and everything else stays as it is."""
    assert splice(text, first, last, code) == expected


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (1, 3)])
def test_lines_that_are_not_there_are_refused(first: int, last: int) -> None:
    """A span of another edition of the file must not change the wrong lines."""
    with pytest.raises(ValueError, match=f"lines {first} to {last} of 2"):
        splice("a\nb\n", first, last, "x")


def test_only_the_owner_enters_the_snapshots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs of another user import from the environments, and cannot look up answers."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path))
    (tmp_path / "projects" / "trees").mkdir(parents=True, mode=0o755)
    folder = store()
    assert folder == tmp_path / "projects"
    assert (folder / "trees").stat().st_mode & 0o777 == 0o700
    assert (folder / "env").stat().st_mode & 0o055 == 0o055


def test_every_step_says_what_it_sees() -> None:
    """The steps of a program may see different editions of one project."""
    suite = Suite(Project("demo-1"), {"new": ["tests/test_a.py::test_b"]})
    program = suite.program(suite.fails("new", {"a.py": "1"}), suite.passes("new", {"a.py": "2"}))
    assert [step.tree for step in program.steps] == [
        Tree("demo-1", {"a.py": "1"}),
        Tree("demo-1", {"a.py": "2"}),
    ]
    assert [step.proves for step in program.steps] == [Stage.TRIGGERED, Stage.PASSED]
    assert all(step.proof for step in program.steps)


def test_what_is_measured_must_be_said() -> None:
    """A program that could only fail must not be blamed on an answer."""
    suite = Suite(Project("demo-1"), {"new": ["tests/test_a.py"]})
    with pytest.raises(ValueError, match="without a target"):
        suite.covers("new", {})
    target = Target("f", "a.py", (1, 2), (2, 2))
    with pytest.raises(ValueError, match="without mutants"):
        replace(suite, target=target).notices("new", {})
    measured = replace(suite, target=target, mutants=("def f():\n    pass\n",))
    assert not measured.notices("new", {}).proof
    assert measured.covers("new", {}).proof
