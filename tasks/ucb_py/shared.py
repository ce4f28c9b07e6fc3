"""What the tasks share: a function's surroundings, and the tests of its project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ucb.languages import language
from ucb.project import splice
from ucb.project.context import Place, Strategy, context
from ucb.project.suite import TOOLCHAIN, Project, Suite
from ucb.types import Limits, Program, Stage
from ucb.work.kit import TOKENS, Texts

from .answers import shifted
from .releases import sources

BUGS = Path(__file__).with_name("bugs.jsonl")
FUNCTIONS = Path(__file__).with_name("functions.jsonl")
OTHERS = """\
{% for path, part in others.items() %}
From `{{ path }}`:

```python
{{ part | trim }}
```
{% endfor %}
"""
"""Of a prompt for a chat: what is shown of other files. These are Jinja templates."""
FILE = """\
```python
{{ before | trim }}

# {{ name }} stands here.

{{ after | trim }}
```

"""
"""Of a prompt for a chat: the function's file around it."""
ABOVE = """\
{% for path, part in others.items() %}# From {{ path }}:

{{ part | trim }}


{% endfor %}# {{ file }}

"""
"""How a text to be continued begins: what is shown of other files, and the file's name."""
_SLOWER, _LEAST = 5.0, 30.0
"""Times the CPU seconds that the release's own tests take, and seconds, for an answer's."""


def surroundings(
    row: Mapping[str, Any], texts: Texts, function: str, strategy: Strategy
) -> dict[str, Any]:
    """
    Return what a prompt may say of a function's place: the names that templates use.

    `function` stands in the function's place, without indentation. What it calls is shown
    first, so it must not be what the answer is to find out.
    """
    code = shifted(function, texts.indent).rstrip("\n")
    first, last = row["span"]
    shown = context(
        lambda: sources(texts.tree, row),
        row["file"],
        splice(texts.source, first, last, code),
        Place(row["file"], first, first + code.count("\n")),
        strategy,
        TOKENS,
    )
    return {
        "name": row["qualname"],
        "file": row["file"],
        "package": row["package"],
        "before": shown.before,
        "after": shown.after,
        "others": shown.others,
        "indent": " " * texts.indent,
    }


def program(row: Mapping[str, Any], texts: Texts, function: str) -> Program:
    """Return what decides about `function` in its project: import, triggers, all tests."""
    files, tests = changed(row, texts, function), suite(row, texts)
    return tests.program(
        tests.imports(files),
        tests.passes("triggers", files, Stage.TRIGGERED, limits(row)),
        tests.passes_all(files, limits(row)),
    )


def changed(row: Mapping[str, Any], texts: Texts, function: str) -> dict[str, str]:
    """Return the file with `function`, which has no indentation, in the function's place."""
    return {row["file"]: splice(texts.source, *row["span"], shifted(function, texts.indent))}


def suite(row: Mapping[str, Any], texts: Texts) -> Suite:
    """Return the project's tests; `triggers` are those that tell a right function from none."""
    project = Project(
        texts.tree,
        row["environment"],
        tuple(row["roots"]),
        (module(row),),
        tuple(row["tests"]),
    )
    return Suite(
        project,
        {"triggers": row["triggers"]},
        others=tuple(row["others"]),
        passing=row["passing"],
    )


def limits(row: Mapping[str, Any]) -> Limits:
    """Return what an answer's tests may use."""
    seconds = max(_LEAST, _SLOWER * row["cpu"])
    return replace(language(TOOLCHAIN).limits, cpu=seconds, wall=3 * seconds)


def module(row: Mapping[str, Any]) -> str:
    """Return the name that a row's file is imported by."""
    file, root = row["file"], row["roots"][0]
    inside = file.removeprefix(f"{root}/") if root else file
    return str(inside.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
