"""From a project and changed files to a program that runs the project's tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from ucb.languages import Language, language
from ucb.types import Limits, Program, Stage, Step, Tree

TOOLCHAIN = "python-projects"
REPORT = "report.json"
_MAIN, _SUITE = "main.py", "suite.json"


@dataclass(frozen=True, slots=True)
class Project:
    """A release in the store, and what it takes to run its tests."""

    tree: str
    """The snapshot's name in the store."""
    environment: str = ""
    """The name in the store of the packages that it needs; empty for none."""
    roots: tuple[str, ...] = ("",)
    """The folders of the tree that its packages are imported from, such as `src`."""
    modules: tuple[str, ...] = ()
    """What must be importable for the tree to count as compiled."""
    tests: tuple[str, ...] = ("tests",)
    """The files and folders that hold its tests."""


@dataclass(frozen=True, slots=True)
class Suite:
    """
    Programs over one project: each step sees the project with some files changed.

    A group is a list of pytest's names of tests, such as `tests/test_a.py::test_b[1]`.
    """

    project: Project
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    """Tests that do not always pass in the untouched release."""
    passing: int = 0
    """How many tests do."""
    expected: tuple[str, ...] = ()
    """Types of exceptions by which a test that `fails` may fail besides its assertions."""

    def imports(self, changed: Mapping[str, str]) -> Step:
        """The project's modules can be imported."""
        return self._step("import", "", changed, Stage.COMPILED, _language().compile_limits)

    def passes(
        self,
        group: str,
        changed: Mapping[str, str],
        proves: Stage = Stage.PASSED,
        limits: Limits | None = None,
    ) -> Step:
        """Every test of a group was run, and passed."""
        return self._step("pass", group, changed, proves, limits)

    def passes_all(self, changed: Mapping[str, str], limits: Limits | None = None) -> Step:
        """Every test of the project that passes in the untouched release was run, and passed."""
        return self._step("all", "", changed, Stage.PASSED, limits)

    def fails(
        self,
        group: str,
        changed: Mapping[str, str],
        proves: Stage = Stage.TRIGGERED,
        limits: Limits | None = None,
    ) -> Step:
        """A test of a group failed by an assertion or an expected exception; none was broken."""
        return self._step("fail", group, changed, proves, limits)

    def program(self, *steps: Step, collect: tuple[str, ...] = ()) -> Program:
        """Run these steps, one after the other, until one does not succeed."""
        suite = {
            "roots": self.project.roots,
            "environment": self.project.environment,
            "modules": self.project.modules,
            "tests": self.project.tests,
            "groups": {name: list(tests) for name, tests in self.groups.items()},
            "others": self.others,
            "passing": self.passing,
            "expected": self.expected,
        }
        return Program(
            TOOLCHAIN,
            {_MAIN: _runner(), _SUITE: json.dumps(suite, sort_keys=True)},
            steps,
            collect,
        )

    def report(
        self,
        changed: Mapping[str, str],
        group: str | None = None,
        *,
        limits: Limits | None = None,
        seed: int | None = None,
    ) -> Program:
        """
        A program that leaves in `REPORT` what came of every test, or of a group's.

        With `seed` it runs in an interpreter of its own, whose hashes begin there.
        """
        argv = ("python3", _MAIN, "report", *([group] if group else []))
        if seed is not None:
            argv = ("env", f"PYTHONHASHSEED={seed}", *argv)
        step = Step(
            Stage.PASSED, argv, limits or _language().limits, tree=Tree(self.project.tree, changed)
        )
        return self.program(step, collect=(REPORT,))

    def _step(
        self,
        action: str,
        group: str,
        changed: Mapping[str, str],
        proves: Stage,
        limits: Limits | None,
    ) -> Step:
        language = _language()
        return Step(
            proves,
            ("python3", _MAIN, action, *([group] if group else [])),
            limits or language.limits,
            proof=True,
            labels=language.labels,
            tree=Tree(self.project.tree, changed),
        )


def _language() -> Language:
    return language(TOOLCHAIN)


@cache
def _runner() -> str:
    return (files("ucb.project") / "runner.py").read_text(encoding="utf-8")
