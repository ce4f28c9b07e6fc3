"""CodeUJB's tasks: from what the commands did to stages, and to coverage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import exited
from tests.unit.codeujb.asking import first, task
from ucb.defects4j.suite import COVERAGE, OBSERVED
from ucb.metrics import Scheme, score
from ucb.scores import Scores
from ucb.task import Task
from ucb.types import (
    Completion,
    Ended,
    Execution,
    Key,
    Program,
    Reason,
    Stage,
    StepResult,
    Verdict,
)

pytestmark = pytest.mark.usefixtures("copies")
Observed = dict[str, Any] | None
PASS: Observed = {"exit": 0, "last": ["Running ant (compile.tests)... OK", "Failing tests: 0"]}
FAIL: Observed = {"exit": 0, "last": ["Failing tests: 1", "  - org.till.MoneyTest::testSumOfAll"]}
BROKE: Observed = {"exit": 1, "last": []}
LATE: Observed = {"exit": None, "last": []}
SKIPPED: Observed = None
LINES = [["org.till.Money", "Money.java", 5, True], ["org.till.Money", "Money.java", 7, False]]


def covers(line: float | None = 0.5, condition: float | None = 0.25, **more: Any) -> Observed:
    """What `defects4j coverage` left."""
    told = {"line_coverage": line, "condition_coverage": condition, "lines": LINES}
    return {"exit": 0, "last": ["Line coverage: 50%", "Condition coverage: 25%"], **told, **more}


def observed(asked: Task, *commands: Observed) -> Verdict:
    """The verdict of the mode `ucb` when its commands came to this."""
    problem = first(asked)
    program = asked.program(problem, asked.reference(problem))
    files = {OBSERVED: json.dumps(commands)}
    steps = tuple(exited(cpu=1.5) for _ in program.steps)
    return asked.judge(problem, program, Key(problem.id, 0), Execution(steps, files))


@pytest.mark.parametrize("name", ["complete", "repair"])
@pytest.mark.parametrize(
    ("last", "every", "stage", "reason"),
    [
        (PASS, PASS, Stage.PASSED, Reason.PASSED),
        (PASS, FAIL, Stage.TRIGGERED, Reason.WRONG),
        # What keeps all tests from ending by themselves takes the trigger away, not the compiling.
        (PASS, LATE, Stage.COMPILED, Reason.TIMEOUT),
        (PASS, BROKE, Stage.COMPILED, Reason.ERROR),
        (FAIL, SKIPPED, Stage.COMPILED, Reason.WRONG),
        # Running out of time is no compile error.
        (LATE, SKIPPED, Stage.COMPILED, Reason.TIMEOUT),
        # Every status other than 0 is one.
        (BROKE, SKIPPED, Stage.EXTRACTED, Reason.COMPILE),
    ],
)
def test_the_ancestors_stages_of_a_function(
    data: Path, name: str, last: Observed, every: Observed,
    stage: Stage, reason: Reason,
) -> None:  # fmt: skip
    """By exit status and the last line of stdout alone."""
    named = [PASS, last] if name == "complete" else [last]
    verdict = observed(task(name, data, "ucb"), *named, every)
    assert (verdict.stage, verdict.reason, verdict.judge) == (stage, reason, "status")
    assert verdict.cpu == 1.5 * (len(named) + 1)


def test_the_first_named_test_that_does_not_pass_ends_it(
    data: Path,
) -> None:
    """The others were not run, and count for nothing."""
    asked = task("complete", data, "ucb")
    assert observed(asked, FAIL, SKIPPED, SKIPPED).stage is Stage.COMPILED
    assert observed(asked, BROKE, SKIPPED, SKIPPED).stage is Stage.EXTRACTED


@pytest.mark.parametrize(
    "last",
    [["Failing tests: 0 "], ["Failing tests: 0", "more"], ["Failing tests: 00"], [], "text", [0]],
)
def test_the_last_line_must_be_to_the_letter(
    data: Path,
    last: Any,
) -> None:
    """Whatever else stands there is a failure, and no crash."""
    verdict = observed(task("repair", data, "ucb"), {"exit": 0, "last": last}, SKIPPED)
    assert verdict.stage is Stage.COMPILED


@pytest.mark.parametrize("told", ["[]", "{}", "no JSON", "[1, 2]"])
def test_commands_of_which_nothing_is_known_ran_out_of_time(
    data: Path,
    told: str,
) -> None:
    """What a program did to the list proves nothing."""
    asked = task("repair", data, "ucb")
    problem = first(asked)
    program = asked.program(problem, asked.reference(problem))
    execution = Execution((exited(),), {OBSERVED: told})
    assert asked.judge(problem, program, Key("p", 0), execution).stage <= Stage.COMPILED


@pytest.mark.parametrize(
    ("test", "covering", "stage", "reason", "measures"),
    [
        (PASS, covers(), Stage.PASSED, Reason.PASSED, (0.5, 0.25)),
        (PASS, covers(0.5, None), Stage.PASSED, Reason.PASSED, (0.5, 0.0)),
        (PASS, covers(0.0), Stage.COMPILED, Reason.WRONG, (0.0, 0.25)),
        (PASS, {**(covers() or {}), "exit": 1}, Stage.COMPILED, Reason.WRONG, None),
        (PASS, LATE, Stage.COMPILED, Reason.TIMEOUT, None),
        (FAIL, SKIPPED, Stage.COMPILED, Reason.WRONG, None),
        (LATE, SKIPPED, Stage.COMPILED, Reason.TIMEOUT, None),
        (BROKE, SKIPPED, Stage.EXTRACTED, Reason.COMPILE, None),
    ],
)
def test_the_ancestors_stages_of_a_test(
    data: Path, test: Observed, covering: Observed,
    stage: Stage, reason: Reason, measures: tuple[float, float] | None,
) -> None:  # fmt: skip
    """It passes, and more than 0 % of lines are covered: one figure of the published two."""
    verdict = observed(task("testgen", data, "ucb"), test, covering)
    assert (verdict.stage, verdict.reason) == (stage, reason)
    names = ("line_coverage", "condition_coverage")
    assert verdict.measures == ({} if measures is None else dict(zip(names, measures, strict=True)))
    assert bool(verdict.lines) is (measures is not None)


@pytest.mark.parametrize(
    ("fixed", "buggy", "covering", "stage", "reason", "compiled", "strict"),
    [
        (PASS, FAIL, covers(), Stage.PASSED, Reason.PASSED, 1, 1),
        # What keeps it from passing with the bug is taken for showing it.
        (PASS, LATE, covers(), Stage.PASSED, Reason.PASSED, 1, 0),
        (PASS, BROKE, covers(), Stage.PASSED, Reason.PASSED, 0, 0),
        (PASS, PASS, covers(), Stage.COMPILED, Reason.NOT_TRIGGERED, 1, 0),
        (PASS, FAIL, covers(0.0), Stage.TRIGGERED, Reason.WRONG, 1, 0),
        (PASS, FAIL, LATE, Stage.TRIGGERED, Reason.TIMEOUT, 1, 0),
        (PASS, FAIL, BROKE, Stage.TRIGGERED, Reason.WRONG, 1, 0),
        (FAIL, FAIL, covers(), Stage.TRIGGERED, Reason.WRONG, 1, 0),
        (LATE, LATE, covers(), Stage.TRIGGERED, Reason.TIMEOUT, 1, 0),
        (BROKE, BROKE, BROKE, Stage.EXTRACTED, Reason.COMPILE, 0, 0),
        (BROKE, PASS, BROKE, Stage.EXTRACTED, Reason.COMPILE, 0, 0),
    ],
)
def test_the_ancestors_stages_of_a_test_from_a_report(
    data: Path, fixed: Observed, buggy: Observed,
    covering: Observed, stage: Stage, reason: Reason, compiled: int, strict: int,
) -> None:  # fmt: skip
    """Beside its own rule for a trigger it tells what the strict one would let pass."""
    verdict = observed(task("testgenissue", data, "ucb"), fixed, buggy, covering)
    assert (verdict.stage, verdict.reason) == (stage, reason)
    assert verdict.measures["pass_compile"] == compiled
    assert verdict.measures["strict_trigger"] == strict


def ran(asked: Task, *steps: StepResult, told: Any = None) -> Verdict:
    """The verdict of the mode `strict` when these steps ran."""
    problem = first(asked)
    program: Program = asked.program(problem, asked.reference(problem))
    files = {} if told is None else {COVERAGE: told if isinstance(told, str) else json.dumps(told)}
    return asked.judge(problem, program, Key(problem.id, 0), Execution(steps, files))


YES, NO = exited(proved=True), exited(1, stderr="ucb: failed: it is wrong")
OUT = StepResult(Ended.WALL, 0)
NOT_SHOWN = exited(1, stderr="ucb: not triggered: it passes")


@pytest.mark.parametrize(
    ("name", "steps", "stage", "reason"),
    [
        ("repair", (YES, YES, YES), Stage.PASSED, Reason.PASSED),
        ("repair", (YES, YES, NO), Stage.TRIGGERED, Reason.WRONG),
        ("repair", (YES, OUT), Stage.COMPILED, Reason.TIMEOUT),
        ("repair", (OUT,), Stage.EXTRACTED, Reason.COMPILE_TIMEOUT),
        ("repair", (YES, YES, exited()), Stage.TRIGGERED, Reason.STOPPED_EARLY),
        ("complete", (exited(1, stderr="A.java:1: error: cannot find symbol"),),
         Stage.EXTRACTED, Reason.COMPILE),
        ("testgen", (YES, YES), Stage.PASSED, Reason.PASSED),
        ("testgen", (YES, NO), Stage.COMPILED, Reason.WRONG),
        ("testgenissue", (YES, YES, YES, YES), Stage.PASSED, Reason.PASSED),
        ("testgenissue", (YES, YES, YES, NO), Stage.TRIGGERED, Reason.WRONG),
        ("testgenissue", (YES, YES, NOT_SHOWN), Stage.COMPILED, Reason.NOT_TRIGGERED),
        # With the bug, a timeout is a timeout and a compile error one: neither shows it.
        ("testgenissue", (YES, YES, OUT), Stage.COMPILED, Reason.TIMEOUT),
        ("testgenissue", (YES, exited(1, stderr="error: x")), Stage.COMPILED, Reason.COMPILE),
    ],
)  # fmt: skip
def test_the_stages_of_the_default(
    data: Path, name: str, steps: tuple[StepResult, ...],
    stage: Stage, reason: Reason,
) -> None:  # fmt: skip
    """A pass is proved, and what went wrong is called what it is."""
    verdict = ran(task(name, data), *steps, told={"line_coverage": 0.5})
    assert (verdict.stage, verdict.reason) == (stage, reason)


@pytest.mark.parametrize("name", ["testgen", "testgenissue"])
def test_what_a_passing_test_covers(data: Path, name: str) -> None:
    """Of classes without a condition none was missed; a line counts once."""
    asked = task(name, data)
    steps = [YES] * (2 if name == "testgen" else 4)
    told = {"line_coverage": 0.5, "condition_coverage": None, "lines": LINES}
    verdict = ran(asked, *steps, told=told)
    assert verdict.measures == {"line_coverage": 0.5, "condition_coverage": 1.0}
    assert verdict.lines == {"org.till.Money Money.java": "5,!7"}
    assert ran(asked, *steps, told={**told, "condition_coverage": 0.25}).measures == {
        "line_coverage": 0.5, "condition_coverage": 0.25,
    }  # fmt: skip
    assert ran(asked, *steps[:-1], NO, told=told).measures == {}
    for damaged in ("no JSON", [], {"line_coverage": "all"}, {"line_coverage": 7}):
        verdict = ran(asked, *steps, told=damaged)
        assert (verdict.stage, verdict.measures, verdict.lines) == (Stage.PASSED, {}, {})


def test_without_coverage_xml_there_are_no_lines(data: Path) -> None:
    """The published harness raises and ends the run; the shares that were printed stay."""
    verdict = observed(task("testgen", data, "ucb"), PASS, covers(lines=[]))
    assert (verdict.stage, verdict.lines) == (Stage.PASSED, {})
    assert verdict.measures["line_coverage"] == 0.5


def scored(asked: Task, *verdicts: Verdict) -> Scores:
    """The scores of verdicts of one problem."""
    problem = first(asked)
    keys = [Key(problem.id, sample) for sample in range(len(verdicts))]
    defined = asked.measured(problem)
    scheme = Scheme(
        stages=asked.stages,
        measures={name: {problem.id} if name in defined else set() for name in asked.measures},
        pools=asked.pools,
    )
    named = (
        Verdict(key, each.stage, each.reason, measures=each.measures, lines=each.lines)
        for key, each in zip(keys, verdicts, strict=True)
    )
    completions = [Completion(key, "") for key in keys]
    return score(named, completions, [1], expected=keys, scheme=scheme)


def test_coverage_is_over_all_samples(data: Path) -> None:
    """A failure covers nothing; a line that one ran and another did not counts once, or twice."""
    other = [[*LINES[0][:3], False], [*LINES[1][:3], True], ["org.till.Money", "Money.java", 9, 0]]
    asked = task("testgen", data, "ucb")
    verdicts = [
        observed(asked, PASS, covers()),
        observed(asked, PASS, covers(lines=other)),
        observed(asked, FAIL, SKIPPED),
        observed(asked, LATE, SKIPPED),
    ]
    means = {name: each.mean.value for name, each in scored(asked, *verdicts).measures.items()}
    assert means == {
        "line_coverage": 0.25,
        "condition_coverage": 0.125,
        "diff_coverage": 2 / 3,
        # 5 and 7 are there as run and as not run, 9 as not run.
        "diff_coverage_ucb": 2 / 5,
    }
    failed = [observed(asked, FAIL, SKIPPED)]
    assert scored(asked, *failed).measures["diff_coverage_ucb"].mean.value == 0


def test_the_default_shows_the_right_measures_alone(data: Path) -> None:
    """The others belong to the parity mode."""
    right = ["line_coverage", "condition_coverage", "diff_coverage"]
    assert list(task("testgen", data).measured(first(task("testgen", data)))) == right
    assert list(task("testgenissue", data).measured(first(task("testgen", data)))) == right
    asked = task("testgenissue", data, "ucb")
    assert list(asked.measured(first(asked))) == [
        *right, "diff_coverage_ucb", "pass_compile", "strict_trigger",
    ]  # fmt: skip
