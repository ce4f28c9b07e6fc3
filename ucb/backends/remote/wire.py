"""What goes over the wire, and what an endpoint must be able to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ucb.types import Finish, Request, Style


@dataclass(frozen=True, slots=True)
class Call:
    """One question over the wire: samples of one prompt, asked for together."""

    requests: tuple[Request, ...]
    """One, or several of the same prompt and sampling where the server draws several."""
    body: Mapping[str, Any]
    """What is asked, as JSON, without what tells samples apart (a seed, a count).
    With the run's seed and the sample's number it names an answer in the cache."""
    room: int | None = None
    """New tokens the context window leaves, once the server has said so."""

    @property
    def max_tokens(self) -> int:
        """New tokens per sample, at most."""
        wanted = self.requests[0].sampling.max_tokens
        return wanted if self.room is None else min(wanted, self.room)


@dataclass(frozen=True, slots=True)
class Answer:
    """One sample, with the stop sequence and all behind it cut off."""

    text: str
    finish: Finish
    tokens_out: int | None = None
    """None where the server counts only the whole reply."""
    choices: Mapping[str, float] | None = None
    """As in `Completion`."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply, as the server counts and bills them."""

    tokens_in: int
    tokens_out: int
    cached: int = 0
    """Of `tokens_in`: read from the provider's prompt cache."""
    written: int = 0
    """Of `tokens_in`: written to the provider's prompt cache."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call brought."""

    answers: Sequence[Answer]
    """In the order of the call's requests. Fewer: the others are asked again, by themselves."""
    usage: Usage | None = None
    """None where the server does not say."""


class Endpoint(Protocol):
    """One protocol spoken to one model. See the package's docstring for an example."""

    kind: str
    """Names the protocol in the cache: `openai.chat`."""
    model: str
    url: str
    """Without credentials."""
    styles: frozenset[Style]
    preferred: Style

    def calls(self, requests: Iterable[Request]) -> Iterator[Call]:
        """Turn requests into calls, reading no further ahead than one call needs."""
        ...

    async def start(self) -> None:
        """Open what the calls need, in the loop that they run in."""
        ...

    async def ask(self, call: Call) -> Reply:
        """Make one attempt; raise a fault of `ucb.backends.remote.faults` or `BackendError`."""
        ...

    async def stop(self) -> None:
        """Close what `start` opened."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model, as JSON, without keys."""
        ...
