"""MultiPL-E: completions cut and closed, chat answers taken whole, the proof in its place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ucb import plugins
from ucb.extract import Extraction, Rule
from ucb.task import Task
from ucb.types import NONCE, Problem, Prompt, Style

NAMES = sorted(name for name in plugins.tasks() if name.startswith("multipl-e/"))
_PUBLISHED: Any = sys.modules["ucb_tasks.multipl_e.published"]
_ANSWERS: Any = sys.modules["ucb_tasks.multipl_e.answers"]

CPP = {
    "name": "HumanEval_53_add",
    "prompt": "#include<assert.h>\n#include<bits/stdc++.h>\n// Add.\nlong add(long x, long y) {\n",
    "tests": "}\nint main() {\n    auto candidate = add;\n    assert(candidate(0, 1) == 1);\n}\n",
    "stop_tokens": ["\n}"],
}
JAVA = {
    "name": "HumanEval_53_add",
    "prompt": (
        "import java.util.*;\nclass Problem {\n    // Add.\n"
        "    public static long add(long x, long y) {\n"
    ),
    "tests": (
        "    }\n    public static void main(String[] args) {\n"
        "    assert(add((0l), (1l)) == (1l));\n    }\n\n}\n"
    ),
    "stop_tokens": ["\n    }\n"],
}
JS = {
    "name": "HumanEval_53_add",
    "prompt": "//Add\nfunction add(x, y){\n",
    "tests": "const assert = require('node:assert');\n\nassert.deepEqual(add(0, 1),1);\n",
    "stop_tokens": ["\nfunction ", "\nconsole.log"],
}
LUA = {
    "name": "HumanEval_53_add",
    "prompt": "-- Add\nlocal function add(x, y)\n",
    "tests": (
        "lu = require('luaunit')\n\nfunction test_humaneval()\nend\n\nos.exit(lu.LuaUnit.run())"
    ),
    "stop_tokens": ["\nlocal", "\n\n"],
}
PHP = {
    "name": "HumanEval_53_add",
    "prompt": "<?php\n// Add\nfunction add($x, $y) {\n",
    "tests": "if (add(0, 1) !== 1) { throw new Exception('Test failed!'); }\n",
    "stop_tokens": ["\nfunction", "\n?>"],
}
D = {
    "name": "HumanEval_53_add",
    "prompt": "import std.math;\n/*\nAdd\n*/\nlong add(long x, long y) \n",
    "tests": "unittest\n{\n    assert(add(0L, 1L) == 1L);\n}\nvoid main(){}",
    "stop_tokens": ["\n\n", "\nvoid"],
}
RACKET = {
    "name": "HumanEval_53_add",
    "prompt": "#lang racket\n;; Add\n(define (add x y)\n",
    "tests": "(require rackunit)\n(check-within (add 0 1) 1 0.001)\n",
    "stop_tokens": ["\n(define ", "\n("],
}
SWIFT = {
    "name": "HumanEval_53_add",
    "prompt": "\n/// Add\nfunc add(x: Int, y: Int) -> Int {\n",
    "tests": "}\n\nassert(add(x: 0, y: 1) == 1)",
    "stop_tokens": ["\n}"],
}
RUBY = {
    "name": "HumanEval_53_add",
    "prompt": "# Add\ndef add(x, y)\n",
    "tests": (
        "require 'test/unit'\nclass TestHumanEval < Test::Unit::TestCase\n  def test_add\n"
        "    assert_equal(1, add(0, 1))\n  end\nend\n"
    ),
    "stop_tokens": ["\ndef", "\n\n"],
}
PERL = {
    "name": "HumanEval_53_add",
    "prompt": "# Add\nsub add {\n    my($x, $y) = @_;\n",
    "tests": (
        "use Test::Deep;\n\nsub testhumaneval {\n        if(eq_deeply(add(0, 1),1)) {\n"
        '        print "ok!" }else{\n        exit 1;\n        }\n}\n\ntesthumaneval();'
    ),
    "stop_tokens": ["\nsub", "\n\n"],
}
BASH = {
    "name": "HumanEval_53_add",
    "prompt": "#!/bin/bash\n# Add\nadd() {\n",
    "tests": (
        '}\n\ncandidate() {\n    add "$@"\n}\n\nset -e\nrun_test() {\n'
        '    [[ $(candidate "0" "1") = "1" ]]\n}\n\nrun_test'
    ),
    "stop_tokens": ["\n}"],
}
PYTHON = {
    "name": "HumanEval_53_add",
    "prompt": 'from typing import List\n\ndef add(x: int, y: int) -> int:\n    """Add (two)."""\n',
    "tests": "def check(candidate):\n    assert candidate(0, 1) == 1\n\ncheck(add)\n",
    "stop_tokens": ["\ndef", "\nclass"],
}
TYPESCRIPT = {
    "name": "HumanEval_53_add",
    "prompt": "//Add\nfunction add(x: number, y: number): number {\n",
    "tests": (
        "declare var require: any;\nconst assert = require('node:assert');\n\n"
        "assert.deepEqual(add(0, 1),1);\n"
    ),
    "stop_tokens": ["\nfunction ", "\nclass"],
}
CSHARP = {
    "name": "HumanEval_53_add",
    "prompt": (
        "using System;\nclass Problem {\n    // Add\n"
        "    //     public static long add(long x, long y) {\n"
    ),
    "tests": (
        "    }\n    public static void Main(string[] args) {\n"
        "    Debug.Assert(add((0L), (1L)) == (1L));\n    }\n\n}\n"
    ),
    "stop_tokens": ["\n    }\n"],
}
OCAML = {
    "name": "HumanEval_53_add",
    "prompt": "(**Add\n*)\nlet add (x : int) (y : int) : int =",
    "tests": "\nlet assertions =\n  (assert ((add 0 1) = 1));\n  ()\n",
    "stop_tokens": ["\n\n", "\nlet"],
}
HASKELL = {
    "name": "HumanEval_53_add",
    "prompt": "-- | Add\nadd :: Int -> Int -> Int\nadd x y =",
    "tests": (
        "\nmain :: IO ()\nmain = do\n  let candidate = add\n"
        '  if candidate 0 1 == 1 then pure () else error "assertion failed"\n  pure ()'
    ),
    "stop_tokens": ["\n\n", "\ndata"],
}
ROWS = {
    "cpp": CPP,
    "cs": CSHARP,
    "hs": HASKELL,
    "ml": OCAML,
    "pl": PERL,
    "py": PYTHON,
    "rb": RUBY,
    "sh": BASH,
    "ts": TYPESCRIPT,
    "d": D,
    "java": JAVA,
    "js": JS,
    "lua": LUA,
    "php": PHP,
    "rkt": RACKET,
    "swift": SWIFT,
}


def task(suffix: str) -> Task:
    return plugins.task(f"multipl-e/humaneval-{suffix}")


def problem(suffix: str) -> Problem:
    return Problem("HumanEval_53_add", suffix, ROWS[suffix])


def extracted(suffix: str, style: Style, text: str) -> Extraction:
    asked = problem(suffix)
    return task(suffix).extract(asked, task(suffix).prompt(asked, style), text)


def source(suffix: str, code: str) -> str:
    (text,) = task(suffix).program(problem(suffix), code).files.values()
    return text


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("cpp", "    return x + y;\n}\n\nint main() { return 1; }"),
        ("java", "        return x + y;\n    }\n\n    public static void main(String[] args) {}"),
        ("js", "    return x + y;\n}\nconsole.log(add(1, 2))"),
        ("lua", "    return x + y\nend\n\nprint(add(1, 2))"),
        ("php", "    return $x + $y;\n}\n?>"),
        ("d", "{\n    return x + y;\n}\n\nvoid main() {}"),
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
        "hs": "  let candidate",
        "java": "(1l));",
        "lua": "os.exit",
        "ml": "\nlet assertions",
        "pl": "exit 1",
        "rb": "  end\nend\n",
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


@pytest.mark.parametrize("suffix", sorted(ROWS))
def test_the_entry_point_is_read_from_the_prompt(suffix: str) -> None:
    """The last line is the signature, in every language."""
    assert _ANSWERS.entry_point(ROWS[suffix]["prompt"]) == "add"


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("# Add\nadd.all <- function(x, y) {", "add.all"),
        ("#lang racket\n(define (is-even? x)\n", "is-even?"),
        ("std::vector<long> split(std::string s) {\n", "split"),
    ],
)
def test_entry_points_of_other_shapes(prompt: str, name: str) -> None:
    """R assigns functions and Racket defines them."""
    assert _ANSWERS.entry_point(prompt) == name


CPP_WHOLE = "#include <bits/stdc++.h>\nlong add(long x, long y) {\n    return x + y;\n}\n"
CPP_MAIN = 'int main() {\n    std::cout << "}" << add(1, 2); // }\n}\n'
CPP_BODY = f"{CPP['prompt']}    return x + y;\n}}\n"
JAVA_FUNCTION = "    public static long add(long x, long y) { return x + y; }\n"
JAVA_MAIN = "    public static void main(String[] args) { assert add(1, 2) == 3; }\n"
JAVA_HEAD = "import java.util.*;\n"
JS_FUNCTION = "function add(x, y) { return x + y; }\n"
LUA_FUNCTION = "function add(x, y) return x + y end\n"
CSHARP_FUNCTION = "    public static long add(long x, long y) { return x + y; }\n"
HASKELL_FUNCTION = "add :: Int -> Int -> Int\nadd x y = x + y\n"
PYTHON_FUNCTION = "def add(x: int, y: int) -> int:\n    return x + y\n"
PHP_FUNCTION = "function add($x, $y) { return $x + $y; }\n"
D_FUNCTION = "long add(long x, long y) { return x + y; }\n"
RACKET_FUNCTION = "(define (add x y) (+ x y))\n"


@pytest.mark.parametrize(
    ("suffix", "block", "wanted"),
    [
        ("cpp", f"{CPP_WHOLE}\n{CPP_MAIN}", f"#include<assert.h>\n{CPP_WHOLE}"),
        ("cpp", "    return x + y;\n", CPP_BODY),
        ("cpp", "    return x + y;\n}\n", CPP_BODY),
        (
            "java",
            f"class Problem {{\n{JAVA_FUNCTION}\n{JAVA_MAIN}}}\n",
            f"{JAVA_HEAD}class Problem {{\n{JAVA_FUNCTION}",
        ),
        (
            "java",
            f"public class Solution {{\n{JAVA_FUNCTION}}}\nclass Pair {{}}\n",
            f"{JAVA_HEAD}class Pair {{}}\npublic class Problem {{\n{JAVA_FUNCTION}",
        ),
        ("java", JAVA_FUNCTION, f"{JAVA_HEAD}class Problem {{\n{JAVA_FUNCTION}"),
        (
            "js",
            f"const assert = require('assert');\n{JS_FUNCTION}assert(add(1, 2));\n",
            f"const own_assert = require('assert');\n{JS_FUNCTION}own_assert(add(1, 2));\n",
        ),
        ("lua", f"{LUA_FUNCTION}return add\n", LUA_FUNCTION),
        ("php", f"{PHP_FUNCTION}?>\n", f"<?php\n{PHP_FUNCTION}"),
        (
            "cs",
            f"class Problem {{\n{CSHARP_FUNCTION}static void Main() {{ add(1, 2); }}\n}}\n",
            f"using System;class Problem {{\n{CSHARP_FUNCTION}",
        ),
        (
            "hs",
            f"module Add where\n{HASKELL_FUNCTION}main :: IO ()\nmain = do\n  print (add 1 2)\n",
            HASKELL_FUNCTION,
        ),
        ("py", PYTHON_FUNCTION, f"from typing import List\n{PYTHON_FUNCTION}"),
        (
            "ts",
            f"import assert from 'assert';\n{JS_FUNCTION}",
            f"import own_assert from 'assert';\n{JS_FUNCTION}",
        ),
        (
            "d",
            f"{D_FUNCTION}unittest {{ assert(add(1, 2) == 4); }}\nvoid main() {{ }}\n",
            f"import std.math;\n{D_FUNCTION}",
        ),
        ("rkt", RACKET_FUNCTION, f"#lang racket\n{RACKET_FUNCTION}"),
        ("swift", "    return x + y\n}\n", f"{SWIFT['prompt']}    return x + y\n}}\n"),
    ],
)
def test_a_good_answer_is_kept(suffix: str, block: str, wanted: str) -> None:
    """A whole program keeps its function and loses its main; a body goes behind the prompt."""
    reply = f"Here it is:\n\n```{suffix}\n{block}```\n\nIt adds.\n"
    assert flat(extracted(suffix, Style.CHAT, reply).code) == flat(wanted)


def test_a_signature_in_a_comment_is_put_right() -> None:
    """The C# file of HumanEval has every signature in a comment: no body could compile."""
    found = extracted("cs", Style.COMPLETE, "        return x + y;")
    assert "\n    public static long add(long x, long y) {\n" in found.code
    assert "    // Add\n" in found.code
    assert task("cs").published_prompt(problem("cs")) == CSHARP["prompt"]


UNION = "union Union_long_bool{\n    long f0;\n    bool f1;\n};\n"
ENUM = "enum Value: Equatable, Hashable {\n    case intValue(Int)\n}\n"


@pytest.mark.parametrize("code", [CPP_WHOLE, CPP_WHOLE.replace("long add", f"{UNION}long add")])
def test_a_type_of_the_prompt_is_put_back(code: str) -> None:
    """C++ prompts define the unions of their signatures, and replies may leave them out."""
    row = {**CPP, "prompt": CPP["prompt"].replace("// Add", f"{UNION}// Add")}
    asked = Problem("p", "cpp", row)
    prompt = task("cpp").prompt(asked, Style.CHAT)
    found = task("cpp").extract(asked, prompt, f"```cpp\n{code}```").code
    assert found.count("union Union_long_bool") == 1
    assert found.index("bits/stdc++.h") < found.index("union") < found.index("long add")


@pytest.mark.parametrize("given", ["", ENUM])
def test_a_swift_enum_of_the_prompt_is_put_back(given: str) -> None:
    """Once, with what the prompt says of other types, whether a reply repeats it or not."""
    extension = "extension Int: Error {}\n"
    row = {**SWIFT, "prompt": f"{ENUM}{extension}{SWIFT['prompt']}"}
    asked = Problem("p", "swift", row)
    code = f"{given}func add(x: Int, y: Int) -> Int {{ return x + y }}\n"
    prompt = task("swift").prompt(asked, Style.CHAT)
    found = task("swift").extract(asked, prompt, f"```swift\n{code}```").code
    assert (found.count("enum Value"), found.count(extension)) == (1, 1)


def test_an_answer_without_a_fence_is_kept() -> None:
    """What stands before the end of its thoughts is no part of it."""
    found = extracted("js", Style.CHAT, f"<think>function add</think>{JS_FUNCTION}")
    assert (found.code, found.rules) == (JS_FUNCTION, (Rule.REASONING, Rule.NO_FENCE))


def test_a_reply_without_code_is_no_code() -> None:
    """Prose that never names the function is no answer."""
    assert extracted("js", Style.CHAT, "I cannot help with that.").rules[-1] == Rule.NO_CODE


def test_a_call_of_the_function_is_not_its_definition() -> None:
    """The longer block that has the name is the answer."""
    text = "```js\nadd(1, 2)\n```\nand\n```js\nfunction add(x, y) { return x + y; }\n```\n"
    assert "return" in extracted("js", Style.CHAT, text).code


@pytest.mark.data
@pytest.mark.parametrize("name", NAMES)
def test_every_problem_has_its_proof(name: str, data_dir: Path) -> None:
    """All rows are there, and the end of each one's tests is found."""
    each = plugins.task(name)
    problems = list(each.problems())
    source_name, suffix = name.removeprefix("multipl-e/").split("-")
    assert len(problems) == _PUBLISHED.ROWS[source_name][suffix][0]
    for asked in problems:
        (text,) = each.program(asked, "").files.values()
        assert text.count(NONCE) == 1, asked.id
        assert _ANSWERS.entry_point(asked.row["prompt"]), asked.id
        prompt = each.prompt(asked, Style.COMPLETE)
        assert isinstance(prompt, Prompt)
        assert prompt.stop


@pytest.mark.data
@pytest.mark.parametrize("suffix", sorted(_PUBLISHED.SELF_TESTS))
def test_upstreams_self_test_is_known(suffix: str, data_dir: Path) -> None:
    """Its first completion must pass and its second must not."""
    each = task(suffix)
    known = [found for asked in each.problems() if (found := each.known(asked))]
    assert [[must for _, must in found.values()] for found in known] == [[True, False]]
