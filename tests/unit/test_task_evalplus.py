"""EvalPlus: its rules, its inputs, and how results travel."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import exited, report_of_tests
from ucb import plainjson, plugins
from ucb.errors import DataError
from ucb.types import Execution, Key, Problem, Program, Reason, Stage

TASK = plugins.task("mbpp-plus")
INSIDE = Path(__file__).parents[2] / "tasks" / "evalplus" / "inside"


@pytest.fixture(scope="module")
def inside() -> Iterator[Any]:
    """Return the modules that run in the sandbox."""
    sys.path.insert(0, str(INSIDE))
    modules = import_module("oracle"), import_module("results")
    sys.path.remove(str(INSIDE))
    yield modules
    del sys.modules["oracle"], sys.modules["results"]


def right(oracle: Any, rule: str, tolerance: float, *rows: tuple[Any, Any, Any]) -> list[bool]:
    """Return whether each (result, wanted, arguments) of a suite is right."""
    judge = oracle.Oracle(rule, tolerance, [row[2] for row in rows])
    found = []
    for number, (result, wanted, _) in enumerate(rows):
        try:
            judge.check(number, result, wanted)
        except AssertionError:
            found.append(False)
        else:
            found.append(True)
    return found


@pytest.mark.parametrize(
    ("result", "wanted", "tolerance", "expected"),
    [
        (1.0 + 1e-8, 1.0, 0, True),  # Floats have a tolerance of their own.
        (1.0 + 1e-5, 1.0, 0, False),
        ([1.0, 2.0 + 1e-9], [1.0, 2.0], 0, True),
        ([1, 2.0 + 1e-9], [1, 2.0], 0, False),  # Not floats alone.
        ((1.0,), [1.0], 0, False),
        ((1.0 + 1e-9,), [1.0], 1e-6, False),  # A tuple is no list.
        (1, 1.0, 0, True),
        (1, 1.0 + 1e-9, 0, False),
        (1e7 + 0.5, 1e7, 0, True),  # Relative tolerance.
        (math.nan, math.nan, 0, False),
        (math.inf, math.inf, 0, True),
        (math.inf, 1.0, 0, False),
        ("a", "b", 1e-6, False),
        (None, None, 0, True),
        (None, 1.0, 0, False),
        ([[1.0], [2.0 + 1e-9]], [[1.0], [2.0]], 1e-6, True),
        ([1.0], [1.0, 1.0], 1e-6, False),
        ({1, 2}, {2, 1}, 0, True),
        (10**20 + 1, 10**20, 1e-6, False),  # No number to numpy.
        (10**10 + 1, 10**10, 1e-6, True),
        (1 + 1e-9j, 1 + 0j, 1e-6, True),
    ],
)
def test_results_are_compared_as_evalplus_does(
    inside: Any, result: Any, wanted: Any, tolerance: float, expected: bool
) -> None:
    """Exact equality first, then numpy's closeness where EvalPlus asks for it."""
    oracle, _ = inside
    assert right(oracle, "", tolerance, (result, wanted, ())) == [expected]


def test_a_tolerance_stays_for_the_inputs_that_follow(inside: Any) -> None:
    """As in EvalPlus, where one float answer changes the rest of the suite."""
    oracle, _ = inside
    mixed = ([1, 2 + 1e-9], [1, 2], ())
    assert right(oracle, "", 0, mixed, (1.0, 1.0, ()), mixed) == [False, True, True]


@pytest.mark.parametrize(
    ("rule", "result", "wanted", "given", "expected"),
    [
        ("sets", [2, 1, 1], (1, 2), (), True),
        ("sets", [[1]], [[1]], (), False),  # What has no hash is in no set.
        ("sets", None, [1], (), False),
        ("not none", "match", True, (), True),
        ("not none", None, True, (), False),
        ("not none", False, True, (), False),
        ("anything", object(), 1, (), True),
        ("or zero", 0, 7, (), True),
        ("or zero", 1, 7, (), False),
        ("surface area", 33, 33, (3, 4), True),
        ("surface area", 35, 33, (3, 4), True),
        ("surface area", 34, 33, (3, 4), False),
        ("digit distance", 1, 9, (1, 2), True),
        ("digit distance", 1, 9, (100, 200), True),
        ("digit distance", 2, 9, (1, 2), False),
        ("find zero", -0.5, None, ([1, 2],), True),
        ("find zero", 0.5, None, ([1, 2],), False),
        ("find zero", "x", None, ([1, 2],), False),
    ],
)
def test_special_rules_accept_what_they_must(
    inside: Any, rule: str, result: Any, wanted: Any, given: Any, expected: bool
) -> None:
    """Problems with more than one right answer have rules of their own."""
    oracle, _ = inside
    tolerance = 1e-4 if rule == "find zero" else 0
    assert right(oracle, rule, tolerance, (result, wanted, given)) == [expected]


def test_a_suite_stops_at_its_first_wrong_answer(inside: Any) -> None:
    """Later chunks are not asked for, and an answer of another length is none."""
    oracle, _ = inside
    asked = []

    def call(first: int, last: int) -> list[int]:
        asked.append((first, last))
        return [0] * (last - first)

    with pytest.raises(AssertionError, match="input 1: 0 is not 1"):
        oracle.run_suite(call, [0, 1, 0, 0], (1, 2, 1), oracle.Oracle("", 0, []))
    assert asked == [(0, 1), (1, 3)]
    with pytest.raises(AssertionError, match="have no results"):
        oracle.run_suite(lambda *_: [0], [0, 0], (2,), oracle.Oracle("", 0, []))


def test_a_result_is_taken_as_it_is_now(inside: Any) -> None:
    """What a later call changes in place was right when it was returned."""
    _, results = inside
    shared = [1, [2]]
    taken = results.taken(shared)
    shared[1].append(3)
    assert taken == [1, [2]]
    thing = object()
    assert results.taken(thing) is thing


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (list(range(5000)), [float(n) for n in range(5000)], True),
        (list(range(5000)), tuple(range(5000)), False),
        ("a" * 9000, "a" * 9000, True),
        ("a" * 9000, "a" * 9001, False),
        (1 << 40000, 1 << 40000, True),
        ([(n, n + 1) for n in range(3000)], [(n, float(n + 1)) for n in range(3000)], True),
        ([(n, n + 1) for n in range(3000)], [[n, n + 1] for n in range(3000)], False),
        ([("ab", "c")] * 3000, [("a", "bc")] * 3000, False),
        ([(1, 2, 3)] * 3000 + [(1,)], [(1, 2)] * 3000 + [(3, 1)], False),
        ([[0.5, n] for n in range(3000)], [[0.5, n] for n in range(3000)], True),
        ([None, True] * 3000, [None, 1] * 3000, True),
    ],
    ids=range(11),
)
def test_equal_long_results_have_equal_digests(
    inside: Any, one: Any, other: Any, same: bool
) -> None:
    """And unequal ones do not, whatever fast way their text was made."""
    _, results = inside
    found = [results.digest(one), results.digest(other)]
    assert all(each.startswith("sha256:") for each in found)
    assert (found[0] == found[1]) is same is (one == other)


@pytest.mark.parametrize(
    "value", [[0.5] * 9000, {1: 2}, [{1}] * 9000, [math.nan] * 9000, "short", [1, 2]]
)
def test_what_is_short_or_needs_a_tolerance_has_no_digest(inside: Any, value: Any) -> None:
    """It travels as it is."""
    _, results = inside
    assert results.digest(value) == ""


def test_sums_round_as_they_did(inside: Any) -> None:
    """Python 3.12 adds up floats more exactly than the inputs were chosen with."""
    _, results = inside
    assert results.older_sum([0.1] * 10) == 0.9999999999999999
    assert results.older_sum([1, 2], 3) == 6


def problem(**changes: Any) -> Problem:
    """Return a problem of our own."""
    row = {
        "task_id": "Mbpp/2", "prompt": '"""Same."""\n', "entry_point": "same",
        "canonical_solution": "def same(a, b):\n    return (a, b)\n", "atol": 0,
        "base_input": [[[1], [2]]], "plus_input": [[[1, 2], []], [[], []]],
    }  # fmt: skip
    return Problem("Mbpp/2", "python", {**row, **changes})


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Program]:
    """Compute the expected outputs of `problem` with a sandbox that knows them."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path))
    ran: list[Program] = []
    outputs = {
        "base": {"outputs": [plainjson.dumps(((1,), (2,)))], "seconds": [0.0]},
        "plus": {"outputs": ["1", "2"], "seconds": [0.5, 20.0]},
    }

    def run(programs: Any) -> Any:
        for key, program in programs:
            ran.append(program)
            yield key, Execution((exited(),), {"expected.json": json.dumps(outputs)})

    for _ in range(2):
        TASK.prepare([problem()], run)
    return ran


def test_expected_outputs_are_computed_once(prepared: list[Program]) -> None:
    """By the reference, in the sandbox, on inputs with their own types."""
    (program,) = prepared
    assert plainjson.loads(program.files["base.json"]) == [[(1,), (2,)]]
    assert program.files["main.py"].endswith("return (a, b)\n")


@pytest.mark.usefixtures("prepared")
def test_base_and_plus_are_steps_of_their_own() -> None:
    """The candidate gets inputs alone; the judge alone has what is expected."""
    program = TASK.program(problem(), "code")
    assert [step.proves for step in program.steps] == [Stage.COMPILED, Stage.BASE, Stage.PASSED]
    name, inputs, seconds, _ = plainjson.loads(program.files["plus.json"])
    assert (name, inputs, seconds) == ("same", [[(1, 2), ()], [(), ()]], [2.0, 80.0])
    assert "expected" not in "".join(program.files.values()).lower().replace("unexpected", "")
    assert program.steps[2].limits.cpu == 61.0
    tests = program.steps[2].tests
    assert tests is not None
    assert "EXPECTED = loads('[1, 2]')" in tests.source
    compile(tests.setup, "setup", "exec")
    compile(tests.source, "tests", "exec")
    assert "same(*[(1, 2), ()])" in TASK.shown(problem(), "code")


@pytest.mark.usefixtures("prepared")
def test_what_passes_the_base_tests_alone_says_so() -> None:
    """It reached the stage BASE, and failed."""
    program = TASK.program(problem(), "code")
    good = exited(tests=report_of_tests(finished=True))
    bad = exited(1, tests=report_of_tests(finished=False, error="AssertionError"))
    verdict = TASK.judge(problem(), program, Key("Mbpp/2", 0), Execution((exited(), good, bad)))
    assert (verdict.stage, verdict.reason) == (Stage.BASE, Reason.WRONG)


@pytest.mark.usefixtures("prepared")
def test_without_expected_outputs_there_is_no_program() -> None:
    """It says which command computes them."""
    other = problem(atol=1)
    with pytest.raises(DataError, match="Run `ucb check mbpp-plus`"):
        TASK.program(other, "code")


@pytest.mark.data
@pytest.mark.usefixtures("data_dir")
@pytest.mark.parametrize(("name", "count"), [("humaneval-plus", 164), ("mbpp-plus", 378)])
def test_the_published_problems_are_all_there(name: str, count: int) -> None:
    """With their prompts, inputs and references."""
    task = plugins.task(name)
    problems = list(task.problems())
    assert len(problems) == count
    assert all(f"def {p.row['entry_point']}" in (task.reference(p) or "") for p in problems)
