"""From a reply to code."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.chat_shapes import BODY_SHAPES, SHAPES, SOLUTIONS, Solution
from ucb.data import rows
from ucb.extract import (
    STRATEGIES,
    Asked,
    Extraction,
    Rule,
    answer,
    continuation,
    raw,
    stops,
    until,
)

PROMPT = 'def f(x):\n    """Say."""\n'
STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
PURE = [s for s in SOLUTIONS if not s.before and not s.after]


def results(code: str, solution: Solution) -> list[Any]:
    """Run a program as the sandbox would, and call its function."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "program", "exec", dont_inherit=True), namespace)
        return [namespace[solution.name](*copy.deepcopy(call)) for call in solution.calls]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda s: s.name)
def test_a_right_answer_is_still_right_in_every_shape(solution: Solution, shape: str) -> None:
    """Whatever a chat model wraps a solution in, its function comes back and behaves the same."""
    found = answer(SHAPES[shape](solution), solution.prompt, solution.name)
    assert results(found.code, solution) == results(solution.code, solution)


@pytest.mark.parametrize("shape", BODY_SHAPES)
@pytest.mark.parametrize("solution", PURE, ids=lambda s: s.name)
def test_a_lone_body_is_put_behind_its_prompt(solution: Solution, shape: str) -> None:
    """A reply that is only the function's body is an answer."""
    found = answer(BODY_SHAPES[shape](solution), solution.prompt, solution.name)
    assert Rule.BODY in found.rules
    assert results(found.code, solution) == results(solution.code, solution)


PROSE = st.lists(
    st.sampled_from(
        [
            "Here's the (simple) solution.",
            "Note: it doesn't use recursion",
            "- first, sort",
            "## Explanation",
            "Output",
            "for each item, add one:",
            "if it is empty, return 0",
            "return the sum of both",
            "import it and call it.",
            "You'd call `f(1)` (or so",
            "| a | b |",
            "> quoted",
            "1. Sort.",
            "",
            "***",
            'It\'s """quoted""" text',
        ]
    ),
    max_size=4,
).map(lambda lines: "\n\n".join(["", *lines, ""]))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(SOLUTIONS), st.sampled_from(sorted(SHAPES)), PROSE, PROSE, st.booleans())
def test_prose_around_an_answer_does_not_change_it(
    solution: Solution, shape: str, above: str, below: str, windows: bool
) -> None:
    """Prose above and below, with either line ending, leaves the function as it was."""
    open_ended = shape.startswith(("cut off", "unclosed")) or shape == "closing fence only"
    reply = above + SHAPES[shape](solution) + ("" if open_ended else f"\n{below}")
    found = answer(
        reply.replace("\n", "\r\n") if windows else reply, solution.prompt, solution.name
    )
    assert results(found.code, solution) == results(solution.code, solution)


FENCES = ["```", "```python\n", "~~~", "> ", "- ", "</think>", "\r", "\0", "\ud800", "\u2028"]
LAYOUT = ["\n", "    ", "\t", "\\", ":", ";", "(", ")", '"""', "'''", "# c", "@", "x", "é"]
WORDS = ["def f(x):", "return x", "class A:", "if x:", "else:", "import os", "print(f(1))"]
MORE = ["async ", "lambda", "f = ", "global f", "for x in f:", "from __future__ import annotations"]
FRAGMENTS = st.sampled_from([*FENCES, *LAYOUT, *WORDS, *MORE])


@pytest.mark.slow
@settings(deadline=None, max_examples=500)
@given(
    st.one_of(st.text(), st.lists(FRAGMENTS, max_size=30).map("".join)),
    st.sampled_from(["", PROMPT, "def f(x):", "\ud800", "import os\n"]),
    st.sampled_from(["f", "", "é"]),
    st.lists(st.sampled_from(["\ndef", "\n", "", "x"]), max_size=3),
)
def test_no_text_raises(text: str, prompt: str, entry_point: str, stop: list[str]) -> None:
    """Extraction is total: any text, prompt, name and stops give a code and its rules."""
    found = [answer(text, prompt, entry_point)]
    asked = Asked(prompt, prompt, text[:5], tuple(stop), entry_point)
    found += [strategy(asked, text) for strategy in STRATEGIES.values()]
    for extraction in found:
        assert isinstance(extraction, Extraction)
        assert {str(rule) for rule in extraction.rules} <= set(Rule)
        assert (not extraction.code) or Rule.NO_CODE not in extraction.rules


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="abc\n:#", max_size=30), st.lists(st.text("ab\n", max_size=3), max_size=4))
def test_a_text_is_cut_at_its_earliest_stop(text: str, stop: list[str]) -> None:
    """What is left is the longest beginning of the text without a stop in it."""
    left = until(text, stop)
    words = [word for word in stop if word]
    assert text.startswith(left)
    assert not any(word in left for word in words)
    assert left == text or any(text[len(left) :].startswith(word) for word in words)


@pytest.mark.parametrize(
    "text", ["", " \n", "Sure", "I can't help with that.", "Output:\n\n- none"]
)
def test_a_reply_without_code_has_none(text: str) -> None:
    """Prose alone is no code, and says so."""
    assert answer(text, PROMPT, "f") == Extraction("", (Rule.NO_CODE,))


@pytest.mark.parametrize(
    "text",
    ["def g(x):\n    return 1", "```\ndef g(x):\n    return 1\n```", "def f(x):\n  return ("],
)
def test_wrong_code_is_still_code(text: str) -> None:
    """An answer under another name, or a broken one, is handed on to be judged."""
    found = answer(text, PROMPT, "f")
    assert found.code
    assert Rule.NO_CODE not in found.rules


def test_a_whole_program_without_an_entry_point_keeps_its_main_code() -> None:
    """A program that is judged by its output keeps what it prints."""
    program = "n = int(input())\nprint(n + 1)\n"
    assert answer(f"```python\n{program}```\n\n```\n1\n```", "", "").code == program


def test_imports_only_for_dropped_code_go_with_it() -> None:
    """A test library that the sandbox lacks must not fail an answer that does not use it."""
    kept = "import math\n\ndef f(x):\n    return x\n"
    found = answer(f"```\nimport pytest\n{kept}\npytest.main()\nassert f(1)\n```", PROMPT, "f")
    assert found.code == kept
    assert Rule.DEMO in found.rules


@pytest.mark.parametrize(
    "kept",
    [
        "import sys\nsys.setrecursionlimit(10**6)",
        "CACHE = {}\nCACHE[0] = print('set')",
        "N = len(str(print))",
        "f = print and f",
        "def g():\n    global N\n    N = 1\n    print(N)\nN = 0\ng()",
        "N = []\nfor i in range(3):\n    N.append(i)\n    print(i)",
        "N = {}\nN.update(a=print())",
        "N = []\ndef add(to):\n    to.append(print())\nadd(N)",
        "class N:\n    pass\nN.x = print()",
    ],
)
def test_what_the_entry_point_depends_on_is_kept(kept: str) -> None:
    """A statement that prints stays if it also makes something the function uses."""
    code = f"def f(x):\n    return CACHE, N\n\n{kept}\n"
    found = answer(f"```python\n{code}print(f(1))\n```", "", "f")
    assert found.code == code.strip("\n") + "\n"


def test_code_that_looks_names_up_by_their_text_is_left_alone() -> None:
    """Where `globals()` may reach anything, nothing is dropped."""
    code = "def f(x):\n    return globals()['g'](x)\n\ndef g(x):\n    return f\n\nprint(f(1))\n"
    assert answer(f"```python\n{code}```", "", "f").code == code


def test_the_last_whole_definition_wins() -> None:
    """Models correct themselves downwards, and a broken or empty repeat is no correction."""
    first, second = "def f(x):\n    return 1\n", "def f(x):\n    return 2\n"
    blocks = [first, second, "def f(x):\n    return (\n", "def f(x):\n    pass\n"]
    reply = "\n".join(f"```python\n{block}```\n" for block in blocks)
    assert answer(reply, "", "f") == Extraction(second, (Rule.FENCED, Rule.SEVERAL))


def test_a_helper_is_fetched_with_what_it_needs() -> None:
    """Definitions from other blocks come along, at any depth, and nothing else does."""
    reply = (
        "```python\nimport math\nROOT = math.sqrt(4)\ndef unused(): pass\nprint(ROOT)\n```\n"
        "```python\ndef h():\n    return ROOT\n```\n```python\ndef f(x):\n    return h()\n```\n"
    )
    found = answer(reply, "", "f")
    helpers = "import math\nROOT = math.sqrt(4)\ndef h():\n    return ROOT\n"
    assert found.code == f"{helpers}\n\ndef f(x):\n    return h()\n"
    assert Rule.HELPERS in found.rules


def test_a_preamble_goes_below_future_imports() -> None:
    """`from __future__` must stay first, or the program is no longer Python."""
    prompt = "import math\n\ndef f(x):\n    '''Say.'''\n"
    head = "'''Doc.'''\nfrom __future__ import annotations\n"
    code = answer(f"```\n{head}def f(x):\n    return math.pi\n```", prompt, "f").code
    compile(code, "program", "exec", dont_inherit=True)
    assert "import math\n" in code


@pytest.mark.parametrize(
    ("text", "code", "rules"),
    [
        ("    return 1\n", "    return 1\n", ()),
        ("    return 1\nprint(f(1))", "    return 1", (Rule.CUT,)),
        ("   return 1\n", "    return 1\n", (Rule.FIRST_LINE,)),
        ("y = 1\n    return y\n", "    y = 1\n    return y\n", (Rule.FIRST_LINE,)),
        ("y = 1\nreturn y\n", "    y = 1\n    return y\n", (Rule.INDENTED,)),
        (PROMPT + "    return 1\n", "    return 1\n", (Rule.REPEATED,)),
        (PROMPT.strip() + "\n    return 1\n", "    return 1\n", (Rule.REPEATED,)),
        ("    return (\n", "    return (\n", ()),
        ("def f(x):\n    return 1\n", "def f(x):\n    return 1\n", ()),
        ("\ndef f(x):\n    return 1\ndef g(): 0", "def f(x):\n    return 1", (Rule.CUT,)),
    ],
)
def test_a_continuation_is_mended_only_where_it_is_broken(
    text: str, code: str, rules: tuple[str, ...]
) -> None:
    """Each mend fires alone, is named, and leaves a sound or hopeless text as it is."""
    assert continuation(PROMPT, text, STOPS) == Extraction(PROMPT + code, rules)


def test_a_signature_given_twice_is_mended_where_the_prompt_has_no_body() -> None:
    """Without a docstring the prompt cannot stand alone, so the repeat takes its place."""
    found = continuation("import os\ndef f(x):\n", "def f(x):\n    return 1\n")
    assert found == Extraction("import os\ndef f(x):\n    return 1\n", (Rule.SIGNATURE,))


@pytest.mark.parametrize("text", ["", "\n\n", "\nprint(1)", PROMPT])
def test_an_empty_continuation_is_no_code(text: str) -> None:
    """A model that stops at once has written nothing, although its prompt may be Python."""
    found = continuation(PROMPT, text, STOPS)
    assert found.code == ""
    assert found.rules[-1] == Rule.NO_CODE


def test_the_plain_strategies_change_nothing() -> None:
    """`raw` joins prompt and text; `stops` also cuts; neither mends."""
    text = "  return 1\nprint(1)"
    assert raw(PROMPT, text, STOPS) == Extraction(PROMPT + text)
    assert stops(PROMPT, text, STOPS) == Extraction(f"{PROMPT}  return 1", (Rule.CUT,))
    assert stops(PROMPT, "", STOPS) == Extraction(PROMPT)


def humaneval() -> Iterator[Solution]:
    for row in rows(Path(os.environ["UCB_DATA_DIR"], "humaneval", "HumanEval.jsonl.gz")):
        yield Solution(row["entry_point"], row["prompt"], row["canonical_solution"], ((),))


def entry_function(code: str, name: str) -> str:
    """Return the syntax tree of the last function of that name, as text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # HumanEval's docstrings hold invalid escapes.
        tree = ast.parse(code)
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name]
    return ast.dump(found[-1])


def helpers(code: str) -> set[str]:
    """Return the names a program's top level defines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(code)
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


@pytest.mark.data
@pytest.mark.skipif("UCB_DATA_DIR" not in os.environ, reason="UCB_DATA_DIR is not set")
@pytest.mark.parametrize("shape", [*SHAPES, *BODY_SHAPES])
def test_every_reference_of_humaneval_survives_every_shape(shape: str) -> None:
    """All 164 reference solutions keep the syntax tree of their function and their helpers."""
    wrap = {**SHAPES, **BODY_SHAPES}[shape]
    solutions = list(humaneval())
    assert len(solutions) == 164
    for solution in solutions:
        found = answer(wrap(solution), solution.prompt, solution.name)
        expected = entry_function(solution.code, solution.name)
        assert entry_function(found.code, solution.name) == expected, solution.name
        assert helpers(solution.code) <= helpers(found.code), solution.name


def mbpp() -> Iterator[Solution]:
    """Every twelfth reference of MBPP; the prompt is all up to the signature."""
    for row in list(rows(Path(os.environ["UCB_DATA_DIR"], "mbpp", "mbpp.jsonl.gz")))[::12]:
        code = row["code"].replace("\r\n", "\n").rstrip() + "\n"
        *_, name = re.findall(r"^def (\w+)", code, re.MULTILINE)
        head, signature, rest = re.split(rf"^(def {name}.*\n)", code, maxsplit=1, flags=re.M)
        yield Solution(name, head + signature, rest, ((),))


@pytest.mark.data
@pytest.mark.skipif("UCB_DATA_DIR" not in os.environ, reason="UCB_DATA_DIR is not set")
@pytest.mark.parametrize("shape", SHAPES)
def test_references_of_mbpp_survive_every_shape(shape: str) -> None:
    """Code in styles of many hands comes back as it was, without a prompt to go by."""
    solutions = list(mbpp())
    assert len(solutions) == 82
    for solution in solutions:
        found = answer(SHAPES[shape](solution), "", solution.name)
        expected = entry_function(solution.code, solution.name)
        assert entry_function(found.code, solution.name) == expected, solution.name


@pytest.mark.data
@pytest.mark.skipif("UCB_DATA_DIR" not in os.environ, reason="UCB_DATA_DIR is not set")
def test_every_reference_of_humaneval_continues_its_prompt_unchanged() -> None:
    """A sound continuation is joined byte for byte, and a first line without margin is mended."""
    for s in humaneval():
        assert continuation(s.prompt, s.body, STOPS) == Extraction(s.code), s.name
        mended = continuation(s.prompt, s.body.lstrip(), STOPS)
        assert entry_function(mended.code, s.name) == entry_function(s.code, s.name), s.name
