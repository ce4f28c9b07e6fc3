"""Which changed functions were bugs: the tests of a release, run with the old function put back.

The rules, each of which a candidate must pass (their names are in `Failed`):

- a test that passes in the untouched release reaches the function;
- with the old function put back at least one of these fails, and the same ones do so again in
  an interpreter with other hash seeds: the triggers;
- the triggers, run alone, pass in the untouched release;
- they also fail in the old release's whole source, with the new release's tests: what only
  fails because two versions were mixed is no bug of the old one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ucb.mine.functions import Module, read_module, read_source
from ucb.mine.releases import Candidate
from ucb.mine.sdist import Tree
from ucb.project import splice
from ucb.project.suite import REPORT, Project, Suite
from ucb.task import Run
from ucb.types import Ended, Execution, Key, Limits, Program

_REACHED = "_ucb_reached"
"""What `ucb.project.runner` counts with."""
_SEEDS = (None, 1)
"""Hash seeds of the rooms' own interpreter, and of another."""
_SLOWER, _AT_LEAST = 5.0, 20.0
"""Times the CPU seconds of the untouched release's tests that an edition may take, and seconds."""
_LONGEST = Limits(cpu=600.0, wall=1200.0, memory=4096, output=1 << 23)


class Failed(StrEnum):
    """Why a candidate is not confirmed."""

    NO_SUITE = "the untouched release's tests could not be run"
    UNREACHED = "no passing test reaches it"
    PLACE = "its body shares a line with its header"
    NO_TRIGGER = "no test fails with the old body"
    ENDLESS = "its tests with the old body do not end, or end the interpreter"
    UNSTABLE = "other tests fail with other hash seeds"
    ALONE = "its triggers do not pass alone in the new release"
    MIXED = "its triggers pass in the whole old release"


@dataclass(frozen=True, slots=True)
class Report:
    """What `main.py report` of `ucb.project.runner` left."""

    outcomes: Mapping[str, str]
    """`passed`, `skipped`, `failed` or `error`, by test."""
    raised: Mapping[str, str]
    hits: Mapping[str, Sequence[int]]
    missing: Sequence[str]
    """Modules for want of which files of tests could not be collected."""
    cpu: float

    def failing(self, names: Sequence[str]) -> frozenset[str]:
        """Those of the tests that did not pass."""
        return frozenset(name for name in names if self.outcomes.get(name) != "passed")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the untouched release's own tests do."""

    passing: frozenset[str]
    """Tests that passed every time."""
    others: frozenset[str]
    """Tests that failed, were skipped, or passed only sometimes."""
    reaching: Mapping[int, tuple[str, ...]]
    """By a candidate's number, the passing tests that run it."""
    cpu: float
    """CPU seconds of the slower run."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A function that was buggy in one release and is right in the next."""

    candidate: Candidate
    triggers: tuple[str, ...]
    """Tests that fail with the old body and pass with the new one."""
    raised: tuple[str, ...]
    """The exception that each trigger ends by, with the old body."""
    reaching: tuple[str, ...]
    """The passing tests that run the function."""


class Trial:
    """One release pair: the new release is in the store, both trees are on disk."""

    def __init__(self, before: Tree, after: Tree, project: Project, run: Run) -> None:
        self._before = before
        self._after = after
        self._project = project
        self._run = run
        self._limits = _LONGEST
        self._first: Report | None = None
        """What the untouched release's tests do, once they were run."""
        self.baseline: Baseline | None = None
        """Known once `confirm` has begun; None when the tests cannot be run."""

    def missing(self) -> tuple[str, ...]:
        """Return the modules that the untouched release's tests import in vain."""
        (self._first,) = self._reports([Suite(self._project).report({}, limits=_LONGEST)])
        return tuple(self._first.missing) if self._first else ()

    def confirm(
        self, candidates: Sequence[Candidate], dropped: Counter[str]
    ) -> Iterator[Confirmed]:
        """
        Yield the candidates that were bugs; count the others in `dropped`, under `Failed`.

        Raises `SandboxError` when programs cannot be run.
        """
        found = self._measure(candidates, dropped)
        if found is None:
            dropped[Failed.NO_SUITE] += len(candidates)
            return
        self.baseline = found
        self._limits = _within(found.cpu)
        reached = {n: candidates[n] for n in found.reaching}
        suspects = self._flipping(reached, found, dropped)
        suspects = self._alone(suspects, dropped)
        yield from self._clean(suspects, dropped)

    def _measure(self, candidates: Sequence[Candidate], dropped: Counter[str]) -> Baseline | None:
        """Run all tests twice as they are, and once with every candidate counting its calls."""
        if self._first is None:
            self.missing()
        counting = self._counting(candidates, dropped)
        suite = Suite(self._project)
        programs = [
            suite.report({}, limits=_LONGEST, seed=_SEEDS[1]),
            suite.report(counting, limits=_LONGEST),
        ]
        told = [self._first, *self._reports(programs)]
        reports = [report for report in told if report is not None]
        if len(reports) < len(told):
            return None
        passing = frozenset(
            name
            for name in reports[0].outcomes
            if all(report.outcomes.get(name) == "passed" for report in reports)
        )
        if not passing:
            return None
        reaching: dict[int, list[str]] = {}
        for name, numbers in sorted(reports[-1].hits.items()):
            for number in numbers if name in passing else ():
                reaching.setdefault(number, []).append(name)
        dropped[Failed.UNREACHED] += len(candidates) - dropped[Failed.PLACE] - len(reaching)
        return Baseline(
            passing,
            frozenset().union(*(report.outcomes for report in reports)) - passing,
            {number: tuple(names) for number, names in sorted(reaching.items())},
            max(report.cpu for report in reports),
        )

    def _counting(self, candidates: Sequence[Candidate], dropped: Counter[str]) -> dict[str, str]:
        """The files of candidates, each candidate with a call of the counter in front."""
        by_file: dict[str, list[tuple[int, Candidate]]] = {}
        for number, candidate in enumerate(candidates):
            by_file.setdefault(candidate.file, []).append((number, candidate))
        counting = {}
        for file, inside in by_file.items():
            module = read_module(self._after.root, file)
            if module is None:
                continue
            lines = module.text.split("\n")
            # From the end of the file, so that the spans above stay right.
            for number, candidate in sorted(inside, key=lambda each: -each[1].span.first):
                place = _beginning(module, candidate)
                if place is None:
                    dropped[Failed.PLACE] += 1
                else:
                    line, indent = place
                    lines.insert(line - 1, f"{indent}{_REACHED}({number})")
            counting[file] = "\n".join(lines)
        return counting

    def _flipping(
        self, reached: Mapping[int, Candidate], found: Baseline, dropped: Counter[str]
    ) -> list[Confirmed]:
        """Put each old body back, and see which tests fail, whatever the hash seed."""
        programs = []
        for number, candidate in reached.items():
            suite = Suite(self._project, {"reaching": found.reaching[number]})
            changed = {candidate.file: self._edition(candidate)}
            programs += [
                suite.report(changed, "reaching", limits=self._limits, seed=seed) for seed in _SEEDS
            ]
        reports = self._reports(programs)
        suspects = []
        for (number, candidate), first, second in zip(
            reached.items(), reports[::2], reports[1::2], strict=True
        ):
            reaching = found.reaching[number]
            if first is None or second is None:
                dropped[Failed.ENDLESS] += 1
                continue
            failing = first.failing(reaching)
            if failing != second.failing(reaching):
                dropped[Failed.UNSTABLE] += 1
            elif not failing:
                dropped[Failed.NO_TRIGGER] += 1
            else:
                triggers = tuple(sorted(failing))
                raised = tuple(first.raised.get(name, "") for name in triggers)
                suspects.append(Confirmed(candidate, triggers, raised, reaching))
        return suspects

    def _alone(self, suspects: list[Confirmed], dropped: Counter[str]) -> list[Confirmed]:
        """Keep those whose triggers pass in the untouched release without the other tests."""
        programs = [
            Suite(self._project, {"triggers": each.triggers}).report(
                {}, "triggers", limits=self._limits
            )
            for each in suspects
        ]
        kept = []
        for each, report in zip(suspects, self._reports(programs), strict=True):
            if report is None or report.failing(each.triggers):
                dropped[Failed.ALONE] += 1
            else:
                kept.append(each)
        return kept

    def _clean(self, suspects: list[Confirmed], dropped: Counter[str]) -> Iterator[Confirmed]:
        """Keep those whose triggers fail in the old release's own source too."""
        old = dict(self._old_sources())
        programs = [
            Suite(self._project, {"triggers": each.triggers}).report(
                old, "triggers", limits=self._limits
            )
            for each in suspects
        ]
        for each, report in zip(suspects, self._reports(programs), strict=True):
            if report is not None and len(report.failing(each.triggers)) == len(each.triggers):
                yield each
            else:
                dropped[Failed.MIXED] += 1

    def _old_sources(self) -> Iterator[tuple[str, str]]:
        """The old release's modules, where the new release has its own."""
        was, now = self._before.source_root, self._after.source_root
        for path in self._before.sources:
            text = read_source(self._before.root / path)
            inside = path.removeprefix(f"{was}/") if was else path
            if text is not None and inside.split("/")[0].removesuffix(".py") in self._after.modules:
                yield f"{now}/{inside}" if now else inside, text

    def _edition(self, candidate: Candidate) -> str:
        """The new file with the old function in it."""
        new = read_source(self._after.root / candidate.file) or ""
        old = read_source(self._before.root / candidate.old_file) or ""
        text = candidate.old_span.of(old.split("\n"))
        return splice(new, candidate.span.first, candidate.span.last, text)

    def _reports(self, programs: Sequence[Program]) -> list[Report | None]:
        """Run programs; return the report of each, and None for one that left none."""
        keyed = ((Key("trial", number), program) for number, program in enumerate(programs))
        found: list[Report | None] = [None] * len(programs)
        for key, execution in self._run(keyed):
            found[key.sample] = _report(execution)
        return found


def _report(execution: Execution) -> Report | None:
    """Read what a program left; None where it was stopped or ended in the middle."""
    (result,) = execution.steps
    if result.ended is not Ended.EXITED or result.code or REPORT not in execution.files:
        return None
    told = json.loads(execution.files[REPORT])
    return Report(told["outcomes"], told["raised"], told["hits"], told["missing"], result.cpu)


def _beginning(module: Module, candidate: Candidate) -> tuple[int, str] | None:
    """The line that a function's body begins on, and its indentation; None if it shares one."""
    function = next(each for each in module.functions if each.span == candidate.span)
    if function.code is None:
        return None
    first = function.node.body[1 if function.docstring else 0]
    return function.code.first, module.lines[first.lineno - 1][: first.col_offset]


def _within(cpu: float) -> Limits:
    """What an edition of a release may use whose own tests take `cpu` seconds."""
    seconds = min(_LONGEST.cpu, max(_AT_LEAST, _SLOWER * cpu))
    return replace(_LONGEST, cpu=seconds, wall=3 * seconds)
