"""The nodes of a cluster, kept busy: started, asked, replaced, taken out, joined by others."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from ucb.cluster.connection import Connection, Node
from ucb.cluster.dispatch import Dispatch, Job
from ucb.cluster.serving import Answer, Reply, Task
from ucb.errors import UCBError

log = logging.getLogger("ucb")

Work = TypeVar("Work")

PATIENCE = 30.0
"""Seconds to wait for a node when there is none left."""
_LOOK = 2.0
"""Seconds between two looks at which nodes there are."""
_LINGER, _ASKED = 0.05, 1000
"""Seconds that an answer waits for others; messages per second that a driver is to have."""
_QUICK = 0.2
"""Seconds in which a node that does a quarter of its jobs should have more of them."""
_DEATHS = 3
"""Deaths of a worker on a node, without an answer between them, before the node is left alone."""


class Place(NamedTuple):
    """Where one actor runs: on a node, with so many of its GPUs."""

    node: Node
    number: int = 0
    gpus: int = 0

    @property
    def key(self) -> str:
        """What `Dispatch` calls it."""
        return f"{self.node.id}/{self.number}"


@dataclass(frozen=True)
class Crew(Generic[Work]):
    """What the actors of a fleet are, and how they are spoken to."""

    kind: type
    arguments: tuple[Any, ...]
    places: Callable[[Sequence[Node]], list[Place]]
    """Where they run, given the nodes that there are."""
    task: Callable[[Job[Work]], Task]
    """A job as it is sent."""
    error: type[UCBError]
    """What is raised when nothing is left that works."""
    given: Callable[[Sequence[str]], Mapping[str, Any]]
    """References to what a node's store lacks."""
    window: tuple[int, int] = (2, 32)
    """Jobs that an actor may hold per worker, at first and at most."""


@dataclass
class _Actor:
    place: Place
    handle: Any
    pending: Any
    """Ray's reference to its next reply; None while there is nothing to ask."""
    greeted: bool = False
    lacks: Sequence[str] = ()
    asked: float = 0.0
    deaths: int = 0
    since: float = field(default_factory=time.monotonic)


class Fleet(Generic[Work]):
    """
    Actors on all nodes, each with as much work as it can hold.

    Every job is answered once: what an actor had when it was lost is given to
    others, and what it says later is dropped. Answers are only taken from nodes
    that agree on what answers depend on.
    """

    def __init__(
        self,
        connection: Connection,
        crew: Crew[Work],
        about: Mapping[str, Any],
        patience: float = PATIENCE,
    ) -> None:
        self.dispatch: Dispatch[Work] = Dispatch()
        self.about = dict(about)
        """What the nodes say that answers depend on; they agree, with each other and the driver."""
        self._connection = connection
        self._crew = crew
        self._patience = patience
        self._actors: dict[str, _Actor] = {}
        self._out: dict[str, str] = {}
        """Places that are left alone, and why."""
        self._said: dict[str, str] = dict.fromkeys(about, "the driver")
        """Who said first what answers depend on."""
        self._opened = False
        self._looked = 0.0
        self._seen = time.monotonic()
        """When there was somebody to do the work."""
        self._undone: list[Job[Work]] = []
        self._lock = threading.RLock()
        self._closed = False

    def open(self) -> Mapping[str, Any]:
        """Wait for the first node, and return what it says of itself; raise the crew's error."""
        while not self._opened:
            for _ in self.answers(1.0):  # Nothing was asked yet.
                pass
        return self.about

    def answers(self, seconds: float) -> Iterator[tuple[Job[Work], Answer]]:
        """
        Give out work; wait up to `seconds` for answers, and yield those that are there.

        Raises the crew's error when no node is left and none comes, the head is lost, or
        another thread has closed the fleet.
        """
        found = []
        try:
            with self._connected():
                for each in self._answers(seconds):
                    found.append(each)  # noqa: PERF402 (those before an error count too)
        except self._crew.error:
            yield from found
            raise
        yield from found

    def _answers(self, seconds: float) -> Iterator[tuple[Job[Work], Answer]]:
        self._look()
        self._ask()
        pending = {each.pending: key for key, each in self._actors.items() if each.pending}
        if not pending:
            self._survive()
            time.sleep(min(seconds, 0.1) if not self._actors else 0)
            return
        ray = self._connection.ray
        ready, _ = ray.wait(list(pending), num_returns=1, timeout=seconds)
        if ready:
            ready, _ = ray.wait(list(pending), num_returns=len(pending), timeout=0)
        for reference in ready:
            yield from self._heard(pending[reference], reference)
        self._survive()

    def undone(self) -> list[Job[Work]]:
        """Return the jobs that were given up since the last time."""
        found, self._undone = self._undone, []
        return found

    def forget(self, jobs: Iterable[Job[Work]]) -> None:
        """Drop jobs whose answers nobody waits for."""
        self.dispatch.forget(jobs)
        with suppress(self._crew.error), self._connected():  # It is told by what comes next.
            for actor in self._actors.values():
                actor.handle.forget.remote()

    def call(self, method: str, *arguments: Any) -> Any:
        """Return what the first node that answers says to a question; raise the crew's error."""
        while True:
            self.open()
            for key, actor in list(self._actors.items()):
                if not actor.greeted:
                    continue
                try:
                    with self._connected():
                        reference = getattr(actor.handle, method).remote(*arguments)
                        return self._connection.ray.get(reference)
                except self._connection.ray.exceptions.RayError as error:
                    self._lose(key, _reason(error))
            for _ in self.answers(1.0):
                pass

    def close(self, seconds: float = 10.0) -> None:
        """
        End the actors, and leave the cluster; wait for a thread that is just asking them.

        An interrupt ends a run while the thread that judges goes on: once it was left, Ray
        would end the process at that thread's next word to it.
        """
        self._closed = True
        with self._lock:
            self._leave(seconds)

    def _leave(self, seconds: float) -> None:
        ray = self._connection.ray
        try:
            actors = list(self._actors.values()) if self._connection.holds() else []
            closing = [each.handle.close.remote() for each in actors if each.greeted]
            if closing:
                ray.wait(closing, num_returns=len(closing), timeout=seconds)
            for actor in actors:
                ray.kill(actor.handle)
        except (ray.exceptions.RayError, ConnectionError):
            log.debug("The cluster ended before its actors", exc_info=True)
        self._actors.clear()
        self._connection.close()

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """Have the cluster to oneself; raise the crew's error where it is left or its head lost."""
        with self._lock:
            if self._closed:
                raise self._crew.error("The cluster has been left.")
            try:
                if not self._connection.holds():
                    raise ConnectionError("the connection to it has ended")
                yield
            except ConnectionError as error:
                raise self._crew.error(
                    f"The head of the cluster is lost: {_reason(error)}. What is done is stored: "
                    "the same command does the rest when it is back, and without --cluster it "
                    "does so here."
                ) from error

    def _look(self) -> None:
        """Start actors on nodes that are new; take out those of nodes that are gone."""
        if time.monotonic() - self._looked < _LOOK:
            return
        self._looked = time.monotonic()
        places = {place.key: place for place in self._crew.places(self._connection.nodes())}
        for key in [key for key in self._actors if key not in places]:
            self._lose(key, "it is no longer part of the cluster", again=False)
        for key, place in places.items():
            if key not in self._actors and key not in self._out:
                self._start(place)

    def _start(self, place: Place, deaths: int = 0) -> None:
        crew = self._crew
        handle = self._connection.start(place.node, crew.kind, place.gpus, *crew.arguments)
        self._actors[place.key] = _Actor(place, handle, handle.hello.remote(), deaths=deaths)

    def _ask(self) -> None:
        """Send work to every actor that waits to be asked."""
        free = [key for key, each in self._actors.items() if each.greeted and not each.pending]
        linger = max(_LINGER, len(self._actors) / _ASKED)
        for key in sorted(free, key=self.dispatch.held):
            actor = self._actors[key]
            jobs = self.dispatch.give(key)
            if not jobs and not self.dispatch.held(key):
                continue
            given = self._crew.given(actor.lacks) if actor.lacks else {}
            tasks = [self._crew.task(job) for job in jobs]
            actor.asked = time.monotonic()
            actor.pending = actor.handle.exchange.remote(tasks, linger, given)

    def _heard(self, key: str, reference: Any) -> Iterator[tuple[Job[Work], Answer]]:
        actor = self._actors.get(key)
        if actor is None or actor.pending != reference:
            return
        actor.pending = None
        try:
            reply: Reply = self._connection.ray.get(reference)
        except self._connection.ray.exceptions.RayError as error:
            self._lose(key, _reason(error))
            return
        name = actor.place.node.name
        for line in reply.said:
            log.warning("On the node %s: %s", name, line)
        if reply.about and not self._agrees(key, name, reply.about):
            return
        if not actor.greeted and not reply.broken:
            actor.greeted = self._opened = True
            first, most = self._crew.window
            self.dispatch.join(key, first * reply.workers, most * reply.workers)
        actor.lacks = reply.lacks
        quick = time.monotonic() - actor.asked < _QUICK
        if reply.starved or (quick and 4 * len(reply.answers) >= self.dispatch.held(key) > 0):
            self.dispatch.starved(key)
        for answer in reply.answers:
            actor.deaths = 0
            take = self.dispatch.answered if answer.last else self.dispatch.find
            if (job := take(key, answer.number)) is not None:
                yield job, answer
        if reply.broken:
            self._take_out(key, reply.broken)

    def _agrees(self, key: str, name: str, about: Mapping[str, Any]) -> bool:
        """Whether a node's answers mean the same as those of the others."""
        wrong = [word for word, value in about.items() if self.about.get(word, value) != value]
        if not wrong:
            for word in about.keys() - self.about.keys():
                self._said[word] = f"the node {name}"
            self.about.update(about)
            return True
        word = wrong[0]
        sentence = (
            f"The node {name} and {self._said[word]} differ in {word}: {about[word]!r}, not "
            f"{self.about[word]!r}. Answers could differ too: give every node the same."
        )
        if not self.dispatch.members or self._early(key):
            raise self._crew.error(sentence)
        self._take_out(key, sentence)
        return False

    def _early(self, key: str) -> bool:
        """Whether a node was there from the beginning: a run should not begin without it."""
        return self._actors[key].since <= min(each.since for each in self._actors.values()) + _LOOK

    def _lose(self, key: str, why: str, *, again: bool = True) -> None:
        """Give a lost actor's work to the others; start another where its node is still there."""
        actor = self._actors.pop(key)
        count, undone = self.dispatch.leave(key, why)
        self._undone += undone
        self._kill(actor)
        name = actor.place.node.name
        alive = again and any(node.id == actor.place.node.id for node in self._connection.nodes())
        if not alive:
            log.warning("The node %s is lost (%s); others do its %d open jobs", name, why, count)
        elif actor.deaths + 1 < _DEATHS:
            log.warning("The worker on %s ended (%s): it is started again", name, why)
            self._start(actor.place, actor.deaths + 1)
        else:
            self._out[key] = f"{name}: {why}."
            log.warning("The worker on %s ended %d times (%s): left alone", name, _DEATHS, why)

    def _take_out(self, key: str, why: str) -> None:
        """Go on without a node that says that it cannot work."""
        actor = self._actors.pop(key)
        # The jobs are not to blame for an engine that has died or a disk that is full.
        count, undone = self.dispatch.leave(key, why, blame=False)
        self._undone += undone
        self._out[key] = f"{actor.place.node.name}: {why}"
        log.warning(
            "Going on without the node %s: %s Others do its %d open jobs",
            actor.place.node.name, why, count,
        )  # fmt: skip
        actor.handle.close.remote()

    def _kill(self, actor: _Actor) -> None:
        try:
            self._connection.ray.kill(actor.handle)
        except (self._connection.ray.exceptions.RayError, ValueError):
            log.debug("It was gone already", exc_info=True)

    def _survive(self) -> None:
        """Raise the crew's error when nobody is left to work, and nobody comes."""
        if self._actors:
            self._seen = time.monotonic()
            return
        waited = time.monotonic() - self._seen
        places = [place.key for place in self._crew.places(self._connection.nodes())]
        if places and all(key in self._out for key in places):  # Waiting repairs nothing.
            why = dict.fromkeys(self._out[key] for key in places)
            raise self._crew.error(f"No node can do the work. {' '.join(why)}")
        if waited > self._patience:
            raise self._crew.error(
                f"The cluster has had no node to work on for {waited:.0f} seconds. What is done "
                "is stored: the same command does the rest when nodes are back."
            )


def _reason(error: BaseException) -> str:
    """Return the first line of what Ray says that means something to people."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if "Error" in line and not line.startswith("ray.")]
    return (told[-1] if told else lines[0] if lines else type(error).__name__)[:200].rstrip(". ")
