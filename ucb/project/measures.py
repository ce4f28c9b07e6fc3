"""Numbers for what tests are worth, from what steps of `ucb.project.suite` left.

The tests share processes with what measures them, and could write these files themselves: a
verdict never depends on them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ucb.judge import judge
from ucb.project.suite import COVERAGE, NOTICED
from ucb.types import Execution, Key, Program, Verdict

LINES, BRANCHES = "line_coverage", "branch_coverage"
MUTATION, DIFF = "mutation_score", "diff_coverage"
FILES = (COVERAGE, NOTICED)
"""What a program with steps that measure must bring back."""


def judged(program: Program, key: Key, execution: Execution, deciding: int) -> Verdict:
    """
    Return the verdict of the first `deciding` steps; those behind them only measure.

    Raises what `ucb.judge.judge` does.
    """
    first = replace(execution, steps=execution.steps[:deciding])
    verdict = judge(replace(program, steps=program.steps[:deciding]), key, first)
    cpu = sum(result.cpu for result in execution.steps)
    return replace(verdict, cpu=round(cpu, 4))


def coverage(execution: Execution) -> dict[str, float]:
    """
    Return the shares of the target's lines and of its branches that the tests ran.

    A branch is a way from a line with several, as in coverage.py; a function without one has
    no branch coverage.
    """
    told = _object(execution, COVERAGE)
    found: dict[str, float] = {}
    for name, kind in ((LINES, "lines"), (BRANCHES, "branches")):
        ran, not_ran = _count(told, f"executed_{kind}"), _count(told, f"missing_{kind}")
        if ran + not_ran:
            found[name] = ran / (ran + not_ran)
    return found


def diff_coverage(execution: Execution, lines: Collection[int]) -> dict[str, float]:
    """Return the share of these lines that the tests ran; nothing if none of them is a statement.

    Args:
        execution: One with a step that `covers`.
        lines: First lines of statements of the target, in its file.

    """
    told = _object(execution, COVERAGE)
    ran, not_ran = (
        len({each for each in _list(told, name) if each in lines})
        for name in ("executed_lines", "missing_lines")
    )
    return {DIFF: ran / (ran + not_ran)} if ran + not_ran else {}


def mutation_score(execution: Execution, mutants: Sequence[object]) -> dict[str, float]:
    """Return the share of the mutants that the tests notice; nothing where there are none."""
    if not mutants:
        return {}
    noticed = _read(execution, NOTICED)
    count = sum(each is True for each in noticed) if isinstance(noticed, list) else 0
    return {MUTATION: min(count, len(mutants)) / len(mutants)}


def _read(execution: Execution, name: str) -> Any:
    try:
        return json.loads(execution.files.get(name, "null"))
    except (ValueError, RecursionError):
        return None


def _object(execution: Execution, name: str) -> Mapping[str, Any]:
    told = _read(execution, name)
    return told if isinstance(told, dict) else {}


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    found = told.get(name)
    # A list of JSON may hold what cannot be in a set.
    return [each for each in found if isinstance(each, int)] if isinstance(found, list) else []


def _count(told: Mapping[str, Any], name: str) -> int:
    found = told.get(name)
    return len(found) if isinstance(found, list) else 0
