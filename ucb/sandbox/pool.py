"""Many programs over a few rooms: the same whatever the engine."""

from __future__ import annotations

import os
import queue
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ucb.errors import SandboxError
from ucb.sandbox import cpus, wire
from ucb.sandbox.engine import Engine, RoomSpec
from ucb.sandbox.workers import Backlog, Failure, Job, Worker
from ucb.types import Ended, Execution, Key, Program

_AHEAD = 32
"""Programs taken from the input ahead of the results, per worker."""
_SUSPECTS = 256
"""Timeouts that wait for their confirmation, at most."""
_GRACE = 60.0
"""Seconds a room may take beyond the wall limits of a program's steps."""
_CACHE_BYTES = 64 << 20
_LEAST_MEMORY = 1024
_CONFIRMED = (Ended.CPU, Ended.WALL)


class Pool:
    """
    A sandbox over the rooms of one engine.

    `run` reads its input in the thread that asks for results, so a slow input
    delays results that are ready, but never the programs already taken.
    """

    def __init__(
        self, engine: Engine, workers: int | None = None, *, deduplicate: bool = True
    ) -> None:
        self._engine = engine
        self._count = workers or os.cpu_count() or 1
        self._cache = _Cache(_CACHE_BYTES) if deduplicate else None
        self._backlog = Backlog(self._count)
        self._workers: list[Worker] = []
        self._claims: cpus.Claims | None = None

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        """
        Yield an execution per program, in any order, as each is done.

        A timeout is confirmed once, with nothing else running, before it is
        yielded. Raises `SandboxError` when nothing can run, and at the end when
        some programs were left undone.
        """
        self._start()
        stream = _Stream(self._backlog, self._cache)
        try:
            for key, program in programs:
                yield from stream.submit(key, program, _spec(program))
                yield from stream.results(leave=_AHEAD * self._count)
                if len(stream.suspects) >= _SUSPECTS:
                    yield from stream.confirm()
            yield from stream.confirm()
        finally:
            stream.cancelled.append(True)
        stream.complain()

    def describe(self) -> Mapping[str, str]:
        """What the verdicts depend on."""
        return self._engine.describe()

    def close(self) -> None:
        """End every room."""
        self._backlog.close()
        for worker in self._workers:
            worker.stop()
        for worker in self._workers:
            worker.join()
        self._workers = []
        if self._claims is not None:
            self._claims.close()

    def _start(self) -> None:
        if self._backlog.closed:
            raise SandboxError("This sandbox has been closed.")
        if not self._workers:
            self._engine.sweep()
            self._claims = cpus.Claims(self._count)
            own = [*self._claims.cpus, *[None] * self._count]
            self._workers = [Worker(self._engine, self._backlog, cpu) for cpu in own[: self._count]]
            for worker in self._workers:
                worker.start()


def _spec(program: Program) -> RoomSpec:
    """Rooms are shared by programs of similar memory: powers of two."""
    memory = _LEAST_MEMORY
    while memory < max((step.limits.memory for step in program.steps), default=0):
        memory *= 2
    return RoomSpec(program.toolchain, memory)


@dataclass
class _Stream:
    """The state of one `run`."""

    backlog: Backlog
    cache: _Cache | None
    done: queue.SimpleQueue[Job | Failure] = field(default_factory=queue.SimpleQueue)
    cancelled: list[bool] = field(default_factory=list)
    suspects: list[Job] = field(default_factory=list)
    outstanding: int = 0
    running: dict[str, Job] = field(default_factory=dict)
    undone: list[tuple[Key, str]] = field(default_factory=list)

    def submit(self, key: Key, program: Program, spec: RoomSpec) -> Iterator[tuple[Key, Execution]]:
        """Queue a program, unless an equal one has run or is about to."""
        digest = ""
        if self.cache is not None:
            digest = program.digest()
            known = self.cache.get(digest)
            if known is not None:
                yield key, known
                return
            if digest in self.running:
                self.running[digest].keys.append(key)
                return
        seconds = _GRACE + sum(step.limits.wall for step in program.steps)
        message = wire.encode(program)
        job = Job([key], message, seconds, spec, digest, self.done, self.cancelled)
        if digest:
            self.running[digest] = job
        self.outstanding += 1
        self.backlog.put(job)

    def results(self, leave: int) -> Iterator[tuple[Key, Execution]]:
        """Yield what is ready; wait until at most `leave` programs are outstanding."""
        while self.outstanding:
            try:
                job = self.done.get(block=self.outstanding > leave)
            except queue.Empty:
                return
            if isinstance(job, Failure):
                raise job.error
            self.outstanding -= 1
            yield from self._settle(job)

    def confirm(self) -> Iterator[tuple[Key, Execution]]:
        """Run the timeouts again, one at a time with nothing else running, and yield those."""
        yield from self.results(leave=0)
        suspects, self.suspects = self.suspects, []
        for job in suspects:
            job.confirming = True
            self.outstanding += 1
            self.backlog.put(job)
            yield from self.results(leave=0)

    def complain(self) -> None:
        """Raise `SandboxError` if programs were left undone."""
        if self.undone:
            key, trouble = self.undone[0]
            raise SandboxError(
                f"{len(self.undone)} programs could not be run "
                f"(first: {key.problem}, sample {key.sample}: {trouble}). Run again to finish."
            )

    def _settle(self, job: Job) -> Iterator[tuple[Key, Execution]]:
        if job.execution is None:
            self.running.pop(job.digest, None)
            self.undone += [(key, job.trouble) for key in job.keys]
        elif not job.confirming and job.execution.steps[-1].ended in _CONFIRMED:
            self.suspects.append(job)
        else:
            self.running.pop(job.digest, None)
            if self.cache is not None:
                self.cache.put(job.digest, job.execution)
            for key in job.keys:
                yield key, job.execution


class _Cache:
    """Executions by the digest of their program; the least recently used are forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._items: OrderedDict[str, Execution] = OrderedDict()

    def get(self, digest: str) -> Execution | None:
        found = self._items.get(digest)
        if found is not None:
            self._items.move_to_end(digest)
        return found

    def put(self, digest: str, execution: Execution) -> None:
        self._size += _size(execution)
        self._items[digest] = execution
        while self._size > self._most:
            _, forgotten = self._items.popitem(last=False)
            self._size -= _size(forgotten)


def _size(execution: Execution) -> int:
    texts = [text for step in execution.steps for text in (step.stdout, step.stderr)]
    return 1000 + sum(map(len, texts)) + sum(map(len, execution.files.values()))
