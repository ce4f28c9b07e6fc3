"""
Plain values across a socket, as a flat table of nodes in JSON.

The judge compares what arrives here, so nothing but exact builtin types
arrives: a value's class, its methods and its lies stay in the candidate's
process. A container is a node ``[tag, item, …]``; an item is a scalar or a
reference ``[node]``. Being flat, the table has no depth: nesting, sharing and
cycles survive whatever the recursion limit. Containers that the call mutated
are written back into the caller's own objects.

Tags: l list, t tuple, d dict, s set, f frozenset, b bytes, B bytearray,
i big int, z complex, r range, k/v/p dict keys/values/items, g iterator,
D Decimal, F Fraction, e Ellipsis, o opaque.
"""

from __future__ import annotations

import json
from collections.abc import ItemsView, Iterable, Iterator, KeysView, ValuesView
from decimal import Decimal, DecimalException
from fractions import Fraction
from itertools import islice
from typing import Any

MOST_ITEMS = 100_000
"""Items taken from an iterator, which may have no end."""
_SMALL = 1 << 63
_PLAIN = frozenset({str, float, bool, type(None)})
_INTS = frozenset({int, bool})
_MUTABLE = (list, dict, set, bytearray)
_FROZEN_TAGS = frozenset("tfgkp")


class Unsendable(TypeError):
    """An argument that is no plain value: this test cannot be run across a socket."""


class Malformed(ValueError):
    """What arrived is no table of values."""


class Opaque:
    """Stands for an object that is no plain value. It equals nothing."""

    __slots__ = ("kind",)
    __hash__ = object.__hash__

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{self.kind} object>"


class Encoder:
    """Builds one table. `strict` refuses what is no plain value."""

    def __init__(self, strict: bool = False) -> None:
        self.nodes: list[Any] = []
        self.objects: list[Any] = []
        """The object of each node; keeps it alive, so that its id stays its own."""
        self._index: dict[int, int] = {}
        self._strict = strict
        self._done = 0

    def known(self, objects: list[Any]) -> None:
        """Begin with the nodes of a table received before, as they are now."""
        for value in objects:
            self._add(value)

    def encode(self, value: Any) -> Any:
        """Return `value` as an item, its containers added to the table."""
        if type(value) in _PLAIN and self._done == len(self.objects):
            return value
        item = self._item(value)
        while self._done < len(self.objects):
            self.nodes[self._done] = self._node(self.objects[self._done])
            self._done += 1
        return item

    def _add(self, value: Any) -> int:
        number = len(self.objects)
        self._index.setdefault(id(value), number)
        self.objects.append(value)
        self.nodes.append(None)
        return number

    def _item(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN or (kind is int and -_SMALL <= value < _SMALL):
            return value
        number = self._index.get(id(value))
        return [self._add(value) if number is None else number]

    def _items(self, values: Any) -> list[Any]:
        items: list[Any] = list(values)
        kinds = set(map(type, items))
        if kinds <= _PLAIN:
            return items
        if kinds <= _INTS and min(items) >= -_SMALL and max(items) < _SMALL:
            return items
        return [self._item(value) for value in items]

    def _node(self, value: Any) -> list[Any]:
        exact = _EXACT.get(type(value))
        if exact is not None:
            return [exact, *self._items(value)]
        for base, tag, parts in _CONTAINERS:
            if isinstance(value, base):
                return [tag, *self._items(parts(value))]
        for base, convert in _ATOMS:
            if isinstance(value, base):
                return list(convert(value))
        if isinstance(value, Iterator):
            return ["g", *self._items(islice(value, MOST_ITEMS))]
        return self._other(value)

    def _other(self, value: Any) -> list[Any]:
        if value is Ellipsis:
            return ["e"]
        if type(value).__module__ == "numpy" and hasattr(value, "item") and not value.ndim:
            scalar = value.item()
            if type(scalar) in (bool, int, float, complex, str, bytes):
                return ["x", self._item(scalar)]
        if self._strict:
            raise Unsendable(f"a {type(value).__qualname__} cannot be sent to the candidate")
        return ["o", type(value).__qualname__]


def _pairs(items: Any) -> Any:
    for key, value in items:
        yield key
        yield value


_EXACT: dict[Any, str] = {list: "l", tuple: "t", set: "s", frozenset: "f"}
"""The usual ones, found faster."""
# A subclass is reduced through its base's own methods: what it overrides is not asked.
_CONTAINERS: tuple[tuple[Any, str, Any], ...] = (
    (list, "l", list.__iter__),
    (tuple, "t", tuple.__iter__),
    (dict, "d", lambda value: _pairs(dict.items(value))),
    (set, "s", set.__iter__),
    (frozenset, "f", frozenset.__iter__),
    (KeysView, "k", iter),
    (ValuesView, "v", iter),
    (ItemsView, "p", _pairs),
)
_ATOMS: tuple[tuple[Any, Any], ...] = (
    (str, lambda value: ["x", str.__str__(value)]),
    (int, lambda value: ["i", hex(int.__index__(value))]),
    (float, lambda value: ["x", float.__float__(value)]),
    (bytes, lambda value: ["b", bytes.hex(value)]),
    (bytearray, lambda value: ["B", bytearray.hex(value)]),
    (complex, lambda value: ["z", complex.real.__get__(value), complex.imag.__get__(value)]),
    (range, lambda value: ["r", *(hex(n) for n in (value.start, value.stop, value.step))]),
    (Decimal, lambda value: ["D", Decimal.__str__(value)]),
    (Fraction, lambda value: ["F", hex(value.numerator), hex(value.denominator)]),
)


class Decoder:
    """Turns a table back into values. `mine` are the objects of its first nodes."""

    def __init__(self, nodes: list[Any], mine: tuple[Any, ...] = ()) -> None:
        self._nodes = nodes
        self._mine = mine
        self.objects: list[Any] = [None] * len(nodes)

    def decode(self, *items: Any) -> list[Any]:
        """
        Return the values of `items`, rebuilding the whole table.

        Raises `Malformed`: the table may come from a hostile process.
        """
        try:
            self._prepare()
            self._build_frozen()
            self._fill()
            return self.items(items)
        except (
            ArithmeticError, DecimalException, KeyError, IndexError, TypeError, ValueError,
            AttributeError, RecursionError,
        ) as error:  # fmt: skip
            raise Malformed(f"not a table of values: {error}") from None

    def items(self, items: Iterable[Any]) -> list[Any]:
        """Return the values of more items of a table that was decoded."""
        return [self._value(item) for item in items]

    def _value(self, item: Any) -> Any:
        return self.objects[item[0]] if type(item) is list else item

    def _prepare(self) -> None:
        self._pending = []
        for number, node in enumerate(self._nodes):
            if number < len(self._mine) and (
                node is None or not isinstance(self._mine[number], _MUTABLE)
            ):
                self.objects[number] = self._mine[number]
                self._nodes[number] = ["="]
                continue
            tag = node[0]
            if tag in _FROZEN_TAGS or tag in ("v", "x"):
                self._pending.append(number)
            elif number < len(self._mine):
                self.objects[number] = self._mine[number]
            else:
                self.objects[number] = _EMPTY[tag]() if tag in _EMPTY else _ATOM_OF[tag](*node[1:])

    def _build_frozen(self) -> None:
        # A tuple needs its tuples first. Depth is the sender's choice, so no recursion.
        waiting, begun = set(self._pending), set()
        for first in self._pending:
            stack = [first]
            while stack:
                number = stack[-1]
                needed = {
                    item[0]
                    for item in self._nodes[number][1:]
                    if type(item) is list and item[0] in waiting
                }
                if number not in waiting:
                    stack.pop()
                elif needed:
                    begun.add(number)
                    if needed & begun:
                        raise ValueError("an immutable value that contains itself")
                    stack.extend(needed)
                else:
                    self.objects[number] = self._frozen(self._nodes[number])
                    waiting.discard(number)
                    begun.discard(number)
                    stack.pop()

    def _frozen(self, node: list[Any]) -> Any:
        values = [self._value(item) for item in node[1:]]
        tag = node[0]
        if tag == "t":
            return tuple(values)
        if tag == "f":
            return frozenset(values)
        if tag == "g":
            return iter(values)
        if tag == "k":
            return dict.fromkeys(values).keys()
        if tag == "v":
            return dict(enumerate(values)).values()
        if tag == "p":
            return dict(zip(values[::2], values[1::2])).items()  # noqa: B905 (3.9)
        return values[0]

    def _fill(self) -> None:
        for number, node in enumerate(self._nodes):
            target = self.objects[number]
            values = (self._value(item) for item in node[1:])
            if node[0] == "l":
                list.__setitem__(target, slice(None), list(values))
            elif node[0] == "d":
                pairs = list(values)
                dict.clear(target)
                dict.update(target, zip(pairs[::2], pairs[1::2]))  # noqa: B905 (3.9)
            elif node[0] == "s":
                members = list(values)
                set.clear(target)
                set.update(target, members)
            elif node[0] == "B" and number < len(self._mine):
                target[:] = bytes.fromhex(node[1])


_EMPTY: dict[str, Any] = {"l": list, "d": dict, "s": set}
_ATOM_OF: dict[str, Any] = {
    "i": lambda text: int(text, 16),
    "b": bytes.fromhex,
    "B": bytearray.fromhex,
    "z": lambda real, imaginary: complex(float(real), float(imaginary)),
    "r": lambda *parts: range(*(int(part, 16) for part in parts)),
    "D": Decimal,
    "F": lambda top, bottom: Fraction(int(top, 16), int(bottom, 16)),
    "e": lambda: Ellipsis,
    "o": lambda kind: Opaque(str(kind)[:100]),
}


_JSON = json.JSONEncoder(check_circular=False)


def dump(message: Any) -> bytes:
    """The message as ASCII JSON: lone surrogates, NaN and -0.0 survive."""
    return _JSON.encode(message).encode()


def load(data: bytes) -> Any:
    """Undo `dump`; raise `Malformed` for what is not JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}") from None
