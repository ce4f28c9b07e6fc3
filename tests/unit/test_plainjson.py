"""Plain values through JSON and back."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.plainjson import dumps, loads

HASHABLE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.complex_numbers(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
VALUES = st.recursive(
    HASHABLE | st.sets(HASHABLE, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=3)
    ),
    max_leaves=8,
)


def typed(value: Any) -> Any:
    """Return a value with the types of everything in it."""
    if isinstance(value, dict):
        return dict, [(typed(key), typed(each)) for key, each in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [typed(each) for each in value]
    return type(value), value


@given(VALUES)
def test_a_value_comes_back_with_its_types(value: Any) -> None:
    """Tuples stay tuples, keys keep their types, and long numbers their digits."""
    assert typed(loads(dumps(value))) == typed(value)


def test_numbers_that_json_lacks_survive() -> None:
    """Infinities, NaN, and integers of any length."""
    assert loads(dumps([math.inf, -math.inf, 10**5000])) == [math.inf, -math.inf, 10**5000]
    assert math.isnan(loads(dumps(math.nan)))


def test_what_is_no_plain_value_is_refused() -> None:
    """An object has no JSON, and a foreign tag no value."""
    with pytest.raises(TypeError, match="a object is no plain value"):
        dumps([object()])
    for text in ('{"class": 1}', '{"a": 1, "b": 2}', "{}", '{"tuple": 1}', "["):
        with pytest.raises(ValueError, match=r"."):
            loads(text)
