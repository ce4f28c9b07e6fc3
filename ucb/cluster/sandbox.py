"""The sandbox of a run whose programs are spread over a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ucb.cluster.connection import Connection, Node
from ucb.cluster.dispatch import Job
from ucb.cluster.fleet import PATIENCE, Crew, Fleet, Place
from ucb.cluster.programs import ProgramNode, version
from ucb.cluster.serving import Task
from ucb.cluster.stores import Needs, Sending
from ucb.errors import SandboxError
from ucb.languages import Brought
from ucb.sandbox import wire
from ucb.sandbox.known import Known
from ucb.sandbox.pool import Undone
from ucb.types import Execution, Key, Program

_PULLED = 64
"""Programs taken from the input between two looks at what the nodes have done."""
_OWN = ("ucb", "git")


@dataclass(eq=False)
class _Asked:
    """A program on its way, and for whom."""

    program: Program
    digest: str
    needs: tuple[str, ...]
    keys: list[Key] = field(default_factory=list)


class RaySandbox:
    """
    Runs programs on every node of a Ray cluster that has CPUs, each in its own sandbox.

    The driver reads its input only as far as nodes have room. What a lost node
    had not answered is run elsewhere, and every key is yielded once.

    Args:
        address: See `ucb.cluster.connection.Connection`.
        sandbox: The engine on the nodes: `docker`, `bubblewrap` or `auto`.
        workers: Programs at the same time on each node, by default one per CPU of the node.
        deduplicate: Run equal programs once.
        brought: The user's own tools, by toolchain, which every node must have.
        patience: Seconds to wait for a node when none is left.

    Raises:
        ConfigError: Ray is not installed.
        SandboxError: no cluster answers, or no node can run programs.

    """

    def __init__(
        self,
        address: str,
        sandbox: str = "auto",
        workers: int | None = None,
        *,
        deduplicate: bool = True,
        brought: Mapping[str, Brought] | None = None,
        patience: float = PATIENCE,
    ) -> None:
        connection = Connection(address)
        sending = Sending(connection.ray.put)
        crew: Crew[_Asked] = Crew(
            ProgramNode, (sandbox, workers, dict(brought or {})), _everywhere, _task,
            SandboxError, sending.references,
        )  # fmt: skip
        self._fleet = Fleet(connection, crew, version(), patience)
        self._needs = Needs()
        self._known = Known() if deduplicate else None

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        """Yield an execution per program; raise as `ucb.sandbox.Sandbox.run` does."""
        stream = _Stream(self._fleet, self._known, self._needs)
        source = iter(programs)
        more = True
        try:
            while more or stream.open:
                for _ in range(min(_PULLED, self._fleet.dispatch.wanted()) if more else 0):
                    if (item := next(source, None)) is None:
                        more = False
                        break
                    yield from stream.submit(*item)
                wait = 0.0 if more and self._fleet.dispatch.wanted() else 1.0
                yield from stream.results(wait)
        finally:
            stream.close()
        stream.complain()

    def describe(self) -> Mapping[str, str]:
        """What the verdicts depend on: the same on every node."""
        about = self._fleet.open()
        return {name: value for name, value in about.items() if name not in _OWN}

    def close(self) -> None:
        """End every room on every node."""
        self._fleet.close()


class _Stream:
    """The state of one `run`."""

    def __init__(self, fleet: Fleet[_Asked], known: Known | None, needs: Needs) -> None:
        self._fleet = fleet
        self._known = known
        self._needs = needs
        self._jobs: dict[int, Job[_Asked]] = {}
        self._running: dict[str, _Asked] = {}
        self._undone: list[tuple[Key, str]] = []

    @property
    def open(self) -> bool:
        """Whether a program waits for its result."""
        return bool(self._jobs)

    def submit(self, key: Key, program: Program) -> Iterator[tuple[Key, Execution]]:
        """Queue a program, unless an equal one has run or is about to."""
        digest = program.digest() if self._known is not None else ""
        if self._known is not None:
            if (known := self._known.get(digest)) is not None:
                yield key, known
                return
            if digest in self._running:
                self._running[digest].keys.append(key)
                return
        wire.encode(program)  # One that no room can read must not take a node out.
        asked = _Asked(program, digest, self._needs.of(program), [key])
        if digest:
            self._running[digest] = asked
        job = self._fleet.dispatch.add(asked)
        self._jobs[job.number] = job

    def results(self, seconds: float) -> Iterator[tuple[Key, Execution]]:
        """Yield what the nodes have done; wait up to `seconds` for something."""
        for job, answer in self._fleet.answers(seconds):
            if job.number not in self._jobs:
                continue
            if isinstance(answer.value, Undone):
                self._retry(job, answer.value.trouble)
                continue
            self._settled(job)
            if self._known is not None:
                self._known.put(job.work.digest, answer.value)
            for key in job.work.keys:
                yield key, answer.value
        for job in self._fleet.undone():
            self._give_up(job)

    def complain(self) -> None:
        """Raise `SandboxError` if programs were left undone."""
        if self._undone:
            key, trouble = self._undone[0]
            raise SandboxError(
                f"{len(self._undone)} programs could not be run (first: {key.problem}, sample "
                f"{key.sample}: {trouble}). Run again to finish."
            )

    def close(self) -> None:
        """Drop what nobody waits for any more."""
        if self._jobs:
            self._fleet.forget(self._jobs.values())

    def _retry(self, job: Job[_Asked], trouble: str) -> None:
        if not self._fleet.dispatch.retry(job, trouble):
            self._give_up(job)

    def _give_up(self, job: Job[_Asked]) -> None:
        if job.number in self._jobs:
            self._settled(job)
            self._undone += [(key, job.trouble) for key in job.work.keys]

    def _settled(self, job: Job[_Asked]) -> None:
        del self._jobs[job.number]
        self._running.pop(job.work.digest, None)


def _everywhere(nodes: Iterable[Node]) -> list[Place]:
    return [Place(node) for node in nodes]


def _task(job: Job[_Asked]) -> Task:
    return Task(job.number, job.work.program, job.work.needs)
