"""From a working copy and changed files to a program that runs `defects4j` on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from ucb.defects4j.rebuilding import needs_rebuilding
from ucb.languages import language
from ucb.types import Limits, Program, Stage, Step, Tree

TOOLCHAIN = "defects4j"
COVERAGE, OBSERVED, REPORT = "coverage.json", "observed.json", "report.json"
"""What `covers`, `observes` and `reports` leave for the host."""
_MAIN = "main.py"
_MARGIN = 60.0
"""Wall seconds that a step has beyond those of its commands."""


@dataclass(frozen=True, slots=True)
class Suite:
    """
    Programs over one working copy: each step sees it with some files changed.

    `changed` maps paths in the working copy to whole texts. Tests have Defects4J's names, such as
    `org.till.MoneyTest::testSum`. The first step of a program that names a `Suite` gets a copy of
    its own; those behind it with the same changes go on in that copy, but for `passes_all`, which
    has a fresh one: what tests that ran before it have left there counts for nothing.
    """

    tree: str
    """The working copy's name in the store: what `ucb.defects4j.copies` returned."""

    def compiles(self, changed: Mapping[str, str], limits: Limits | None = None) -> Step:
        """`defects4j compile` exits with status 0: sources and tests are Java and fit together."""
        step = self._step(("compile",), changed, Stage.COMPILED, limits)
        return replace(step, limits=limits or language(TOOLCHAIN).compile_limits)

    def passes(
        self,
        tests: Sequence[str],
        changed: Mapping[str, str],
        proves: Stage = Stage.TRIGGERED,
        limits: Limits | None = None,
    ) -> Step:
        """
        Run `defects4j test -t` for each of these tests: each ran, and none failed.

        `limits` are those of one command.
        """
        return self._step(("pass", *tests), changed, proves, limits, commands=len(tests))

    def passes_all(self, changed: Mapping[str, str], limits: Limits | None = None) -> Step:
        """Run `defects4j test`, in a fresh copy: tests ran, and none failed."""
        return self._step(("all",), changed, Stage.PASSED, limits, copy="all")

    def fails(
        self,
        test: str,
        changed: Mapping[str, str],
        proves: Stage = Stage.TRIGGERED,
        limits: Limits | None = None,
    ) -> Step:
        """Run one test: it was found, it ran, and it failed by itself.

        A working copy that does not compile, a timeout and a class that cannot be loaded are not
        failures of the test.
        """
        return self._step(("fail", test), changed, proves, limits)

    def covers(
        self,
        test: str,
        classes: Sequence[str],
        changed: Mapping[str, str],
        proves: Stage = Stage.PASSED,
        limits: Limits | None = None,
    ) -> Step:
        """
        Run `defects4j coverage` of one test over some classes: it passed, and ran a line of them.

        It leaves in `COVERAGE`: `line_coverage` from 0 to 1; `condition_coverage` likewise, null
        where there is no condition; and `lines`, a list of [class, file, line, hit].
        """
        return self._step(("cover", test, *classes), changed, proves, limits)

    def observes(
        self,
        test: str | None,
        changed: Mapping[str, str],
        seconds: float,
        *,
        classes: Sequence[str] | None = None,
        unless_failed: bool = False,
    ) -> Step:
        """
        Run one command and write down what came of it: this step always succeeds.

        For rules that go on after a failure. `test` None is the whole suite; with `classes` the
        command is `defects4j coverage`, else `defects4j test`. It appends to the list in
        `OBSERVED`: `exit`, the status, null after `seconds` of wall time; `last`, the last two
        lines of stdout; and of a coverage what `covers` leaves, null where there is none. With
        `unless_failed` it appends null and runs nothing when an earlier command of the program
        did not exit with status 0 and the last line `Failing tests: 0`.
        """
        order = {
            "test": test, "seconds": seconds, "unless_failed": unless_failed,
            "classes": None if classes is None else list(classes),
        }  # fmt: skip
        limits = replace(
            language(TOOLCHAIN).limits, cpu=4 * seconds + _MARGIN, wall=seconds + _MARGIN
        )
        step = self._step(("observe", json.dumps(order)), changed, Stage.PASSED, limits)
        return replace(step, proof=False)

    def reports(self, changed: Mapping[str, str], limits: Limits | None = None) -> Step:
        """
        Run the tests that are relevant to the bug: it says what came of each, and decides nothing.

        It leaves in `REPORT`: `ran`, a list of tests; and `failed`, by test or whole class the
        type of the exception. It does not succeed where the copy does not compile.
        """
        return self._step(("report",), changed, Stage.PASSED, limits)

    def program(self, *steps: Step, collect: tuple[str, ...] = ()) -> Program:
        """Run these steps, one after the other, until one does not succeed."""
        return program(*steps, collect=collect)

    def _step(
        self,
        words: tuple[str, ...],
        changed: Mapping[str, str],
        proves: Stage,
        limits: Limits | None,
        commands: int = 1,
        copy: str = "tests",
    ) -> Step:
        found = language(TOOLCHAIN)
        each = limits or found.limits
        # Not a fork of the room's own interpreter, whose limits on memory virtual machines exceed;
        # isolated, since tests may leave modules in the program's folder.
        argv = ["env", "python3", "-I", _MAIN]
        if needs_rebuilding(self.tree, changed):
            argv.append("--rebuild")
        if commands > 1:
            argv += ["--seconds", f"{each.wall:g}"]
            wall = commands * each.wall + _MARGIN
            each = replace(each, cpu=commands * each.cpu, wall=wall)
        return Step(
            proves,
            (*argv, *words),
            each,
            proof=True,
            labels=found.labels,
            tree=Tree(self.tree, changed, copy),
        )


def program(*steps: Step, collect: tuple[str, ...] = ()) -> Program:
    """Return a program of steps of one or more suites."""
    return Program(TOOLCHAIN, _runner(), steps, collect)


@cache
def _runner() -> Mapping[str, str]:
    """Return what carries the commands out in the room."""
    return {_MAIN: (files("ucb.defects4j") / "runner.py").read_text(encoding="utf-8")}
