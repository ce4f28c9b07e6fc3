"""What a report says about one task of a run, and how it lies in `scores.json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self, TypeVar

from ucb.classify import Classification, Counts, Figure
from ucb.errors import StoreError
from ucb.passat import TokenRule
from ucb.stats import Estimate, Method
from ucb.types import Finish, Reason, Stage

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

Curve = Mapping[int, Estimate]
"""pass@k by k, or pass@t by t."""
Splits = Mapping[str, Mapping[str, Estimate]]
"""A figure by a kind of group, such as `language`, and its name, where there are several."""


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
class Measured:
    """A number that verdicts carry, from 0 to 1, such as line coverage."""

    mean: Estimate
    """The mean over the problems it is defined for of the mean over their samples, where a
    sample without it counts 0: a test that fails covers nothing. CoderUJB's rule."""
    given: Estimate | None
    """The same over the samples that have it alone, or None where none has."""
    samples: int
    """Samples that have it."""


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
    splits: Splits = field(default_factory=dict)
    """pass@1 by group; of a task that classifies its accuracy, which is the same share."""
    stages_at: Mapping[Stage, Curve] = field(default_factory=dict)
    """pass@k by stage and k, of the stages before `PASSED`: `pass_at` has that one."""
    pass_at_t: Mapping[TokenRule, Mapping[Stage, Curve]] = field(default_factory=dict)
    """pass@t by what a prompt costs, stage and t, over the problems that can spend t tokens,
    counted by the model's own tokenizer; nothing unless every completion says its tokens."""
    measures: Mapping[str, Measured] = field(default_factory=dict)
    """Numbers that only some tasks have, by name."""
    measure_splits: Mapping[str, Splits] = field(default_factory=dict)
    """The mean of each measure by group."""
    classification: Classification | None = None
    """Of a task whose answers say yes or no."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """The day that each problem became public, where it is known."""

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
        found = asdict(self) | {
            "stages": {stage.name.lower(): asdict(v) for stage, v in self.stages.items()},
            "pass_at": _curve_to_json(self.pass_at),
            "stages_at": _stages_to_json(self.stages_at),
            "pass_at_t": {rule.value: _stages_to_json(v) for rule, v in self.pass_at_t.items()},
            "missing": self.missing,
        }
        if self.classification is not None:
            found["classification"]["counts"] = self.classification.counts._asdict()
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; raise `StoreError` when it is something else.

        What an older file lacks, its run was not asked.
        """
        try:
            return cls(
                **{name: data[name] for name in _PLAIN},
                pass_at=_curve(data["pass_at"]),
                stages=_map(data["stages"], _stage, _estimate),
                reasons={Reason(name): count for name, count in data["reasons"].items()},
                finishes={Finish(name): count for name, count in data["finishes"].items()},
                splits=_splits(data.get("splits", {})),
                stages_at=_map(data.get("stages_at", {}), _stage, _curve),
                pass_at_t=_map(data.get("pass_at_t", {}), TokenRule, _stages),
                measures=_map(data.get("measures", {}), str, _measured),
                measure_splits=_map(data.get("measure_splits", {}), str, _splits),
                classification=_classification(data.get("classification")),
                dates=data.get("dates", {}),
                usage=Usage(**data["usage"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"These are not the scores of a run, or of another version of UCB ({error}). "
                "Run `ucb report` on the run folder to make them again."
            ) from error


_PLAIN = ("problems", "samples", "expected", "present", "solved", "rules", "judges", "cpu")


def _curve_to_json(curve: Curve) -> dict[str, Any]:
    return {str(place): asdict(value) for place, value in curve.items()}


def _stages_to_json(stages: Mapping[Stage, Curve]) -> dict[str, Any]:
    return {stage.name.lower(): _curve_to_json(curve) for stage, curve in stages.items()}


def _map(
    data: Mapping[str, Any], name: Callable[[str], _Key], value: Callable[[Any], _Value]
) -> dict[_Key, _Value]:
    return {name(key): value(each) for key, each in data.items()}


def _stage(name: str) -> Stage:
    return Stage[name.upper()]


def _estimate(data: Mapping[str, Any]) -> Estimate:
    return Estimate(**{**data, "method": Method(data["method"])})


def _curve(data: Mapping[str, Any]) -> dict[int, Estimate]:
    return _map(data, int, _estimate)


def _stages(data: Mapping[str, Any]) -> dict[Stage, dict[int, Estimate]]:
    return _map(data, _stage, _curve)


def _splits(data: Mapping[str, Any]) -> dict[str, dict[str, Estimate]]:
    return {kind: _map(groups, str, _estimate) for kind, groups in data.items()}


def _measured(data: Mapping[str, Any]) -> Measured:
    given = data["given"]
    return Measured(
        _estimate(data["mean"]), None if given is None else _estimate(given), data["samples"]
    )


def _classification(data: Mapping[str, Any] | None) -> Classification | None:
    if data is None:
        return None
    figures = _map(data["figures"], Figure, _estimate)
    return Classification(figures, Counts(**data["counts"]), data["clusters"])
