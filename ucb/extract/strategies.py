"""Ways to turn a reply into code, by name: UCB's own, and those of published harnesses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ucb.extract.answering import answer
from ucb.extract.continuing import continuation, raw, stops, until
from ucb.extract.found import Extraction, Rule
from ucb.extract.sanitizing import sanitized

_FENCE = "```"
_BLOCK = re.compile(r"```(?:\w+)?\n?(.*?)\n?```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the model was given, as far as its reply depends on it."""

    continued: str = ""
    """The text the reply goes on from; empty for the answer of a chat."""
    given: str = ""
    """The Python to complete, without instructions; empty for none."""
    prefill: str = ""
    """How the answer of a chat was begun for the model."""
    stop: tuple[str, ...] = ()
    entry_point: str = ""
    """The name that the tests call; empty for a program without one."""


Strategy = Callable[[Asked, str], Extraction]
"""How a reply becomes code: (asked, text)."""


def _alone(asked: Asked, text: str) -> Extraction:
    """Take the text up to a stop sequence as the whole program, as a few-shot prompt asks."""
    cut = until(text, asked.stop)
    if not cut.strip():
        return Extraction("", (Rule.NO_CODE,))
    return Extraction(cut, () if cut == text else (Rule.CUT,))


def _to_fence(asked: Asked, text: str) -> Extraction:
    """Put the text up to the first fence behind the Python to complete."""
    cut = until(text, (_FENCE,))
    return Extraction(asked.given + cut, () if cut == text else (Rule.CUT,))


def _first_block(asked: Asked, text: str) -> Extraction:  # noqa: ARG001
    """Take the first fenced block, where the prefill has opened it or the reply does."""
    found = _BLOCK.findall(_FENCE + text) or _BLOCK.findall(text.replace("```python", _FENCE))
    return Extraction(found[0], (Rule.FENCED,)) if found else Extraction("", (Rule.NO_CODE,))


STRATEGIES: Mapping[str, Strategy] = {
    "raw": lambda asked, text: raw(asked.continued, text),
    "stops": lambda asked, text: stops(asked.continued, text, asked.stop),
    "continuation": lambda asked, text: continuation(asked.continued, text, asked.stop),
    "answer": lambda asked, text: answer(asked.prefill + text, asked.given, asked.entry_point),
    "alone": _alone,
    # lm-evaluation-harness: humaneval_instruct and mbpp_instruct.
    "to fence": _to_fence,
    "first block": _first_block,
    # EvalPlus: `evalplus.sanitize`.
    "sanitized": lambda asked, text: sanitized(
        asked.continued + until(text, asked.stop), asked.entry_point
    ),
}
