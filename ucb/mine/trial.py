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

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ucb.mine.baseline import SEEDS, Baseline, Untouched
from ucb.mine.functions import read_source
from ucb.mine.releases import Candidate
from ucb.mine.sdist import Tree
from ucb.project import splice
from ucb.project.suite import Suite


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

    def __init__(self, before: Tree, after: Tree, untouched: Untouched) -> None:
        self._before = before
        self._after = after
        self._untouched = untouched
        self._project = untouched.project
        self.baseline: Baseline | None = None
        """Known once `confirm` has begun; None when the tests cannot be run."""

    def confirm(
        self, candidates: Sequence[Candidate], dropped: Counter[str]
    ) -> Iterator[Confirmed]:
        """
        Yield the candidates that were bugs; count the others in `dropped`, under `Failed`.

        Raises `SandboxError` when programs cannot be run.
        """
        found = self._untouched.measure(candidates)
        if found is None:
            dropped[Failed.NO_SUITE] += len(candidates)
            return
        self.baseline = found
        self._limits = self._untouched.limits(found)
        dropped[Failed.PLACE] += found.unplaced
        dropped[Failed.UNREACHED] += len(candidates) - found.unplaced - len(found.reaching)
        reached = {n: candidates[n] for n in found.reaching}
        suspects = self._flipping(reached, found, dropped)
        suspects = self._alone(suspects, dropped)
        yield from self._clean(suspects, dropped)

    def _flipping(
        self, reached: Mapping[int, Candidate], found: Baseline, dropped: Counter[str]
    ) -> list[Confirmed]:
        """Put each old body back, and see which tests fail, whatever the hash seed."""
        suspects = []
        for number, failing, raised in self._failing(reached, found, SEEDS[0]):
            if failing is None:
                dropped[Failed.ENDLESS] += 1
            elif not failing:
                dropped[Failed.NO_TRIGGER] += 1
            else:
                triggers = tuple(sorted(failing))
                why = tuple(raised.get(name, "") for name in triggers)
                suspects.append(
                    (number, Confirmed(reached[number], triggers, why, found.reaching[number]))
                )
        # Only what has failed once is run again.
        again = {number: each.candidate for number, each in suspects}
        second = {number: failing for number, failing, _ in self._failing(again, found, SEEDS[1])}
        stable = [each for number, each in suspects if second[number] == frozenset(each.triggers)]
        dropped[Failed.UNSTABLE] += len(suspects) - len(stable)
        return stable

    def _failing(
        self, chosen: Mapping[int, Candidate], found: Baseline, seed: int | None
    ) -> Iterator[tuple[int, frozenset[str] | None, Mapping[str, str]]]:
        """Yield, for each candidate's old body, the tests that fail, if they end, and by what."""
        programs = [
            Suite(self._project, {"reaching": found.reaching[number]}).report(
                {candidate.file: self._edition(candidate)},
                "reaching",
                limits=self._limits,
                seed=seed,
            )
            for number, candidate in chosen.items()
        ]
        for number, report in zip(chosen, self._untouched.reports(programs), strict=True):
            if report is None:
                yield number, None, {}
            else:
                yield number, report.failing(found.reaching[number]), report.raised

    def _alone(self, suspects: list[Confirmed], dropped: Counter[str]) -> list[Confirmed]:
        """Keep those whose triggers pass in the untouched release without the other tests."""
        programs = [
            Suite(self._project, {"triggers": each.triggers}).report(
                {}, "triggers", limits=self._limits
            )
            for each in suspects
        ]
        kept = []
        for each, report in zip(suspects, self._untouched.reports(programs), strict=True):
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
        for each, report in zip(suspects, self._untouched.reports(programs), strict=True):
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
