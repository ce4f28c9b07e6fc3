"""Several servers of one model: which is asked next, and which are down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

_MOST = 128
"""Calls that a server takes which does not say: the router's default."""
_REST = 5.0
"""Seconds for which a server that failed is passed over, if others are there."""


@dataclass(slots=True, eq=False)
class Server:
    """One server, as far as it is known."""

    url: str
    info: Mapping[str, Any] = field(default_factory=dict)
    """What `/info` said; empty until it did, and again after the connection failed: what
    comes back may serve another model."""
    under_way: int = 0
    resting_until: float = 0.0
    """In the loop's time."""

    @property
    def most(self) -> int:
        """Calls it takes at the same time; one, to find out, while that is not known."""
        return int(self.info.get("max_concurrent_requests") or _MOST) if self.info else 1

    def failed(self) -> None:
        """Pass it over for a while."""
        self.info = {}
        self.resting_until = asyncio.get_running_loop().time() + _REST

    def answered(self) -> None:
        """Take it back."""
        self.resting_until = 0.0


class Servers:
    """
    Spreads calls over servers: each goes to the one with the fewest under way.

    A server that failed is passed over, then tried by a single call, and used
    again once that is answered. When none is left the one that has rested
    longest is tried. It belongs to one event loop.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self.all = [Server(url) for url in urls]
        self._left = asyncio.Condition()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Server]:
        """Choose a server for one call, waiting while all have as many as they take."""
        async with self._left:
            while (server := self._chosen()) is None:
                await self._left.wait()
            server.under_way += 1
        try:
            yield server
        finally:
            server.under_way -= 1
            await self.learned()

    async def learned(self) -> None:
        """Look again for who can go on: a server has room, or has said how much it has."""
        async with self._left:
            self._left.notify_all()

    def others_work(self, than: Server) -> bool:
        """Whether another server is not known to be down."""
        return any(each is not than and not each.resting_until for each in self.all)

    def _chosen(self) -> Server | None:
        now = asyncio.get_running_loop().time()
        working = [each for each in self.all if not each.resting_until]
        rested = [each for each in self.all if 0 < each.resting_until <= now and not each.under_way]
        able = rested or [each for each in working if each.under_way < each.most]
        if able:
            return min(able, key=lambda each: each.under_way)
        if working:
            return None
        return min(self.all, key=lambda each: each.resting_until)
