"""Candidates for project problems: functions that changed between releases, and written ones."""

from __future__ import annotations

import filecmp
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path, PurePosixPath

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from ucb.errors import DataError
from ucb.mine.changelog import Section, section
from ucb.mine.functions import Function, Span, changed, read_module
from ucb.mine.index import PackageIndex, Release
from ucb.mine.licence import expression, permissive
from ucb.mine.normal import Rule, names_a_version, unwritten
from ucb.mine.sdist import Tree, describe, unpack

_VENDORED = {"_vendor", "vendor", "_vendored", "vendored", "extern", "externals", "_compat_vendor"}


class Skip(StrEnum):
    """Why a release, a pair of releases or a file gives no candidates."""

    YANKED = "release: yanked"
    NO_TIME = "release: no upload time on the index"
    BEFORE = "pair: before the date asked for"
    PYTHON = "pair: not for this Python"
    UNPACKED = "pair: a source distribution cannot be had or read"
    NO_TESTS = "pair: no tests in a source distribution"
    LICENCE = "pair: licence not permissive, or not told"
    NO_SOURCES = "pair: no Python module of its own is found"
    UNREADABLE = "file: not readable by this Python"
    VENDORED = "file: of another project"
    TWICE = "the same change again"
    NO_DOCSTRING = "docstring too short"
    FEW_LINES = "too few lines"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function whose body differs between two consecutive releases, in the terms of a set.

    `old` and `new` are in the words of time: the new release's body is the fixed one, if the
    change is a fix.
    """

    old: Release
    new: Release
    file: str
    """In the new release's tree."""
    qualname: str
    occurrence: int
    """In the new file; see `Function.occurrence`."""
    span: Span
    """In the new file."""
    old_file: str
    """The same module in the old release's tree: its source root may be another."""
    old_span: Span
    changelog: Section | None
    """The new version's section, in the new release's tree."""


@dataclass(frozen=True, slots=True)
class Target:
    """A function of one release that a model can be asked to write, or to write tests for."""

    release: Release
    file: str
    qualname: str
    occurrence: int
    span: Span
    code: Span
    """The body below the docstring; see `Function.code`."""
    code_lines: int


class Trees:
    """Unpacked source distributions in a folder of the caller's, one folder per sha256."""

    def __init__(self, index: PackageIndex, folder: Path) -> None:
        self._index = index
        self._folder = folder
        self._described: dict[str, Tree] = {}

    def tree(self, release: Release) -> Tree:
        """
        Return a release's tree, downloaded and unpacked the first time.

        Raises:
            DataError: as `PackageIndex.sdist`, `unpack` and `describe` do.

        """
        if release.sha256 not in self._described:
            folder = self._folder / release.sha256
            if not folder.is_dir():
                unpack(self._index.sdist(release), folder)
            (root,) = folder.iterdir()
            self._described[release.sha256] = describe(root)
        return self._described[release.sha256]


def candidates(
    trees: Trees,
    releases: Sequence[Release],
    dropped: Counter[str],
    *,
    python: str = "3.11",
    since: date | None = None,
) -> Iterator[Candidate]:
    """
    Yield the changed functions of each pair of consecutive releases, newest pair first.

    Trees are downloaded as pairs are reached, so a caller who has enough can stop.
    A change that comes again, in another pair or in a copy of the function, is counted, not
    yielded.

    Args:
        trees: Where source distributions come from and are unpacked.
        releases: Of one package, oldest first (`PackageIndex.releases`).
        dropped: Counts what was left out, under `Skip` and `Rule`.
        python: Both releases must admit this version.
        since: The new release must have been uploaded on this day (UTC) or later.

    """
    seen: set[tuple[str, str, str]] = set()
    for old, new in reversed(_pairs(releases, dropped, since)):
        if not (_admits(old, python) and _admits(new, python)):
            dropped[Skip.PYTHON] += 1
            continue
        try:
            before, after = trees.tree(old), trees.tree(new)
        except DataError:
            dropped[Skip.UNPACKED] += 1
            continue
        if (skip := _unusable(before, after)) is not None:
            dropped[skip] += 1
            continue
        told = section(after, new.version)
        for path, old_path in _shared_files(before, after):
            for was, now in _changes(before, after, path, old_path, dropped):
                key = (now.qualname, was.text, now.text)
                if key in seen:
                    dropped[Skip.TWICE] += 1
                    continue
                seen.add(key)
                yield Candidate(
                    old=old,
                    new=new,
                    file=path,
                    qualname=now.qualname,
                    occurrence=now.occurrence,
                    span=now.span,
                    old_file=old_path,
                    old_span=was.span,
                    changelog=told,
                )


def targets(
    release: Release,
    tree: Tree,
    dropped: Counter[str],
    *,
    docstring: int = 20,
    lines: int = 3,
) -> Iterator[Target]:
    """
    Yield the functions of a release that say what they do and do more than a little.

    Args:
        release: Where the tree is from.
        tree: The unpacked release.
        dropped: Counts the other functions, under `Skip` and `Rule`.
        docstring: The least length of a docstring, in characters without its indentation.
        lines: The fewest lines of code below the docstring, without blank lines and comments.

    """
    for path in tree.sources:
        if _vendored(path):
            dropped[Skip.VENDORED] += 1
            continue
        if (module := read_module(tree.root, path)) is None:
            dropped[Skip.UNREADABLE] += 1
            continue
        for function in module.functions:
            rule = _not_a_target(function, docstring, lines)
            if rule is not None or function.code is None:
                dropped[rule or Skip.FEW_LINES] += 1
                continue
            yield Target(
                release=release,
                file=path,
                qualname=function.qualname,
                occurrence=function.occurrence,
                span=function.span,
                code=function.code,
                code_lines=function.code_lines,
            )


def _not_a_target(function: Function, docstring: int, lines: int) -> Skip | Rule | None:
    if names_a_version(function.node.name):
        return Rule.VERSION
    if unwritten(function.node.body):
        return Rule.UNWRITTEN
    if len(function.docstring) < docstring:
        return Skip.NO_DOCSTRING
    return Skip.FEW_LINES if function.code_lines < lines else None


def _pairs(
    releases: Sequence[Release], dropped: Counter[str], since: date | None
) -> list[tuple[Release, Release]]:
    """Return consecutive releases, of those that were not withdrawn."""
    kept = [release for release in releases if not release.yanked]
    dropped[Skip.YANKED] += sum(release.yanked for release in releases)
    found = list(pairwise(kept))
    if since is None:
        return found
    recent = []
    for old, new in found:
        if new.uploaded is None:
            dropped[Skip.NO_TIME] += 1
        elif not is_since(new, since):
            dropped[Skip.BEFORE] += 1
        else:
            recent.append((old, new))
    return recent


def is_since(release: Release, since: date) -> bool:
    """Whether a release is known to be of this day (UTC) or later."""
    midnight = datetime(since.year, since.month, since.day, tzinfo=UTC)
    return release.uploaded is not None and release.uploaded >= midnight


def usable(trees: Trees, release: Release, *, python: str = "3.11") -> bool:
    """Whether problems can be made of one release: it has tests, a licence, this Python."""
    if release.yanked or not _admits(release, python):
        return False
    try:
        tree = trees.tree(release)
    except DataError:
        return False
    return _unusable(tree, tree) is None


def _admits(release: Release, python: str) -> bool:
    try:
        # The last patch release: `>=3.11.2` admits a 3.11 that is kept up to date.
        return f"{python}.99" in SpecifierSet(release.requires_python)
    except InvalidSpecifier:
        return False


def _unusable(before: Tree, after: Tree) -> Skip | None:
    if not (before.tests and after.tests):
        return Skip.NO_TESTS
    if not (before.sources and after.sources):
        return Skip.NO_SOURCES
    free = permissive(expression(before)) and permissive(expression(after))
    return None if free else Skip.LICENCE


def _shared_files(before: Tree, after: Tree) -> Iterator[tuple[str, str]]:
    """Yield the modules that both trees have: the path in the new one, and in the old one."""
    old = {_importable(before, path): path for path in before.sources}
    for path in after.sources:
        if (old_path := old.get(_importable(after, path))) is not None:
            yield path, old_path


def _importable(tree: Tree, path: str) -> str:
    return path.removeprefix(f"{tree.source_root}/") if tree.source_root else path


def _vendored(path: str) -> bool:
    return not _VENDORED.isdisjoint(PurePosixPath(path).parts)


def _changes(
    before: Tree, after: Tree, path: str, old_path: str, dropped: Counter[str]
) -> Iterator[tuple[Function, Function]]:
    if filecmp.cmp(before.root / old_path, after.root / path, shallow=False):
        return
    if _vendored(path):
        dropped[Skip.VENDORED] += 1
        return
    was, now = read_module(before.root, old_path), read_module(after.root, path)
    if was is None or now is None:
        dropped[Skip.UNREADABLE] += 1
        return
    yield from changed(was, now, dropped)
