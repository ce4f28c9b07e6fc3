"""Mining as a command does it: package after package, pair after pair, and stopped at any time.

A folder holds what was found, one line each:

    bugs.jsonl          functions that were buggy in one release and are right in the next
    pairs.jsonl         release pairs that are done, with what running tests dropped
    packages.jsonl      packages, with what was dropped unrun; of two lines the later counts
    functions.jsonl     functions that a model can be asked to write
    releases.jsonl      releases whose functions are done, with what was dropped
    environments.json   the wheels of every environment that a row names
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
from typing import Any, TypeVar

from ucb.errors import DataError
from ucb.files import Rows, locked, replacing
from ucb.mine import entries
from ucb.mine.baseline import SUITE, Baseline, Untouched
from ucb.mine.index import PackageIndex, Release
from ucb.mine.prepare import Prepared, prepare
from ucb.mine.releases import Candidate, Trees, candidates, is_since, targets, usable
from ucb.mine.sdist import Tree
from ucb.mine.trial import Failed, Trial
from ucb.mine.written import Written, bodies, unique
from ucb.task import Run

log = logging.getLogger("ucb")
_T = TypeVar("_T")
_MORE = 3
"""Times that undeclared dependencies of a package's tests are looked for."""
_BROUGHT_BY = {
    "attr": "attrs", "bs4": "beautifulsoup4", "dateutil": "python-dateutil", "docx": "python-docx",
    "OpenSSL": "pyOpenSSL", "PIL": "pillow", "pkg_resources": "setuptools<81",
    "ruamel": "ruamel.yaml", "yaml": "PyYAML",
}  # fmt: skip
"""Packages that are not called like the modules they bring."""
_TRIED = 4
"""Candidates of a pair that are tried for each bug that is still wanted of its package."""
_TRIED_WRITTEN = 2
"""Documented functions of a release that are tried for each that is wanted."""
_NEWEST = 3
"""Releases of a package that are looked at for functions to write."""
_IN_VAIN = 2
"""Pairs in a row whose tests cannot be run, before a package is given up."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How far mining goes in a package."""

    since: date | None = None
    """Only releases of this day (UTC) or later count as the fixed one."""
    bugs: int = 20
    """Bugs of a package, at most. Of a release with more, some from all of its files are kept."""
    pairs: int = 30
    """Release pairs of a package that are tried, newest first."""
    suite: float = SUITE
    """CPU seconds that all tests of a release may take."""
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

    def functions(
        self, packages: Iterable[str], most: int
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """
        Find, in the newest usable release of each package, at most so many functions to write.

        With a date (`Wanted.since`), those that the last release before it did not have.
        Yields a package and the row of its release. Raises as `work` does.
        """
        with locked(self._folder), ExitStack() as opened:
            done = {row["package"] for row in entries.rows(self._folder / "releases.jsonl")}
            stored = {row["id"] for row in entries.rows(self._folder / "functions.jsonl")}
            found, releases = (
                opened.enter_context(closing(Rows(self._folder / f"{name}.jsonl")))
                for name in ("functions", "releases")
            )
            for package in packages:
                if package in done:
                    continue
                started = time.monotonic()
                row: dict[str, Any] = {"package": package, "functions": 0}
                if (newest := self._newest(package)) is not None:
                    release, known = newest
                    row["release"] = release.version
                    kept = self._written(release, known, most, row)
                    for each in kept:
                        if each["id"] not in stored:
                            found.append(each)
                    row["functions"] = len(kept)
                row["seconds"] = round(time.monotonic() - started, 1)
                releases.append(row)
                yield package, row

    def _newest(self, package: str) -> tuple[Release, frozenset[str]] | None:
        """Return the newest usable release, and the functions of the last before the date."""
        wanted = self._wanted
        known: frozenset[str] = frozenset()
        try:
            releases = list(self._index.releases(package))
            if wanted.since is not None:
                older = [each for each in releases if not is_since(each, wanted.since)]
                releases = [each for each in releases if is_since(each, wanted.since)]
                if older and releases:
                    known = frozenset(bodies(self._trees.tree(older[-1])).values())
        except DataError as error:
            # Without the older release, what is new cannot be told.
            log.warning("%s is left out: %s", package, error)
            return None
        for release in list(reversed(releases))[:_NEWEST]:
            if usable(self._trees, release, python=wanted.python):
                return release, known
        return None

    def _work(self, packages: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        done = {(row["package"], row["new"]) for row in entries.rows(self._folder / "pairs.jsonl")}
        stored = {row["id"]: row["package"] for row in entries.rows(self._folder / "bugs.jsonl")}
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
                    kept = spread(new, self._wanted.bugs - found[package])
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
        in_vain = 0
        for number, ((old, new), group) in enumerate(groupby(every, _pair)):
            left = wanted.bugs - found[package]
            if number == wanted.pairs or left <= 0 or in_vain == _IN_VAIN:
                return
            inside = list(group)
            if (package, new.version) in done:
                continue
            started, failed = time.monotonic(), Counter[str]()
            row: dict[str, Any] = {"package": package, "old": old.version, "new": new.version}
            tried = spread(inside, _TRIED * left)
            bugs = self._confirmed(old, new, tried, failed, row)
            row["candidates"], row["tried"] = len(inside), len(tried)
            in_vain = in_vain + 1 if failed[Failed.NO_SUITE] else 0
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
        before, after = self._trees.tree(old), self._trees.tree(new)
        try:
            untouched = self._ready(new, after, row)
        except DataError as error:
            dropped[Failed.NO_SUITE] += len(inside)
            row["left out"] = str(error)
            return []
        trial = Trial(before, after, untouched)
        found = list(trial.confirm(inside, dropped))
        if trial.baseline is None:
            return []
        shared = entries.tested(new, after, untouched.project, trial.baseline)
        row.update(_baseline(trial.baseline))
        return [
            {**entries.bug(each, after), "old": entries.release_row(old), **shared}
            for each in found
        ]

    def _written(
        self, release: Release, known: frozenset[str], most: int, row: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Try the functions of a release; return a row for each, and put what was seen in `row`."""
        dropped = Counter[str]()
        tree = self._trees.tree(release)
        every = list(targets(release, tree, dropped))
        fresh = unique(bodies(tree), every, known, dropped)
        tried = spread(fresh, _TRIED_WRITTEN * most)
        found: list[dict[str, Any]] = []
        try:
            untouched = self._ready(release, tree, row) if tried else None
        except DataError as error:
            row["left out"], untouched = str(error), None
        if untouched is not None:
            written = Written(tree, untouched)
            needed = list(written.confirm(tried, dropped))
            if written.baseline is not None:
                shared = entries.tested(release, tree, untouched.project, written.baseline)
                row.update(_baseline(written.baseline))
                found = [{**entries.function(each), **shared} for each in needed]
        row["candidates"], row["tried"], row["confirmed"] = len(fresh), len(tried), len(found)
        row["dropped"] = _sorted(dropped)
        return spread(found, most)

    def _ready(self, release: Release, tree: Tree, row: dict[str, Any]) -> Untouched:
        """Put a release into the store, with what its tests turn out to import."""
        more: list[str] = []
        prepared = prepare(release, tree, python=self._wanted.python)
        for _ in range(_MORE):
            untouched = Untouched(tree, prepared.project, self._run, suite=self._wanted.suite)
            missing = {_BROUGHT_BY.get(name, name) for name in untouched.missing()}
            missing -= {*more, *tree.modules, *row.get("not to be had", ())}
            if not missing:
                break
            try:
                prepared = prepare(
                    release, tree, [*more, *sorted(missing)], python=self._wanted.python
                )
            except DataError as error:
                # The files that import it are left out; others may not need it.
                log.info("%s %s: %s", release.package, release.version, error)
                row["not to be had"] = sorted(missing)
                continue
            more += sorted(missing)
            row["undeclared"] = list(more)
        self._remember(prepared)
        return untouched

    def _remember(self, prepared: Prepared) -> None:
        path = self._folder / "environments.json"
        known = entries.parse(path.read_bytes(), path) if path.is_file() else {}
        name = prepared.project.environment
        if name and name not in known:
            known[name] = [asdict(pin) for pin in prepared.pins]
            with replacing(path) as file:
                json.dump(known, file, indent=1, sort_keys=True)


def spread(found: list[_T], most: int) -> list[_T]:
    """Return at most so many of a list, from all its places alike."""
    if len(found) <= most:
        return found
    return [found[number * len(found) // most] for number in range(most)]


def _baseline(found: Baseline) -> dict[str, Any]:
    return {
        "passing": len(found.passing),
        "others": len(found.others),
        "cpu": round(found.cpu, 2),
    }


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {str(rule): count for rule, count in sorted(counts.items()) if count}


def _pair(candidate: Candidate) -> tuple[Release, Release]:
    return candidate.old, candidate.new
