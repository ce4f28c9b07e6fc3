"""How many calls are under way: fewer when a server is busy, more again as it answers."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType
from typing import Self

_LEAST = 1.0
_PAUSE = 1.0
"""Seconds to wait when a busy server does not say how long; doubled while it stays busy."""
_LONGEST = 60.0


class Limiter:
    """
    Additive increase, multiplicative decrease, as in TCP's congestion control.

    A busy server halves the limit and makes every call wait as long as it asked.
    Each answer raises the limit by a share of one, so that a round of answers
    raises it by one, up to `most`. Use it as an async context manager around an
    attempt; it belongs to one event loop.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._open_at = 0.0
        self._pause = _PAUSE
        self._timer: asyncio.TimerHandle | None = None
        self._hurried = False

    async def __aenter__(self) -> Self:
        if self._waiting or not self._free():
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            self._wake_later()
            try:
                await turn  # `_wake` has counted this call as under way.
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave()
                raise
        else:
            self._under_way += 1
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def answered(self) -> None:
        """Count an answer: the server can take this many."""
        self.limit = min(float(self.most), self.limit + 1 / self.limit)
        self._pause = _PAUSE

    def busy(self, retry_after: float | None, started: float) -> None:
        """
        Slow down after a call that the server was too busy for.

        `started` is the loop's time when the call was sent. Calls that were
        already under way when the limit was last lowered say nothing new about
        it, so one wave of refusals halves it once.
        """
        loop = asyncio.get_running_loop()
        pause = self._pause if retry_after is None else retry_after
        if started >= self._open_at:
            self.limit = max(_LEAST, self.limit / 2)
            self._pause = min(2 * self._pause, _LONGEST)
        self._open_at = max(self._open_at, loop.time() + pause)

    def hurry(self) -> None:
        """Let everyone through: the calls that wait are given up by those who made them."""
        self._hurried = True
        self._wake()

    def _free(self) -> bool:
        if self._hurried:
            return True
        now = asyncio.get_running_loop().time()
        return self._under_way < int(self.limit) and now >= self._open_at

    def _leave(self) -> None:
        self._under_way -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting and self._free():
            turn = self._waiting.popleft()
            if not turn.done():
                self._under_way += 1
                turn.set_result(None)
        self._wake_later()

    def _wake_later(self) -> None:
        """Look again when a pause ends: nobody may be under way then to wake the others."""
        loop = asyncio.get_running_loop()
        if not self._waiting or self._timer is not None or loop.time() >= self._open_at:
            return
        self._timer = loop.call_at(self._open_at, self._timed)

    def _timed(self) -> None:
        self._timer = None
        self._wake()
