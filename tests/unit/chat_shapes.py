"""Solutions, and the shapes in which chat models reply with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Solution(NamedTuple):
    """A right answer and how to see that it still is one."""

    name: str
    prompt: str
    """What the model was given: imports, helpers, signature and docstring."""
    body: str
    calls: tuple[tuple[Any, ...], ...]
    before: str = ""
    """What the answer defines above the function, beyond the prompt."""
    after: str = ""
    """What the answer defines below it, and needs."""

    @property
    def code(self) -> str:
        """The whole program."""
        return self.before + self.prompt + self.body + self.after


def _stub(name: str, arguments: str = "x") -> str:
    return f'def {name}({arguments}):\n    """Say what {name} does.\n\n    >>> {name}(1)\n    """\n'


NUMBERS = ((0,), (1,), (7,))
SOLUTIONS = (
    Solution("plain", _stub("plain"), "    return x + 1\n", NUMBERS),
    Solution(
        "typed",
        "from typing import List\n\n\ndef typed(xs: List[int]) -> int:\n    '''Sum.'''\n",
        "    total = 0\n    for x in xs:\n\n        total += x\n\n    return total\n",
        (([],), ([1, 2],)),
    ),
    Solution(
        "with_helper",
        "def helper(x):\n    return x * 2\n\n\n" + _stub("with_helper"),
        "    return helper(x) + 1\n",
        NUMBERS,
    ),
    Solution(
        "procedure",
        _stub("procedure"),
        "    found = []\n    collect(found, x)\n    return found\n",
        NUMBERS,
        after="\n\ndef collect(into, x):\n    into.append(x)\n",
    ),
    Solution(
        "decorated",
        _stub("decorated"),
        "    return 1 if x < 2 else decorated(x - 1) * x\n",
        NUMBERS,
        before="import functools\n\n\n@functools.lru_cache(maxsize=None)\n",
    ),
    Solution(
        "stateful",
        _stub("stateful"),
        "    return [row[x % 2] for row in TABLE]\n",
        NUMBERS,
        before="TABLE = []\n\n\ndef fill():\n    for n in range(3):\n"
        "        TABLE.append((n, n * n))\n    print('filled')\n\n\nfill()\n\n",
    ),
    Solution(
        "wrapped",
        _stub("wrapped"),
        "    return x - 1\n",
        NUMBERS,
        before="def twice(f):\n    return lambda x: f(f(x))\n\n\n",
        after="\n\nwrapped = twice(wrapped)\n",
    ),
    Solution(
        "of_class",
        _stub("of_class"),
        "    return Stack([x]).push(2).items\n",
        NUMBERS,
        before="class Stack:\n    def __init__(self, items):\n        self.items = items\n\n"
        "    def push(self, x):\n        self.items.append(x)\n        return self\n\n\n",
    ),
    Solution(
        "remarked", "def remarked(x):\n", "# x\n    return x\n", NUMBERS, before="import os\n\n\n"
    ),
    Solution("tabs", "def tabs(x):\n", "\tif x:\n\t\treturn x\n\treturn -1\n", NUMBERS),
    Solution(
        "überraschung",
        _stub("überraschung", "größe"),
        "    return 'ß' * größe + '\\u2028' + \"d'été\"\n",
        NUMBERS,
    ),
    Solution(
        "quoted",
        _stub("quoted"),
        '    text = """\ndef quoted(x):\nnot code, but (text\n"""\n    return text * x\n',
        NUMBERS,
    ),
    Solution(
        "fenced",
        _stub("fenced"),
        '    """\n    ```python\n    fenced(1)\n    ```\n    """\n    return "```" * x\n',
        NUMBERS,
    ),
    Solution(
        "nested",
        _stub("nested"),
        "    def inner(y):\n        return y if y < 3 else inner(y - 1)\n\n    return inner(x)\n",
        NUMBERS,
    ),
    Solution(
        "literal",
        _stub("literal"),
        "    return {\n        'a': [\n            x,\n        ],\n    }\n",
        NUMBERS,
    ),
    Solution("printing", _stub("printing"), "    print(x)\n    return x\n", NUMBERS),
    Solution(
        "future",
        _stub("future", "x: Later"),
        "    return x\n",
        NUMBERS,
        before="from __future__ import annotations\n\n\n",
    ),
)

Shape = Callable[[Solution], str]
_END = "\n"


def _fence(code: str, label: str = "python", mark: str = "```") -> str:
    return f"{mark}{label}\n{code}{mark}\n"


def _margin(text: str, margin: str) -> str:
    return "".join(f"{margin}{line}\n" for line in text.split("\n")[:-1])


def _own(s: Solution) -> str:
    """The answer without the prompt's imports and helpers."""
    _, found, rest = s.prompt.rpartition("\ndef ")
    return s.before + (f"def {rest}" if found else s.prompt) + s.body + s.after


_DRAFT = _fence("def {name}(*a):\n    return None\n")
_GUARD = "if __name__ == '__main__':\n    print({demo})\n    raise SystemExit\n"
_ASSERTS = "print({demo})\nassert {demo} == 'wrong'\nfor _ in [1]:\n    {demo}\n"
_MAIN = "def main():\n    n = int(input())\n    print({name}(n))\n\n\n"
_THREAD = "import threading\n\nt = threading.Thread(target=main)\nt.start()\nt.join()\n"
_UNITTEST = """\
import unittest


class TestIt(unittest.TestCase):
    def test(self):
        self.assertEqual({demo}, 'wrong')


unittest.main()
"""
_PYTEST = """\
import a_module_that_is_not_there


@a_module_that_is_not_there.mark.slow
def test_it():
    assert {demo}
"""
_THOUGHT = "<think>\n```python\ndef {name}(*a): return 0\n```\n</think>\n\n"


def _before(s: Solution, above: str) -> str:
    return f"{_filled(s, above)}\n{_fence(s.code)}"


def _below(s: Solution, code: str) -> str:
    """Put more code into the block, below the answer."""
    return _fence(f"{s.code}\n\n{_filled(s, code)}")


def _filled(s: Solution, text: str) -> str:
    return text.replace("{demo}", f"{s.name}(*{s.calls[0]!r})").replace("{name}", s.name)


def _apart(s: Solution) -> str:
    """Put what the answer defines above the function into a block of its own."""
    if not s.before or s.before.endswith(")\n") or "__future__" in s.before:
        return _fence(s.code)
    return f"{_fence(s.before)}\nThen\n{_fence(s.prompt + s.body + s.after)}"


# Every shape must give back a program in which the solution behaves as it does.
SHAPES: Mapping[str, Shape] = {
    "bare": lambda s: s.code,
    "fenced": lambda s: _fence(s.code),
    "fenced without label": lambda s: _fence(s.code, ""),
    "fenced with a capital label": lambda s: _fence(s.code, "Python"),
    "fenced with attributes": lambda s: _fence(s.code, "{.python .numberLines}"),
    "tilde fence": lambda s: _fence(s.code, "python", "~~~"),
    "long fence": lambda s: _fence(s.code, "python", "`````"),
    "wrong label": lambda s: _fence(s.code, "text"),
    "prose around": lambda s: f"Sure! Here's the (simple) code:\n\n{_fence(s.code)}\nDone.\n",
    "prose without fence": lambda s: f"Sure! Here's it:\n\n{s.code}\nIt doesn't print (yet).\n",
    "unclosed fence": lambda s: f"Here:\n```python\n{s.code}",
    "cut off in the demo": lambda s: _filled(s, f"```python\n{s.code}\n\nprint([{{demo}}, ("),
    "cut off in the prose": lambda s: f"{_fence(s.code)}\nThe time complexity is `O(n",
    "closing fence only": lambda s: f"{s.code}```\nIt's done.\n",
    "shell block before": lambda s: _before(s, _fence("pip install numpy\n", "bash")),
    "output block after": lambda s: f"{_fence(s.code)}\nOutput:\n{_fence('[1, 2]', '')}",
    "tests in another block": lambda s: _fence(s.code) + _filled(s, "\n" + _fence(_ASSERTS)),
    "draft before": lambda s: _before(s, f"{_DRAFT}\nThat is wrong. Fixed:\n"),
    "stub before": lambda s: _before(s, f"{_fence(s.prompt + '    pass' + _END)}Filled in:"),
    "stub after": lambda s: f"{_fence(s.code)}\nSo:\n{_fence(s.prompt + '    ...' + _END)}",
    "without the prompt's preamble": lambda s: _fence(_own(s)),
    "main guard": lambda s: _below(s, _GUARD),
    "prints and asserts": lambda s: _below(s, _ASSERTS),
    "reads input": lambda s: _below(s, f"import sys\n\n\n{_MAIN}main()\nsys.exit(0)\n"),
    "input in a thread": lambda s: _below(s, _MAIN + _THREAD),
    "unittest below": lambda s: _below(s, _UNITTEST),
    "pytest below": lambda s: _below(s, _PYTEST),
    "in a list": lambda s: f"1. Write it:\n\n{_margin(_fence(s.code), '   ')}\n2. Run it.\n",
    "in a quotation": lambda s: _margin(_fence(s.code), "> "),
    "under a tag": lambda s: f"<answer>\n{_fence(s.code)}</answer>\n",
    "after reasoning": lambda s: _before(s, _THOUGHT),
    "prose in the block": lambda s: _fence(f"Here is the code:\n{s.code}\nIt's done now\n"),
    "carriage returns": lambda s: f"Here:\n{_fence(s.code)}".replace("\n", "\r\n"),
    "helpers in a block of their own": _apart,
}

# The reply is a function body: these fit only answers that are no more than one.
BODY_SHAPES: Mapping[str, Shape] = {
    "body": lambda s: s.body,
    "body in a fence": lambda s: f"The body:\n{_fence(s.body)}",
    "body and prose": lambda s: f"{s.body}\nThis doesn't print.\n",
    "body without its margin": lambda s: s.body.strip(),
}
