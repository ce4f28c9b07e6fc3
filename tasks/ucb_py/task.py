"""UCB-Py: work inside real Python projects, on bugs from their release history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ucb import prompting
from ucb.extract import Extraction
from ucb.languages import language
from ucb.mine.restore import Restorer, bugs
from ucb.project import TREES, splice, store
from ucb.project.context import Place, Strategy, context
from ucb.project.suite import TOOLCHAIN, Project, Suite
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Problem, Program, Prompt, Stage, Style

from .answers import header, of_chat, of_completion, shifted, with_body

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

    def problems(self) -> Iterable[Problem]:
        file = self.data_file or BUGS
        kept = Restorer(file.with_name("environments.json"))
        for row in bugs(file):
            tree = kept.project(row).tree
            old = kept.tree(row["package"], row["old"])
            source = kept.source(tree, row["file"])
            fixed = kept.function(tree, row["file"], row["span"])
            buggy = kept.function(old, row["old_file"], row["old_span"])
            indent = len(fixed) - len(fixed.lstrip(" "))
            yield Problem(
                row["id"],
                TOOLCHAIN,
                {
                    **row,
                    "tree": tree,
                    "source": source,
                    "indent": indent,
                    "fixed": shifted(fixed, -indent),
                    "buggy": shifted(buggy, -indent),
                },
            )

    def groups(self, problem: Problem) -> Mapping[str, str]:
        day = problem.row["new"]["uploaded"]
        return {"package": problem.row["package"], "fixed in": day[:4] if day else "unknown"}

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = Ask(CHAT if style is Style.CHAT else COMPLETE)
        return prompting.prompt(self._question(problem), ask, style, self.user_prompt)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        row, name = problem.row, _name(problem)
        if prompt.style is Style.CHAT:
            return of_chat(prompt.prefill + text, row["buggy"], name)
        return of_completion(text, shifted(header(row["buggy"]), row["indent"]), name)

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        function = shifted(code, row["indent"])
        changed = {row["file"]: splice(row["source"], *row["span"], function)}
        suite = Suite(
            Project(
                row["tree"],
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
        return str(problem.row["fixed"])

    def stub(self, problem: Problem, body: str) -> str:
        return with_body(problem.row["fixed"], body)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        buggy = str(problem.row["buggy"])
        body = shifted(buggy, problem.row["indent"]).removeprefix(
            shifted(header(buggy), problem.row["indent"])
        )
        return {"buggy function": (body, False)}

    def _question(self, problem: Problem) -> Question:
        row = problem.row
        span = row["span"]
        shown = context(
            lambda: _sources(row), row["file"], row["source"], Place(row["file"], *span),
            Strategy(self.mode), TOKENS,
        )  # fmt: skip
        buggy = shifted(row["buggy"], row["indent"]).rstrip()
        names: dict[str, Any] = {
            "name": row["qualname"],
            "file": row["file"],
            "package": row["package"],
            "before": shown.before,
            "after": shown.after,
            "others": shown.others,
            "indent": " " * row["indent"],
            "commented": "\n".join(
                f"{' ' * row['indent']}# {line[row['indent'] :]}" for line in buggy.split("\n")
            ),
            "signature": shifted(header(row["buggy"]), row["indent"]),
        }
        return Question(row["buggy"], _name(problem), names)


def _name(problem: Problem) -> str:
    return str(problem.row["qualname"]).rpartition(".")[2]


def _module(file: str, root: str) -> str:
    """Return the name that a file is imported by."""
    inside = file.removeprefix(f"{root}/") if root else file
    return inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _sources(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the project's own files but for its tests, by path."""
    root = store() / TREES / row["tree"]
    base = root / row["roots"][0]
    found = {}
    for module in row["modules"]:
        paths = (
            [base / f"{module}.py"]
            if (base / f"{module}.py").is_file()
            else (base / module).rglob("*.py")
        )
        for path in paths:
            name = path.relative_to(root).as_posix()
            if not any(name == test or name.startswith(f"{test}/") for test in row["tests"]):
                found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


TASKS = [Repair()]
