"""What the tasks must know of Python and of mined sets."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ucb.extract import Extraction
from ucb.mine import restore
from ucb.project import measures
from ucb.project.context import Strategy
from ucb.project.mutants import mutants
from ucb.project.suite import TOOLCHAIN
from ucb.types import Program, Prompt, Stage
from ucb.work.kit import Kind, Kit, Row, Texts

from . import answers, normal, shared, testfiles
from .releases import Releases

_DATED = {Kind.BUGS: "fixed in", Kind.FUNCTIONS: "released in"}


class PythonKit(Kit):
    """Python, and releases from a package index."""

    version = 1
    toolchain = TOOLCHAIN
    mark = "#"
    deciding = 2

    def __init__(self) -> None:
        self._releases = Releases()

    def file(self, kind: Kind) -> Path:
        return shared.BUGS if kind is Kind.BUGS else shared.FUNCTIONS

    def rows(self, kind: Kind, file: Path) -> Iterator[Row]:
        return restore.bugs(file) if kind is Kind.BUGS else restore.functions(file)

    def texts(self, file: Path, row: Row, *, runs: bool = True) -> Texts:
        return self._releases.texts(file, row, runs=runs)

    def groups(self, kind: Kind, row: Row) -> Mapping[str, str]:
        day = self.date(row)
        return {"package": row["package"], _DATED[kind]: day[:4] if day else "unknown"}

    def date(self, row: Row) -> str | None:
        uploaded = row["new"]["uploaded"]
        return uploaded[:10] if uploaded else None

    def surroundings(
        self, row: Row, texts: Texts, function: str, strategy: Strategy
    ) -> dict[str, Any]:
        return shared.surroundings(row, texts, function, strategy)

    def shifted(self, code: str, by: int) -> str:
        return answers.shifted(code, by)

    def header(self, function: str) -> str:
        return answers.header(function)

    def documented(self, function: str) -> str:
        return answers.documented(function)

    def rest(self, function: str, indent: int) -> str:
        signature = answers.shifted(answers.header(function), indent)
        return answers.shifted(function, indent).removeprefix(f"{signature}\n")

    def with_body(self, function: str, body: str) -> str:
        return answers.with_body(function, body)

    def unwritten(self, indent: int) -> str:
        return " " * (indent + 4) + "raise NotImplementedError\n"

    def of_chat(self, text: str, given: str, row: Row) -> Extraction:
        return answers.of_chat(text, given, self.name(row))

    def of_completion(self, text: str, signature: str, row: Row) -> Extraction:
        return answers.of_completion(text, signature, self.name(row))

    def program(self, row: Row, texts: Texts, function: str) -> Program:
        return shared.program(row, texts, function)

    def alike(self, texts: Texts) -> tuple[str, str]:
        return normal.alike(texts.buggy, texts.fixed)

    def stand_in(self, texts: Texts) -> str:
        both = _called(texts.buggy) & _called(texts.fixed)
        body = "".join(f"    {name}()\n" for name in sorted(both))
        return f"def {_name(texts.fixed)}():\n{body or '    pass'}"

    def begun(self, row: Row, texts: Texts) -> str:  # noqa: ARG002
        return testfiles.header(row)

    def places(self, row: Row, texts: Texts) -> dict[str, str]:
        return testfiles.names(row, texts)

    def of_tests(self, prompt: Prompt, text: str, row: Row, texts: Texts) -> Extraction:
        return testfiles.of_reply(prompt, text, self.begun(row, texts))

    def own_tests(self, row: Row, texts: Texts) -> str | None:
        return testfiles.reference(row, texts)

    def tested(self, row: Row, texts: Texts, body: str) -> str:
        return f"{self.begun(row, texts)}nothing():\n{body}"

    def covers(self, row: Row, texts: Texts, code: str) -> Program:
        stand = testfiles.stand(row, texts)
        changed = {**stand.blanked, stand.file: code}
        suite = replace(testfiles.suite(row, texts, stand), mutants=mutants_of(texts))
        steps = [
            suite.collects(testfiles.GROUP, changed),
            suite.covers(testfiles.GROUP, changed, shared.limits(row)),
        ]
        if suite.mutants:
            steps.append(suite.notices(testfiles.GROUP, changed))
        return suite.program(*steps, collect=measures.FILES)

    def shows(self, row: Row, texts: Texts, code: str, expected: Collection[str]) -> Program:
        stand = testfiles.stand(row, texts)
        fixed = {**stand.blanked, stand.file: code}
        buggy = {**fixed, **shared.changed(row, texts, texts.buggy)}
        suite = replace(testfiles.suite(row, texts, stand), expected=tuple(expected))
        group, limits = testfiles.GROUP, shared.limits(row)
        return suite.program(
            suite.collects(group, fixed),
            suite.fails(group, buggy, Stage.TRIGGERED, limits),
            suite.covers(group, fixed, limits),
            collect=measures.FILES,
        )

    def fixed_lines(self, row: Row, texts: Texts) -> set[int]:
        return testfiles.fixed_lines(row, texts)


@lru_cache(maxsize=256)
def mutants_of(texts: Texts) -> tuple[str, ...]:
    """Return the right function with a fault each."""
    return tuple(each.text for each in mutants(answers.shifted(texts.fixed, texts.indent)))


def _name(function: str) -> str:
    definition = _parsed(function).body[0]
    return str(getattr(definition, "name", ""))


def _called(function: str) -> set[str]:
    """Return the names that a function calls, the last part of dotted ones."""
    calls = [node.func for node in ast.walk(_parsed(function)) if isinstance(node, ast.Call)]
    names = {each.id for each in calls if isinstance(each, ast.Name)}
    return names | {each.attr for each in calls if isinstance(each, ast.Attribute)}


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


KIT = PythonKit()
