"""What is asked next, what it may cost, and what an answer is worth."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ucb.backends.remote.budget import Budget, Spend
from ucb.backends.remote.cache import Cache, content_key
from ucb.backends.remote.crew import Patience
from ucb.backends.remote.prices import Price
from ucb.backends.remote.wire import Call, Endpoint, Reply, Usage
from ucb.errors import BudgetReached
from ucb.types import Completion, Key, Request

_AROUND = 128
"""Tokens that a server may put around a prompt: a template's marks, a default system message."""
_BYTES_PER_TOKEN = 3.3
"""Of benchmarks' prompts, for an estimate; the worst case is one byte per token."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a server is asked."""

    concurrency: int = 16
    """Calls under way at the same time, at most."""
    price: Price | None = None
    """None when it is not known; a server of one's own costs nothing."""
    max_cost: float | None = None
    """US dollars."""
    max_tokens_total: int | None = None
    """Tokens in and out together."""
    cache: Cache | None = None
    patience: Patience = field(default_factory=Patience)


FREE = Price(0.0, 0.0, 0.0, 0.0, source="a server of your own")


class Desk:
    """Keeps the books of one backend: cache, budget and prices."""

    def __init__(self, endpoint: Endpoint, terms: Terms) -> None:
        self._endpoint = endpoint
        self._terms = terms
        self.budget = Budget(terms.max_cost, terms.max_tokens_total)
        self.cached = 0
        """Completions that came from the cache."""
        self._reserved: dict[Key, Spend] = {}

    def from_cache(self, call: Call) -> tuple[list[Completion], Call | None]:
        """Take what is cached of a call, and the call for the rest; None if nothing is left."""
        found, left = self._looked_up(call)
        self.count(found)
        self.cached += len(found)
        return found, left

    def missing(self, call: Call) -> Call | None:
        """Return the call for what is not in the cache; None if nothing is left."""
        return self._looked_up(call)[1]

    def count(self, completions: Iterable[Completion]) -> None:
        """Count completions that need no call as spent."""
        for completion in completions:
            self.budget.settle(Spend(), _spend(completion))

    def reserve(self, call: Call) -> bool:
        """Set the call's worst case aside, once more at each call; False if it does not fit."""
        worst = self.worst(call)
        if not self.budget.reserve(worst):
            return False
        first = call.requests[0].key
        self._reserved[first] = self._reserved.get(first, Spend()) + worst
        return True

    def settle(self, call: Call, completions: Sequence[Completion], lost: int) -> None:
        """
        Book what an ended call has spent.

        `lost` attempts count at their worst, and so does a reply whose tokens
        the server does not tell.
        """
        untold = bool(completions) and completions[0].tokens_in is None
        spent = self.worst(call) * (lost + untold)
        for completion in completions:
            spent += _spend(completion)
        self.budget.settle(self._reserved.pop(call.requests[0].key, Spend()), spent)

    def worst(self, call: Call) -> Spend:
        """Return the most that one attempt at a call can spend."""
        tokens_in = len(json.dumps(call.body, ensure_ascii=False).encode("utf-8", "replace"))
        tokens_in += _AROUND
        tokens_out = call.requests[0].sampling.max_tokens * len(call.requests)
        price = self._terms.price
        dollars = price.worst(tokens_in, tokens_out) if price else 0.0
        return Spend(dollars, tokens_in + tokens_out)

    def reached(self, call: Call) -> BudgetReached:
        """Return the sentence for a call that the budget has no room for."""
        return self.budget.reached(self.worst(call))

    def keep(self, call: Call, reply: Reply, seconds: float) -> None:
        """Put the answers of a reply into the cache. Threads may call it at the same time."""
        cache = self._terms.cache
        if cache is None or reply.usage == Usage(0, 0):  # Nothing was asked: it did not fit.
            return
        requests = {request.key: request for request in call.requests}
        for completion in self.completions(call, reply, seconds):
            cache.put(self._name(call, requests[completion.key]), completion)

    def completions(self, call: Call, reply: Reply, seconds: float) -> list[Completion]:
        """
        Turn a reply into completions.

        A server counts the tokens of a reply as a whole. They, and the seconds,
        are shared out so that the completions' sums are what is billed: tokens
        out by the length of the texts where the answers do not say, tokens in
        evenly.
        """
        answers = list(reply.answers)[: len(call.requests)]
        count = len(answers)
        usage = reply.usage
        tokens_in: list[int] | list[None] = [None] * count
        tokens_out = [answer.tokens_out for answer in answers]
        costs: list[float] | list[None] = [None] * count
        if usage is not None:
            tokens_in = shares(usage.tokens_in, [1] * count)
            if None in tokens_out:
                tokens_out = [*shares(usage.tokens_out, [len(a.text) for a in answers])]
            if self._terms.price is not None:
                costs = [self._terms.price.cost(usage) * part for part in _parts(tokens_out)]
        times = [seconds * part for part in _parts(tokens_out)]
        return [
            Completion(
                request.key,
                answer.text,
                answer.finish,
                t_in,
                t_out,
                took,
                cost,
                choices=answer.choices,
            )
            for request, answer, t_in, t_out, took, cost in zip(
                call.requests, answers, tokens_in, tokens_out, times, costs, strict=False
            )
        ]

    def content(self, call: Call) -> str:
        """Name the answer to a call of one request: see `content_key`."""
        return self._name(call, call.requests[0])

    def _looked_up(self, call: Call) -> tuple[list[Completion], Call | None]:
        cache = self._terms.cache
        if cache is None:
            return [], call
        found, left = [], []
        for request in call.requests:
            stored = cache.get(self._name(call, request), request)
            if stored is None:
                left.append(request)
            else:
                found.append(stored)
        return found, Call(tuple(left), call.body, call.room) if left else None

    def _name(self, call: Call, request: Request) -> str:
        endpoint = self._endpoint
        return content_key(endpoint.kind, endpoint.url, endpoint.model, call, request)


def estimated_tokens(call: Call) -> int:
    """Return about how many tokens a call's prompt has."""
    size = len(json.dumps(call.body, ensure_ascii=False).encode("utf-8", "replace"))
    return round(size / _BYTES_PER_TOKEN)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole number by weights into whole numbers that sum to it."""
    weights = weights if sum(weights) else [1] * len(weights)
    whole = sum(weights)
    ends = [round(total * sum(weights[: i + 1]) / whole) for i in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _parts(tokens: Sequence[int | None]) -> list[float]:
    counts = [count or 0 for count in tokens]
    whole = sum(counts)
    return [count / whole if whole else 1 / len(counts) for count in counts]


def _spend(completion: Completion) -> Spend:
    return Spend(completion.cost or 0.0, (completion.tokens_in or 0) + (completion.tokens_out or 0))
