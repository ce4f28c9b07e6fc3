"""From a project and changed files to a program that runs the project's tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.resources import files

from ucb.languages import Language, language
from ucb.types import Limits, Program, Stage, Step, Tree

TOOLCHAIN = "python-projects"
REPORT, COVERAGE, NOTICED = "report.json", "coverage.json", "mutants.json"
"""What steps leave for the host."""
_MAIN, _SUITE = "main.py", "suite.json"
_MODULES = ("testing.py", "measuring.py")
"""What `main.py` imports from its own folder."""
_MEASURING = 300.0
"""CPU seconds that all mutants of a function may take together."""


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
class Target:
    """A function that tests are written for. Lines are counted from 1, both ends included."""

    name: str
    """Such as `Parser.parse`."""
    file: str
    span: tuple[int, int]
    """The whole definition."""
    body: tuple[int, int]
    """Its body: what runs when it is called."""


@dataclass(frozen=True, slots=True)
class Suite:
    """
    Programs over one project: each step sees the project with some files changed.

    A group is a list of pytest's names of tests, such as `tests/test_a.py::test_b[1]`, or of
    files, of which every test counts.
    """

    project: Project
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    """Tests that do not always pass in the untouched release."""
    passing: int = 0
    """How many tests do."""
    expected: tuple[str, ...] = ()
    """Types of exceptions by which a test that `fails` may fail besides its assertions."""
    target: Target | None = None
    """What `covers` and `notices` are about."""
    mutants: tuple[str, ...] = ()
    """The target's whole text with a fault each."""

    def imports(self, changed: Mapping[str, str]) -> Step:
        """The project's modules can be imported."""
        return self._step("import", "", changed, Stage.COMPILED, _language().compile_limits)

    def collects(self, group: str, changed: Mapping[str, str]) -> Step:
        """The files of a group are Python, can be imported, and hold a test."""
        return self._step("collect", group, changed, Stage.COMPILED, _language().compile_limits)

    def passes(
        self,
        group: str,
        changed: Mapping[str, str],
        proves: Stage = Stage.PASSED,
        limits: Limits | None = None,
    ) -> Step:
        """Every test of a group was run, and passed."""
        return self._step("pass", group, changed, proves, limits)

    def covers(self, group: str, changed: Mapping[str, str], limits: Limits | None = None) -> Step:
        """
        Every test of a group was run and passed, and one of them ran the target.

        It leaves in `COVERAGE` which lines and branches of the target's body they ran.

        Raises `ValueError` without a target.
        """
        if self.target is None:
            raise ValueError("a suite without a target covers nothing")
        return self._step("cover", group, changed, Stage.PASSED, limits)

    def notices(self, group: str, changed: Mapping[str, str]) -> Step:
        """
        Leave in `NOTICED` which of the mutants the tests of a group notice: it proves nothing.

        Steps that decide must stand before it, and no verdict depend on how it ends.

        Raises `ValueError` without a target or without mutants.
        """
        if self.target is None or not self.mutants:
            raise ValueError("a suite without mutants has none to notice")
        limits = replace(_language().limits, cpu=_MEASURING + 60, wall=3 * _MEASURING)
        step = self._step("notice", group, changed, Stage.PASSED, limits)
        return replace(step, proof=False)

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
            "target": asdict(self.target) if self.target else None,
            "mutants": self._mutants(),
        }
        return Program(
            TOOLCHAIN,
            {**_runner(), _SUITE: json.dumps(suite, sort_keys=True)},
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

    def _mutants(self) -> dict[str, object] | None:
        if self.target is None or not self.mutants:
            return None
        file, span = self.target.file, self.target.span
        return {"file": file, "span": span, "texts": self.mutants, "cpu": _MEASURING}

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
def _runner() -> Mapping[str, str]:
    """Return what runs in the room, by path; its modules keep their names."""
    here = files("ucb.project")
    found = {_MAIN: (here / "runner.py").read_text(encoding="utf-8")}
    for folder in ("ucb", "ucb/project"):
        found[f"{folder}/__init__.py"] = ""
    for name in _MODULES:
        found[f"ucb/project/{name}"] = (here / name).read_text(encoding="utf-8")
    return found
