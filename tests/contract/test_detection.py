"""What tells a bug's two versions apart, over the set that comes with UCB.

The first bugs, of as many packages, or with UCB_WHOLE_SETS=1 all of them: their releases come
from the package index.
"""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize

import pytest

from ucb import plugins
from ucb.types import Style

pytestmark = [pytest.mark.data, pytest.mark.usefixtures("data_dir")]

_FIRST = 24
_FUNCTION = {
    Style.CHAT: re.compile(r"(?s)(.*\nThe function:\n\n```python\n)(.*)(\n```\n\nDoes .*)"),
    Style.COMPLETE: re.compile(
        r"(?s)(.*\n# [\w.]+:\n\n)(.*)(\n\n# Does this function have a defect\?\n.*)"
    ),
}


def header(function: str) -> str:
    """A function's decorators and signature, annotations included."""
    (node,) = ast.parse(function).body
    node.body = [ast.Pass()]  # type: ignore[attr-defined]
    return ast.dump(node)


@pytest.mark.parametrize("style", list(Style))
def test_only_the_function_differs(style: Style) -> None:
    """Not its surroundings, nor anything that was written about it; and it does differ."""
    task = plugins.task("ucb-py/detection")
    problems = list(task.problems())
    if not os.environ.get("UCB_WHOLE_SETS"):
        problems = problems[:_FIRST]
    assert problems
    for buggy, fixed in zip(problems[::2], problems[1::2], strict=True):
        shown = [
            _FUNCTION[style].fullmatch(task.prompt(each, style).text) for each in (buggy, fixed)
        ]
        one, other = (found.groups() for found in shown if found is not None)
        assert (one[0], one[2]) == (other[0], other[2]), buggy.id
        assert one[1].split() != other[1].split(), buggy.id
        assert header(one[1]) == header(other[1]), buggy.id
        for part in (one[1], other[1]):
            assert part.lstrip().startswith(("def ", "async def ", "@")), buggy.id
            tokens = tokenize.generate_tokens(io.StringIO(part).readline)
            assert tokenize.COMMENT not in {token.type for token in tokens}, buggy.id
