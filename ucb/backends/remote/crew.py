"""Calls made in an event loop of their own thread, while the caller's thread stays synchronous."""

from __future__ import annotations

import asyncio
import logging
import queue
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ucb.backends.remote.faults import Busy, Fault, Overflow, Passing, Unreachable
from ucb.backends.remote.limit import Limiter
from ucb.backends.remote.wire import Answer, Call, Endpoint, Reply, Usage
from ucb.errors import BackendError
from ucb.types import Finish

log = logging.getLogger("ucb")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a call is tried again. Times are seconds."""

    attempts: int = 6
    """Tries of one call that end in a passing fault."""
    busy: int = 40
    """Tries of one call that a busy server turns away."""
    pause: float = 0.5
    """Before the second try; doubled before each further one, and shortened at random
    by up to a half so that calls that failed together do not return together."""
    longest: float = 30.0


@dataclass(frozen=True, slots=True)
class Done:
    """A call's reply."""

    call: Call
    reply: Reply
    seconds: float
    """Wall seconds of the attempt that succeeded."""
    lost: int = 0
    """Earlier attempts that the server may have charged for."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A call that keeps failing."""

    call: Call
    why: str
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Dead:
    """No call can succeed any more."""

    call: Call | None
    error: BaseException
    lost: int = 0


Outcome: TypeAlias = Done | Undone | Dead


@dataclass(slots=True)
class Counts:
    """What happened on the wire. Only the loop's thread writes it."""

    calls: int = 0
    """Attempts sent."""
    retries: int = 0
    rate_limited: int = 0


@dataclass
class Crew:
    """
    Makes calls, `most` at a time, and hands back one outcome for each.

    `start` opens a thread with an event loop; `stop` closes both. `outcome`
    waits for whichever call ends next. Every submitted call has exactly one
    outcome, except those that `stop` drops.
    """

    endpoint: Endpoint
    most: int
    patience: Patience = field(default_factory=Patience)
    keep: Callable[[Done], None] | None = None
    """Called in a thread with each reply before it is handed back: what arrives is kept
    even if nobody takes it any more."""
    may_repeat: Callable[[Call], bool] | None = None
    """Asked, in the loop's thread, before a call is made again that the server may have
    charged for."""
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self.limiter = Limiter(self.most)
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._ready = threading.Event()
        self._wound_down = threading.Event()
        self.closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._hurry: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="ucb-remote", daemon=True)

    def start(self) -> None:
        """Start the loop's thread and return when it takes calls."""
        self._thread.start()
        self._ready.wait()

    def submit(self, call: Call) -> None:
        """Make a call as soon as the limit allows."""
        if self._loop is not None:
            with suppress(RuntimeError):  # The loop has died; its outcome says of what.
                self._loop.call_soon_threadsafe(self._begin, call)

    def outcome(self, timeout: float | None = None) -> Outcome | None:
        """Wait for the next outcome; None after `timeout` seconds without one."""
        try:
            return self._outcomes.get(timeout=timeout)
        except queue.Empty:
            return None

    def wind_down(self) -> None:
        """Try no call again: what is on the wire may still arrive, the rest is undone."""
        self.closing = True
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._hurry_all)

    @property
    def busy(self) -> bool:
        """Whether, after `wind_down`, an outcome may still come."""
        return self._thread.is_alive() and (bool(self._tasks) or not self._wound_down.is_set())

    def stop(self) -> None:
        """Drop what is under way, close the endpoint and end the thread."""
        self.closing = True
        if self._loop is not None and self._end is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
        if self._thread.ident is not None:  # It was started.
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it.
            self._outcomes.put(Dead(None, error))
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._end = asyncio.Event()
        self._hurry = asyncio.Event()
        await self.endpoint.start()
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        try:
            await self._end.wait()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self.endpoint.stop()

    def _begin(self, call: Call) -> None:
        task = asyncio.get_running_loop().create_task(self._work(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, call: Call) -> None:
        attempt = _Attempts(self, call)
        try:
            outcome: Outcome = await attempt.made()
            if isinstance(outcome, Done) and self.keep is not None:
                await asyncio.to_thread(self.keep, outcome)
        except asyncio.CancelledError:
            return
        except Exception as error:  # noqa: BLE001 - handed to the caller's thread, which raises it.
            outcome = Dead(call, error, attempt.lost)
        if isinstance(outcome, Dead):
            self.closing = True
            self._hurry_all()
        self._outcomes.put(outcome)

    async def pause(self, seconds: float) -> None:
        """Sleep, but not once the work is being wound down."""
        if self._hurry is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), seconds)

    def _hurry_all(self) -> None:
        self._wound_down.set()
        self.limiter.hurry()
        if self._hurry is not None:
            self._hurry.set()


class _Attempts:
    """The tries of one call."""

    def __init__(self, crew: Crew, call: Call) -> None:
        self._crew = crew
        self._call = call
        self.lost = 0

    async def made(self) -> Outcome:
        """Try until there is an outcome."""
        patience = self._crew.patience
        failed = turned_away = 0
        while True:
            try:
                return await self._once()
            except Overflow as fault:
                if fault.room is None or fault.room < 1 or self._call.room is not None:
                    return self._cut_off(fault)
                self._call = replace(self._call, room=fault.room)
            except Busy as fault:
                turned_away += 1
                self._crew.counts.rate_limited += 1
                if turned_away >= patience.busy or self._crew.closing:
                    return self._given_up(fault, turned_away)
            except Passing as fault:
                failed += 1
                self.lost += fault.billed
                if failed >= patience.attempts or self._crew.closing:
                    return self._given_up(fault, failed)
                if fault.billed and not self._affordable():
                    return Undone(self._call, f"{fault}, and the budget is reached", self.lost)
                await self._pause(failed)
            except Fault as fault:
                return Undone(self._call, str(fault), self.lost)
            self._crew.counts.retries += 1

    async def _once(self) -> Outcome:
        crew = self._crew
        async with crew.limiter as limiter:
            if crew.closing:
                return Undone(self._call, "the run was stopped", self.lost)
            started = asyncio.get_running_loop().time()
            clock = time.perf_counter()
            crew.counts.calls += 1
            try:
                reply = await crew.endpoint.ask(self._call)
            except Busy as fault:
                limiter.busy(fault.retry_after, started)
                raise
            limiter.answered()
            return Done(self._call, reply, time.perf_counter() - clock, self.lost)

    async def _pause(self, failed: int) -> None:
        patience = self._crew.patience
        longest = min(patience.pause * 2.0 ** (failed - 1), patience.longest)
        await self._crew.pause(longest * random.uniform(0.5, 1.0))  # noqa: S311 - no secret.

    def _affordable(self) -> bool:
        may_repeat = self._crew.may_repeat
        return may_repeat is None or may_repeat(self._call)

    def _given_up(self, fault: Passing, tries: int) -> Outcome:
        if isinstance(fault, Unreachable):
            url = self._crew.endpoint.url
            error = BackendError(
                f"The server at {url} cannot be reached ({fault}). What is done is stored: start "
                "the server or correct --base-url, and run the same command again."
            )
            return Dead(self._call, error, self.lost)
        return Undone(self._call, f"{fault}, {tries} times", self.lost)

    def _cut_off(self, fault: Overflow) -> Outcome:
        for request in self._call.requests:
            log.warning(
                "%s, sample %d: %s; its completion is empty and counts as cut off",
                *request.key,
                fault,
            )
        answers = [Answer("", Finish.LENGTH, 0) for _ in self._call.requests]
        return Done(self._call, Reply(answers, Usage(0, 0)), 0.0, self.lost)
