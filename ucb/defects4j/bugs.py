"""One bug of an installation: its two versions, what Defects4J says of it, and what was fixed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ucb.defects4j.copies import Copy, WorkingCopies, pristine
from ucb.defects4j.rebuilding import outline
from ucb.defects4j.suite import REPORT, TOOLCHAIN, Suite
from ucb.languages import language
from ucb.project import splice
from ucb.syntax.java import Method, Source
from ucb.types import Execution, Key, Program, Stage, Step, Tree

Run = Callable[[Iterable[tuple[Key, Program]]], Iterator[tuple[Key, Execution]]]
"""Runs programs in a sandbox."""
_PROPERTIES = (
    "dir.src.classes", "dir.src.tests", "classes.modified", "tests.trigger", "tests.relevant",
)  # fmt: skip
_MARK = "== ucb: "
_EXPORT = "for name in {names}; do echo '{mark}'$name; {command}; echo; done".format(
    names=" ".join(_PROPERTIES),
    mark=_MARK,
    command="defects4j export -p $name -w /tmp/project || exit 1",
)


class Dropped(StrEnum):
    """Why a bug, a function or a test gives no row: the filters, in their order."""

    CHECKOUT = "cannot be checked out or built"
    PROPERTIES = "defects4j export fails"
    CLASSES = "several classes are modified"
    SOURCE = "the class has no file of its own, or it is not UTF-8"
    SYNTAX = "a version does not parse"
    OUTSIDE = "more than bodies of methods differ"
    SEVERAL = "several methods differ"
    NOTHING = "no method differs"
    TRIGGERS = "no triggering test"
    NOT_SEEN = "the triggering tests do not fail on the buggy and pass on the fixed version"
    NO_REPORT = "no report"
    NO_TEST = "the triggering test is in no file of its class"
    NO_TESTS = "no test fails without its body"
    NOT_COVERED = "the test runs no line of a class of the project"


class Drop(Exception):
    """The bug gives no row; `rule` says why."""

    def __init__(self, rule: Dropped) -> None:
        super().__init__(str(rule))
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Place:
    """A method in a file of a working copy."""

    path: str
    text: str
    """The whole file."""
    method: Method

    @property
    def code(self) -> str:
        """Its lines, annotations included and Javadoc not."""
        return "\n".join(self.text.split("\n")[self.method.first - 1 : self.method.last])

    @property
    def comment(self) -> str:
        """Its Javadoc's lines; empty without."""
        lines = self.text.split("\n")[self.method.top - 1 : self.method.first - 1]
        return "\n".join(lines).rstrip()

    @property
    def indent(self) -> str:
        """What its first line begins with."""
        line = self.text.split("\n")[self.method.first - 1]
        return line[: len(line) - len(line.lstrip())]

    def with_code(self, code: str) -> str:
        """The whole file with another method in its place."""
        return splice(self.text, self.method.first, self.method.last, code)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the relevant tests of a version."""

    ran: frozenset[str]
    failed: frozenset[str]

    @property
    def passed(self) -> frozenset[str]:
        """Those that ran, and neither they nor their class failed."""
        return frozenset(
            name for name in self.ran - self.failed if name.partition("::")[0] not in self.failed
        )


@dataclass(frozen=True)
class Bug:
    """A bug whose two versions are in the store."""

    project: str
    number: str
    fixed: Suite
    buggy: Suite
    sources: str
    """The folder of the sources in a working copy."""
    tests: str
    """The folder of the tests."""
    modified: tuple[str, ...]
    """Names of classes."""
    triggers: tuple[str, ...]
    relevant: tuple[str, ...]
    """Names of classes of tests."""

    def changed(self) -> tuple[Place, Place]:
        """Return the one method that the fix is in, fixed and buggy; raise `Drop`."""
        if len(self.modified) != 1:
            raise Drop(Dropped.CLASSES)
        path = f"{self.sources}/{self.modified[0].partition('$')[0].replace('.', '/')}.java"
        texts = pristine(self.fixed.tree, path), pristine(self.buggy.tree, path)
        if texts[0] is None or texts[1] is None:
            raise Drop(Dropped.SOURCE)
        sides = [(text, Source(text)) for text in texts if text is not None]
        if not all(source.ok for _, source in sides):
            raise Drop(Dropped.SYNTAX)
        if outline(texts[0]) != outline(texts[1]):
            raise Drop(Dropped.OUTSIDE)
        pairs = zip(sides[0][1].methods, sides[1][1].methods, strict=True)
        different = [pair for pair in pairs if pair[0].body != pair[1].body]
        if len(different) != 1:
            raise Drop(Dropped.SEVERAL if different else Dropped.NOTHING)
        ((fixed, buggy),) = different
        return Place(path, texts[0], fixed), Place(path, texts[1], buggy)

    def test(self, name: str, *, suite: Suite | None = None) -> Place | None:
        """Return a test's method in the file of its class; None if it is not there."""
        owner, _, method = name.partition("::")
        path = f"{self.tests}/{owner.partition('$')[0].replace('.', '/')}.java"
        text = pristine((suite or self.fixed).tree, path)
        found = Source(text).method(method) if text is not None else None
        return None if text is None or found is None else Place(path, text, found)


def read(copies: WorkingCopies, project: str, number: str, run: Run) -> Bug:
    """
    Check a bug out and ask Defects4J about it.

    Raises `DataError` if it cannot be checked out or built, and `Drop`.
    """
    fixed, buggy = (copies.tree(Copy(project, number, side)) for side in _SIDES)
    found = _exported(fixed, run)
    if found is None or not all(len(found[name]) == 1 for name in _PROPERTIES[:2]):
        raise Drop(Dropped.PROPERTIES)
    sources, tests, *lists = (found[name] for name in _PROPERTIES)
    modified, triggers, relevant = map(tuple, lists)
    return Bug(
        project, number, Suite(fixed), Suite(buggy), sources[0], tests[0],
        modified, triggers, relevant,
    )  # fmt: skip


_SIDES: tuple[Any, Any] = ("f", "b")


def report(suite: Suite, changed: Mapping[str, str], run: Run) -> Report | None:
    """Run the relevant tests of a version with some files changed; None if it does not compile."""
    program = suite.program(suite.reports(changed), collect=(REPORT,))
    ((_, execution),) = run([(Key(suite.tree, 0), program)])
    if REPORT not in execution.files or not execution.steps[-1].proved:
        return None
    found = json.loads(execution.files[REPORT])
    return Report(frozenset(found["ran"]), frozenset(found["failed"]))


def _exported(tree: str, run: Run) -> dict[str, list[str]] | None:
    """Return the properties of a working copy, each a list of lines."""
    step = Step(
        Stage.PASSED,
        ("sh", "-c", _EXPORT),
        language(TOOLCHAIN).limits,
        tree=Tree(tree, {}, "tests"),
    )
    ((_, execution),) = run([(Key(tree, 0), Program(TOOLCHAIN, {}, (step,)))])
    result = execution.steps[-1]
    if result.code:
        return None
    found: dict[str, list[str]] = {}
    for part in result.stdout.split(_MARK)[1:]:
        name, _, rest = part.partition("\n")
        found[name.strip()] = [line.strip() for line in rest.splitlines() if line.strip()]
    return found
