"""CodeUJB's tasks: what is taken of a reply, in the default and as the published harness does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import codeujb_rows
from tests.unit.codeujb.asking import module
from ucb import plugins
from ucb.extract import Rule
from ucb.task import Task
from ucb.types import Problem, Prompt, Style

BODY = """
        int total = 0;
        for (int i = 0; i < values.length; i++) {
            total = plus(total, values[i]);
        }
        return total;
    }"""
HEAD = "    public static int sum(int[] values) {"
WHOLE = HEAD + BODY
AFTER = "\n\n    public static int more() {\n        return 1;\n    }\n}\n"


def asking(tmp_path: Path, name: str, mode: str, **change: Any) -> tuple[Task, Problem]:
    """A task over the first of its rows, with some fields changed."""
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**codeujb_rows.rows(name)[0], **change}))
    task = plugins.task(f"codeujb/{name}").configured(mode=mode, data=path)
    (problem,) = task.problems()
    return task, problem


def taken(
    tmp_path: Path, name: str, mode: str, style: Style, text: str, **change: Any
) -> tuple[str, tuple[str, ...]]:
    """The function of a reply, and the rules that found it."""
    task, problem = asking(tmp_path, name, mode, **change)
    found = task.extract(problem, task.prompt(problem, style), text)
    return found.code, found.rules


@pytest.mark.parametrize("mode", ["strict", "ucb"])
@pytest.mark.parametrize("name", ["complete", "testgen", "testgenissue"])
def test_a_completion_is_its_signature_and_the_text_up_to_the_end_of_the_block(
    tmp_path: Path, name: str, mode: str
) -> None:
    """What follows it is no part of the answer."""
    head = HEAD if name == "complete" else "    public void testSumOfAll() {"
    text = "\n        if (true) {\n        }\n    }"
    code, rules = taken(tmp_path, name, mode, Style.COMPLETE, text + AFTER)
    assert code == head + text
    assert rules == (Rule.CUT,)
    assert taken(tmp_path, name, mode, Style.COMPLETE, text) == (head + text, ())


@pytest.mark.parametrize("mode", ["strict", "ucb"])
def test_a_repair_is_the_whole_function(tmp_path: Path, mode: str) -> None:
    """The prompt ends before it."""
    code, _ = taken(tmp_path, "repair", mode, Style.COMPLETE, f"\n{WHOLE}\n\n// Buggy")
    assert code == WHOLE
    task, problem = asking(tmp_path, "repair", mode)
    assert task.reference(problem) == WHOLE


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("        // a }", "        // a }"),
        ("        char c = '}';", "        char c = '}"),
        ('        String s = "\\"}";', '        String s = "\\"}'),
        ("        /* } */", "        /* }"),
    ],
)
def test_braces_that_are_none(tmp_path: Path, line: str, cut: str) -> None:
    """In comments, characters and strings: the published matcher ends at them."""
    text = f"\n{line}\n        return 1;\n    }}"
    assert taken(tmp_path, "complete", "strict", Style.COMPLETE, text)[0] == HEAD + text
    code, rules = taken(tmp_path, "complete", "ucb", Style.COMPLETE, text)
    assert code == f"{HEAD}\n{cut}"
    assert rules == (Rule.CUT,)


def test_a_quote_in_quotes_swallows_the_end(tmp_path: Path) -> None:
    """The published matcher toggles at every quote, and takes what comes behind for a string."""
    text = "\n        char c = '\"';\n    }"
    code, rules = taken(tmp_path, "complete", "strict", Style.COMPLETE, text + AFTER)
    assert (code, rules) == (HEAD + text, (Rule.CUT,))
    code, rules = taken(tmp_path, "complete", "ucb", Style.COMPLETE, text + AFTER)
    assert (code, rules) == (HEAD + text + AFTER, ())


def test_a_completion_that_does_not_end_is_kept_whole(tmp_path: Path) -> None:
    """It will be judged so."""
    for mode in ("strict", "ucb"):
        code, _ = taken(tmp_path, "complete", mode, Style.COMPLETE, "\n        return 1;")
        assert code == f"{HEAD}\n        return 1;"


def test_nothing_has_no_code(tmp_path: Path) -> None:
    """The signature that the prompt gave is not the model's; to the harness it is an answer."""
    assert taken(tmp_path, "complete", "strict", Style.COMPLETE, " \n") == ("", (Rule.NO_CODE,))
    assert taken(tmp_path, "complete", "strict", Style.CHAT, "I cannot.") == (
        "", (Rule.NO_CODE,),
    )  # fmt: skip
    assert taken(tmp_path, "complete", "ucb", Style.COMPLETE, "")[0] == HEAD


def test_a_stripped_field_shifts_the_published_cut(tmp_path: Path) -> None:
    """Its length counts the whitespace that the prompt has lost."""
    row = codeujb_rows.rows("complete")[0]
    change = {name: f"\n  {row[name]}" for name in row if name.startswith("prompt_complete")}
    code, _ = taken(tmp_path, "complete", "ucb", Style.COMPLETE, BODY, **change)
    assert code == WHOLE[3:]
    assert taken(tmp_path, "complete", "strict", Style.COMPLETE, BODY, **change)[0] == WHOLE


def test_a_repairs_first_character_is_lost(tmp_path: Path) -> None:
    """Its prompt ends with a newline, is asked without, and cut with it."""
    assert codeujb_rows.rows("repair")[0]["prompt_complete"].endswith("\n")
    text = WHOLE.lstrip()
    assert taken(tmp_path, "repair", "ucb", Style.COMPLETE, text)[0] == text[1:]
    assert taken(tmp_path, "repair", "strict", Style.COMPLETE, text)[0] == text


def test_a_prompt_that_ends_before_the_function(tmp_path: Path) -> None:
    """The function is looked for by its name; annotations with braces do not end it."""
    row = codeujb_rows.rows("complete")[0]
    before = row["prompt_complete_with_comment"]
    annotated = '    @SuppressWarnings({"all"})\n' + WHOLE
    code, rules = taken(
        tmp_path, "complete", "strict", Style.COMPLETE, f"\n{annotated}{AFTER}",
        prompt_complete=before,
    )  # fmt: skip
    assert (code, rules) == (annotated, (Rule.CUT,))
    code, _ = taken(
        tmp_path, "complete", "ucb", Style.COMPLETE, f"\n{annotated}", prompt_complete=before
    )
    assert code == '    @SuppressWarnings({"all"}'


def test_the_harness_stops_a_stream_where_the_block_ends() -> None:
    """It puts the signature and a brace before the text, which the prompt may have had already."""
    ancestor, published = module("ancestor"), module("published")
    row = {"function_signature": "int f() ", "prompt_complete_with_comment": ""}
    of = ancestor.of_completion
    # Here the prompt had none: text goes on until one more brace has closed.
    assert of(published.COMPLETE, row, "", "int f() { } x }") == "int f() { }"
    assert of(published.REPAIR, {"prompt_complete": ""}, "", "a { } b { }") == "a { }"


@pytest.mark.parametrize(
    ("signature", "found"),
    [
        ("public int f(int a)", ("", "public int f")),
        ("@Test public void t() throws E", ("@Test\n", "public void t")),
        ("@Test\n    public void t()", ("@Test\n", "public void t")),
        ("@Override @Deprecated int f()", ("@Override\n", "@Deprecated int f")),
        ("@Test(timeout = 5) public void t()", ("@Test(timeout\n", "= 5) public void t")),
        ("// why\nint f()", ("", "int f")),
        ("int f // (a)\n (int a)", ("", "int f  ")),
        ("@Bare(1)", ("@Bare(1\n", ")")),
        (" @Test int f()", ("", " @Test int f")),
    ],
)
def test_what_the_harness_searches_a_chat_for(signature: str, found: tuple[str, str]) -> None:
    """The signature up to its first parenthesis, without an annotation that it begins with."""
    assert module("ancestor").clean_signature(signature) == found


def test_an_annotation_with_arguments_breaks_the_harness(tmp_path: Path) -> None:
    """It takes the first word alone for the annotation, and finds no such function."""
    head = "@Test(timeout = 5) public void testSumOfAll()"
    reply = "```java\n@Test(timeout = 5)\npublic void testSumOfAll() {\n}\n```"
    code, rules = taken(tmp_path, "testgen", "ucb", Style.CHAT, reply, function_signature=head)
    assert code.startswith("Can not find target function in answer!\n\n```java")
    assert rules == ("function not found",)
    code, _ = taken(tmp_path, "testgen", "strict", Style.CHAT, reply, function_signature=head)
    assert code == "@Test(timeout = 5)\npublic void testSumOfAll() {\n}"


@pytest.mark.parametrize(("name", "stripped"), [("complete", True), ("testgen", False)])
def test_edge_whitespace_of_a_signature_counts_in_tests_alone(
    tmp_path: Path, name: str, stripped: bool
) -> None:
    """Functions and repairs are searched for without it, tests with it."""
    reply = "```java\nvoid t() {\n}\n```"
    code, _ = taken(tmp_path, name, "ucb", Style.CHAT, reply, function_signature="  void t()")
    assert code.startswith("void t") is stripped
    code, _ = taken(tmp_path, name, "strict", Style.CHAT, reply, function_signature="  void t()")
    assert code == "void t() {\n}"


REPLY = f"Here it is:\n\n```java\n{WHOLE}\n```\n\nThat is `sum`."


def test_a_chats_function(tmp_path: Path) -> None:
    """The harness begins at the signature, and loses the indentation before it."""
    assert taken(tmp_path, "complete", "strict", Style.CHAT, REPLY) == (WHOLE, (Rule.FENCED,))
    assert taken(tmp_path, "complete", "ucb", Style.CHAT, REPLY) == (WHOLE.lstrip(), ())


def test_a_signature_in_other_words(tmp_path: Path) -> None:
    """The harness wants it to the letter; the default looks for the function by its name."""
    other = WHOLE.replace("public static", "public  static")
    reply = f"```java\n{other}\n```"
    code, rules = taken(tmp_path, "complete", "ucb", Style.CHAT, reply)
    assert code == f"Can not find target function in answer!\n\n{reply}"
    assert rules == ("function not found",)
    assert taken(tmp_path, "complete", "strict", Style.CHAT, reply)[0] == other


def test_the_first_mention_decides_in_the_harness(tmp_path: Path) -> None:
    """Even where it is prose: what stands between it and the next is the function."""
    reply = f"I write `public static int sum(int[] values)` now.\n{REPLY}"
    code, _ = taken(tmp_path, "complete", "ucb", Style.CHAT, reply)
    assert code.startswith("public static int sum(int[] values)` now.")
    assert "return total" not in code
    assert taken(tmp_path, "complete", "strict", Style.CHAT, reply)[0] == WHOLE


def test_a_chat_corrects_itself_downwards(tmp_path: Path) -> None:
    """The last whole function of the name and parameters counts; the harness takes the first."""
    wrong = WHOLE.replace("int i = 0", "int i = 1")
    reply = f"```java\n{wrong}\n```\n\nNo:\n\n```java\n{WHOLE}\n```\n"
    code, rules = taken(tmp_path, "complete", "strict", Style.CHAT, reply)
    assert (code, rules) == (WHOLE, (Rule.FENCED, Rule.SEVERAL))
    assert taken(tmp_path, "complete", "ucb", Style.CHAT, reply)[0] == wrong.lstrip()


def test_overloads_are_told_by_their_parameters(tmp_path: Path) -> None:
    """Also where packages and type arguments are written otherwise."""
    other = "    public static int sum(long[] values) {\n        return 0;\n    }"
    reply = f"```java\npublic class Money {{\n{WHOLE}\n\n{other}\n}}\n```"
    assert taken(tmp_path, "complete", "strict", Style.CHAT, reply)[0] == WHOLE
    generic = "    int f(java.util.List<String> a, Object... b) {\n    }"
    reply = f"```java\n{generic}\n\nint f(int a) {{\n}}\n```"
    code, _ = taken(
        tmp_path, "complete", "strict", Style.CHAT, reply,
        function_signature="int f(List<String> a, Object[] b)",
    )  # fmt: skip
    assert code == generic


def test_a_function_in_a_class_in_a_file(tmp_path: Path) -> None:
    """With comments and other members around it."""
    reply = f"```java\npackage a;\n\n/** A. */\nclass Money {{\n    int a;\n{WHOLE}{AFTER}```"
    assert taken(tmp_path, "complete", "strict", Style.CHAT, reply)[0] == WHOLE


def test_a_constructor(tmp_path: Path) -> None:
    """It is a function like any other."""
    whole = "    public Money(int a) {\n        this.a = a;\n    }"
    for reply in (f"```java\n{whole}\n```", f"```java\nclass Money {{\n{whole}\n}}\n```"):
        code, _ = taken(
            tmp_path, "complete", "strict", Style.CHAT, reply,
            function_signature="public Money(int a)",
        )  # fmt: skip
        assert code == whole


def test_an_annotation_that_the_reply_left_out_comes_back(tmp_path: Path) -> None:
    """Without `@Test` no test would run; the harness puts it there whatever the reply has."""
    signature = "@Test\n    public void testSumOfAll()"
    bare = "public void testSumOfAll() {\n}"
    reply = f"```java\n{bare}\n```"
    code, rules = taken(
        tmp_path, "testgen", "strict", Style.CHAT, reply, function_signature=signature
    )
    assert (code, rules) == (f"@Test\n{bare}", (Rule.FENCED, "annotation restored"))
    code, _ = taken(tmp_path, "testgen", "ucb", Style.CHAT, reply, function_signature=signature)
    assert code == f"@Test\n{bare}"
    code, rules = taken(
        tmp_path, "testgen", "strict", Style.CHAT, f"```java\n@Test\n{bare}\n```",
        function_signature=signature,
    )  # fmt: skip
    assert (code, rules) == (f"@Test\n{bare}", (Rule.FENCED,))


def test_a_body_alone_gets_the_signature(tmp_path: Path) -> None:
    """A block without the function may be what belongs into it."""
    reply = "```java\nint total = 0;\nreturn total;\n```"
    code, rules = taken(tmp_path, "complete", "strict", Style.CHAT, reply)
    assert code == "public static int sum(int[] values) {\nint total = 0;\nreturn total;\n}"
    assert rules == (Rule.FENCED, Rule.BODY)


@pytest.mark.parametrize(
    ("reply", "rules"),
    [
        (f"So:\n\n{WHOLE}\n\nThat is it.", (Rule.NO_FENCE,)),
        (f"```java\n{WHOLE}", (Rule.FENCED, Rule.UNCLOSED)),
        (f"<think>\n{HEAD}\n}}\n</think>\n```java\n{WHOLE}\n```", (Rule.REASONING, Rule.FENCED)),
        (f"It's `sum` \"here:\n{WHOLE}\nAnd {{ more", (Rule.NO_FENCE,)),
    ],
)
def test_other_shapes_of_a_reply(tmp_path: Path, reply: str, rules: tuple[str, ...]) -> None:
    """Prose, a fence without an end, reasoning."""
    code, found = taken(tmp_path, "complete", "strict", Style.CHAT, reply)
    assert code.strip("\n") == WHOLE
    assert found == rules


def test_a_users_prompt_is_answered_or_continued(tmp_path: Path) -> None:
    """A completion of another prompt is a function, or else the body of it."""
    template = tmp_path / "ask.jinja"
    template.write_text("Write {{ entry_point }}.")
    task, problem = asking(tmp_path, "complete", "strict")
    task = task.configured(prompt=template)
    prompt = task.prompt(problem, Style.COMPLETE)
    assert task.extract(problem, prompt, f"\n{WHOLE}{AFTER}").code == WHOLE
    assert task.extract(problem, prompt, BODY).code == HEAD.strip() + BODY


JAVA = st.text(alphabet="{}()\"'/*\\;@ \nabsum", max_size=60)


@settings(deadline=None)
@given(JAVA, st.sampled_from(list(Style)))
def test_whatever_a_model_writes(text: str, style: Style) -> None:
    """Nothing raises, and what is taken comes from the reply, the prompt or the signature."""
    functions, ancestor = module("functions"), module("ancestor")
    published, row = module("published"), codeujb_rows.rows("complete")[0]
    asked = row["prompt_complete"].strip()
    for reply in (text, BODY + text, text + WHOLE, f"```\n{text}\n```"):
        assert isinstance(
            ancestor.extracted(
                published.COMPLETE, row, asked, reply, chat=style is Style.CHAT
            ).code,
            str,
        )
        if style is Style.CHAT:
            code = functions.of_chat(row["function_signature"], reply).code
        else:
            prompt = Prompt(asked, style)
            cut = row["prompt_complete_with_comment"]
            found = functions.of_completion(prompt, asked, cut, row["function_signature"], reply)
            code = found.code
            assert not code or (HEAD + reply).startswith(code)
        assert isinstance(code, str)


@settings(deadline=None)
@given(JAVA)
def test_what_follows_a_whole_function_does_not_matter(text: str) -> None:
    """It ends where its block ends."""
    functions, row = module("functions"), codeujb_rows.rows("complete")[0]
    asked, cut = row["prompt_complete"].strip(), row["prompt_complete_with_comment"]
    found = functions.of_completion(
        Prompt(asked, Style.COMPLETE), asked, cut, row["function_signature"], BODY + text
    )
    assert found.code == WHOLE
