"""What there is in a file of a project, in terms that hold for several languages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """A function or method of a file, in full and, if that is shorter, as a signature."""

    file: str
    name: str
    first: int
    """Counted from 1, with what documents or decorates it."""
    last: int
    """Included."""
    owner: str
    """The class that it is in, or nothing."""
    full: str
    stub: str
    calls: frozenset[str]
    """Names that it calls, the last part of dotted ones."""
    types: frozenset[str] = frozenset()
    """Classes that it names, as far as the language has outlines of them."""

    @property
    def kind(self) -> str:
        """The last part of the class's name."""
        return self.owner.rpartition(".")[2]

    @property
    def gain(self) -> int:
        """Characters that showing all of it costs beyond its signature."""
        return len(self.full) - len(self.stub)


@dataclass(frozen=True, slots=True)
class Statement:
    """What stands outside functions and defines no function, class or import."""

    first: int
    last: int
    size: int
    """Characters."""
    stub: str
    """What says as much as one line can; nothing if that is nothing."""


class Source(ABC):
    """One parsed file of a project."""

    common: frozenset[str] = frozenset()
    """Functions that a call by name says nothing about: most objects that have them are the
    language's own."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")

    @property
    @abstractmethod
    def definitions(self) -> Sequence[Definition]:
        """Functions and methods, but for those inside others, in order."""

    @property
    @abstractmethod
    def statements(self) -> Sequence[Statement]:
        """What stands between the definitions, in order."""

    @property
    def outlines(self) -> Sequence[Definition]:
        """Classes as their members' signatures, where a language's functions name classes."""
        return ()

    @abstractmethod
    def frame(self, target: Definition) -> set[int]:
        """Return the lines of the imports, and of the class that a function is in."""

    @abstractmethod
    def excerpt(self, definitions: Sequence[Definition]) -> str:
        """Return some functions of the file, those of a class below its name."""

    def text(self, first: int, last: int) -> str:
        """Return lines, counted from 1 and both included."""
        return "\n".join(self.lines[first - 1 : last])
