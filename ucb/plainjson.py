"""
Plain Python values as JSON that keeps their types.

The text of this module also goes into programs, so it needs the standard library alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

_SMALL = 1 << 63
_SCALARS = frozenset({str, float, bool, type(None)})


def dumps(value: Any) -> str:
    """
    Return the JSON of a value.

    A subclass of a container is written as the container. Raises `TypeError` for
    what is no plain value.
    """
    return json.dumps(_tagged(value))


def loads(text: str | bytes) -> Any:
    """Undo `dumps`; raise `ValueError` for what it cannot have written."""
    try:
        return json.loads(text, object_hook=_untagged)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a plain value: {error}") from None


def _tagged(value: Any) -> Any:
    kind = type(value)
    if kind in _SCALARS or (kind is int and -_SMALL <= value < _SMALL):
        return value
    if kind is int:
        return {"int": hex(value)}
    if kind is complex:
        return {"complex": [value.real, value.imag]}
    if isinstance(value, dict):
        return {"dict": [[_tagged(part) for part in pair] for pair in value.items()]}
    for base, tag in ((list, ""), (tuple, "tuple"), (set, "set"), (frozenset, "frozenset")):
        if isinstance(value, base):
            items = [_tagged(item) for item in value]
            return {tag: items} if tag else items
    raise TypeError(f"a {kind.__qualname__} is no plain value")


def _untagged(node: Mapping[str, Any]) -> Any:
    ((tag, value),) = node.items()
    return _BUILD[tag](value)


_BUILD: Mapping[str, Callable[[Any], Any]] = {
    "int": lambda text: int(text, 16),
    "complex": lambda parts: complex(*parts),
    "dict": lambda pairs: {key: value for key, value in pairs},  # noqa: C416 (lists as pairs)
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}
