"""The geometry of the pass@k curve: numbers in, coordinates out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ucb.stats import Estimate

WIDTH, HEIGHT = 380, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 16, 14, 34
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)


@dataclass(frozen=True, slots=True)
class Point:
    """One k of the curve, in the units of the chart's view box."""

    k: int
    x: float
    y: float
    low: float
    """y of the lower end of the interval, below `y` on the screen."""
    high: float
    value: float
    """pass@k itself, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Everything the template draws."""

    points: Sequence[Point]
    line: str
    """The `d` of an SVG path through the points."""
    band: str
    """The `d` of the closed path around the intervals."""
    ticks: Sequence[tuple[float, float]]
    """Values on the vertical axis, and their y."""
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM
    width: float = WIDTH
    height: float = HEIGHT


def curve(pass_at: Mapping[int, Estimate]) -> Curve | None:
    """Lay out pass@k over log k, from 0 up; None when fewer than two k leave nothing to draw."""
    if len(pass_at) < 2:
        return None
    first, last = min(pass_at), max(pass_at)
    highest = max(value.high for value in pass_at.values())
    step = next((step for step in _STEPS if highest <= 5 * step), _STEPS[-1])
    top = min(1.0, math.ceil(highest / step) * step) or step

    def y(share: float) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share / top, 2)

    def x(k: int) -> float:
        along = math.log(k / first) / math.log(last / first)
        return round(_LEFT + 14 + (WIDTH - _LEFT - _RIGHT - 28) * along, 2)

    points = [
        Point(k, x(k), y(value.value), y(value.low), y(value.high), value.value)
        for k, value in sorted(pass_at.items())
    ]
    around = [(p.x, p.high) for p in points] + [(p.x, p.low) for p in reversed(points)]
    ticks = [(i * step, y(i * step)) for i in range(round(top / step) + 1)]
    return Curve(points, _path([(p.x, p.y) for p in points]), _path(around) + "Z", ticks)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x},{y}" for x, y in points)
