"""Stop sequences that a server cannot be trusted with."""

from __future__ import annotations

from collections.abc import Sequence


def cut(text: str, stops: Sequence[str]) -> tuple[str, bool]:
    """
    Return the text before the earliest stop sequence, and whether one was found.

    Servers take few stop sequences (OpenAI four), some leave the one that they
    found in the text, and some do not know the parameter.
    """
    found = [place for stop in stops if (place := text.find(stop)) >= 0]
    return (text[: min(found)], True) if found else (text, False)


def sendable(stops: Sequence[str], most: int) -> list[str]:
    """
    Return the stop sequences to send to a server that takes `most`.

    A sequence that another one is part of is left out first: the other ends
    the text no later. Which of the rest are sent decides only how much is
    written in vain, since `cut` knows them all.
    """
    needed = [s for s in dict.fromkeys(stops) if not any(o != s and o in s for o in stops)]
    return needed[:most]
