"""A candidate's source file and the published tests, made into one program that proves its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ucb.languages import language
from ucb.types import Limits, Program, Tests

from .braces import bare, signature
from .published import GO_IMPORTS, PYTHON_IMPORTS, Spoken

_GO_IMPORT = re.compile(r'^import\s*(?:\((.*?)\)|((?:[\w.]+\s+)?"[^"\n]+"))', re.DOTALL | re.M)
_GO_SPEC = re.compile(r'([\w.]+\s+)?"([^"\n]+)"')
_CPP_STRLEN = re.compile(r'\bstrlen\(("\w*")\)')
_RUST_TEST = re.compile(r"#\[test\]((?:\s|//[^\n]*\n)*)fn (\w+)\(\)")
_RUST_RANGE = re.compile(r"\bgen_range\(([^,()]+), ([^,()]+)\)")
_NO_TESTS = (
    '    eprintln!("all tests of this problem are comments");\n    ::std::process::exit(1);\n'
)
"""What must not pass, though `cargo test` passes what has no tests."""

Row = Mapping[str, Any]


def program(
    row: Row, spoken: Spoken, code: str, solution: str, limits: Limits | None = None
) -> Program:
    """
    Assemble what must run to decide whether `code`, a whole source file, is right.

    `solution` is the row's own, from which Python tests take their helpers.
    Without `limits` the language's own hold.
    """
    toolchain = language(spoken.suffix)
    if spoken.suffix == "python":
        tests = Tests(
            str(row["test"]),
            calls=(entry_point(row, solution, spoken),),
            setup=PYTHON_IMPORTS + solution,
        )
        return toolchain.program(PYTHON_IMPORTS + code, tests=tests, limits=limits)
    source, suite = _PARTS[spoken.suffix](row, code, spoken)
    return toolchain.program(
        source.rstrip("\n") + "\n", suite=suite, mode=spoken.mode, limits=limits
    )


def entry_point(row: Row, given: str, spoken: Spoken) -> str:
    """Return the name of the function asked for, which the file `given` ends in."""
    if "entry_point" in row:
        return str(row["entry_point"])
    if spoken.suffix == "python":
        return str(re.findall(r"^def (\w+)", given, re.MULTILINE)[-1])
    found = re.search(r"\bconst (\w+)|(\w+)\s*(?:<[^(]*>)?\(", signature(given, spoken))
    return next(filter(None, found.groups())) if found else ""


def _cpp(row: Row, code: str, spoken: Spoken) -> tuple[str, str]:
    present = {"".join(line.split()) for line in code.splitlines()}
    missing = [line for line in spoken.given if "".join(line.split()) not in present]
    # As sandboxes/cpp expects it to begin.
    suite = str(row["test"]).replace("int main(){", "int main() {")
    # The tests of problem 23 would call C's function, which takes a literal as it is.
    suite = _CPP_STRLEN.sub(r"strlen(string(\1))", suite)
    return "\n".join([*missing, code]), suite


def _java(row: Row, code: str, spoken: Spoken) -> tuple[str, str]:  # noqa: ARG001
    # The name of the file is sandboxes/java's, and a public class is called like it.
    return code, str(row["test"]).replace("public class Main", "public class Problem")


def _js(row: Row, code: str, spoken: Spoken) -> tuple[str, str]:  # noqa: ARG001
    # `console.assert` only prints, and the published harness fails whatever prints.
    return code, str(row["test"]).replace("console.assert(", 'require("node:assert").ok(')


def _go(row: Row, code: str, spoken: Spoken) -> tuple[str, str]:
    setup, suite = str(row["test_setup"]), str(row["test"])
    body = re.sub(r"^package \w+\s*$", "", _GO_IMPORT.sub("", code), flags=re.MULTILINE)
    used = bare(body + suite, spoken)
    given = "\n".join(one or many for many, one in _GO_IMPORT.findall(setup + "\n" + code))
    specs = {(name.strip(), path) for name, path in _GO_SPEC.findall(given)}
    paths = {path for _, path in specs}
    specs |= {("", path) for path in GO_IMPORTS if path not in paths}
    lines = sorted(
        f'\t{name} "{path}"'.replace("\t ", "\t")
        for name, path in specs
        if name in ("_", ".") or re.search(rf"\b{name or _package(path)}\.", used)
    )
    return "\n".join(["package main", "", "import (", *lines, ")", "", body]), suite


def _package(path: str) -> str:
    return next(part for part in reversed(path.split("/")) if not re.fullmatch(r"v\d+", part))


def _rust(row: Row, code: str, spoken: Spoken) -> tuple[str, str]:
    # The harness of `cargo test` runs every test and then ends the program: nothing
    # can stand behind them. So a main program calls them.
    tests = str(row["test"]).replace("#[cfg(test)]", "")
    calls = "".join(f"    tests::{name}();\n" for _, name in _RUST_TEST.findall(tests))
    if "mod tests" not in bare(tests, spoken):
        calls = _NO_TESTS
    # The tests of two problems are written for rand 0.4.
    suite = _RUST_RANGE.sub(r"gen_range(\1..\2)", _RUST_TEST.sub(r"\1pub fn \2()", tests))
    own = re.sub(r"^fn main\(\)\s*\{\s*\}", "", code, flags=re.MULTILINE)
    return own, f"{suite.rstrip()}\nfn main() {{\n{calls}}}\n"


_PARTS: Mapping[str, Callable[[Row, str, Spoken], tuple[str, str]]] = {
    "cpp": _cpp, "go": _go, "java": _java, "js": _js, "rust": _rust,
}  # fmt: skip
