"""Where completions come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from ucb.types import Completion, Request, Style


class Backend(Protocol):
    """
    A source of completions.

    One method, because batching, concurrency and retries are the backend's
    own business. Completions may come back in any order; the runner stores
    each as it arrives, so an interrupted run resumes where it stopped. A
    request that keeps failing is logged and not yielded: a missing row means
    "not done yet", never "the model was wrong". A fault that no retry mends
    (no such model, a wrong key, out of memory) raises `BackendError` with a
    sentence that says what to do. A backend that can tell how likely a prompt's
    `choices` are does so in `Completion.choices`; one that cannot leaves it out.
    """

    styles: frozenset[Style]
    """The styles this model can be asked in."""
    preferred: Style
    """The style to use when the user names none."""

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Yield one completion per request, in any order, as each is done."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """What identifies the model: name, revision, dtype, device, library versions."""
        ...

    def statistics(self) -> Mapping[str, float]:
        """Figures of the work so far: `tokens_per_second`, `peak_memory_mib` and such."""
        ...


@runtime_checkable
class Closing(Protocol):
    """A backend that holds connections or processes."""

    def close(self) -> None:
        """End what is under way, and what a generator that was left half used holds."""
        ...


@runtime_checkable
class Metered(Backend, Closing, Protocol):
    """A backend whose completions cost something, or are limited in number."""

    def count(self, completions: Iterable[Completion]) -> None:
        """Count completions that the run already holds against the budget."""
        ...

    def estimate(self, requests: Iterable[Request]) -> object:
        """Return what requests would take, as a sentence, without asking anything."""
        ...
