"""
The rows of a run folder: what a completion and a verdict look like as JSON.

A field that holds its default is left out, and a field this version does not
know is passed over, so that old and new rows can be read by either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, TypeVar

from ucb.errors import DataError
from ucb.types import Completion, Finish, Key, Reason, Stage, Verdict

Row = dict[str, Any]
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def completion_to_row(completion: Completion) -> Row:
    """
    Return the JSON object of a completion.

    Write it with `ensure_ascii`: text may hold lone surrogates, which UTF-8 cannot.
    """
    return {
        "problem": completion.key.problem,
        "sample": completion.key.sample,
        "text": completion.text,
        **_unless(Finish.STOP, finish=completion.finish.value),
        **_unless(
            None,
            tokens_in=completion.tokens_in,
            tokens_out=completion.tokens_out,
            seconds=_finite(completion.seconds),
            cost=_finite(completion.cost),
            code=completion.code,
            choices=None if completion.choices is None else _all_finite(completion.choices),
        ),
    }


def completion_from_row(row: Mapping[str, Any], where: object = "a row") -> Completion:
    """Return the completion of a JSON object; raise `DataError`, naming `where`, if it is none."""
    read = _Reader(row, where)
    return Completion(
        key=read.key(),
        text=read.required("text", _text),
        finish=read.optional("finish", _member(Finish), Finish.STOP),
        tokens_in=read.optional("tokens_in", _count, None),
        tokens_out=read.optional("tokens_out", _count, None),
        seconds=read.optional("seconds", _number, None),
        cost=read.optional("cost", _number, None),
        code=read.optional("code", _text, None),
        choices=read.optional("choices", _numbers, None),
    )


def verdict_to_row(verdict: Verdict) -> Row:
    """Return the JSON object of a verdict. A measure that is not a finite number is left out."""
    return {
        "problem": verdict.key.problem,
        "sample": verdict.key.sample,
        "stage": verdict.stage.name.lower(),
        "reason": verdict.reason.value,
        **_unless("", detail=verdict.detail, judge=verdict.judge, output=verdict.output),
        **_unless(0.0, cpu=_finite(verdict.cpu) or 0.0),
        **_unless([], rules=list(verdict.rules)),
        **_unless({}, measures=_all_finite(verdict.measures), lines=dict(verdict.lines)),
    }


def verdict_from_row(row: Mapping[str, Any], where: object = "a row") -> Verdict:
    """Return the verdict of a JSON object; raise `DataError`, naming `where`, if it is none."""
    read = _Reader(row, where)
    return Verdict(
        key=read.key(),
        stage=read.required("stage", _stage),
        reason=read.required("reason", _member(Reason)),
        detail=read.optional("detail", _text, ""),
        judge=read.optional("judge", _text, ""),
        cpu=read.optional("cpu", _number, 0.0),
        rules=read.optional("rules", _texts, ()),
        output=read.optional("output", _text, ""),
        measures=read.optional("measures", _numbers, {}),
        lines=read.optional("lines", _named_texts, {}),
    )


class _Reader:
    """Takes fields out of a row; a wrong one becomes a sentence with its name and its place."""

    def __init__(self, row: Mapping[str, Any], where: object) -> None:
        self._row = row
        self._where = where

    def key(self) -> Key:
        return Key(self.required("problem", _text), self.required("sample", _count))

    def required(self, name: str, convert: Callable[[Any], T]) -> T:
        if name not in self._row:
            raise DataError(f"{self._where}: {name!r} is missing.")
        try:
            return convert(self._row[name])
        except (TypeError, ValueError) as error:
            raise DataError(f"{self._where}: {name!r} must be {error}.") from None

    def optional(self, name: str, convert: Callable[[Any], T], default: T) -> T:
        return default if self._row.get(name) is None else self.required(name, convert)


def _unless(default: object, **fields: object) -> Row:
    return {name: value for name, value in fields.items() if value != default}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _all_finite(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in numbers.items() if math.isfinite(value)}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise TypeError("a text")


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise TypeError("a list of texts")


def _count(value: Any) -> int:
    # A bool is an int to Python, not to a reader of the file.
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise TypeError("a whole number, 0 or more")


def _number(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError):
            return float(value)
    raise TypeError("a number")


def _numbers(value: Any) -> dict[str, float]:
    if not isinstance(value, dict):
        raise TypeError("an object of numbers")
    return {name: _number(number) for name, number in value.items()}


def _named_texts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("an object of texts")
    return {name: _text(each) for name, each in value.items()}


def _stage(value: Any) -> Stage:
    if isinstance(value, str) and value in _STAGES:
        return _STAGES[value]
    raise ValueError(f"one of {', '.join(_STAGES)}")


_STAGES = {stage.name.lower(): stage for stage in Stage}


def _member(kind: type[E]) -> Callable[[Any], E]:
    def convert(value: Any) -> E:
        try:
            return kind(value)
        except ValueError:
            raise ValueError(f"one of {', '.join(kind)}") from None

    return convert
