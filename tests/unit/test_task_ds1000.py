"""DS-1000: the place an answer takes, the answer found in a reply, the program that judges it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb import plugins
from ucb.errors import DataError
from ucb.extract import Extraction, Rule
from ucb.planning import Planned
from ucb.task import Task
from ucb.types import (
    NONCE,
    Ended,
    Execution,
    Key,
    Problem,
    Reason,
    Stage,
    StepResult,
    Style,
)  # fmt: skip

TASK: Task = plugins.task("ds1000")
_MODULE: Any = sys.modules["ucb_tasks.ds1000.extraction"]
Place, snippet, upstream = _MODULE.Place, _MODULE.snippet, _MODULE.upstream

CONTEXT = '''
import numpy as np
import copy

SECRET = 271828182


def generate_test_case(test_case_id):
    a = np.array([3, 1, 2])
    return a, np.sort(a)


def exec_test(result, ans):
    np.testing.assert_array_equal(result, ans)
    return 1


exec_context = r"""
import numpy as np
a = test_input
[insert]
result = b
"""


def test_execution(solution: str):
    code = exec_context.replace("[insert]", solution)
    for i in range(1):
        test_input, expected_result = generate_test_case(i + 1)
        test_env = {"test_input": test_input}
        exec(code, test_env)
        assert exec_test(test_env["result"], expected_result)
'''
PROMPT = "Problem:\nSort a.\nA:\n<code>\na = [3, 1, 2]\n</code>\nb = ...\nBEGIN SOLUTION\n<code>\n"
TOP = Place("import numpy as np\na = test_input\n", "\nresult = b\n")
INSIDE = Place("import numpy as np\ndef f(a):\n", "\nresult = f(test_input)\n")


def problem(library: str = "Numpy", context: str = CONTEXT, prompt: str = PROMPT) -> Problem:
    metadata = {"problem_id": 0, "library": library, "perturbation_type": "Origin"}
    row = {
        "prompt": prompt, "reference_code": "b = np.sort(a)", "code_context": context,
        "metadata": metadata,
    }  # fmt: skip
    return Problem("DS-1000/0", "ds1000", row)


def test_the_place_is_found_in_the_tests() -> None:
    """The program around the answer is the constant that the tests fill."""
    place = Place.of(CONTEXT)
    assert place.filled("b = a") == "\nimport numpy as np\na = test_input\nb = a\nresult = b\n"
    assert place.function == ""
    assert INSIDE.function == "f"


def test_tests_without_a_place_are_refused() -> None:
    """A row of another format is an error, not a wrong answer."""
    with pytest.raises(DataError, match="no exec_context"):
        Place.of("x = 1")


CHAT_SHAPES = [
    "<code>\n{code}\n</code>",
    "Here is how:\n<code>\n{code}\n</code>\nIt sorts.",
    "<code>\n```python\n{code}\n```\n</code>",
    "```python\n{code}\n```",
    "```\n{code}\n```\n",
    "Use this.\n\n```python\n<code>\n{code}\n</code>\n```\n\nDone, `b` is sorted.",
    "```python\n{code}\n",
    "<code>\n{code}\n",
    "<think>\nMaybe <code>x</code>?\n</think>\n<code>\n{code}\n</code>",
    "Sure!\n```py\n{code}\n```\nThen run:\n```bash\npython x.py\n```",
    "{code}",
    "{code}\n</code>",
]
TOP_CODES = [
    "b = np.sort(a)",
    "def g(a):\n    return np.sort(a)\n\nb = g(a)",
    "b = sorted(a)  # ` is no fence\nprint('```')",
    "b = a.copy()\nfor i in range(3):\n\tb.sort()",
    's = """\n</b>\n"""\nb = np.sort(a)',
]
INSIDE_CODES = ["    return np.sort(a)", "    b = a.copy()\n    b.sort()\n    return b"]


@given(st.sampled_from(CHAT_SHAPES), st.sampled_from(TOP_CODES), st.booleans())
def test_an_answer_is_found_whatever_surrounds_it(shape: str, code: str, windows: bool) -> None:
    """Right code comes out as it went in."""
    text = shape.replace("{code}", code)
    found = snippet(TOP, text.replace("\n", "\r\n") if windows else text, (), PROMPT, chat=True)
    assert found.code.strip("\n") == code


@given(st.sampled_from(CHAT_SHAPES), st.sampled_from(INSIDE_CODES), st.booleans())
def test_a_function_body_is_indented_again(shape: str, code: str, lost: bool) -> None:
    """A body whose indentation the model has dropped is put where it belongs."""
    given_code = "\n".join(line[4:] for line in code.split("\n")) if lost else code
    found = snippet(INSIDE, shape.replace("{code}", given_code), (), PROMPT, chat=True)
    assert found.code.rstrip("\n") == code


@pytest.mark.parametrize(
    ("text", "code", "rules"),
    [
        ("b = np.sort(a)\n</code>\nEND", "b = np.sort(a)\n", (Rule.CUT,)),
        ("b = np.sort(a)", "b = np.sort(a)", ()),
        (PROMPT + "b = a\n</code>", "\nb = a\n", (Rule.REPEATED, Rule.CUT)),
        ("<code>\nb = a\n</code>", "b = a\n", ()),
        ("```python\nb = a\n```", "b = a\n", (Rule.FENCED,)),
        ("  b = a\n  b.sort()", "b = a\nb.sort()", (Rule.DEDENTED,)),
        ("b = (a\n</code>", "b = (a\n", (Rule.CUT,)),
        ("", "", (Rule.NO_CODE,)),
    ],
)
def test_a_continuation_is_cut_and_nothing_else(text: str, code: str, rules: tuple[str]) -> None:
    """What is valid in its place stays; what cannot be mended is judged as it is."""
    found = snippet(TOP, text, ("</code>",), PROMPT, chat=False)
    assert found == Extraction(code, rules)


def test_a_whole_function_is_taken_as_its_body() -> None:
    """A chat that repeats the signature, and imports what it uses, has answered all the same."""
    text = "```python\nimport math\n\ndef f(\n    a=example,\n):\n    return math.fsum(a)\n```"
    found = snippet(INSIDE, text, (), PROMPT, chat=True)
    assert found.code == "    import math\n    return math.fsum(a)\n"
    assert found.rules == (Rule.FENCED, Rule.SIGNATURE)
    assert INSIDE.fits(found.code)


def test_prose_is_no_code() -> None:
    """A refusal is not a syntax error."""
    found = snippet(TOP, "I cannot do that, sorry.", (), PROMPT, chat=True)
    assert found == Extraction("", (Rule.NO_CODE,))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<code>\nb = a\n</code> rest", ""),
        ("b = a\n</code> <code>", "b = a\n"),
        ("```python\nb = a\n```\nmore", "\nb = a\n"),
        ("b = a\nEND SOLUTION\nc", "b = a"),
        ("So:\n```python\nb = a\n```", "So:\n\nb = a\n"),
        ("```\nb = a\n```", ""),
    ],
)
def test_the_parity_mode_cuts_in_the_published_order(text: str, code: str) -> None:
    """Tag, Python fence, fence, end marker, opening tag: also where that loses the answer."""
    expected = "\nb = a\n" if text.startswith("<code>") else code
    assert upstream(text).code == expected
    task = TASK.configured(mode="ds-1000")
    assert task.extract(problem(), task.prompt(problem(), Style.CHAT), text).code == expected


def test_the_chat_is_asked_with_the_published_system_prompt() -> None:
    """The prompt is the row's; the format is asked for apart from it."""
    asked = TASK.prompt(problem(), Style.CHAT)
    assert asked.text == PROMPT
    assert "between <code> and </code> tags" in asked.system
    assert TASK.prompt(problem(), Style.COMPLETE).system == ""


def test_the_samples_of_peers_are_the_answers_alone() -> None:
    """A prompt in prose is no part of the code that a samples file brings."""
    assert TASK.published_prompt(problem()) == ""


@pytest.mark.parametrize(
    ("prompt", "suffix"),
    [
        (PROMPT, "\n</code>\nEND SOLUTION\n"),
        ("def f(a):\n    ### BEGIN SOLUTION", "\n</code>\n"),
        ("# Plot it\n# SOLUTION START\n", "\n# SOLUTION END\n"),
    ],
)
def test_insertion_shows_what_closes_the_place(prompt: str, suffix: str) -> None:
    """A model that fills in sees both sides; every other mode shows the text before alone."""
    asked = problem(prompt=prompt)
    assert TASK.configured(mode="insertion").prompt(asked, Style.COMPLETE).suffix == suffix
    assert TASK.prompt(asked, Style.COMPLETE).suffix == ""


def test_the_answer_runs_apart_from_its_tests() -> None:
    """The tests are a file of their own, which the answer's process never reads."""
    program = TASK.program(problem(), "b = np.sort(a)")
    assert set(program.files) == {"main.py", "apart.py", "plain.py", "tests.py", "answer.py"}
    assert program.files["main.py"] == "import apart\n\napart.main(('numpy', 'copy'))\n"
    tests = program.files["tests.py"]
    assert tests.index("code = 'b = np.sort(a)'\ntest_execution(code)\n") < tests.index(NONCE)
    hidden = [text for name, text in program.files.items() if name != "tests.py"]
    assert not any(NONCE in text or "SECRET" in text for text in hidden)
    assert [step.proof for step in program.steps] == [False, True]
    assert program.steps[0].argv[-1] == "answer.py"
    assert TASK.shown(problem(), "b = np.sort(a)") == tests


@pytest.mark.parametrize("library", ["Numpy", "Matplotlib"])
def test_an_answer_cannot_spell_the_secret(library: str) -> None:
    """The word that stands for the secret is replaced in the tests' epilogue alone."""
    files = TASK.program(problem(library), f"b = '{NONCE}'").files
    assert sum(text.count(NONCE) for text in files.values()) == 1


def test_a_figure_is_tested_where_it_was_drawn() -> None:
    """Matplotlib's state cannot leave its process: these programs are upstream's own."""
    program = TASK.program(problem("Matplotlib"), "plt.plot([1])")
    assert set(program.files) == {"main.py", "answer.py"}
    assert program.files["main.py"].startswith(CONTEXT)


def test_a_string_test_runs_where_the_problem_has_one() -> None:
    """Some problems forbid a loop or ask for a function by name."""
    context = CONTEXT + "\ndef test_string(solution: str):\n    assert 'for' not in solution\n"
    files = TASK.program(problem(context=context), "b = a").files
    assert "test_execution(code)\ntest_string(code)\n" in files["tests.py"]


@pytest.mark.parametrize(("library", "judged"), [("Numpy", "split"), ("Matplotlib", "nonce")])
def test_the_verdict_says_how_it_was_judged(library: str, judged: str) -> None:
    """A report tells the two kinds of evidence apart."""
    asked = problem(library)
    program = TASK.program(asked, "b = a")
    done = StepResult(Ended.EXITED, 0)
    execution = Execution((done, replace(done, proved=True)))
    verdict = TASK.judge(asked, program, Key("DS-1000/0", 0), execution)
    assert (verdict.stage, verdict.reason, verdict.judge) == (Stage.PASSED, Reason.PASSED, judged)


def test_the_controls_stand_in_the_place() -> None:
    """`ucb check` fills a function's body with a body, and a script with a statement."""
    inside = CONTEXT.replace("a = test_input\n", "def f(a):\n")
    assert TASK.stub(problem(), "pass\n") == "pass\n"
    assert TASK.stub(problem(context=inside), "pass\n") == "    pass\n"


def test_problems_are_grouped_by_library() -> None:
    """Scores are shown by library and by kind of perturbation."""
    groups = TASK.groups(problem())
    assert groups == {"library": "Numpy", "perturbation": "Origin"}
    planned = Planned(TASK, [problem()], [problem()], "")
    assert planned.groups() == {
        "language": {"DS-1000/0": "ds1000"},
        "library": {"DS-1000/0": "Numpy"},
        "perturbation": {"DS-1000/0": "Origin"},
    }


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.usefixtures("data_dir")
def test_every_reference_is_found_in_its_place() -> None:
    """All 1,000, as a continuation and in the two usual answers."""
    problems = list(TASK.problems())
    assert len(problems) == 1000
    for each in problems:
        code = TASK.reference(each)
        complete, chat = (TASK.prompt(each, style) for style in (Style.COMPLETE, Style.CHAT))
        for prompt, text in (
            (complete, f"{code}\n</code>\nEND SOLUTION\n"),
            (chat, f"Like this:\n```python\n{code}\n```\nDone."),
            (chat, f"<code>\n{code}\n</code>"),
        ):
            assert TASK.extract(each, prompt, text).code.rstrip() == str(code).rstrip(), each.id
