"""
May this checkpoint ship? Rules over a candidate and a baseline.

A rate fails on a drop from the baseline that is significant *and* larger than
its margin. All statistical rules of a gate share one false-alarm rate, by
Holm's method, so that a gate over twenty benchmarks does not fail every other
good checkpoint.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ucb.compare import ALPHA, Comparison, comparable, compare, detectable_drop
from ucb.errors import ConfigError, Incomplete, NotComparable
from ucb.outcomes import FIGURES, RunOutcome, TaskOutcome, asked_differently, is_rate, rate
from ucb.stats import Estimate


@dataclass(frozen=True, slots=True)
class Rule:
    """What one metric of a benchmark must not do."""

    task: str = "*"
    """A benchmark's name, or a pattern such as `humaneval*`."""
    metric: str = "pass@1"
    minimum: float | None = None
    """Fail below this, whatever the baseline says."""
    maximum: float | None = None
    """Fail above this."""
    margin: float | None = None
    """How much worse than the baseline is tolerated, in the metric's own unit."""
    relative_margin: float | None = None
    """The same as a share of the baseline's value; the larger of the two counts."""
    significant: bool = True
    """A rate fails only on a drop that chance does not explain. Figures such as
    tokens per second have no such test."""

    @property
    def absolute(self) -> bool:
        """Whether the rule says something without a baseline."""
        return self.minimum is not None or self.maximum is not None


@dataclass(frozen=True, slots=True)
class Config:
    """A gate's rules; `ucb.gatefile` reads them from TOML."""

    rules: Sequence[Rule] = (Rule(),)
    alpha: float = ALPHA
    """Chance that the statistical rules fail a candidate that is no worse, all together."""
    ignore: Sequence[str] = ()
    """Problems to leave out on both sides: `HumanEval/12`, or a pattern."""
    ignore_unstable: bool = True
    """Leave out problems of which the same answer was judged both ways."""
    most_unstable: float = 0.1
    """Refuse to decide when more than this share of a benchmark's problems is unstable."""
    allow: Sequence[str] = ()
    """Settings in which the runs may differ, such as `max_tokens`."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on one benchmark."""

    task: str
    metric: str
    value: float
    baseline: float | None
    reasons: Sequence[str]
    """Sentences on why it failed; none when it passed."""
    interval: Estimate | None = None
    comparison: Comparison | None = None
    tolerated: float = 0.0
    """The drop from the baseline that the margins allow."""
    p: float | None = None
    """Of the drop, adjusted for the number of statistical rules."""
    detectable: float | None = None
    """The true drop that this gate would have failed in 80 % of runs like these."""

    @property
    def passed(self) -> bool:
        """Whether the rule holds."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Decision:
    """What a gate says of a candidate."""

    candidate: RunOutcome
    baseline: RunOutcome | None
    checks: Sequence[Check]
    alpha: float
    notes: Sequence[str] = ()

    @property
    def passed(self) -> bool:
        """Whether every rule holds."""
        return all(check.passed for check in self.checks)


def decide(
    candidate: RunOutcome,
    baseline: RunOutcome | None,
    config: Config | None = None,
    *,
    unstable: Mapping[str, frozenset[str]] | None = None,
) -> Decision:
    """
    Apply the rules. Without a baseline only `minimum` and `maximum` count.

    `unstable` adds problems, by task, to those the baseline says are unstable.
    Raises `Incomplete` when rows or benchmarks are missing on either side,
    `NotComparable` when the runs were made differently, and `ConfigError` for a
    rule that applies to nothing.
    """
    config = config or Config()
    if baseline is None and not any(rule.absolute for rule in config.rules):
        raise ConfigError(
            "The gate has nothing to hold the candidate to. Give it a --baseline, or a rule with "
            "a minimum or a maximum."
        )
    _same_questions(candidate, baseline, config)
    matched = [(rule, task) for rule in config.rules for task in _tasks(rule, candidate, baseline)]
    ignored = {
        name: _ignored(candidate.tasks[name], baseline, config, (unstable or {}).get(name))
        for name in {task for _, task in matched}
    }
    checks = [_measure(rule, candidate, baseline, task, ignored[task]) for rule, task in matched]
    rules = [rule for rule, _ in matched]
    judged = _judge(rules, checks, config.alpha)
    notes = [*_left_out(ignored), *_blind(judged), *_new(candidate, baseline)]
    return Decision(candidate, baseline, judged, config.alpha, notes)


def _left_out(ignored: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for task, names in sorted(ignored.items()):
        if names:
            shown = ", ".join(sorted(names)[:5])
            yield f"{len(names)} problems of {task} are left out ({shown})."


def _blind(checks: Sequence[Check]) -> Iterator[str]:
    for check in checks:
        score, least = check.baseline, check.detectable
        if score is not None and least is not None and score < least:
            yield (
                f"{check.task}, {check.metric}: the baseline's {100 * score:.1f}% is less than the "
                f"smallest drop that would be seen, {100 * least:.1f} points. This rule can stop "
                "nothing; ask more problems or more samples."
            )


def _new(candidate: RunOutcome, baseline: RunOutcome | None) -> Iterator[str]:
    if baseline is not None:
        for name in sorted(candidate.tasks.keys() - baseline.tasks.keys()):
            yield f"{name} is not in the baseline: no drop can be seen."


def _same_questions(candidate: RunOutcome, baseline: RunOutcome | None, config: Config) -> None:
    if baseline is None:
        return
    allowed = set(config.allow)
    odd = [d for d in asked_differently(candidate, baseline) if d.split(" ")[0] not in allowed]
    if odd:
        name = odd[0].split(" ")[0]
        raise NotComparable(
            f"{candidate.where} was asked differently than {baseline.where}: {', '.join(odd)}. "
            f"Run it as the baseline was, or put allow = [{name!r}] into the gate's file."
        )


def _tasks(rule: Rule, candidate: RunOutcome, baseline: RunOutcome | None) -> list[str]:
    """The benchmarks a rule applies to; one that was left out must not open the gate."""
    is_rate(rule.metric)
    known = candidate.tasks.keys() | (baseline.tasks.keys() if baseline else set())
    names = sorted(name for name in known if fnmatch.fnmatchcase(name, rule.task))
    if not names:
        raise ConfigError(
            f"The gate has a rule for {rule.task!r}, and the runs have {', '.join(sorted(known))}. "
            "Correct the rule or run that benchmark."
        )
    for name in names:
        _require_whole(candidate, name)
        if baseline is not None and name in baseline.tasks:
            _require_whole(baseline, name)
    return names


def _require_whole(run: RunOutcome, name: str) -> None:
    if name not in run.tasks:
        raise Incomplete(f"{run.where} has no {name}, which the gate asks for. Run it as well.")
    if missing := run.tasks[name].missing:
        raise Incomplete(
            f"{missing} verdicts of {name} are missing in {run.where}: an incomplete run "
            f"passes no gate. Run `ucb run --config {run.where}/run.json` to finish."
        )


def _ignored(
    task: TaskOutcome, baseline: RunOutcome | None, config: Config, seen: frozenset[str] | None
) -> frozenset[str]:
    names = frozenset(
        problem
        for problem in task.tallies
        if any(fnmatch.fnmatchcase(problem, pattern) for pattern in config.ignore)
    )
    if not config.ignore_unstable:
        return names
    unsure = task.unstable | (seen or frozenset())
    if baseline is not None and task.name in baseline.tasks:
        unsure |= baseline.tasks[task.name].unstable
    if len(unsure) > config.most_unstable * len(task.tallies):
        raise NotComparable(
            f"{len(unsure)} of {len(task.tallies)} problems of {task.name} have verdicts that "
            "change from run to run: the sandbox cannot be trusted. Find out why with "
            "`ucb replay`, or raise most_unstable in the gate's file."
        )
    return names | unsure


def _measure(
    rule: Rule,
    candidate: RunOutcome,
    baseline: RunOutcome | None,
    name: str,
    ignored: frozenset[str],
) -> Check:
    """What the rule looks at, before any judgement."""
    task = candidate.tasks[name]
    other = baseline.tasks.get(name) if baseline is not None else None
    if other is not None:
        comparable(task, other)
    if not is_rate(rule.metric):
        if rule.metric not in task.figures:
            raise Incomplete(f"{candidate.where} does not say {rule.metric} of {name}.")
        before = other.figures.get(rule.metric) if other is not None else None
        return Check(name, rule.metric, task.figures[rule.metric], before, ())
    if other is None:
        kept = {n: tally for n, tally in task.tallies.items() if n not in ignored}
        found = rate(replace(task, tallies=kept), rule.metric)
        return Check(name, rule.metric, found.value, None, (), interval=found)
    compared = compare(task, other, rule.metric, ignoring=ignored)
    return Check(
        name,
        rule.metric,
        compared.candidate.value,
        compared.baseline.value,
        (),
        interval=compared.candidate,
        comparison=compared,
    )


def _judge(rules: Sequence[Rule], checks: Sequence[Check], alpha: float) -> list[Check]:
    tested = [
        place
        for place, (rule, check) in enumerate(zip(rules, checks, strict=True))
        if rule.significant and check.comparison is not None
    ]
    adjusted = dict(zip(tested, holm([_drop(checks[place]) for place in tested]), strict=True))
    return [
        _judged(rule, check, adjusted.get(place), alpha, len(tested))
        for place, (rule, check) in enumerate(zip(rules, checks, strict=True))
    ]


def _judged(rule: Rule, check: Check, p: float | None, alpha: float, tests: int) -> Check:
    tolerated = max(rule.margin or 0.0, (rule.relative_margin or 0.0) * (check.baseline or 0.0))
    compared, least = check.comparison, None
    if compared is not None and p is not None:
        # Of several tests, Holm's method asks this much of the first.
        share = alpha / tests
        least = detectable_drop(compared.noise, compared.problems, share, margin=tolerated)
    settled = replace(check, tolerated=tolerated, p=p, detectable=least)
    return replace(settled, reasons=tuple(_reasons(rule, settled, alpha)))


def _drop(check: Check) -> float:
    return check.comparison.drop_p if check.comparison is not None else 1.0


def holm(ps: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for their number.

    Source: Holm, Scandinavian Journal of Statistics 6 (1979), 65-70.
    """
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    adjusted = [1.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = highest
    return adjusted


def _reasons(rule: Rule, check: Check, alpha: float) -> list[str]:
    found = []
    if rule.minimum is not None and check.value < rule.minimum:
        found.append(f"{check.value:.4g} is below the minimum of {rule.minimum:g}.")
    if rule.maximum is not None and check.value > rule.maximum:
        found.append(f"{check.value:.4g} is above the maximum of {rule.maximum:g}.")
    if check.baseline is None:
        return found
    if rule.metric in FIGURES:
        guarded = rule.margin is not None or rule.relative_margin is not None
        worse = FIGURES[rule.metric] * (check.baseline - check.value)
        if guarded and worse > check.tolerated:
            found.append(
                f"{check.value:.4g} is worse than the baseline's {check.baseline:.4g} by more "
                f"than {check.tolerated:.4g}."
            )
        return found
    drop = check.baseline - check.value
    # A drop of exactly the margin is allowed, whatever the last bit of a float says.
    if drop > check.tolerated + 1e-9 and (check.p is None or check.p <= alpha):
        sure = "" if check.p is None else f" (p = {check.p:.2g})"
        allowed = f", more than the {100 * check.tolerated:.2g} allowed" if check.tolerated else ""
        found.append(
            f"Fell by {100 * drop:.1f} points from {100 * check.baseline:.1f}% "
            f"to {100 * check.value:.1f}%{allowed}{sure}."
        )
    return found
