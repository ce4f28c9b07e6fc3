"""A made-up problem of every language of MultiPL-E, in the shape of its file, and what tests do."""

from __future__ import annotations

import sys
from typing import Any

from ucb import plugins
from ucb.extract import Extraction
from ucb.task import Task
from ucb.types import Problem, Style

NAMES = sorted(name for name in plugins.tasks() if name.startswith("multipl-e/"))
PUBLISHED: Any = sys.modules["ucb_tasks.multipl_e.published"]
ANSWERS: Any = sys.modules["ucb_tasks.multipl_e.answers"]

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
GO = {
    "name": "HumanEval_53_add",
    "prompt": (
        'package add_test\n\nimport (\n    "testing"\n    "fmt"\n)\n\n'
        "// Add\nfunc add(x int, y int) int {\n"
    ),
    "tests": (
        "func TestAdd(t *testing.T) {\n  candidate := add\n"
        '  if fmt.Sprintf("%v", candidate(0, 1)) != "1" {\n    t.Errorf("not 1")\n  }\n}\n'
    ),
    "stop_tokens": ["\nfunc", "struct"],
}
SCALA = {
    "name": "HumanEval_53_add",
    "prompt": (
        "import scala.math._\nobject Problem {\n    // Add\n"
        "    def add(x : Long, y : Long) : Long = {\n"
    ),
    "tests": (
        "    }\n    def main(args: Array[String]) = {\n"
        "    assert(add((0l), (1l)) == (1l));\n    }\n\n}\n"
    ),
    "stop_tokens": ["\n    }\n"],
}
ELIXIR = {
    "name": "HumanEval_53_add",
    "prompt": (
        "# Add\n\ndefmodule HumanEval do\n  def candidate(x, y), do: add(x, y)\n"
        "  def add(x, y) do\n    "
    ),
    "tests": (
        "ExUnit.start()\ndefmodule HumanEvalTest do\n  use ExUnit.Case, async: true\n"
        "  test 'add' do\n    assert 1 == HumanEval.candidate(0, 1)\n  end\nend\n"
    ),
    "stop_tokens": ["\ndefmodule", "\ndef ", "\n\n"],
}
ROWS = {
    "cpp": CPP,
    "cs": CSHARP,
    "elixir": ELIXIR,
    "go": GO,
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
    "scala": SCALA,
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
