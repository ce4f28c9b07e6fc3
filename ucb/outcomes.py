"""
What a run found out, small enough to commit: how far the samples of each problem got.

Runs are compared, gated and ranked from this alone, so a baseline file and a
run folder are the same thing to everything above.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from ucb.errors import ConfigError, UnknownName
from ucb.passat import pass_at_k
from ucb.stats import Estimate, estimate
from ucb.types import Stage

STAGES = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)
"""The stages that are kept of a run. `BASE` is that of one family of benchmarks only."""

FIGURES: Mapping[str, int] = {
    "tokens_per_second": 1,
    "tokens_per_sample": -1,
    "seconds_per_sample": -1,
    "cost_per_sample": -1,
    "truncated": -1,
}
"""Figures of a task beside its rates, and whether more (1) or less (-1) of each is better.
`truncated` is the share of answers cut off at the token limit; cost is in US dollars."""

_PASS_AT = re.compile(r"pass@([1-9]\d*)")


class Tally(NamedTuple):
    """How far the samples of one problem got, and what they took."""

    samples: int
    extracted: int
    """Samples that reached this stage or a later one; so for the next three."""
    compiled: int
    triggered: int
    passed: int
    tokens_in: int | None = None
    """Of all samples together; None unless every completion says."""
    tokens_out: int | None = None

    def reached(self, stage: Stage) -> int:
        """Return how many samples got at least as far as `stage`, one of `STAGES`."""
        return self[1 + STAGES.index(stage)] or 0


class Failure(NamedTuple):
    """The first sample of a problem that did not pass, and why."""

    sample: int
    reason: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """What two results of one benchmark must share to be set side by side."""

    version: int
    mode: str
    data_sha256: str
    problems: int
    """Problems asked, after `--limit`."""

    def difference(self, other: Protocol) -> str:
        """Say in what `self` differs from `other`, or return nothing."""
        for name, said in (
            ("version", "task version {0}, not {1}"),
            ("mode", "mode {0!r}, not {1!r}"),
            ("data_sha256", "other problems: data sha256 {0:.8}…, not {1:.8}…"),
            ("problems", "{0} problems, not {1}"),
        ):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                return said.format(mine, theirs)
        return ""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """One benchmark of a run."""

    name: str
    protocol: Protocol
    samples: int
    """Samples asked per problem."""
    tallies: Mapping[str, Tally]
    figures: Mapping[str, float] = field(default_factory=dict)
    """Some of `FIGURES`."""
    splits: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    """pass@1 by `language` or `project` and its name, where the task has several."""
    unstable: frozenset[str] = frozenset()
    """Problems of which the same answer was judged both ways."""
    failures: Mapping[str, Failure] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Rows the run should have and has not."""
        present = sum(tally.samples for tally in self.tallies.values())
        return self.protocol.problems * self.samples - present


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """One run, whether it was read from its folder or from a baseline file."""

    where: str
    """The path it was read from."""
    model: str
    tasks: Mapping[str, TaskOutcome]
    asked: Mapping[str, Any] = field(default_factory=dict)
    """How the model was asked: style, template, temperature, …"""
    started: str = ""
    ucb: str = ""
    git: str = ""
    parameters: int | None = None
    """Weights of the model."""
    folder: bool = True
    """Whether `where` is a run folder, with samples to look at."""


def values(task: TaskOutcome, metric: str) -> dict[str, float]:
    """
    Return a rate by problem: `pass@k`, or the share of samples that reached a stage.

    Raises `UnknownName` for another name, `ConfigError` when a problem has
    fewer than k samples.
    """
    if found := _PASS_AT.fullmatch(metric):
        k = int(found[1])
        fewest = min((tally.samples for tally in task.tallies.values()), default=0)
        if k > fewest:
            raise ConfigError(
                f"{metric} of {task.name} needs {k} samples per problem; a run here has {fewest}."
            )
        return {name: pass_at_k(t.samples, t.passed, k) for name, t in task.tallies.items()}
    stage = next((stage for stage in STAGES if stage.name.lower() == metric), None)
    if stage is None:
        raise UnknownName("metric", metric, metrics())
    return {name: tally.reached(stage) / tally.samples for name, tally in task.tallies.items()}


def is_rate(metric: str) -> bool:
    """Whether `metric` has one value per problem; raise `UnknownName` if it is no metric."""
    if metric in FIGURES:
        return False
    if _PASS_AT.fullmatch(metric) or metric in metrics():
        return True
    raise UnknownName("metric", metric, metrics())


def metrics() -> list[str]:
    """Return the names of all metrics; `pass@1` stands for every k."""
    return ["pass@1", *(stage.name.lower() for stage in STAGES), *FIGURES]


def rate(task: TaskOutcome, metric: str) -> Estimate:
    """Return the mean over problems of `values`, with its 95% interval."""
    return estimate(values(task, metric).values())


def splits_to_json(found: Mapping[str, Mapping[str, Estimate]]) -> dict[str, Any]:
    """Return splits as a baseline and `scores.json` hold them under that name."""
    return {
        kind: {name: asdict(value) for name, value in groups.items()}
        for kind, groups in found.items()
    }


def asked_differently(a: RunOutcome, b: RunOutcome) -> list[str]:
    """Return which settings of asking differ, such as `temperature 0.2, not 0.0`."""
    names = [name for name in a.asked if name in b.asked]
    return [
        f"{name} {a.asked[name]!r}, not {b.asked[name]!r}"
        for name in names
        if a.asked[name] != b.asked[name]
    ]


def unstable(judged: Iterable[tuple[str, str, bool]]) -> frozenset[str]:
    """Return the problems of which one answer has two verdicts, from (problem, answer, passed)."""
    first: dict[int, bool] = {}
    found: set[str] = set()
    for problem, answer, passed in judged:
        # 64 bits for each answer of a million: two of them are alike once in 37 million runs.
        digest = hashlib.blake2b(f"{problem}\0{answer}".encode(), digest_size=8).digest()
        if first.setdefault(int.from_bytes(digest), passed) != passed:
            found.add(problem)
    return frozenset(found)
