"""Which of several servers is asked next."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from ucb.backends.tgi_sites import Servers

KNOWN = {"max_concurrent_requests": 3}


def known(count: int) -> Servers:
    """Servers that have said what they take."""
    servers = Servers([f"http://{number}" for number in range(count)])
    for server in servers.all:
        server.info = KNOWN
    return servers


async def chosen(servers: Servers, calls: int, stack: AsyncExitStack) -> list[str]:
    """The servers of calls that stay under way."""
    return [(await stack.enter_async_context(servers.one())).url[-1] for _ in range(calls)]


def test_the_least_busy_is_next() -> None:
    """Calls that stay under way are spread evenly."""

    async def check() -> None:
        async with AsyncExitStack() as stack:
            assert sorted(await chosen(known(3), 6, stack)) == ["0", "0", "1", "1", "2", "2"]

    asyncio.run(check())


def test_an_unknown_server_gets_one_call() -> None:
    """Until a server has said what it takes it is asked by one call, and the others wait."""

    async def check() -> None:
        servers = known(1)
        server = servers.all[0]
        server.info = {}
        async with AsyncExitStack() as stack:
            await chosen(servers, 1, stack)
            second = asyncio.create_task(chosen(servers, 1, stack))
            await asyncio.sleep(0)
            assert not second.done()
            server.info = KNOWN
            await servers.learned()
            assert await second == ["0"]

    asyncio.run(check())


def test_a_failed_server_rests_and_is_tried_by_one() -> None:
    """A server that failed is passed over; after its rest one call tries it, then all do."""

    async def check() -> None:
        servers = known(2)
        dead = servers.all[0]
        dead.failed()
        assert servers.others_work(dead)
        async with AsyncExitStack() as stack:
            assert await chosen(servers, 2, stack) == ["1", "1"]
            dead.resting_until = asyncio.get_running_loop().time()
            assert await chosen(servers, 2, stack) == ["0", "1"]
            dead.info = KNOWN
            dead.answered()
            assert await chosen(servers, 1, stack) == ["0"]

    asyncio.run(check())


def test_when_all_failed_the_longest_rested_is_tried() -> None:
    """With no server left one is tried all the same: it may be back."""

    async def check() -> None:
        servers = known(2)
        for server in servers.all:
            server.failed()
        servers.all[1].resting_until -= 1.0
        assert not servers.others_work(servers.all[0])
        async with AsyncExitStack() as stack:
            assert await chosen(servers, 2, stack) == ["1", "1"]

    asyncio.run(check())
