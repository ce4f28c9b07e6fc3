"""The place of another test file in a project, and the project's own tests as one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.project import own_tests

_FILE = """import pytest
from . import helper


@pytest.fixture
def one():
    return 1


@pytest.mark.parametrize("x", [
    1,
])
def test_a(x):
    assert x


class TestB:
    \"\"\"Of b.\"\"\"

    def setup_method(self):
        self.x = 1

    def test_b(self):
        assert self.x

    async def test_c(self):
        assert self.x


if True:
    def test_d():
        pass
"""


def test_the_file_with_most_tests_comes_first() -> None:
    """Then by name."""
    names = ["t/b.py::test_1", "t/a.py::test_1", "u/c.py::T::test_1", "u/c.py::T::test_2[a::b]"]
    assert own_tests.files_of(names) == ["u/c.py", "t/a.py", "t/b.py"]
    assert own_tests.files_of([]) == []


@pytest.mark.parametrize(
    ("near", "tests", "expected"),
    [
        ("tests/a/test_x.py", ["tests"], "tests/a/test_ucb_answer.py"),
        ("", ["tests"], "tests/test_ucb_answer.py"),
        ("", ["pkg/test_all.py", "tests"], "pkg/test_ucb_answer.py"),
        ("", ["test_all.py"], "test_ucb_answer.py"),
        ("", [], "test_ucb_answer.py"),
        ("", ["taken"], "taken/test_ucb_answer_2.py"),
    ],
)
def test_an_answer_stands_beside_the_tests_near_it(
    tmp_path: Path, near: str, tests: list[str], expected: str
) -> None:
    """Or where the project's tests begin, under a name that is free."""
    for file in ("tests/a/test_x.py", "pkg/test_all.py", "test_all.py", "taken/test_ucb_answer.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    assert own_tests.place(tmp_path, near, tests) == expected


def test_files_of_tests_are_blanked(tmp_path: Path) -> None:
    """Each once, what is no test stays, for others import it; one that must stay does."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t/test_a.py").write_text(_FILE)
    (tmp_path / "u.py").write_text("def test(:\n")
    names = [
        "t/test_a.py::test_1",
        "t/test_a.py::test_2[x::y]",
        "u.py::test",
        "v.py::test",
        "w.txt",
    ]
    blanked = own_tests.blanked(tmp_path, names, {"v.py"})
    assert list(blanked) == ["t/test_a.py", "u.py", "w.txt"]
    assert all(compile(text, "", "exec") for text in blanked.values())
    assert "def one():" in blanked["t/test_a.py"]
    assert "def test" not in blanked["t/test_a.py"]
    assert blanked["u.py"] == blanked["w.txt"] == own_tests.LEFT_OUT


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["f.py::test_a[1]"], {"test_a"}),
        (["f.py::TestB::test_b", "f.py::test_d"], {"test_b", "test_d"}),
        (["f.py::TestOfB::test_c[a::b]"], {"test_c"}),
    ],
)
def test_only_some_tests_of_a_file_stay(names: list[str], kept: set[str]) -> None:
    """With imports, fixtures and what sets them up; a class of none is still a class."""
    text = own_tests.only(_FILE, names)
    assert text is not None
    compile(text, "f.py", "exec")
    assert {
        name for name in ("test_a", "test_b", "test_c", "test_d") if f"def {name}(" in text
    } == kept
    for part in ("from . import helper", "def one():", "class TestB:", "def setup_method(self):"):
        assert part in text
    assert ("parametrize" in text) is ("test_a" in kept)


def test_a_fixture_is_no_test_whatever_it_is_called() -> None:
    """Pytest goes by its decorator; a mark that uses fixtures makes none."""
    text = own_tests.only(
        "@pytest.fixture\ndef test_env(): return 1\n"
        "@fixture(scope='module')\ndef test_other(): return 1\n"
        "@pytest.mark.usefixtures('one')\ndef test_a(): pass\n"
        "def test_b(test_env): pass\n",
        ["f.py::test_b"],
    )
    assert text is not None
    assert [name for name in ("env", "other", "a", "b") if f"def test_{name}(" in text] == [
        "env",
        "other",
        "b",
    ]


def test_a_test_that_is_never_kept_is_not() -> None:
    """Even if some of its cases are wanted: they come together."""
    text = own_tests.only(_FILE, ["f.py::test_a[1]", "f.py::test_d"], ["f.py::test_a[2]"])
    assert text is not None
    assert "def test_a(" not in text
    assert own_tests.only(_FILE, ["f.py::test_a[1]"], ["f.py::test_a[2]"]) is None


@pytest.mark.parametrize(
    ("text", "names"), [("def test_a(:\n", ["f.py::test_a"]), (_FILE, ["f.py::test_e"]), ("", [])]
)
def test_a_file_without_these_tests_gives_none(text: str, names: list[str]) -> None:
    """Or one that is not Python."""
    assert own_tests.only(text, names) is None


def test_a_class_does_not_get_back_what_it_overrides() -> None:
    """A test that is left out is not replaced by one of the same name that is inherited."""
    text = own_tests.only(
        "class Base:\n    def test_a(self): assert False\n"
        "class TestB(Base):\n    def test_a(self): pass\n    def test_b(self): pass\n",
        ["f.py::TestB::test_b"],
    )
    assert text is not None
    names: dict[str, type] = {}
    exec(text, names)
    assert names["TestB"].__dict__["test_a"] is None
    assert names["Base"].__dict__["test_a"] is None


def test_a_file_that_inherits_a_test_that_is_never_kept_is_none() -> None:
    """Another file has it, from which it cannot be taken."""
    names = ["f.py::TestB::test_b"]
    text = "from g import Base\n\nclass TestB(Base):\n    def test_b(self): pass\n"
    assert own_tests.only(text, names) is not None
    assert own_tests.only(text, names, ["f.py::TestB::test_a"]) is None
