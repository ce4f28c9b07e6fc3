"""Executions that are known already, so that equal programs run once."""

from __future__ import annotations

from collections import OrderedDict

from ucb.types import Execution

_BYTES = 64 << 20


class Known:
    """Executions by the digest of their program; the least recently used are forgotten."""

    def __init__(self, most: int = _BYTES) -> None:
        self._most = most
        self._size = 0
        self._items: OrderedDict[str, Execution] = OrderedDict()

    def get(self, digest: str) -> Execution | None:
        """Return the execution of a program that has run; None if it is not known."""
        found = self._items.get(digest)
        if found is not None:
            self._items.move_to_end(digest)
        return found

    def put(self, digest: str, execution: Execution) -> None:
        """Remember an execution, and forget others where it takes too much room."""
        self._size += _size(execution)
        self._items[digest] = execution
        while self._size > self._most:
            _, forgotten = self._items.popitem(last=False)
            self._size -= _size(forgotten)


def _size(execution: Execution) -> int:
    texts = [text for step in execution.steps for text in (step.stdout, step.stderr)]
    return 1000 + sum(map(len, texts)) + sum(map(len, execution.files.values()))
