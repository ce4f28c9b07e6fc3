"""The settings that every backend behind a network takes. Names are `RunConfig`'s."""

from __future__ import annotations

import hashlib
from typing import Literal, TypedDict

from ucb.backends.remote import prices
from ucb.backends.remote.address import is_local
from ucb.backends.remote.cache import Cache
from ucb.backends.remote.desk import FREE, Terms
from ucb.data import cache_dir
from ucb.errors import ConfigError
from ucb.types import Request

CONCURRENCY = 16
"""Calls at the same time, when the user says nothing."""
TIMEOUT = 600.0
"""Seconds for one answer, when the user says nothing: a long reasoning takes minutes."""


class RemoteOptions(TypedDict, total=False):
    """What `terms` and the endpoints read; a missing one has its default."""

    concurrency: int | None
    request_timeout: float
    """Seconds without an answer, or between two pieces of a streamed one."""
    max_cost: float | None
    max_tokens_total: int | None
    price_in: float | None
    price_out: float | None
    cache: Literal["auto", "on", "off"]


def terms(
    options: RemoteOptions, *, provider: str, model: str, url: str, batched: bool = False
) -> Terms:
    """
    Settle on what terms a server is asked.

    A server of one's own is free and not cached, because what it serves may
    change under its name. Any other is cached, and has the price that
    `ucb.backends.remote.prices.find` knows.

    Raises:
        ConfigError: `max_cost` is set and the price is not known.

    """
    local = is_local(url)
    price = prices.find(
        "" if local else provider, model, options.get("price_in"), options.get("price_out")
    )
    if price is None and local:
        price = FREE
    max_cost = options.get("max_cost")
    if price is None and max_cost is not None:
        raise ConfigError(
            f"--max-cost needs the price of {model!r}, which is not known here: give --price-in "
            "and --price-out, in US dollars per million tokens."
        )
    kept = {"auto": not local, "on": True, "off": False}[options.get("cache", "auto")]
    return Terms(
        concurrency=options.get("concurrency") or CONCURRENCY,
        price=price.batched() if price and batched else price,
        max_cost=max_cost,
        max_tokens_total=options.get("max_tokens_total"),
        cache=Cache(cache_dir() / "answers") if kept else None,
    )


def sample_seed(request: Request) -> int:
    """Return a seed that only the run's seed, the problem and the sample decide (31 bits)."""
    name = f"{request.sampling.seed}\0{request.key.problem}\0{request.key.sample}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) >> 1


def one_url(urls: tuple[str, ...], default: str, backend: str) -> str:
    """Return the only base URL, or the default; raise `ConfigError` for several."""
    if len(urls) > 1:
        raise ConfigError(f"The {backend} backend takes one --base-url, not {len(urls)}.")
    return urls[0] if urls else default
