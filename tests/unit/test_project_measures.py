"""Numbers from what a room left, which the tests in it may have written themselves."""

from __future__ import annotations

import json

import pytest

from ucb.project import measures
from ucb.types import Ended, Execution, Key, Program, Reason, Stage, Step, StepResult

_COVERED = {
    "executed_lines": [3, 4, 6], "missing_lines": [7],
    "executed_branches": [[3, 4], [3, 6]], "missing_branches": [[6, 7], [6, -2]],
}  # fmt: skip
_KEY = Key("p", 0)


def _left(**files: object) -> Execution:
    texts = {f"{name}.json": json.dumps(told) for name, told in files.items()}
    return Execution((StepResult(Ended.EXITED, 0),), texts)


def test_coverage_is_a_share_of_what_there_is() -> None:
    """Lines and branches; a function without branches has no share of them."""
    assert measures.coverage(_left(coverage=_COVERED)) == {
        "line_coverage": 3 / 4, "branch_coverage": 2 / 4,
    }  # fmt: skip
    straight = {**_COVERED, "executed_branches": [], "missing_branches": []}
    assert measures.coverage(_left(coverage=straight)) == {"line_coverage": 3 / 4}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [({3, 7}, {"diff_coverage": 0.5}), ({4, 5}, {"diff_coverage": 1.0}), ({5}, {}), (set(), {})],
)
def test_diff_coverage_is_of_some_lines(lines: set[int], expected: dict[str, float]) -> None:
    """Those of them that are statements."""
    assert measures.diff_coverage(_left(coverage=_COVERED), lines) == expected


@pytest.mark.parametrize(
    ("told", "score"),
    [
        ([True, False, False, True], 0.5),
        ([False] * 4, 0.0),
        ([True] * 9, 1.0),
        ([1, "yes", True], 0.25),
        ({"0": True}, 0.0),
        (None, 0.0),
    ],
)
def test_a_mutation_score_is_a_share_of_all_mutants(told: object, score: float) -> None:
    """Whatever the file holds: at most all of them, and only what is plainly noticed."""
    assert measures.mutation_score(_left(mutants=told), "abcd") == {"mutation_score": score}


def test_without_mutants_there_is_no_score() -> None:
    """Nothing could have been noticed."""
    assert measures.mutation_score(_left(mutants=[True]), []) == {}


@pytest.mark.parametrize(
    "text", ["", "{", "[[", "[" * 100_000, '{"executed_lines": 3}', "7", '{"a": [{}]}']
)
def test_damaged_files_give_no_numbers(text: str) -> None:
    """And no error: a program may write what it likes."""
    execution = Execution((), {"coverage.json": text, "mutants.json": text})
    assert measures.coverage(execution) == {}
    assert measures.diff_coverage(execution, {1}) == {}
    assert measures.mutation_score(execution, "ab") == {"mutation_score": 0.0}


def test_steps_that_measure_do_not_decide() -> None:
    """However they end; their CPU seconds count."""
    steps = tuple(Step(stage, ("true",)) for stage in (Stage.COMPILED, Stage.PASSED, Stage.PASSED))
    good = StepResult(Ended.EXITED, 0, cpu=1.0)
    bad = StepResult(Ended.CPU, 9, cpu=2.0)
    program = Program("python", {}, steps)
    verdict = measures.judged(program, _KEY, Execution((good, good, bad)), 2)
    assert (verdict.stage, verdict.reason, verdict.cpu) == (Stage.PASSED, Reason.PASSED, 4.0)
    verdict = measures.judged(program, _KEY, Execution((good, bad)), 2)
    assert (verdict.stage, verdict.reason) == (Stage.COMPILED, Reason.TIMEOUT)
