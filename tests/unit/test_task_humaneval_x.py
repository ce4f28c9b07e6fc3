"""HumanEval-X: completions end where the function ends, programs prove the end of their tests."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from ucb import plugins
from ucb.extract import Extraction, Rule
from ucb.task import Task
from ucb.types import NONCE, Problem, Style

LANGUAGES = ("cpp", "go", "java", "js", "python", "rust")
assert set(LANGUAGES) <= {name.removeprefix("humaneval-x/") for name in plugins.tasks()}
_BRACES: Any = sys.modules["ucb_tasks.humaneval_x.braces"]
_SPOKEN: Any = sys.modules["ucb_tasks.humaneval_x.published"].SPOKEN

CPP = {
    "prompt": "/*\nAdd {.\n*/\n#include<vector>\nusing namespace std;\nint add(int x,int y){\n",
    "declaration": "#include<vector>\nusing namespace std;\nint add(int x,int y){\n",
    "canonical_solution": "    return x+y;\n}\n",
    "test": "#undef NDEBUG\n#include<assert.h>\nint main(){\n    assert (add(1,2)==3);\n}\n",
}
GO = {
    "prompt": 'import (\n    "math"\n)\n\n// Add.\nfunc Add(x float64, y float64) float64 {\n',
    "declaration": "\nfunc Add(x float64, y float64) float64 {\n",
    "import": 'import (\n    "math"\n)\n',
    "canonical_solution": "    return math.Abs(x)+y\n}\n",
    "test_setup": (
        'package main\n\nimport (\n    "testing"\n    "github.com/stretchr/testify/assert"\n)\n'
    ),
    "test": (
        "func TestAdd(t *testing.T) {\n    assert := assert.New(t)\n"
        "    assert.Equal(3.0, Add(1, 2))\n}\n"
    ),
}
JAVA = {
    "prompt": (
        "import java.util.*;\n\nclass Solution {\n    /** Add. */\n"
        "    public int add(int x, int y) {\n"
    ),
    "declaration": "import java.util.*;\n\nclass Solution {\n    public int add(int x, int y) {\n",
    "canonical_solution": "        return x + y;\n    }\n}\n",
    "test": (
        "public class Main {\n    public static void main(String[] args) {\n"
        "        if (new Solution().add(1, 2) != 3) {\n            throw new AssertionError();\n"
        "        }\n    }\n}\n"
    ),
}
JS = {
    "prompt": "/* Add */\nconst add = (x, y) => {\n",
    "declaration": "\nconst add = (x, y) => {\n",
    "canonical_solution": "  return x + y;\n}\n\n",
    "test": "const testAdd = () => {\n  console.assert(add(1, 2) === 3)\n}\n\ntestAdd()\n",
}
PYTHON = {
    "prompt": 'def add(x: int, y: int) -> int:\n    """ Add. """\n',
    "declaration": "def add(x: int, y: int) -> int:\n",
    "canonical_solution": "    return x + y\n",
    "test": "def check(add):\n    assert add(1, 2) == 3\n\ncheck(add)\n",
}
RUST = {
    "prompt": "\n/*\n Add\n*/\n",
    "declaration": (
        "\nuse rand::Rng;\nuse std::collections::HashMap;\n\nfn add(x:i32, y:i32) -> i32{\n"
    ),
    "canonical_solution": "    x + y\n}\n",
    "test": (
        "\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n#[test]\n    // Once.\n"
        "    fn test_add() {\n        assert_eq!(add(1, 2), 3);\n    }\n\n}\n"
    ),
}
ROWS = {"cpp": CPP, "go": GO, "java": JAVA, "js": JS, "python": PYTHON, "rust": RUST}
WITH_BRACES = tuple(suffix for suffix in LANGUAGES if suffix != "python")


def task(suffix: str) -> Task:
    return plugins.task(f"humaneval-x/{suffix}")


def problem(suffix: str) -> Problem:
    return Problem("X/0", suffix, ROWS[suffix])


def extracted(suffix: str, style: Style, text: str) -> Extraction:
    asked = problem(suffix)
    return task(suffix).extract(asked, task(suffix).prompt(asked, style), text)


def source(suffix: str, code: str) -> str:
    (text,) = task(suffix).program(problem(suffix), code).files.values()
    return text


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("suffix", LANGUAGES)
def test_a_solution_is_taken_whole(suffix: str) -> None:
    """The reference's own text, as a completion, gives the reference."""
    row = ROWS[suffix]
    code = extracted(suffix, Style.COMPLETE, row["canonical_solution"]).code
    assert flat(code) == flat(task(suffix).reference(problem(suffix)) or "")


@pytest.mark.parametrize("suffix", WITH_BRACES)
def test_what_stands_behind_the_function_is_cut(suffix: str) -> None:
    """A second function of the completion is no part of the answer."""
    row = ROWS[suffix]
    text = row["canonical_solution"] + "\nint second(int x){\n    return x;\n}\n"
    found = extracted(suffix, Style.COMPLETE, text)
    assert "second" not in found.code
    assert found.rules == (Rule.CUT,)


def test_a_python_completion_ends_at_the_first_line_that_is_not_indented() -> None:
    """As the published harness ends it."""
    found = extracted("python", Style.COMPLETE, "    return x + y\n\nx = 1\n")
    assert found.code.endswith("    return x + y\n")
    assert found.rules == (Rule.CUT,)


@pytest.mark.parametrize("suffix", WITH_BRACES)
def test_a_brace_that_a_stop_sequence_took_is_put_back(suffix: str) -> None:
    """A completion whose end was cut off is closed, a Java class too."""
    row = ROWS[suffix]
    open_ended = row["canonical_solution"].partition("}")[0]
    code = extracted(suffix, Style.COMPLETE, open_ended).code
    assert flat(code) == flat(task(suffix).reference(problem(suffix)) or "")


def test_a_java_class_ends_behind_its_last_whole_method() -> None:
    """What a completion began and did not end is dropped."""
    text = "        return x + y;\n    }\n\n    int half(int x) {\n        return"
    assert flat(extracted("java", Style.COMPLETE, text).code).endswith("returnx+y;}}")


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("cpp", "    char c = '}'; string s = \"}\"; // }\n    return x+y;\n}\n"),
        ("js", "  const s = '}}' + `}`; /* } */\n  return x + y;\n}\n"),
        ("rust", "    let s = \"}\"; let c = '}'; let _: &'static str = s;\n    x + y\n}\n"),
    ],
)
def test_braces_that_are_quoted_end_nothing(suffix: str, text: str) -> None:
    """Strings, characters and comments are not counted."""
    assert flat(extracted(suffix, Style.COMPLETE, text).code).endswith(flat(text))


def test_an_empty_completion_is_no_code() -> None:
    """A model that stops at once has answered nothing."""
    assert extracted("js", Style.COMPLETE, " \n").rules == (Rule.NO_CODE,)


@pytest.mark.parametrize("suffix", LANGUAGES)
def test_a_chat_may_reply_with_the_whole_program(suffix: str) -> None:
    """The block is the answer; what the prompt begins with is not put there twice."""
    whole = task(suffix).reference(problem(suffix)) or ""
    code = extracted(suffix, Style.CHAT, f"Sure.\n```\n{whole}\n```\n").code
    assert flat(code) == flat(whole)


@pytest.mark.parametrize("suffix", WITH_BRACES)
def test_a_chat_may_reply_with_the_body(suffix: str) -> None:
    """It goes behind the prompt."""
    row = ROWS[suffix]
    found = extracted(suffix, Style.CHAT, f"```\n{row['canonical_solution']}\n```\n")
    assert Rule.BODY in found.rules
    assert flat(found.code) == flat(task(suffix).reference(problem(suffix)) or "")


def test_a_reply_of_prose_is_no_code() -> None:
    """Nothing in it names the function."""
    assert extracted("go", Style.CHAT, "I cannot.").rules == (Rule.NO_FENCE, Rule.NO_CODE)


JAVA_ADD = "    int add(int x, int y) { return x + y; }\n"
JAVA_WANTED = f"import java.util.*;\nclass Solution {{\n{JAVA_ADD}}}\n"
JAVA_DEMO = "class Main {\n    void run() { new Adder().add(1, 2); }\n}\n"
CPP_ADD = "int add(int x,int y){ return x+y; }\n"
RUST_ADD = "use std::collections::HashMap;\nfn add(x:i32, y:i32) -> i32 { x + y }\n"


@pytest.mark.parametrize(
    ("suffix", "block", "wanted"),
    [
        (
            "cpp",
            CPP_ADD + "int main() { return add(1,2); }\n",
            "#include<vector>\nusing namespace std;\n" + CPP_ADD,
        ),
        ("java", f"public class Adder {{\n{JAVA_ADD}}}\n{JAVA_DEMO}", JAVA_WANTED),
        ("java", f"import java.util.*;\n{JAVA_ADD}", JAVA_WANTED),
        (
            "rust",
            RUST_ADD + "fn main() {}\n",
            "mod given {\n    pub use rand::Rng;\n}\nuse given::*;\n" + RUST_ADD,
        ),
    ],
)
def test_a_reply_is_made_to_fit_the_tests(suffix: str, block: str, wanted: str) -> None:
    """A main program goes, the prompt's head comes back, a class gets the tests' name."""
    assert flat(extracted(suffix, Style.CHAT, f"```\n{block}```\n").code) == flat(wanted)


@pytest.mark.parametrize("suffix", WITH_BRACES)
def test_the_proof_stands_behind_the_tests(suffix: str) -> None:
    """The nonce is written once, and behind the last test."""
    row = ROWS[suffix]
    text = source(suffix, task(suffix).reference(problem(suffix)) or "")
    assert text.count(NONCE) == 1
    last = {"js": "testAdd()", "go": "assert.Equal(3.0", "rust": "tests::test_add()"}
    assert text.index(last.get(suffix, "add(1")) < text.index(NONCE)
    assert row["test"] not in text


def test_python_is_judged_from_another_process() -> None:
    """The published tests call the function; the candidate's file does not hold them."""
    program = task("python").program(problem("python"), "def add(x, y): return 3\n")
    (tests,) = [step.tests for step in program.steps if step.tests]
    assert tests.calls == ("add",)
    assert "check(add)" in tests.source
    assert not any("check(add)" in text for text in program.files.values())


def test_a_javascript_assertion_throws() -> None:
    """`console.assert` only prints: an honest program may do that too."""
    text = source("js", "const add = () => 3\n")
    assert "console.assert" not in text
    assert 'require("node:assert").ok(add(1, 2) === 3)' in text


def test_go_imports_what_is_used() -> None:
    """The prompt's imports, the reply's and the harness's own list: each if used, and once."""
    code = (
        'package main\n\nimport (\n    "math"\n    "sort"\n    str "strings"\n)\n'
        'import "os"\n\n// sort.Ints\n'
        'func Add(x float64, y float64) float64 { _ = str.ToUpper("fmt.x"); return bytes.X }\n'
    )
    text = source("go", code)
    head = text.partition("func Add")[0]
    assert [line for line in head.splitlines() if line.startswith("\t")] == [
        '\t"bytes"',
        '\t"github.com/stretchr/testify/assert"',
        '\t"testing"',
        '\tstr "strings"',
    ]
    assert text.count("package main") == 1


def test_rust_tests_are_called_by_a_main_program() -> None:
    """The published `fn main(){}` gives way to one that calls each test."""
    text = source("rust", "fn main(){}\nfn add(x:i32, y:i32) -> i32 { 3 }\n")
    assert text.count("fn main(") == 1
    assert "pub fn test_add()" in text
    assert flat(text.rpartition("fn main()")[2]).startswith("{tests::test_add();::std::fs::write")


def test_rust_tests_that_are_comments_pass_nothing() -> None:
    """One problem's are: `cargo test` would pass whatever compiles."""
    row = {**RUST, "test": f"/*{RUST['test']}*/"}
    program = task("rust").program(Problem("Rust/32", "rust", row), "fn add() {}\n")
    (text,) = program.files.values()
    end = text.rpartition("fn main()")[2]
    assert "tests::" not in end
    assert end.index("process::exit(1)") < end.index(NONCE)


def test_rust_tests_speak_to_the_rand_that_is_there() -> None:
    """A range was two arguments in rand 0.4 and is one since 0.8."""
    row = {**RUST, "test": RUST["test"].replace("add(1, 2)", "rng.gen_range(b'a', b'z' + 1)")}
    program = task("rust").program(Problem("X/0", "rust", row), "fn add() {}\n")
    (text,) = program.files.values()
    assert "rng.gen_range(b'a'..b'z' + 1)" in text


def test_cpp_tests_call_the_candidate() -> None:
    """`strlen` of a literal is C's own, whatever the candidate wrote."""
    row = {**CPP, "test": CPP["test"].replace("add(1,2)==3", 'strlen("abc") == 3')}
    program = task("cpp").program(
        Problem("CPP/23", "cpp", row), "int strlen(string s){ return 0; }"
    )
    (text,) = program.files.values()
    assert 'assert (strlen(string("abc")) == 3)' in text


def test_cpp_gets_the_headers_it_lacks() -> None:
    """Those of the published list that the code does not include by itself."""
    text = source("cpp", "#include <vector>\nint add(int x,int y){ return 3; }\n")
    assert text.startswith("#include<stdlib.h>\n")
    assert text.count("<vector>") == 1


@pytest.mark.parametrize("suffix", LANGUAGES)
def test_prompts_of_the_modes(suffix: str) -> None:
    """CodeGeeX names the language first; CodeGeeX2 does not, and strips."""
    given = task(suffix).published_prompt(problem(suffix))
    first = task(suffix).prompt(problem(suffix), Style.COMPLETE).text
    second = task(suffix).configured(mode="codegeex2").prompt(problem(suffix), Style.COMPLETE).text
    assert first == f"{_SPOKEN[suffix].tag}\n{given}"
    assert second == given.strip()


@pytest.mark.parametrize("suffix", LANGUAGES)
def test_an_early_exit_of_the_controls_is_a_whole_program(suffix: str) -> None:
    """The language's forbidden bodies stand in a function that ends."""
    for body in ("    panic()\n}\n", "    return;"):
        code = task(suffix).stub(problem(suffix), body) or ""
        assert code.startswith(task(suffix).published_prompt(problem(suffix)))
        if suffix != "python":
            assert _BRACES.depth(code, _SPOKEN[suffix]) == 0


def test_the_java_stub_compiles() -> None:
    """A function that may end without its value would not even be run."""
    code = task("java").stub(problem("java"), "        System.exit(0);") or ""
    assert flat(code).endswith("System.exit(0);thrownull;}}")


def test_the_go_stub_can_exit() -> None:
    """Its package is not in the list that programs get by themselves."""
    assert (task("go").stub(problem("go"), "    os.Exit(0)\n}\n") or "").startswith('import "os"\n')


@pytest.mark.usefixtures("data_dir")
@pytest.mark.data
@pytest.mark.parametrize("suffix", LANGUAGES)
def test_every_function_asked_for_is_known(suffix: str) -> None:
    """All 164 rows have an entry point and a place for the proof."""
    asked = list(task(suffix).problems())
    assert len(asked) == 164
    for each in asked:
        reference = task(suffix).reference(each) or ""
        assert task(suffix).program(each, reference).steps[-1].proof is (suffix != "python")
