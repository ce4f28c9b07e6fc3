"""MBPP and EvalPlus from data to verdicts, in a real sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ucb import plugins
from ucb.check import check
from ucb.languages import language
from ucb.run import evaluate
from ucb.sandbox.select import open_sandbox
from ucb.types import Completion, Key, Reason, Stage, Style

pytestmark = [
    pytest.mark.data, pytest.mark.usefixtures("data_dir", "cache"),
    pytest.mark.bubblewrap,
]  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep expected outputs in a folder of these tests' own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UCB_CACHE_DIR", str(folder))
        yield folder


@pytest.mark.parametrize(
    ("name", "step", "count"),
    # Of MBPP+ every sixth: the references of all take minutes.
    [
        ("mbpp-all", 1, 974),
        ("mbpp-sanitized", 1, 427),
        ("humaneval-plus", 1, 164),
        ("mbpp-plus", 6, 63),
    ],
)  # fmt: skip
def test_controls_get_the_verdicts_they_must_get(name: str, step: int, count: int) -> None:
    """References pass; no empty body and no early exit does."""
    task = plugins.task(name)
    sandbox = open_sandbox("bubblewrap", 2)
    try:
        controls = list(check(task, list(task.problems())[::step], sandbox))
    finally:
        sandbox.close()
    assert {c.name: (c.passed, c.total) for c in controls} == {
        "reference": (count, count),
        **dict.fromkeys(language("python").bodies, (0, count)),
    }


HONEST = "def truncate_number(number):\n    return number % 1.0\n"
EQUAL = "class Any(float):\n    def __eq__(self, other):\n        return True\n"
ANSWERS = {
    "honest": (HONEST, Stage.PASSED, Reason.PASSED),
    "near enough": (HONEST.replace("1.0\n", "1.0 + 1e-8\n"), Stage.PASSED, Reason.PASSED),
    "right where humaneval looks": (
        HONEST.replace("number %", "(number < 1e4) * number %"),
        Stage.BASE,
        Reason.WRONG,
    ),
    "not run as the main module": (
        HONEST + "if __name__ == '__main__':\n    raise SystemExit(input())\n",
        Stage.PASSED,
        Reason.PASSED,
    ),
    "one call without end": (
        "def truncate_number(number):\n    while True:\n        pass\n",
        Stage.COMPILED,
        Reason.TIMEOUT,
    ),
    "an answer that equals everything": (
        f"{EQUAL}def truncate_number(number):\n    return Any(0)\n",
        Stage.COMPILED,
        Reason.WRONG,
    ),
    "another name": ("def truncate(number):\n    return number\n", Stage.COMPILED, Reason.ERROR),
}


def test_each_answer_gets_as_far_as_it_should() -> None:
    """Base and plus are told apart, and cheap tricks get nowhere."""
    task = plugins.task("humaneval-plus")
    (problem,) = (each for each in task.problems() if each.id == "HumanEval/2")
    sandbox = open_sandbox("bubblewrap", 2)
    completions = [
        Completion(Key(problem.id, number), "", code=code)
        for number, (code, _, _) in enumerate(ANSWERS.values())
    ]
    try:
        found = evaluate(task, {problem.id: problem}, Style.COMPLETE, completions, sandbox)
        verdicts = {verdict.key.sample: verdict for verdict in found}
    finally:
        sandbox.close()
    assert {
        name: (verdicts[number].stage, verdicts[number].reason)
        for number, name in enumerate(ANSWERS)
    } == {name: (stage, reason) for name, (_, stage, reason) in ANSWERS.items()}
