"""What a piece of Python says about itself."""

from __future__ import annotations

import ast
import symtable
import sysconfig
import warnings
from pathlib import Path

import pytest

from ucb.syntax.python import Source, regions

# A sample of real Python, the same at every run.
LIBRARY = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("[a-d]*.py"))


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_the_standard_library_is_understood(path: Path) -> None:
    """What Python accepts is well formed, and names are bound and read as its compiler says."""
    text = path.read_text(encoding="utf-8")
    source = Source(text)
    assert source.ok
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(text)
        table = symtable.symtable(text, path.name, "exec")
    symbols = table.get_symbols()
    bound = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    assert source.binds - {name for name in source.binds if name.startswith("*")} == bound
    reads: set[str] = set()
    tables = [table]
    while tables:
        scope = tables.pop()
        tables += scope.get_children()
        reads |= {
            s.get_name()
            for s in scope.get_symbols()
            if s.is_referenced() and (scope is table or s.is_global())
        }
    found = set().union(*(statement.names.reads for statement in source.statements))
    assert reads <= found | {"__class__"}


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n",
        "def f(x):\n    if x:\n    return 1\n",
        "def f(x):\n    return x\n  y = 1\n",
        "def f(x):\n   return 1\n      y = 2\n",
        "if x:\n    1\n else:\n    2\n",
        "return 1\n",
        "    x = 1\n",
        "x = (\n",
        "x = 1\0\n",
    ],
)
def test_what_python_refuses_is_not_well_formed(text: str) -> None:
    """What the grammar forgives and the interpreter does not is found."""
    with pytest.raises((SyntaxError, ValueError)):
        compile(text, "program", "exec")
    assert not Source(text).ok


@pytest.mark.parametrize(
    ("text", "binds", "reads", "touches"),
    [
        ("import os.path, numpy as np", {"os", "np"}, set(), set()),
        ("from a import b, c as d", {"b", "d"}, set(), set()),
        ("from a import *", {"*a"}, set(), set()),
        ("def f(p, q=D, *a: T, r: U = V, **k) -> R:\n    return p + g", {"f"}, "DTUVRg", set()),
        ("def f():\n    global G\n    G = 1", {"f"}, {"G"}, {"G"}),
        ("def f():\n    x = 1\n    def g():\n        return x + y", {"f"}, {"y"}, set()),
        ("class A(B):\n    x = 1\n    def m(self):\n        return x", {"A"}, {"B", "x"}, set()),
        ("t.append(x)", set(), {"t", "t.append", "x"}, {"t", "x"}),
        ("t[i] = 1", set(), {"t", "i"}, {"t"}),
        ("t.a.b = 1", set(), {"t", "t.a"}, {"t"}),
        ("y += 1", {"y"}, {"y"}, {"y"}),
        ("del q[0]", set(), {"q"}, {"q"}),
        ("for i, (j, *k) in x: pass", {"i", "j", "k"}, {"x"}, set()),
        ("with a as b, c as (d, e): pass", set("bde"), set("ac"), set()),
        ("[i for i in y if (z := i)]", {"z"}, {"y"}, set()),
        ("f'{a} {b!r}'", set(), {"a", "b"}, set()),
        ("g = lambda u, v=w: u + v + z", {"g"}, {"w", "z"}, set()),
        ("print(s, end=e)", set(), {"print", "s", "e"}, set()),
    ],
)
def test_names_are_told_apart(
    text: str, binds: set[str], reads: set[str] | str, touches: set[str]
) -> None:
    """What a statement binds, reads and may change follows Python's scopes."""
    (statement,) = Source(text).statements
    assert statement.names.binds == binds
    assert statement.names.reads == set(reads)
    assert statement.names.touches == touches


TWO = "import a\n\n# Why\n\nx = a.b()\n"
QUOTED = "@d\ndef f():\n    '''\ncol'umn\n'''\n\n    return 1\n"
REMARKED = "def f(x):\n# why\n    return x\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sure!\nx = 1\nDone.", ["x = 1\n"]),
        ("Sure\nNote: this\nHello (world)\n- item\nx, y", []),
        (f"{TWO}\nOr so:\n\ny = 2", [TWO, "y = 2\n"]),
        (f"{QUOTED}It's", [QUOTED]),
        ("if x:\n    y()\nelse:\n    z()\nelse it is", ["if x:\n    y()\nelse:\n    z()\n"]),
        ("x = [\n    1,\n]\nexcept here", ["x = [\n    1,\n]\n"]),
        (f"{REMARKED}# Heading\n\n    f(1)", [REMARKED]),
        ("print(1)\nfoo(1)", ["print(1)\n"]),
        ('Use """ here.\nx = 1', ["x = 1\n"]),
    ],
)
def test_python_is_found_among_prose(text: str, found: list[str]) -> None:
    """Whole statements that do something are Python; words that happen to parse are prose."""
    assert regions(text) == found
