"""Execution in, verdict out."""

from __future__ import annotations

import pytest

from tests.fakes import exited, report_of_tests
from ucb.errors import DataError, SandboxError
from ucb.judge import judge
from ucb.languages import language
from ucb.types import (
    Ended,
    Execution,
    Key,
    Program,
    Reason,
    Stage,
    Step,
    StepResult,
    Tests,
    Verdict,
)

KEY = Key("p", 0)
SPLIT = language("python").program("x", tests=Tests("f()", ("f",)))
PROOF = language("python").program("x")
COMPILED = exited()


def verdict(program: Program, *results: StepResult) -> Verdict:
    return judge(program, KEY, Execution(results))


def test_finished_tests_with_a_call_are_a_pass() -> None:
    """The end of the tests was reached and the candidate answered: passed."""
    got = verdict(SPLIT, COMPILED, exited(tests=report_of_tests(finished=True)))
    assert (got.stage, got.reason, got.judge) == (Stage.PASSED, Reason.PASSED, "split")


def test_tests_that_never_call_are_no_pass() -> None:
    """Tests that ended without one call have tested nothing."""
    got = verdict(SPLIT, COMPILED, exited(tests=report_of_tests(finished=True, calls=0)))
    assert (got.stage, got.reason) == (Stage.COMPILED, Reason.NO_TESTS)


def test_exit_status_zero_without_the_proof_is_no_pass() -> None:
    """A program that exits with 0 before the end of its tests stopped early."""
    got = verdict(PROOF, COMPILED, exited(0, proved=False))
    assert (got.stage, got.reason) == (Stage.COMPILED, Reason.STOPPED_EARLY)


def test_the_proof_without_exit_status_zero_is_no_pass() -> None:
    """A program that reached the end and then failed has not passed."""
    got = verdict(PROOF, COMPILED, exited(1, proved=True))
    assert got.stage is Stage.COMPILED


def test_proof_and_exit_status_zero_are_a_pass() -> None:
    """Both kinds of evidence together make a pass."""
    assert verdict(PROOF, COMPILED, exited(0, proved=True)).passed


@pytest.mark.parametrize(
    ("report", "reason", "detail"),
    [
        (
            report_of_tests(finished=False, error="AssertionError", message="x == 1"),
            Reason.WRONG,
            "x == 1",
        ),
        (
            report_of_tests(finished=False, error="AssertionError", raised_by_candidate=True),
            Reason.ERROR,
            "AssertionError",
        ),
        (
            report_of_tests(finished=False, error="TypeError", message="no"),
            Reason.ERROR,
            "TypeError: no",
        ),
        (report_of_tests(finished=False, error="MemoryError"), Reason.MEMORY, "MemoryError"),
        (
            report_of_tests(finished=False),
            Reason.STOPPED_EARLY,
            "exit status 0 before the end of the tests",
        ),
    ],
)
def test_failed_tests_say_why(report: object, reason: Reason, detail: str) -> None:
    """A wrong answer, an exception and an early exit are three different things."""
    got = verdict(SPLIT, COMPILED, exited(0, tests=report))
    assert (got.stage, got.reason, got.detail) == (Stage.COMPILED, reason, detail)


def test_an_exception_at_top_level_is_an_error_not_an_early_exit() -> None:
    """A module that raises while it is loaded is labelled with the exception."""
    stderr = "Traceback (most recent call last):\n  …\nNameError: name 'x' is not defined\n"
    got = verdict(
        SPLIT, COMPILED, exited(1, stderr=stderr, tests=report_of_tests(finished=False, calls=0))
    )
    assert (got.reason, got.detail) == (Reason.ERROR, "NameError: name 'x' is not defined")


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (Ended.CPU, Reason.TIMEOUT),
        (Ended.WALL, Reason.TIMEOUT),
        (Ended.MEMORY, Reason.MEMORY),
        (Ended.OUTPUT, Reason.OUTPUT),
        (Ended.SIGNALLED, Reason.CRASH),
    ],
)
def test_how_a_program_was_stopped_is_its_reason(ended: Ended, reason: Reason) -> None:
    """Each limit and each signal has a name of its own."""
    got = verdict(SPLIT, COMPILED, StepResult(ended, 11, tests=report_of_tests(finished=False)))
    assert (got.stage, got.reason) == (Stage.COMPILED, reason)


def test_a_crash_names_the_signal() -> None:
    """A segmentation fault is not a timeout."""
    got = verdict(SPLIT, COMPILED, StepResult(Ended.SIGNALLED, 11))
    assert got.detail == "SIGSEGV"


def test_a_failed_assertion_that_ends_by_a_signal_is_a_wrong_answer() -> None:
    """Languages whose assertions abort are labelled like any other."""
    step = Step(Stage.PASSED, ("./main",), labels=((Reason.WRONG, "Assertion .* failed"),))
    program = Program("cpp", {}, (step,))
    told = StepResult(Ended.SIGNALLED, 6, stderr="main: Assertion `f() == 1' failed.\n")
    assert verdict(program, told).reason is Reason.WRONG
    assert verdict(program, StepResult(Ended.SIGNALLED, 6)).reason is Reason.CRASH


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (exited(1, stderr="  File …\nSyntaxError: invalid syntax"), Reason.SYNTAX),
        (exited(1, stderr="main.c:1: error: what?"), Reason.COMPILE),
        (StepResult(Ended.CPU, 0), Reason.COMPILE_TIMEOUT),
    ],
)
def test_a_failed_compile_proves_only_extraction(result: StepResult, reason: Reason) -> None:
    """A syntax error, a compile error and a compile timeout stop at the same stage."""
    got = verdict(SPLIT, result)
    assert (got.stage, got.reason) == (Stage.EXTRACTED, reason)


def test_a_step_that_must_fail_and_passes_has_not_triggered() -> None:
    """A generated test that passes on the buggy version found nothing."""
    program = Program("python", {}, (Step(Stage.TRIGGERED, ("test",), must_fail=True),))
    assert verdict(program, exited(0)).reason is Reason.NOT_TRIGGERED
    assert verdict(program, exited(1)).stage is Stage.TRIGGERED


def test_a_missing_step_is_never_a_verdict() -> None:
    """An execution that stops short without a failure is the sandbox's fault."""
    with pytest.raises(SandboxError, match="did not run step 2"):
        verdict(SPLIT, COMPILED)


def test_tests_that_fail_by_themselves_are_never_a_verdict() -> None:
    """A test that cannot even import its helpers says nothing about the candidate."""
    report = report_of_tests(finished=False, calls=0, error="ModuleNotFoundError", message="no x")
    with pytest.raises(DataError, match="fail before they call the candidate"):
        verdict(SPLIT, COMPILED, exited(tests=report))
