"""UCB-Java's tasks of writing tests: what is asked, what is taken of a reply, what is run."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.unit import java_shop
from tests.unit.java_shop import FILE, SOURCE
from ucb import plugins
from ucb.extract import Rule
from ucb.project import measures
from ucb.syntax.java import Source
from ucb.task import Task
from ucb.types import Ended, Execution, Key, Problem, Stage, StepResult, Style

_PLACE = "src/test/java/org/shop/BasketAnswerTest.java"
_OWN = "src/test/java/org/shop/BasketTest.java"
_BEGUN = "class BasketAnswerTest {\n\n    @Test\n    void "
_TEST = "    @Test\n    void two() {\n        assertEquals(6, new Basket().add(3, 2));\n    }\n"
_FILE = f"package org.shop;\n\nclass BasketAnswerTest {{\n{_TEST}}}\n"


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set of one method and one of one bug, beside their project."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    return java_shop.put(tmp_path / "set")


@pytest.fixture
def testgen(sets: Path) -> Task:
    """The task of writing tests for a method."""
    return plugins.task("ucb-java/testgen").configured(data=sets / "functions.jsonl")


@pytest.fixture
def issue(sets: Path) -> Task:
    """The task of writing a test from a report."""
    return plugins.task("ucb-java/issue_testgen").configured(data=sets / "bugs.jsonl")


@pytest.fixture(scope="module")
def files() -> ModuleType:
    """The tasks' own module of test classes."""
    plugins.tasks()
    import ucb_tasks.ucb_java.testfiles as module  # noqa: PLC0415 (known once tasks are loaded)

    return module


def only(task: Task) -> Problem:
    """The one problem of a task."""
    (problem,) = task.problems()
    return problem


@pytest.mark.parametrize("style", list(Style))
def test_a_prompt_shows_the_method_and_no_test_of_it(testgen: Task, style: Style) -> None:
    """Where it stands, and what its tests are called."""
    text = testgen.prompt(only(testgen), style).text
    assert "if (count == 0) {" in text
    assert "BasketAnswerTest" in text
    assert "helped" not in text
    if style is Style.COMPLETE:
        assert text.endswith(_BEGUN)
        assert f"// {_PLACE}\n\npackage org.shop;\n" in text
        assert "import java.util.List;\nimport org.junit.jupiter.api.Test;\n" in text
    else:
        assert "in the package `org.shop`" in text


@pytest.mark.parametrize("style", list(Style))
def test_a_report_is_asked_about_with_the_bug(issue: Task, style: Style) -> None:
    """All of it, and nothing of the fix."""
    problem = only(issue)
    text = issue.prompt(problem, style).text
    mark = ">" if style is Style.CHAT else "//"
    assert f"{mark} {problem.row['report']}\n" in text
    assert "count <= 1" in text
    assert "count == 0" not in text
    if style is Style.COMPLETE:
        assert text.endswith(_BEGUN)


@pytest.mark.parametrize(
    ("reply", "code", "rule"),
    [
        (f"Here:\n```java\n{_FILE}```\n", _FILE, Rule.FENCED),
        (f"```java\n{_FILE.partition(chr(10) * 2)[2]}```", _FILE, Rule.PREAMBLE),
        (f"```\nadd(1, 2)\n```\nso\n```java\n{_FILE}```", _FILE, Rule.SEVERAL),
    ],
)
def test_a_chat_gives_a_file(testgen: Task, reply: str, code: str, rule: Rule) -> None:
    """In the method's package, unless it says another."""
    problem = only(testgen)
    found = testgen.extract(problem, testgen.prompt(problem, Style.CHAT), reply)
    assert found.code == code
    assert rule in found.rules


def test_tests_without_a_class_are_put_in_one(testgen: Task) -> None:
    """With JUnit's imports."""
    problem = only(testgen)
    found = testgen.extract(problem, testgen.prompt(problem, Style.CHAT), f"```java\n{_TEST}```")
    assert Source(found.code).ok
    assert [each.signed for each in Source(found.code).methods] == ["BasketAnswerTest.two()"]
    assert "import org.junit.jupiter.api.Test;" in found.code


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("one() {\n    }\n}\n\nclass Other {\n    void three() { }\n}\n", ["one"]),
        ("one() {\n    }\n\n    void two() {\n        if (a) { }", ["one"]),
        ("one() {\n    }\n}", ["one"]),
        ("one() {\n        // }\n    }\n\n    @Test\n    voi", ["one"]),
    ],
)
def test_a_completion_ends_with_its_class(testgen: Task, text: str, names: list[str]) -> None:
    """Nothing is left of a test that is cut off."""
    problem = only(testgen)
    found = testgen.extract(problem, testgen.prompt(problem, Style.COMPLETE), text)
    source = Source(found.code)
    assert source.ok
    assert [each.name for each in source.methods] == names
    assert [each.name for each in source.types] == ["BasketAnswerTest"]


def test_a_first_test_that_is_cut_off_stays(testgen: Task) -> None:
    """There is nothing else; it does not compile."""
    problem = only(testgen)
    prompt = testgen.prompt(problem, Style.COMPLETE)
    found = testgen.extract(problem, prompt, "one() {\n        if (a) {")
    assert found.code.endswith("void one() {\n        if (a) {")
    assert testgen.extract(problem, prompt, "\n ").code == ""


@pytest.mark.parametrize(
    ("code", "path", "classes"),
    [
        (_FILE, _PLACE, ["org.shop.BasketAnswerTest"]),
        (
            """package a.b;
            class Helper { }
            public class C { @Test void x() {} }
            class D extends C { }
            abstract class E { @Test void y() {} }""",
            "src/test/java/a/b/C.java", ["a.b.C", "a.b.D"],
        ),
        ("class F { @Nested class G { @ParameterizedTest void x() {} } }",
         "src/test/java/F.java", ["F"]),
        ("package a;\nclass None { }\n", "src/test/java/a/None.java", ["a.None"]),
        ("nothing", _PLACE, ["org.shop.BasketAnswerTest"]),
    ],
)  # fmt: skip
def test_a_class_stands_where_java_wants_it(
    files: ModuleType, testgen: Task, code: str, path: str, classes: list[str]
) -> None:
    """In the file of its public class; run are those that have tests, or may inherit some."""
    assert files.placed(code, only(testgen).row) == (path, classes)


def test_tests_are_compiled_and_measured(testgen: Task) -> None:
    """The project's own tests of the method are blank."""
    program = testgen.program(only(testgen), _FILE)
    assert [step.proves for step in program.steps] == [Stage.COMPILED, Stage.PASSED]
    for step in program.steps:
        assert step.tree is not None
        assert step.tree.files[_PLACE] == _FILE
        assert "left out" in step.tree.files[_OWN]
        assert set(step.tree.files) == {_PLACE, _OWN}
    first = SOURCE.split("\n").index("        if (count == 0) {") + 1
    assert f"target\tBasket.add\t{FILE}\t{first}\t{first + 7}\n" in program.files["suite.txt"]
    assert "group\tanswer\torg.shop.BasketAnswerTest\n" in program.files["suite.txt"]
    assert measures.COVERAGE in program.collect


def test_a_test_of_a_report_meets_both_versions(issue: Task) -> None:
    """It must fail with the bug by an assertion or what the report names, and pass without."""
    program = issue.program(only(issue), _FILE)
    assert [step.proves for step in program.steps] == [
        Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED,
    ]  # fmt: skip
    compiled, failing, passing = program.steps
    assert compiled.tree == passing.tree
    assert failing.tree is not None
    assert passing.tree is not None
    assert set(failing.tree.files) - set(passing.tree.files) == {FILE}
    assert "count <= 1" in failing.tree.files[FILE]
    assert "expected\tSumException\n" in program.files["suite.txt"]


@pytest.mark.parametrize("name", ["testgen", "issue"])
def test_the_reference_is_the_projects_own_tests(name: str, request: pytest.FixtureRequest) -> None:
    """Those that need the method alone, with their helpers, nested ones too."""
    task: Task = request.getfixturevalue(name)
    text = task.reference(only(task))
    assert text is not None
    tests = ["one", "two"] if name == "testgen" else ["one"]
    assert [each.name for each in Source(text).methods] == ["helped", *tests]
    assert Source(text).ok


@pytest.mark.parametrize("name", ["testgen", "issue"])
def test_controls_are_classes(name: str, request: pytest.FixtureRequest) -> None:
    """All of them compile as far as their braces go."""
    task: Task = request.getfixturevalue(name)
    problem = only(task)
    prompt = task.prompt(problem, Style.COMPLETE)
    stub = task.stub(problem, "throw null;")
    assert stub is not None
    assert Source(stub).ok
    for text, passes in task.known(problem).values():
        assert not passes
        assert Source(task.extract(problem, prompt, text).code).ok


def _executed(count: int, told: object) -> Execution:
    step = StepResult(Ended.EXITED, 0, proved=True)
    return Execution((step,) * count, {measures.COVERAGE: json.dumps(told)})


def test_a_pass_has_its_coverage(testgen: Task, issue: Task) -> None:
    """Lines and branches of the method; of the fix, the lines that it changed."""
    told = {
        "executed_lines": [1, 2, 3], "missing_lines": [4],
        "executed_branches": [[1, 0]], "missing_branches": [[1, 1]],
    }  # fmt: skip
    problem = only(testgen)
    program = testgen.program(problem, _FILE)
    verdict = testgen.judge(problem, program, Key("a", 0), _executed(2, told))
    assert verdict.measures == {measures.LINES: 0.75, measures.BRANCHES: 0.5}
    problem = only(issue)
    lines = SOURCE.split("\n")
    fixed = lines.index("        if (count == 0) {") + 1
    told = {"executed_lines": [fixed, fixed + 1], "missing_lines": [fixed + 6]}
    program = issue.program(problem, _FILE)
    verdict = issue.judge(problem, program, Key("a", 0), _executed(3, told))
    assert verdict.measures == {measures.DIFF: 0.5}
