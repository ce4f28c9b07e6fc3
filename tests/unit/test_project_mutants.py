"""Mutants of a function: what is changed, how many there are, and that nothing else is."""

from __future__ import annotations

import ast
import bisect
import inspect
import shlex
import statistics
import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.project.mutants import MOST, Operator, mutants


def _lines(body: str, operator: Operator) -> list[str]:
    """The changed line of every mutant of one kind."""
    function = f"def f(x, y):\n    {body}\n"
    return [
        each.text.split("\n")[each.line - 1].strip()
        for each in mutants(function, 100)
        if each.operator is operator
    ]


@pytest.mark.parametrize(
    ("operator", "body", "expected"),
    [
        (Operator.ROR, "g(x < y)", ["g(x <= y)"]),
        (Operator.ROR, "g(x >= y != 3)", ["g(x > y != 3)", "g(x >= y == 3)"]),
        (Operator.ROR, "g((x) is  not (y))", ["g((x) is (y))"]),
        (Operator.ROR, "g(x not in y, x in y)", ["g(x in y, x in y)", "g(x not in y, x not in y)"]),
        (Operator.ROR, "g(x is y)", ["g(x is not y)"]),
        (Operator.LCR, "g(x and (y or z))", ["g(x or (y or z))", "g(x and (y and z))"]),
        (Operator.AOR, "x //= y ** 2", ["x *= y ** 2", "x //= y * 2"]),
        (Operator.AOR, "g(x + y)", ["g(x - y)"]),
        (Operator.AOR, "g(x @ y)", []),
        (Operator.CRP, "g(1, .5, True)", ["g(2, .5, True)", "g(1, 1.5, True)", "g(1, .5, False)"]),
        (Operator.CRP, "g('a', b'b', '', None)", [
            "g(\"\", b'b', '', None)", "g('a', b\"\", '', None)", "g('a', b'b', \"ucb\", None)",
        ]),
        (Operator.CRP, "g(f'{x + 1} a')", []),
        (Operator.COND, "g() if x else y", ["g() if (not (x)) else y"]),
        (Operator.COND, "g([z for z in x if z if y])", [
            "g([z for z in x if (not (z)) if y])", "g([z for z in x if z if (not (y))])",
        ]),
        (Operator.RET, "return x", ["return None"]),
        (Operator.RET, "return", []),
        (Operator.SDL, "g(); del x; raise ValueError", [
            "pass; del x; raise ValueError", "g(); pass; raise ValueError", "g(); del x; pass",
        ]),
        (Operator.SDL, "return", ["pass"]),
        (Operator.SDL, "import os", []),
    ],
)  # fmt: skip
def test_every_operator_makes_its_mutants(
    operator: Operator, body: str, expected: list[str]
) -> None:
    """One place at a time, and everything else as it was."""
    assert _lines(body, operator) == expected


def test_what_only_says_something_is_left_alone() -> None:
    """Docstrings, annotations and decorators; default values are not among them."""
    function = (
        '@wraps(1)\ndef f(x: "a" = 2, *, y=3) -> "b":\n    """Doc 1 + 1."""\n    z: "c" = x\n'
        '    def g():\n        """Doc 2 < 2."""\n        return z\n    return g\n'
    )
    texts = [each.text for each in mutants(function, 100)]
    assert all(
        "wraps(1)" in text and "Doc 1 + 1." in text and "Doc 2 < 2." in text for text in texts
    )
    assert all(f'"{name}"' in text for name in "abc" for text in texts)
    assert sorted(text.split("\n")[1] for text in texts)[-2:] == [
        'def f(x: "a" = 2, *, y=4) -> "b":',
        'def f(x: "a" = 3, *, y=3) -> "b":',
    ]


def test_operators_in_remarks_are_not_changed() -> None:
    """Nor is anything beside the expression, over several lines."""
    function = "def f(x):\n    return (x  # < is not it\n            < 1)\n"
    (mutant,) = (each for each in mutants(function) if each.operator is Operator.ROR)
    assert mutant.text == function.replace("< 1", "<= 1")
    assert mutant.line == 3


def test_columns_are_characters() -> None:
    """Though `ast` counts bytes."""
    assert _lines("g('é', x < 1)", Operator.ROR) == ["g('é', x <= 1)"]


def test_mutants_are_spread_over_the_lines() -> None:
    """Each line has one before any has two, and of too many lines every so manieth is taken."""
    body = "".join(f"    g({n} < x, x + {n})\n" for n in range(8))
    found = mutants(f"def f(x):\n{body}", 8)
    assert [each.line for each in found] == list(range(2, 10))
    assert {each.operator for each in found} == {Operator.ROR}
    found = mutants(f"def f(x):\n{body}", 4)
    assert [each.line for each in found] == [2, 4, 6, 8]
    assert len(mutants(f"def f(x):\n{body}", 12)) == 12


@pytest.mark.parametrize("text", ["", "x = 1\n", "def f(:\n    pass\n", "def f():\n    pass\n"])
def test_what_has_no_mutants_has_none(text: str) -> None:
    """No function, no Python, nothing that could be otherwise."""
    assert mutants(text) == []


_FUNCTIONS = [
    function
    for module in (bisect, shlex, statistics, textwrap)
    for owner in (module, *(each for each in vars(module).values() if inspect.isclass(each)))
    for function in vars(owner).values()
    if inspect.isfunction(function) and function.__module__ == module.__name__
]


@given(st.sampled_from(_FUNCTIONS), st.integers(1, MOST))
def test_a_mutant_is_the_function_with_one_fault(
    function: Callable[..., object], most: int
) -> None:
    """Real functions: it parses, is another one, has as many lines; the same again each time."""
    text = inspect.getsource(function)
    original = _tree(text)
    found = mutants(text, most)
    assert found == mutants(text, most)
    assert len(found) <= most
    assert len({each.text for each in found}) == len(found)
    assert [each.line for each in found] == sorted(each.line for each in found)
    for each in found:
        assert each.text.count("\n") == text.count("\n")
        assert _tree(each.text) != original
        above = text.split("\n")[: each.line - 1]
        assert each.text.split("\n")[: each.line - 1] == above


def _tree(text: str) -> str:
    return ast.dump(ast.parse(f"if 1:\n{text}" if text.startswith(" ") else text))
