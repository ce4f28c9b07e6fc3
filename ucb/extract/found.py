"""What extraction found, and the names of what it did."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What extraction did to a reply."""

    NO_CODE = "no code"
    """Nothing in the reply could be code; the code is empty."""
    CUT = "cut at stop"
    """A stop sequence was in the text; it and what follows is gone."""
    REPEATED = "repeated prompt"
    """The reply begins with the prompt, or its code repeats it."""
    SIGNATURE = "repeated signature"
    """The continuation begins with the function's own signature."""
    FIRST_LINE = "first line indented"
    """The continuation's first line had lost its indentation."""
    INDENTED = "body indented"
    """The whole continuation had lost its indentation."""
    FENCED = "fenced"
    """The code is that of a fenced block."""
    UNCLOSED = "unclosed fence"
    """The fenced block has no end: the reply was cut off, or its end forgotten."""
    SEVERAL = "several blocks"
    """The reply has several fenced blocks."""
    NO_FENCE = "no fence"
    """The code stood among the prose without a fence."""
    LINES = "broken lines dropped"
    """Lines of the block that are not Python, around the definition, are gone."""
    DEDENTED = "block dedented"
    """The whole block was indented."""
    BODY = "body only"
    """The reply was the function's body; it is put behind the prompt."""
    DEMO = "demo code dropped"
    """Top-level code that only shows or tests the answer is gone."""
    HELPERS = "helpers joined"
    """Definitions the code needs came from other blocks of the reply."""
    PREAMBLE = "prompt preamble"
    """Imports or helpers of the prompt, which the answer lacks, stand before it."""
    REASONING = "reasoning dropped"
    """The text up to `</think>` is not the answer."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The code found in a reply."""

    code: str
    """A whole source file; empty when the reply has no code."""
    rules: tuple[str, ...] = ()
    """The values of `Rule` that fired, in order."""
