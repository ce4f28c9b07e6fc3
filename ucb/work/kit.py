"""What tasks inside projects must know of a language and of a set of its projects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ucb.extract import Extraction
from ucb.project.context import Strategy
from ucb.types import Program, Prompt

Row = Mapping[str, Any]
"""One bug or function of a set."""
TOKENS = 2048
"""Of the project, around the function."""


class Kind(StrEnum):
    """What a set holds."""

    BUGS = "bugs"
    FUNCTIONS = "functions"


@dataclass(frozen=True, slots=True)
class Texts:
    """One row as code. The functions stand without the indentation of their class."""

    tree: str
    """The project with the function that is right, in the store."""
    source: str
    """The function's file in it."""
    indent: int
    """Columns that the function stands in."""
    fixed: str
    buggy: str
    """As it was before the fix; nothing for a row without one."""
    told: str = ""
    """What the changelog says of the bug; nothing where no entry of it names the function."""


@dataclass(frozen=True, slots=True)
class Templates:
    """A task's prompts, as Jinja templates over the names that its kit gives."""

    chat: str
    complete: str
    stop: tuple[str, ...] = ()
    """Of a completion."""


class Kit(ABC):
    """A language, its sets and the tests of its projects. Functions stand without indentation."""

    version: int
    """Of the sets, their prompts and their tests. Below 1 a set still grows, and scores of two
    editions are not comparable."""
    toolchain: str
    mark: str
    """Begins a comment to the end of a line."""
    deciding: int
    """Steps of a program of `covers` that decide; the others measure."""

    # Sets.

    @abstractmethod
    def file(self, kind: Kind) -> Path:
        """Return the benchmark's own set."""

    @abstractmethod
    def rows(self, kind: Kind, file: Path) -> Iterator[Row]:
        """Yield the rows of a set; raise `DataError` for a line that is none."""

    @abstractmethod
    def texts(self, file: Path, row: Row, *, runs: bool = True) -> Texts:
        """
        Return the code of a row; without `runs`, what running it takes need not be there.

        Raises `DataError` for a project that cannot be had, or is not what it was.
        """

    @abstractmethod
    def groups(self, kind: Kind, row: Row) -> Mapping[str, str]:
        """Return the kinds of group that a row is in, and its group of each."""

    def date(self, row: Row) -> str | None:  # noqa: ARG002
        """Return the day on which a row's code became public, as `2026-03-04`, if it is known."""
        return None

    def name(self, row: Row) -> str:
        """Return the name of a row's function; of a method, without its class."""
        return str(row["qualname"]).rpartition(".")[2]

    # Functions.

    @abstractmethod
    def surroundings(
        self, row: Row, texts: Texts, function: str, strategy: Strategy
    ) -> dict[str, Any]:
        """
        Return what a prompt may say of a function's place: the names that templates use.

        `function` stands in the function's place. What it calls is shown first, so it must not
        be what the answer is to find out.
        """

    @abstractmethod
    def shifted(self, code: str, by: int) -> str:
        """Indent code by so many spaces more, or less; what a string holds stays as it is."""

    @abstractmethod
    def header(self, function: str) -> str:
        """Return a function up to where its body begins."""

    @abstractmethod
    def documented(self, function: str) -> str:
        """Return a function up to where what documents it ends, or its header does."""

    @abstractmethod
    def rest(self, function: str, indent: int) -> str:
        """Return, indented, what a completion of the function's header is."""

    @abstractmethod
    def with_body(self, function: str, body: str) -> str:
        """Return a function with another body."""

    @abstractmethod
    def unwritten(self, indent: int) -> str:
        """Return, indented, a completion of a header that is not written yet."""

    @abstractmethod
    def of_chat(self, text: str, given: str, row: Row) -> Extraction:
        """Return a row's function from a chat's reply; `given` is what was shown of it."""

    @abstractmethod
    def of_completion(self, text: str, signature: str, row: Row) -> Extraction:
        """Return a row's function from what goes on from its indented `signature`."""

    @abstractmethod
    def program(self, row: Row, texts: Texts, function: str) -> Program:
        """Return what decides about a function: it compiles, passes triggers, passes all tests."""

    @abstractmethod
    def alike(self, texts: Texts) -> tuple[str, str]:
        """Return the buggy and the fixed function without what betrays them but their code."""

    @abstractmethod
    def stand_in(self, texts: Texts) -> str:
        """Return a function that calls what both versions call, and nothing else."""

    # Files of tests.

    @abstractmethod
    def begun(self, row: Row, texts: Texts) -> str:
        """Return how a test file begins that a model goes on with."""

    @abstractmethod
    def places(self, row: Row, texts: Texts) -> dict[str, str]:
        """Return what a prompt may say of the test file that it asks for."""

    @abstractmethod
    def of_tests(self, prompt: Prompt, text: str, row: Row, texts: Texts) -> Extraction:
        """Return the test file of a reply."""

    @abstractmethod
    def own_tests(self, row: Row, texts: Texts) -> str | None:
        """Return the project's own tests that need the function, as far as one file holds them."""

    @abstractmethod
    def tested(self, row: Row, texts: Texts, body: str) -> str:
        """Return a test file whose one test has this body."""

    @abstractmethod
    def covers(self, row: Row, texts: Texts, code: str) -> Program:
        """Return what decides about tests: they compile, pass and run the function."""

    @abstractmethod
    def shows(self, row: Row, texts: Texts, code: str, expected: Collection[str]) -> Program:
        """
        Return what decides about tests of a bug: they compile, fail with it and pass without.

        `expected` are types of exceptions that show it besides an assertion.
        """

    @abstractmethod
    def fixed_lines(self, row: Row, texts: Texts) -> set[int]:
        """
        Return the statements that the fix put in or changed: the file's numbers of their lines.

        Where it took something away, those are the statements next to the gap.
        """

    def commented(self, text: str, margin: str = "") -> str:
        """Return lines as comments."""
        return "\n".join(f"{margin}{self.mark} {line}".rstrip() for line in text.split("\n"))
