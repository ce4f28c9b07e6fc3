"""Which completions are generated together."""

from __future__ import annotations

import random

from tests.unit.backends.conftest import request
from tests.unit.backends.test_hf_stop import Letters
from ucb.backends.hf_batch import batches, width
from ucb.backends.hf_stop import Row, Text
from ucb.types import Key


def rows(lengths: list[int], samples: int = 1, temperature: float = 0.0) -> list[Row]:
    """Rows with prompts of these lengths."""
    return [
        Row(
            request("", f"p/{index}", sample, temperature=temperature),
            (index,) * length,
            8,
            frozenset(),
            Text(Letters([""]), (), ()),
        )
        for index, length in enumerate(lengths)
        for sample in range(samples)
    ]


def keys(planned: list[Row]) -> list[list[Key]]:
    """The keys of each batch."""
    return [[row.request.key for row in batch.rows] for batch in batches(planned, 4)]


def test_width_is_the_prompts_own() -> None:
    """A prompt is padded to a power of two of at least 256 tokens, and never cut."""
    assert [width(n) for n in (1, 256, 257, 512, 513, 3000)] == [256, 256, 512, 512, 1024, 4096]


def test_order_of_requests_does_not_matter() -> None:
    """The same rows in any order make the same batches."""
    planned = rows([5, 300, 7, 260, 5, 600], samples=3)
    expected = keys(planned)
    random.Random(1).shuffle(planned)
    assert keys(planned) == expected


def test_every_row_once_and_widest_first() -> None:
    """No row is lost or doubled, no batch too large, and memory is tried hardest first."""
    planned = rows([5, 300, 7, 260, 5, 600] * 3)
    made = list(batches(planned, 4))
    assert sorted(row.request.key for batch in made for row in batch.rows) == sorted(
        row.request.key for row in planned
    )
    assert max(len(batch.rows) for batch in made) <= 4
    assert [batch.width for batch in made] == sorted((b.width for b in made), reverse=True)


def test_samplings_are_not_mixed() -> None:
    """Rows with different temperatures are decoded apart."""
    mixed = rows([5, 5], temperature=0.2) + rows([5, 5])
    assert [batch.temperature for batch in batches(mixed, 8)] == [0.0, 0.2]
