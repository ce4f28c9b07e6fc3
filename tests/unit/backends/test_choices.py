"""Likelihoods of choices, put together from those of their forms."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.backends.choices import forms, of_first_token, summed
from ucb.backends.hf_prompt import PromptEncoder
from ucb.types import Prompt, Style

LOGS = st.lists(st.floats(-50, 0), min_size=1, max_size=4)


def test_forms() -> None:
    """Large and small, with a space and without; each once."""
    assert forms("yes") == ("yes", "Yes", " yes", " Yes")
    assert forms("No") == ("No", " No")


@given(LOGS)
def test_probabilities_are_added(logs: list[float]) -> None:
    """The logarithm of the sum, however small the summands."""
    expected = math.log(math.fsum(math.exp(log + 50) for log in logs)) - 50
    assert summed({"yes": logs, "no": [-math.inf]}) == {"yes": pytest.approx(expected)}


def test_nothing_told_is_none() -> None:
    """A choice that no number is known of is left out, and all of them together are None."""
    assert summed({"yes": [], "no": []}) is None
    assert of_first_token(("yes", "no"), {"Maybe": -0.1}) is None
    assert of_first_token(("yes", "no"), {" no": -0.1, "Yesterday": -2.0}) == {
        "no": pytest.approx(-0.1)
    }


@pytest.mark.parametrize("style", list(Style))
def test_forms_as_tokens_exclude_each_other(tokenizer: Any, style: Style) -> None:
    """No form begins with another one of its choice, and each is the text it stands for."""
    prompt = Prompt("Is it so?\n", style, choices=("p", "print", "no"))
    found = PromptEncoder(tokenizer).forms(prompt)
    assert set(found) == {"p", "print", "no"}
    for choice, each in found.items():
        assert {tokenizer.decode(form) for form in each} <= set(forms(choice))
        for form in each:
            assert not any(other != form and form[: len(other)] == other for other in each)


def test_forms_that_the_prompt_swallows(tokenizer: Any) -> None:
    """A form that is one token with the end of the prompt could not be written behind it."""
    encoder = PromptEncoder(tokenizer)
    assert encoder.forms(Prompt("de", Style.COMPLETE, choices=("f",))) == {
        "f": tuple(sorted(tuple(tokenizer(form)["input_ids"][1:]) for form in ("F", " f", " F")))
    }
    assert encoder.forms(Prompt("de", Style.COMPLETE)) == {}
