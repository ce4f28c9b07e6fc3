"""
Which changed methods were bugs: the new release's tests, run with the old method put back.

The rules are those of `ucb.mine.trial`, as far as a compiled language has them:

- the new release compiles with the old method in it;
- tests that pass in the untouched release fail then, and the same ones a second time: the
  triggers;
- the triggers, run alone, pass in the untouched release;
- they also fail in the old release's whole source, which compiles with their classes.

Test files that do not compile here, for want of a library, are left out before.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from ucb.languages import language
from ucb.mine.java.changed import Candidate, edition, read
from ucb.project.java.suite import REPORT, SOURCES, TESTS, TOOLCHAIN, Project, Suite, prepare
from ucb.task import Run
from ucb.types import Ended, Execution, Key, Program

_ERROR = re.compile(rf"^({TESTS}/\S+\.java):\d+: error:", re.MULTILINE)
_LAST = 20
"""Times that test files which do not compile are left out, at most."""
_EMPTY = "// Left out.\n"


class Failed(StrEnum):
    """Why a candidate is not confirmed."""

    NO_SUITE = "the untouched release's tests could not be run"
    COMPILE = "the new release does not compile with the old method"
    ENDLESS = "its tests with the old method do not end, or end the machine"
    NO_TRIGGER = "no test fails with the old method"
    UNSTABLE = "other tests fail a second time"
    ALONE = "its triggers do not pass alone in the new release"
    OLD = "its triggers' classes do not compile with the old release"
    MIXED = "its triggers pass in the whole old release"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A method that was buggy in one release and is right in a later one."""

    candidate: Candidate
    triggers: tuple[str, ...]
    raised: tuple[str, ...]
    """The type of the exception that each trigger ends by."""


class Trial:
    """
    Two releases, laid out as Maven has them.

    `run` must run equal programs anew: tests that do not always fail are told by that.
    """

    def __init__(self, before: Path, after: Path, name: str, run: Run) -> None:
        self._before = before
        self._after = after
        self._name = name
        self._run = run
        self._limits = replace(language(TOOLCHAIN).limits, cpu=600.0, wall=3600.0)
        self.left_out: list[str] = []
        """Test files that do not compile."""
        self.passing: frozenset[str] = frozenset()
        """Tests that pass in the untouched release."""

    def confirm(
        self, candidates: Sequence[Candidate], dropped: Counter[str]
    ) -> Iterator[Confirmed]:
        """
        Yield the candidates that were bugs; count the others in `dropped`, under `Failed`.

        Raises `SandboxError` when programs cannot be run, `DataError` for a release too large.
        """
        if not self._settle():
            dropped[Failed.NO_SUITE] += len(candidates)
            return
        for candidate in candidates:
            found = self._tried(candidate)
            if isinstance(found, Failed):
                dropped[found] += 1
            else:
                yield found

    def _settle(self) -> bool:
        """Leave out test files until the others compile, and note which tests pass, twice."""
        for _ in range(_LAST):
            suite = self._suite()
            (execution,) = self._executed(suite.program(suite.compiles({})))
            if not execution.steps[0].code:
                break
            bad = sorted(set(_ERROR.findall(execution.steps[0].stderr)))
            if not bad:
                return False
            self.left_out += bad
            for path in bad:
                (self._after / path).unlink()
        reports = self._reports([suite.report({}, limits=self._limits)] * 2)
        if any(report is None for report in reports):
            return False
        passing = [_named(report, "passed") for report in reports if report]
        self.passing = frozenset.intersection(*passing)
        return bool(self.passing)

    def _tried(self, candidate: Candidate) -> Confirmed | Failed:
        changed = {candidate.file: edition(candidate, read(self._after / candidate.file) or "")}
        suite = self._suite()
        (compiled,) = self._executed(suite.program(suite.compiles(changed)))
        if compiled.steps[0].code:
            return Failed.COMPILE
        program = suite.report(changed, limits=self._limits)
        (report,) = self._reports([program])
        if report is None:
            return Failed.ENDLESS
        triggers = self._failing(report)
        if not triggers:
            return Failed.NO_TRIGGER
        # Only what has failed once is run again.
        (again,) = self._reports([program])
        if again is None or self._failing(again) != triggers:
            return Failed.UNSTABLE
        return self._checked(candidate, tuple(sorted(triggers)), report["raised"])

    def _failing(self, report: Mapping[str, Any]) -> frozenset[str]:
        """Return the tests that fail and should pass."""
        return self.passing & _named(report, "failed", "error")

    def _checked(
        self, candidate: Candidate, triggers: tuple[str, ...], raised: Mapping[str, str]
    ) -> Confirmed | Failed:
        """Run the triggers alone, in the new release and in the old."""
        suite = replace(self._suite(), groups={"triggers": triggers})
        (alone,) = self._reports([suite.report({}, "triggers", limits=self._limits)])
        if alone is None or not _named(alone, "passed") >= set(triggers):
            return Failed.ALONE
        old = self._old(triggers)
        (compiled,) = self._executed(suite.program(suite.compiles(old)))
        if compiled.steps[0].code:
            return Failed.OLD
        (report,) = self._reports([suite.report(old, "triggers", limits=self._limits)])
        if report is None or not _named(report, "failed", "error") >= set(triggers):
            return Failed.MIXED
        return Confirmed(candidate, triggers, tuple(raised.get(name, "") for name in triggers))

    def _old(self, triggers: Sequence[str]) -> dict[str, str]:
        """Return what makes the old release of the new one, but for the triggers' classes."""
        kept = {name.partition("#")[0].partition("$")[0] for name in triggers}
        changed = {}
        for path in self._after.rglob("*.java"):
            file = path.relative_to(self._after).as_posix()
            folder, _, inside = file.partition("/java/")
            named = inside.removesuffix(".java").replace("/", ".")
            # What stands beside tests and is none may be needed by them.
            test = folder == TESTS.removesuffix("/java") and path.stem.endswith("Test")
            if file.startswith(f"{SOURCES}/") or (test and named not in kept):
                changed[file] = _EMPTY
        for path in (self._before / SOURCES).rglob("*.java"):
            if (text := read(path)) is not None:
                changed[path.relative_to(self._before).as_posix()] = text
        return changed

    def _suite(self) -> Suite:
        return Suite(Project(prepare(self._after, self._name)))

    def _reports(self, programs: Sequence[Program]) -> list[dict[str, Any] | None]:
        return [_report(execution) for execution in self._executed(*programs)]

    def _executed(self, *programs: Program) -> list[Execution]:
        keyed = ((Key("trial", number), program) for number, program in enumerate(programs))
        found = {key.sample: execution for key, execution in self._run(keyed)}
        return [found[number] for number in range(len(programs))]


def _report(execution: Execution) -> dict[str, Any] | None:
    """Read what a program left; None where it was stopped or ended in the middle."""
    result = execution.steps[-1]
    if result.ended is not Ended.EXITED or result.code or REPORT not in execution.files:
        return None
    told: dict[str, Any] = json.loads(execution.files[REPORT])
    return told


def _named(report: Mapping[str, Any], *outcomes: str) -> frozenset[str]:
    return frozenset(name for name, came in report["outcomes"].items() if came in outcomes)
