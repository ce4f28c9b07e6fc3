"""What the arguments of MBPP+ are: JSON has no tuples, sets or complex numbers.

The problems' numbers are EvalPlus's (`evalplus/data/mbpp.py`, version 0.3.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Shape = Callable[[list[Any]], Any]


def _tuples(arguments: list[Any]) -> list[Any]:
    return [tuple(argument) for argument in arguments]


def _lists_of_tuples(arguments: list[Any]) -> list[Any]:
    return [_tuples(argument) for argument in arguments]


def _tuples_of_tuples(arguments: list[Any]) -> list[Any]:
    return [tuple(_tuples(argument)) for argument in arguments]


def _first_list_of_tuples(arguments: list[Any]) -> list[Any]:
    return [_tuples(arguments[0]), arguments[1]]


def _first_tuple(arguments: list[Any]) -> list[Any]:
    return [tuple(arguments[0]), *arguments[1:]]


def _second_tuple(arguments: list[Any]) -> list[Any]:
    return [arguments[0], tuple(arguments[1])]


def _mixed_tuple(arguments: list[Any]) -> list[Any]:
    return [tuple(tuple(item) if isinstance(item, list) else item for item in arguments[0])]


def _list_of_sets(arguments: list[Any]) -> list[Any]:
    # An empty one is a dictionary, as EvalPlus has it.
    return [[set(item) if isinstance(item, list) and item else {} for item in arguments[0]]]


def _dictionary_of_tuples(arguments: list[Any]) -> list[Any]:
    return [{key: tuple(value) for key, value in arguments[0].items()}, *arguments[1:]]


def _complex(arguments: list[Any]) -> list[Any]:
    return [complex(arguments[0])]


def _float_and_complex(arguments: list[Any]) -> list[Any]:
    return [float(arguments[0]), complex(arguments[1])]


def _nested_tuples(value: Any) -> Any:
    return tuple(_nested_tuples(item) for item in value) if isinstance(value, list) else value


_NUMBERS: Mapping[Shape, tuple[int, ...]] = {
    _tuples: (
        2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630,
        726, 740, 744, 809,
    ),
    _lists_of_tuples: (63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780),
    _tuples_of_tuples: (259, 401, 445),
    _first_list_of_tuples: (75, 413, 444, 753),
    _first_tuple: (250, 307, 405, 446, 617, 720, 763, 808),
    _second_tuple: (106, 750),
    _mixed_tuple: (278,),
    _list_of_sets: (115,),
    _dictionary_of_tuples: (722,),
    _complex: (252,),
    _float_and_complex: (124,),
    _nested_tuples: (580, 615, 791),
}  # fmt: skip
SHAPES: Mapping[str, Shape] = {
    f"Mbpp/{number}": shape for shape, numbers in _NUMBERS.items() for number in numbers
}
"""By problem, how a list of arguments read from JSON becomes what it stands for."""
