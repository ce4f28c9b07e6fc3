"""Where functions end, in languages with braces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .published import Spoken

_LEXED = r"""//[^\n]* | /\*.*?\*/ | "(?:\\.|[^"\\\n])*" | `[^`]*` | '(?:\\.|[^'\\\n])MANY' | [{}]"""


def bare(text: str, spoken: Spoken) -> str:
    """Return the text without its comments and what it quotes."""
    return _token(spoken).sub(lambda found: found[0] if found[0] in "{}" else " ", text)


def depth(text: str, spoken: Spoken) -> int:
    """Return how many braces the text leaves open."""
    return sum(change for _, change in _braces(text, 0, spoken))


def signature(text: str, spoken: Spoken) -> str:
    """Return the line of the function that the text ends in."""
    opened, level, start = depth(text, spoken), 0, 0
    for end, change in _braces(text, 0, spoken):
        level += change
        if level == opened and change > 0:
            start = end - 1
    return text[:start].rstrip().rpartition("\n")[2]


def block_end(text: str, start: int, spoken: Spoken) -> int | None:
    """Return where the first block from `start` on ends; None if it does not."""
    open_braces = 0
    for end, change in _braces(text, start, spoken):
        open_braces += change
        if open_braces <= 0:
            return end
    return None


def continued(prompt: str, text: str, spoken: Spoken) -> str:
    """
    Return the prompt with `text`, up to where all that the prompt opened is closed.

    That is where CodeGeeX and bigcode end a completion; braces that are quoted or
    in a comment do not count here. What a stop sequence cut off is put back, and a
    class that goes on behind its first methods without an end is ended there.
    """
    opened = depth(prompt, spoken)
    level, method = opened, 0
    for end, change in _braces(text, 0, spoken):
        level += change
        if level == 0:
            return f"{prompt}{text[:end]}\n"
        if level == 1 and opened > 1:
            method = end
    if method:
        return f"{prompt}{text[:method]}\n}}\n"
    missing = "\n}" * opened if level == opened else ""
    return f"{prompt}{text.rstrip()}{missing}\n"


def _braces(text: str, start: int, spoken: Spoken) -> Iterator[tuple[int, int]]:
    """Yield, for every brace, where it ends and by how much it changes the depth."""
    for found in _token(spoken).finditer(text, start):
        if found[0] in "{}":
            yield found.end(), 1 if found[0] == "{" else -1


def _token(spoken: Spoken) -> re.Pattern[str]:
    return re.compile(_LEXED.replace("MANY", spoken.apostrophes), re.DOTALL | re.VERBOSE)
