"""Lines that tests ran, kept in verdicts, and the share that all samples of a problem ran.

Everything here is pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

_PART = re.compile(r"(!?)(\d+)(?:-(\d+))?")


class Pool(StrEnum):
    """How the lines of several samples become one share."""

    ANY = "any"
    """The lines that any sample ran, over all lines that any tells of."""
    TWICE = "twice"
    """As CodeUJB computes its `diff_coverage`: a line that one sample ran and another did not
    is counted as run and, once more, as not run."""


def packed(lines: Mapping[int, bool]) -> str:
    """Return lines, and if each was run, as a short text: `3-9,12,!10-11`."""
    return ",".join(
        f"{mark}{first}" if first == last else f"{mark}{first}-{last}"
        for mark, hit in (("", True), ("!", False))
        for first, last in _ranges(line for line, was in lines.items() if was is hit)
    )


def unpacked(text: str) -> dict[bool, set[int]]:
    """Return the lines of such a text that were run, and those that were not.

    Raises `ValueError` for what is none.
    """
    found: dict[bool, set[int]] = {True: set(), False: set()}
    for part in filter(None, text.split(",")):
        read = _PART.fullmatch(part)
        if read is None:
            raise ValueError(f"{part!r} names no lines")
        first = int(read[2])
        found[not read[1]].update(range(first, int(read[3] or first) + 1))
    return found


class Pooled:
    """The lines of one problem's samples, in memory that grows with the lines alone."""

    def __init__(self) -> None:
        self._lines: dict[str, dict[bool, set[int]]] = {}
        self.samples = 0
        """Samples that told of a line."""

    def add(self, lines: Mapping[str, str]) -> None:
        """Add one sample's `Verdict.lines`; raise `ValueError` for a damaged text."""
        self.samples += bool(lines)
        for name, text in lines.items():
            mine = self._lines.setdefault(name, {True: set(), False: set()})
            for hit, numbers in unpacked(text).items():
                mine[hit] |= numbers

    def share(self, pool: Pool) -> float:
        """Return the share of lines that were run, from 0 to 1; 0 where there are none."""
        ran = missed = 0
        for lines in self._lines.values():
            ran += len(lines[True])
            missed += len(lines[False] if pool is Pool.TWICE else lines[False] - lines[True])
        return ran / (ran + missed) if ran + missed else 0.0


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
