"""Which node does what: jobs given out, lost, given again, and answered once. No Ray here."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Work = TypeVar("Work")

_BATCH = 32
"""Jobs sent in one message, at most."""
_LOSSES = 3
"""Nodes that may be lost over a job before it is left undone."""
_TROUBLES = 2
"""Nodes that may fail to do a job before it is left undone."""


@dataclass(eq=False)
class Job(Generic[Work]):
    """One piece of work, and what became of the nodes that had it."""

    number: int
    work: Work
    holder: str = ""
    """Who had it last."""
    losses: int = 0
    troubled: set[str] = field(default_factory=set)
    """Nodes that could not do it."""
    trouble: str = ""
    """Why it could not be done, the last time."""


@dataclass
class _Member:
    window: int
    most: int
    jobs: dict[int, Job[object]] = field(default_factory=dict)


class Dispatch(Generic[Work]):
    """
    Jobs over members, which come and go.

    A member has a window: how many jobs it may hold. It begins small, so that
    slow work is not heaped up on one of them, and doubles when a member says
    that it ran out of work, until that no longer happens.
    """

    def __init__(self) -> None:
        self._next = 0
        self._waiting: deque[Job[Work]] = deque()
        self._members: dict[str, _Member] = {}

    @property
    def members(self) -> list[str]:
        """Those that are given work."""
        return list(self._members)

    @property
    def open(self) -> int:
        """Jobs without an answer."""
        return len(self._waiting) + sum(len(each.jobs) for each in self._members.values())

    def held(self, name: str) -> int:
        """Return how many jobs a member has; 0 for one that is gone."""
        return len(self._members[name].jobs) if name in self._members else 0

    def join(self, name: str, window: int, most: int) -> None:
        """Add a member that holds `window` jobs at first, and up to `most`."""
        self._members[name] = _Member(window, most)

    def starved(self, name: str) -> None:
        """Let a member that ran out of work hold twice as much."""
        member = self._members[name]
        member.window = min(2 * member.window, member.most)

    def add(self, work: Work) -> Job[Work]:
        """Take a job; the next member that has room gets it."""
        job = Job(self._next, work)
        self._next += 1
        self._waiting.append(job)
        return job

    def wanted(self) -> int:
        """Return how many more jobs the members have room for."""
        room = sum(max(0, each.window - len(each.jobs)) for each in self._members.values())
        return max(0, room - len(self._waiting))

    def give(self, name: str) -> list[Job[Work]]:
        """
        Return the jobs that a member gets now: as many as it has room for, or its share.

        One that could not do a job gets it again only where nobody else is left to try.
        """
        member = self._members[name]
        room = member.window - len(member.jobs)
        share = -(-len(self._waiting) // max(1, len(self._members)))
        taken: list[Job[Work]] = []
        passed: list[Job[Work]] = []
        while self._waiting and len(taken) < min(room, share, _BATCH):
            job = self._waiting.popleft()
            refused = name in job.troubled and not job.troubled.issuperset(self._members)
            if refused:
                passed.append(job)
            else:
                job.holder = name
                taken.append(job)
        self._waiting.extendleft(reversed(passed))
        member.jobs.update((job.number, job) for job in taken)  # type: ignore[misc]
        return taken

    def find(self, name: str, number: int) -> Job[Work] | None:
        """Return a job that a member has; None for one that others have, or that is answered."""
        member = self._members.get(name)
        return member.jobs.get(number) if member else None  # type: ignore[return-value]

    def answered(self, name: str, number: int) -> Job[Work] | None:
        """Take an answer; None if it is not the first one, or no longer this member's to give."""
        member = self._members.get(name)
        return member.jobs.pop(number, None) if member else None  # type: ignore[return-value]

    def retry(self, job: Job[Work], trouble: str) -> bool:
        """Give a job that its holder could not do to another; False if enough have tried."""
        job.trouble = trouble
        job.troubled.add(job.holder)
        if len(job.troubled) >= min(_TROUBLES, len(self._members)):
            return False
        self._waiting.appendleft(job)
        return True

    def leave(self, name: str, why: str, *, blame: bool = True) -> tuple[int, list[Job[Work]]]:
        """
        Take a member out; what it had is given to others first.

        Return how many jobs that were, and those of them that too many members were
        lost over. Without `blame` the loss does not count against its jobs.
        """
        member = self._members.pop(name, None)
        jobs: list[Job[Work]] = list(member.jobs.values()) if member else []  # type: ignore[arg-type]
        undone = []
        for job in reversed(jobs):
            job.losses += blame
            job.trouble = why
            if job.losses >= _LOSSES:
                undone.append(job)
            else:
                self._waiting.appendleft(job)
        return len(jobs), undone

    def forget(self, jobs: Iterable[Job[Work]]) -> None:
        """Drop jobs whose answer nobody waits for."""
        numbers = {job.number for job in jobs}
        self._waiting = deque(job for job in self._waiting if job.number not in numbers)
        for member in self._members.values():
            for number in numbers & member.jobs.keys():
                del member.jobs[number]
