"""Where programs run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from ucb.types import Execution, Key, Program


class Sandbox(Protocol):
    """
    Runs untrusted programs.

    Whatever a program does, however badly, is an `Execution`. Trouble of the
    environment is not: it is retried, and a program that still could not be
    run is not yielded. `SandboxError` is raised when nothing can run at all,
    and at the end when some programs were left undone.
    """

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        """Yield an execution per program, in any order, as each is done."""
        ...

    def describe(self) -> Mapping[str, str]:
        """What the verdicts depend on: engine, versions, image digests."""
        ...

    def close(self) -> None:
        """End every room; nothing is left behind."""
        ...
