"""MultiPL-E's chat answers: taken whole, mended where the tests behind them would break."""

from __future__ import annotations

import pytest

from tests.unit.multipl_e_rows import ANSWERS, CPP, ELIXIR, GO, ROWS, SWIFT, extracted, flat, task
from ucb.extract import Rule
from ucb.types import Problem, Style


@pytest.mark.parametrize("suffix", sorted(ROWS))
def test_the_entry_point_is_read_from_the_prompt(suffix: str) -> None:
    """The last line is the signature, in every language."""
    assert ANSWERS.entry_point(ROWS[suffix]["prompt"]) == "add"


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
    assert ANSWERS.entry_point(prompt) == name


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
GO_FUNCTION = "func add(x, y int) int { return x + int(math.Abs(float64(y))) } // os.Exit\n"
GO_TEST = "func TestAdd(t *testing.T) { t.Log(add(1, 2)) }\n"
GO_IMPORTS = 'import "math"\nimport (\n    "os" // To end.\n    r "math/rand"\n)\n'
GO_MERGED = 'import ("fmt" "math" "testing" r "math/rand")'
GO_BARE = 'import ("fmt" "testing")'
SCALA_HEAD = "import scala.math._\n"
SCALA_FUNCTION = "    def add(x: Long, y: Long): Long = x + y\n"
SCALA_MAIN = "    def main(args: Array[String]): Unit = {\n        println(add(1, 2))\n    }\n"
ELIXIR_HEAD = "defmodule HumanEval do\n  def candidate(x, y), do: add(x, y)\n"
ELIXIR_MAIN = "Own.add(1, 2)\nExUnit.start()\ndefmodule OwnTest do\n  use ExUnit.Case\nend\n"
ELIXIR_FUNCTION = "  def add(x, y) do\n    x + y\n  end\n"
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
        (
            "go",
            f"package main\n{GO_IMPORTS}{GO_FUNCTION}{GO_TEST}func main() {{ os.Exit(0) }}\n",
            f"package add_test\n{GO_MERGED}{GO_FUNCTION}",
        ),
        ("go", GO_FUNCTION, f"package add_test\n{GO_BARE}{GO_FUNCTION}"),
        (
            "scala",
            f"object Solution extends App {{\n{SCALA_FUNCTION}    println(add(1, 2))\n}}\n",
            f"{SCALA_HEAD}object Problem {{\n{SCALA_FUNCTION}    println(add(1, 2))\n",
        ),
        (
            "scala",
            f"object Problem {{\n{SCALA_FUNCTION}{SCALA_MAIN}}}\ncase class Pair(x: Long)\n",
            f"{SCALA_HEAD}case class Pair(x: Long)\nobject Problem {{\n{SCALA_FUNCTION}",
        ),
        ("scala", SCALA_FUNCTION, f"{SCALA_HEAD}object Problem {{\n{SCALA_FUNCTION}"),
        ("elixir", ELIXIR_FUNCTION, f"{ELIXIR_HEAD}{ELIXIR_FUNCTION}end\n"),
        (
            "elixir",
            f"defmodule Other do\nend\ndefmodule Own do\n{ELIXIR_FUNCTION}end\n{ELIXIR_MAIN}",
            f"defmodule Other do\nend\n{ELIXIR_HEAD}{ELIXIR_FUNCTION}end\nHumanEval.add(1, 2)\n",
        ),
        ("elixir", "    x + y\n  end\nend\n", f"{ELIXIR['prompt']}x + y end end"),
        ("rkt", RACKET_FUNCTION, f"#lang racket\n{RACKET_FUNCTION}"),
        ("swift", "    return x + y\n}\n", f"{SWIFT['prompt']}    return x + y\n}}\n"),
    ],
)
def test_a_good_answer_is_kept(suffix: str, block: str, wanted: str) -> None:
    """A whole program keeps its function and loses its main; a body goes behind the prompt."""
    reply = f"Here it is:\n\n```{suffix}\n{block}```\n\nIt adds.\n"
    assert flat(extracted(suffix, Style.CHAT, reply).code) == flat(wanted)


def test_what_a_go_answer_gets_is_named() -> None:
    """The package and imports of the prompt, unless the answer has them; an empty one stays so."""
    head, _, function = GO["prompt"].partition("// Add")
    for given, rules in ((f"{head}{function}}}\n", ()), (GO_FUNCTION, (Rule.PREAMBLE,))):
        found = extracted("go", Style.CHAT, f"```go\n{given}```")
        assert found.rules == (Rule.FENCED, *rules)
    assert not extracted("go", Style.CHAT, "```go\nfunc main() { add(1, 2) }\n```").code


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
