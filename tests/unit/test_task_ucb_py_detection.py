"""Defect detection: what is shown of two versions of a function, and what is read of a reply."""

from __future__ import annotations

import ast
import importlib
import io
import json
import math
import re
import tokenize
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ucb
from ucb import plugins
from ucb.extract import yesno
from ucb.project import store
from ucb.task import Task
from ucb.types import Completion, Key, Problem, Reason, Stage, Style

_FIXED = '''def area(self, scale):  # Fixes #12.
    """How large it is."""
    # Issue 12: it squares.
    text = """
# two


"""


    return measured(scale) * self.side ** 2
'''
_BUGGY = _FIXED.replace(" ** 2", " * 2").replace("measured", "guessed").replace("Fixes", "Has")
_SOURCE = f'''"""Shapes."""

from shapes.other import guessed, measured


class Square:
    side = 1

{"".join(f"    {line}" if line.strip() else line for line in _FIXED.splitlines(keepends=True))}

def user():
    return Square().area(1)
'''
_ROW: dict[str, Any] = {
    "id": "shapes/2.0/shapes/__init__.py:Square.area", "package": "shapes",
    "qualname": "Square.area", "occurrence": 0, "file": "shapes/__init__.py", "span": [9, 19],
    "old_file": "shapes/__init__.py", "old_span": [9, 19], "triggers": ["tests/test_a.py::test_b"],
    "old": {"version": "1.0", "file": "shapes-1.0.tar.gz", "sha256": "1" * 64, "uploaded": None},
    "new": {"version": "2.0", "file": "shapes-2.0.tar.gz", "sha256": "2" * 64,
            "uploaded": "2026-02-03T00:00:00+00:00"},
    "roots": [""], "modules": ["shapes"], "tests": ["tests"], "environment": "0" * 64,
    "others": [], "passing": 3, "cpu": 1.5,
}  # fmt: skip
_OTHER = """def measured(x):
    return x


def guessed(x):
    return 1
"""
_WORDS = st.sampled_from(["yes", "no"])
_MARKS = ("", "**", '"', "`", "> ", "# ", "- ", "(", "\n\n", "Answer: ", "**Answer:** ", "\u201c")


@cache
def module(name: str) -> ModuleType:
    """A module of the task's own, known once tasks are loaded."""
    plugins.tasks()
    return importlib.import_module(f"ucb_tasks.ucb_py.{name}")


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    """The task over a set of one bug, whose releases are in the store already."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    old = _SOURCE.replace(" ** 2", " * 2").replace("measured(scale)", "guessed(scale)")
    for version, text in {"1.0": old, "2.0": _SOURCE}.items():
        folder = store() / "trees" / f"shapes-{version}-{version[0] * 12}" / "shapes"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(text)
        (folder / "other.py").write_text(_OTHER)
    path = tmp_path / "bugs.jsonl"
    path.write_text(json.dumps(_ROW) + "\n")
    return plugins.task("ucb-py/detection").configured(data=path)


@pytest.fixture
def problems(task: Task) -> tuple[Problem, Problem]:
    """The set's two problems: with the bug, and without."""
    buggy, fixed = task.problems()
    return buggy, fixed


def test_a_bug_is_two_problems(task: Task, problems: tuple[Problem, Problem]) -> None:
    """One cluster, with one answer each; no environment is made, since nothing is run."""
    assert [each.id.rpartition("@")[2] for each in problems] == ["buggy", "fixed"]
    assert [task.reference(each) for each in problems] == ["yes", "no"]
    assert {task.cluster(each) for each in problems} == {_ROW["id"]}
    assert {task.date(each) for each in problems} == {"2026-02-03"}
    assert task.groups(problems[0]) == {"package": "shapes", "fixed in": "2026"}
    assert not task.executes


@pytest.mark.parametrize("mode", ["project", "file", "class"])
@pytest.mark.parametrize("style", list(Style))
def test_prompts_differ_in_the_function_alone(
    task: Task, problems: tuple[Problem, Problem], style: Style, mode: str
) -> None:
    """Neither shows the other version, a comment of the function, or what only one calls."""
    asked = task.configured(mode=mode)
    one, other = (asked.prompt(each, style) for each in problems)
    buggy, fixed = "guessed(scale) * self.side * 2", "measured(scale) * self.side ** 2"
    assert one.text.replace(buggy, "?") == other.text.replace(fixed, "?")
    assert buggy in one.text
    assert fixed not in one.text
    assert "12" not in one.text
    assert '"""\n    # two\n\n\n    """\n\n    return' in one.text
    assert '"""How large it is."""' in one.text
    assert one.choices == other.choices == ("yes", "no")
    shown = {name for name in ("measured", "guessed") if f"def {name}" in one.text}
    assert len(shown) != 1
    if style is Style.COMPLETE:
        assert one.text.endswith("\n# Defective (yes or no):")


def decided(task: Task, problem: Problem, text: str, **choices: float) -> Any:
    """The verdict of a reply."""
    prompt = task.prompt(problem, Style.CHAT)
    completion = Completion(Key(problem.id, 0), text, choices=choices or None)
    return task.decide(problem, task.extract(problem, prompt, text).code, completion)


@pytest.mark.parametrize(
    ("text", "stages", "answered"),
    [
        ("Yes.", (Stage.PASSED, Stage.EXTRACTED), 1.0),
        ("**No**", (Stage.EXTRACTED, Stage.PASSED), 0.0),
        ("I cannot say.", (Stage.NOTHING, Stage.NOTHING), None),
        ("", (Stage.NOTHING, Stage.NOTHING), None),
    ],
)
def test_verdicts(
    task: Task, problems: tuple[Problem, Problem], text: str, stages: Any, answered: float | None
) -> None:
    """Right, wrong, or unreadable, which says nothing of the answer and keeps the truth."""
    reasons = {
        Stage.PASSED: Reason.PASSED, Stage.EXTRACTED: Reason.WRONG, Stage.NOTHING: Reason.NO_CODE,
    }  # fmt: skip
    for problem, stage, truth in zip(problems, stages, (1.0, 0.0), strict=True):
        verdict = decided(task, problem, text)
        assert (verdict.stage, verdict.reason, verdict.judge) == (stage, reasons[stage], "answer")
        assert verdict.measures["defective"] == truth
        assert verdict.measures.get("answered") == answered
        assert "likelihood" not in verdict.measures


def test_a_verdict_holds_the_likelihood(task: Task, problems: tuple[Problem, Problem]) -> None:
    """Of yes among yes and no, whatever was written; a word that is not told counts as 0."""
    for problem in problems:
        both = decided(task, problem, "?", yes=math.log(0.03), no=math.log(0.01))
        assert both.measures["likelihood"] == pytest.approx(0.75)
        assert decided(task, problem, "yes", no=-0.5).measures["likelihood"] == 0.0
        assert decided(task, problem, "no", yes=-900.0).measures["likelihood"] == 1.0
        assert "likelihood" not in decided(task, problem, "yes", perhaps=-0.1).measures


def test_controls(task: Task, problems: tuple[Problem, Problem]) -> None:
    """The right word passes; the other one, and none, do not."""
    for problem in problems:
        assert decided(task, problem, task.reference(problem) or "").passed
        known = task.known(problem)
        assert len(known) == 2
        for text, passes in known.values():
            assert decided(task, problem, text).passed is passes is False


@pytest.mark.parametrize(
    ("text", "word", "rule"),
    [
        ("No-one knows.", "", "unreadable"),
        ("Not defective", "", "unreadable"),
        ("Note that nothing is wrong.", "", "unreadable"),
        ("Yesterday it was.", "", "unreadable"),
        ("", "", "unreadable"),
        ("It may have a bug.", "", "unreadable"),
        ("Let me check whether this function has a defect.", "", "unreadable"),
        ("<think>Yes, it has a bug", "", "unreadable"),
        ("Yes or no? Hard to say.", "", "both answers"),
        ("Yes/No", "", "both answers"),
        ("Well.\nAnswer: yes\nAnswer: no", "", "both answers"),
        ("It has a defect. I mean: it does not have a defect.", "", "both answers"),
        ("No, it has a defect after all.", "no", "first word"),
        ("No, no defects.", "no", "first word"),
        ("Defective (yes or no): no", "no", "first word"),
        ("The answer is **yes**, since it divides by zero", "yes", "first word"),
        ("Let us see.\n\n**Final answer:** No.", "no", "labelled"),
        ("At last.\nDefective: yes", "yes", "labelled"),
        ("The `a_b` function is defective.", "yes", "sentence"),
        ("This function has a subtle bug in line 3.", "yes", "sentence"),
        ("The method doesn\u2019t contain any bugs.", "no", "sentence"),
        ("The function has no known defects.", "no", "sentence"),
        ("As written, the code is not defective.", "no", "sentence"),
        pytest.param("answer" + " " * 20_000 + "?", "", "unreadable", id="spaces"),
        pytest.param("\n# " * 10_000, "", "unreadable", id="lines"),
    ],
)
def test_replies(text: str, word: str, rule: str) -> None:
    """What is read of a reply, and by which rule."""
    found = yesno.read(text)
    assert (found.code, found.rules) == (word, (rule,))


def test_reasoning_is_no_answer() -> None:
    """What stands before `</think>` is not read, and the audit says that it was there."""
    found = yesno.read("<think>yes, it has a bug</think>\n\nNo.")
    assert (found.code, found.rules) == ("no", ("reasoning dropped", "first word"))


@given(_WORDS, st.sampled_from(_MARKS), st.sampled_from(["", ".", "**", '"', "!", ")", ","]))
def test_the_first_word_decides(word: str, before: str, behind: str) -> None:
    """However it is marked, written large or small, and whatever prose follows."""
    for form in (word, word.title(), word.upper()):
        for more in ("", " The function is fine, it has a bug.", "\n\nIt divides by zero."):
            assert yesno.read(f"{before}{form}{behind}{more}").code == word


@given(
    st.lists(
        st.sampled_from(
            ["yes", "no", "answer", ":", ".", "\n", " ", "or", ",", "**", "the", "is", "defective"]
        )
    )
)
@example(["yes", " ", "or", " ", "no"])
def test_yes_and_no_are_treated_alike(words: list[str]) -> None:
    """With the two exchanged in a reply, the answer is exchanged."""
    exchange = {"yes": "no", "no": "yes"}
    read = yesno.read
    found = read("".join(words))
    other = read("".join(exchange.get(word, word) for word in words))
    assert other.code == exchange.get(found.code, "")
    assert other.rules == found.rules


@given(st.text() | st.from_regex(r"(?s).{0,20}(yes|no|It has a bug).{0,20}"))
def test_any_reply_is_read(text: str) -> None:
    """One rule says what was read, and an answer is one word or none."""
    found = yesno.read(text)
    rule = yesno.Rule(found.rules[-1])
    assert (found.code == "") is (rule in (yesno.Rule.BOTH, yesno.Rule.UNREADABLE))
    assert found.code in ("", "yes", "no")
    assert not found.code or re.search(r"yes|no|bug|defect|flaw", text, re.IGNORECASE)


@pytest.mark.parametrize(
    "path", sorted(Path(ucb.__file__).parent.glob("*.py")), ids=lambda path: path.name
)
def test_comments_go_and_nothing_else(path: Path) -> None:
    """Over whole modules: the syntax tree stays, no comment does, and twice is once."""
    code = path.read_text() + '\n\n\nx = """\n# kept\n\n\n"""  # gone\n'
    bare = module("normal").without_comments(code)
    assert ast.dump(ast.parse(bare)) == ast.dump(ast.parse(code))
    kinds = {token.type for token in tokenize.generate_tokens(io.StringIO(bare).readline)}
    assert tokenize.COMMENT not in kinds
    assert module("normal").without_comments(bare) == bare


def test_a_docstring_stays_where_both_have_it() -> None:
    """Also that of an inner function; one that differs goes from both versions."""
    lines = 'def f(x):\n    """Same."""\n    def g():\n{}        return {}\n\n    return g\n'
    old, new = ('        """Old."""\n', 1), ('        """New."""\n', 2)
    one, other = module("normal").alike(lines.format(*old), lines.format(*new))
    assert one == lines.format("", 1)
    assert other == one.replace("1", "2")


def test_a_docstring_above_a_decorator() -> None:
    """Nothing but the docstring goes."""
    lines = 'def f(x):\n    """{}"""\n    @cached\n    def g():\n        return x\n    return g\n'
    for shown in module("normal").alike(lines.format("Old."), lines.format("New.")):
        assert shown == "def f(x):\n    @cached\n    def g():\n        return x\n    return g\n"


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            "def f(x: Optional[int],  # Why.\n      y=1):\n    return x\n",
            "def f(x: int | None, y=1) -> int:\n    return y\n",
            "def f(x: int | None, y=1) -> int:\n    return x\n",
        ),
        (
            "@cached\ndef f(x='#', y=':'):\n    @inner\n    def g(): pass\n    return g\n",
            "@cached\ndef f(\n    x='#', y=':'\n):\n    return y\n",
            "@cached\ndef f(\n    x='#', y=':'\n):\n    @inner\n    def g(): pass\n    return g\n",
        ),
        ("def f(x: int): return x\n", "def f(x):\n    return 1\n", "def f(x: int): return x\n"),
        (
            "def f(x: int):\n    return x\n",
            "def f(x): return 1\n",
            "def f(x: int):\n    return x\n",
        ),
    ],
)
def test_both_have_one_signature(old: str, new: str, shown: str) -> None:
    """The new one, with its decorators, unless one shares a line with its body."""
    assert module("normal").alike(old, new) == (shown, new)


def test_a_docstring_that_was_all() -> None:
    """The function stays whole Python, and the blank line behind a docstring goes with it."""
    one, other = module("normal").alike(
        'def f():\n    """Nothing yet."""\n', 'def f():\n    """One."""\n\n    return 1\n'
    )
    assert one == "def f():\n    pass\n"
    assert other == "def f():\n    return 1\n"
