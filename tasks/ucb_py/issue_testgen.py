"""Write a test that shows a reported bug."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ucb import prompting
from ucb.extract import Extraction
from ucb.mine.restore import bugs
from ucb.project import measures
from ucb.project.context import Strategy
from ucb.project.suite import TOOLCHAIN
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Execution, Key, Problem, Program, Prompt, Stage, Style, Verdict

from . import shared, testfiles
from .answers import shifted
from .releases import Releases, Texts

CHAT = (
    """\
This was reported of the Python package {{ package }}:

{{ quoted }}
"""
    + shared.OTHERS
    + """\
The bug is in the function `{{ name }}` in `{{ file }}`. The file, without the function:

"""
    + shared.FILE
    + """\
The function, with the bug:

```python
{{ given | trim }}
```

Write a test for pytest that fails because of the bug, and will pass once it is repaired. Reply \
with one whole test file in one code block; it imports what it needs, the file above as \
`{{ module }}`.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before }}{{ function }}{{ after }}

# {{ place }}
#
# A test of what was reported, which fails until the bug is repaired:
#
{{ commented }}

{{ begun }}"""
)
CONTROLS = {
    "always fails": "nothing():\n    assert False\n",
    "always passes": "nothing():\n    assert True\n",
    "import error": "nothing():\n    raise ImportError\n",
    "no tests": " = 1\n",
    "sys.exit": "nothing():\n    import sys\n\n    sys.exit(0)\n",
    "pytest.exit": 'nothing():\n    pytest.exit("done", returncode=0)\n',
}
"""Continuations that must fail."""
_EXCEPTION = re.compile(r"\b[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration)\b")
_IMPORTS = {"ImportError", "ModuleNotFoundError"}
"""These show no bug, whoever raises them."""
_BROKEN = {
    "SyntaxError", "IndentationError", "TabError", "SystemExit", "MemoryError", "TimeoutError",
}  # fmt: skip
"""These show none because a report names them: a test that is broken raises them too."""


class IssueTestGeneration(Task):
    """Write a test from a report: it fails with the bug, and passes without."""

    name = "ucb-py/issue_testgen"
    version = 1
    modes: ClassVar = shared.MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)
    measures: ClassVar = (measures.DIFF,)

    def __init__(self) -> None:
        super().__init__()
        self._releases = Releases()

    def problems(self) -> Iterable[Problem]:
        for row in bugs(self.data_file or shared.BUGS):
            if row.get("report") or row.get("entry"):
                yield Problem(row["id"], TOOLCHAIN, row)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem, "fixed in")

    def date(self, problem: Problem) -> str | None:
        return shared.date(problem)

    def materialise(self, problem: Problem) -> None:
        self._texts(problem)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = Ask(CHAT if style is Style.CHAT else COMPLETE)
        return prompting.prompt(self._question(problem), ask, style, self.user_prompt)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        return testfiles.of_reply(prompt, text, testfiles.header(problem.row))

    def program(self, problem: Problem, code: str) -> Program:
        row, texts = problem.row, self._texts(problem)
        stand = testfiles.stand(row, texts)
        fixed = {**stand.blanked, stand.file: code}
        buggy = {**fixed, **shared.changed(row, texts, texts.buggy)}
        suite = replace(testfiles.suite(row, texts, stand), expected=_expected(row, texts))
        group, limits = testfiles.GROUP, shared.limits(row)
        return suite.program(
            suite.collects(group, fixed),
            suite.fails(group, buggy, Stage.TRIGGERED, limits),
            suite.covers(group, fixed, limits),
            collect=measures.FILES,
        )

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:
        verdict = super().judge(problem, program, key, execution)
        if not verdict.passed:
            return verdict
        lines = testfiles.fixed_lines(problem.row, self._texts(problem))
        return replace(verdict, measures=measures.diff_coverage(execution, lines))

    def reference(self, problem: Problem) -> str | None:
        return testfiles.reference(problem.row, self._texts(problem))

    def stub(self, problem: Problem, body: str) -> str:
        return f"{testfiles.header(problem.row)}nothing():\n{body}"

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        texts = self._texts(problem)
        report = _marked(_report(problem.row, texts), "#")
        return f"{report}\n\n{texts.buggy}\n\n# Fixed:\n{texts.fixed}"

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:  # noqa: ARG002
        return {name: (text, False) for name, text in CONTROLS.items()}

    def _texts(self, problem: Problem) -> Texts:
        return self._releases.texts(self.data_file or shared.BUGS, problem.row)

    def _question(self, problem: Problem) -> Question:
        row, texts = problem.row, self._texts(problem)
        names = shared.surroundings(row, texts, texts.buggy, Strategy(self.mode))
        names |= testfiles.names(row, texts)
        report = _report(row, texts)
        names |= {
            "report": report,
            "quoted": _marked(report, ">"),
            "commented": _marked(report, "#"),
            "function": shifted(texts.buggy, texts.indent),
        }
        return Question(texts.buggy, shared.name(row), names)


def _report(row: Mapping[str, Any], texts: Texts) -> str:
    """Return what was reported: in the set's words, or in the changelog's."""
    return str(row.get("report") or texts.told)


def _expected(row: Mapping[str, Any], texts: Texts) -> tuple[str, ...]:
    """Return the exceptions that show the bug: its own triggers raised them, or its report says."""
    named = set(_EXCEPTION.findall(_report(row, texts))) - _BROKEN
    return tuple(sorted({*row.get("raised", ()), *named} - _IMPORTS - {""}))


def _marked(text: str, mark: str) -> str:
    return "\n".join(f"{mark} {line}".rstrip() for line in text.strip().split("\n"))
