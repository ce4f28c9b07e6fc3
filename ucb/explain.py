"""
Why a score is what it is: what differs between a run's protocol and another, and what that changes.

The stored completions are read and judged again as the other mode would. What the
model would have written to another prompt, or beyond a stop sequence, is not
stored: where that matters, it is counted and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ucb import session
from ucb.errors import ConfigError
from ucb.keys import Keys
from ucb.planning import plan
from ucb.run import evaluate, extracted
from ucb.sandbox import Sandbox
from ucb.store import Run, TaskFolder
from ucb.task import Task
from ucb.types import Completion, Finish, Limits, Problem, Style, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """One sample that the other mode judges otherwise."""

    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one mode differs from that of a run, on its problems and completions."""

    task: str
    mode: str
    """The run's."""
    other: str
    style: Style
    problems: int
    prompts: int
    """Problems that the other mode asks otherwise."""
    stops: tuple[tuple[str, ...], tuple[str, ...]]
    """Stop sequences of the run and of the other mode."""
    limits: tuple[Limits, Limits] | None
    """Of the first problem's tests, in the run and in the other mode; None if nothing is run."""
    completions: int
    cut: int
    """Completions that may have ended at a stop sequence the other mode does not have."""
    codes: int
    """Completions whose code is another one."""
    changed: tuple[Change, ...]
    """Samples that passed in one of the two only."""

    @property
    def gained(self) -> int:
        """Samples that pass in the other mode only."""
        return sum(change.after.passed for change in self.changed)

    @property
    def lost(self) -> int:
        """Samples that pass in the run only."""
        return len(self.changed) - self.gained

    def sentences(self) -> Iterator[str]:
        """Say what differs, one fact each."""
        yield _prompts(self)
        ours, theirs = self.stops
        more, less = _listed(set(theirs) - set(ours)), _listed(set(ours) - set(theirs))
        stops = [f"adds {more}"] * bool(more) + [f"lacks {less}"] * bool(less)
        yield f"stops: {' and '.join(stops) or 'the same'}"
        if self.cut and less:
            yield (
                f"stops: {self.cut} of {self.completions} completions may have been cut where "
                f"{self.other} reads on; only new completions can tell"
            )
        yield f"extraction: {self.codes} of {self.completions} completions give other code"
        if self.limits is not None:
            ours_limits, theirs_limits = map(_limit, self.limits)
            same = ours_limits == theirs_limits
            yield f"limits: {'the same' if same else f'{theirs_limits} instead of {ours_limits}'}"
        yield (
            f"verdicts: {len(self.changed)} of {self.completions} change "
            f"({self.gained} more pass, {self.lost} fewer)"
        )


def explain(path: Path, name: str, mode: str, sandbox: Sandbox) -> Explanation:
    """
    Judge a run's stored completions of one task as another mode would.

    Raises `ConfigError` when the run does not have the task or nothing of it is
    judged, and `UnknownName` for a mode the task does not have.
    """
    run = Run(path)
    config = session.stored_config(run.read())
    each = next((each for each in plan(config) if each.task.name == name), None)
    if each is None:
        raise ConfigError(f"{path} has no task {name!r}; it has {', '.join(config.tasks)}.")
    folder, style = run.task(name), Style(config.style)
    problems = {problem.id: problem for problem in each.problems}
    before = _Before(folder, problems)
    if next(before.judged(), None) is None:
        raise ConfigError(f"Nothing of {name} in {path} is judged. Run `ucb evaluate {path}`.")
    task, other = each.task, each.task.configured(mode=mode)
    for one in (task, other):
        one.prepare(each.problems, sandbox.run)
    counts: Counter[str] = Counter()

    def again() -> Iterator[Completion]:
        for completion in before.judged():
            counts["completions"] += 1
            # Those that ended at a stop sequence, or may have.
            counts["ended"] += completion.finish is Finish.STOP and completion.code is None
            problem = problems[completion.key.problem]
            ours, theirs = (extracted(one, problem, style, completion)[0] for one in (task, other))
            counts["codes"] += ours != theirs
            if _differs(task, other, problem, ours, theirs):
                yield completion

    changed = [
        verdict
        for verdict in evaluate(other, problems, style, again(), sandbox)
        if verdict.passed is not (verdict.key in before.passed)
    ]
    places = folder.verdict_places(Keys(verdict.key for verdict in changed))
    prompts = [(task.prompt(p, style), other.prompt(p, style)) for p in each.problems]
    stops = (prompts[0][0].stop, prompts[0][1].stop)
    return Explanation(
        task=name,
        mode=task.mode,
        other=mode,
        style=style,
        problems=len(prompts),
        prompts=sum(
            (ours.text, ours.prefill, ours.system) != (theirs.text, theirs.prefill, theirs.system)
            for ours, theirs in prompts
        ),
        stops=stops,
        limits=(
            (_limits(task, each.problems), _limits(other, each.problems)) if task.executes else None
        ),
        completions=counts["completions"],
        cut=counts["ended"] if set(stops[0]) - set(stops[1]) else 0,
        codes=counts["codes"],
        changed=tuple(
            Change(folder.verdict_at(places[verdict.key]), verdict)
            for verdict in sorted(changed, key=lambda v: v.key)
        ),
    )


class _Before:
    """What is judged in a run of some problems, without holding the rows."""

    def __init__(self, folder: TaskFolder, problems: Container[str]) -> None:
        self._folder = folder
        self._keys, self.passed = Keys(), Keys()
        for verdict in folder.verdicts():
            if verdict.key.problem in problems:
                self._keys.add(verdict.key)
                if verdict.passed:
                    self.passed.add(verdict.key)

    def judged(self) -> Iterator[Completion]:
        """Read the completions that are judged."""
        return (c for c in self._folder.completions() if c.key in self._keys)


def _differs(task: Task, other: Task, problem: Problem, ours: str, theirs: str) -> bool:
    """Whether the other mode runs another program, given the code that each of the two reads."""
    if not task.executes or not (ours.strip() and theirs.strip()):
        return ours != theirs
    return task.program(problem, ours).digest() != other.program(problem, theirs).digest()


def _limits(task: Task, problems: Sequence[Problem]) -> Limits:
    first = problems[0]
    code = task.reference(first) or "pass"
    return task.program(first, code).steps[-1].limits


def _prompts(found: Explanation) -> str:
    if not found.prompts:
        return "prompts: the same"
    return (
        f"prompts: {found.prompts} of {found.problems} are asked otherwise, so what the model "
        f"would answer needs new completions (ucb run {found.task} --mode {found.other})"
    )


def _listed(stops: set[str]) -> str:
    return ", ".join(repr(stop) for stop in sorted(stops))


def _limit(limits: Limits) -> str:
    return f"{limits.cpu:g} CPU s and {limits.memory} MiB"
