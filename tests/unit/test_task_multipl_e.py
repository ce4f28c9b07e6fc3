"""MultiPL-E: completions cut and closed, the proof in its place, every row and self-test known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.multipl_e_rows import (
    ANSWERS,
    CSHARP,
    ELIXIR,
    GO,
    JS,
    NAMES,
    PUBLISHED,
    ROWS,
    extracted,
    flat,
    problem,
    source,
    task,
)
from ucb import plugins
from ucb.extract import Rule
from ucb.types import NONCE, Problem, Prompt, Style


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("cpp", "    return x + y;\n}\n\nint main() { return 1; }"),
        ("java", "        return x + y;\n    }\n\n    public static void main(String[] args) {}"),
        ("scala", "        x + y\n    }\n    def main(args: Array[String]) = add(1, 2)"),
        ("js", "    return x + y;\n}\nconsole.log(add(1, 2))"),
        ("lua", "    return x + y\nend\n\nprint(add(1, 2))"),
        ("php", "    return $x + $y;\n}\n?>"),
        ("d", "{\n    return x + y;\n}\n\nvoid main() {}"),
        ("elixir", "x + y\n  end\nend\n\nIO.puts(HumanEval.add(1, 2))"),
        ("go", "    return x + y\n}\n\nfunc other() {}"),
        ("hs", " x + y\n\ndata None = None"),
        ("ml", " x + y\n\nlet other = 1"),
        ("pl", "    return $x + $y;\n}\n\nprint add(1, 2);"),
        ("py", "    return x + y\n\n\nclass Other: ..."),
        ("rb", "  x + y\nend\n\nputs add(1, 2)"),
        ("sh", "    echo $(( $1 + $2 ))\n}\nadd 1 2"),
        ("ts", "    return x + y;\n}\nfunction other() {}"),
        ("rkt", "  (+ x y))\n(display (add 1 2))"),
        ("swift", "    return x + y\n}\n\nprint(add(x: 1, y: 2))"),
    ],
)
def test_a_completion_is_cut_and_closed_once(suffix: str, text: str) -> None:
    """The stop token ends it; a brace that the tests began with is there exactly once."""
    found = extracted(suffix, Style.COMPLETE, text)
    assert found.rules == (Rule.CUT,)
    row = ROWS[suffix]
    whole = source(suffix, found.code)
    stop = min(text.find(word) for word in row["stop_tokens"] if word in text)
    published = f"{row['prompt']}{text[:stop]}\n{row['tests']}"
    # What stands before the first word that the proof rewrites is what upstream runs.
    first = {
        "cpp": "int main",
        "d": "}\nvoid main",
        "elixir": "  end\nend\n",
        "go": "\n  }\n}\n",
        "hs": "  let candidate",
        "java": "(1l));",
        "lua": "os.exit",
        "ml": "\nlet assertions",
        "pl": "exit 1",
        "rb": "  end\nend\n",
        "scala": "assert(",
        "sh": "    [[",
        "swift": "assert",
    }.get(suffix, "\0")
    assert flat(whole).startswith(flat(published.partition(first)[0]))


def test_an_empty_completion_is_no_code() -> None:
    """A model that stops at once has answered nothing."""
    assert extracted("js", Style.COMPLETE, "\nfunction other(){}").rules == (Rule.NO_CODE,)


def test_the_prompt_is_asked_stripped_and_run_whole() -> None:
    """As the published harness does both."""
    assert task("js").prompt(problem("js"), Style.COMPLETE).text == JS["prompt"].strip()
    assert task("js").published_prompt(problem("js")) == JS["prompt"]


@pytest.mark.parametrize("suffix", sorted(ROWS))
def test_the_proof_stands_behind_the_tests(suffix: str) -> None:
    """The nonce is the last thing a program writes, and once."""
    text = source(suffix, "code\n")
    assert text.count(NONCE) == 1
    assert text.index("code") < text.index(NONCE)


def test_the_proof_of_a_main_function_stands_inside_it() -> None:
    """C++ and Java end with the braces that they ended with."""
    assert flat(source("cpp", "x\n")).endswith("::std::fclose(ucb_proof);}")
    assert flat(source("java", "x\n")).endswith("UncheckedIOException(error);}}}}")


def test_code_cannot_ask_for_the_secret() -> None:
    """The word that stands for the nonce is only replaced in the tests."""
    attack = f'"{NONCE}" + "{NONCE[:6]}{NONCE}{NONCE[6:]}"'
    assert source("js", attack).count(NONCE) == 1


def test_a_signature_in_a_comment_is_put_right() -> None:
    """The C# file of HumanEval has every signature in a comment: no body could compile."""
    found = extracted("cs", Style.COMPLETE, "        return x + y;")
    assert "\n    public static long add(long x, long y) {\n" in found.code
    assert "    // Add\n" in found.code
    assert task("cs").published_prompt(problem("cs")) == CSHARP["prompt"]


def test_a_signature_of_single_characters_is_put_together() -> None:
    """The Elixir file of MBPP has a comma behind every one; its tests name no function."""
    row = {
        **ELIXIR,
        "prompt": "# Add\n\ndefmodule HumanEval do\n  def add(o, n, e, ,,  , y) do",
        "tests": ELIXIR["tests"].replace("assert", "fn args -> apply(HumanEval, add, args) end #"),
    }
    asked = Problem("p", "elixir", row)
    prompt = task("elixir").prompt(asked, Style.COMPLETE)
    found = task("elixir").extract(asked, prompt, "\n    one + y\n  end\nend")
    assert "  def add(one, y) do\n    one + y\n" in found.code
    (text,) = task("elixir").program(asked, found.code).files.values()
    assert 'apply(HumanEval, :"add", args)' in text
    assert task("elixir").published_prompt(asked) == row["prompt"]


def test_a_body_that_exits_has_what_it_imports() -> None:
    """A Go prompt imports nothing that could end a program, and an unused import is an error."""
    exits = task("go").stub(problem("go"), "    os.Exit(0)\n}\n")
    assert exits.startswith('package add_test\n\nimport (\n    "fmt"\n    "os"\n    "testing"\n)')
    panics = task("go").stub(problem("go"), "    panic(1)\n}\n")
    assert panics == f"{GO['prompt']}    panic(1)\n}}\n\n"


@pytest.mark.data
@pytest.mark.parametrize("name", NAMES)
def test_every_problem_has_its_proof(name: str, data_dir: Path) -> None:
    """All rows are there, and the end of each one's tests is found."""
    each = plugins.task(name)
    problems = list(each.problems())
    source_name, suffix = name.removeprefix("multipl-e/").split("-")
    assert len(problems) == PUBLISHED.ROWS[source_name][suffix][0]
    for asked in problems:
        (text,) = each.program(asked, "").files.values()
        assert text.count(NONCE) == 1, asked.id
        assert ANSWERS.entry_point(asked.row["prompt"]), asked.id
        prompt = each.prompt(asked, Style.COMPLETE)
        assert isinstance(prompt, Prompt)
        assert prompt.stop


@pytest.mark.data
@pytest.mark.parametrize("suffix", sorted(PUBLISHED.SELF_TESTS))
def test_upstreams_self_test_is_known(suffix: str, data_dir: Path) -> None:
    """Its first completion must pass and its second must not."""
    each = task(suffix)
    known = [found for asked in each.problems() if (found := each.known(asked))]
    assert [[must for _, must in found.values()] for found in known] == [[True, False]]
