"""What tests cover: from what a step has left to the measures of a verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ucb.defects4j.suite import COVERAGE
from ucb.pooling import Pool, packed
from ucb.types import Execution

LINES, CONDITIONS = "line_coverage", "condition_coverage"
DIFF, DIFF_TWICE = "diff_coverage", "diff_coverage_ucb"
POOLS: Mapping[str, Pool] = {DIFF: Pool.ANY, DIFF_TWICE: Pool.TWICE}
"""Of all samples of a problem: lines that any of them ran; and as CodeUJB computes that."""


def told(execution: Execution) -> dict[str, Any]:
    """Return what a step that `covers` has left; nothing where it has left none."""
    try:
        found = json.loads(execution.files.get(COVERAGE, "null"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def measured(found: Mapping[str, Any]) -> dict[str, float]:
    """
    Return the shares of lines and conditions that a test covers.

    Of classes without a condition none was missed.
    """
    covered, conditions = _share(found, LINES), _share(found, CONDITIONS)
    if covered is None:
        return {}
    return {LINES: covered, CONDITIONS: 1.0 if conditions is None else conditions}


def lines(found: Mapping[str, Any]) -> dict[str, str]:
    """Return, by class and file, the lines that a test ran and did not, as verdicts have them."""
    listed = found.get("lines")
    hits: dict[str, dict[int, bool]] = {}
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, list) and len(each) == 4 and str(each[2]).isdigit():
            of = hits.setdefault(f"{each[0]} {each[1]}", {})
            line = int(each[2])
            of[line] = of.get(line, False) or bool(each[3])
    return {name: packed(each) for name, each in hits.items()}


def _share(found: Mapping[str, Any], name: str) -> float | None:
    value = found.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if value is not None and is_number and 0 <= value <= 1 else None
