"""
Requests per second of the remote backends, and what each costs this machine's processor.

    python -m benchmarks.backend_requests --concurrent 1 32 256 --latency 0.1

A stub server, in a process of its own, answers every question after a fixed time. `bare SDK`
is the official client in a loop of tasks, with a semaphore and nothing else: no budget, no
retries, no completions. `ceiling` is what the latency allows. Processor time is this
process's, of all threads, without the stub's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ucb import plugins
from ucb.types import Key, Prompt, Request, Sampling, Style

_AS_WRITTEN = argparse.RawDescriptionHelpFormatter
_PATHS = {"openai": "/v1", "anthropic": ""}


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of requests."""

    requests: int
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all threads."""

    def __str__(self) -> str:
        return f"{self.requests / self.wall:9.1f} {1000 * self.cpu / self.requests:8.2f}"


def main() -> None:
    """Print a line per backend and number of concurrent requests."""
    args = _arguments()
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        os.environ.setdefault(variable, "none")
    print("requests per second | CPU milliseconds per request")
    print(f"{'':26}{'ceiling':>9} {'this backend':>18} {'bare SDK':>18}")
    with _stub(args.latency) as root:
        for name in args.backend:
            for concurrent in args.concurrent:
                count = max(args.least, concurrent * args.rounds)
                ceiling = concurrent / args.latency
                ours = _best(args.repeats, _ours(name, root, concurrent), count)
                bare = _best(args.repeats, _BARE[name](root, concurrent), count)
                print(f"{name:10} {concurrent:4} at once {ceiling:13.1f} {ours} {bare}", flush=True)


@contextmanager
def _stub(latency: float) -> Iterator[str]:
    argv = [sys.executable, "-m", "tests.servers.api_stub", "--latency", str(latency)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("the stub has no output")
        yield json.loads(process.stdout.readline())["root"]
    finally:
        process.kill()
        process.wait()


def _ours(name: str, root: str, concurrent: int) -> Callable[[int], None]:
    def run(count: int) -> None:
        url = (root + _PATHS[name],)
        backend = plugins.backend(name, model="m", base_url=url, concurrency=concurrent)
        sampling = Sampling(max_tokens=16)
        requests = (
            Request(Key(f"p/{n}", 0), Prompt(f"question {n}", Style.CHAT), sampling)
            for n in range(count)
        )
        done = sum(1 for _ in backend.generate(requests))
        if done != count:
            raise RuntimeError(f"{count - done} requests were not answered")

    return run


def _bare_openai(root: str, concurrent: int) -> Callable[[int], None]:
    import openai  # noqa: PLC0415

    async def ask(client: Any, number: int) -> None:
        question = {"role": "user", "content": f"question {number}"}
        await client.chat.completions.create(model="m", messages=[question], max_tokens=16)

    return _bare(lambda: openai.AsyncOpenAI(api_key="none", base_url=f"{root}/v1"), ask, concurrent)


def _bare_anthropic(root: str, concurrent: int) -> Callable[[int], None]:
    import anthropic  # noqa: PLC0415

    async def ask(client: Any, number: int) -> None:
        question = {"role": "user", "content": f"question {number}"}
        await client.messages.create(model="m", messages=[question], max_tokens=16)

    return _bare(lambda: anthropic.AsyncAnthropic(api_key="none", base_url=root), ask, concurrent)


_BARE = {"openai": _bare_openai, "anthropic": _bare_anthropic}


def _bare(opened: Callable[[], Any], ask: Any, concurrent: int) -> Callable[[int], None]:
    async def work(count: int) -> None:
        turns = asyncio.Semaphore(concurrent)

        async def one(client: Any, number: int) -> None:
            async with turns:
                await ask(client, number)

        async with opened() as client:
            await asyncio.gather(*(one(client, number) for number in range(count)))

    return lambda count: asyncio.run(work(count))


def _best(repeats: int, run: Callable[[int], None], count: int) -> Measured:
    """Return the quickest of several runs: what disturbs a run only makes it slower."""
    runs = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        run(count)
        runs.append(Measured(count, time.perf_counter() - wall, time.process_time() - cpu))
    return min(runs, key=lambda measured: measured.wall)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_AS_WRITTEN)
    parser.add_argument("--backend", nargs="+", default=list(_PATHS), choices=list(_PATHS))
    parser.add_argument("--concurrent", nargs="+", type=int, default=[1, 32, 256])
    parser.add_argument("--latency", type=float, default=0.1, help="Seconds.")
    parser.add_argument("--least", type=int, default=30, help="Requests, at least.")
    parser.add_argument("--rounds", type=int, default=10, help="Requests for each concurrent one.")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
