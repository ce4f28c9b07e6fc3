"""What of a Java project is compiled anew changes no verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.contract import java_projects as demo
from tests.contract import sandboxes
from ucb.project.java.suite import REPORT, Suite
from ucb.sandbox import Sandbox

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with one project."""
    yield from demo.stored(tmp_path_factory)


@pytest.fixture(scope="module")
def sandbox(tree: str) -> Iterator[Sandbox]:
    """One room, so that all programs meet the same compiler."""
    yield from sandboxes.room_of("java-projects")


@pytest.fixture
def suite(tree: str) -> Suite:
    """The project's tests."""
    return demo.suite(tree)


def _with(file: str, find: str, put: str) -> dict[str, str]:
    text = demo.FILES[file]
    assert find in text
    return {file: text.replace(find, put)}


_EDITIONS: dict[str, dict[str, str]] = {
    "nothing": {},
    "a body": {demo.COUNTER: demo.BUGGY},
    "a comment": _with(demo.LIMITS, " = 10;", " = /* ten */\n  10; // MOST"),
    "no comment": _with(demo.LIMITS, "MOST = 10", 'MOST = 10 + "//".length()'),
    "a constant": _with(demo.LIMITS, "MOST = 10", "MOST = 3"),
    "a constant of a test": _with(demo.TEST, "FIRST = 3", "FIRST = 4"),
    "an overload": _with(
        demo.LIMITS,
        "public Object made",
        "public String name(String s) { return s; }\n Object made",
    ),
    "another type": _with(demo.LIMITS, "int MOST = 10", "long MOST = 10"),
    "an inner class gone": _with(demo.LIMITS, "class Inner", "class Outer"),
    "a constant more": _with(demo.LEVEL, "LOW, HIGH", "NONE, LOW, HIGH"),
    "a method gone": _with(demo.LEVEL, "Level of", "Level off"),
    "anonymous classes": _with(
        demo.LIMITS, "Object first", "Object none = new Object() { };\n        Object first"
    ),
    "no anonymous class": _with(demo.LIMITS, "return first;", 'return "first";'),
    "a test gone": {demo.OLD: "// Left out.\n"},
    "a test gone that is named": {demo.TEST: "// Left out.\n"},
    "a shadow": {demo.NEW: "package demo;\nclass Test { }\n"},
    "a type twice": {demo.NEW: "package demo;\nclass NewTest { }\nclass OldTest { }\n"},
    "a new test": {
        demo.NEW: "package demo;\nimport org.junit.jupiter.api.*;\nclass NewTest {\n"
        "  @Test void right() { Assertions.assertEquals(1, new Counter().add(1)); }\n"
        "  @Test void wrong() { Assertions.assertEquals(1, new Counter().add(2)); }\n}\n"
    },
    "a new test that does not compile": {
        demo.NEW: "package demo;\nclass NewTest { int x = y; }\n",
    },
    "no end": {demo.COUNTER: demo.FILES[demo.COUNTER].rstrip()[:-1]},
    "two files": {
        demo.COUNTER: demo.BUGGY,
        **_with(demo.LEVEL, "static Level of(int", "static Level of(long"),
    },
    "a name in escapes": {
        **_with(demo.LIMITS, "class Inner", "class Other"),
        demo.NEW: "package demo;\nclass NewTest { Object o = new Limits.\\u0049nner(); }\n",
    },
}


@pytest.mark.parametrize("name", _EDITIONS)
def test_an_edition_is_as_if_all_of_it_were_compiled(
    sandbox: Sandbox, suite: Suite, name: str
) -> None:
    """What is left as it was changes no verdict, nor what comes of any test."""
    found = []
    for each in (suite, replace(suite, mode="plain")):
        report = each.report(_EDITIONS[name])
        program = replace(report, steps=(each.compiles(_EDITIONS[name]), *report.steps))
        verdict, execution = demo.run(sandbox, program)
        outcomes = json.loads(execution.files.get(REPORT, "{}")).get("outcomes")
        found.append((verdict.stage, verdict.reason, outcomes))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("nothing", 0),
        ("a body", 1),
        ("a comment", 1),
        ("a new test", 1),
        ("a test gone", 1),
        ("a constant of a test", 2),
        ("a constant", 5),
    ],
)
def test_only_what_may_differ_is_compiled(
    sandbox: Sandbox, suite: Suite, name: str, count: int
) -> None:
    """A body or a new test alone; everything where a constant may be in other classes."""
    _, execution = demo.run(sandbox, suite.program(suite.compiles(_EDITIONS[name])))
    word = "file" if count == 1 else "files"
    assert execution.steps[0].stdout == f"{count} {word} compiled\n"
