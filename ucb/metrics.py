"""
Verdicts to numbers.

pass@k and the stage rates are one function: the share of problems that one of k
samples takes to a stage. Every rate is a mean over problems, so that a problem
with more rows than another weighs no more. Everything here is pure and reads
its rows once, in any order, in memory that grows with the problems alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from ucb.classify import Answers, Classification, Figure, classify, truth
from ucb.errors import ConfigError, Incomplete, StoreError
from ucb.keys import Keys
from ucb.passat import BUDGETS, TokenRule, Told, by_budget, pass_at_k, weighted_tokens
from ucb.pooling import Pool, Pooled
from ucb.scores import Measured, Scores, Usage
from ucb.stats import Estimate, estimate
from ucb.types import Completion, Finish, Key, Reason, Stage, Style, Verdict

Metric = Callable[[Iterable[Verdict]], float]
_Name = TypeVar("_Name", bound=str)


STAGES = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)
"""What is reported of a task that does not say what its programs prove."""


def pass_at(k: int, stage: Stage = Stage.PASSED) -> Metric:
    """
    Return the metric pass@k, for any stage: `pass_at(1, Stage.COMPILED)` is the compile rate.

    The metric raises `ConfigError` when a problem has fewer than k samples.
    """

    def metric(verdicts: Iterable[Verdict]) -> float:
        problems: dict[str, _Counts] = {}
        for verdict in verdicts:
            problems.setdefault(verdict.key.problem, _Counts()).add(verdict.stage)
        _check_k([k], min((counts.n for counts in problems.values()), default=0))
        values = [pass_at_k(counts.n, counts.reached(stage), k) for counts in problems.values()]
        return math.fsum(values) / len(values)

    return metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What a task's scores are made of, beside pass@k."""

    stages: Sequence[Stage] = STAGES
    """What its programs prove."""
    style: Style = Style.COMPLETE
    """How the model was asked, which decides what a prompt costs in pass@t."""
    budgets: Collection[int] = BUDGETS
    """The t of pass@t, in tokens."""
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By a kind of group, such as `language`, the group of each problem."""
    measures: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By measure, the problems that it is defined for."""
    pools: Mapping[str, Pool] = field(default_factory=dict)
    """Those of `measures` that are made of the lines of all samples of a problem."""
    clusters: Mapping[str, str] | None = None
    """Of a task that classifies: what each problem is a version of."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """The day that each problem became public, where it is known."""


_PLAIN = Scheme()


def score(
    verdicts: Iterable[Verdict],
    completions: Iterable[Completion],
    ks: Iterable[int],
    *,
    expected: Iterable[Key],
    scheme: Scheme = _PLAIN,
    audit: Mapping[str, int] | None = None,
    allow_missing: bool = False,
    finish_with: str = "ucb run",
) -> Scores:
    """
    Return the scores of one task.

    `expected` names every row the run should have; `audit` counts the rules of
    the extraction, complete once `verdicts` has been read to its end.
    `finish_with` is the command that makes missing rows.

    Raises `ConfigError` for a k that is larger than the samples of a problem or
    a t below 1, `Incomplete` when verdicts are missing (with `allow_missing`,
    only when all are), and `StoreError` for a row that is not expected, comes
    twice or has a measure that is none. With `allow_missing`, pass@k is over
    the problems that have k samples and is left out where none has.
    """
    ledger = _Ledger(expected)
    if not ledger.expected:
        raise ConfigError("There is nothing to score: the run has no problems.")
    ks = sorted(set(ks))
    _check_k(ks, ledger.samples)
    if scheme.budgets and (least := min(scheme.budgets)) < 1:
        raise ConfigError(f"pass@t of {least} tokens means nothing. Use --t 1 or more.")
    tally = _Tally(scheme)
    for verdict in verdicts:
        ledger.tick(verdict.key, "verdict")
        tally.add(verdict)
    if ledger.missing and (not allow_missing or not tally.problems):
        raise Incomplete(ledger.complaint(finish_with))
    bill = _Bill(completions)
    problems = tally.problems.values()
    stages = {stage: estimate(p.reached(stage) / p.n for p in problems) for stage in scheme.stages}
    shares = {name: p.reached(Stage.PASSED) / p.n for name, p in tally.problems.items()}
    return Scores(
        problems=ledger.problems,
        samples=ledger.samples,
        expected=ledger.expected,
        present=ledger.expected - ledger.missing,
        solved=sum(p.reached(Stage.PASSED) > 0 for p in problems),
        pass_at=tally.pass_at(Stage.PASSED, ks),
        stages=stages,
        reasons=_ranked(tally.reasons),
        usage=bill.usage(),
        finishes=_ranked(bill.finishes),
        rules=_ranked(audit or {}),
        judges=_ranked(tally.judges),
        # Rounded, since a sum of floats depends on the order the rows arrived in.
        cpu=round(tally.cpu, 6),
        splits=_split(scheme, shares, tally.accuracy if tally.answers else _mean(shares)),
        stages_at={s: tally.pass_at(s, ks) for s in scheme.stages if s is not Stage.PASSED},
        pass_at_t=dict(_by_tokens(scheme, tally.problems, bill)),
        measures={name: found for name in scheme.measures if (found := tally.measured(name))},
        measure_splits=dict(_measure_splits(scheme, tally)),
        classification=tally.classification(),
        dates=scheme.dates,
    )


class _Counts:
    """How many samples of one problem ended at each stage."""

    __slots__ = ("_at",)

    def __init__(self) -> None:
        self._at = [0] * len(Stage)

    def add(self, stage: Stage) -> None:
        self._at[stage] += 1

    def reached(self, stage: Stage) -> int:
        return sum(self._at[stage:])

    @property
    def n(self) -> int:
        return sum(self._at)


class _Sum:
    """A measure of one problem, added up without rounding, so that no order of rows shows."""

    __slots__ = ("given", "total")

    def __init__(self) -> None:
        self.total = Fraction()
        self.given = 0

    def add(self, value: float) -> None:
        self.total += Fraction(value)
        self.given += 1

    def over(self, samples: int) -> float:
        return float(self.total / samples)


class _Tally:
    """What is counted of the verdicts."""

    def __init__(self, scheme: Scheme) -> None:
        self.problems: dict[str, _Counts] = {}
        self.reasons: Counter[Reason] = Counter()
        self.judges: Counter[str] = Counter()
        self.cpu = 0.0
        self.answers: dict[str, Answers] = {}
        self._clusters = scheme.clusters
        self._pools = scheme.pools
        self._lines: dict[str, Pooled] = {}
        self._sums: dict[str, dict[str, _Sum]] = {
            name: {problem: _Sum() for problem in defined}
            for name, defined in scheme.measures.items()
        }

    def add(self, verdict: Verdict) -> None:
        problem = verdict.key.problem
        self.problems.setdefault(problem, _Counts()).add(verdict.stage)
        self.reasons[verdict.reason] += 1
        if verdict.judge:
            self.judges[verdict.judge] += 1
        self.cpu += verdict.cpu
        for name, sums in self._sums.items():
            if problem in sums and (value := verdict.measures.get(name)) is not None:
                _check_share(verdict.key, name, value)
                sums[problem].add(value)
        if self._pools:
            self._pool(verdict)
        if self._clusters is not None:
            if problem not in self.answers:
                self.answers[problem] = Answers(truth(verdict))
            self.answers[problem].add(verdict)

    def pass_at(self, stage: Stage, ks: Sequence[int]) -> dict[int, Estimate]:
        """Return pass@k of a stage for each k that some problem has samples for."""
        rates = {
            k: [pass_at_k(p.n, p.reached(stage), k) for p in self.problems.values() if p.n >= k]
            for k in ks
        }
        return {k: estimate(values) for k, values in rates.items() if values}

    def _pool(self, verdict: Verdict) -> None:
        try:
            self._lines.setdefault(verdict.key.problem, Pooled()).add(verdict.lines)
        except ValueError as error:
            problem, sample = verdict.key
            raise StoreError(
                f"In the verdict of {problem}, sample {sample}, {error}. Judge again with "
                "`ucb evaluate RUN --again`."
            ) from error

    def means(self, name: str) -> dict[str, float]:
        """Return a measure by problem; a sample without it counts 0."""
        sums = self._sums[name]
        if pool := self._pools.get(name):
            return {p: self._lines[p].share(pool) for p in self.problems if p in sums}
        return {p: sums[p].over(counts.n) for p, counts in self.problems.items() if p in sums}

    def measured(self, name: str) -> Measured | None:
        """Return a measure over the problems it is defined for, or None if there are none."""
        means = self.means(name).values()
        if name in self._pools:
            samples = sum(self._lines[p].samples for p in self.problems if p in self._sums[name])
            return Measured(estimate(means), None, samples) if means else None
        sums = [each for each in self._sums[name].values() if each.given]
        given = estimate(each.over(each.given) for each in sums) if sums else None
        samples = sum(each.given for each in sums)
        return Measured(estimate(means), given, samples) if means else None

    def classification(self) -> Classification | None:
        """Return the figures of yes or no answers, where the task has such."""
        return classify(self.answers, self._clusters or {}) if self.answers else None

    def accuracy(self, problems: Collection[str]) -> Estimate:
        """Return the accuracy over some of the problems; likelihoods have no part in it."""
        some = {
            name: Answers(self.answers[name].positive, self.answers[name].said) for name in problems
        }
        return classify(some, self._clusters or {}).figures[Figure.ACCURACY]


def _split(
    scheme: Scheme, values: Mapping[str, float], over: Callable[[Collection[str]], Estimate]
) -> dict[str, dict[str, Estimate]]:
    """Return a figure by group, sorted by name, for each kind that has several groups."""
    found: dict[str, dict[str, Estimate]] = {}
    for kind, names in scheme.groups.items():
        grouped: dict[str, list[str]] = {}
        for problem in values:
            if problem in names:
                grouped.setdefault(names[problem], []).append(problem)
        if len(grouped) > 1:
            found[kind] = {name: over(grouped[name]) for name in sorted(grouped)}
    return found


def _measure_splits(
    scheme: Scheme, tally: _Tally
) -> Iterator[tuple[str, dict[str, dict[str, Estimate]]]]:
    for name in scheme.measures:
        values = tally.means(name)
        if found := _split(scheme, values, _mean(values)):
            yield name, found


def _mean(values: Mapping[str, float]) -> Callable[[Collection[str]], Estimate]:
    return lambda problems: estimate(values[problem] for problem in problems)


def _by_tokens(
    scheme: Scheme, problems: Mapping[str, _Counts], bill: _Bill
) -> Iterator[tuple[TokenRule, dict[Stage, dict[int, Estimate]]]]:
    """Yield pass@t by stage and t for each rule of what a prompt costs."""
    known: dict[float, dict[Stage, dict[int, Estimate]]] = {}
    for rule in TokenRule:
        weight = weighted_tokens(1, 0, rule, scheme.style)
        if weight not in known:  # In a chat both rules are one.
            told = {
                stage: [
                    Told(p.n, p.reached(stage), *bill.tokens(name, p.n))
                    for name, p in problems.items()
                ]
                for stage in scheme.stages
            }
            known[weight] = {
                stage: curve
                for stage, each in told.items()
                if (curve := by_budget(scheme.budgets, each, rule, scheme.style))
            }
        if known[weight]:
            yield rule, known[weight]


class _Bill:
    """What is counted of the completions."""

    def __init__(self, completions: Iterable[Completion]) -> None:
        self.finishes: Counter[Finish] = Counter()
        self._sums: dict[str, float] = dict.fromkeys(_SUMMED, 0)
        self._said: Counter[str] = Counter()
        self._tokens: dict[str, list[int]] = {}
        for completion in completions:
            self.finishes[completion.finish] += 1
            for name in _SUMMED:
                value = getattr(completion, name)
                if value is not None:
                    self._sums[name] += value
                    self._said[name] += 1
            if completion.tokens_in is not None and completion.tokens_out is not None:
                row = self._tokens.setdefault(completion.key.problem, [0, 0, 0])
                row[0] += 1
                row[1] += completion.tokens_in
                row[2] += completion.tokens_out

    def tokens(self, problem: str, samples: int) -> tuple[int | None, int | None]:
        """Return the tokens of a problem's prompts and completions, if all its samples say."""
        said, tokens_in, tokens_out = self._tokens.get(problem, (0, 0, 0))
        return (tokens_in, tokens_out) if said == samples else (None, None)

    def usage(self) -> Usage:
        total = self.finishes.total()
        whole: dict[str, Any] = {
            name: round(value, 6)
            for name, value in self._sums.items()
            if total and self._said[name] == total
        }
        return Usage(total, **whole)


_SUMMED = ("tokens_in", "tokens_out", "seconds", "cost")


class _Ledger:
    """Which rows are expected and which have come."""

    def __init__(self, expected: Iterable[Key]) -> None:
        self._expected = expected if isinstance(expected, Keys) else Keys(expected)
        self._come = Keys()
        self.problems = self._expected.problems
        self.samples = self._expected.fewest
        self.expected = len(self._expected)

    @property
    def missing(self) -> int:
        return self.expected - len(self._come)

    def tick(self, key: Key, what: str) -> None:
        known = key in self._expected
        if not known or not self._come.add(key):
            trouble = "is there twice" if known else "does not belong to this run"
            raise StoreError(f"The {what} of {key.problem}, sample {key.sample}, {trouble}.")

    def complaint(self, finish_with: str) -> str:
        first = self._expected.first_missing(self._come)
        where = f" (first: {first.problem}, sample {first.sample})" if first else ""
        are = "verdict is" if self.missing == 1 else "verdicts are"
        return (
            f"{self.missing} of {self.expected} {are} missing{where}. "
            f"Run `{finish_with}` to finish, or use --allow-missing to score what is there."
        )


def _check_k(ks: Sequence[int], samples: int) -> None:
    if any(k < 1 for k in ks):
        raise ConfigError(f"pass@{min(ks)} means nothing. Use --k 1 or more.")
    if ks and max(ks) > samples:
        k = max(ks)
        raise ConfigError(
            f"pass@{k} needs {k} samples per problem; this run has {samples}. "
            f"Use --k {max(samples, 1)} or --samples {k}."
        )


def _check_share(key: Key, name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise StoreError(
            f"In the verdict of {key.problem}, sample {key.sample}, {name!r} is {value:g}, no "
            "share from 0 to 1. Judge again with `ucb evaluate RUN --again`."
        )


def _ranked(counts: Mapping[_Name, int]) -> dict[_Name, int]:
    """The most frequent first, and never in the order the rows happened to arrive."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
