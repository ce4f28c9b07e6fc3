"""From a Java project and changed files to a program that runs the project's tests.

A project has Maven's layout: sources in `src/main/java` and tests in `src/test/java`, with
`resources` beside either. A test is named `package.Class#method`; all invocations of a
parameterised test together, and all overloads of a method, are one test.

A room's compiler keeps the classes of every project that it has met, and compiles for a step
what the step has changed: the changed files only where no other file can tell the difference,
and all that could otherwise. `sandboxes/java-projects/Snapshot.java` has the rule.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ucb.errors import DataError
from ucb.languages import Language, language
from ucb.project import TREES, store
from ucb.types import NONCE, Limits, Program, Stage, Step, Tree

TOOLCHAIN = "java-projects"
REPORT, COVERAGE = "report.json", "coverage.json"
"""What steps leave for the host."""
SOURCES, TESTS = "src/main/java", "src/test/java"
"""The folders of a project that its compiler reads."""
_SUITE, _PROOF = "suite.txt", "proof"
_MOST_FILES, _MOST_BYTES = 12_000, 160 << 20
"""What a room's folder holds: a larger tree cannot be copied into it."""


@dataclass(frozen=True, slots=True)
class Project:
    """A Java project in the store."""

    tree: str
    """The snapshot's name in the store, as `prepare` returns it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A method that tests are written for. Lines are counted from 1, both ends included."""

    name: str
    """Such as `Parser.parse`."""
    file: str
    """Its path in the project."""
    body: tuple[int, int]
    """The lines of its body: what runs when it is called."""


@dataclass(frozen=True, slots=True)
class Suite:
    """
    Programs over one project: each step sees the project with some files changed.

    `changed` maps paths in the project to whole texts; a path may be new. A group is a list of
    names of tests, or of classes such as `package.Class`, of which every test counts, those of
    its nested classes too.
    """

    project: Project
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    """Tests that do not always pass in the untouched project."""
    passing: int = 0
    """How many tests do."""
    expected: tuple[str, ...] = ()
    """Types of exceptions, by simple or whole name, by which a test that `fails` may fail
    besides its assertions."""
    target: Target | None = None
    """What `covers` is about, and what `report` tells the tests of that run it."""
    mode: str = "run"
    """`plain` compiles the whole project anew for every step, as no warm compiler were there."""

    def compiles(self, changed: Mapping[str, str]) -> Step:
        """The project's sources and tests compile."""
        return self._step("compile", "", changed, Stage.COMPILED, _language().compile_limits)

    def collects(self, group: str, changed: Mapping[str, str]) -> Step:
        """The project compiles, and every name of a group is, or holds, a test that is found."""
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

        It leaves in `COVERAGE` which lines and branches of the target's body they ran: an
        object with `executed_lines`, `missing_lines`, `executed_branches` and
        `missing_branches`, as `ucb.project.measures` reads it. A branch is `[line, number]`.

        Raises `ValueError` without a target.
        """
        if self.target is None:
            raise ValueError("a suite without a target covers nothing")
        return self._step("cover", group, changed, Stage.PASSED, limits)

    def passes_all(self, changed: Mapping[str, str], limits: Limits | None = None) -> Step:
        """Every test of the project that passes in the untouched project was run, and passed."""
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
        return Program(TOOLCHAIN, {_SUITE: self._text(), _PROOF: NONCE}, steps, collect)

    def report(
        self,
        changed: Mapping[str, str],
        group: str | None = None,
        *,
        limits: Limits | None = None,
    ) -> Program:
        """
        A program that leaves in `REPORT` what came of every test, or of a group's.

        That is an object of `outcomes` (name to `passed`, `skipped`, `failed`, or `error` for
        what went wrong outside a test's own code), `raised` (name to the whole name of the
        exception's type), `cpu` (name to seconds), `broken` (classes that could not be read)
        and, with a target, `reached`: the tests that ran a line of its body.
        """
        step = Step(
            Stage.PASSED,
            (*_language().modes[self.mode].run, "report", *([group] if group else [])),
            limits or _language().limits,
            labels=_language().labels,
            tree=Tree(self.project.tree, changed),
        )
        return self.program(step, collect=(REPORT,))

    def _text(self) -> str:
        """Return the suite as lines of words with tabs between them: Java has no JSON."""
        lines = [("group", name, test) for name, tests in self.groups.items() for test in tests]
        found: list[tuple[str, ...]] = [("passing", str(self.passing)), *lines]
        found += [("other", name) for name in self.others]
        found += [("expected", name) for name in self.expected]
        if self.target is not None:
            first, last = self.target.body
            found.append(("target", self.target.name, self.target.file, str(first), str(last)))
        return "".join("\t".join(words) + "\n" for words in found)

    def _step(
        self,
        action: str,
        group: str,
        changed: Mapping[str, str],
        proves: Stage,
        limits: Limits | None,
    ) -> Step:
        mode = _language().modes[self.mode]
        argv = mode.check if action == "compile" else (*mode.run, action)
        return Step(
            proves,
            (*argv, *([group] if group else [])),
            limits or _language().limits,
            # What the compiler answers is the room's own word.
            proof=action != "compile",
            labels=_language().labels,
            tree=Tree(self.project.tree, changed),
        )


def prepare(root: Path, name: str) -> str:
    """
    Copy a project's `src` into the store, unless it is there, and return its name.

    The name is `name` and a digest of the files. Rooms make the classes, each once.

    Raises `DataError` for a project that has no sources, or is too large for a room.
    """
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "src").rglob("*"))
        if path.is_file()
    }
    if not any(path.startswith(f"{SOURCES}/") for path in files):
        raise DataError(f"{root} has no Java sources in {SOURCES}.")
    size = sum(map(len, files.values()))
    if len(files) > _MOST_FILES or size > _MOST_BYTES:
        raise DataError(f"{root} has {len(files)} files of {size >> 20} MiB: too many for a room.")
    digest = hashlib.sha256()
    for path, data in files.items():
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    tree = f"{name}-{digest.hexdigest()[:12]}"
    folder = store() / TREES / tree
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".copy-") as scratch:
            copy = Path(scratch, "tree")
            for path, data in files.items():
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                (copy / path).write_bytes(data)
            _settle(copy, folder)
    return tree


def _settle(copy: Path, folder: Path) -> None:
    """Give a copy its name; another process may have been first."""
    try:
        copy.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(copy)


def _language() -> Language:
    return language(TOOLCHAIN)
