"""Mining as a command does it: package after package, pair after pair, and stopped at any time.

A folder holds what was found, one line each:

    bugs.jsonl          functions that were buggy in one release and are right in the next
    pairs.jsonl         release pairs that are done, with what running tests dropped
    packages.jsonl      packages, with what was dropped unrun; of two lines the later counts
    environments.json   the wheels of every environment that a bug names
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from ucb.errors import DataError, StoreError
from ucb.files import Rows, locked, replacing
from ucb.mine.index import PackageIndex, Release
from ucb.mine.licence import expression
from ucb.mine.prepare import Prepared, prepare
from ucb.mine.releases import Candidate, Trees, candidates
from ucb.mine.trial import Confirmed, Failed, Trial
from ucb.task import Run

log = logging.getLogger("ucb")
_MORE = 3
"""Times that undeclared dependencies of a package's tests are looked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How far mining goes in a package."""

    since: date | None = None
    """Only releases of this day (UTC) or later count as the fixed one."""
    bugs: int = 20
    """Bugs of a package, at most. Of a release with more, some from all of its files are kept."""
    pairs: int = 30
    """Release pairs of a package that are tried, newest first."""
    python: str = "3.11"


class Mine:
    """A folder of what mining finds, by this command or an earlier one."""

    def __init__(self, folder: Path, index: PackageIndex, run: Run, wanted: Wanted) -> None:
        self._folder = folder
        self._index = index
        self._run = run
        self._wanted = wanted
        self._trees = Trees(index, folder / "trees")

    def work(self, packages: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """
        Mine what is not done yet of packages; yield a package and the row of each pair tried.

        Raises `SandboxError` when programs cannot be run, and `StoreError` when another process
        mines into the folder, or the disk refuses. What is found is stored.
        """
        with locked(self._folder):
            yield from self._work(packages)

    def _work(self, packages: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        done = {(row["package"], row["new"]) for row in _rows(self._folder / "pairs.jsonl")}
        stored = {row["id"]: row["package"] for row in _rows(self._folder / "bugs.jsonl")}
        found = Counter(stored.values())
        with ExitStack() as opened:
            bugs, pairs, others = (
                opened.enter_context(closing(Rows(self._folder / f"{name}.jsonl")))
                for name in ("bugs", "pairs", "packages")
            )
            for package in packages:
                dropped = Counter[str]()
                for row, confirmed in self._package(package, done, found, dropped):
                    # Of a pair that was begun before, some bugs may be stored.
                    new = [each for each in confirmed if each["id"] not in stored]
                    kept = _spread(new, self._wanted.bugs - found[package])
                    row["confirmed"] = len(confirmed)
                    row["bugs"] = len(kept) + len(confirmed) - len(new)
                    for each in kept:
                        bugs.append(each)
                    found[package] += len(kept)
                    # Last: a pair without this row is done again.
                    pairs.append(row)
                    yield package, row
                others.append({"package": package, "dropped": _sorted(dropped)})

    def _package(
        self,
        package: str,
        done: set[tuple[str, str]],
        found: Counter[str],
        dropped: Counter[str],
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Yield a row for each pair of releases, and the rows of its bugs."""
        wanted = self._wanted
        try:
            releases = self._index.releases(package)
        except DataError as error:
            log.warning("%s is left out: %s", package, error)
            return
        every = candidates(self._trees, releases, dropped, python=wanted.python, since=wanted.since)
        for number, ((old, new), group) in enumerate(groupby(every, _pair)):
            if number == wanted.pairs or found[package] >= wanted.bugs:
                return
            inside = list(group)
            if (package, new.version) in done:
                continue
            started, failed = time.monotonic(), Counter[str]()
            row: dict[str, Any] = {"package": package, "old": old.version, "new": new.version}
            bugs = self._confirmed(old, new, inside, failed, row)
            row["candidates"] = len(inside)
            row["dropped"] = _sorted(failed)
            row["seconds"] = round(time.monotonic() - started, 1)
            yield row, bugs

    def _confirmed(
        self,
        old: Release,
        new: Release,
        inside: list[Candidate],
        dropped: Counter[str],
        row: dict[str, Any],
    ) -> list[dict[str, Any]]:
        """Try one pair; return a row for each bug, and put what was seen into `row`."""
        after = self._trees.tree(new)
        try:
            prepared, trial = self._ready(new, inside, row)
        except DataError as error:
            dropped[Failed.NO_SUITE] += len(inside)
            row["left out"] = str(error)
            return []
        self._remember(prepared)
        found = list(trial.confirm(inside, dropped))
        if trial.baseline is not None:
            row["passing"], row["others"] = len(trial.baseline.passing), len(trial.baseline.others)
            row["cpu"] = round(trial.baseline.cpu, 2)
        shared = {
            "package": new.package,
            "licence": expression(after),
            "old": _release(old),
            "new": _release(new),
            "roots": list(prepared.project.roots),
            "modules": list(after.modules),
            "tests": list(after.tests),
            "environment": prepared.project.environment,
            "others": sorted(trial.baseline.others) if trial.baseline else [],
            "passing": len(trial.baseline.passing) if trial.baseline else 0,
            "cpu": row.get("cpu", 0.0),
        }
        return [{**_bug(each), **shared} for each in found]

    def _ready(
        self, new: Release, inside: list[Candidate], row: dict[str, Any]
    ) -> tuple[Prepared, Trial]:
        """Put the new release into the store, with what its tests turn out to import."""
        after, before = self._trees.tree(new), self._trees.tree(inside[0].old)
        more: list[str] = []
        for _ in range(_MORE):
            prepared = prepare(new, after, more, python=self._wanted.python)
            trial = Trial(before, after, prepared.project, self._run)
            missing = set(trial.missing()) - set(more) - set(after.modules)
            if not missing:
                break
            # A module is mostly called like the package that brings it.
            more += sorted(missing)
            row["undeclared"] = list(more)
        return prepared, trial

    def _remember(self, prepared: Prepared) -> None:
        path = self._folder / "environments.json"
        known = _read(path.read_bytes(), path) if path.is_file() else {}
        name = prepared.project.environment
        if name and name not in known:
            known[name] = [asdict(pin) for pin in prepared.pins]
            with replacing(path) as file:
                json.dump(known, file, indent=1, sort_keys=True)


def _spread(bugs: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Return at most so many of some bugs, from all places of the list alike."""
    if len(bugs) <= most:
        return bugs
    return [bugs[number * len(bugs) // most] for number in range(most)]


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {str(rule): count for rule, count in sorted(counts.items()) if count}


def _pair(candidate: Candidate) -> tuple[Release, Release]:
    return candidate.old, candidate.new


def _release(release: Release) -> dict[str, Any]:
    return {
        "version": release.version,
        "file": release.file,
        "sha256": release.sha256,
        "uploaded": release.uploaded.isoformat() if release.uploaded else None,
    }


def _bug(confirmed: Confirmed) -> dict[str, Any]:
    candidate = confirmed.candidate
    told = candidate.changelog
    name = candidate.qualname + (f"#{candidate.occurrence}" if candidate.occurrence else "")
    return {
        "id": f"{candidate.new.package}/{candidate.new.version}/{candidate.file}:{name}",
        "file": candidate.file,
        "qualname": candidate.qualname,
        "occurrence": candidate.occurrence,
        "span": [candidate.span.first, candidate.span.last],
        "old_file": candidate.old_file,
        "old_span": [candidate.old_span.first, candidate.old_span.last],
        "changelog": told and {"file": told.file, "span": [told.span.first, told.span.last]},
        "triggers": list(confirmed.triggers),
        "raised": list(confirmed.raised),
        "reaching": list(confirmed.reaching),
    }


def _read(text: bytes, path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise StoreError(
            f"{path} is damaged: {error}. Mend it, or choose another --out."
        ) from error
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole lines of a file; a torn last one is not there."""
    if path.is_file():
        for line in path.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):
                yield _read(line, path)
