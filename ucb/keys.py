"""Which samples of which problems: a set of keys at a bit each, for runs of millions of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from ucb.types import Key

MOST_SAMPLES = 1 << 24
"""Samples of one problem, at most: a damaged number must not take all memory."""


class Keys(AbstractSet[Key]):
    """
    A set of keys. It grows, and compares with any other set of keys.

    Problems stay in the order in which they came; a problem's samples are bits
    of one array of bytes.
    """

    __slots__ = ("_bits", "_count")

    def __init__(self, keys: Iterable[tuple[str, int]] = ()) -> None:
        self._bits: dict[str, bytearray] = {}
        self._count = 0
        for key in keys:
            self.add(key)

    @classmethod
    def grid(cls, problems: Iterable[str], samples: int) -> Keys:
        """Return the first `samples` samples of each problem; `ValueError` for too many."""
        if samples > MOST_SAMPLES:
            raise ValueError(f"{samples} samples of a problem are more than {MOST_SAMPLES}")
        row = ((1 << samples) - 1).to_bytes(_bytes(samples), "little")
        found = cls()
        found._bits = {problem: bytearray(row) for problem in problems}
        found._count = samples * len(found._bits)
        return found

    def add(self, key: tuple[str, int]) -> bool:
        """Add a key and return whether it is new; `ValueError` for a sample that cannot be."""
        problem, sample = key
        if not 0 <= sample < MOST_SAMPLES:
            raise ValueError(f"{sample} is no number of a sample")
        bits = self._bits.get(problem)
        if bits is None:
            bits = self._bits[problem] = bytearray()
        place, bit = sample >> 3, 1 << (sample & 7)
        if place >= len(bits):
            bits.extend(bytes(place + 1 - len(bits)))
        if bits[place] & bit:
            return False
        bits[place] |= bit
        self._count += 1
        return True

    @property
    def problems(self) -> int:
        """How many problems have a sample here."""
        return sum(1 for bits in self._bits.values() if any(bits))

    @property
    def fewest(self) -> int:
        """Samples of the problem that has fewest; 0 where there is no problem."""
        return min((_number(bits).bit_count() for bits in self._bits.values()), default=0)

    def common(self, other: Keys) -> int:
        """Return how many keys are in both, faster than the set of them."""
        return sum(
            (_number(bits) & _number(theirs)).bit_count()
            for problem, bits in self._bits.items()
            if (theirs := other._bits.get(problem))
        )

    def first_missing(self, other: Keys) -> Key | None:
        """Return the first key here that `other` lacks, or None."""
        for problem, bits in self._bits.items():
            left = _number(bits) & ~_number(other._bits.get(problem, b""))
            if left:
                return Key(problem, (left & -left).bit_length() - 1)
        return None

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, tuple):
            return False
        problem, sample = key
        bits = self._bits.get(problem, b"")
        return 0 <= sample < len(bits) << 3 and bool(bits[sample >> 3] >> (sample & 7) & 1)

    def __iter__(self) -> Iterator[Key]:
        for problem, bits in self._bits.items():
            for place, byte in enumerate(bits):
                for bit in range(8):
                    if byte >> bit & 1:
                        yield Key(problem, place << 3 | bit)

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"Keys({self._count} of {len(self._bits)} problems)"


def _bytes(bits: int) -> int:
    return (bits + 7) >> 3


def _number(bits: bytes | bytearray) -> int:
    return int.from_bytes(bits, "little")
