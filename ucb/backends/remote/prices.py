"""What tokens cost: a dated table of list prices, or what the user says."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files

from ucb.backends.remote.wire import Usage
from ucb.errors import ConfigError

_MILLION = 1_000_000
_DATED = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float
    cached: float
    """Input read from the provider's prompt cache."""
    written: float
    """Input written to the provider's prompt cache."""
    batch: float = 1.0
    """What a batch job costs, as a share of the above."""
    source: str = ""
    """Where the price is from, for people to read."""

    def cost(self, usage: Usage) -> float:
        """Return what a reply costs, in US dollars."""
        plain = usage.tokens_in - usage.cached - usage.written
        dollars = (
            plain * self.input
            + usage.cached * self.cached
            + usage.written * self.written
            + usage.tokens_out * self.output
        )
        return dollars / _MILLION

    def worst(self, tokens_in: int, tokens_out: int) -> float:
        """Return the most that so many tokens can cost, in US dollars."""
        dearest = max(self.input, self.cached, self.written)
        return (tokens_in * dearest + tokens_out * self.output) / _MILLION

    def batched(self) -> Price:
        """Return the price in a batch job."""
        return replace(
            self,
            input=self.input * self.batch,
            output=self.output * self.batch,
            cached=self.cached * self.batch,
            written=self.written * self.batch,
            batch=1.0,
        )


def find(
    provider: str, model: str, price_in: float | None = None, price_out: float | None = None
) -> Price | None:
    """
    Return the price of a model; None when it is not known.

    Args:
        provider: A table of `prices.toml`; empty for a server that is in none.
        model: Its name, exactly or with a date behind it. A name that merely
            begins like a known one may cost ten times as much, so it is not known.
        price_in: US dollars per million tokens read, instead of the table's.
        price_out: US dollars per million tokens written, instead of the table's.

    Raises:
        ConfigError: only one of the two prices is given.

    """
    if (price_in is None) != (price_out is None):
        raise ConfigError("--price-in and --price-out are given together, or neither is.")
    if price_in is not None and price_out is not None:
        return Price(price_in, price_out, price_in, price_in, source="--price-in, --price-out")
    table = tomllib.loads(files(__package__).joinpath("prices.toml").read_text(encoding="utf-8"))
    models = table.get(provider, {})
    row = models.get(model) or models.get(_DATED.sub("", model))
    if row is None:
        return None
    return Price(
        row["input"],
        row["output"],
        row.get("cached", row["input"]),
        row.get("written", row["input"]),
        table["batch"].get(provider, 1.0),
        f"list price of {table['checked']}",
    )
