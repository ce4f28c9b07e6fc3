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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Self, TypeVar

from ucb.errors import ConfigError, Incomplete, StoreError
from ucb.stats import Estimate, Method, estimate
from ucb.types import Completion, Finish, Key, Reason, Stage, Style, Verdict

Metric = Callable[[Iterable[Verdict]], float]
_Name = TypeVar("_Name", bound=str)


STAGES = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)
"""What is reported of a task that does not say what its programs prove."""


def pass_at_k(n: int, c: int, k: int) -> float:
    """
    Return the chance that k samples drawn from n, of which c pass, hold one that passes.

    This is 1 - C(n-c, k) / C(n, k), the unbiased estimator of Chen et al. 2021
    (arXiv 2107.03374, section 2.1). It is computed in integers and rounded once,
    so it is exact to the last bit for every n. Needs 0 <= c <= n and 1 <= k <= n.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"pass@{k} is not defined for {c} passes in {n} samples")
    ways = math.comb(n, k)
    return (ways - math.comb(n - c, k)) / ways


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


class TokenRule(StrEnum):
    """What a token of a prompt costs in pass@t, beside 1 for a token of the output."""

    PAPER = "ucb-paper"
    """Half a token, as CoderUJB's paper defines it (arXiv 2403.19287)."""
    CODE = "ucb-code"
    """As its published code counts: in completion style the output it measures still
    repeats the prompt, so a prompt token costs one and a half."""


def weighted_tokens(tokens_in: int, tokens_out: int, rule: TokenRule, style: Style) -> float:
    """
    Return what one sample costs in pass@t.

    `tokens_in` and `tokens_out` are the prompt and the completion without the
    prompt, counted with the same tokenizer for all models (the paper: GPT-2's).
    """
    repeats_prompt = rule is TokenRule.CODE and style is Style.COMPLETE
    return (1.5 if repeats_prompt else 0.5) * tokens_in + tokens_out


class Spent(NamedTuple):
    """What one problem cost in pass@t."""

    samples: int
    passed: int
    tokens: float
    """`weighted_tokens` of all its samples together."""


def pass_at_t(t: int, problems: Iterable[Spent]) -> Estimate | None:
    """
    Return the chance of a pass when each problem may cost t tokens, or None if no problem counts.

    t tokens buy t / (tokens per sample) samples, a real number; pass@k's product
    over i = n-c+1 … n of 1 - k/i takes it as it is. A problem whose samples cost
    fewer than t tokens together cannot answer and is left out, so `problems` of
    the estimate says how many did. Definition: CoderUJB, arXiv 2403.19287, as its
    code has it.
    """
    values = []
    for n, c, tokens in problems:
        if n and 0 < t <= tokens:
            k = t * n / tokens
            missed = math.prod(1 - k / i for i in range(n - c + 1, n + 1)) if n - c >= k else 0.0
            values.append(1 - missed)
    return estimate(values) if values else None


@dataclass(frozen=True, slots=True)
class Usage:
    """What the completions cost. A sum is None unless every completion says its part."""

    completions: int
    tokens_in: int | None = None
    tokens_out: int | None = None
    seconds: float | None = None
    """Seconds of all completions together, as their backend measured each."""
    cost: float | None = None
    """US dollars."""

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens generated per second of `seconds`."""
        return self.tokens_out / self.seconds if self.tokens_out and self.seconds else None

    @property
    def tokens(self) -> int | None:
        """Tokens of prompts and completions."""
        if self.tokens_in is None or self.tokens_out is None:
            return None
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything a report says about one task of a run."""

    problems: int
    samples: int
    """Samples per problem; of the problem that has fewest, where they differ."""
    expected: int
    """Rows the run should have."""
    present: int
    """Rows it has. Where it is less, every rate is over these alone."""
    solved: int
    """Problems with a sample that passed."""
    pass_at: Mapping[int, Estimate]
    """By k, over the problems that have k samples."""
    stages: Mapping[Stage, Estimate]
    """By stage, the share of samples that reached it."""
    reasons: Mapping[Reason, int]
    """Samples by why they got no further, most frequent first."""
    usage: Usage
    finishes: Mapping[Finish, int] = field(default_factory=dict)
    """Completions by why they ended."""
    rules: Mapping[str, int] = field(default_factory=dict)
    """Samples by each rule of the extraction that fired, most frequent first."""
    judges: Mapping[str, int] = field(default_factory=dict)
    """Executed samples by how they were judged."""
    cpu: float = 0.0
    """CPU seconds of all executions."""
    splits: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    """pass@1 by a kind of group, such as `language`, and its name, where there are several."""

    @property
    def missing(self) -> int:
        """Rows the run should have and has not."""
        return self.expected - self.present

    @property
    def no_code(self) -> int:
        """Answers in which no code was found."""
        return self.reasons.get(Reason.NO_CODE, 0)

    @property
    def truncated(self) -> int:
        """Answers cut off at their token limit."""
        return self.finishes.get(Finish.LENGTH, 0)

    @property
    def tokens_per_solved(self) -> float | None:
        """Tokens of all prompts and completions, per problem solved."""
        tokens = self.usage.tokens
        return tokens / self.solved if tokens is not None and self.solved else None

    @property
    def cost_per_solved(self) -> float | None:
        """US dollars of all completions, per problem solved."""
        cost = self.usage.cost
        return cost / self.solved if cost is not None and self.solved else None

    def to_json(self) -> dict[str, Any]:
        """Return this as JSON's own types; `from_json` reads it back."""
        return asdict(self) | {
            "pass_at": {str(k): asdict(value) for k, value in self.pass_at.items()},
            "stages": {stage.name.lower(): asdict(v) for stage, v in self.stages.items()},
            "missing": self.missing,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; raise `StoreError` when it is something else."""
        try:
            return cls(
                **{name: data[name] for name in _PLAIN},
                pass_at={int(k): _estimate(v) for k, v in data["pass_at"].items()},
                stages={Stage[name.upper()]: _estimate(v) for name, v in data["stages"].items()},
                reasons={Reason(name): count for name, count in data["reasons"].items()},
                finishes={Finish(name): count for name, count in data["finishes"].items()},
                splits={
                    kind: {name: _estimate(v) for name, v in groups.items()}
                    for kind, groups in data.get("splits", {}).items()
                },
                usage=Usage(**data["usage"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"These are not the scores of a run, or of another version of UCB ({error}). "
                "Run `ucb report` on the run folder to make them again."
            ) from error


_PLAIN = ("problems", "samples", "expected", "present", "solved", "rules", "judges", "cpu")


def score(
    verdicts: Iterable[Verdict],
    completions: Iterable[Completion],
    ks: Iterable[int],
    *,
    expected: Iterable[Key],
    audit: Mapping[str, int] | None = None,
    stages: Iterable[Stage] = STAGES,
    allow_missing: bool = False,
    finish_with: str = "ucb run",
) -> Scores:
    """
    Return the scores of one task.

    `expected` names every row the run should have; `audit` counts the rules of
    the extraction, complete once `verdicts` has been read to its end. `stages`
    are those that the task's programs prove.
    `finish_with` is the command that makes missing rows.

    Raises `ConfigError` for a k that is larger than the samples of a problem,
    `Incomplete` when verdicts are missing (with `allow_missing`, only when all
    are), and `StoreError` for a row that is not expected or comes twice. With
    `allow_missing`, pass@k is over the problems that have k samples and is left
    out where none has.
    """
    ledger = _Ledger(expected)
    if not ledger.expected:
        raise ConfigError("There is nothing to score: the run has no problems.")
    ks = sorted(set(ks))
    _check_k(ks, ledger.samples)
    tally = _Tally()
    for verdict in verdicts:
        ledger.tick(verdict.key, "verdict")
        tally.add(verdict)
    if ledger.missing and (not allow_missing or not tally.problems):
        raise Incomplete(ledger.complaint(finish_with))
    bill = _Bill(completions)
    problems = tally.problems.values()
    passes = {
        k: [pass_at_k(p.n, p.reached(Stage.PASSED), k) for p in problems if p.n >= k] for k in ks
    }
    return Scores(
        problems=ledger.problems,
        samples=ledger.samples,
        expected=ledger.expected,
        present=ledger.expected - ledger.missing,
        solved=sum(p.reached(Stage.PASSED) > 0 for p in problems),
        pass_at={k: estimate(values) for k, values in passes.items() if values},
        stages={stage: estimate(p.reached(stage) / p.n for p in problems) for stage in stages},
        reasons=_ranked(tally.reasons),
        usage=bill.usage(),
        finishes=_ranked(bill.finishes),
        rules=_ranked(audit or {}),
        judges=_ranked(tally.judges),
        # Rounded, since a sum of floats depends on the order the rows arrived in.
        cpu=round(tally.cpu, 6),
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


class _Tally:
    """What is counted of the verdicts."""

    def __init__(self) -> None:
        self.problems: dict[str, _Counts] = {}
        self.reasons: Counter[Reason] = Counter()
        self.judges: Counter[str] = Counter()
        self.cpu = 0.0

    def add(self, verdict: Verdict) -> None:
        self.problems.setdefault(verdict.key.problem, _Counts()).add(verdict.stage)
        self.reasons[verdict.reason] += 1
        if verdict.judge:
            self.judges[verdict.judge] += 1
        self.cpu += verdict.cpu


class _Bill:
    """What is counted of the completions."""

    def __init__(self, completions: Iterable[Completion]) -> None:
        self.finishes: Counter[Finish] = Counter()
        self._sums: dict[str, float] = dict.fromkeys(_SUMMED, 0)
        self._said: Counter[str] = Counter()
        for completion in completions:
            self.finishes[completion.finish] += 1
            for name in _SUMMED:
                value = getattr(completion, name)
                if value is not None:
                    self._sums[name] += value
                    self._said[name] += 1

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
    """Which rows are expected and which have come: two bits per row."""

    def __init__(self, expected: Iterable[Key]) -> None:
        self._expected: dict[str, int] = {}
        for problem, sample in expected:
            self._expected[problem] = self._expected.get(problem, 0) | 1 << sample
        self._missing = dict(self._expected)
        self.problems = len(self._expected)
        self.samples = min((bits.bit_count() for bits in self._expected.values()), default=0)
        self.expected = sum(bits.bit_count() for bits in self._expected.values())
        self.missing = self.expected

    def tick(self, key: Key, what: str) -> None:
        if not self._missing.get(key.problem, 0) >> key.sample & 1:
            known = self._expected.get(key.problem, 0) >> key.sample & 1
            trouble = "is there twice" if known else "does not belong to this run"
            raise StoreError(f"The {what} of {key.problem}, sample {key.sample}, {trouble}.")
        self._missing[key.problem] ^= 1 << key.sample
        self.missing -= 1

    def complaint(self, finish_with: str) -> str:
        problem, bits = next((name, bits) for name, bits in self._missing.items() if bits)
        first = (bits & -bits).bit_length() - 1
        are = "verdict is" if self.missing == 1 else "verdicts are"
        return (
            f"{self.missing} of {self.expected} {are} missing (first: {problem}, sample {first}). "
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


def _ranked(counts: Mapping[_Name, int]) -> dict[_Name, int]:
    """The most frequent first, and never in the order the rows happened to arrive."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _estimate(data: Mapping[str, Any]) -> Estimate:
    return Estimate(**{**data, "method": Method(data["method"])})
