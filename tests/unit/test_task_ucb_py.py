"""UCB-Py: what is asked, what is taken of a reply, and what is run."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ucb import plugins
from ucb.errors import DataError
from ucb.mine.restore import bugs
from ucb.project import store
from ucb.task import Task
from ucb.types import Problem, Stage, Style

_FIXED = '''def area(self, scale):
    """How large it is."""
    text = """
two
"""
    return scale * self.side ** 2
'''
_BUGGY = _FIXED.replace(" ** 2", " * 2")
_SOURCE = '''"""Shapes."""

from shapes.other import measure


class Square:
    side = 1

    def area(self, scale):
        """How large it is."""
        text = """
two
"""
        return scale * self.side ** 2


def user():
    return Square().area(measure(1))
'''
_IN_CLASS = _SOURCE.partition("\n\n\n")[2].partition("\n\n\n")[0] + "\n"
_ROW: dict[str, Any] = {
    "id": "shapes/2.0/shapes/__init__.py:Square.area", "package": "shapes",
    "qualname": "Square.area", "occurrence": 0, "file": "shapes/__init__.py", "span": [9, 14],
    "old_file": "shapes/__init__.py", "old_span": [9, 14], "triggers": ["tests/test_a.py::test_b"],
    "raised": ["AssertionError"], "reaching": [], "licence": "MIT", "changelog": None,
    "old": {"version": "1.0", "file": "shapes-1.0.tar.gz", "sha256": "1" * 64, "uploaded": None},
    "new": {"version": "2.0", "file": "shapes-2.0.tar.gz", "sha256": "2" * 64,
            "uploaded": "2026-02-03T00:00:00+00:00"},
    "roots": [""], "modules": ["shapes"], "tests": ["tests"], "environment": "",
    "others": ["tests/test_a.py::test_flaky"], "passing": 3, "cpu": 1.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> ModuleType:
    """The task's own module of extraction."""
    plugins.tasks()
    import ucb_tasks.ucb_py.answers as module  # noqa: PLC0415 (known once tasks are loaded)

    return module


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    """The task over a set of one bug, whose releases are in the store already."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    texts = {"1.0": _SOURCE.replace(" ** 2", " * 2"), "2.0": _SOURCE}
    for version, text in texts.items():
        digest = version[0] * 12
        folder = store() / "trees" / f"shapes-{version}-{digest}" / "shapes"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(text)
        (folder / "other.py").write_text("def measure(x):\n    return x\n")
    # What runs tests is not fetched: nothing runs here.
    (store() / "env" / "runner").mkdir()
    path = tmp_path / "bugs.jsonl"
    path.write_text(json.dumps(_ROW) + "\n")
    return plugins.task("ucb-py/repair").configured(data=path)


@pytest.fixture
def problem(task: Task) -> Problem:
    """The set's one problem."""
    (found,) = task.problems()
    return found


def test_a_set_is_read_without_its_releases(
    task: Task, problem: Problem, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`--limit 10` fetches what ten problems need, and no more."""
    assert problem.row == _ROW
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "empty"))
    assert len(list(task.problems())) == 1


def test_a_problem_has_both_functions(task: Task, problem: Problem) -> None:
    """As they stand in the two releases, without the indentation of their class."""
    assert task.reference(problem) == _FIXED
    (text, passes) = task.known(problem)["buggy function"]
    prompt = task.prompt(problem, Style.COMPLETE)
    assert task.extract(problem, prompt, text).code == _BUGGY
    assert not passes


def test_the_fixed_function_is_nowhere_in_a_prompt(task: Task, problem: Problem) -> None:
    """Of either style; what calls it and what it needs are."""
    for style in Style:
        text = task.prompt(problem, style).text
        assert "** 2" not in text
        assert "self.side * 2" in text
        assert "return Square().area(measure(1))" in text or style is Style.COMPLETE
        assert "class Square:" in text
    assert task.prompt(problem, Style.COMPLETE).text.endswith(
        "    # Fixed:\n    def area(self, scale):\n"
    )
    assert "package shapes" in task.prompt(problem, Style.CHAT).text


def test_a_prompt_is_made_once_for_all_samples(
    task: Task, problem: Problem, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of a way to ask: another mode or template, and the other style, make their own."""
    made = []
    whole = type(task).question  # type: ignore[attr-defined]
    monkeypatch.setattr(
        type(task), "question", lambda self, each: (made.append(self.mode), whole(self, each))[1]
    )
    first = task.prompt(problem, Style.COMPLETE)
    assert task.prompt(problem, Style.COMPLETE) is first
    assert task.configured().prompt(problem, Style.COMPLETE) is first
    assert task.prompt(problem, Style.CHAT) != first
    template = tmp_path / "own.jinja"
    template.write_text("Repair {{ name }}.")
    assert task.configured(prompt=template).prompt(problem, Style.COMPLETE).text == (
        "Repair Square.area."
    )
    other = task.configured(mode="class").prompt(problem, Style.COMPLETE)
    assert task.configured(mode="class").prompt(problem, Style.COMPLETE) is other
    assert made == ["project", "project", "project", "class"]


@pytest.mark.parametrize(
    "reply",
    [
        f"Here it is:\n```python\n{_FIXED}```\nIt squares now.",
        f"```python\n{_IN_CLASS}```",
        f"```python\n{_FIXED}\n\nprint(Square().area(2))\n```",
    ],
)
def test_a_chat_gives_the_function(task: Task, problem: Problem, reply: str) -> None:
    """Alone, in its class, or with a demonstration; strings keep their lines."""
    prompt = task.prompt(problem, Style.CHAT)
    assert task.extract(problem, prompt, reply).code.rstrip() == _FIXED.rstrip()


@pytest.mark.parametrize(
    "more",
    [
        "",
        "\n\n    def other(self):\n        pass\n",
        "\nclass Circle:\n    pass\n",
        "\n    # Fixed:\n",
    ],
)
def test_a_completion_ends_with_the_function(task: Task, problem: Problem, more: str) -> None:
    """What the model goes on with is no part of it."""
    prompt = task.prompt(problem, Style.COMPLETE)
    text = '        """How large it is."""\n        return scale * self.side ** 2\n' + more
    found = task.extract(problem, prompt, text)
    assert found.code.split("\n") == [
        "def area(self, scale):",
        '    """How large it is."""',
        "    return scale * self.side ** 2",
        "",
    ]


def test_a_completion_that_is_no_python_ends_there_too(task: Task, problem: Problem) -> None:
    """The first outdented line ends it where nothing that follows makes it whole."""
    prompt = task.prompt(problem, Style.COMPLETE)
    found = task.extract(problem, prompt, "        return (scale\n\nclass Circle:\n    pass\n")
    assert found.code == "def area(self, scale):\n    return (scale\n"


def test_a_reply_without_code_has_none(task: Task, problem: Problem) -> None:
    """Nothing is put into the file then."""
    for style, text in ((Style.CHAT, "I cannot."), (Style.COMPLETE, "\n\n")):
        assert task.extract(problem, task.prompt(problem, style), text).code == ""


def test_a_program_imports_triggers_and_runs_all(task: Task, problem: Problem) -> None:
    """Each step sees the new release with the answer in the function's place."""
    program = task.program(problem, _BUGGY)
    assert [step.proves for step in program.steps] == [
        Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED,
    ]  # fmt: skip
    for step in program.steps:
        assert step.tree is not None
        assert step.tree.name == "shapes-2.0-222222222222"
        assert step.tree.files == {"shapes/__init__.py": _SOURCE.replace(" ** 2", " * 2")}
    suite = json.loads(program.files["suite.json"])
    assert suite["groups"] == {"triggers": ["tests/test_a.py::test_b"]}
    assert suite["modules"] == ["shapes"]
    assert (suite["passing"], suite["others"]) == (3, ["tests/test_a.py::test_flaky"])


def test_scores_can_be_split_by_package_and_year(task: Task, problem: Problem) -> None:
    """A bug fixed after a model's training data ended says more than an old one."""
    groups = task.groups(problem)
    assert groups == {"package": "shapes", "fixed in": "2026"}


@pytest.mark.parametrize("by", [4, 8])
def test_code_moves_and_its_strings_do_not(answers: ModuleType, by: int) -> None:
    """Indenting and back is where it was, and what a string holds is the same all the while."""
    moved = answers.shifted(_FIXED, by)
    assert moved.startswith(" " * by + "def area")
    assert '"""\ntwo\n"""' in moved
    assert answers.shifted(moved, -by) == _FIXED


@pytest.mark.parametrize(
    ("function", "header"),
    [
        (
            "@cached\ndef f(\n    x,  # One: 1.\n    y=1,\n) -> int:\n    # Why.\n    return x\n",
            "@cached\ndef f(\n    x,  # One: 1.\n    y=1,\n) -> int:",
        ),
        ("async def f(x):\n    pass\n", "async def f(x):"),
        ("def f(x): return x\n", "def f(x): return x"),
    ],
)
def test_a_header_ends_before_the_body(answers: ModuleType, function: str, header: str) -> None:
    """Decorators and all lines of the signature, no comment of the body."""
    assert answers.header(function) == header


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{}", "line 2, is no mined bug: it lacks id"),
        ("{", "line 2, is no mined bug: it lacks the form of a row"),
        (json.dumps({**_ROW, "span": None} | {"x": 1}).replace('"span": null, ', ""), "lacks span"),
    ],
)
def test_a_line_that_is_no_bug_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    """What, where; and a missing file too."""
    path = tmp_path / "bugs.jsonl"
    path.write_text(f"{json.dumps(_ROW)}\n{line}\n")
    with pytest.raises(DataError, match=sentence):
        list(bugs(path))
    with pytest.raises(DataError, match="cannot be read"):
        list(bugs(tmp_path / "none.jsonl"))
