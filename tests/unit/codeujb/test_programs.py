"""CodeUJB's programs: an answer in its place, and the commands that decide about it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import codeujb_rows
from tests.unit.codeujb.asking import WRITING, first, module, task
from ucb.defects4j.suite import COVERAGE, OBSERVED, TOOLCHAIN
from ucb.errors import ConfigError
from ucb.project import TREES, store
from ucb.types import Completion, Key, Program, Reason, Stage, Style


def test_lines_are_counted_from_0_and_both_ends_are_replaced() -> None:
    """`start` and `end` are inclusive, and an answer may have any number of lines."""
    row = {"location": "A.java", "source": "a\nb\nc\nd\n", "start": 1, "end": 2}
    spliced = module("shared").spliced
    assert spliced(row, "x\ny\nz") == {"A.java": "a\nx\ny\nz\nd\n"}
    assert spliced({**row, "start": 0, "end": 0}, "x") == {"A.java": "x\nb\nc\nd\n"}
    assert spliced({**row, "start": 3, "end": 3}, "x") == {"A.java": "a\nb\nc\nx\n"}


@pytest.mark.parametrize("name", WRITING)
def test_references_make_the_published_file_again(data: Path, name: str) -> None:
    """The right function in its place is the fixed version."""
    asked = task(name, data)
    for problem in asked.problems():
        row = problem.row
        sides = ("_fixed", "_buggy") if name == "testgenissue" else ("",)
        for side in sides:
            files = module("shared").spliced(row, asked.reference(problem), side)
            path = row[f"location{side}"]
            assert files == {path: codeujb_rows.text(path)}


def _steps(program: Program) -> list[tuple[str, str, Stage]]:
    """Each step's tree, what it does, and what it proves."""
    found = []
    for step in program.steps:
        words = step.argv[step.argv.index("main.py") + 1 :]
        if words[0] == "--seconds":
            words = words[2:]
        assert step.tree is not None
        found.append((step.tree.name, " ".join(words), step.proves))
    return found


@pytest.mark.parametrize("name", ["complete", "repair"])
def test_a_function_is_run_in_the_fixed_version(
    data: Path, name: str, copies: list[tuple[str, str, str]]
) -> None:
    """Compiled, its named tests, all tests: also a repair, whose function is replaced."""
    asked = task(name, data)
    problem = first(asked)
    program = asked.program(problem, asked.reference(problem))
    tests = " ".join(each.strip() for each in problem.row["testmethods"])
    assert _steps(program) == [
        ("tree-f", "compile", Stage.COMPILED),
        ("tree-f", f"pass {tests}", Stage.TRIGGERED),
        ("tree-f", "all", Stage.PASSED),
    ]
    assert copies == [("Till", "1", "f")]
    assert all(step.proof for step in program.steps)
    assert program.steps[0].tree is not None
    assert program.steps[0].tree.files == {
        codeujb_rows.MONEY: codeujb_rows.text(codeujb_rows.MONEY)
    }


def test_a_test_is_compiled_and_covers(data: Path, copies: list[tuple[str, str, str]]) -> None:
    """Its first test method alone, over each class once."""
    asked = task("testgen", data)
    problem = first(asked)
    program = asked.program(problem, asked.reference(problem))
    assert _steps(program) == [
        ("tree-f", "compile", Stage.COMPILED),
        ("tree-f", "cover org.till.MoneyTest::testSumOfAll org.till.Money", Stage.PASSED),
    ]
    assert program.collect == (COVERAGE,)


def test_a_test_from_a_report_is_run_in_both_versions(
    data: Path, copies: list[tuple[str, str, str]]
) -> None:
    """It must compile in both, fail with the bug, and pass without and cover a line."""
    asked = task("testgenissue", data)
    problem = first(asked)
    test = "org.till.MoneyTest::testSumOfAll"
    assert _steps(asked.program(problem, asked.reference(problem))) == [
        ("tree-f", "compile", Stage.COMPILED),
        ("tree-b", "compile", Stage.COMPILED),
        ("tree-b", f"fail {test}", Stage.TRIGGERED),
        ("tree-f", f"cover {test} org.till.Money", Stage.PASSED),
    ]
    assert sorted(copies) == [("Till", "1", "b"), ("Till", "1", "f")]


@pytest.mark.parametrize(
    ("name", "orders"),
    [
        ("complete", [
            ("tree-f", "org.till.MoneyTest::testSumOfAll", 120.0, None, True),
            ("tree-f", "org.till.MoneyTest::testSumOfNothing", 120.0, None, True),
            ("tree-f", None, 180.0, None, True),
        ]),
        ("repair", [
            ("tree-f", "org.till.MoneyTest::testSumOfAll", 180.0, None, True),
            ("tree-f", None, 240.0, None, True),
        ]),
        ("testgen", [
            ("tree-f", "org.till.MoneyTest::testSumOfAll", 120.0, None, False),
            ("tree-f", "org.till.MoneyTest::testSumOfAll", 180.0, ["org.till.Money"], True),
        ]),
        ("testgenissue", [
            ("tree-f", "org.till.MoneyTest::testSumOfAll", 10.0, None, False),
            ("tree-b", "org.till.MoneyTest::testSumOfAll", 10.0, None, False),
            ("tree-f", "org.till.MoneyTest::testSumOfAll", 10.0, ["org.till.Money"], False),
        ]),
    ],
)  # fmt: skip
def test_the_ancestors_commands_and_limits(
    data: Path, name: str, orders: list[Any], copies: list[tuple[str, str, str]]
) -> None:
    """Each with its wall seconds, compilation included; none stops what comes after it."""
    asked = task(name, data, "ucb")
    problem = first(asked)
    program = asked.program(problem, asked.reference(problem))
    assert program.collect == (OBSERVED,)
    found = []
    for tree, words, _ in _steps(program):
        action, _, order = words.partition(" ")
        assert action == "observe"
        told = json.loads(order)
        found.append((tree, told["test"], told["seconds"], told["classes"], told["unless_failed"]))
    assert found == orders


@pytest.mark.parametrize("mode", ["strict", "ucb"])
@pytest.mark.parametrize("name", WRITING)
def test_what_makes_no_java_file_is_a_syntax_error_and_runs_nothing(
    data: Path, name: str, mode: str
) -> None:
    """By tree-sitter, or by javalang as the published harness does; nothing is no answer."""
    pytest.importorskip("javalang")
    asked = task(name, data, mode)
    problem = first(asked)
    completion = Completion(Key(problem.id, 0), "")
    right = asked.reference(problem)
    assert asked.decide(problem, right, completion) is None
    for wrong in (right[:-1], right.replace("(", "((", 1), f"{right}\n}}"):
        verdict = asked.decide(problem, wrong, completion)
        assert verdict is not None
        assert (verdict.stage, verdict.reason) == (Stage.NOTHING, Reason.SYNTAX)
    assert asked.decide(problem, " \n", completion) is None


def test_the_ancestors_parser_knows_java_8_alone(data: Path) -> None:
    """A text block is a syntax error to it, and none to the default."""
    pytest.importorskip("javalang")
    newer = '    public static int sum(int[] values) {\n        String s = """\n"\n""";\n    }'
    completion = Completion(Key("p", 0), "")
    asked = task("complete", data)
    assert asked.decide(first(asked), newer, completion) is None
    asked = task("complete", data, "ucb")
    assert asked.decide(first(asked), newer, completion) is not None


def test_without_the_ancestors_parser_its_mode_says_what_to_install(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other parser stands in for it silently."""
    monkeypatch.setitem(sys.modules, "javalang", None)
    asked = task("complete", data, "ucb")
    with pytest.raises(ConfigError, match=r"pip install 'ucb\[codeujb\]'"):
        asked.decide(first(asked), "x", Completion(Key("p", 0), ""))


@pytest.mark.parametrize("name", WRITING)
def test_a_stub_is_the_function_with_another_body(data: Path, name: str) -> None:
    """For the controls of a toolchain."""
    asked = task(name, data)
    problem = first(asked)
    stub = asked.stub(problem, "        throw null;")
    head = asked.reference(problem).split("\n")[0]
    assert stub == f"{head}\n        throw null;\n    }}"


@pytest.mark.parametrize("name", WRITING)
def test_known_completions_are_taken_as_functions(data: Path, name: str) -> None:
    """Whatever the prompt ends with, in both modes; none of them may pass."""
    for mode in ("strict", "ucb"):
        asked = task(name, data, mode)
        for problem in asked.problems():
            for text, must_pass in asked.known(problem).values():
                assert not must_pass
                prompt = asked.prompt(problem, Style.COMPLETE)
                code = asked.extract(problem, prompt, text).code
                assert code.strip().startswith("public ")
                assert code.count("{") == code.count("}") > 0


@pytest.mark.parametrize(("mode", "built"), [("strict", True), ("ucb", False)])
@pytest.mark.parametrize(
    ("name", "versions"), [("repair", "f"), ("testgen", "f"), ("testgenissue", "bf")]
)
def test_working_copies_are_the_users_own(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    versions: str,
    mode: str,
    built: bool,
) -> None:
    """Made before the first program; the ancestor's are unbuilt, as its limits are for both."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{codeujb_rows.STUB / 'tools'}:{os.environ['PATH']}")
    asked = task(name, data, mode, defects4j=str(codeujb_rows.STUB))
    problem = first(asked)
    asked.prepare([problem], lambda programs: iter(()))
    made = sorted(path.name for path in (store() / TREES).iterdir())
    middle = "" if built else "-unbuilt"
    assert [each[: each.rindex("-")] for each in made] == [
        f"defects4j-Till-1{version}{middle}" for version in versions
    ]
    asked.materialise(problem)
    program = asked.program(problem, asked.reference(problem))
    assert {step.tree.name for step in program.steps if step.tree} == set(made)
    assert sorted(path.name for path in (store() / TREES).iterdir()) == made
    assert list(asked.brought()) == [TOOLCHAIN]
