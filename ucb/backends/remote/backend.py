"""A `Backend` made of an endpoint."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ucb.backends.remote.batches import Batching, BatchService, Jobs
from ucb.backends.remote.crew import Crew, Dead, Done, Outcome, Undone
from ucb.backends.remote.desk import Desk, Terms
from ucb.backends.remote.estimate import Estimate, estimate
from ucb.backends.remote.wire import Call, Endpoint
from ucb.data import cache_dir
from ucb.errors import BackendError
from ucb.types import Completion, Request

log = logging.getLogger("ucb")

_HOPELESS = 10
"""Calls in a row that are given up before the run is."""
_GRACE = 60.0
"""Seconds to wait, at an early end, for answers that are on the wire."""
_LOOK = 0.1
"""Seconds between two looks at whether there still are any."""


class RemoteBackend:
    """
    Asks an endpoint, many calls at a time.

    Requests are read no further ahead than twice the concurrency, so they may
    be endless. A request that keeps failing is logged, counted and not
    yielded. When the caller stops early, by an error, an interrupt or by
    closing the generator, answers that can be cached are waited for, a minute
    at most and not past a second interrupt, so that the next run has them.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        terms: Terms,
        batches: BatchService | None = None,
        *,
        poll: float | None = None,
    ) -> None:
        self.styles = endpoint.styles
        self.preferred = endpoint.preferred
        self._endpoint = endpoint
        self._terms = terms
        self._desk = Desk(endpoint, terms)
        self._work = Work()
        self._line: _Line | None = None
        self._batches = batches
        self._poll = poll

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """
        Yield completions as they arrive.

        Raises:
            BackendError: a wrong key, an unknown model, a server that is gone;
                or ten calls in a row that were given up.
            BudgetReached: the next call may cost more than is left. All that is
                under way has been yielded.

        """
        if self._batches is not None:
            yield from self._batched(self._batches, requests)
            return
        line = self._line = _Line(self._endpoint, self._terms, self._desk, self._work)
        started = time.monotonic()
        try:
            yield from line.run(self._endpoint.calls(requests))
        finally:
            line.end()
            self._work.seconds += time.monotonic() - started

    def close(self) -> None:
        """End the work at once where a generator was left half used; nothing else otherwise."""
        if self._line is not None:
            self._line.end()

    def count(self, completions: Iterable[Completion]) -> None:
        """Count completions that the run already holds against the budget."""
        self._desk.count(completions)

    def estimate(self, requests: Iterable[Request]) -> Estimate:
        """Return what requests would take, without asking anything."""
        return estimate(self._endpoint.calls(requests), self._desk, self._terms)

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model, as the endpoint tells it."""
        return self._endpoint.describe()

    def statistics(self) -> Mapping[str, float]:
        """Return the work so far; `cost` is in US dollars, of what is known."""
        return self._work.figures() | ({"cached": self._desk.cached} if self._desk.cached else {})

    def _batched(self, service: BatchService, requests: Iterable[Request]) -> Iterator[Completion]:
        jobs = Jobs(cache_dir() / "batches", self._endpoint)
        batching = Batching(self._desk, service, jobs, poll=self._poll)
        started = time.monotonic()
        self._work.calls += 1
        try:
            for completion in batching.run(self._endpoint.calls(requests)):
                self._work.add([completion])
                yield completion
        finally:
            self._work.undone += batching.undone
            self._work.seconds += time.monotonic() - started


class Work:
    """What has been done, for `statistics`."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = self.retries = self.rate_limited = 0
        self.answered = self.undone = self.tokens_in = self.tokens_out = 0
        self.cost = 0.0

    def add(self, completions: Iterable[Completion]) -> None:
        """Count completions."""
        for completion in completions:
            self.answered += 1
            self.tokens_in += completion.tokens_in or 0
            self.tokens_out += completion.tokens_out or 0
            self.cost += completion.cost or 0.0

    def figures(self) -> dict[str, float]:
        """Return the figures as `run.json` keeps them; nothing when nothing was asked."""
        if not self.calls:
            return {}
        return {
            "calls": self.calls,
            "retries": self.retries,
            "rate_limited": self.rate_limited,
            "undone": self.undone,
            "prompt_tokens": self.tokens_in,
            "generated_tokens": self.tokens_out,
            "seconds": round(self.seconds, 3),
            "tokens_per_second": round(self.tokens_out / max(self.seconds, 1e-9), 2),
            "cost": round(self.cost, 6),
        }


class _Line:
    """One pass of requests through a crew."""

    def __init__(self, endpoint: Endpoint, terms: Terms, desk: Desk, work: Work) -> None:
        self._desk = desk
        self._work = work
        self._cached = terms.cache is not None
        self._ahead = 2 * terms.concurrency
        self._crew = Crew(
            endpoint,
            terms.concurrency,
            terms.patience,
            keep=self._keep if self._cached else None,
            may_repeat=desk.reserve,
        )
        self._again: deque[Call] = deque()
        self._under_way = 0
        self._in_a_row = 0
        self._ended = False

    def run(self, calls: Iterator[Call]) -> Iterator[Completion]:
        """Yield completions until the calls are used up, or the budget is."""
        self._crew.start()
        while True:
            unaffordable: Call | None = None
            while self._under_way < self._ahead and unaffordable is None:
                call = self._again.popleft() if self._again else next(calls, None)
                if call is None:
                    break
                found, left = self._desk.from_cache(call)
                yield from found
                if left is not None and not self._submitted(left):
                    unaffordable = left
            if self._under_way:
                if unaffordable is not None:
                    self._again.appendleft(unaffordable)
                yield from self._settled(self._crew.outcome())
            elif unaffordable is not None:
                raise self._desk.reached(unaffordable)
            elif not self._again:
                return

    def end(self) -> None:
        """Close the crew; wait a while for answers that are paid for. Again: nothing."""
        if self._ended:
            return
        self._ended = True
        crew = self._crew
        try:
            crew.wind_down()
            if self._under_way and self._cached:
                log.warning(
                    "Waiting up to %.0f s for %d requests that are being paid for; "
                    "interrupt again to drop them",
                    _GRACE,
                    self._under_way,
                )
                for _ in self._arrivals():
                    pass
        finally:
            crew.stop()
            self._work.calls += crew.counts.calls
            self._work.retries += crew.counts.retries
            self._work.rate_limited += crew.counts.rate_limited

    def _submitted(self, call: Call) -> bool:
        if not self._desk.reserve(call):
            return False
        self._crew.submit(call)
        self._under_way += 1
        return True

    def _keep(self, done: Done) -> None:
        self._desk.keep(done.call, done.reply, done.seconds)

    def _settled(self, outcome: Outcome | None) -> Iterator[Completion]:
        self._under_way -= 1
        if isinstance(outcome, Done):
            self._in_a_row = 0
            yield from self._taken(outcome)
        elif isinstance(outcome, Undone):
            self._give_up(outcome)
            if self._in_a_row == _HOPELESS:
                error = BackendError(
                    f"{_HOPELESS} requests in a row failed, the last because {outcome.why}. What "
                    "is done is stored: the same command does the rest once the server answers."
                )
                yield from self._last(error)
        elif isinstance(outcome, Dead):
            if outcome.call is not None:
                self._desk.settle(outcome.call, (), outcome.lost)
            else:
                self._under_way = 0  # The loop is gone, and with it every call.
            yield from self._last(outcome.error)

    def _taken(self, done: Done) -> list[Completion]:
        completions = self._desk.completions(done.call, done.reply, done.seconds)
        self._desk.settle(done.call, completions, done.lost)
        self._work.add(completions)
        left = done.call.requests[len(completions) :]
        if left and completions:
            self._again.append(Call(left, done.call.body, done.call.room))
        elif left:
            self._give_up(Undone(done.call, "the reply holds no answer"))
        return completions

    def _give_up(self, outcome: Undone) -> None:
        self._in_a_row += 1
        self._desk.settle(outcome.call, (), outcome.lost)
        self._work.undone += len(outcome.call.requests)
        for request in outcome.call.requests:
            log.warning("%s, sample %d is left undone: %s", *request.key, outcome.why)

    def _last(self, error: BaseException) -> Iterator[Completion]:
        """Yield what still arrives, then raise."""
        self._crew.wind_down()
        yield from self._arrivals()
        raise error

    def _arrivals(self) -> Iterator[Completion]:
        until = time.monotonic() + _GRACE
        while time.monotonic() < until:
            # Asked of the crew, not counted: an interrupt may fall between an outcome's
            # arrival and its count.
            busy = self._crew.busy
            outcome = self._crew.outcome(_LOOK if busy else 0.0)
            if outcome is None and not busy:
                return
            if isinstance(outcome, Done):
                self._under_way -= 1
                yield from self._taken(outcome)
