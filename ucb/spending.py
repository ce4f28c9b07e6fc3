"""What a run that is paid for would take, and what it has taken so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ucb import plugins
from ucb.backends import Backend, Closing, Metered
from ucb.run import requests
from ucb.store import TaskFolder
from ucb.task import Task
from ucb.types import Completion, Problem, Request, Sampling, Style


@dataclass(frozen=True, slots=True)
class Part:
    """One task of a run: what is asked, and where it is stored."""

    task: Task
    problems: Sequence[Problem]
    folder: TaskFolder


def settle(
    backend: Backend | None, parts: Sequence[Part], style: Style, sampling: Sampling
) -> str | None:
    """
    Count what a run holds against its budget, and return the estimate of the rest.

    None for a backend that counts nothing.
    """
    if not isinstance(backend, Metered):
        return None
    backend.count(_held(parts))
    return str(backend.estimate(_left(parts, style, sampling)))


def estimate(
    name: str, options: dict[str, object], parts: Sequence[Part], style: str, sampling: Sampling
) -> str | None:
    """Return the estimate of what is left of a run; None for a backend that counts nothing."""
    if not plugins.is_metered(name):
        return None
    backend = plugins.backend(name, **options)
    settled = backend.preferred if style == "auto" else Style(style)
    return settle(backend, parts, settled, sampling)


def close(backend: Backend | None) -> None:
    """End what a backend has under way, keeping what is already paid for."""
    if isinstance(backend, Closing):
        backend.close()


def _held(parts: Iterable[Part]) -> Iterator[Completion]:
    for part in parts:
        yield from part.folder.completions()


def _left(parts: Iterable[Part], style: Style, sampling: Sampling) -> Iterator[Request]:
    for part in parts:
        done = part.folder.stored().completions
        yield from requests(part.task, part.problems, style, sampling, done)
