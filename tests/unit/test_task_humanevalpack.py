"""HumanEvalPack: published prompts to the letter, and HumanEval-X's programs behind them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ucb import plugins
from ucb.errors import ConfigError, DataError
from ucb.extract import Rule
from ucb.task import Task
from ucb.types import NONCE, Problem, Style

NAMES = sorted(name for name in plugins.tasks() if name.startswith("humanevalpack/"))
LANGUAGES = ("cpp", "go", "java", "js", "python", "rust")
_SPOKEN: Any = sys.modules["ucb_tasks.humaneval_x.published"].SPOKEN

JS = {
    "task_id": "JavaScript/0",
    "prompt": "/* Add. */\nconst add = (x, y) => {\n",
    "declaration": "\nconst add = (x, y) => {\n",
    "canonical_solution": "  return x + y;\n}\n\n",
    "buggy_solution": "  return x - y;\n}\n\n",
    "bug_type": "operator misuse",
    "test": "const testAdd = () => {\n  console.assert(add(1, 2) === 3)\n}\n\ntestAdd()\n",
    "entry_point": "add",
    "docstring": "Adds two numbers, the one to the other.",
    "instruction": "Write a JavaScript function `add` to solve the following problem:\nAdd.",
}
RUST = {
    **JS,
    "prompt": "fn main(){}\n\nuse md5;\n\n/* Add */\nfn add(x:i32, y:i32) -> i32{\n",
    "declaration": "\nuse md5;\n\nfn add(x:i32, y:i32) -> i32{\n",
    "buggy_solution": "    x - y\n}\n",
    "test": (
        "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn test_add() {\n"
        "        assert_eq!(add(1, 2), 3);\n    }\n}\n"
    ),
}
PYTHON = {
    **JS,
    "prompt": 'def add(x, y):\n    """ Add. """\n',
    "declaration": "def add(x, y):\n",
    "canonical_solution": "    return x + y\n",
    "buggy_solution": "    return x - y\n",
    "test": "def check(add):\n    assert add(1, 2) == 3\n\ncheck(add)\n",
}
CPP = {
    **JS,
    "prompt": "#include <vector>\nusing  namespace std;\nint add(int x, int y){\n",
    "declaration": "#include<vector>\nusing namespace std;\nint add(int x, int y){\n",
    "test": "#undef NDEBUG\n#include<assert.h>\nint main(){\n    assert (add(1,2)==3);\n}\n",
}
ROWS = {"js": JS, "rust": RUST, "python": PYTHON, "cpp": CPP}


def task(kind: str, suffix: str, mode: str = "") -> Task:
    return plugins.task(f"humanevalpack/{kind}-{suffix}").configured(mode=mode)


def problem(suffix: str) -> Problem:
    return Problem("X/0", suffix, ROWS[suffix])


def asked(kind: str, suffix: str, mode: str = "") -> str:
    return task(kind, suffix, mode).prompt(problem(suffix), Style.COMPLETE).text


def flat(text: str) -> str:
    return "".join(text.split())


def test_every_kind_is_there_in_every_language() -> None:
    """Six languages, four kinds of question."""
    kinds = ("describe", "explain", "fix", "synthesize")
    assert [f"humanevalpack/{kind}-{suffix}" for kind in kinds for suffix in LANGUAGES] == NAMES


@pytest.mark.parametrize("suffix", sorted(ROWS))
def test_prompts_are_bigcodes(suffix: str) -> None:
    """What its harness builds for the prompt style `instruct`, and `continue`."""
    row = ROWS[suffix]
    assert asked("synthesize", suffix) == f"{row['instruction']}\n\n{row['prompt']}".strip()
    assert asked("synthesize", suffix, "continue") == row["prompt"].strip()
    begin = ("fn main(){}\n" if suffix == "rust" else "") + row["declaration"]
    context = f"{begin}{row['buggy_solution']}\n{row['test']}"
    assert asked("fix", suffix) == f"{context}\nFix bugs in add.\n\n{begin}".strip()
    context = f"{row['prompt']}{row['buggy_solution']}"
    docs = f"{context}\nFix bugs in add.\n\n{row['prompt']}".strip()
    assert asked("fix", suffix, "docs") == docs


@pytest.mark.parametrize("kind", ["synthesize", "fix"])
@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("suffix", sorted(ROWS))
def test_an_answer_becomes_a_whole_file(kind: str, style: Style, suffix: str) -> None:
    """A completion goes behind what it was given; a chat's block is taken as it is."""
    here, question = task(kind, suffix), problem(suffix)
    solution = ROWS[suffix]["canonical_solution"]
    given = here.published_prompt(question)
    text = solution if style is Style.COMPLETE else f"```\n{given}{solution}```"
    found = here.extract(question, here.prompt(question, style), text)
    kept = flat(given + solution).replace("fnmain(){}", "")
    assert flat(found.code).replace("fnmain(){}", "") == kept


def test_nothing_is_no_code() -> None:
    """An empty completion has answered nothing."""
    here = task("fix", "js")
    found = here.extract(problem("js"), here.prompt(problem("js"), Style.COMPLETE), "\n")
    assert found.rules == (Rule.NO_CODE,)


@pytest.mark.parametrize("suffix", sorted(ROWS))
def test_the_buggy_solution_must_not_pass(suffix: str) -> None:
    """It is a control of `fix`, as a completion."""
    known = task("fix", suffix).known(problem(suffix))
    assert known == {"buggy solution": (ROWS[suffix]["buggy_solution"], False)}


@pytest.mark.parametrize("suffix", ["cpp", "js", "rust"])
def test_programs_prove_their_end(suffix: str) -> None:
    """They are HumanEval-X's: the nonce is written once, behind the tests."""
    here, question = task("synthesize", suffix), problem(suffix)
    (text,) = here.program(question, here.reference(question) or "").files.values()
    assert text.count(NONCE) == 1
    assert text.count("fn main(") == (suffix == "rust")


def test_cpp_gets_what_its_code_lacks() -> None:
    """The list is longer than HumanEval-X's, and nothing is there twice."""
    here, question = task("synthesize", "cpp"), problem("cpp")
    (text,) = here.program(question, here.reference(question) or "").files.values()
    assert text.count("<vector>") == text.count("<boost/any.hpp>") == 1
    assert flat(text).count("usingnamespacestd;") == 1


def test_bug_types_are_groups() -> None:
    """A report of `fix` says which bugs a model repairs."""
    assert task("fix", "js").groups(problem("js")) == {"bug type": "operator misuse"}
    assert task("synthesize", "js").groups(problem("js")) == {}


def test_python_stops_are_published() -> None:
    """And the time limits are CPU seconds of the same number."""
    here, question = task("synthesize", "python"), problem("python")
    assert here.prompt(question, Style.COMPLETE).stop == (
        "\nclass", "\ndef", "\n#", "\n@", "\nprint", "\nif", "\nassert",
    )  # fmt: skip
    assert here.program(question, "x").steps[-1].limits.cpu == 10.0


def test_a_description_is_asked_for_by_its_length() -> None:
    """The prompt is bigcode's `humanevalexplaindescribe`."""
    assert (
        asked("describe", "js")
        == (
            f"{JS['declaration']}{JS['canonical_solution']}\nProvide a concise natural language "
            f"description of the code using at most {len(JS['docstring'])} characters."
        ).strip()
    )


def test_a_description_tells_no_code() -> None:
    """It is cut to the docstring's length, and lines of the solution are taken out."""
    told = {
        **PYTHON,
        "docstring": "x" * 60,
        "canonical_solution": "    return sum([x, y, x - x])\n",
    }
    question = Problem("X/0", "python", told)
    here = task("describe", "python")
    reply = " Adds: return sum([x, y, x - x]) and so on\n# more" + "." * 60
    found = here.extract(question, here.prompt(question, Style.COMPLETE), reply)
    assert found.code == "Adds:  and so on"


def test_a_description_is_not_run() -> None:
    """The error says what to do with it."""
    with pytest.raises(ConfigError, match="with humanevalpack/explain-js"):
        task("describe", "js").program(problem("js"), "Adds.")
    assert task("describe", "js").reference(problem("js")) is None


def test_a_description_takes_the_place_of_the_problem() -> None:
    """The prompt is bigcode's `humanevalexplainsynthesize`."""
    question = Problem("X/0", "js", {**JS, "description": "Adds."})
    assert task("explain", "js").prompt(question, Style.COMPLETE).text == (
        "Adds.\nWrite functional code in JavaScript according to the description.\n\n"
        "const add = (x, y) => {"
    )


def test_explain_wants_descriptions() -> None:
    """Without them there is nothing to ask, and the error says how to make them."""
    with pytest.raises(DataError, match="ucb generate humanevalpack/describe-go"):
        list(task("explain", "go").problems())


@pytest.mark.usefixtures("data_dir")
@pytest.mark.data
def test_every_description_is_a_problem(tmp_path: Path) -> None:
    """A second description of a problem has a name of its own; an unknown one is an error."""
    made = tmp_path / "completions.jsonl"
    rows = [("JavaScript/0", 0), ("JavaScript/0", 1), ("JavaScript/5", 0)]
    lines = [json.dumps({"problem": p, "sample": s, "text": f" It is {s}. "}) for p, s in rows]
    made.write_text("\n".join(lines), encoding="utf-8")
    questions = list(plugins.task("humanevalpack/explain-js").configured(data=made).problems())
    assert [question.id for question in questions] == [
        "JavaScript/0", "JavaScript/0#1", "JavaScript/5",
    ]  # fmt: skip
    assert questions[1].row["description"] == "It is 1."
    made.write_text(lines[0].replace("JavaScript", "Go"), encoding="utf-8")
    with pytest.raises(DataError, match="line 1: HumanEvalPack js has no problem 'Go/0'"):
        list(plugins.task("humanevalpack/explain-js").configured(data=made).problems())


@pytest.mark.usefixtures("data_dir")
@pytest.mark.data
@pytest.mark.parametrize("suffix", LANGUAGES)
def test_every_row_makes_a_program(suffix: str) -> None:
    """All 164 references and buggy solutions have a place for the proof."""
    here = task("fix", suffix)
    questions = list(here.problems())
    assert len(questions) == 164
    for question in questions:
        buggy, _ = here.known(question)["buggy solution"]
        code = here.extract(question, here.prompt(question, Style.COMPLETE), buggy).code
        for each in (here.reference(question) or "", code):
            assert here.program(question, each).steps[-1].proof is (suffix != "python")
