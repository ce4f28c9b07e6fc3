"""
Intervals and paired tests, with the problem as the unit.

The samples of one problem are not independent of each other, so every function
here takes one value per problem, and its interval says what another draw of
problems like these could have given. All results depend on the values alone:
neither on their order nor on the time, and the bootstrap draws from a stream
that NumPy has promised never to change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
RESAMPLES = 10_000
FEWEST = 30
"""Fewer problems than this cannot show their own spread: no bootstrap. In simulated
benchmarks of very hard problems it covered 83% with 10, 88% with 20, 91% with 30 and
95% with 164 problems; with a broad range of difficulty, 93% or more with any number."""
_DRAWS_AT_ONCE = 1 << 20
_KINDS = 64
"""Up to so many kinds it is quicker to draw how often each comes than to draw the units."""


class Method(StrEnum):
    """How an interval was made."""

    WILSON = "wilson"
    """Wilson's score interval: every problem has 0 or 1."""
    BOOTSTRAP = "bootstrap"
    """The expanded percentile bootstrap over problems, or over clusters of them."""
    BOUND = "bound"
    """Wilson's interval as a bound, where the values cannot show their own spread."""


class Total:
    """A sum of floats without rounding on the way, so that no order of them shows."""

    __slots__ = ("_sum", "count")

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0  # In units of 2^-1074, of which every float is a multiple.

    def add(self, value: float) -> None:
        """Add a finite number."""
        numerator, denominator = value.as_integer_ratio()
        self._sum += numerator << (_FINEST + 1 - denominator.bit_length())
        self.count += 1

    @property
    def value(self) -> float:
        """The sum, rounded once; infinite where no float is so large."""
        try:
            return self._sum / (1 << _FINEST)
        except OverflowError:
            return math.copysign(math.inf, self._sum)


_FINEST = 1074


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over problems and its 95% interval."""

    value: float
    low: float
    high: float
    problems: int
    """Problems the mean is over."""
    method: Method


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of `a - b` over the same problems, its 95% interval, and a p-value."""

    value: float
    low: float
    high: float
    p: float
    """Two-sided, for the hypothesis that the mean difference is 0."""
    problems: int


def estimate(values: Iterable[float], *, seed: int = 0) -> Estimate:
    """
    Return the mean of one value in [0, 1] per problem, with its interval.

    * Every value 0 or 1: Wilson's score interval, which keeps its coverage near
      0 and 1 and for few problems, where mean ± 2 standard errors does not.
    * Otherwise, the bootstrap over problems (`bootstrap`).
    * Otherwise, but fewer than `FEWEST` problems or all values equal: the spread
      seen is no measure of the spread there is (the bootstrap would answer with
      an interval of no width). Wilson's interval around the mean stands in. It
      is too wide rather than too narrow, since among all distributions on [0, 1]
      with a given mean, 0 and 1 alone have the largest variance (Bhatia and
      Davis 2000).

    Raises ValueError when there are no values or one is outside [0, 1].
    """
    numbers = list(values)
    if not numbers:
        raise ValueError("an estimate needs at least one problem")
    if not all(0 <= number <= 1 for number in numbers):
        raise ValueError("a value per problem must be in [0, 1]")
    count = len(numbers)
    mean = math.fsum(numbers) / count
    distinct = set(numbers)
    if distinct <= {0, 1}:
        return Estimate(mean, *wilson(mean, count), count, Method.WILSON)
    if count < FEWEST or len(distinct) == 1:
        return Estimate(mean, *wilson(mean, count), count, Method.BOUND)
    return Estimate(mean, *bootstrap(numbers, seed=seed), count, Method.BOOTSTRAP)


def wilson(share: float, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """
    Return Wilson's score interval for a share of `n` trials.

    Source: Wilson, Journal of the American Statistical Association 22 (1927),
    209-212; method 3 in Newcombe, Statistics in Medicine 17 (1998), 857-872.
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"no interval for a share of {share} among {n} trials")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    # The share is in the interval; beside 0 and 1 the formula misses it by a rounding error.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def bootstrap(
    values: Sequence[float],
    *,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """
    Return the expanded percentile bootstrap interval for the mean of `values`.

    The plain percentile interval is too narrow for few problems: it divides by n
    where n - 1 is due, and takes a normal quantile where Student's is due. The
    expanded one reads the percentiles further out to make up for both.
    Source: Hesterberg, The American Statistician 69 (2015), 371-386, section 5.3.

    Needs at least two values; when all are equal, both ends are that value.
    """
    return _expanded(_resampled_means(values, resamples, seed), len(values), confidence)


def mcnemar_exact(b: int, c: int) -> float:
    """
    Return the exact two-sided p-value of McNemar's test.

    `b` problems were solved by the first model alone, `c` by the second alone.
    If the models were equally good, each of these problems would be a fair coin.
    Source: McNemar, Psychometrika 12 (1947), 153-157, with the binomial
    distribution in place of the chi-squared approximation.
    """
    if b < 0 or c < 0:
        raise ValueError("counts of problems are not negative")
    trials = b + c
    tail = ways = 1
    for i in range(min(b, c)):
        ways = ways * (trials - i) // (i + 1)
        tail += ways
    # Divided as integers, so that thousands of problems do not overflow a float.
    return min(1.0, 2 * tail / (1 << trials))


def paired_bootstrap(
    a: Sequence[float], b: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0
) -> Difference:
    """
    Return how much better `a` is than `b`, problem by problem.

    `a[i]` and `b[i]` belong to the same problem. The interval is `bootstrap`'s.
    The p-value is the share of resamples whose mean lies as far from the mean
    difference as 0 does, counting the observed one (Davison and Hinkley,
    Bootstrap Methods and their Application, 1997, section 4.4), so it is never
    0. When all differences are equal, the interval has no width.
    """
    if len(a) != len(b):
        raise ValueError(f"pairs need equal lengths, not {len(a)} and {len(b)}")
    differences = [x - y for x, y in zip(a, b, strict=True)]
    means = _resampled_means(differences, resamples, seed)
    low, high = _expanded(means, len(differences), CONFIDENCE)
    mean = math.fsum(differences) / len(differences)
    # A tie must count as far enough in spite of rounding.
    extreme = int(np.count_nonzero(np.abs(means - mean) >= abs(mean) - 1e-12))
    return Difference(mean, low, high, (extreme + 1) / (resamples + 1), len(differences))


def resampled(
    counts: Sequence[int],
    statistics: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    *,
    width: int = 1,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> NDArray[np.float64]:
    """
    Return statistics of draws with replacement from clusters: a row per resample.

    `counts[i]` clusters are of kind i and interchangeable. `statistics` gets how
    often each kind came, a row per resample, and returns a row of numbers for
    each; `width` is how many numbers it makes of one row on its way. Resampling
    whole clusters keeps what is dependent together (Davison and Hinkley,
    Bootstrap Methods and their Application, 1997, section 3.8).
    """
    kinds = np.asarray(counts, dtype=np.int64)
    drawn = _draws(kinds, resamples, seed, max(width, len(kinds)))
    return np.concatenate([statistics(draws) for draws in drawn])


def percentiles(values: NDArray[np.float64], n: int) -> tuple[float, float]:
    """Return the expanded percentile interval of statistics of resamples of `n` units each."""
    if n < 2:
        raise ValueError("a bootstrap needs at least two units")
    return _expanded(values, n, CONFIDENCE)


def _resampled_means(values: Sequence[float], resamples: int, seed: int) -> NDArray[np.float64]:
    """Means of `resamples` draws with replacement, each as large as `values`.

    Problems with the same value are interchangeable, so it is enough to know how
    often each distinct value comes: for pass@k that is a few numbers per
    resample, however many problems there are.
    """
    if len(values) < 2:
        raise ValueError("a bootstrap needs at least two problems")
    distinct, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
    drawn = _draws(counts, resamples, seed, len(distinct))
    return np.concatenate([draws @ distinct / len(values) for draws in drawn])


def _draws(
    counts: NDArray[np.int64], resamples: int, seed: int, width: int
) -> Iterator[NDArray[np.int64]]:
    """Yield, in blocks of rows, how often each kind comes in each resample.

    `width` is how many numbers the caller makes of a row: a block stays small.
    """
    # RandomState, not Generator: its stream is frozen (NEP 19), so an interval
    # does not move with the version of NumPy.
    random = np.random.RandomState(seed)
    total, kinds = int(counts.sum()), len(counts)
    few = kinds <= _KINDS
    kind_of = np.repeat(np.arange(kinds), counts)
    rows = max(1, _DRAWS_AT_ONCE // max(width, 1 if few else total))
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        if few:
            yield random.multinomial(total, counts / total, size=size)
            continue
        drawn = kind_of[random.randint(0, total, size=(size, total), dtype=np.int64)]
        drawn += kinds * np.arange(size)[:, np.newaxis]
        yield np.bincount(drawn.ravel(), minlength=size * kinds).reshape(size, kinds)


def _expanded(means: NDArray[np.float64], n: int, confidence: float) -> tuple[float, float]:
    """The percentiles of `means`, each of `n` values, that make the interval wide enough."""
    quantile = math.sqrt(n / (n - 1)) * _student(n - 1, (1 + confidence) / 2)
    tail = NormalDist().cdf(-quantile)
    low, high = np.quantile(means, [tail, 1 - tail])
    # Processors add in different orders; twelve digits are the same on all.
    return round(float(low), 12), round(float(high), 12)


def _student(degrees: int, probability: float) -> float:
    """Student's quantile, by Cornish and Fisher's expansion.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    For probability 0.975 it is off by less than 0.001 from 7 degrees up.
    """
    z = NormalDist().inv_cdf(probability)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return sum(term / float(degrees) ** power for power, term in enumerate(terms))
