"""
Two runs on the same problems, problem by problem.

A problem that is hard for one model is hard for the other too, so the paired
difference is known far better than the two scores are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ucb.errors import ConfigError, NotComparable
from ucb.outcomes import Failure, TaskOutcome, values
from ucb.stats import Difference, Estimate, estimate, mcnemar_exact, paired_bootstrap, wilson

ALPHA = 0.05
POWER = 0.8
_FLIPS = 20_000
_FINEST = 1000  # The finest fraction of which differences are taken for multiples.
_STEPS = 50_000_000  # Additions that an exact p-value may cost: some tenths of a second.
_SAME = 1e-12  # Rates of problems are fractions of small numbers: nearer than this is equal.


class Change(NamedTuple):
    """A problem whose rate differs between the two runs."""

    problem: str
    before: float
    """In the baseline, from 0 to 1."""
    after: float
    failure: Failure | None
    """The first sample that failed in the run that did worse, where its rows are at hand."""


class Noise(NamedTuple):
    """How two runs differ by problem, apart from one being better."""

    spread: float
    """Mean square: where every problem is solved or not, the share that changed sides."""
    step: float
    """Size of a typical difference: 1 where every problem is solved or not."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate against a baseline in one metric of one benchmark."""

    task: str
    metric: str
    candidate: Estimate
    baseline: Estimate
    difference: Difference
    """Candidate minus baseline; its p-value is two-sided, from the bootstrap."""
    drop_p: float
    """One-sided p-value, for the hypothesis that the candidate is no worse."""
    mcnemar: float | None
    """Two-sided exact p-value, where every problem was solved or not."""
    noise: Noise
    """How much the runs differ beside the mean difference."""
    won: Sequence[Change]
    """Largest difference first."""
    lost: Sequence[Change]
    ignored: Sequence[str] = ()
    """Problems left out on both sides."""

    @property
    def problems(self) -> int:
        """Problems compared."""
        return self.difference.problems


def _difference(a: Sequence[float], b: Sequence[float]) -> Difference:
    """
    The paired bootstrap; but problems without a difference do not prove that there is none.

    Then the interval is Wilson's bound on the share of problems that differ.
    """
    found = paired_bootstrap(a, b)
    if a != b:
        return found
    _, most = wilson(0.0, len(a))
    return replace(found, low=-most, high=most)


def comparable(candidate: TaskOutcome, baseline: TaskOutcome) -> None:
    """Raise `NotComparable` when the two were not asked the same problems by the same protocol."""
    reason = candidate.protocol.difference(baseline.protocol)
    if not reason and candidate.tallies.keys() != baseline.tallies.keys():
        odd = min(candidate.tallies.keys() ^ baseline.tallies.keys())
        reason = f"only one of them has the problem {odd!r}"
    if reason:
        raise NotComparable(
            f"The two runs of {candidate.name} cannot be compared: {reason}. "
            "Run both with the same version of UCB, the same --mode, --data and --limit."
        )


def compare(
    candidate: TaskOutcome,
    baseline: TaskOutcome,
    metric: str = "pass@1",
    *,
    ignoring: Collection[str] = (),
) -> Comparison:
    """
    Compare two complete outcomes of one benchmark.

    Raises `NotComparable`, and `ConfigError` when fewer than two problems are
    left or a run has too few samples for the metric.
    """
    comparable(candidate, baseline)
    after, before = values(candidate, metric), values(baseline, metric)
    names = [name for name in after if name not in ignoring]
    if len(names) < 2:
        raise ConfigError(f"{len(names)} problems of {candidate.name} are left to compare, not 2.")
    a, b = [after[name] for name in names], [before[name] for name in names]
    differences = [x - y for x, y in zip(a, b, strict=True)]
    binary = set(a) | set(b) <= {0.0, 1.0}
    return Comparison(
        task=candidate.name,
        metric=metric,
        candidate=estimate(a),
        baseline=estimate(b),
        difference=_difference(a, b),
        drop_p=drop_p(differences),
        mcnemar=mcnemar_exact(differences.count(1), differences.count(-1)) if binary else None,
        noise=_noise(differences),
        won=_changes(names, after, before, 1, baseline),
        lost=_changes(names, after, before, -1, candidate),
        ignored=sorted(name for name in after if name in ignoring),
    )


def drop_p(differences: Sequence[float], *, seed: int = 0) -> float:
    """
    Return the one-sided p-value for a mean difference below 0.

    If the two models were equally good, a difference could as well have had the
    other sign. So their sum is set against what random signs would have given;
    for differences of -1, 0 and 1 this is McNemar's exact test, one-sided. It
    is exact for differences that are multiples of one fraction, as those of
    shares of samples are, and otherwise comes from 20,000 seeded draws, counting
    the observed one. Source: Good, Permutation, Parametric and Bootstrap Tests
    of Hypotheses, 3rd ed. (2005), section 3.2.
    """
    sizes = np.array([abs(d) for d in differences if abs(d) > _SAME])
    total = math.fsum(differences)
    if not len(sizes):
        return 1.0
    parts = _whole_parts(sizes)
    if parts is not None and len(parts) * int(parts.sum()) <= _STEPS:
        return _exact_tail(parts, (sizes.sum() - total) / 2 * parts.sum() / sizes.sum())
    distinct, counts = np.unique(np.round(sizes, 12), return_counts=True)
    # RandomState, not Generator: its stream is frozen (NEP 19), so a decision stays as it was.
    random = np.random.RandomState(seed)
    ups = random.binomial(counts, 0.5, size=(_FLIPS, len(counts)))
    sums = (2 * ups - counts) @ distinct
    return (int(np.count_nonzero(sums <= total + 1e-9)) + 1) / (_FLIPS + 1)


def _whole_parts(sizes: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """The sizes as multiples of one fraction 1/n, for the smallest n that serves."""
    distinct = np.unique(sizes)
    for n in range(1, _FINEST + 1):
        if np.all(np.abs(distinct * n - np.round(distinct * n)) < 1e-9):
            return np.round(sizes * n).astype(np.int64)
    return None


def _exact_tail(parts: NDArray[np.int64], down: float) -> float:
    """The chance that the parts with a random minus sign sum to `down` or more."""
    chance = np.zeros(int(parts.sum()) + 1)
    chance[0] = 1.0
    top = 0
    for part in parts.tolist():
        chance[part : top + part + 1] += chance[: top + 1].copy()
        chance *= 0.5
        top += part
    return min(1.0, float(chance[round(down) :].sum()))


def detectable_drop(
    noise: Noise, problems: int, alpha: float = ALPHA, *, margin: float = 0.0
) -> float:
    """
    Return the smallest true drop that is found in 80 % of runs.

    Found is a drop that a one-sided test at `alpha` calls significant and that
    is seen to be larger than `margin`. The losses of a drop come on top of what
    differs anyway. Source: Connor, Biometrics 43 (1987), 207-211, for paired
    proportions, with one problem added for the test being exact. No drop can be
    found with fewer losses than the test needs, even without any win. Returns
    1.0 when not even a complete loss would be found.
    """
    fewest = math.ceil(-math.log2(alpha) - _SAME)
    z_alpha, z_power = (NormalDist().inv_cdf(share) for share in (1 - alpha, POWER))

    def enough(drop: float) -> bool:
        square = noise.spread + noise.step * drop
        scatter = z_power * math.sqrt(max(0.0, square - drop * drop) / problems)
        proof = z_alpha * math.sqrt(square / problems) + noise.step / problems
        return drop >= max(proof, margin) + scatter

    low, high = fewest * noise.step / problems, 1.0
    if low >= high or not enough(high):
        return 1.0
    if enough(low):
        return low
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _noise(differences: Sequence[float]) -> Noise:
    """What remains of the differences when the mean one is explained by steps of their size."""
    size = math.fsum(abs(d) for d in differences)
    square = math.fsum(d * d for d in differences)
    if not size:
        return Noise(0.0, 1.0)
    step = square / size
    return Noise(max(0.0, square - step * abs(math.fsum(differences))) / len(differences), step)


def _changes(
    names: Sequence[str],
    after: dict[str, float],
    before: dict[str, float],
    sign: int,
    worse: TaskOutcome,
) -> list[Change]:
    found = [
        Change(name, before[name], after[name], worse.failures.get(name))
        for name in names
        if sign * (after[name] - before[name]) > _SAME
    ]
    return sorted(found, key=lambda c: (-abs(c.after - c.before), _natural(c.problem)))


def _natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts `p/9` before `p/10`."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
