"""UCB-Py's tasks of writing tests: what is asked, what is taken of a reply, what is run."""

from __future__ import annotations

import ast
import json
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb import plugins
from ucb.extract import Rule
from ucb.project import measures, store
from ucb.task import Task
from ucb.types import Problem, Prompt, Stage, Style

_SOURCE = '''"""Shapes."""

from shapes.other import measure


class Square:
    side = 1

    def area(self, scale):
        """How large it is."""
        if scale < 0:
            raise ValueError(scale)
        return scale * self.side ** 2


def user():
    return Square().area(measure(1))
'''
_TESTS = "from shapes import Square\n\n\ndef test_area():\n    assert Square().area(2) == 2\n"
_ROW: dict[str, Any] = {
    "id": "shapes/2.0/src/shapes/__init__.py:Square.area", "package": "shapes",
    "qualname": "Square.area", "occurrence": 0, "file": "src/shapes/__init__.py", "span": [9, 13],
    "triggers": ["tests/test_a.py::test_area"],
    "reaching": ["tests/test_a.py::test_area", "tests/test_b.py::test_user"],
    "licence": "MIT", "lines": 3, "branching": True,
    "new": {"version": "2.0", "file": "shapes-2.0.tar.gz", "sha256": "2" * 64,
            "uploaded": "2026-02-03T00:00:00+00:00"},
    "roots": ["src"], "modules": ["shapes"], "tests": ["tests"], "environment": "",
    "others": [], "passing": 3, "cpu": 1.5,
}  # fmt: skip
_BUG = {
    **_ROW, "old_file": _ROW["file"], "old_span": [9, 11], "changelog": None,
    "old": {**_ROW["new"], "version": "1.0", "sha256": "1" * 64},
    "raised": ["TypeError", "ImportError", "SystemExit"],
    "report": "A square's area may be negative.\nIt should be a ScaleError, no SyntaxError.",
}  # fmt: skip
_BEGUN = "import pytest\n\nfrom shapes import Square\n\n\ndef test_"
_BUGGY = _SOURCE.replace("        if scale < 0:\n            raise ValueError(scale)\n", "")


@pytest.fixture(scope="module")
def files() -> ModuleType:
    """The tasks' own module of test files."""
    plugins.tasks()
    import ucb_tasks.ucb_py.testfiles as module  # noqa: PLC0415 (known once tasks are loaded)

    return module


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set of one function and one of two bugs, whose releases are in the store already."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    # Nothing is run here, so that nothing need be fetched that runs it.
    (store() / "env" / "runner").mkdir()
    for version, source in (("1.0", _BUGGY), ("2.0", _SOURCE)):
        folder = store() / "trees" / f"shapes-{version}-{version[0] * 12}"
        (folder / "src" / "shapes").mkdir(parents=True)
        (folder / "tests").mkdir()
        (folder / "src" / "shapes" / "__init__.py").write_text(source)
        (folder / "src" / "shapes" / "other.py").write_text("def measure(x):\n    return x\n")
        (folder / "tests" / "test_a.py").write_text(_TESTS)
    (tmp_path / "functions.jsonl").write_text(json.dumps(_ROW) + "\n")
    rows = [_BUG, {**_BUG, "report": ""}]
    (tmp_path / "bugs.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return tmp_path


@pytest.fixture
def testgen(sets: Path) -> Task:
    """The task of writing tests for a function."""
    return plugins.task("ucb-py/testgen").configured(data=sets / "functions.jsonl")


@pytest.fixture
def issue(sets: Path) -> Task:
    """The task of writing a test from a report."""
    return plugins.task("ucb-py/issue_testgen").configured(data=sets / "bugs.jsonl")


def _only(task: Task) -> Problem:
    (problem,) = task.problems()
    return problem


def test_only_bugs_with_a_report_are_asked_about(issue: Task) -> None:
    """There is nothing to write a test from otherwise."""
    assert _only(issue).row["report"] == _BUG["report"]


@pytest.mark.parametrize("style", list(Style))
def test_a_prompt_shows_the_function_and_no_test_of_it(testgen: Task, style: Style) -> None:
    """Where it stands, and how a test file imports it."""
    text = testgen.prompt(_only(testgen), style).text
    assert "return scale * self.side ** 2" in text
    assert "return Square().area(measure(1))" in text
    assert "src/shapes/__init__.py" in text
    assert "test_area" not in text
    if style is Style.CHAT:
        assert "`shapes`" in text
    else:
        assert text.endswith(f"# tests/test_ucb_answer.py\n\n{_BEGUN}")
        ast.parse(f"{text}answer(): pass\n")


@pytest.mark.parametrize("style", list(Style))
def test_a_report_is_asked_about_with_the_bug(issue: Task, style: Style) -> None:
    """Every line of it, and nothing of the fix."""
    text = issue.prompt(_only(issue), style).text
    mark = ">" if style is Style.CHAT else "#"
    assert "".join(f"{mark} {line}\n" for line in _BUG["report"].split("\n")) in text
    assert "raise ValueError(scale)" not in text
    assert "return scale * self.side ** 2" in text
    assert "test_area" not in text
    if style is Style.COMPLETE:
        assert text.endswith(_BEGUN)
        ast.parse(f"{text}answer(): pass\n")


def test_a_chat_gives_its_whole_file(testgen: Task) -> None:
    """With what a test file has and a solution has not: asserts, and no function of a name."""
    prompt = testgen.prompt(_only(testgen), Style.CHAT)
    reply = f"Sure:\n\n```python\n{_TESTS}```\n\nRun it with:\n\n```sh\npytest\n```\n"
    assert testgen.extract(_only(testgen), prompt, reply).code == _TESTS
    assert testgen.extract(_only(testgen), prompt, "I cannot.").code == ""


_ONE = "one():\n    assert Square().area(1) == 1\n"
_TWO = '\n\n@pytest.mark.slow\ndef test_two():\n    x = """\n# text\n"""\n    assert x\n'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (_ONE, _ONE),
        (_ONE + _TWO, _ONE + _TWO),
        (_ONE + _TWO + "\n\nNow we run it:\n", _ONE + _TWO + "\n"),
        (_ONE + "```\n", _ONE),
        (_ONE + _TWO.partition("\n# text")[0], _ONE + "\n"),
        (_ONE + _TWO + "    assert (", _ONE + "\n"),
        ("one():\n    x = 1\n    assert (x", "one():\n    x = 1"),
    ],
)
def test_a_completion_ends_where_python_does(testgen: Task, text: str, kept: str) -> None:
    """Of a test that is cut off nothing stays, but of the first."""
    prompt = testgen.prompt(_only(testgen), Style.COMPLETE)
    found = testgen.extract(_only(testgen), prompt, text)
    assert found.code.rstrip() == (_BEGUN + kept).rstrip()
    assert found.rules == (() if text == kept else (Rule.CUT,))


def test_a_completion_of_nothing_has_no_code(testgen: Task) -> None:
    """The header that the prompt gave is not the model's."""
    prompt = testgen.prompt(_only(testgen), Style.COMPLETE)
    assert testgen.extract(_only(testgen), prompt, " \n").code == ""


@given(st.text(max_size=80), st.text(alphabet="(){}[]'\"\\:#=+ \n\tdefassertx1@", max_size=80))
def test_what_is_taken_of_a_completion_is_python(files: ModuleType, one: str, two: str) -> None:
    """Whatever the text; and all of it where it is Python."""
    prompt = Prompt(_BEGUN, Style.COMPLETE)
    for text in (one, two, _ONE + two):
        code = files.of_reply(prompt, text, _BEGUN).code
        assert (_BEGUN + text).startswith(code)
        assert _is_python(code)
        if text.strip() and _is_python(_BEGUN + text):
            assert code == _BEGUN + text


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


def test_tests_run_on_the_release_and_are_measured(testgen: Task) -> None:
    """What decides comes first; every step lacks the project's own tests of the function."""
    program = testgen.program(_only(testgen), _TESTS)
    assert [step.argv[2:] for step in program.steps] == [
        ("collect", "answer"), ("cover", "answer"), ("notice", "answer"),
    ]  # fmt: skip
    assert [step.proof for step in program.steps] == [True, True, False]
    for step in program.steps:
        assert step.tree is not None
        assert step.tree.files["tests/test_ucb_answer.py"] == _TESTS
        assert {file for file, text in step.tree.files.items() if "left out" in text} == {
            "tests/test_a.py", "tests/test_b.py",
        }  # fmt: skip
    suite = json.loads(program.files["suite.json"])
    assert suite["target"]["body"] == [11, 13]
    assert suite["mutants"]["span"] == [9, 13]
    assert len(suite["mutants"]["texts"]) == 8
    assert all(text.startswith("    def area(self") for text in suite["mutants"]["texts"])
    assert set(program.collect) == {"coverage.json", "mutants.json"}


def test_a_function_without_branches_has_no_branch_coverage(testgen: Task) -> None:
    """Its problems are in no mean of it."""
    problem = _only(testgen)
    assert set(testgen.measured(problem)) == set(testgen.measures)
    straight = Problem(problem.id, problem.language, {**problem.row, "branching": False})
    assert measures.BRANCHES not in testgen.measured(straight)


def test_a_test_runs_with_the_bug_and_without(issue: Task) -> None:
    """Only the function differs, and what the report or the triggers name may be raised."""
    program = issue.program(_only(issue), _TESTS)
    assert [(step.argv[2], step.proves) for step in program.steps] == [
        ("collect", Stage.COMPILED), ("fail", Stage.TRIGGERED), ("cover", Stage.PASSED),
    ]  # fmt: skip
    fixed, buggy, again = (dict(step.tree.files) for step in program.steps if step.tree)
    assert fixed == again
    assert "raise ValueError(scale)" not in buggy.pop(_BUG["file"])
    assert buggy == fixed
    assert json.loads(program.files["suite.json"])["expected"] == [
        "ScaleError", "SystemExit", "TypeError",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("buggy", "fixed", "expected"),
    [
        ("def f():\n    a()\n    b()\n", "def f():\n    a()\n    c()\n    b()\n", {12}),
        ("def f():\n    a(\n        1,\n    )\n", "def f():\n    a(\n        2,\n    )\n", {11}),
        ("def f():\n    a()\n    b()\n    c()\n", "def f():\n    a()\n    c()\n", {11, 12}),
        (
            "def f():\n    if x:\n        a()\n",
            "def f():\n    if y:\n        a()\n    else:\n        b()\n",
            {11, 14},
        ),
        (
            "def f():\n    a()\n",
            "def f():\n    # Why.\n    try:\n        a()\n    except E:\n        pass\n",
            {12, 13, 14, 15},
        ),
    ],
)  # fmt: skip
def test_a_fix_is_the_statements_that_differ(
    files: ModuleType, buggy: str, fixed: str, expected: set[int]
) -> None:
    """By their first lines, in the file; where nothing is put in, those around the gap."""
    from ucb_tasks.ucb_py.releases import Texts  # noqa: PLC0415 (known once tasks are loaded)

    texts = Texts("", "", 0, fixed, buggy)
    assert files.fixed_lines({"span": [10, 20]}, texts) == expected


def test_scores_can_be_split_by_package_and_date(testgen: Task, issue: Task) -> None:
    """What is newer than a model's training data says more."""
    for task, word in ((testgen, "released in"), (issue, "fixed in")):
        assert task.groups(_only(task)) == {"package": "shapes", word: "2026"}
        assert task.date(_only(task)) == "2026-02-03"


def test_the_reference_is_the_projects_own(testgen: Task, issue: Task) -> None:
    """One file of them; none where they are not in a file of Python."""
    assert testgen.reference(_only(testgen)) == _TESTS
    assert issue.reference(_only(issue)) == _TESTS
    problem = _only(testgen)
    inherited = ["tests/test_b.py::T::test_area", "tests/test_b.py::test_x"]
    for triggers, expected in (
        (["README.rst::README.rst"], None),
        ([*inherited, *problem.row["triggers"]], _TESTS),
    ):
        row = {**problem.row, "triggers": triggers}
        assert testgen.reference(Problem(problem.id, problem.language, row)) == expected
