"""Values between judge and candidate: everything plain arrives, nothing else does."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, defaultdict
from contextlib import suppress
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.sandbox.agent.values import (
    MOST_ITEMS,
    Decoder,
    Encoder,
    Malformed,
    Opaque,
    Unsendable,
    dump,
    load,
)

_hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.fractions(),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=10,
)
_plain = st.recursive(
    _hashable,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(_hashable, inner)
        | st.sets(_hashable)
    ),
    max_leaves=30,
)


def _across(value: Any) -> Any:
    encoder = Encoder()
    item = encoder.encode(value)
    item, nodes = load(dump([item, encoder.nodes]))
    return Decoder(nodes).decode(item)[0]


@pytest.mark.slow
@given(_plain)
def test_plain_values_arrive_as_they_are(value: Any) -> None:
    """What is plain arrives equal, of the same type, and looks the same."""
    got = _across(value)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        -0.0,
        1e308,
        float("inf"),
        10**5000,
        -(2**63) - 1,
        2**63,
        "\ud800\0",
        True,
        ...,
        range(5, 1, -2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_awkward_values_arrive_as_they_are(value: Any) -> None:
    """Signs of zero, integers without limit and lone surrogates survive."""
    got = _across(value)
    assert got == value
    assert type(got) is type(value)
    if isinstance(value, float):
        assert math.copysign(1, got) == math.copysign(1, value)


def test_nan_arrives() -> None:
    """NaN arrives as NaN."""
    assert math.isnan(_across([float("nan")])[0])


def test_sharing_and_cycles_survive() -> None:
    """One list in two places is one list there too, and a list may hold itself."""
    inner: list[Any] = [1]
    loop: list[Any] = [inner, inner]
    loop.append(loop)
    got = _across(loop)
    assert got[0] is got[1]
    assert got[2] is got


def test_depth_has_no_limit() -> None:
    """Nesting far beyond the recursion limit arrives, of lists and of tuples."""
    for kind in (list, tuple):
        value: Any = kind()
        for _ in range(20_000):
            value = kind([value])
        got, depth = _across(value), 0
        while got:
            got, depth = got[0], depth + 1
        assert depth == 20_000


def test_shared_tuples_arrive_without_blowing_up() -> None:
    """A tuple used twice at each of many levels costs one node a level."""
    value: Any = (1,)
    for _ in range(200):
        value = (value, value)
    assert len(dump(_table(value))) < 10_000
    got = _across(value)
    assert got[0] is got[1]


class _Pair(NamedTuple):
    a: int
    b: int


class _Number(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Counter("aab"), {"a": 2, "b": 1}),
        (OrderedDict({1: 2}), {1: 2}),
        (defaultdict(int, {1: 2}), {1: 2}),
        (_Pair(1, 2), (1, 2)),
        (_Number.ONE, 1),
        (type("Text", (str,), {})("x"), "x"),
        (type("Items", (list,), {})([1]), [1]),
    ],
)
def test_subclasses_are_reduced_to_their_base(value: Any, plain: Any) -> None:
    """A subclass of a builtin arrives as the builtin."""
    got = _across(value)
    assert got == plain
    assert type(got) is type(plain)


def test_lies_stay_behind() -> None:
    """A subclass's own methods are not asked what it holds."""
    liar = type(
        "Liar",
        (list,),
        {"__iter__": lambda _: iter([42]), "__eq__": lambda *_: True, "__hash__": None},
    )([1])
    assert _across(liar) == [1]
    assert _across(liar) != [42]


def test_what_is_not_plain_equals_nothing() -> None:
    """An object arrives as a stand-in that is not even equal to itself."""
    got = _across([object()])[0]
    assert isinstance(got, Opaque)
    assert got != got  # noqa: PLR0124 (the point)


def test_iterators_arrive_as_iterators() -> None:
    """A generator can be iterated and equals no list; an endless one is cut."""
    got = _across(i for i in range(3))
    assert got != [0, 1, 2]
    assert list(got) == [0, 1, 2]
    assert sum(1 for _ in _across(count())) == MOST_ITEMS


def test_views_arrive_as_views() -> None:
    """The views of a dict behave as they did."""
    table = {"a": 1, "b": 2}
    assert _across(table.keys()) == {"a", "b"}
    assert sorted(_across(table.values())) == [1, 2]
    assert ("a", 1) in _across(table.items())


def test_an_argument_that_is_not_plain_is_refused() -> None:
    """What the candidate could not receive as it is, is not sent."""
    with pytest.raises(Unsendable, match="function"):
        Encoder(strict=True).encode([len, lambda: None])


def test_mutations_are_written_back() -> None:
    """After a call the caller's own containers hold what the candidate left in them."""
    mine: list[Any] = [3, {"a": {1}}, bytearray(b"x")]
    encoder = Encoder(strict=True)
    args = encoder.encode(mine)
    decoder = Decoder(load(dump(encoder.nodes)))
    (theirs,) = decoder.decode(args)
    theirs[1]["a"].add(2)
    theirs[2][:] = b"yz"
    theirs.append(theirs[1])
    answer = Encoder()
    answer.known(decoder.objects)
    value = answer.encode(theirs)
    inner = mine[1]
    (got,) = Decoder(load(dump(answer.nodes)), tuple(encoder.objects)).decode(value)
    assert got is mine
    assert mine == [3, {"a": {1, 2}}, bytearray(b"yz"), {"a": {1, 2}}]
    assert mine[1] is inner
    assert mine[3] is inner


def test_what_was_not_touched_is_not_sent_back() -> None:
    """A node that is null stands for the caller's own object."""
    mine = [1, 2]
    encoder = Encoder(strict=True)
    args = encoder.encode(mine)
    (got,) = Decoder([None], tuple(encoder.objects)).decode(args)
    assert got is mine
    assert mine == [1, 2]


@pytest.mark.parametrize(
    "nodes",
    [
        [["t", [0]]],
        [["t", [1]], ["t", [0]]],
        [["l", [5]]],
        [["?"]],
        [[]],
        [5],
        ["l"],
        [{"l": 1}],
        [["s", [1]], ["l"]],
        [["d", 1]],
        [["d", [1], 2], ["l"]],
        [["i", "xyz"]],
        [["b", "zz"]],
        [["F", "0x1", "0x0"]],
        [["D", "pi"]],
        [["r", "0x1", "0x2", "0x0"]],
        [["f", [-1]]],
        [["l", [None]]],
        [None],
    ],
)
def test_a_forged_table_is_refused(nodes: list[Any]) -> None:
    """No table makes the decoder do anything but answer or refuse."""
    try:
        got = Decoder(nodes).decode([0])[0]
    except Malformed:
        return
    assert type(got) in {list, dict, tuple, frozenset, type(None)}


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_random_tables_are_refused_or_read(nodes: Any) -> None:
    """Rubbish never raises anything but `Malformed`."""
    if not isinstance(nodes, list):
        nodes = [nodes]
    with suppress(Malformed):
        assert len(Decoder(nodes).decode([0])) == 1


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"{", b"\xff", b"1" * 10_000])
def test_what_is_not_json_is_refused(data: bytes) -> None:
    """Bytes that are no message are refused, whatever they do to a parser."""
    with pytest.raises(Malformed):
        load(data)


def test_numbers_keep_their_kind() -> None:
    """True is not 1, and 1 is not 1.0, on the other side either."""
    assert [type(item) for item in _across([True, 1, 1.0])] == [bool, int, float]
    assert _across(Decimal("1.10")).as_tuple() == Decimal("1.10").as_tuple()
    assert _across(Fraction(2, 4)) == Fraction(1, 2)


def _table(value: Any) -> list[Any]:
    encoder = Encoder()
    encoder.encode(value)
    return encoder.nodes
