"""A result as it is now, or its digest where it is long: for the candidate and the reference.

A digest proves as much as the value does: who returns the right one knows the value.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import json
import marshal
import operator
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

LONG = 8192
"""Characters of the canonical text of a result that is compared by its digest."""
_SHORT = LONG // 40
"""Bytes that `marshal` needs for a result that has fewer than `LONG` characters for certain."""
_ROWS = 1000
"""Items of a list that are looked at together: a result may fill most of the memory."""


def taken(value: Any) -> Any:
    """Return a copy of a result, which a later call cannot change, or the digest of a long one."""
    if type(value) in (list, tuple) and len(value) > LONG and (found := digest(value)):
        return found
    try:
        # Version 2 repeats what occurs several times, so that its length is the result's.
        data = marshal.dumps(value, 2)
    except ValueError:  # Not made of plain values alone.
        return copy.deepcopy(value) if isinstance(value, (list, tuple, set, dict)) else value
    if len(data) > _SHORT and (found := digest(value)):
        return found
    return marshal.loads(data)  # noqa: S302 (made a few lines above)


def digest(value: Any) -> str:
    """
    Return the digest of a result's canonical text, if that is longer than `LONG`, or nothing.

    Equal values have equal texts. Nothing, too, for a list of fractions, which
    is compared with a tolerance, and for what is not made of texts, numbers,
    lists and tuples.
    """
    made, length = hashlib.sha256(), 0
    try:
        for part in _parts(value, top=True):
            made.update(part.encode())
            length += len(part)
    except TypeError:
        return ""
    return f"sha256:{made.hexdigest()}" if length > LONG else ""


def _parts(value: Any, *, top: bool = False) -> Iterator[str]:
    """Yield the canonical text of a value; raise `TypeError` where it has none."""
    kind = type(value)
    if kind is str:
        yield json.dumps(value)
    elif kind in (int, bool, float):
        yield _number(value)
    elif value is None:
        yield "None"
    elif kind in (list, tuple):
        yield f"{kind.__name__}("
        for start in range(0, len(value), _ROWS):
            yield from _of_items(value[start : start + _ROWS], top)
        yield ")"
    else:
        raise TypeError(f"a {kind.__name__} has no canonical text")


def _of_items(items: Sequence[Any], top: bool) -> Iterator[str]:
    """Yield the texts of a list's items, the usual kinds much faster than one by one."""
    kinds = set(map(type, items))
    if kinds <= _NUMBERS:
        if top and float in kinds and not all(map(float.is_integer, map(float, items))):
            raise TypeError("fractions are compared with a tolerance")
        yield _numbers(items)
    elif kinds in ({tuple}, {list}):
        leaves = list(chain.from_iterable(items))
        kinds_below = set(map(type, leaves))
        if kinds_below == {str}:
            yield repr(items)
        elif kinds_below and kinds_below <= _NUMBERS:
            yield f"{kinds.pop().__name__}{list(map(len, items))}{_numbers(leaves)}"
        else:
            yield from _one_by_one(items)
    else:
        yield from _one_by_one(items)


def _one_by_one(items: Sequence[Any]) -> Iterator[str]:
    for item in items:
        yield from _parts(item)
        yield ","


_NUMBERS = {int, float}


def _numbers(values: Sequence[Any]) -> str:
    try:
        whole = list(map(int, values))
    except (OverflowError, ValueError):  # An infinity, or no number.
        whole = []
    texts = map(hex, whole) if whole == list(values) else map(_number, values)
    return "".join(f"{text}," for text in texts)


def _number(value: float) -> str:
    """Return the same text for a whole number of any type."""
    return value.hex() if isinstance(value, float) and not value.is_integer() else hex(int(value))


def older_sum(values: Iterable[Any], /, start: Any = 0) -> Any:
    """
    Add up as `sum` did before Python 3.12: rounding at each addition.

    The inputs of HumanEval/32 were chosen so that its reference, an iteration
    over such sums, converges. With exact sums it does not for seven of them.
    """
    return functools.reduce(operator.add, values, start)
