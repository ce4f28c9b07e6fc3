"""The threads of a pool: each keeps one room busy."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ucb.errors import SandboxError
from ucb.sandbox import wire
from ucb.sandbox.engine import Engine, RoomSpec
from ucb.sandbox.room import Room, RoomLost
from ucb.types import Execution, Key

_RETRIES = 2
_PATIENCE, _PAUSE = 30.0, 0.5
"""Seconds that an engine may be away, as when it is restarted; between two looks for it."""
_RECYCLED_AFTER = 2000
"""Programs in one room."""
_BATCH = 8
"""Programs sent ahead to a room, at most."""
_SEARCHED = 64
"""Waiting programs that are looked at for one that fits the open room."""


@dataclass
class Job:
    """A program on its way, and what came of it."""

    keys: list[Key]
    message: Mapping[str, Any]
    """The program, as a room reads it."""
    seconds: float
    """Wall seconds after which a room that has not answered is broken."""
    spec: RoomSpec
    digest: str
    done: queue.SimpleQueue[Job | Failure]
    cancelled: list[bool]
    """Not empty when nobody waits for the result any more."""
    confirming: bool = False
    attempts: int = 0
    alone: bool = False
    """A room was lost while it had this and others: next time it gets no company."""
    execution: Execution | None = None
    trouble: str = ""
    """Why it could not be run."""


@dataclass(frozen=True)
class Failure:
    """Nothing can run: raised where results are awaited."""

    error: BaseException


class Backlog:
    """Jobs that wait for a room."""

    def __init__(self, workers: int) -> None:
        self.closed = False
        self._share = 2 * workers
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()

    def put(self, job: Job) -> None:
        """Add a job at the end."""
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def put_back(self, jobs: Iterable[Job]) -> None:
        """Return jobs that a room has not done, to be done first."""
        with self._changed:
            self._jobs.extendleft(reversed(list(jobs)))
            self._changed.notify_all()

    def take(self, spec: RoomSpec | None, busy: int) -> list[Job]:
        """
        Jobs for a room of `spec` (None: any) that already has `busy` of them.

        An idle room waits for one; [] then means that the backlog was closed.
        A busy one gets more only while there is plenty for all, and none beside a
        job that must be alone.
        """
        with self._changed:
            while not busy and not self._jobs and not self.closed:
                self._changed.wait()
            if self.closed:
                return []
            wanted = min(_BATCH, max(0 if busy else 1, len(self._jobs) // self._share)) - busy
            if wanted <= 0:
                return []
            first = next((job for job in list(self._jobs)[:_SEARCHED] if job.spec == spec), None)
            if first is None:
                if busy:
                    return []
                first = self._jobs[0]
            if first.alone:
                taken = [] if busy else [first]
            else:
                near = list(self._jobs)[:_SEARCHED]
                fitting = [job for job in near if job.spec == first.spec and not job.alone]
                taken = fitting[:wanted]
            for job in taken:
                self._jobs.remove(job)
            return taken

    def rest(self, seconds: float) -> None:
        """Wait so long, or until closed."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed, seconds)

    def close(self) -> None:
        """Give out nothing more."""
        with self._changed:
            self.closed = True
            self._jobs.clear()
            self._changed.notify_all()


class Worker(threading.Thread):
    """Opens a room, feeds it, replaces it, closes it."""

    def __init__(self, engine: Engine, backlog: Backlog, cpu: int | None = None) -> None:
        super().__init__(name="ucb-room", daemon=True)
        self._cpu = cpu
        self._engine = engine
        self._backlog = backlog
        self._room: Room | None = None
        self._spec: RoomSpec | None = None
        self._sent: deque[Job] = deque()
        self._unopened = 0

    def run(self) -> None:
        """Work until the backlog is closed."""
        while not self._backlog.closed:
            try:
                self._work()
            except RoomLost as error:
                self._lose(str(error))
            except BaseException as error:  # noqa: BLE001 (raised again where results are awaited)
                self._give_up(error)
        self._close()

    def stop(self) -> None:
        """Called by another thread, after the backlog was closed: do not wait for a program."""
        room = self._room
        if room is not None and self._sent:
            room.kill()

    def _work(self) -> None:
        alone = bool(self._sent) and self._sent[0].alone
        taken = [] if alone else self._backlog.take(self._spec, len(self._sent))
        jobs = [job for job in taken if not job.cancelled]
        self._sent.extend(jobs)
        if not self._sent:
            return
        room = self._ready(self._sent[0].spec)
        for job in jobs:
            room.send(job.message)
        answer = room.receive(self._sent[0].seconds)
        job = self._sent.popleft()
        room.served += 1
        if "trouble" in answer:
            self._retry(job, answer["trouble"])
        else:
            job.execution = wire.decode(answer)
            job.done.put(job)
        if answer.get("retire") or room.served >= _RECYCLED_AFTER:
            self._close()

    def _ready(self, spec: RoomSpec) -> Room:
        if self._room is None or self._spec != spec:
            self._close(keep_sent=True)
            if self._unopened:
                self._await_engine()
            self._room, self._spec = Room(self._engine.room(spec), self._cpu), spec
            self._unopened = 0
        return self._room

    def _await_engine(self) -> None:
        """Wait for an engine that is being restarted; raise `SandboxError` if it stays away."""
        end = time.monotonic() + _PATIENCE
        while not self._backlog.closed:
            try:
                self._engine.check()
            except SandboxError as error:
                if time.monotonic() > end:
                    raise SandboxError(
                        f"No room could be opened for {_PATIENCE:.0f} seconds: {error} "
                        "Run again to finish."
                    ) from error
            else:
                return
            self._backlog.rest(_PAUSE)

    def _retry(self, job: Job, trouble: str) -> None:
        job.attempts += 1
        job.trouble = trouble
        if job.attempts > _RETRIES:
            job.done.put(job)
        else:
            self._backlog.put_back([job])

    def _lose(self, trouble: str) -> None:
        if self._room is None:
            self._unopened += 1
            if self._unopened > _RETRIES:
                self._give_up(SandboxError(f"No room could be opened: {trouble.rstrip('.')}."))
                return
        elif len(self._sent) == 1:
            self._retry(self._sent.popleft(), trouble)
        else:
            # Answers travel together, so which of them was running cannot be known.
            for job in self._sent:
                job.alone = True
        self._close()

    def _give_up(self, error: BaseException) -> None:
        for job in self._sent:
            job.done.put(Failure(error))
        self._sent.clear()
        self._close()

    def _close(self, *, keep_sent: bool = False) -> None:
        if not keep_sent:
            self._backlog.put_back(self._sent)
            self._sent.clear()
        room, self._room, self._spec = self._room, None, None
        if room is not None:
            room.close()
