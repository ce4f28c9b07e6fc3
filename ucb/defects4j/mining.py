"""Rows of CodeUJB's five tasks rebuilt from an installation, bug after bug, stopped at any time.

A folder holds what was found:

    code_ujb_*.jsonl   the rows of each task, as `--data` reads them
    bugs.jsonl         bugs that are done: rows of each task, and what was dropped by which filter
"""

from __future__ import annotations

import gzip
import html
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ucb.defects4j import rows
from ucb.defects4j.bugs import Bug, Drop, Dropped, Place, Report, Run, read, report
from ucb.defects4j.copies import WorkingCopies, mentions, pristine
from ucb.defects4j.suite import COVERAGE
from ucb.errors import DataError
from ucb.files import Rows, locked
from ucb.syntax.java import Source
from ucb.types import Key

_COMMENT, _LINES = 20, 3
"""Characters of a comment and lines of a body that a function must have to be asked for."""
_EMPTY = "throw new UnsupportedOperationException();"
_TAG = re.compile(r"<[^>]*>")
Told = Mapping[tuple[str, str], str]
"""The text of a report, by project and number of the bug."""


def told(path: Path) -> Told:
    """
    Read reports: a JSON array of objects with project, bug_id, title and description (HTML).

    Raises `DataError` for a file that is none.
    """
    try:
        data = path.read_bytes()
        every = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
        return {
            (str(each["project"]), str(each["bug_id"])): _plain(each["title"], each["description"])
            for each in every
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path} is no array of bug reports: {error}.") from error


def _plain(*texts: str) -> str:
    """Return HTML as text."""
    found = [html.unescape(_TAG.sub("", text or "")).strip() for text in texts]
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(found))


@dataclass(frozen=True)
class Mine:
    """A folder of rows, by this command or an earlier one."""

    folder: Path
    copies: WorkingCopies
    run: Run
    reports: Told
    functions: int
    """Functions, and tests, of a bug's classes that are tried for writing, at most."""

    def work(self, projects: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """
        Mine what is not done of some projects, or of all; yield a row for each bug.

        Raises `DataError` when the installation does not list its bugs, `SandboxError` when
        programs cannot be run, and `StoreError` when another process writes into the folder.
        """
        with locked(self.folder), ExitStack() as opened:
            files = {
                task: opened.enter_context(closing(Rows(self.folder / f"{name}.jsonl")))
                for task, name in rows.DATASETS.items()
            }
            log = opened.enter_context(closing(Rows(self.folder / "bugs.jsonl")))
            done = {(row["project"], row["bug"]) for row in _stored(log.path)}
            seen = {row["task_id"] for file in files.values() for row in _stored(file.path)}
            written = {
                _asked(row) for task in ("complete", "testgen") for row in _stored(files[task].path)
            }
            for project, number in self._bugs(projects):
                if (project, number) in done:
                    continue
                started = time.monotonic()
                found, dropped, said = self._mined(project, number, written)
                for task, made in found.items():
                    for row in made:
                        # Of a bug that was begun before, some may be there.
                        if row["task_id"] not in seen:
                            files[task].append(row)
                about = {
                    "project": project, "bug": number,
                    "rows": {task: len(made) for task, made in found.items()},
                    "dropped": {str(rule): count for rule, count in sorted(dropped.items())},
                    "seconds": round(time.monotonic() - started, 1),
                    **({"said": said} if said else {}),
                }  # fmt: skip
                # Last: a bug without this row is done again.
                log.append(about)
                yield about

    def _bugs(self, projects: Sequence[str]) -> Iterator[tuple[str, str]]:
        ask = self.copies.installation.output
        for project in projects or ask("defects4j pids", what="The projects").split():
            if not re.fullmatch(r"[A-Za-z]\w*", project):
                raise DataError(f"{project!r} is no project of Defects4J.")
            listed = ask(f"defects4j bids -p {project}", what=f"The bugs of {project}")
            for number in listed.split():
                yield project, number

    def _mined(
        self, project: str, number: str, written: set[tuple[str, str, str]]
    ) -> tuple[dict[str, list[rows.Row]], Counter[str], str]:
        """Return the rows of each task, what was dropped, and what Defects4J says if it refuses."""
        found: dict[str, list[rows.Row]] = {task: [] for task in rows.DATASETS}
        dropped = Counter[str]()
        try:
            bug = read(self.copies, project, number, self.run)
            fixed = self._seen(bug)
        except Drop as drop:
            dropped[drop.rule] += 1
            return found, dropped, ""
        except DataError as error:
            dropped[Dropped.CHECKOUT] += 1
            return found, dropped, str(error)
        found["complete"] = list(self._functions(bug, fixed, written, dropped))
        found["testgen"] = list(self._tests(bug, fixed, written, dropped))
        for task, make in (("testgenissue", self._issue), ("repair", self._fix)):
            try:
                for made in make(bug):
                    found["defectdetection" if "defective" in made else task].append(made)
            except Drop as drop:
                dropped[drop.rule] += 1
        return found, dropped, ""

    def _seen(self, bug: Bug) -> Report:
        """Return what the fixed version's tests do, if the triggers trigger; raise `Drop`."""
        if not bug.triggers:
            raise Drop(Dropped.TRIGGERS)
        fixed, buggy = report(bug.fixed, {}, self.run), report(bug.buggy, {}, self.run)
        wanted = set(bug.triggers)
        if fixed is None or buggy is None or not (wanted <= fixed.passed & buggy.failed):
            raise Drop(Dropped.NOT_SEEN)
        return fixed

    def _fix(self, bug: Bug) -> Iterator[rows.Row]:
        fixed, buggy = bug.changed()
        yield rows.repair(bug, fixed, buggy)
        yield from rows.detections(bug, fixed, buggy)

    def _issue(self, bug: Bug) -> Iterator[rows.Row]:
        text = self.reports.get((bug.project, bug.number))
        if not text:
            raise Drop(Dropped.NO_REPORT)
        test = bug.triggers[0]
        fixed, buggy = bug.test(test), bug.test(test, suite=bug.buggy)
        if fixed is None or buggy is None:
            raise Drop(Dropped.NO_TEST)
        yield rows.testgenissue(bug, fixed, buggy, test, text)

    def _functions(
        self, bug: Bug, fixed: Report, written: set[tuple[str, str, str]], dropped: Counter[str]
    ) -> Iterator[rows.Row]:
        """Yield documented functions of the modified classes that tests cannot do without."""
        paths = [f"{bug.sources}/{name.replace('.', '/')}.java" for name in bug.modified]
        every = [
            each
            for path in paths
            for each in _documented(path, pristine(bug.fixed.tree, path))
            if not each.method.constructor
        ]
        fresh = [each for each in every if (bug.project, each.path, each.code) not in written]
        for place in fresh[: self.functions]:
            written.add((bug.project, place.path, place.code))
            code = (
                f"{place.indent}{place.method.head}\n{place.indent}    {_EMPTY}\n{place.indent}}}"
            )
            without = report(bug.fixed, {place.path: place.with_code(code)}, self.run)
            tests = sorted(fixed.passed & without.failed) if without else []
            if not tests:
                dropped[Dropped.NO_TESTS] += 1
                continue
            yield rows.complete(bug, place, tests)

    def _tests(
        self, bug: Bug, fixed: Report, written: set[tuple[str, str, str]], dropped: Counter[str]
    ) -> Iterator[rows.Row]:
        """Yield documented tests that run a class of the project."""
        every = [
            (name, each)
            for name in bug.relevant
            for path in [f"{bug.tests}/{name.replace('.', '/')}.java"]
            for each in _documented(path, pristine(bug.fixed.tree, path))
            if f"{name}::{each.method.name}" in fixed.passed
            and (bug.project, each.path, each.code) not in written
        ]
        for name, place in every[: self.functions]:
            written.add((bug.project, place.path, place.code))
            test = f"{name}::{place.method.name}"
            classes = _used(bug, place)
            if not classes or not self._covered(bug, test, classes):
                dropped[Dropped.NOT_COVERED] += 1
                continue
            yield rows.testgen(bug, place, test, classes)

    def _covered(self, bug: Bug, test: str, classes: Sequence[str]) -> bool:
        step = bug.fixed.covers(test, classes, {})
        program = bug.fixed.program(step, collect=(COVERAGE,))
        ((_, execution),) = self.run([(Key(test, 0), program)])
        return execution.steps[-1].proved


def _used(bug: Bug, place: Place) -> list[str]:
    """Return the classes of the project that a test mentions."""
    named = sorted(place.method.types | _owners(place.method.body))
    return [
        path[len(bug.sources) + 1 : -len(".java")].replace("/", ".")
        for name in named
        for path in sorted(mentions(bug.fixed.tree, name))
        if path.startswith(f"{bug.sources}/") and path.endswith(f"/{name}.java")
    ]


def _owners(body: str) -> set[str]:
    """Return words that static methods may be called on."""
    return set(re.findall(r"\b([A-Z]\w*)\.\w+\(", body))


def _documented(path: str, text: str | None) -> Iterator[Place]:
    """Yield the methods of a file that have a comment and a body to write."""
    source = Source(text) if text is not None else None
    if text is None or source is None or not source.ok:
        return
    for method in source.methods:
        said = re.sub(r"[/*\s]+", " ", method.javadoc).strip()
        lines = [line for line in method.body.splitlines() if line.strip()]
        if len(said) >= _COMMENT and len(lines) >= _LINES:
            yield Place(path, text, method)


def _asked(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["project"], row["location"], row["function"]


def _stored(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of this folder; its last line is whole, being open for rows."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def totals(folder: Path) -> tuple[int, Counter[str], Counter[str]]:
    """Return, of a folder, the bugs that are done, the rows of each task, and what was dropped."""
    about = _stored(folder / "bugs.jsonl")
    made, dropped = Counter[str](), Counter[str]()
    for row in about:
        made.update(row["rows"])
        dropped.update(row["dropped"])
    return len(about), made, dropped
