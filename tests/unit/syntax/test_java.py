"""What Java says about itself: methods, types and blocks, also where the text is cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.syntax.java import (
    Source,
    block_end,
    last_member_end,
    shifted,
    without_comments,
)

_FILE = '''\
package org.shop;

import java.util.List;
import java.util.Map;

/** What is bought. */
public final class Basket<T> {
    private static final Map<String, Integer> SIZES = Map.of(
            "small", 1);

    /** How many. */
    private int count;

    public Basket(int count) {
        this.count = count;
    }

    // A remark.
    /**
     * Adds {@code }} things.
     */
    @Override
    public <S extends T> List<S> add(final List<? extends S> more, @Deprecated int[] ids, S... s)
            throws Exception {
        if (more.isEmpty()) { // none }
            return new Other<S>(ids).all();
        } else {
            more.forEach(Basket::check);
        }
        return """
    }}
  """.isEmpty() ? null : '}' == ids[0] ? null : helper("}");
    }

    void add() {
    }

    enum Kind {
        ONE { int size() { return 1; } }, TWO;

        int size() {
            return 2;
        }
    }

    interface Priced {
        int price(int count);
    }
}
'''


@pytest.fixture(scope="module")
def source() -> Source:
    """One file with most of what Java has."""
    return Source(_FILE)


def test_methods_have_their_types_and_parameters(source: Source) -> None:
    """In order; those of constants are none of the file's."""
    assert source.ok
    assert [each.signed for each in source.methods] == [
        "Basket.Basket(int)",
        "Basket.add(List<?extendsS>,int[],S...)",
        "Basket.add()",
        "Basket.Kind.size()",
        "Basket.Priced.price(int)",
    ]
    assert [each.constructor for each in source.methods] == [True, *[False] * 4]


def test_a_method_is_told_apart_from_its_documentation(source: Source) -> None:
    """Javadoc, annotations and signature, body, and what it calls and names."""
    method = source.method("Basket.add", ("List<?extendsS>", "int[]", "S..."))
    assert method is not None
    lines = _FILE.split("\n")
    assert lines[method.top - 1].strip() == "/**"
    assert lines[method.first - 1].strip() == "@Override"
    assert lines[method.last - 1] == "    }"
    assert method.javadoc.startswith("/**")
    assert method.javadoc.endswith("*/")
    assert method.head.startswith("@Override\n")
    assert method.head.endswith("throws Exception {")
    assert method.modifiers >= {"@Override", "public"}
    assert method.calls == {"isEmpty", "Other", "all", "forEach", "check", "helper"}
    assert {"List", "Other", "Exception"} <= method.types
    assert f"{method.head}{method.body}}}" in _FILE


@pytest.mark.parametrize(
    ("name", "parameters", "found"),
    [
        ("add", None, "Basket.add()"),
        ("add", ("List<?extendsS>", "int[]", "S..."), "Basket.add(List<?extendsS>,int[],S...)"),
        ("add", ("A", "B", "C"), "Basket.add(List<?extendsS>,int[],S...)"),
        ("Basket.add()", None, "Basket.add()"),
        ("Basket.add(int)", None, None),
        ("Basket.Kind.size", None, "Basket.Kind.size()"),
        ("Basket", None, None),
        ("nothing", None, None),
    ],
)
def test_a_method_is_found_by_its_name(
    source: Source, name: str, parameters: tuple[str, ...] | None, found: str | None
) -> None:
    """The last of several, but for the one with the parameters, or as many."""
    method = source.method(name, parameters)
    assert (method.signed if method else None) == found


def test_types_and_members_have_their_lines(source: Source) -> None:
    """Nested ones below their outer types; fields with what documents them."""
    assert [each.name for each in source.types] == ["Basket", "Basket.Kind", "Basket.Priced"]
    outer = source.types[0]
    assert outer.public
    assert (outer.top, outer.first, outer.opens) == (6, 7, 7)
    assert source.package == "org.shop"
    assert source.preamble == (1, 3, 4)
    assert [(each.top, each.last) for each in source.members][:2] == [(8, 9), (11, 12)]


def test_statements_begin_where_they_are_written(source: Source) -> None:
    """One that holds others ends before the first of them."""
    method = source.method("add", ("A", "B", "C"))
    assert method is not None
    lines = source.statement_lines(method)
    begins = {_FILE.split("\n")[line - 1].split(maxsplit=1)[0]: line for line in lines}
    assert set(begins) == {"if", "return", "more.forEach(Basket::check);"}
    assert lines[begins["if"]] == begins["if"]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("return 1; } more", " more"),
        ("if (a) { } } more", " more"),
        ("s = \"}\"; c = '}'; d = '\\''; } more", " more"),
        ("// }\n/* } */ } more", " more"),
        ('t = """\n } " \\""" }\n"""; } more', " more"),
        ('"unclosed }\n} more', " more"),
    ],
)
def test_a_block_ends_with_its_brace(text: str, rest: str) -> None:
    """Braces in strings, characters, text blocks and comments are none."""
    end = block_end(text)
    assert end is not None
    assert text[end:] == rest


@pytest.mark.parametrize("text", ["", "if (a) { }", "// }", '"}"', '"""\n}'])
def test_a_block_that_is_cut_off_has_no_end(text: str) -> None:
    """The text is too short."""
    assert block_end(text) is None


def test_the_last_whole_member_is_found() -> None:
    """Of a class whose text breaks off."""
    text = "void a() { if (b) { } }\n int c;\n void d() { e(); if (f) { }"
    end = last_member_end(text)
    assert end is not None
    assert text[:end] == "void a() { if (b) { } }"
    assert last_member_end("void a() {") is None


def test_comments_go_and_strings_stay() -> None:
    """With them blank lines but one where several follow each other."""
    code = (
        "int a; // One.\n\n/* Two.\n   Three. */\n\n// Four.\nint /* five */ b;\n"
        'String c = "// no comment";\nString d = """\n// neither\n\n\n  /* nor */""";\n'
    )
    assert without_comments(code) == (
        'int a;\n\nint   b;\nString c = "// no comment";\n'
        'String d = """\n// neither\n\n\n  /* nor */""";\n'
    )


def test_code_moves_and_its_text_blocks_do_not() -> None:
    """Indenting and back is where it was."""
    code = 'int a() {\n    return """\n  two\n""";\n}\n'
    moved = shifted(code, 4)
    assert moved == '    int a() {\n        return """\n  two\n""";\n    }\n'
    assert shifted(moved, -4) == code


@given(st.text(alphabet="ab{}()\"'/*\n;= @", max_size=60))
def test_any_text_is_read(text: str) -> None:
    """What a model writes need not be Java."""
    source = Source(text)
    assert all(each.first <= each.last for each in source.methods)
    assert len(source.types) >= 0
    without_comments(text)
    end = block_end(text)
    assert end is None or text[end - 1] == "}"
