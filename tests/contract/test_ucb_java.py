"""UCB-Java on a project of one class: controls, and answers that pass for the wrong reasons."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import sandboxes
from tests.unit import java_shop
from tests.unit.java_shop import FIXED
from ucb import plugins
from ucb.check import check
from ucb.project import measures
from ucb.project.java.suite import TOOLCHAIN
from ucb.run import evaluate
from ucb.sandbox import Sandbox
from ucb.task import Task
from ucb.types import Completion, Key, Reason, Stage, Style, Verdict

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A set of one bug and one of one method, beside their project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UCB_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield java_shop.put(tmp_path_factory.mktemp("set"))


@pytest.fixture(scope="module")
def sandbox(sets: Path) -> Iterator[Sandbox]:
    """One room for all programs."""
    yield from sandboxes.room_of(TOOLCHAIN)


def asked(sets: Path, name: str) -> Task:
    """A task over one problem."""
    kind = "functions" if name in {"generation", "testgen"} else "bugs"
    return plugins.task(f"ucb-java/{name}").configured(data=sets / f"{kind}.jsonl")


def judged(task: Task, sandbox: Sandbox, code: str) -> Verdict:
    """The verdict of a whole answer."""
    (problem,) = task.problems()
    completion = Completion(Key(problem.id, 0), text="", code=code)
    problems = {problem.id: problem}
    (verdict,) = evaluate(task, problems, Style.COMPLETE, [completion], sandbox)
    return verdict


@pytest.mark.parametrize("name", ["generation", "repair", "testgen", "issue_testgen"])
def test_controls_get_the_verdicts_that_they_must(sets: Path, sandbox: Sandbox, name: str) -> None:
    """The project's own answer passes; a bug, an empty body and an early exit do not."""
    task = asked(sets, name)
    controls = list(check(task, list(task.problems()), sandbox, rounds=2))
    assert {"reference", "empty body", "early exit"} <= {each.name for each in controls}
    assert [each.complaints() for each in controls if not each.ok] == []
    assert all(each.total == 1 for each in controls)


@pytest.mark.parametrize(
    ("code", "stage", "reason"),
    [
        (FIXED, Stage.PASSED, Reason.PASSED),
        ("int add(int price, int count) { return price * count; }", Stage.PASSED, Reason.PASSED),
        ("int add(int price, int count) { return price }", Stage.EXTRACTED, Reason.SYNTAX),
        ("int add(int price, int count) { return cost; }", Stage.EXTRACTED, Reason.COMPILE),
        ("int add(int price, int count) { return price; }", Stage.TRIGGERED, Reason.WRONG),
        ("int add(int price, int count) { return 0; }", Stage.COMPILED, Reason.WRONG),
        (
            "int add(int price, int count) { while (true) { } }",
            Stage.COMPILED, Reason.TIMEOUT,
        ),
        (
            "int add(int price, int count) { Runtime.getRuntime().halt(0); return 0; }",
            Stage.COMPILED, Reason.STOPPED_EARLY,
        ),
    ],
)  # fmt: skip
def test_a_method_gets_as_far_as_its_project_allows(
    sets: Path,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    stage: Stage,
    reason: Reason,
) -> None:
    """It compiles, passes the tests that notice the bug, and then all."""
    task = asked(sets, "repair")
    monkeypatch.setattr(sys.modules["ucb_tasks.ucb_java.kit"], "_LEAST", 8.0)
    verdict = judged(task, sandbox, code)
    assert (verdict.stage, verdict.reason) == (stage, reason), verdict


def written(body: str, more: str = "", name: str = "AnswerTest") -> str:
    """A class of one test."""
    return (
        "package org.shop;\nimport static org.junit.jupiter.api.Assertions.*;\n"
        "import org.junit.jupiter.api.Test;\n"
        f"class {name} {{ @Test void it() {{ {body} }} {more} }}\n"
    )


_RIGHT = "assertEquals(3, new Basket().add(3, 1));"


@pytest.mark.parametrize(
    ("code", "stage", "reason"),
    [
        (written(_RIGHT), Stage.PASSED, Reason.PASSED),
        (written(_RIGHT, name="BasketTest"), Stage.PASSED, Reason.PASSED),
        (written("nothing();"), Stage.EXTRACTED, Reason.COMPILE),
        (written("int a = ;"), Stage.EXTRACTED, Reason.SYNTAX),
        (written("assertEquals(4, new Basket().add(3, 1));"), Stage.COMPILED, Reason.WRONG),
        (written("assertEquals(0, new Basket().total());"), Stage.COMPILED, Reason.WRONG),
        (written("").replace("@Test void", "void"), Stage.COMPILED, Reason.NO_TESTS),
        # The project's own tests of the method are not there to be called.
        (written("new BasketTest().one();"), Stage.EXTRACTED, Reason.COMPILE),
        (written(_RIGHT, "static { System.exit(0); }"), Stage.COMPILED, Reason.STOPPED_EARLY),
    ],
)
def test_tests_of_a_method_must_pass_and_run_it(
    sets: Path, sandbox: Sandbox, code: str, stage: Stage, reason: Reason
) -> None:
    """A pass has its coverage."""
    verdict = judged(asked(sets, "testgen"), sandbox, code)
    assert (verdict.stage, verdict.reason) == (stage, reason), verdict
    assert bool(verdict.measures) is verdict.passed
    if verdict.passed:
        assert 0.5 < verdict.measures[measures.LINES] < 1
        assert verdict.measures[measures.BRANCHES] == 0.5


_ONCE = written('assertTrue(new java.io.File("/tmp/once").createNewFile() == false);').replace(
    "it()", "it() throws Exception"
)


@pytest.mark.parametrize(
    ("code", "stage", "reason"),
    [
        (written(_RIGHT), Stage.PASSED, Reason.PASSED),
        (
            written("if (new Basket().add(3, 1) != 3) throw new SumException();")
            + "class SumException extends RuntimeException { }\n",
            Stage.PASSED, Reason.PASSED,
        ),
        (
            written("if (new Basket().add(3, 1) != 3) throw new IllegalStateException();"),
            Stage.COMPILED, Reason.ERROR,
        ),
        (written("assertEquals(0, new Basket().add(3, 0));"), Stage.COMPILED,
         Reason.NOT_TRIGGERED),
        (written("fail();"), Stage.TRIGGERED, Reason.WRONG),
        (written("while (true) { }"), Stage.COMPILED, Reason.TIMEOUT),
        # A test that fails once and then passes shows nothing.
        (_ONCE, Stage.TRIGGERED, Reason.WRONG),
    ],
)  # fmt: skip
def test_a_test_of_a_report_fails_for_the_bug_alone(
    sets: Path,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    stage: Stage,
    reason: Reason,
) -> None:
    """By an assertion or what the report names, and passes without it."""
    task = asked(sets, "issue_testgen")
    monkeypatch.setattr(sys.modules["ucb_tasks.ucb_java.kit"], "_LEAST", 8.0)
    verdict = judged(task, sandbox, code)
    assert (verdict.stage, verdict.reason) == (stage, reason), verdict
    assert (verdict.measures == {measures.DIFF: 1.0}) is verdict.passed
