"""MBPP: how problems of our own are asked and tested."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ucb import plugins
from ucb.task import Task
from ucb.types import Problem, Style

ROWS = [
    {
        "task_id": number,
        "text": f"Task {number}.",
        "code": f"def f{number}(x):\r\n    return x",
        "test_list": [f"assert f{number}({n}) == {n}" for n in range(3)],
        "test_setup_code": "",
    }
    for number in (2, 3, 4, 5, 700)
]

ASKED = '"""\nTask 700.\nassert f700(0) == 0\n"""\n'
DEFINED = "def f700(x):\n    return 1"


def own(tmp_path: Path, rows: list[dict[str, Any]]) -> Task:
    """Return the task over a data file of our own."""
    path = tmp_path / "mbpp.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return plugins.task("mbpp").configured(data=path)


def only(tmp_path: Path, **changes: Any) -> tuple[Task, Problem]:
    """Return the task and its one problem."""
    task = own(tmp_path, [{**ROWS[-1], **changes}])
    (problem,) = task.problems()
    return task, problem


def test_examples_come_before_the_question(tmp_path: Path) -> None:
    """Three by default, as many as asked for, and line endings of the data only for lm-eval."""
    task = own(tmp_path, ROWS)
    question = list(task.problems())[-1]
    text = task.prompt(question, Style.COMPLETE).text
    assert [text.count(f"Task {n}.") for n in (2, 3, 4, 5, 700)] == [1, 1, 1, 0, 1]
    assert text.endswith("assert f700(2) == 2\n[BEGIN]\n")
    assert "\r" not in text
    assert "\r\n" in task.configured(mode="lm-eval").prompt(question, Style.COMPLETE).text
    none = task.configured(few_shot=0).prompt(question, Style.COMPLETE).text
    assert none.count("[BEGIN]") == 1
    assert "Task 2." not in task.prompt(question, Style.CHAT).text
    assert "Task 2." in task.configured(few_shot=1).prompt(question, Style.CHAT).text


def test_a_problem_is_no_example_for_itself(tmp_path: Path) -> None:
    """The question's own solution is never shown."""
    task = own(tmp_path, ROWS)
    first = next(iter(task.problems()))
    text = task.prompt(first, Style.COMPLETE).text
    assert "def f2" not in text
    assert text.count("[DONE]") == 3


def test_tests_run_apart_from_the_candidate(tmp_path: Path) -> None:
    """The function the tests call is found in the solution, helpers that they do not are not."""
    code = "def helper(x):\n    return x\ndef f700(x):\n    return helper(x)\n"
    task, problem = only(tmp_path, code=code)
    (tests,) = (step.tests for step in task.program(problem, "code").steps if step.tests)
    assert tests.calls == ("f700",)
    assert tests.source == "assert f700(0) == 0\nassert f700(1) == 1\nassert f700(2) == 2\n"
    assert "def f700(*arguments):\n    pass" in (task.stub(problem, "    pass") or "")


def test_tests_get_the_modules_they_use(tmp_path: Path) -> None:
    """A module that only the solution imports is there, for whatever solution."""
    changes = {"code": "import sys, os\ndef f(x):\n    return sys.getsizeof(x)\n"}
    tests = ["assert f(1) == sys.getsizeof(1)"]
    task, problem = only(tmp_path, **changes, test_list=tests)
    (found,) = (step.tests for step in task.program(problem, "").steps if step.tests)
    assert found.setup == "import sys, os"


@pytest.mark.parametrize(
    ("code", "tests"),
    [
        ("class Pair: ...\ndef f(x):\n    return x\n", ["assert f(Pair())"]),
        ("def f(x, kind):\n    return x\n", ["assert f(1, int) == 1"]),
    ],
)
def test_tests_that_pass_no_plain_values_run_beside_the_candidate(
    tmp_path: Path, code: str, tests: list[str]
) -> None:
    """Objects and classes cannot be sent, so the end of the tests is proved by a nonce."""
    task, problem = only(tmp_path, code=code, test_list=tests)
    program = task.program(problem, "answer")
    assert program.steps[-1].tests is None
    assert program.steps[-1].proof
    assert program.files["main.py"].startswith("answer\n\n")


@pytest.mark.parametrize(
    ("mode", "style", "text", "code"),
    [
        ("google", Style.COMPLETE, "def f700(x): 1\n[DONE]\n\nYou", "def f700(x): 1\n"),
        ("google", Style.COMPLETE, "\n[DONE]", ""),
        ("lm-eval", Style.CHAT, "\ndef f700(x): 1\n```\nDone.", "def f700(x): 1"),
        # Its pattern takes the first word for the fence's language.
        ("lm-eval", Style.CHAT, "def f700(x): 1\n```\nDone.", " f700(x): 1"),
        ("lm-eval", Style.CHAT, "no fence", ""),
        ("bigcode", Style.COMPLETE, "def f700(x): 1\nassert f", f"{ASKED}def f700(x): 1"),
        ("evalplus", Style.COMPLETE, f'{DEFINED}\n"""', DEFINED),
    ],
)  # fmt: skip
def test_a_mode_finds_the_code_in_a_reply(
    tmp_path: Path, mode: str, style: Style, text: str, code: str
) -> None:
    """Each as its harness does."""
    task = own(tmp_path, ROWS[-1:]).configured(mode=mode)
    (problem,) = task.problems()
    assert task.extract(problem, task.prompt(problem, style), text).code == code


@pytest.mark.data
@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(
    ("name", "count", "first", "apart"),
    [
        ("mbpp", 500, "Mbpp/11", 499),
        ("mbpp-all", 974, "Mbpp/1", 970),
        ("mbpp-sanitized", 427, "Mbpp/2", 427),
    ],
)  # fmt: skip
def test_the_published_problems_are_all_there(
    name: str, count: int, first: str, apart: int
) -> None:
    """And all but a few are judged in another process than the candidate's."""
    task = plugins.task(name)
    problems = list(task.problems())
    programs = [task.program(problem, "") for problem in problems]
    assert (len(problems), problems[0].id) == (count, first)
    assert sum(program.steps[-1].tests is not None for program in programs) == apart
