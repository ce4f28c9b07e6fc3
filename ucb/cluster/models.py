"""What runs a model on a node."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from ucb import plugins
from ucb.backends import Backend, Closing
from ucb.cluster.programs import version
from ucb.cluster.serving import Answer, Reply, Serving, Task
from ucb.errors import UCBError
from ucb.types import Request


@runtime_checkable
class Sharing(Protocol):
    """A backend that generates in batches, and can say which."""

    def shares(self, requests: Sequence[Request]) -> Iterator[tuple[Request, ...]]:
        """Divide requests into the batches that `generate` makes of them."""
        ...


class ModelNode:
    """A Ray actor with a backend of its node. Only its driver calls it, one call at a time."""

    def __init__(self, name: str, options: Mapping[str, Any], folder: str) -> None:
        self._given = (name, options)
        self._folder = folder
        self._backend: Backend | None = None
        self._serving: Serving | None = None

    def hello(self) -> Reply:
        """Load the model; say what it is, or why it cannot be loaded."""
        name, options = self._given
        with suppress(OSError):  # For paths as the user wrote them, where nodes share a disk.
            os.chdir(self._folder)
        try:
            self._backend = plugins.backend(name, **options)
            about = {**version(), **self._backend.describe()}
            about["styles"] = sorted(map(str, self._backend.styles))
            about["preferred"] = str(self._backend.preferred)
        except UCBError as error:
            return Reply(broken=str(error))
        self._serving = Serving(self._serve, 0)
        return Reply(about=about)

    def shares(self, requests: Sequence[Request], size: int) -> list[tuple[Request, ...]]:
        """Divide requests as one machine would, or into parts of `size`."""
        if isinstance(self._backend, Sharing):
            return list(self._backend.shares(requests))
        return [tuple(requests[at : at + size]) for at in range(0, len(requests), size)]

    def exchange(self, tasks: Sequence[Task], linger: float, given: Mapping[str, Any]) -> Reply:
        """Take shares of requests, and return completions of those taken before."""
        del given  # Only programs have needs.
        if self._serving is None:
            return Reply(broken="It was not opened.")
        return self._serving.exchange(tasks, linger)

    def forget(self) -> None:
        """Drop the shares that have not begun."""
        if self._serving is not None:
            self._serving.forget()

    def close(self) -> None:
        """End what the backend has under way."""
        if self._serving is not None:
            self._serving.close()
        if isinstance(self._backend, Closing):
            self._backend.close()

    def _serve(self, tasks: Iterator[Task | None]) -> Iterator[Answer]:
        if self._backend is None:
            return
        for task in tasks:
            if task is None:
                continue
            requests: Sequence[Request] = task.work
            for completion in self._backend.generate(requests):
                yield Answer(task.number, completion, last=False)
            yield Answer(task.number, dict(self._backend.statistics()))
