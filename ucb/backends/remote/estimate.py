"""What a run would take, before it is started."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ucb.backends.remote.desk import FREE, Desk, Terms, estimated_tokens
from ucb.backends.remote.wire import Call


@dataclass(frozen=True, slots=True)
class Estimate:
    """The size of what is still to be asked."""

    completions: int
    tokens_in: int
    """About: prompts are measured in bytes, since the server's tokenizer is not here."""
    tokens_out: int
    """At most: every completion as long as `max_tokens`."""
    dollars: float | None
    """About, for `tokens_in` and `tokens_out`; None when the price is not known."""
    price: str = ""
    """The price and where it is from."""

    def __str__(self) -> str:
        text = (
            f"{self.completions} completions: about {self.tokens_in:,} tokens in, "
            f"at most {self.tokens_out:,} out"
        )
        if self.dollars is None:
            return f"{text}; the price is not known (--price-in, --price-out)."
        if not self.dollars:
            return f"{text}; free ({self.price})."
        return f"{text}, at most about ${self.dollars:.2f} ({self.price})."


def estimate(calls: Iterable[Call], desk: Desk, terms: Terms) -> Estimate:
    """Add up calls; what is in the cache is not counted."""
    completions = tokens_in = tokens_out = 0
    for call in calls:
        left = desk.missing(call)
        if left is None:
            continue
        completions += len(left.requests)
        tokens_in += estimated_tokens(left)
        tokens_out += left.max_tokens * len(left.requests)
    price = terms.price
    if price is None:
        return Estimate(completions, tokens_in, tokens_out, None)
    dollars = price.worst(tokens_in, tokens_out)
    what = f"${price.input:g} in, ${price.output:g} out per million tokens, {price.source}"
    if price == FREE:
        what = price.source
    return Estimate(completions, tokens_in, tokens_out, dollars, what)
