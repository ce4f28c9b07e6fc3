"""The backend that hands stored samples back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ucb.keys import Keys
from ucb.types import Completion, Key, Request, Style


class ReplayBackend:
    """
    Answers each request with the stored completion of the same key.

    `completions` are read anew each time they are needed, so that a file of a
    million of them is never held: give a collection, not an iterator. What was
    asked back then is not known, so any style will do. A request without a
    stored completion is not answered: its row stays missing. Of two completions
    with one key the later counts, as when a file was appended to.
    """

    def __init__(self, completions: Iterable[Completion]) -> None:
        self.styles = frozenset(Style)
        self.preferred = Style.COMPLETE
        self.samples = 1
        """Samples of the problem that has most; one more than its last number."""
        self._completions = completions
        self._stored = Keys()
        self._repeats: Counter[Key] = Counter()
        for completion in completions:
            self.samples = max(self.samples, completion.key.sample + 1)
            if not self._stored.add(completion.key):
                self._repeats[completion.key] += 1

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield the stored completion of each request, in the order they are stored."""
        asked = Keys(request.key for request in requests if request.key in self._stored)
        repeats = self._repeats.copy()
        for completion in self._completions if asked else ():
            if repeats[completion.key]:
                repeats[completion.key] -= 1
            elif completion.key in asked:
                yield completion

    def describe(self) -> Mapping[str, Any]:
        """Say that nothing was generated."""
        return {"backend": "replay", "completions": len(self._stored)}

    def statistics(self) -> Mapping[str, float]:
        """Return nothing: no work was done."""
        return {}
