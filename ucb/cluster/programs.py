"""What runs programs on a node: its own engine, its own images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ucb import here
from ucb.cluster.serving import Answer, Reply, Serving, Task
from ucb.cluster.stores import Keeping
from ucb.errors import UCBError
from ucb.languages import Brought
from ucb.sandbox.pool import Pool
from ucb.sandbox.select import open_sandbox
from ucb.types import Key


def version() -> dict[str, str]:
    """Return which UCB this is: nodes and driver must have the same."""
    about = here.about()
    return {"ucb": str(about["ucb"]), "git": str(about["git"])}


class ProgramNode:
    """A Ray actor with a sandbox of its node. Only its driver calls it, one call at a time."""

    def __init__(self, sandbox: str, workers: int | None, brought: Mapping[str, Brought]) -> None:
        self._given = (sandbox, workers, brought)
        self._workers = workers or here.cores()
        self._pool: Pool | None = None
        self._serving: Serving | None = None
        self._keeping = Keeping()
        self._ucb = version()

    def hello(self) -> Reply:
        """Open the sandbox; say what it is, or why it does not open."""
        sandbox, workers, brought = self._given
        try:
            # Equal programs are found by the driver, which sees those of all nodes.
            self._pool = open_sandbox(sandbox, workers, deduplicate=False, brought=brought)
            self._serving = Serving(self._serve, 2 * self._workers)
            return Reply(about=self._about(), workers=self._workers)
        except (UCBError, OSError) as error:
            return Reply(broken=str(error))

    def exchange(self, tasks: Sequence[Task], linger: float, given: Mapping[str, Any]) -> Reply:
        """
        Take programs, and return what has come of those taken before.

        `given` is what was said to lack: names, and Ray's references to their content.
        """
        if self._serving is None:
            return Reply(broken="It was not opened.")
        try:
            ready = self._keeping.take(tasks, given)
            lacks = self._keeping.lacks()
        except UCBError as error:
            return Reply(broken=str(error))
        except OSError as error:
            return Reply(broken=f"Its store of projects: {error.strerror or error}.")
        # What is lacking should be sent for before results are waited for.
        reply = self._serving.exchange(ready, None if lacks else linger)
        return replace(reply, about=self._about(), lacks=lacks)

    def forget(self) -> None:
        """Drop the programs that have not begun."""
        self._keeping.forget()
        if self._serving is not None:
            self._serving.forget()

    def close(self) -> None:
        """End every room."""
        if self._serving is not None:
            self._serving.close()
        if self._pool is not None:
            with suppress(UCBError, OSError):
                self._pool.close()

    def _about(self) -> dict[str, str]:
        return {**self._ucb, **(self._pool.describe() if self._pool else {})}

    def _serve(self, tasks: Iterator[Task | None]) -> Iterator[Answer]:
        if self._pool is None:
            return
        programs = ((Key("", task.number), task.work) if task else None for task in tasks)
        for key, outcome in self._pool.serve(programs):
            yield Answer(key.sample, outcome)
