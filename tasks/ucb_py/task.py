"""UCB-Py: work inside real Python projects, on bugs from their release history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ucb import prompting
from ucb.extract import Extraction
from ucb.languages import language
from ucb.mine.restore import bugs
from ucb.project import splice
from ucb.project.context import Place, Strategy, context
from ucb.project.suite import TOOLCHAIN, Project, Suite
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Problem, Program, Prompt, Stage, Style

from .answers import header, of_chat, of_completion, shifted, with_body
from .releases import Releases, Texts, sources

BUGS = Path(__file__).with_name("bugs.jsonl")
TOKENS = 2048
"""Of the project, around the function."""
_SLOWER, _LEAST = 5.0, 30.0
"""Times the CPU seconds that the release's own tests take, and seconds, for an answer's."""

CHAT = """\
The function `{{ name }}` in `{{ file }}` of the Python package {{ package }} has a bug.
{% for path, part in others.items() %}
From `{{ path }}`:

```python
{{ part | trim }}
```
{% endfor %}
The file, without the function:

```python
{{ before | trim }}

# {{ name }} stands here.

{{ after | trim }}
```

The function:

```python
{{ given | trim }}
```

Repair it. Reply with the whole function in one code block, with the same name and parameters.
"""
COMPLETE = """\
{% for path, part in others.items() %}# From {{ path }}:

{{ part | trim }}


{% endfor %}# {{ file }}

{{ before }}{{ indent }}# Buggy:
{{ commented }}
{{ indent }}# Fixed:
{{ signature }}
"""


class Repair(Task):
    """Repair a function, shown with what surrounds it in its project."""

    name = "ucb-py/repair"
    version = 0
    """Below 1 the set still grows, and scores of two editions are not comparable."""
    modes = (Strategy.PROJECT.value, Strategy.FILE.value, Strategy.CLASS.value)
    stages = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)

    def __init__(self) -> None:
        super().__init__()
        self._releases = Releases()

    def problems(self) -> Iterable[Problem]:
        for row in bugs(self.data_file or BUGS):
            yield Problem(row["id"], TOOLCHAIN, row)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        day = problem.row["new"]["uploaded"]
        return {"package": problem.row["package"], "fixed in": day[:4] if day else "unknown"}

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = Ask(CHAT if style is Style.CHAT else COMPLETE)
        return prompting.prompt(self._question(problem), ask, style, self.user_prompt)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        texts, name = self._texts(problem), _name(problem)
        if prompt.style is Style.CHAT:
            return of_chat(prompt.prefill + text, texts.buggy, name)
        return of_completion(text, shifted(header(texts.buggy), texts.indent), name)

    def program(self, problem: Problem, code: str) -> Program:
        row, texts = problem.row, self._texts(problem)
        function = shifted(code, texts.indent)
        changed = {row["file"]: splice(texts.source, *row["span"], function)}
        suite = Suite(
            Project(
                texts.tree,
                row["environment"],
                tuple(row["roots"]),
                (_module(row["file"], row["roots"][0]),),
                tuple(row["tests"]),
            ),
            {"triggers": row["triggers"]},
            others=tuple(row["others"]),
            passing=row["passing"],
        )
        seconds = max(_LEAST, _SLOWER * row["cpu"])
        limits = replace(language(TOOLCHAIN).limits, cpu=seconds, wall=3 * seconds)
        return suite.program(
            suite.imports(changed),
            suite.passes("triggers", changed, Stage.TRIGGERED, limits),
            suite.passes_all(changed, limits),
        )

    def reference(self, problem: Problem) -> str:
        return self._texts(problem).fixed

    def stub(self, problem: Problem, body: str) -> str:
        return with_body(self._texts(problem).fixed, body)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        texts = self._texts(problem)
        signature = shifted(header(texts.buggy), texts.indent)
        body = shifted(texts.buggy, texts.indent).removeprefix(f"{signature}\n")
        return {"buggy function": (body, False)}

    def _texts(self, problem: Problem) -> Texts:
        return self._releases.texts(self.data_file or BUGS, problem.row)

    def _question(self, problem: Problem) -> Question:
        row, texts = problem.row, self._texts(problem)
        shown = context(
            lambda: sources(texts.tree, row),
            row["file"],
            texts.source,
            Place(row["file"], *row["span"]),
            Strategy(self.mode),
            TOKENS,
        )
        indent = " " * texts.indent
        names: dict[str, Any] = {
            "name": row["qualname"],
            "file": row["file"],
            "package": row["package"],
            "before": shown.before,
            "after": shown.after,
            "others": shown.others,
            "indent": indent,
            "commented": _commented(texts.buggy.rstrip(), indent),
            "signature": shifted(header(texts.buggy), texts.indent),
        }
        return Question(texts.buggy, _name(problem), names)


def _commented(code: str, indent: str) -> str:
    return "\n".join(f"{indent}# {line}".rstrip() for line in code.split("\n"))


def _name(problem: Problem) -> str:
    return str(problem.row["qualname"]).rpartition(".")[2]


def _module(file: str, root: str) -> str:
    """Return the name that a file is imported by."""
    inside = file.removeprefix(f"{root}/") if root else file
    return inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


TASKS = [Repair()]
