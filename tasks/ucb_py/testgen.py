"""Write tests for a function that is right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar

from ucb import prompting
from ucb.extract import Extraction
from ucb.mine.restore import functions
from ucb.project import measures
from ucb.project.context import Strategy
from ucb.project.mutants import mutants
from ucb.project.suite import TOOLCHAIN
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Execution, Key, Problem, Program, Prompt, Stage, Style, Verdict

from . import shared, testfiles
from .answers import shifted
from .releases import Releases, Texts

CHAT = (
    """\
Write tests for the function `{{ name }}` in `{{ file }}` of the Python package {{ package }}.
"""
    + shared.OTHERS
    + """\
The file, without the function:

"""
    + shared.FILE
    + """\
The function:

```python
{{ given | trim }}
```

The function is right, so all tests must pass. They should run every line and branch of it, and \
fail if a fault were put into it. Reply with one whole test file for pytest in one code block; it \
imports what it needs, the file above as `{{ module }}`.
"""
)
COMPLETE = (
    shared.ABOVE
    + """\
{{ before }}{{ function }}{{ after }}

# {{ place }}

{{ begun }}"""
)
CONTROLS = {
    "reaches nothing": "nothing():\n    assert True\n",
    "skips": 'nothing():\n    pytest.skip("later")\n',
    "no tests": " = 1\n",
    "sys.exit": "nothing():\n    import sys\n\n    sys.exit(0)\n",
    "pytest.exit": 'nothing():\n    pytest.exit("done", returncode=0)\n',
}
"""Continuations that must fail."""
_DECIDING = 2
"""Steps of a program that decide; the others measure."""


class TestGeneration(Task):
    """Write tests of a function, scored by what they run of it and by the faults they notice."""

    __test__ = False  # Not a pytest class.

    name = "ucb-py/testgen"
    version = 1
    modes: ClassVar = shared.MODES
    stages: ClassVar = (Stage.EXTRACTED, Stage.COMPILED, Stage.PASSED)
    measures: ClassVar = (measures.LINES, measures.BRANCHES, measures.MUTATION)

    def __init__(self) -> None:
        super().__init__()
        self._releases = Releases()

    def problems(self) -> Iterable[Problem]:
        for row in functions(self.data_file or shared.FUNCTIONS):
            yield Problem(row["id"], TOOLCHAIN, row)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return shared.groups(problem, "released in")

    def date(self, problem: Problem) -> str | None:
        return shared.date(problem)

    def materialise(self, problem: Problem) -> None:
        self._texts(problem)

    def measured(self, problem: Problem) -> Collection[str]:
        if problem.row.get("branching", True):
            return self.measures
        return (measures.LINES, measures.MUTATION)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = Ask(CHAT if style is Style.CHAT else COMPLETE)
        return prompting.prompt(self._question(problem), ask, style, self.user_prompt)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        return testfiles.of_reply(prompt, text, testfiles.header(problem.row))

    def program(self, problem: Problem, code: str) -> Program:
        row, texts = problem.row, self._texts(problem)
        stand = testfiles.stand(row, texts)
        changed = {**stand.blanked, stand.file: code}
        suite = replace(testfiles.suite(row, texts, stand), mutants=_mutants(texts))
        steps = [
            suite.collects(testfiles.GROUP, changed),
            suite.covers(testfiles.GROUP, changed, shared.limits(row)),
        ]
        if suite.mutants:
            steps.append(suite.notices(testfiles.GROUP, changed))
        return suite.program(*steps, collect=measures.FILES)

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:
        verdict = measures.judged(program, key, execution, _DECIDING)
        if not verdict.passed:
            return verdict
        found = measures.coverage(execution)
        if measures.LINES in found:
            # What looks like a branch may be none, such as `while True`: nothing was missed then.
            found.setdefault(measures.BRANCHES, 1.0)
        found |= measures.mutation_score(execution, _mutants(self._texts(problem)))
        defined = self.measured(problem)
        return replace(verdict, measures={name: found[name] for name in defined if name in found})

    def reference(self, problem: Problem) -> str | None:
        return testfiles.reference(problem.row, self._texts(problem))

    def stub(self, problem: Problem, body: str) -> str:
        return f"{testfiles.header(problem.row)}nothing():\n{body}"

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        return self._texts(problem).fixed

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:  # noqa: ARG002
        return {name: (text, False) for name, text in CONTROLS.items()}

    def _texts(self, problem: Problem) -> Texts:
        return self._releases.texts(self.data_file or shared.FUNCTIONS, problem.row)

    def _question(self, problem: Problem) -> Question:
        row, texts = problem.row, self._texts(problem)
        names = shared.surroundings(row, texts, texts.fixed, Strategy(self.mode))
        names |= testfiles.names(row, texts)
        names["function"] = shifted(texts.fixed, texts.indent)
        return Question(texts.fixed, shared.name(row), names)


@lru_cache(maxsize=256)
def _mutants(texts: Texts) -> tuple[str, ...]:
    return tuple(each.text for each in mutants(shifted(texts.fixed, texts.indent)))
