"""Programs and executions as the agent's JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from ucb.errors import SandboxError
from ucb.types import NONCE, Ended, Execution, Program, Step, StepResult, TestReport


def encode(program: Program) -> dict[str, Any]:
    """
    The program as a message.

    Raises `SandboxError` for a path that leads out of the program's folder.
    """
    trees = [step.tree for step in program.steps if step.tree]
    in_trees = [path for tree in trees for path in (tree.name, *tree.files)]
    for path in (*program.files, *program.collect, *in_trees):
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\0" in path:
            raise SandboxError(f"{path!r} is no path inside a program's folder.")
    return {
        "nonce": NONCE,
        "files": dict(program.files),
        "steps": [_step(step) for step in program.steps],
        "collect": [str(PurePosixPath(path)) for path in program.collect],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "argv": list(step.argv),
        **asdict(step.limits),
        "must_fail": step.must_fail,
        "proof": step.proof,
        "tests": asdict(step.tests) if step.tests else None,
        "tree": asdict(step.tree) if step.tree else None,
    }


def decode(answer: Mapping[str, Any]) -> Execution:
    """The execution in an agent's answer."""
    return Execution(tuple(_result(result) for result in answer["steps"]), answer["files"])


def _result(result: Mapping[str, Any]) -> StepResult:
    tests = result.get("tests")
    return StepResult(
        ended=Ended(result["ended"]),
        code=result["code"],
        stdout=result.get("stdout", ""),
        stderr=result.get("stderr", ""),
        cpu=round(result["cpu"], 4),
        wall=round(result["wall"], 4),
        memory=result.get("memory", 0),
        proved=result.get("proved", False),
        tests=TestReport(**tests) if tests else None,
    )
