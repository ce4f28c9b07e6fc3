"""A limit on what a run may spend, kept even while answers are under way."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ucb.errors import BudgetReached


@dataclass(frozen=True, slots=True)
class Spend:
    """Money and tokens."""

    dollars: float = 0.0
    tokens: int = 0
    """In and out together."""

    def __add__(self, other: Spend) -> Spend:
        return Spend(self.dollars + other.dollars, self.tokens + other.tokens)

    def __mul__(self, times: int) -> Spend:
        return Spend(self.dollars * times, self.tokens * times)

    def __sub__(self, other: Spend) -> Spend:
        return Spend(self.dollars - other.dollars, self.tokens - other.tokens)


class Budget:
    """
    Counts what is spent, and what the calls under way could spend at worst.

    A call is made only if its worst case still fits, so neither limit is
    exceeded as long as the server keeps to `max_tokens`. An attempt that broke
    off, which a provider may charge for, counts at its worst case. Threads may
    call it at the same time.
    """

    def __init__(self, dollars: float | None = None, tokens: int | None = None) -> None:
        self._limit = (dollars, tokens)
        self.spent = Spend()
        self._reserved = Spend()
        self._lock = threading.Lock()

    def reserve(self, worst: Spend) -> bool:
        """Set a call's worst case aside; return False, and do nothing, if it does not fit."""
        dollars, tokens = self._limit
        with self._lock:
            then = self.spent + self._reserved + worst
            if dollars is not None and then.dollars > dollars:
                return False
            if tokens is not None and then.tokens > tokens:
                return False
            self._reserved += worst
            return True

    def settle(self, reserved: Spend, spent: Spend) -> None:
        """Replace what was reserved for a call by what it did spend."""
        with self._lock:
            self._reserved -= reserved
            self.spent += spent

    def reached(self, next_call: Spend) -> BudgetReached:
        """Return the sentence that ends a run whose next call does not fit."""
        dollars, tokens = self._limit
        now, then = self.spent, self.spent + next_call
        if dollars is not None and then.dollars > dollars:
            how = (
                f"--max-cost {dollars:g} is reached: ${now.dollars:.4f} is spent and the next "
                f"request may cost ${next_call.dollars:.4f}"
            )
        else:
            how = (
                f"--max-tokens-total {tokens} is reached: {now.tokens} tokens are used and the "
                f"next request may use {next_call.tokens}"
            )
        return BudgetReached(
            f"{how}. What is done is stored: raise the limit and run the same command to go on."
        )
