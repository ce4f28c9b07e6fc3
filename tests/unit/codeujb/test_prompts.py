"""CodeUJB's prompts and stop sequences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import codeujb_rows
from tests.unit.codeujb.asking import TASKS, first, module, task
from ucb.errors import ConfigError
from ucb.types import Style


@pytest.mark.parametrize("mode", ["strict", "ucb"])
@pytest.mark.parametrize("name", TASKS)
def test_prompts_are_the_published_ones_without_edge_whitespace(
    data: Path, name: str, mode: str
) -> None:
    """In both styles and modes."""
    asked = task(name, data, mode)
    for problem in asked.problems():
        for style, field in ((Style.COMPLETE, "prompt_complete"), (Style.CHAT, "prompt_chat")):
            found = asked.prompt(problem, style)
            assert found.text == problem.row[field].strip()
            assert found.style is style


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("complete", ["/**", "public", "private", "protected"]),
        ("testgen", ["/**", "public", "private", "protected", "@Test"]),
        ("testgenissue", ["/**", "public", "private", "protected", "@Test"]),
    ],
)
def test_stop_words_count_at_the_functions_own_indentation(
    data: Path, name: str, words: list[str]
) -> None:
    """The published words, where they cannot be inside the function."""
    asked = task(name, data)
    assert asked.prompt(first(asked), Style.COMPLETE).stop == tuple(f"\n    {w}" for w in words)
    assert asked.prompt(first(asked), Style.CHAT).stop == ()


def test_a_repair_stops_at_the_next_example(data: Path) -> None:
    """At the published words: no right answer has them."""
    asked = task("repair", data)
    assert asked.prompt(first(asked), Style.COMPLETE).stop == (
        "// Provide a fix for the buggy function", "// Buggy Function", "// Fixed Function",
        "# Buggy Function", "# Fixed Function", "/* Buggy Function */", "/* Fixed Function */",
    )  # fmt: skip


@pytest.mark.parametrize("name", TASKS)
def test_the_ancestor_gives_no_model_its_stop_words(data: Path, name: str) -> None:
    """It lists them, and no code of its reads them."""
    asked = task(name, data, "ucb")
    assert asked.prompt(first(asked), Style.COMPLETE).stop == ()


def test_the_published_stop_words() -> None:
    """As the harness lists them, task by task."""
    members = ("public", "private", "protected")
    tabbed = ("\t/**", "\t/**\n", "\tpublic", "\tprivate", "\tprotected")
    tests = ("@Test", "    @Test", "\t@Test")
    published = module("published")
    assert published.COMPLETE.stop_words == ("/**", "/**\n", *members, *tabbed)
    assert published.TESTGEN.stop_words == ("/**", "/**\n", *members, *tests, *tabbed)
    assert published.TESTGENISSUE.stop_words == (" /**", " /**\n", *members, *tests, *tabbed)
    assert published.DEFECTDETECTION.stop_words == ()


def test_a_prompt_that_does_not_end_inside_the_function_has_no_stops(tmp_path: Path) -> None:
    """The function's own first word would be one."""
    row = codeujb_rows.rows("complete")[0]
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**row, "prompt_complete": row["prompt_complete_with_comment"]}))
    asked = task("complete", path)
    assert asked.prompt(first(asked), Style.COMPLETE).stop == ()


def test_a_users_prompt_sees_the_row_without_the_answer(data: Path, tmp_path: Path) -> None:
    """But the function that is to be repaired."""
    template = tmp_path / "ask.jinja"
    template.write_text("{{ project }} {{ entry_point }} {{ function_signature }}")
    asked = task("complete", data, prompt=template)
    assert asked.prompt(first(asked), Style.CHAT).text == (
        "Till sum public static int sum(int[] values) "
    )
    for name, field, shown in (
        ("complete", "function", False), ("complete", "source", False),
        ("repair", "fix", False), ("repair", "function", True),
        ("testgenissue", "source_fixed", False), ("defectdetection", "defective", False),
    ):  # fmt: skip
        template.write_text(f"{{{{ {field} }}}}")
        asked = task(name, data, prompt=template)
        if shown:
            assert asked.prompt(first(asked), Style.CHAT).text == first(asked).row[field]
        else:
            with pytest.raises(ConfigError, match=f"'{field}' is undefined"):
                asked.prompt(first(asked), Style.CHAT)
