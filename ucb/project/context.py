"""What a model is shown of a project: the function's file and, under a budget, what touches it.

Everything outside the function competes for room. Imports, the headers of classes and the
signatures of functions come first; then whole definitions, in the order of what helps most:
what the function calls, what calls it, its class, the rest of its file from near to far. What
does not fit is shown as a signature, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from ucb.project.python_source import PythonSource
from ucb.project.sources import Definition, Source, Statement

CHARACTERS_PER_TOKEN = 3.5
"""Of source, for the tokenizers of code models: a budget must not depend on one of them."""
Parse = Callable[[str, str], Source]
"""Reads a path and its text; raises `SyntaxError` or `ValueError` for what is no source."""
_SHORT = 300
"""Characters of a statement that is never shortened."""


class Strategy(StrEnum):
    """How much of the project may be shown."""

    CLASS = "class"
    """The imports, the function's class or, without one, nothing else."""
    FILE = "file"
    """The function's file."""
    PROJECT = "project"
    """Besides, definitions in other files that the function calls or is called by."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a function is: a file of the project, and the lines of the definition."""

    file: str
    first: int
    """Counted from 1, decorators included."""
    last: int
    """Included."""


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of a function."""

    before: str
    """Its file, above it."""
    after: str
    """Its file, below it."""
    others: Mapping[str, str]
    """Parts of other files, by path."""


def context(
    read: Callable[[], Mapping[str, str]],
    file: str,
    text: str,
    place: Place,
    strategy: Strategy,
    tokens: int,
    parse: Parse = PythonSource,
) -> Context:
    """
    Return the surroundings of a function.

    Args:
        read: The project's other source files, by path; called for `Strategy.PROJECT` only.
        file: The path of the function's file.
        text: The file as it is to be shown.
        place: The function in `text`.
        strategy: What may be shown.
        tokens: How much, the function itself not counted.
        parse: Reads the project's language.

    Raises:
        ValueError: no function is at `place`.
        SyntaxError: `text` is no source of the language.

    """
    source = parse(file, text)
    place_of = {(each.first, each.last): each for each in source.definitions}
    target = place_of.get((place.first, place.last))
    if target is None:
        raise ValueError(f"{file} has no function in lines {place.first} to {place.last}")
    room = int(tokens * CHARACTERS_PER_TOKEN)
    view = _View(source, target, strategy)
    view.shrink(room)
    room -= view.size()
    others = _parsed(read(), file, parse) if strategy is Strategy.PROJECT else {}
    parts: dict[str, list[Definition]] = {}
    for each in _wanted(target, view, list(others.values())):
        own = each.file == file
        cost = each.gain if own else len(each.file) + len(others[each.file].excerpt([each])) + 1
        if cost > room:
            continue
        room -= cost
        if own:
            view.expand(each)
        else:
            parts.setdefault(each.file, []).append(each)
    before, after = view.halves()
    excerpts = {path: others[path].excerpt(found) for path, found in sorted(parts.items())}
    return Context(before, after, excerpts)


class _View:
    """The function's file with every other function in full, as a signature, or left out."""

    def __init__(self, source: Source, target: Definition, strategy: Strategy) -> None:
        self._source = source
        self._target = target
        others = [each for each in source.definitions if each is not target]
        self._hidden: set[int] = set()
        """Lines that are not shown."""
        if strategy is Strategy.CLASS:
            self._hidden = set(range(1, len(source.lines) + 1)) - source.frame(target)
            others = [each for each in others if each.owner and each.owner == target.owner]
        self._shown = {each: each.stub for each in others}
        self._short: dict[int, Statement] = {}
        """Statements that are shown in one line, by the line they begin on."""

    @property
    def common(self) -> frozenset[str]:
        """Names that say nothing about whose function is called."""
        return self._source.common

    @property
    def near(self) -> list[Definition]:
        """The other functions, nearest first."""
        return sorted(self._shown, key=lambda each: abs(each.first - self._target.first))

    def expand(self, definition: Definition) -> None:
        """Show all of a function."""
        self._shown[definition] = definition.full

    def shrink(self, room: int) -> None:
        """
        Leave things out until at most `room` characters are shown.

        First the values of long tables, then functions, the farthest first, then what else
        stands between them. Imports and the headers of classes stay.
        """
        over = self.size() - room
        target = self._target.first
        rest = [each for each in self._source.statements if each.first not in self._hidden]
        for each in sorted(rest, key=lambda each: -each.size):
            if over <= 0 or each.size <= _SHORT:
                break
            self._short[each.first] = each
            over -= each.size - len(each.stub)
        for function in reversed(self.near):
            if over <= 0:
                return
            over -= len(self._shown[function])
            self._hidden.update(range(function.first, function.last + 1))
            del self._shown[function]
        for each in sorted(rest, key=lambda each: -abs(each.first - target)):
            if over <= 0:
                return
            cut = self._short.pop(each.first, None)
            over -= len(cut.stub) if cut else each.size
            self._hidden.update(range(each.first, each.last + 1))

    def size(self) -> int:
        """Characters shown, without the function itself."""
        return sum(map(len, self.halves()))

    def halves(self) -> tuple[str, str]:
        """The file above the function and below it."""
        target, lines = self._target, len(self._source.lines)
        return self._rendered(1, target.first - 1), self._rendered(target.last + 1, lines)

    def _rendered(self, first: int, last: int) -> str:
        starts = {each.first: each for each in self._shown}
        shown = []
        line = first
        while line <= last:
            definition = starts.get(line)
            if definition is not None:
                shown.append(self._shown[definition])
                line = definition.last + 1
                continue
            if (cut := self._short.get(line)) is not None:
                shown += [cut.stub] if cut.stub else []
                line = cut.last + 1
                continue
            if line not in self._hidden:
                shown.append(self._source.lines[line - 1])
            line += 1
        return "".join(f"{each}\n" for each in shown)


def _wanted(target: Definition, view: _View, others: list[Source]) -> Iterator[Definition]:
    """Yield functions in the order in which they are worth showing, each once."""
    near, common = view.near, view.common
    # A name that half the project defines says nothing of which one is called.
    by_name: dict[str, list[Definition]] = {}
    for source in others:
        for each in source.definitions:
            by_name.setdefault(each.name, []).append(each)
    known = {each.name for each in near}
    called = [
        found[0]
        for name in sorted(target.calls - known - common)
        if len(found := by_name.get(name, [])) == 1
    ]
    # Where classes are named, they tell whose function it is.
    called += [
        each
        for name in sorted(target.calls)
        for each in by_name.get(name, ())
        if each.kind in target.types
    ]
    outlines = [each for source in others for each in source.outlines if each.name in target.types]
    callers = [
        each
        for found in by_name.values()
        for each in found
        if target.name in each.calls and (target.name not in common or target.kind in each.types)
    ]
    ranked = [
        *(each for each in near if each.name in target.calls),
        *called,
        *outlines,
        *(each for each in near if target.name in each.calls),
        *sorted(callers, key=lambda each: (len(each.full), each.file, each.first)),
        *(each for each in near if each.owner == target.owner),
        *near,
    ]
    yield from dict.fromkeys(ranked)


def _parsed(files: Mapping[str, str], without: str, parse: Parse) -> dict[str, Source]:
    """Parse the project's other files; one that cannot be read is left out."""
    found = {}
    for path, text in sorted(files.items()):
        if path != without:
            with suppress(SyntaxError, ValueError, RecursionError):
                found[path] = parse(path, text)
    return found
