"""Rows of a run folder."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.errors import DataError
from ucb.rows import completion_from_row, completion_to_row, verdict_from_row, verdict_to_row
from ucb.types import Completion, Finish, Key, Reason, Stage, Verdict

# Any text a model can write, lone surrogates among it.
TEXTS = st.text(st.characters(codec=None, categories=None))
KEYS = st.builds(Key, TEXTS, st.integers(0, 10**9))
NUMBERS = st.floats(0, allow_nan=False, allow_infinity=False)
COMPLETIONS = st.builds(
    Completion,
    KEYS,
    TEXTS,
    st.sampled_from(Finish),
    st.none() | st.integers(0),
    st.none() | st.integers(0),
    st.none() | NUMBERS,
    st.none() | NUMBERS,
    st.none() | TEXTS,
    st.none() | st.dictionaries(TEXTS, st.floats(max_value=0, allow_infinity=False)),
)
VERDICTS = st.builds(
    Verdict,
    KEYS,
    st.sampled_from(Stage),
    st.sampled_from(Reason),
    TEXTS,
    TEXTS,
    NUMBERS,
    st.lists(TEXTS).map(tuple),
    TEXTS,
    st.dictionaries(TEXTS, NUMBERS),
)


@given(COMPLETIONS)
def test_a_completion_survives_its_row(completion: Completion) -> None:
    """What is written as a line of ASCII is read back as it was."""
    line = json.dumps(completion_to_row(completion), ensure_ascii=True, allow_nan=False)
    assert completion_from_row(json.loads(line.encode())) == completion


@given(VERDICTS)
def test_a_verdict_survives_its_row(verdict: Verdict) -> None:
    """What is written as a line of ASCII is read back as it was."""
    line = json.dumps(verdict_to_row(verdict), ensure_ascii=True, allow_nan=False)
    assert verdict_from_row(json.loads(line.encode())) == verdict


def test_defaults_are_left_out() -> None:
    """A row holds what it says and no more, with names people can read."""
    assert completion_to_row(Completion(Key("p", 0), "t")) == {
        "problem": "p",
        "sample": 0,
        "text": "t",
    }
    assert verdict_to_row(Verdict(Key("p", 1), Stage.COMPILED, Reason.WRONG)) == {
        "problem": "p",
        "sample": 1,
        "stage": "compiled",
        "reason": "wrong answer",
    }


def test_numbers_that_json_cannot_hold_are_left_out() -> None:
    """A measure that is not a number says nothing, and must not make the row unreadable."""
    verdict = Verdict(
        Key("p", 0), Stage.PASSED, Reason.PASSED, cpu=math.inf, measures={"a": math.nan, "b": 1.0}
    )
    assert verdict_to_row(verdict)["measures"] == {"b": 1.0}
    assert "cpu" not in verdict_to_row(verdict)
    assert "cost" not in completion_to_row(Completion(Key("p", 0), "", cost=math.nan))
    unlikely = Completion(Key("p", 0), "", choices={"yes": -math.inf, "no": -0.5})
    assert completion_to_row(unlikely)["choices"] == {"no": -0.5}


def test_unknown_fields_are_passed_over() -> None:
    """Rows of a later version are readable."""
    row = {"problem": "p", "sample": 0, "text": "t", "mood": "good", "code": None}
    assert completion_from_row(row) == Completion(Key("p", 0), "t")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"problem": None}, "'problem' must be a text"),
        ({"sample": -1}, "'sample' must be a whole number, 0 or more"),
        ({"sample": True}, "'sample' must be a whole number"),
        ({"text": 3}, "'text' must be a text"),
        ({"finish": "tired"}, "'finish' must be one of stop, length"),
        ({"tokens_in": 1.5}, "'tokens_in' must be a whole number"),
        ({"seconds": "1"}, "'seconds' must be a number"),
        ({"cost": 10**400}, "'cost' must be a number"),
        ({"choices": [0.5]}, "'choices' must be an object of numbers"),
    ],
)
def test_a_bad_completion_row_says_where_and_what(change: dict[str, Any], sentence: str) -> None:
    """Damage is a sentence with the place and the field."""
    row = {"problem": "p", "sample": 0, "text": "t", **change}
    with pytest.raises(DataError, match=f"^a.jsonl, line 3: {sentence}"):
        completion_from_row(row, "a.jsonl, line 3")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"stage": "Passed"}, "'stage' must be one of nothing, extracted"),
        ({"stage": 4}, "'stage' must be one of"),
        ({"reason": "bored"}, "'reason' must be one of passed"),
        ({"rules": "fenced"}, "'rules' must be a list of texts"),
        ({"measures": [1]}, "'measures' must be an object of numbers"),
        ({"measures": {"a": "b"}}, "'measures' must be a number"),
    ],
)
def test_a_bad_verdict_row_says_where_and_what(change: dict[str, Any], sentence: str) -> None:
    """Damage is a sentence with the place and the field."""
    row = {"problem": "p", "sample": 0, "stage": "passed", "reason": "passed", **change}
    with pytest.raises(DataError, match=f"^here: {sentence}"):
        verdict_from_row(row, "here")


@pytest.mark.parametrize("name", ["problem", "sample", "stage", "reason"])
def test_a_row_without_a_needed_field_is_refused(name: str) -> None:
    """A field that has no default cannot be missing."""
    row = {"problem": "p", "sample": 0, "stage": "passed", "reason": "passed"}
    del row[name]
    with pytest.raises(DataError, match=f"'{name}' is missing"):
        verdict_from_row(row)
