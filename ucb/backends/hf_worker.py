"""Processes that each hold a model, or a slice of one, and answer over a pipe."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

import torch

from ucb.backends.hf_backend import HFBackend
from ucb.backends.hf_load import Loading
from ucb.errors import BackendError, UCBError
from ucb.here import cores
from ucb.types import Completion, Request

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

_QUIT_SECONDS = 5.0
"""What a process gets to end once it was told to, or has closed its pipe."""

Answer = Completion | Mapping[str, float]
"""A completion, or, after the last one asked for, the figures of `statistics`."""


@dataclass(frozen=True, slots=True)
class Given:
    """Arguments of `HFBackend`."""

    how: Loading
    batch_size: int
    template: str


class Team:
    """
    One model in one process, or in several that hold a slice each.

    All processes are told the same and compute the same; the first one answers.

    Args:
        name: For messages.
        places: A device for each process.
        share: Among how many processes the cores of this machine are divided.
        given: What the model is opened with; the device and the ranks are set here.

    """

    def __init__(self, name: str, places: Sequence[str], share: int, given: Given) -> None:
        self.name = name
        # A forked process could not use CUDA, nor torch's threads.
        context = multiprocessing.get_context("spawn")
        port = _free_port() if len(places) > 1 else 0
        self._processes: list[SpawnProcess] = []
        self._pipes: list[Connection] = []
        for rank, place in enumerate(places):
            ours, theirs = context.Pipe()
            environment = _environment(rank, places, port)
            process = context.Process(
                target=_serve,
                args=(theirs, place, len(places), share, environment, given),
                name=f"ucb-hf-{name}-{rank}",
                daemon=True,
            )
            process.start()
            theirs.close()  # Or the pipe would not end with the process.
            self._processes.append(process)
            self._pipes.append(ours)
        self._about: Mapping[str, Any] = {}

    def loaded(self) -> None:
        """Wait until the model is loaded; raise `BackendError` with the reason if it is not."""
        silent = list(self._pipes)
        while silent:
            # One that died would be waited for by the others for hours.
            wait([*silent, *(process.sentinel for process in self._processes)])
            spoken = [pipe for pipe in silent if pipe.poll()]
            found = [_received(pipe) for pipe in spoken]
            for each in found:
                if isinstance(each, UCBError):
                    raise each
            if not found or None in found:
                raise BackendError(
                    f"The process {self.name} ended while it loaded the model ({self.death()})."
                )
            self._about = self._about or found[0]
            silent = [pipe for pipe in silent if pipe not in spoken]

    def describe(self) -> Mapping[str, Any]:
        """Return what the first process says of its model."""
        return self._about

    def ask(self, requests: Sequence[Request]) -> None:
        """Hand over requests; `answer` then brings a completion each, and the figures."""
        for pipe in self._pipes:
            with suppress(OSError):  # It died: `answer` says so.
                pipe.send(requests)

    def signals(self) -> list[Any]:
        """Return what `multiprocessing.connection.wait` waits for: an answer, or a death."""
        return [self._pipes[0], *(process.sentinel for process in self._processes)]

    def answer(self) -> Answer:
        """Return the next answer; raise `EOFError` if a process has died, or its own error."""
        found = _received(self._pipes[0]) if self._pipes[0].poll() else None
        if found is None:
            raise EOFError
        if isinstance(found, UCBError):
            raise found
        answer: Answer = found
        return answer

    def death(self) -> str:
        """Return how the process that died did so."""
        # Its pipes end a moment before the system says how it ended.
        ended = wait([process.sentinel for process in self._processes], _QUIT_SECONDS)
        for process in self._processes:
            if process.sentinel in ended:
                process.join(_QUIT_SECONDS)
        codes = [process.exitcode for process in self._processes]
        code = next((code for code in codes if code is not None), 0)
        return f"exit code {code}" if code >= 0 else f"killed by signal {-code}"

    def close(self) -> None:
        """End the processes."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(_QUIT_SECONDS)
            if process.exitcode is None:
                process.kill()
                process.join()


def _received(pipe: Connection) -> Any:
    """Return what came through a pipe; None if its other end is gone."""
    try:
        return pipe.recv()
    except (EOFError, ConnectionResetError):
        return None


def _environment(rank: int, places: Sequence[str], port: int) -> dict[str, str]:
    """Return what a process of several must find in its environment before it imports torch."""
    if len(places) == 1:
        return {}
    return {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(len(places)),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        # Transformers puts the slice of rank N on the Nth device that is visible.
        "CUDA_VISIBLE_DEVICES": ",".join(_visible(place) for place in places if place != "cpu"),
    }


def _visible(place: str) -> str:
    """Return the number, or the name, by which the CUDA driver knows a device."""
    number = int(place.partition(":")[2] or 0)
    given = [each for each in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if each]
    return given[number] if given else str(number)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _serve(
    pipe: Connection,
    place: str,
    ranks: int,
    share: int,
    environment: Mapping[str, str],
    given: Given,
) -> None:
    """Load a model and answer until the pipe is closed. The main function of a process."""
    # Ctrl-C goes to the whole group; the process that was asked decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(environment)  # CUDA and torch.distributed read it when they are first used.
    first = environment.get("RANK", "0") == "0"
    torch.set_num_threads(max(1, cores() // share))
    if ranks > 1 and place != "cpu":
        place = f"cuda:{environment['RANK']}"
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            how = replace(given.how, device=place, ranks=ranks)
            backend = HFBackend(how, batch_size=given.batch_size, template=given.template)
            pipe.send(dict(backend.describe()))
            while True:
                answers = backend.generate(pipe.recv())
                for completion in answers:
                    if first:  # Nobody reads what the others send.
                        pipe.send(completion)
                if first:
                    pipe.send(dict(backend.statistics()))
        except UCBError as error:
            pipe.send(BackendError(f"On {place}: {error}"))
