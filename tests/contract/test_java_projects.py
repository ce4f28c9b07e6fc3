"""A Java project's own tests decide, and what they run cannot cheat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract import java_projects as demo
from tests.contract import projects, sandboxes
from ucb.errors import SandboxError
from ucb.project import TREES, measures, store
from ucb.project.java.suite import COVERAGE, REPORT, Project, Suite, prepare
from ucb.sandbox import Sandbox
from ucb.types import Reason, Stage

pytestmark = pytest.mark.docker

_RIGHT = demo.FILES[demo.COUNTER]
_ONCE = """} @RepeatedTest(2) void once(RepetitionInfo info) {
    if (info.getCurrentRepetition() == 1) fail();
    throw new RuntimeException();"""
"""Of two invocations one fails as a test does."""


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


@pytest.mark.parametrize(
    ("text", "group", "stage", "reason"),
    [
        (_RIGHT, [demo.SMALL, demo.LARGE], Stage.PASSED, Reason.PASSED),
        (_RIGHT, [f"{demo.T}$Full"], Stage.PASSED, Reason.PASSED),
        (_RIGHT, ["demo.OldTest", f"{demo.T}$Full#stays"], Stage.PASSED, Reason.PASSED),
        (demo.BUGGY, [demo.SMALL], Stage.PASSED, Reason.PASSED),
        (demo.BUGGY, [demo.SMALL, demo.LARGE], Stage.COMPILED, Reason.WRONG),
        (_RIGHT, [demo.T], Stage.COMPILED, Reason.WRONG),
        (_RIGHT.replace("return value;", "return value"), [demo.SMALL],
         Stage.EXTRACTED, Reason.SYNTAX),
        (_RIGHT.replace("Level.of", "Level.off"), [demo.SMALL],
         Stage.EXTRACTED, Reason.COMPILE),
        (_RIGHT, [f"{demo.T}#skipped"], Stage.COMPILED, Reason.WRONG),
        (_RIGHT, [f"{demo.T}#gone"], Stage.COMPILED, Reason.NO_TESTS),
        (_RIGHT, ["demo.Gone"], Stage.COMPILED, Reason.NO_TESTS),
        (_RIGHT, [], Stage.COMPILED, Reason.NO_TESTS),
    ],
)  # fmt: skip
def test_the_tests_of_a_group_decide(
    sandbox: Sandbox, suite: Suite, text: str, group: list[str], stage: Stage, reason: Reason
) -> None:
    """All of them, run and passed; a skipped or missing one is no pass."""
    verdict = demo.passing(sandbox, replace(suite, groups={"two": group}), text)
    assert (verdict.stage, verdict.reason) == (stage, reason), verdict


_HOSTILE = {
    "exit": ("System.exit(0);", Reason.STOPPED_EARLY),
    "halt": ("Runtime.getRuntime().halt(0);", Reason.STOPPED_EARLY),
    "exit in a thread": (
        (
            "Thread t = new Thread(() -> System.exit(0)); t.start();"
            "try { t.join(); } catch (InterruptedException e) { }"
        ),
        Reason.STOPPED_EARLY,
    ),
    "halt in a hook": (
        (
            "Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));"
            "System.exit(1);"
        ),
        Reason.STOPPED_EARLY,
    ),
    "wrong proof": (
        (
            'try (var out = new java.io.FileOutputStream("/dev/fd/3")) { out.write(new byte[16]); }'
            "catch (java.io.IOException e) { }"
        ),
        Reason.STOPPED_EARLY,
    ),
    "no end": ("while (true) { }", Reason.TIMEOUT),
    "flood": (
        'String line = "x".repeat(1 << 16); while (true) { System.out.println(line); }',
        Reason.OUTPUT,
    ),
    "memory": (
        "var all = new java.util.ArrayList<int[]>(); while (true) { all.add(new int[1 << 22]); }",
        Reason.MEMORY,
    ),
}
_READS = {
    "the proof": 'java.nio.file.Files.readString(java.nio.file.Path.of("/tmp/work/proof"))',
    "the store": 'java.nio.file.Files.list(java.nio.file.Path.of("/projects/trees")).count()',
    "another tree": "java.nio.file.Files.list("
    'java.nio.file.Path.of("/projects/trees/TREE")).count()',
    "a test": 'java.nio.file.Files.writeString(java.nio.file.Path.of("/tmp/project/FILE"), "")',
    "the classes": "java.nio.file.Files.write("
    'java.nio.file.Path.of("/tmp/project/.ucb-classes"), new byte[0])',
    "a new class": "java.nio.file.Files.createDirectory("
    'java.nio.file.Path.of("/tmp/project/classes"))',
    "a manager": "new Object() { Object set() { System.setSecurityManager("
    "new SecurityManager()); return 1; } }.set()",
}
_HARMLESS = {
    "a thread goes on": "new Thread(() -> { while (true) { Thread.onSpinWait(); } }).start();",
    "no output": "System.setOut(null); System.setErr(null);",
    "a closed output": "System.out.close(); System.err.close();",
    "a hook": "Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) { } }));",
    "a handler": "Thread.setDefaultUncaughtExceptionHandler((t, e) -> System.exit(0));",
}


def _doing(statements: str) -> str:
    return _RIGHT.replace("value += by;", f"value += by; {statements}")


@pytest.mark.parametrize("name", _HOSTILE)
def test_what_ends_early_or_never_is_no_pass(sandbox: Sandbox, suite: Suite, name: str) -> None:
    """An exit of any kind comes before the proof; limits are the step's."""
    statements, reason = _HOSTILE[name]
    verdict = demo.passing(sandbox, suite, _doing(f"if (by > 0) {{ {statements} }}"), cpu=8.0)
    assert verdict.reason is reason, verdict


def test_an_exit_when_a_class_is_loaded_is_no_pass(sandbox: Sandbox, suite: Suite) -> None:
    """Static initialisers run in the middle of the first test."""
    text = _RIGHT.replace("private int", "static { System.exit(0); }\n    private int")
    assert demo.passing(sandbox, suite, text).reason is Reason.STOPPED_EARLY


@pytest.mark.parametrize("name", _READS)
def test_nothing_of_the_room_can_be_read_or_changed(
    sandbox: Sandbox, suite: Suite, tree: str, name: str
) -> None:
    """Neither tests nor classes nor the snapshot nor, while tests run, the proof."""
    expression = _READS[name].replace("TREE", tree).replace("FILE", demo.TEST)
    attempt = f'try {{ System.err.println("got " + {expression}); }} '
    attempt += "catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }"
    if name == "a manager":
        attempt = f'System.err.println("got " + {expression});'
    verdict = demo.passing(sandbox, suite, _doing(attempt))
    assert verdict.reason is Reason.WRONG, verdict
    assert "Exception" in verdict.output
    assert "got" not in verdict.output


@pytest.mark.parametrize("name", _HARMLESS)
def test_what_is_left_behind_changes_nothing(sandbox: Sandbox, suite: Suite, name: str) -> None:
    """Passed tests are passed, whatever was done to streams and threads; failed ones failed."""
    text = _doing(_HARMLESS[name])
    assert demo.passing(sandbox, suite, text).passed
    wrong = text.replace("value += by;", "value = by % 4;")
    verdict = demo.passing(sandbox, suite, wrong)
    # Where nothing can be said any more, no reason is.
    silent = name == "a closed output"
    assert verdict.reason is (Reason.ERROR if silent else Reason.WRONG), verdict
    assert (demo.LARGE in verdict.detail) is not silent


def test_an_own_junit_is_not_the_tests(sandbox: Sandbox, suite: Suite) -> None:
    """A class of the project does not take the place of one of the room's."""
    fake = "package org.junit.jupiter.api;\npublic class Assertions {\n"
    kinds = ("int a, int b", "Object a, Object b")
    fake += "".join(f"  public static void assertEquals({kind}) {{ }}\n" for kind in kinds) + "}\n"
    changed = {
        demo.COUNTER: demo.BUGGY,
        "src/main/java/org/junit/jupiter/api/Assertions.java": fake,
    }
    steps = suite.compiles(changed), suite.passes("two", changed)
    assert not demo.run(sandbox, suite.program(*steps))[0].passed


def test_what_a_step_leaves_is_gone_for_the_next(sandbox: Sandbox, suite: Suite) -> None:
    """Files outlive neither a step nor a program."""
    place = 'java.nio.file.Path.of("/tmp/mine")'
    write = f"java.nio.file.Files.writeString({place}, java.util.UUID.randomUUID().toString());"
    text = _doing(
        f'if (java.nio.file.Files.exists({place})) throw new AssertionError("there");'
        f"try {{ {write} }} catch (java.io.IOException e) {{ throw new AssertionError(e); }}"
    )
    changed = {demo.COUNTER: text}
    once, twice = suite.passes("one", changed), suite.passes("one", changed)
    assert demo.run(sandbox, suite.program(once, twice))[0].passed


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ("assertEquals(4, new Counter().add(4));", Reason.PASSED),
        ("assertEquals(1, new Counter().add(1));", Reason.NOT_TRIGGERED),
        ('throw new IllegalArgumentException("mine");', Reason.PASSED),
        ("throw new RuntimeException();", Reason.ERROR),
        (_ONCE, Reason.ERROR),
        ("System.exit(0);", Reason.STOPPED_EARLY),
        ("Assumptions.assumeTrue(false);", Reason.NOT_TRIGGERED),
        ("assertEquals(4, new Counter().add(4)); } @BeforeAll static void all() { int x = 1 / 0;",
         Reason.NOT_TRIGGERED),
    ],
)  # fmt: skip
def test_a_test_finds_a_bug_by_an_assertion(
    sandbox: Sandbox, suite: Suite, test: str, reason: Reason
) -> None:
    """Or by an exception that is expected; a test that is broken finds none."""
    text = "package demo;\nimport static org.junit.jupiter.api.Assertions.*;\n"
    text += "import org.junit.jupiter.api.*;\nclass NewTest {\n  @Test void shows() { "
    new = {demo.NEW: f"{text}{test} }}\n}}\n"}
    suite = replace(suite, expected=("IllegalArgumentException",))
    steps = suite.compiles(new), suite.fails("new", {**new, demo.COUNTER: demo.BUGGY})
    verdict = demo.run(sandbox, suite.program(*steps))[0]
    assert verdict.reason is reason, verdict
    assert verdict.stage is (Stage.TRIGGERED if verdict.reason is Reason.PASSED else Stage.COMPILED)


@pytest.mark.parametrize(
    ("text", "passing", "others", "reason"),
    [
        (_RIGHT, 5, (demo.BROKEN,), Reason.PASSED),
        (demo.BUGGY, 5, (demo.BROKEN,), Reason.WRONG),
        (_RIGHT, 5, (), Reason.WRONG),
        (_RIGHT, 6, (demo.BROKEN,), Reason.NO_TESTS),
    ],
)
def test_all_tests_are_those_that_pass_in_the_project(
    sandbox: Sandbox, suite: Suite, text: str, passing: int, others: tuple[str, ...], reason: Reason
) -> None:
    """One that never passed is no obstacle; one that is gone is."""
    suite = replace(suite, passing=passing, others=others)
    verdict = demo.run(sandbox, suite.program(suite.passes_all({demo.COUNTER: text})))[0]
    assert verdict.reason is reason, verdict


def test_lines_and_branches_are_those_that_tests_run(sandbox: Sandbox, suite: Suite) -> None:
    """Only the target's own lines count, and only what runs while tests do."""
    _, execution = demo.run(sandbox, suite.program(suite.covers("two", {}), collect=(COVERAGE,)))
    assert json.loads(execution.files[COVERAGE]) == {
        "executed_lines": [8, 11, 12], "missing_lines": [9],
        "executed_branches": [[8, 0]], "missing_branches": [[8, 1]],
    }  # fmt: skip
    assert measures.coverage(execution) == {"line_coverage": 0.75, "branch_coverage": 0.5}
    verdict, _ = demo.run(sandbox, replace(suite, groups={"two": ["demo.OldTest"]}).program(
        replace(suite, groups={}).covers("two", {})
    ))  # fmt: skip
    assert verdict.reason is Reason.WRONG
    assert "no test runs it" in verdict.detail


def test_a_report_says_what_came_of_every_test(sandbox: Sandbox, suite: Suite) -> None:
    """Outcomes, types of exceptions, CPU seconds, and which tests run the target."""
    _, execution = demo.run(sandbox, suite.report({demo.COUNTER: demo.BUGGY}))
    report = json.loads(execution.files[REPORT])
    assert report["outcomes"] == {
        demo.SMALL: "passed", demo.LARGE: "failed", demo.BROKEN: "failed",
        f"{demo.T}#levels": "passed", f"{demo.T}#skipped": "skipped",
        f"{demo.T}$Full#stays": "passed", "demo.OldTest#most": "passed",
    }  # fmt: skip
    assert report["raised"] == {
        demo.LARGE: "org.opentest4j.AssertionFailedError",
        demo.BROKEN: "java.lang.IllegalStateException",
    }
    assert set(report["reached"]) == {demo.SMALL, demo.LARGE, f"{demo.T}$Full#stays"}
    assert all(seconds >= 0 for seconds in report["cpu"].values())


def test_a_group_is_collected_where_all_of_it_is_found(sandbox: Sandbox, suite: Suite) -> None:
    """A name without a test is not."""
    assert demo.run(sandbox, suite.program(suite.collects("two", {})))[0].reason is Reason.PASSED
    verdict = demo.run(sandbox, suite.program(suite.collects("new", {})))[0]
    assert verdict.reason is Reason.NO_TESTS


def test_resources_are_on_the_class_path(sandbox: Sandbox, suite: Suite) -> None:
    """A project finds its own files by name and by path."""
    text = _doing(
        'if (Counter.class.getResource("/greeting.txt") == null'
        ' || !new java.io.File("src/main/resources/greeting.txt").exists())'
        " throw new AssertionError();"
    )
    assert demo.passing(sandbox, suite, text).passed


def test_a_snapshot_that_does_not_compile_is_left_to_the_command(
    sandbox: Sandbox, suite: Suite, tmp_path: Path
) -> None:
    """An edition that mends it passes, and the compiler stays for others."""
    projects.write(tmp_path, {**demo.FILES, demo.COUNTER: "package demo;\n"})
    broken = replace(suite, project=Project(prepare(tmp_path, "broken")))
    assert not demo.run(sandbox, broken.program(broken.compiles({})))[0].passed
    assert demo.passing(sandbox, broken, _RIGHT).passed
    assert demo.passing(sandbox, suite, _RIGHT).passed


def test_a_snapshot_that_is_missing_is_trouble_and_no_verdict(sandbox: Sandbox) -> None:
    """The model is not to blame for a store that is not filled."""
    suite = Suite(Project("gone-1"), {"all": [demo.SMALL]})
    with pytest.raises(SandboxError, match="gone-1"):
        demo.run(sandbox, suite.program(suite.passes("all", {})))


def test_a_project_is_in_the_store_once(tree: str, tmp_path: Path) -> None:
    """Its name holds the digest of its files."""
    projects.write(tmp_path, demo.FILES)
    projects.write(tmp_path, {"bugs/secret.toml": "cause"})
    assert prepare(tmp_path, "demo") == tree
    assert not (store() / TREES / tree / "bugs").exists()
