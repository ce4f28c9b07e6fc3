"""Which completions are generated together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ucb.backends.hf_stop import Row

_NARROWEST = 256


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are decoded together: prompts of one width, sampled alike."""

    rows: tuple[Row, ...]
    width: int
    """Tokens that every prompt is padded to, on the left."""
    temperature: float
    top_p: float


def width(length: int) -> int:
    """Return what a prompt is padded to: the next power of two, from 256 tokens on.

    It depends on nothing but the prompt, so that a completion's arithmetic is
    the same whatever else is asked in the same run.
    """
    return max(_NARROWEST, 1 << (length - 1).bit_length())


def batches(rows: Iterable[Row], size: int) -> Iterator[Batch]:
    """
    Group rows into batches of at most `size`, whatever order they come in.

    The widest come first, so that a batch that does not fit in memory shows at
    once. Samples of one prompt are neighbours, because they share its prefill.
    """
    for (_, wide, temperature, top_p), group in groupby(sorted(rows, key=_order), key=_kind):
        same = tuple(group)
        for start in range(0, len(same), size):
            yield Batch(same[start : start + size], wide, temperature, top_p)


def _kind(row: Row) -> tuple[int, int, float, float]:
    wide, sampling = width(len(row.prompt)), row.request.sampling
    return -wide, wide, sampling.temperature, sampling.top_p


def _order(row: Row) -> tuple[tuple[int, int, float, float], int, tuple[int, ...], str, int]:
    key = row.request.key
    return _kind(row), -len(row.prompt), row.prompt, key.problem, key.sample
