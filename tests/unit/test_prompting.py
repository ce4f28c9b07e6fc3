"""Prompts as templates: a protocol's, and a user's in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb import plugins
from ucb.errors import ConfigError
from ucb.prompting import Ask, Question, UserPrompt, code, prompt
from ucb.types import Problem, Style

DOCS = Path(__file__).parents[2] / "docs" / "prompts"
GIVEN = 'def f(x):\n    """Say."""\n'
QUESTION = Question(GIVEN, "f", {"text": "Say.", "tests": ["assert f(1) == 1"], "examples": []})
ASK = Ask("{{ given | trim }}", ("\nclass",), "Here: {{ entry_point }}", "stops")
BODY = "    return x\n"


def test_a_protocol_is_a_template() -> None:
    """Text and prefill are filled from the problem; stops are the protocol's."""
    asked = prompt(QUESTION, ASK, Style.COMPLETE)
    assert (asked.text, asked.prefill, asked.stop) == (GIVEN.strip(), "Here: f", ("\nclass",))
    found = code(QUESTION, ASK, asked, f"\n{BODY}\nclass A: ...")
    assert found.code == f"{GIVEN.strip()}\n{BODY}"


def test_a_users_template_may_set_system_prefill_and_stops() -> None:
    """Top-level variables of the template are parts of the prompt, and leave no text behind."""
    user = UserPrompt(
        "{% set system = 'Be brief.' %}{% set prefill = '```' %}{% set stop = ['x', 'y'] %}"
        "{{ style }}: {{ given }}"
    )
    asked = prompt(QUESTION, ASK, Style.CHAT, user)
    assert asked.text == f"chat: {GIVEN}"
    assert (asked.system, asked.prefill, asked.stop) == ("Be brief.", "```", ("x", "y"))


def test_a_users_template_keeps_the_protocols_stops() -> None:
    """What it does not set stays as it is, and only a chat's answer can be begun."""
    asked = prompt(QUESTION, ASK, Style.COMPLETE, UserPrompt("{% set prefill = 'a' %}b"))
    assert (asked.text, asked.prefill, asked.stop) == ("b", "", ("\nclass",))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("# language: Python\n{{ given }}", BODY),
        ("Do it.\n\n{{ given }}\n### Response:\n", f"Sure:\n```python\n{GIVEN}{BODY}```\n"),
    ],
)
def test_a_reply_to_a_users_prompt_is_read_as_what_it_is(template: str, text: str) -> None:
    """A prompt that ends inside the function is continued, any other is answered."""
    user = UserPrompt(template)
    asked = prompt(QUESTION, ASK, Style.COMPLETE, user)
    assert f"{GIVEN}{BODY}" in code(QUESTION, ASK, asked, text, user).code


def test_a_name_that_is_not_there_names_those_that_are() -> None:
    """A typo in a template is a sentence with the names a prompt may use."""
    with pytest.raises(ConfigError, match=r"mine: 'promt' is undefined.*entry_point, .*given"):
        prompt(QUESTION, ASK, Style.CHAT, UserPrompt("{{ promt }}", "mine"))


def test_a_broken_template_says_its_line(tmp_path: Path) -> None:
    """A template is checked before a model is loaded."""
    path = tmp_path / "own.jinja"
    path.write_text("a\n{% if %}\n")
    with pytest.raises(ConfigError, match=r"own\.jinja, line 2: "):
        UserPrompt.read(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        UserPrompt.read(tmp_path / "none.jinja")


def test_a_template_cannot_reach_the_machine() -> None:
    """A template from a stranger may write prompts and do nothing else."""
    with pytest.raises(ConfigError, match="is unsafe"):
        prompt(QUESTION, ASK, Style.CHAT, UserPrompt("{{ ''.__class__.__mro__ }}"))


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.jinja")), ids=lambda path: path.stem)
def test_the_documented_templates_work(path: Path) -> None:
    """Every template of the documentation asks a question."""
    asked = prompt(QUESTION, ASK, Style.CHAT, UserPrompt.read(path))
    assert "Say." in asked.text


def test_a_task_takes_a_users_prompt_and_records_it(tmp_path: Path) -> None:
    """The prompt is asked in the mode's place, and its checksum is part of the record."""
    path = tmp_path / "own.jinja"
    path.write_text("Write {{ entry_point }}.")
    task = plugins.task("humaneval").configured(prompt=path)
    row = {"task_id": "t/0", "prompt": GIVEN, "entry_point": "f"}
    problem = Problem("t/0", "python", row)
    assert task.prompt(problem, Style.CHAT).text == "Write f."
    assert task.published_prompt(problem) == GIVEN
    assert task.describe()["prompt_sha256"] == UserPrompt.read(path).sha256
    assert "prompt_sha256" not in plugins.task("humaneval").describe()


def test_a_task_without_examples_refuses_few_shot() -> None:
    """HumanEval has no solved examples to show."""
    with pytest.raises(ConfigError, match="has 0 solved examples"):
        plugins.task("humaneval").configured(few_shot=3)
