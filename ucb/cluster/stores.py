"""
Whole projects on nodes that do not have them.

A program names the project it works in; the project itself is in the store of
`ucb.project`. A node whose store lacks it, on a disk that it does not share with
the driver, asks for it. It is then sent once, through Ray's object store, and
kept.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ucb.cluster.serving import Task
from ucb.project import ENVIRONMENTS, TREES, store
from ucb.types import Program

_RUNNER = "runner"
"""The environment that every program in a Python project imports, whichever its own is."""
_MOST_BYTES = 1 << 30
"""Of what the driver keeps in Ray's object store for nodes to come."""


class Needs:
    """What programs need of the store, by what they name. For the driver."""

    def __init__(self) -> None:
        self._environments: dict[str, tuple[str, ...]] = {}

    def of(self, program: Program) -> tuple[str, ...]:
        """Return the names of the trees and environments of a program; most have none."""
        trees = {step.tree.name for step in program.steps if step.tree}
        if not trees:
            return ()
        found = dict.fromkeys(f"{TREES}/{name}" for name in sorted(trees))
        for name in sorted(trees):
            # A project has the same environment in all of its programs.
            if name not in self._environments:
                self._environments[name] = _environments(program)
            found |= dict.fromkeys(self._environments[name])
        return tuple(found)


def _environments(program: Program) -> tuple[str, ...]:
    """Return the environments that a program's files name: they are called by their digests."""
    known = sorted(path.name for path in (store() / ENVIRONMENTS).iterdir())
    texts = tuple(program.files.values())
    named = [name for name in known if name != _RUNNER and any(name in text for text in texts)]
    return tuple(f"{ENVIRONMENTS}/{name}" for name in [*named, *({_RUNNER} & set(known))])


class Sending:
    """What nodes lack, put into Ray's object store once. For the driver."""

    def __init__(self, put: Callable[[bytes], Any], most: int = _MOST_BYTES) -> None:
        self._put = put
        self._most = most
        self._sent: OrderedDict[str, tuple[Any, int]] = OrderedDict()

    def references(self, names: Iterable[str]) -> dict[str, Any]:
        """Return Ray's references to the content of these, the least recently asked for dropped."""
        found = {}
        for name in names:
            if name not in self._sent:
                data = pack(store() / name)
                self._sent[name] = (self._put(data), len(data))
            self._sent.move_to_end(name)
            found[name] = self._sent[name][0]
        while sum(size for _, size in self._sent.values()) > self._most and len(self._sent) > 1:
            self._sent.popitem(last=False)
        return found


class Keeping:
    """What this node's store holds, and the jobs that wait for more. For a node."""

    def __init__(self) -> None:
        self._has: set[str] = set()
        self._waiting: list[Task] = []

    def take(self, tasks: Sequence[Task], given: Mapping[str, Any]) -> list[Task]:
        """Store what was given, and return the jobs that can be done; raise `OSError`."""
        for name, reference in given.items():
            unpack(store() / name, _fetched(reference))
        ready: list[Task] = []
        waiting: list[Task] = []
        for task in [*self._waiting, *tasks]:
            (ready if all(map(self._have, task.needs)) else waiting).append(task)
        self._waiting = waiting
        return ready

    def lacks(self) -> list[str]:
        """Return what must be given before the jobs that wait can be done."""
        needs = dict.fromkeys(name for task in self._waiting for name in task.needs)
        return [name for name in needs if not self._have(name)]

    def forget(self) -> None:
        """Drop the jobs that wait."""
        self._waiting = []

    def _have(self, name: str) -> bool:
        if name not in self._has and (store() / name).is_dir():
            self._has.add(name)
        return name in self._has


def pack(folder: Path) -> bytes:
    """Return a folder of the store as a tar file; a link is one to a folder beside it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        if folder.is_symlink():
            archive.add(folder.resolve(), arcname=str(folder.readlink()))
        archive.add(folder, arcname=folder.name)
    return data.getvalue()


def unpack(folder: Path, data: bytes) -> None:
    """
    Put what `pack` has made in its place, whole or not at all.

    What is there stays: its name says what it holds. Raises `OSError`.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".copy-") as scratch:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(scratch, filter="tar")
        # A link comes last, when what it leads to is in place.
        for path in sorted(Path(scratch).iterdir(), key=lambda path: path.is_symlink()):
            place = folder.parent / path.name
            if not place.is_dir():
                try:
                    path.replace(place)
                except OSError:
                    if not place.is_dir():  # Another process of this machine was faster.
                        raise


def _fetched(reference: Any) -> bytes:
    import ray  # noqa: PLC0415 (only a node comes here, and it is Ray's)

    data: bytes = ray.get(reference)
    return data
