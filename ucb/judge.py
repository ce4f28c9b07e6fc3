"""Execution in, verdict out."""

from __future__ import annotations

import re
import signal
from typing import NamedTuple

from ucb.errors import DataError, SandboxError
from ucb.types import Ended, Execution, Key, Program, Reason, Stage, Step, StepResult, Verdict

_SHOWN = 4000  # Characters of output kept in a verdict: enough for a traceback.
_DETAIL = 200

_STOPPED = {
    Ended.CPU: Reason.TIMEOUT,
    Ended.WALL: Reason.TIMEOUT,
    Ended.MEMORY: Reason.MEMORY,
    Ended.OUTPUT: Reason.OUTPUT,
}
_TRACEBACK = "Traceback (most recent call last)"


class _Fault(NamedTuple):
    reason: Reason
    detail: str = ""


def judge(program: Program, key: Key, execution: Execution) -> Verdict:
    """
    Credit the last stage proved before the first step that went wrong.

    Raises `SandboxError` when the execution stops short of a step that should
    have run, and `DataError` when tests fail before they call the candidate:
    neither is the candidate's fault, so neither is a verdict.
    """
    stage, fault = Stage.EXTRACTED, None
    for index, step in enumerate(program.steps):
        if index >= len(execution.steps):
            raise SandboxError(f"The sandbox did not run step {index + 1} of {key.problem}.")
        _check_tests(key, execution.steps[index])
        if fault := _fault(step, execution.steps[index]):
            break
        stage = step.proves
    last = execution.steps[-1]
    return Verdict(
        key,
        stage,
        fault.reason if fault else Reason.PASSED,
        detail=fault.detail[:_DETAIL] if fault else "",
        judge=_judged_by(program.steps[len(execution.steps) - 1]),
        cpu=round(sum(result.cpu for result in execution.steps), 4),
        output=shown(last),
    )


def shown(result: StepResult) -> str:
    """Return the end of what a step wrote and of what its tests said, for people to read."""
    said = result.tests.message if result.tests and not result.tests.finished else ""
    parts = (part.rstrip()[-_SHOWN:] for part in (result.stdout, result.stderr, said))
    return "\n".join(part for part in parts if part)


def _check_tests(key: Key, result: StepResult) -> None:
    report = result.tests
    if report and report.error and not report.calls and not report.raised_by_candidate:
        raise DataError(
            f"The tests of {key.problem} fail before they call the candidate "
            f"({report.error}: {report.message})."
        )


def _judged_by(step: Step) -> str:
    if step.tests:
        return "split"
    return "nonce" if step.proof else "status"


def _fault(step: Step, result: StepResult) -> _Fault | None:
    """Say what went wrong in a step, or None if it proved its stage."""
    if step.tests and result.tests and result.tests.finished:
        # How the candidate's process ended after its last answer proves nothing.
        return None if result.tests.calls else _Fault(Reason.NO_TESTS)
    if reason := _STOPPED.get(result.ended):
        compiling = step.proves is Stage.COMPILED and reason is Reason.TIMEOUT
        return _Fault(Reason.COMPILE_TIMEOUT if compiling else reason, f"{result.ended} limit")
    if result.ended is Ended.SIGNALLED and result.code == signal.SIGPROF:
        # Tests that time each call let the kernel end the process so.
        return _Fault(Reason.TIMEOUT, "CPU limit of one call")
    if result.ended is Ended.SIGNALLED:
        # A failed assertion ends a C++ or Swift program by a signal.
        return _label(step, result) or _Fault(Reason.CRASH, _signal_name(result.code))
    if step.tests:
        return _split_fault(step, result)
    if step.must_fail:
        return None if result.code else _Fault(Reason.NOT_TRIGGERED)
    if result.code:
        return _labelled(step, result)
    if step.proof and not result.proved:
        return _Fault(Reason.STOPPED_EARLY, "exit status 0 before the end of the tests")
    return None


def _split_fault(step: Step, result: StepResult) -> _Fault:
    report = result.tests
    if report is None or not report.error:
        # The candidate's process ended by itself: with a traceback if its own
        # top level raised, otherwise by an exit of one kind or another.
        if result.code and _TRACEBACK in result.stderr:
            return _labelled(step, result)
        detail = f"exit status {result.code} before the end of the tests"
        return _Fault(Reason.STOPPED_EARLY, detail)
    if report.error == "MemoryError":
        return _Fault(Reason.MEMORY, report.error)
    if report.error == "AssertionError" and not report.raised_by_candidate:
        return _Fault(Reason.WRONG, report.message)
    return _Fault(Reason.ERROR, f"{report.error}: {report.message}".rstrip(": "))


def _labelled(step: Step, result: StepResult) -> _Fault:
    reason = Reason.COMPILE if step.proves is Stage.COMPILED else Reason.ERROR
    return _label(step, result) or _Fault(reason, _last_line(result))


def _label(step: Step, result: StepResult) -> _Fault | None:
    for reason, pattern in step.labels:
        if re.search(pattern, result.stderr, re.MULTILINE):
            return _Fault(reason, _last_line(result))
    return None


def _last_line(result: StepResult) -> str:
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"exit status {result.code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
