"""Many programs over a few rooms: the same whatever the engine."""

from __future__ import annotations

import queue
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ucb.errors import SandboxError
from ucb.here import cores
from ucb.sandbox import cpus, wire
from ucb.sandbox.engine import Engine, RoomSpec
from ucb.sandbox.known import Known
from ucb.sandbox.workers import Backlog, Failure, Job, Worker
from ucb.types import Ended, Execution, Key, Program

_AHEAD = 32
"""Programs taken from the input ahead of the results, per worker."""
_SUSPECTS = 256
"""Timeouts that wait for their confirmation, at most."""
_GRACE = 60.0
"""Seconds a room may take beyond the wall limits of a program's steps."""
_LEAST_MEMORY = 1024
_CONFIRMED = (Ended.CPU, Ended.WALL)
_LULL = 0.02
"""Seconds to wait for a result before the input is asked again whether it has more."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A program that could not be run, through no fault of its own."""

    trouble: str


_Outcome = tuple[Key, Execution | Undone]


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
        self._count = workers or cores()
        self._cache = Known() if deduplicate else None
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
        undone: list[tuple[Key, Undone]] = []
        for key, outcome in self.serve(programs):
            if isinstance(outcome, Undone):
                undone.append((key, outcome))
            else:
                yield key, outcome
        if undone:
            key, first = undone[0]
            raise SandboxError(
                f"{len(undone)} programs could not be run "
                f"(first: {key.problem}, sample {key.sample}: {first.trouble}). "
                "Run again to finish."
            )

    def serve(self, programs: Iterable[tuple[Key, Program] | None]) -> Iterator[_Outcome]:
        """
        Do as `run` for an input without an end: what could not be run is yielded too.

        None in the input says that there is nothing more for now. Then results that are ready
        are yielded, timeouts are confirmed if nothing else is left, and the input is asked again.
        """
        self._start()
        stream = _Stream(self._backlog, self._cache)
        try:
            for each in programs:
                if each is None:
                    yield from stream.lull()
                    continue
                key, program = each
                yield from stream.submit(key, program, _spec(program))
                yield from stream.results(leave=_AHEAD * self._count)
                if len(stream.suspects) >= _SUSPECTS:
                    yield from stream.confirm()
            yield from stream.confirm()
        finally:
            stream.cancelled.append(True)

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
    cache: Known | None
    done: queue.SimpleQueue[Job | Failure] = field(default_factory=queue.SimpleQueue)
    cancelled: list[bool] = field(default_factory=list)
    suspects: list[Job] = field(default_factory=list)
    outstanding: int = 0
    running: dict[str, Job] = field(default_factory=dict)

    def submit(self, key: Key, program: Program, spec: RoomSpec) -> Iterator[_Outcome]:
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

    def results(self, leave: int) -> Iterator[_Outcome]:
        """Yield what is ready; wait until at most `leave` programs are outstanding."""
        while self.outstanding:
            try:
                job = self.done.get(block=self.outstanding > leave)
            except queue.Empty:
                return
            yield from self._taken(job)

    def confirm(self) -> Iterator[_Outcome]:
        """Run the timeouts again, one at a time with nothing else running, and yield those."""
        yield from self.results(leave=0)
        suspects, self.suspects = self.suspects, []
        for job in suspects:
            job.confirming = True
            self.outstanding += 1
            self.backlog.put(job)
            yield from self.results(leave=0)

    def lull(self) -> Iterator[_Outcome]:
        """Wait a moment for one result; with none outstanding, confirm the timeouts."""
        if not self.outstanding:
            yield from self.confirm()
            return
        try:
            job = self.done.get(timeout=_LULL)
        except queue.Empty:
            return
        yield from self._taken(job)
        yield from self.results(leave=self.outstanding)

    def _taken(self, job: Job | Failure) -> Iterator[_Outcome]:
        if isinstance(job, Failure):
            raise job.error
        self.outstanding -= 1
        yield from self._settle(job)

    def _settle(self, job: Job) -> Iterator[_Outcome]:
        if job.execution is None:
            self.running.pop(job.digest, None)
            for key in job.keys:
                yield key, Undone(job.trouble)
        elif not job.confirming and job.execution.steps[-1].ended in _CONFIRMED:
            self.suspects.append(job)
        else:
            self.running.pop(job.digest, None)
            if self.cache is not None:
                self.cache.put(job.digest, job.execution)
            for key in job.keys:
                yield key, job.execution
