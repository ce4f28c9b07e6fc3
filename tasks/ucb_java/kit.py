"""What the tasks must know of Java and of the projects beside this file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ucb.extract import Extraction
from ucb.languages import language
from ucb.project import measures, splice
from ucb.project.context import Place, Strategy, context
from ucb.project.java.source import read
from ucb.project.java.suite import TOOLCHAIN, Project, Suite
from ucb.syntax.java import shifted, without_comments
from ucb.types import Limits, Program, Prompt, Stage
from ucb.work.kit import TOKENS, Kind, Kit, Row, Texts

from . import answers, rows, testfiles

_HERE = Path(__file__).parent
_SLOWER, _LEAST = 5.0, 30.0
"""Times the CPU seconds that the project's own tests take, and seconds, for an answer's."""
_TRIGGERS, _ANSWER = "triggers", "answer"


class JavaKit(Kit):
    """Java, and projects of UCB's own making."""

    version = 1
    toolchain = TOOLCHAIN
    mark = "//"
    deciding = 2

    def __init__(self) -> None:
        self._projects = rows.Projects()

    def file(self, kind: Kind) -> Path:
        return _HERE / f"{kind}.jsonl"

    def rows(self, kind: Kind, file: Path) -> Iterator[Row]:
        return rows.bugs(file) if kind is Kind.BUGS else rows.functions(file)

    def texts(self, file: Path, row: Row, *, runs: bool = True) -> Texts:  # noqa: ARG002
        return self._projects.texts(file, row)

    def groups(self, kind: Kind, row: Row) -> Mapping[str, str]:  # noqa: ARG002
        return {"project": row["project"]}

    def surroundings(
        self, row: Row, texts: Texts, function: str, strategy: Strategy
    ) -> dict[str, Any]:
        code = shifted(function, texts.indent).rstrip("\n")
        first, last = row["span"]
        shown = context(
            lambda: rows.sources(texts.tree),
            row["file"],
            splice(texts.source, first, last, code),
            Place(row["file"], first, first + code.count("\n")),
            strategy,
            TOKENS,
            read,
        )
        return {
            "name": row["qualname"],
            "file": row["file"],
            "project": row["project"],
            "before": shown.before,
            "after": shown.after,
            "others": shown.others,
            "indent": " " * texts.indent,
        }

    def shifted(self, code: str, by: int) -> str:
        return shifted(code, by)

    def header(self, function: str) -> str:
        return answers.header(function)

    def documented(self, function: str) -> str:
        return answers.header(function)

    def rest(self, function: str, indent: int) -> str:
        signature = shifted(answers.header(function), indent)
        return shifted(function, indent).removeprefix(signature).removeprefix("\n")

    def with_body(self, function: str, body: str) -> str:
        return f"{answers.header(function)}\n    {body.strip()}\n}}\n"

    def unwritten(self, indent: int) -> str:
        margin = " " * indent
        return f"{margin}    throw new UnsupportedOperationException();\n{margin}}}\n"

    def of_chat(self, text: str, given: str, row: Row) -> Extraction:
        return answers.of_chat(text, given, self.name(row))

    def of_completion(self, text: str, signature: str, row: Row) -> Extraction:  # noqa: ARG002
        return answers.of_completion(text, signature)

    def program(self, row: Row, texts: Texts, function: str) -> Program:
        changed, tests = self._changed(row, texts, function), self._suite(row, texts)
        return tests.program(
            tests.compiles(changed),
            tests.passes(_TRIGGERS, changed, Stage.TRIGGERED, _limits(row)),
            tests.passes_all(changed, _limits(row)),
        )

    def alike(self, texts: Texts) -> tuple[str, str]:
        # A pair has one signature and one Javadoc: a set with another is refused.
        above = answers.documentation(texts.fixed)
        buggy, fixed = (
            above + without_comments(answers.undocumented(each))
            for each in (texts.buggy, texts.fixed)
        )
        return buggy, fixed

    def stand_in(self, texts: Texts) -> str:
        one, other = answers.only(texts.buggy), answers.only(texts.fixed)
        calls = "".join(f"    {name}();\n" for name in sorted(one.calls & other.calls))
        types = "".join(f"    {name} a;\n" for name in sorted(one.types & other.types))
        return f"void {other.name}() {{\n{calls}{types}}}\n"

    def begun(self, row: Row, texts: Texts) -> str:
        return testfiles.begun(row, texts)

    def places(self, row: Row, texts: Texts) -> dict[str, str]:
        return testfiles.names(row, texts)

    def of_tests(self, prompt: Prompt, text: str, row: Row, texts: Texts) -> Extraction:
        return testfiles.of_reply(prompt, text, row, texts)

    def own_tests(self, row: Row, texts: Texts) -> str | None:
        return testfiles.reference(row, texts)

    def tested(self, row: Row, texts: Texts, body: str) -> str:
        return testfiles.tested(row, texts, body)

    def covers(self, row: Row, texts: Texts, code: str) -> Program:
        suite, changed = self._answered(row, texts, code)
        return suite.program(
            suite.compiles(changed),
            suite.covers(_ANSWER, changed, _limits(row)),
            collect=measures.FILES,
        )

    def shows(self, row: Row, texts: Texts, code: str, expected: Collection[str]) -> Program:
        plain, fixed = self._answered(row, texts, code)
        suite = replace(plain, expected=tuple(expected))
        buggy = {**fixed, **self._changed(row, texts, texts.buggy)}
        limits = _limits(row)
        return suite.program(
            suite.compiles(fixed),
            suite.fails(_ANSWER, buggy, Stage.TRIGGERED, limits),
            suite.covers(_ANSWER, fixed, limits),
            collect=measures.FILES,
        )

    def fixed_lines(self, row: Row, texts: Texts) -> set[int]:
        return testfiles.fixed_lines(row, texts)

    def _changed(self, row: Row, texts: Texts, function: str) -> dict[str, str]:
        """The file with a method, which has no indentation, in the row's method's place."""
        return {row["file"]: splice(texts.source, *row["span"], shifted(function, texts.indent))}

    def _suite(self, row: Row, texts: Texts) -> Suite:
        return Suite(
            Project(texts.tree),
            {_TRIGGERS: row["triggers"]},
            others=tuple(row["others"]),
            passing=row["passing"],
        )

    def _answered(self, row: Row, texts: Texts, code: str) -> tuple[Suite, dict[str, str]]:
        """The project with a test class as its one group, and what is changed for that."""
        path, classes = testfiles.placed(code, row)
        suite = replace(
            self._suite(row, texts),
            groups={_ANSWER: classes},
            target=testfiles.target(row, texts),
        )
        return suite, {**testfiles.blanked(row), path: code}


def _limits(row: Row) -> Limits:
    """Return what an answer's tests may use."""
    seconds = max(_LEAST, _SLOWER * row["cpu"])
    return replace(language(TOOLCHAIN).limits, cpu=seconds, wall=3 * seconds)


KIT = JavaKit()
