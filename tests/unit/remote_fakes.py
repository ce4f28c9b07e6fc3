"""What the tests of remote backends share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ucb import plugins
from ucb.backends.remote.backend import RemoteBackend
from ucb.backends.remote.crew import Patience
from ucb.types import Completion, Key, Prompt, Request, Sampling, Style

QUICK = Patience(attempts=4, busy=60, pause=0.001, longest=0.01)
"""Tries again at once: tests do not wait for a server's recovery."""


def chats(count: int, samples: int = 1, **more: Any) -> list[Request]:
    """`samples` requests for each of `count` chats."""
    stop, prefill = more.pop("stop", ()), more.pop("prefill", "")
    style, choices = more.pop("style", Style.CHAT), more.pop("choices", ())
    temperature = 0.8 if samples > 1 else 0.0
    sampling = Sampling(**{"samples": samples, "temperature": temperature, "max_tokens": 20} | more)
    return [
        Request(
            Key(f"p/{number}", sample),
            Prompt(f"question {number}", style, stop, prefill=prefill, choices=choices),
            sampling,
        )
        for number in range(count)
        for sample in range(samples)
    ]


def opened(name: str, **options: Any) -> RemoteBackend:
    """A backend opened as `ucb run` opens it, but quick to try again."""
    patience = options.pop("patience", QUICK)
    backend = plugins.backend(name, model="m", **options)
    assert isinstance(backend, RemoteBackend)
    backend._terms = replace(backend._terms, patience=patience)
    return backend


def keys(completions: Sequence[Completion]) -> list[Key]:
    """Whose completions they are, in order."""
    return sorted(completion.key for completion in completions)
