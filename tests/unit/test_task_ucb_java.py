"""UCB-Java: what is asked, what is taken of a reply, and what is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit import java_shop
from tests.unit.java_shop import BUGGY, FILE, FIXED, SOURCE
from ucb import plugins
from ucb.errors import DataError
from ucb.extract import Rule
from ucb.project.context import CHARACTERS_PER_TOKEN
from ucb.syntax.java import Method, Source, shifted
from ucb.task import Task
from ucb.types import Completion, Key, Problem, Stage, Style

_PLAIN = FIXED.partition("*/\n")[2]
_BUG_TASKS = ("repair", "detection", "issue_testgen")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set of one bug and one of one method, beside their project."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    return java_shop.put(tmp_path / "set")


def asked(folder: Path, name: str, mode: str = "project") -> Task:
    """A task over the sets in a folder."""
    kind = "bugs" if name in _BUG_TASKS else "functions"
    task = plugins.task(f"ucb-java/{name}")
    return task.configured(data=folder / f"{kind}.jsonl", mode=mode)


def first(task: Task) -> Problem:
    """The first problem of a task."""
    return next(iter(task.problems()))


def test_a_bug_is_read_with_its_project(folder: Path) -> None:
    """Both methods, below the same Javadoc; the buggy one comes from the project's own file."""
    task = asked(folder, "repair")
    problem = first(task)
    assert task.reference(problem) == FIXED
    (text, passes) = task.known(problem)["buggy function"]
    prompt = task.prompt(problem, Style.COMPLETE)
    assert task.extract(problem, prompt, text).code == BUGGY
    assert not passes
    assert task.groups(problem) == {"project": "shop"}
    assert task.date(problem) is None


@pytest.mark.parametrize("style", list(Style))
def test_the_fixed_method_is_nowhere_in_a_prompt(folder: Path, style: Style) -> None:
    """What both call, what calls them and their class are."""
    task = asked(folder, "repair")
    text = task.prompt(first(task), style).text
    assert "count == 0" not in text
    assert "count <= 1" in text
    assert "class Basket {" in text
    assert "static int once(int price, int count) {\n        return price;" in text
    assert "return basket.add(1, 2);" in text
    assert "helped" not in text
    if style is Style.COMPLETE:
        assert text.endswith("    // Fixed:\n" + shifted(FIXED, 4).partition("{\n")[0] + "{\n")


@pytest.mark.parametrize("style", list(Style))
def test_a_method_to_be_written_is_shown_without_its_body(folder: Path, style: Style) -> None:
    """Its Javadoc and signature are; what it calls is not shown for its sake."""
    task = asked(folder, "generation")
    problem = first(task)
    text = task.prompt(problem, style).text
    assert "@return how much all of them cost" in text
    assert "count == 0" not in text
    assert "return price * count;" not in text
    assert task.reference(problem) == FIXED


@pytest.mark.parametrize("name", ["repair", "generation", "detection", "testgen", "issue_testgen"])
@pytest.mark.parametrize("style", list(Style))
def test_a_mode_shows_so_much_of_the_project(folder: Path, name: str, style: Style) -> None:
    """The project, the file, or the class."""
    texts = {}
    for mode in ("project", "file", "class"):
        task = asked(folder, name, mode)
        texts[mode] = task.prompt(first(task), style).text
        assert "class Basket {" in texts[mode]
        assert "import java.util.List;" in texts[mode]
    assert "return basket.add(1, 2);" in texts["project"]
    assert "final class Price {" in texts["project"]
    assert "final class Price {" not in texts["file"] + texts["class"]


_CLASS = f"package org.shop;\n\nclass Basket {{\n{shifted(_PLAIN, 4)}}}\n"
_OTHERS = "int add(int price) {\n    return price;\n}\n"


@pytest.mark.parametrize(
    "reply",
    [
        f"Here:\n```java\n{FIXED}```\nNow one thing has a price.",
        f"```java\n{_CLASS}```",
        f"```java\n{_OTHERS}{_PLAIN}{_OTHERS}```",
        f"```java\nadd(1, 2);\n```\nIt was:\n```java\n{_PLAIN}```",
        f"<think>```java\n{_OTHERS}```</think>```java\n{_PLAIN}```",
    ],
)
@pytest.mark.parametrize("name", ["repair", "generation"])
def test_a_chat_gives_the_method(folder: Path, name: str, reply: str) -> None:
    """Alone, in its class, or among overloads; without Javadoc, and with annotations."""
    task = asked(folder, name)
    problem = first(task)
    assert task.extract(problem, task.prompt(problem, Style.CHAT), reply).code == _PLAIN


def test_a_body_alone_goes_behind_the_signature(folder: Path) -> None:
    """Models leave the signature out."""
    task = asked(folder, "generation")
    problem = first(task)
    prompt = task.prompt(problem, Style.CHAT)
    found = task.extract(problem, prompt, "```java\n    return price * count;\n```")
    assert Rule.BODY in found.rules
    assert found.code.endswith("count) {\n    return price * count;\n}\n")
    assert Source(found.code).ok


@pytest.mark.parametrize("more", ["", "\n    int other() {\n    }\n}\n", "  // }", "\n```\nDone."])
def test_a_completion_ends_with_its_brace(folder: Path, more: str) -> None:
    """What the model goes on with is no part of it."""
    task = asked(folder, "repair")
    problem = first(task)
    prompt = task.prompt(problem, Style.COMPLETE)
    text = shifted("if (count == 0) {\n    return 0;\n}\nreturn 1; // }", 8) + "\n    }"
    found = task.extract(problem, prompt, text + more)
    assert found.code.endswith(
        "count) {\n    if (count == 0) {\n        return 0;\n    }\n    return 1; // }\n}\n"
    )
    assert (Rule.CUT in found.rules) is bool(more)


def test_a_reply_without_code_has_none(folder: Path) -> None:
    """Nothing is put into the file then."""
    task = asked(folder, "repair")
    problem = first(task)
    for style, text in ((Style.CHAT, "I cannot."), (Style.COMPLETE, "\n\n")):
        assert task.extract(problem, task.prompt(problem, style), text).code == ""


def test_a_program_compiles_triggers_and_runs_all(folder: Path) -> None:
    """Each step sees the project with the answer in the method's place."""
    task = asked(folder, "repair")
    problem = first(task)
    program = task.program(problem, BUGGY)
    assert [step.proves for step in program.steps] == [
        Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED,
    ]  # fmt: skip
    wanted = SOURCE.replace("count == 0", "count <= 1").replace("Price.times", "Price.once")
    for step in program.steps:
        assert step.tree is not None
        assert step.tree.name == problem.row["tree"]
        assert step.tree.files == {FILE: wanted}
    assert "\torg.shop.BasketTest#one\n" in program.files["suite.txt"]


def test_a_stub_has_the_signature_and_another_body(folder: Path) -> None:
    """Controls put their bodies there."""
    task = asked(folder, "generation")
    stub = task.stub(first(task), "throw null;")
    assert stub is not None
    assert Source(stub).ok
    assert stub.endswith("count) {\n    throw null;\n}\n")


def test_a_project_that_has_changed_is_told(folder: Path) -> None:
    """Its rows were made of other code."""
    task = asked(folder, "repair")
    path = folder / "projects" / "shop" / FILE
    path.write_text(SOURCE.replace("All of it", "Some of it"))
    with pytest.raises(DataError, match=r"is not what shop/one was made of.*scripts/make_ucb_java"):
        task.prompt(first(task), Style.CHAT)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{}", "line 1, is no Java bug: it lacks id"),
        ("{", "line 1, is no Java bug: it lacks the form of a row"),
    ],
)
def test_a_line_that_is_no_row_is_named(folder: Path, line: str, sentence: str) -> None:
    """What, where; and a missing file or bug too."""
    task = asked(folder, "repair")
    problem = first(task)
    (folder / "bugs.jsonl").write_text(f"{line}\n")
    with pytest.raises(DataError, match=sentence):
        first(task)
    (folder / "projects" / "shop" / "bugs" / "one.toml").unlink()
    with pytest.raises(DataError, match=r"one\.toml cannot be read"):
        task.prompt(problem, Style.CHAT)
    (folder / "bugs.jsonl").unlink()
    with pytest.raises(DataError, match=r"bugs\.jsonl cannot be read"):
        first(task)


@pytest.mark.parametrize("mode", ["project", "file", "class"])
@pytest.mark.parametrize("style", list(Style))
def test_prompts_of_a_bug_differ_in_the_method_alone(folder: Path, style: Style, mode: str) -> None:
    """Neither shows the other version, a comment of the method, or what only one calls."""
    task = asked(folder, "detection", mode)
    buggy, fixed = (task.prompt(each, style) for each in task.problems())
    swapped = buggy.text.replace("count <= 1", "count == 0").replace("Price.once", "Price.times")
    assert swapped == fixed.text
    assert "Issue 12" not in buggy.text
    assert "@return how much all of them cost" in buggy.text
    assert "static int once(int price, int count) {\n        return" not in fixed.text
    assert buggy.choices == ("yes", "no")
    if style is Style.COMPLETE:
        assert buggy.text.endswith("\n// Defective (yes or no):")


def test_a_yes_or_no_is_compared_with_the_truth(folder: Path) -> None:
    """Each bug is two problems of one cluster; nothing is run."""
    task = asked(folder, "detection")
    problems = list(task.problems())
    assert [each.id for each in problems] == ["shop/one@buggy", "shop/one@fixed"]
    assert [task.reference(each) for each in problems] == ["yes", "no"]
    assert {task.cluster(each) for each in problems} == {"shop/one"}
    assert not task.executes
    for problem, stage in zip(problems, (Stage.PASSED, Stage.EXTRACTED), strict=True):
        code = task.extract(problem, task.prompt(problem, Style.CHAT), "Yes, it has one.").code
        completion = Completion(Key(problem.id, 0), "", choices={"yes": 0.0, "no": 0.0})
        verdict = task.decide(problem, code, completion)
        assert verdict is not None
        assert verdict.stage is stage
        assert verdict.measures["likelihood"] == 0.5


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A store of the set's own projects, for all tests of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UCB_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("name", ["repair", "generation", "detection", "testgen", "issue_testgen"])
def test_the_set_is_asked_about(name: str) -> None:
    """At least 40 problems of at least 6 projects; all prompts within their budget."""
    task = plugins.task(f"ucb-java/{name}")
    problems = list(task.problems())
    assert len(problems) >= 40
    assert len({each.id for each in problems}) == len(problems)
    assert len({each.row["project"] for each in problems}) >= 6
    for problem in problems:
        prompts = [task.prompt(problem, style).text for style in Style]
        assert problem.row["triggers"]
        assert all("Test;\n\nclass" not in each or name.endswith("testgen") for each in prompts)
        method = len(task.reference(problem) or "") if name in {"repair", "generation"} else 12_000
        # The budget, the method up to twice, and what the template and the report say.
        assert max(map(len, prompts)) < 2048 * CHARACTERS_PER_TOKEN + 3 * method + 2_000


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("style", list(Style))
@pytest.mark.parametrize("mode", ["project", "file", "class"])
def test_pairs_of_the_set_differ_in_the_method_alone(mode: str, style: Style) -> None:
    """Their code, and nothing that was written about it; half of them have a bug."""
    task = plugins.task("ucb-java/detection").configured(mode=mode)
    problems = list(task.problems())
    truths = [task.reference(each) for each in problems]
    assert truths.count("yes") == truths.count("no")
    for pair in zip(problems[::2], problems[1::2], strict=True):
        texts = [task.prompt(each, style).text for each in pair]
        name = pair[0].row["qualname"]
        mark = "The method:\n\n```java\n" if style is Style.CHAT else f"// {name}:\n"
        one, other = (text.rpartition(mark) for text in texts)
        assert one[0] == other[0]
        assert one[2].split() != other[2].split()
        methods = [answers_of(each[2], style) for each in (one, other)]
        assert methods[0].head == methods[1].head
        assert methods[0].javadoc == methods[1].javadoc
        assert all("//" not in without_strings(each.body) for each in methods)


def answers_of(text: str, style: Style) -> Method:
    """The method at the end of a prompt."""
    code = text.partition("\n```" if style is Style.CHAT else "\n\n// Does")[0]
    (method,) = Source(code).methods
    return method


def without_strings(code: str) -> str:
    """Code without what stands between quotation marks on a line."""
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', code)


@pytest.mark.usefixtures("cache")
def test_rows_of_the_set_hold_no_code() -> None:
    """Every bug's method, in both versions, is the one that its row names."""
    task = plugins.task("ucb-java/repair")
    for problem in task.problems():
        fixed = Source(task.reference(problem) or "").methods
        assert [each.name for each in fixed] == [problem.row["qualname"].rpartition(".")[2]]
        assert list(fixed[0].parameters) == problem.row["parameters"]
        assert "return " not in json.dumps(problem.row["triggers"])
