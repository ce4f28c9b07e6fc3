"""A model on several devices: in processes of their own, each whole or a slice."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import wait
from typing import Any

from ucb.backends.hf_backend import HFBackend, rows_on
from ucb.backends.hf_load import Loading
from ucb.backends.hf_place import devices
from ucb.backends.hf_worker import Given, Team
from ucb.errors import BackendError
from ucb.types import Completion, Request

log = logging.getLogger("ucb")

_DEATHS = 2
"""Teams that may die over one share before it is left undone."""


class Share:
    """Requests that are one batch, as long as they are open."""

    def __init__(self, requests: Iterable[Request]) -> None:
        self.open = {request.key: request for request in requests}
        self.deaths = 0

    def requests(self) -> tuple[Request, ...]:
        """Return what is not answered yet."""
        return tuple(self.open.values())

    def leave(self) -> None:
        """Say that what is open stays so."""
        for key in self.open:
            log.warning("%s, sample %d is left undone: %d processes died over it", *key, _DEATHS)


class ParallelBackend:
    """
    Hugging Face models in several processes.

    With `parallel="data"` each device has a process with the whole model, and
    batches go to whichever is free. With `tensor` the processes hold a slice of
    every layer each and work on the same batch. What is asked, and in which
    batches, is as with one device, so completions are the same wherever the
    arithmetic of the devices is.

    A process that dies is reported, and what it had not answered is asked of
    the others; a batch that two processes died over is left undone.

    Args:
        how: Which model, how it is loaded, and on which devices. One may be named twice.
        batch_size: Completions decoded together in one process.
        template: As for `HFBackend`.

    Raises:
        UnknownName: no such template.
        BackendError: a device is not here, or the tokenizer cannot be loaded. The
            weights are loaded with the first request, and raise then.

    """

    def __init__(
        self, how: Loading, *, batch_size: int | None = None, template: str = "auto"
    ) -> None:
        places = devices(how.device)
        self._size = min(rows_on(place, batch_size) for place in places)
        self._given = Given(how, self._size, template)
        self._reader = HFBackend(how, batch_size=self._size, template=template)
        """Never loads its weights; it knows the tokenizer."""
        self.styles, self.preferred = self._reader.styles, self._reader.preferred
        self._places = [str(place) for place in places]
        self._teams: list[Team] = []
        self._figures: dict[Team, Mapping[str, float]] = {}

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """
        Yield a completion for each request; all requests are read before the first.

        Raises:
            BackendError: the model cannot be loaded, or every process has died.

        """
        left = deque(Share(each) for each in self._reader.shares(requests))
        working: dict[Team, Share] = {}
        if left:
            self._start()
        try:
            while left or working:
                for team in self._teams:
                    if left and team not in working:
                        working[team] = left.popleft()
                        team.ask(working[team].requests())
                for team in _ready(working):
                    yield from self._answered(team, working, left)
        finally:
            if working:  # An early end: what they are at is of no use to anyone.
                self.close()

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model, and the devices; loads it if need be."""
        self._start()
        return {
            **self._teams[0].describe(),
            "devices": self._places,
            "parallel": self._given.how.parallel,
        }

    def statistics(self) -> Mapping[str, float]:
        """Return the work of all processes; `seconds` is of the longest, memory of the largest."""
        figures = list(self._figures.values())
        if not any(figures):
            return {}
        total = {
            name: sum(each.get(name, 0) for each in figures)
            for name in ("generated_tokens", "prompt_tokens")
        }
        seconds = max(each.get("seconds", 0.0) for each in figures)
        return {
            **total,
            "seconds": seconds,
            "tokens_per_second": round(total["generated_tokens"] / max(seconds, 1e-9), 2),
            "peak_memory_mib": max(each.get("peak_memory_mib", 0.0) for each in figures),
            "batch_size": min(each.get("batch_size", self._size) for each in figures),
        }

    def close(self) -> None:
        """End the processes; a later request starts them again."""
        for team in self._teams:
            team.close()
        self._teams = []

    def _start(self) -> None:
        """Start the processes and wait until each has loaded the model."""
        if self._teams:
            return
        if self._given.how.parallel == "tensor":
            groups: Sequence[Sequence[str]] = [self._places]
        else:
            groups = [[place] for place in self._places]
        self._teams = [
            Team(f"{number} on {', '.join(group)}", group, len(self._places), self._given)
            for number, group in enumerate(groups)
        ]
        try:
            for team in self._teams:
                team.loaded()
        except BaseException:
            self.close()
            raise

    def _answered(
        self, team: Team, working: dict[Team, Share], left: deque[Share]
    ) -> Iterator[Completion]:
        """Take what a team has to say: a completion, that its share is done, or its death."""
        share = working[team]
        try:
            answer = team.answer()
        except EOFError:
            del working[team]
            self._bury(team, len(share.open))
            share.deaths += 1
            if share.deaths >= _DEATHS:
                share.leave()
            elif share.open:
                left.appendleft(share)
            return
        if isinstance(answer, Completion):
            del share.open[answer.key]
            yield answer
        else:
            self._figures[team] = answer
            del working[team]

    def _bury(self, team: Team, unanswered: int) -> None:
        self._teams.remove(team)
        died = team.death()
        team.close()
        if not self._teams:
            raise BackendError(
                f"The model's last process ended unexpectedly ({died}). What is done is stored: "
                "the same command does the rest. Signal 9 often means that memory ran out."
            )
        log.warning(
            "The process %s ended unexpectedly (%s); the others do its %d open requests",
            team.name,
            died,
            unanswered,
        )


def _ready(working: Iterable[Team]) -> list[Team]:
    """Wait until a team has answered or died, and return all that have."""
    by_signal = {signal: team for team in working for signal in team.signals()}
    return list(dict.fromkeys(by_signal[signal] for signal in wait(list(by_signal))))
