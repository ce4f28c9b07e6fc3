"""Which methods changed between two releases of a Java project."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ucb.project import splice
from ucb.project.java.suite import SOURCES, TESTS
from ucb.syntax.java import Method, Source, without_comments

_LAYOUTS = (("", SOURCES, TESTS), ("", "src/java", "src/test"), ("gson", SOURCES, TESTS))
"""Where projects have their sources and tests: below which folder, and in which."""
_LINES = range(3, 61)
"""Lines that a method may have."""


class Left(StrEnum):
    """Why a method that both releases have is no candidate."""

    SAME = "its body is the same"
    HEADER = "its declaration changed"
    SIZE = "it has too few or too many lines"
    TWICE = "another method of the file has the same name and parameters"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A method whose body changed."""

    file: str
    name: str
    """With its parameters, such as `Parser.parse(String)`."""
    first: int
    """Its lines in the new file, annotations included, counted from 1."""
    last: int
    old: str
    """Its old text, whole lines."""
    new: str


def laid_out(root: Path, target: Path) -> bool:
    """Copy a project's sources and tests to where Maven has them; return whether it has both."""
    for below, sources, tests in _LAYOUTS:
        if (root / below / sources).is_dir() and (root / below / tests).is_dir():
            for place, inside in ((SOURCES, sources), (TESTS, tests)):
                shutil.copytree(root / below / inside, target / place)
                resources = (root / below / inside).with_name("resources")
                if resources.is_dir():
                    shutil.copytree(resources, (target / place).with_name("resources"))
            return True
    return False


def candidates(before: Path, after: Path, dropped: Counter[str]) -> Iterator[Candidate]:
    """Yield the methods whose bodies alone changed; count the others in `dropped`."""
    for path in sorted((after / SOURCES).rglob("*.java")):
        file = path.relative_to(after).as_posix()
        old, new = read(before / file), read(path)
        if old is not None and new is not None and old != new:
            yield from _changed(file, old, new, dropped)


def edition(candidate: Candidate, text: str) -> str:
    """Return the new file with the old method in it."""
    return splice(text, candidate.first, candidate.last, candidate.old)


def read(path: Path) -> str | None:
    """Return a source's text; None for one that is not there or not UTF-8."""
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _changed(file: str, old: str, new: str, dropped: Counter[str]) -> Iterator[Candidate]:
    was, now = (Source(text).methods for text in (old, new))
    counts = Counter(each.signed for each in now) + Counter(each.signed for each in was)
    earlier = {each.signed: each for each in was}
    for each in now:
        before = earlier.get(each.signed)
        if before is None or not (each.body.strip() and before.body.strip()):
            continue
        if reason := _left(before, each, counts[each.signed]):
            dropped[reason] += 1
        else:
            yield Candidate(
                file, each.signed, each.first, each.last, _text(old, before), _text(new, each)
            )


def _left(was: Method, now: Method, count: int) -> Left | None:
    if _plain(was.body) == _plain(now.body):
        return Left.SAME
    if count > 2:
        return Left.TWICE
    if _plain(was.head) != _plain(now.head):
        return Left.HEADER
    if any(each.last - each.first + 1 not in _LINES for each in (was, now)):
        return Left.SIZE
    return None


def _plain(code: str) -> str:
    return "".join(without_comments(code).split())


def _text(source: str, method: Method) -> str:
    return "\n".join(source.split("\n")[method.first - 1 : method.last]) + "\n"
