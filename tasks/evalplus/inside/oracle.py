"""
The judge's process: compares results as EvalPlus does, with tolerances and special rules.

It sees plain values alone. The rules are those of EvalPlus 0.3.1
(`evalplus/eval/__init__.py` and `_special_oracle.py`), without numpy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

RELATIVE, LEAST = 1e-7, 1e-6
"""Tolerances of floating-point results: `numpy.allclose` with EvalPlus's arguments."""
_SHOWN = 200
Rule = Callable[[Any, Any, Sequence[Any], float], bool]
"""Whether a result is right: (result, wanted, arguments, tolerance)."""


class Oracle:
    """Compares one suite's results in order; the tolerance depends on what came before."""

    def __init__(self, rule: str, tolerance: float, inputs: Sequence[Sequence[Any]]) -> None:
        self._rule = RULES.get(rule, _equal)
        self._exempt = rule == "find zero"
        self._tolerance = tolerance
        self._inputs = inputs

    def check(self, number: int, result: Any, wanted: Any) -> None:
        """Raise `AssertionError` unless a result is right."""
        given = self._inputs[number] if self._inputs else ()
        try:
            right = self._rule(result, wanted, given, self._tolerance)
            if not self._exempt:
                # EvalPlus keeps this tolerance for the inputs that follow.
                if self._tolerance == 0 and _all_floats(wanted):
                    self._tolerance = LEAST
                right = right or (self._tolerance != 0 and self._near(result, wanted))
        except (ArithmeticError, TypeError, ValueError, RecursionError):
            right = False
        if not right:
            raise AssertionError(f"input {number}: {_short(result)} is not {_short(wanted)}")

    def _near(self, result: Any, wanted: Any) -> bool:
        return type(result) is type(wanted) and near(result, wanted, self._tolerance)


def run_suite(
    call: Callable[[int, int], Any], expected: Sequence[Any], chunks: Sequence[int], oracle: Oracle
) -> None:
    """Ask for results chunk by chunk, so that a wrong answer ends soon."""
    number = 0
    for size in chunks:
        results = call(number, number + size)
        if type(results) is not list or len(results) != size:
            raise AssertionError(f"inputs {number} to {number + size} have no results")
        for result in results:
            oracle.check(number, result, expected[number])
            number += 1


def near(result: Any, wanted: Any, tolerance: float) -> bool:
    """As `numpy.allclose`; raises `TypeError` or `ValueError` for what is no array of numbers."""
    if isinstance(wanted, (list, tuple)):
        if not isinstance(result, (list, tuple)) or len(result) != len(wanted):
            raise ValueError("shapes differ")
        # Every item is looked at first: one that is no number fails them all.
        return all([near(one, other, tolerance) for one, other in zip(result, wanted)])  # noqa: B905, C419
    for number in (result, wanted):
        if not isinstance(number, (int, float, complex)) or not _fits(number):
            raise TypeError("not a number")
    if result == wanted:
        return True
    distance = abs(result - wanted)
    return math.isfinite(abs(wanted)) and distance <= tolerance + RELATIVE * abs(wanted)


def _fits(number: complex) -> bool:
    """Whether numpy takes it for a number: a longer integer is an object to it."""
    return not isinstance(number, int) or -(1 << 63) <= number < (1 << 64)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _all_floats(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(item, float) for item in value)
    return isinstance(value, float)


def _equal(result: Any, wanted: Any, _given: Sequence[Any], _tolerance: float) -> bool:
    return bool(result == wanted)


def _surface_area(result: Any, wanted: Any, given: Sequence[Any], tolerance: float) -> bool:
    """Mbpp/581: the height may also be the pyramid's, not its side's."""
    edge, height = given
    area = round(edge**2 + 2 * edge * math.sqrt((edge / 2) ** 2 + height**2))
    return bool(result == wanted or abs(result - area) <= tolerance)


def _digit_distance(result: Any, wanted: Any, given: Sequence[Any], _tolerance: float) -> bool:
    """Mbpp/558: the shorter number may also be filled with zeros on its left."""
    first, second = map(str, given)
    width = max(len(first), len(second))
    pairs = zip(first.zfill(width), second.zfill(width))  # noqa: B905 (of one length)
    return bool(result == wanted or result == sum(abs(int(a) - int(b)) for a, b in pairs))


def _find_zero(result: Any, _wanted: Any, given: Sequence[Any], tolerance: float) -> bool:
    """HumanEval/32: any root of the polynomial is right."""
    (coefficients,) = given
    value = 0.0
    for power, factor in enumerate(coefficients):
        # Not with `sum`, which rounds otherwise from Python 3.12 on.
        value += factor * math.pow(result, power)
    return bool(abs(value) <= tolerance)


RULES: Mapping[str, Rule] = {
    "sets": lambda result, wanted, *_: set(result) == set(wanted),
    "not none": lambda result, wanted, *_: (
        result == wanted if isinstance(result, bool) else wanted == (result is not None)
    ),
    "anything": lambda *_: True,
    "or zero": lambda result, wanted, *_: bool(result in (wanted, 0)),
    "surface area": _surface_area,
    "digit distance": _digit_distance,
    "find zero": _find_zero,
}
