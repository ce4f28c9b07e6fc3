"""Stop sequences, matched on text as the tokens arrive."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.backends.conftest import request
from ucb.backends.hf_stop import Row, Text
from ucb.types import Finish


class Letters:
    """A tokenizer whose token is an index into a list of strings."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces

    def decode(self, tokens: list[int], **_: object) -> str:
        """Return the pieces joined."""
        return "".join(self.pieces[token] for token in tokens)


def row(
    pieces: list[str], stops: tuple[str, ...], prompt: tuple[int, ...] = (0,), limit: int = 99
) -> Row:
    """A row whose tokens are pieces of text; token 0 is the empty string."""
    text = Text(Letters(["", *pieces]), prompt, stops)
    return Row(request("p"), prompt, limit, frozenset(), text)


def fed(made: Row, tokens: list[int]) -> Row:
    """The row after these tokens, or after the one that ended it."""
    for token in tokens:
        made.push(token)
        if made.finish:
            break
    return made


@pytest.mark.parametrize(
    "pieces",
    [
        ["ok", "\n", "d", "ef f"],  # Over several tokens.
        ["ok", "\ndef f"],  # Inside one.
        ["o", "k\nd", "ef ", "f"],  # From inside one token to another.
    ],
)
def test_stop_however_it_is_cut(pieces: list[str]) -> None:
    """A stop sequence is found wherever tokens begin and end, and the text ends before it."""
    made = fed(row(pieces, ("\ndef ",)), list(range(1, len(pieces) + 1)))
    assert (made.completion().text, made.finish) == ("ok", Finish.STOP)


def test_earliest_stop_wins() -> None:
    """When one token completes two stop sequences the text ends before the first."""
    made = fed(row(["a", "\n# b\ndef "], ("\ndef ", "\n#")), [1, 2])
    assert made.completion().text == "a"


def test_prompt_is_not_searched() -> None:
    """A stop sequence that begins in the prompt is not in the completion."""
    made = fed(row(["\n", "def f", "end"], ("\ndef ",), prompt=(1,), limit=2), [2, 3])
    assert (made.completion().text, made.finish) == ("def fend", Finish.LENGTH)


def test_limit() -> None:
    """A row that used its tokens up was cut off, unless the last one completed a stop."""
    assert fed(row(["a"], (), limit=3), [1] * 9).finish is Finish.LENGTH
    assert fed(row(["a", "!"], ("!",), limit=3), [1, 1, 2]).finish is Finish.STOP


def test_end_of_text_token() -> None:
    """The token that ends the text is counted and not in the text."""
    made = Row(request("p"), (0,), 9, frozenset({2}), Text(Letters(["", "a", "<eos>"]), (0,), ()))
    completion = fed(made, [1, 2]).completion()
    assert (completion.text, completion.finish, completion.tokens_out) == ("a", Finish.STOP, 2)


def test_leading_space_is_kept() -> None:
    """A tokenizer that drops the space before the first token it decodes loses none here."""

    class Sentencepiece(Letters):
        def decode(self, tokens: list[int], **_: object) -> str:
            return super().decode(tokens).removeprefix(" ")

    text = Text(Sentencepiece(["", " x =", " 1"]), (1,), ())
    assert text.cut([2])[0] == " 1"


PIECES = ["a", "b", "ab", "ba", "\n", "a\n", "\nb", "é"]


@given(
    tokens=st.lists(st.integers(1, len(PIECES)), min_size=1, max_size=30),
    stops=st.lists(st.text("ab\né", min_size=1, max_size=4), max_size=3),
)
def test_same_as_cutting_afterwards(tokens: list[int], stops: list[str]) -> None:
    """Watching token by token gives the text that a cut of the whole answer would."""
    whole = "".join(PIECES[token - 1] for token in tokens)
    cuts = [at for stop in stops if (at := whole.find(stop)) >= 0]
    made = fed(row(PIECES, tuple(stops), limit=len(tokens)), tokens)
    # Two stop sequences may overlap: the one that ends first is seen first.
    assert whole.startswith(made.completion().text)
    assert not any(stop in made.completion().text for stop in stops)
    assert (made.finish is Finish.STOP) == bool(cuts)
    if len(stops) <= 1:
        assert made.completion().text == whole[: min(cuts, default=len(whole))]


def test_split_character(tokenizer: Any) -> None:
    """A character that takes several byte tokens is whole in the text and in a stop sequence."""
    ids = tokenizer("x数y", add_special_tokens=False)["input_ids"]
    assert len(ids) > 3
    assert Text(tokenizer, [0], ()).cut(ids)[0] == "x数y"
    assert Text(tokenizer, [0], ("数",)).cut(ids) == ("x", True)
