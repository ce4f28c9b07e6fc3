"""How likely a model finds each of a few answers, whatever it goes on to write.

An answer counts in four forms: as it is given and with its first letter large, each with a space
before it or without. Which of them a model is used to depends on its tokenizer and on what the
prompt ends with, so their probabilities are added up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping


def forms(choice: str) -> tuple[str, ...]:
    """Return the texts that count as the beginning of a completion that gives this answer."""
    words = (choice, f"{choice[:1].upper()}{choice[1:]}")
    return tuple(dict.fromkeys(f"{space}{word}" for space in ("", " ") for word in words))


def summed(found: Mapping[str, Iterable[float]]) -> dict[str, float] | None:
    """
    Add up the probabilities of each choice's forms.

    Args:
        found: Natural logarithms, by choice. They must be of events of which no two can happen
            together.

    Returns:
        Natural logarithms. A choice without a finite one is left out; None if all are.

    """
    likely = {}
    for choice, logs in found.items():
        finite = [log for log in logs if math.isfinite(log)]
        if finite:
            most = max(finite)
            likely[choice] = most + math.log(sum(math.exp(log - most) for log in finite))
    return likely or None


def of_first_token(choices: Iterable[str], tokens: Mapping[str, float]) -> dict[str, float] | None:
    """
    Return each choice's log-likelihood, from the most likely first tokens of a completion.

    Args:
        choices: Those of the prompt.
        tokens: Natural logarithms of probabilities, by a token's text.

    Returns:
        As `summed`: a choice that is none of the tokens is left out, and is less likely than
        each of them, or is several tokens long.

    """
    return summed(
        {each: [tokens[form] for form in forms(each) if form in tokens] for each in choices}
    )
