"""What runs on a node: takes jobs, works in a thread, and hands answers over when asked."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ucb.errors import UCBError

_HEARTBEAT = 5.0
"""Seconds after which a node without an answer says that it is there."""


class Task(NamedTuple):
    """A job on its way to a node."""

    number: int
    work: Any
    needs: tuple[str, ...] = ()
    """What the node's store must hold: see `ucb.cluster.stores`."""


class Answer(NamedTuple):
    """What came of a job, or a part of it."""

    number: int
    value: Any
    last: bool = True
    """Whether the job is done with this."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a node says when it is asked."""

    answers: Sequence[Answer] = ()
    broken: str = ""
    """Not empty: it can do nothing more, and why."""
    starved: bool = False
    """It ran out of work since it was asked the last time."""
    lacks: Sequence[str] = ()
    """What its store must be given before it can do some of its jobs."""
    about: Any = None
    """What its answers depend on."""
    workers: int = 1
    """How many jobs it does at the same time."""
    said: Sequence[str] = ()
    """Warnings for the user."""


Serve = Callable[[Iterator[Task | None]], Iterable[Answer]]
"""Answers jobs. None in its input says that there is none for now."""


class Serving:
    """
    Jobs in, answers out, and a thread between that works.

    Args:
        serve: Does the work.
        enough: With fewer jobs than this it is short of work.

    """

    def __init__(self, serve: Serve, enough: int) -> None:
        self._serve = serve
        self._enough = enough
        self._changed = threading.Condition()
        self._inbox: deque[Task] = deque()
        self._outbox: list[Answer] = []
        self._open = 0
        self._broken = ""
        self._starved = False
        self._closed = False
        self._said = _Said()
        logging.getLogger("ucb").addHandler(self._said)
        self._thread = threading.Thread(target=self._work, name="ucb-serving", daemon=True)
        self._thread.start()

    def exchange(self, tasks: Iterable[Task], linger: float | None) -> Reply:
        """
        Take jobs; return answers as soon as there are some, or nothing after a while.

        An answer waits for others to travel with it, up to `linger` seconds; with None
        nothing is waited for.
        """
        with self._changed:
            taken = list(tasks)
            self._inbox.extend(taken)
            self._open += len(taken)
            self._starved = self._starved and not self._open
            self._changed.notify_all()
            if linger is not None:
                self._changed.wait_for(lambda: self._outbox or self._broken, _HEARTBEAT)
                end = time.monotonic() + linger
                while not self._sufficient() and (left := end - time.monotonic()) > 0:
                    self._changed.wait(left)
            answers, self._outbox = self._outbox, []
            starved, self._starved = self._starved, False
            return Reply(answers, self._broken, starved, said=self._said.taken())

    def forget(self) -> None:
        """Drop the jobs that have not begun."""
        with self._changed:
            self._open -= len(self._inbox)
            self._inbox.clear()

    def close(self) -> None:
        """Take nothing more, and end when what is under way has ended."""
        logging.getLogger("ucb").removeHandler(self._said)
        with self._changed:
            self._closed = True
            self._inbox.clear()
            self._changed.notify_all()

    def _sufficient(self) -> bool:
        return bool(self._broken) or self._open < self._enough or len(self._outbox) >= self._open

    def _arrivals(self) -> Iterator[Task | None]:
        while True:
            with self._changed:
                if not self._inbox and not self._open:
                    self._changed.wait(0.2)
                if self._closed:
                    return
                task = self._inbox.popleft() if self._inbox else None
            yield task

    def _work(self) -> None:
        try:
            for answer in self._serve(self._arrivals()):
                with self._changed:
                    self._outbox.append(answer)
                    self._open -= answer.last
                    self._starved |= self._open < self._enough // 2
                    self._changed.notify_all()
        except UCBError as error:
            self._break(str(error))
        except OSError as error:  # A full disk, or no more processes.
            self._break(f"{error.strerror or error}.")
        except BaseException as error:  # noqa: BLE001 (told to the driver, which ends or goes on)
            self._break(f"{type(error).__name__}: {error}")

    def _break(self, why: str) -> None:
        with self._changed:
            self._broken = why or "It ended without a word."
            self._changed.notify_all()


class _Said(logging.Handler):
    """Keeps warnings until the driver takes them: nobody reads a node's own stderr."""

    _MOST = 100

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: deque[str] = deque(maxlen=self._MOST)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one; of more than a hundred, the last."""
        self._lines.append(record.getMessage())

    def taken(self) -> list[str]:
        """Return what was said since the last time."""
        found = []
        while self._lines:
            found.append(self._lines.popleft())
        return found
