"""
A whole run as batch jobs: for half the price, within a day.

A job's id is written down together with what it answers, so that the same
command, after any interruption, waits for the same job.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from ucb.backends.remote.desk import Desk
from ucb.backends.remote.wire import Call, Endpoint, Reply
from ucb.errors import BackendError
from ucb.files import replacing
from ucb.types import Completion

log = logging.getLogger("ucb")

_POLL = 30.0
"""Seconds between two looks at a job."""


@dataclass(frozen=True, slots=True)
class State:
    """How far a job is."""

    ended: bool
    done: int = 0
    total: int = 0
    failure: str = ""
    """Why the job as a whole failed; it has no results then."""


class BatchService(Protocol):
    """A provider's batch jobs. Its methods block; each opens what it needs and closes it."""

    most: int
    """Requests in one job, at most."""

    def submit(self, calls: Mapping[str, Call]) -> str:
        """Start a job of calls of one request each, by content key; return the job's id."""
        ...

    def state(self, job: str) -> State:
        """Look at a job; raise `BackendError` if that cannot be done."""
        ...

    def results(self, job: str, calls: Mapping[str, Call]) -> Iterator[tuple[str, Reply | str]]:
        """Yield, of an ended job, the reply to each of `calls`, or why there is none."""
        ...


class Jobs:
    """The ids of jobs that are not wholly fetched, one file each."""

    def __init__(self, folder: Path, endpoint: Endpoint) -> None:
        self._folder = folder
        self._whose = [endpoint.kind, endpoint.url, endpoint.model]

    def open(self) -> dict[str, list[str]]:
        """Return the content keys that each job of this endpoint answers."""
        found: dict[str, list[str]] = {}
        for path in sorted(self._folder.glob("*.json")):
            try:
                row = json.loads(path.read_bytes())
                if row["whose"] == self._whose:
                    found[row["job"]] = list(row["keys"])
            except (OSError, ValueError, KeyError, TypeError):
                log.warning("%s is no record of a batch job and is passed over", path)
        return found

    def add(self, job: str, keys: Iterable[str]) -> None:
        """Write a job down; raise `StoreError` if the disk refuses."""
        with replacing(self._path(job)) as file:
            file.write(json.dumps({"whose": self._whose, "job": job, "keys": list(keys)}))

    def drop(self, job: str) -> None:
        """Forget a job."""
        self._path(job).unlink(missing_ok=True)

    def _path(self, job: str) -> Path:
        return self._folder / f"{job}.json"


class Batching:
    """One pass of calls through batch jobs."""

    def __init__(
        self, desk: Desk, service: BatchService, jobs: Jobs, *, poll: float | None = None
    ) -> None:
        self._desk = desk
        self._service = service
        self._jobs = jobs
        self._poll = _POLL if poll is None else poll
        self._waiting: dict[str, list[Call]] = {}
        self.undone = 0

    def run(self, calls: Iterable[Call]) -> Iterator[Completion]:
        """
        Yield the completions of each job as it ends.

        Raises:
            BackendError: a job is lost or failed as a whole.
            BudgetReached: part of the calls did not fit; what did is yielded first.

        """
        unaffordable: Call | None = None
        known = self._jobs.open()
        running = {key for keys in known.values() for key in keys}
        fresh: dict[str, Call] = {}
        for call in calls:
            found, left = self._desk.from_cache(call)
            yield from found
            if left is None:
                continue
            key = self._desk.content(left)
            if key not in running and key not in fresh:
                if unaffordable is not None or not self._desk.reserve(left):
                    unaffordable = unaffordable or left
                    continue
                fresh[key] = left
            self._waiting.setdefault(key, []).append(left)
        jobs = {
            job: keys for job, keys in known.items() if not self._waiting.keys().isdisjoint(keys)
        }
        jobs |= self._submitted(fresh)
        yield from self._fetched(jobs)
        if unaffordable is not None:
            raise self._desk.reached(unaffordable)

    def _submitted(self, calls: Mapping[str, Call]) -> dict[str, list[str]]:
        jobs: dict[str, list[str]] = {}
        left = iter(calls.items())
        while part := dict(islice(left, self._service.most)):
            # In a thread, where no interrupt falls between a job's start and its record.
            with ThreadPoolExecutor(1) as thread:
                job = thread.submit(self._submit, part).result()
            jobs[job] = list(part)
        return jobs

    def _submit(self, calls: Mapping[str, Call]) -> str:
        job = self._service.submit(calls)
        self._jobs.add(job, calls)
        log.info("Batch job %s: %d requests. It goes on if ucb is interrupted.", job, len(calls))
        return job

    def _fetched(self, jobs: Mapping[str, list[str]]) -> Iterator[Completion]:
        left = list(jobs)
        while left:
            for job in tuple(left):
                state = self._service.state(job)
                log.info("Batch job %s: %d of %d done", job, state.done, state.total)
                if state.failure:
                    self._jobs.drop(job)
                    raise BackendError(
                        f"Batch job {job} failed: {state.failure}. What is done is stored: the "
                        "same command starts a new job for the rest."
                    )
                if state.ended:
                    left.remove(job)
                    yield from self._results(job, jobs[job])
                    self._jobs.drop(job)
            if left:
                time.sleep(self._poll)

    def _results(self, job: str, keys: Iterable[str]) -> Iterator[Completion]:
        asked = {key: self._waiting[key][0] for key in keys if key in self._waiting}
        for key, reply in self._service.results(job, asked):
            calls = self._waiting.pop(key, [])
            for number, call in enumerate(calls):
                if isinstance(reply, str):
                    self._give_up(call, reply)
                    continue
                completions = self._desk.completions(call, reply, 0.0)
                if number:  # Of calls with the same content, one was asked and paid for.
                    completions = [replace(each, cost=0.0) for each in completions]
                self._desk.keep(call, reply, 0.0)
                self._desk.settle(call, completions, 0)
                yield from completions
        for key in keys:
            for call in self._waiting.pop(key, []):
                self._give_up(call, f"batch job {job} ended without it")

    def _give_up(self, call: Call, why: str) -> None:
        self._desk.settle(call, (), 0)
        self.undone += len(call.requests)
        for request in call.requests:
            log.warning("%s, sample %d is left undone: %s", *request.key, why)
