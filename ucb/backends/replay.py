"""The backend that hands stored samples back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ucb.types import Completion, Request, Style


class ReplayBackend:
    """
    Answers each request with the stored completion of the same key.

    What was asked back then is not known, so any style will do. A request
    without a stored completion is not answered: its row stays missing. Of two
    completions with one key the later counts, as when a file was appended to.
    """

    def __init__(self, completions: Iterable[Completion]) -> None:
        self.styles = frozenset(Style)
        self.preferred = Style.COMPLETE
        self._stored = {completion.key: completion for completion in completions}

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield the stored completion of each request, in the order asked."""
        for request in requests:
            completion = self._stored.get(request.key)
            if completion is not None:
                yield completion

    def describe(self) -> Mapping[str, Any]:
        """Say that nothing was generated."""
        return {"backend": "replay", "completions": len(self._stored)}

    def statistics(self) -> Mapping[str, float]:
        """Return nothing: no work was done."""
        return {}
