"""Notice, token by token, that a completion has ended, and cut it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ucb.types import Completion, Finish, Request

_ANCHOR = 8
"""Tokens of the prompt decoded along: some tokenizers drop the space before a first token."""
_SLACK = 8
"""Tokens decoded beyond those that a stop sequence can span, for the same reason."""


class Text:
    """The decoded text after a prompt, and where the first stop sequence is in it."""

    def __init__(self, tokenizer: Any, prompt: Sequence[int], stops: Sequence[str]) -> None:
        self._tokenizer = tokenizer
        self._anchor = list(prompt[-_ANCHOR:])
        self._start = len(self._decoded(self._anchor))
        self._stops = tuple(stop for stop in stops if stop)
        # A token is at least one byte, so a stop sequence spans no more tokens than bytes.
        longest = max((len(stop.encode()) for stop in self._stops), default=0)
        self._window = longest + _SLACK

    def stopped(self, tokens: Sequence[int]) -> bool:
        """Whether a stop sequence has just appeared; looks at the last tokens only."""
        if not self._stops:
            return False
        tail = self._decoded(tokens[-self._window :])
        return any(stop in tail for stop in self._stops) and self.cut(tokens)[1]

    def cut(self, tokens: Sequence[int]) -> tuple[str, bool]:
        """Return the text before the earliest stop sequence, and whether there was one."""
        text = self._decoded([*self._anchor, *tokens])[self._start :]
        found = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        return (text[: min(found)], True) if found else (text, False)

    def _decoded(self, tokens: Sequence[int]) -> str:
        # Code is not prose: " ," and " ." must stay as they are.
        text: str = self._tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


@dataclass(slots=True, eq=False)
class Row:
    """One completion in the making."""

    request: Request
    prompt: tuple[int, ...]
    """Token ids, at least one."""
    limit: int
    """New tokens at most; at least one."""
    ends: frozenset[int]
    """Tokens that end the text."""
    text: Text
    forms: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    """The prompt's choices as tokens."""
    choices: Mapping[str, float] | None = None
    """How likely each of them is, once the prompt is read."""
    tokens: list[int] = field(default_factory=list)
    finish: Finish | None = None
    seconds: float = 0.0

    def push(self, token: int) -> None:
        """Take the next token, and settle `finish` if it is the last."""
        self.tokens.append(token)
        if token in self.ends or self.text.stopped(self.tokens):
            self.finish = Finish.STOP
        elif len(self.tokens) >= self.limit:
            self.finish = Finish.LENGTH

    def restart(self) -> None:
        """Forget what was generated."""
        self.tokens.clear()
        self.finish = None
        self.seconds = 0.0

    def completion(self) -> Completion:
        """Return the finished completion. `tokens_out` counts the token that ended it."""
        ended = bool(self.tokens) and self.tokens[-1] in self.ends
        text, _ = self.text.cut(self.tokens[:-1] if ended else self.tokens)
        return Completion(
            self.request.key,
            text,
            self.finish or Finish.LENGTH,
            tokens_in=len(self.prompt),
            tokens_out=len(self.tokens),
            seconds=round(self.seconds, 4),
            choices=self.choices,
        )
