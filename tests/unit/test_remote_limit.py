"""How many calls are under way at once."""

from __future__ import annotations

import asyncio

from ucb.backends.remote.limit import Limiter


def test_no_more_than_the_limit_are_under_way() -> None:
    """The others wait, and everyone gets through."""
    most = 0

    async def run() -> None:
        limiter, inside = Limiter(3), 0

        async def call() -> None:
            nonlocal inside, most
            async with limiter:
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

        await asyncio.gather(*(call() for _ in range(50)))

    asyncio.run(run())
    assert most == 3


def test_one_wave_of_refusals_halves_the_limit_once() -> None:
    """Calls that were sent before the limit fell say nothing new about it."""

    async def run() -> list[float]:
        limiter = Limiter(16)
        seen = []
        for _ in range(5):
            limiter.busy(0.0, started=asyncio.get_running_loop().time() - 1.0 if seen else 1e9)
            seen.append(limiter.limit)
        limiter.busy(0.0, started=1e9)
        seen.append(limiter.limit)
        return seen

    assert asyncio.run(run()) == [8.0, 8.0, 8.0, 8.0, 8.0, 4.0]


def test_answers_raise_the_limit_again_up_to_the_most() -> None:
    """By about one for each round of answers."""

    async def run() -> tuple[float, float]:
        limiter = Limiter(16)
        limiter.busy(0.0, started=1e9)
        for _ in range(8):
            limiter.answered()
        after_a_round = limiter.limit
        for _ in range(1000):
            limiter.answered()
        return after_a_round, limiter.limit

    after_a_round, in_the_end = asyncio.run(run())
    assert 8.5 < after_a_round <= 9.0
    assert in_the_end == 16.0


def test_everyone_waits_as_long_as_the_server_asked() -> None:
    """A pause holds back calls even when none is under way to wake them."""

    async def call(limiter: Limiter) -> bool:
        async with limiter:
            return True

    async def run() -> bool:
        soon, never = Limiter(2), Limiter(2)
        soon.busy(0.02, started=1e9)
        never.busy(3600.0, started=1e9)
        held_back = asyncio.create_task(call(never))
        assert await call(soon)
        assert not held_back.done()
        never.hurry()
        return await held_back

    assert asyncio.run(run())


def test_a_call_that_is_cancelled_while_it_waits_leaves_its_place() -> None:
    """The next one gets it."""

    async def run() -> bool:
        limiter = Limiter(1)

        async def call() -> None:
            async with limiter:
                await asyncio.sleep(0)

        async with limiter:
            waiting = [asyncio.create_task(call()) for _ in range(3)]
            await asyncio.sleep(0)
            waiting[0].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return waiting[1].done() and waiting[2].done() and waiting[0].cancelled()

    assert asyncio.run(run())
