"""The backend of a run whose local model is on the nodes of a cluster."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ucb.cluster.connection import Connection, Node
from ucb.cluster.dispatch import Job
from ucb.cluster.fleet import PATIENCE, Crew, Fleet, Place
from ucb.cluster.models import ModelNode
from ucb.cluster.programs import version
from ucb.cluster.serving import Task
from ucb.errors import BackendError
from ucb.types import Completion, Key, Request, Style

log = logging.getLogger("ucb")

_SHARE = 16
"""Requests of a share, for a backend that does not divide them itself."""
_SUMMED = ("generated_tokens", "prompt_tokens")
_OWN = ("ucb", "git", "styles", "preferred")


class _Share:
    """Requests that are one batch, as long as they are open."""

    def __init__(self, requests: Iterable[Request]) -> None:
        self.open: dict[Key, Request] = {request.key: request for request in requests}


class RayBackend:
    """
    One model per GPU of a Ray cluster, or per node where there are none.

    What is asked, and in which batches, is as on one machine, so completions are
    the same wherever the arithmetic of the nodes is. What a lost node had not
    answered is asked of another.

    Args:
        address: See `ucb.cluster.connection.Connection`.
        name: The backend on the nodes.
        options: What it is opened with. The model is loaded from the nodes' own disks.
        patience: Seconds to wait for a node when none is left.

    Raises:
        ConfigError: Ray is not installed.
        SandboxError: no cluster answers.
        BackendError: no node can load the model.

    """

    def __init__(
        self, address: str, name: str, options: Mapping[str, Any], patience: float = PATIENCE
    ) -> None:
        connection = Connection(address)
        whole = options.get("parallel", "data") != "data" or options.get("device") == "all"

        def places(nodes: Sequence[Node]) -> list[Place]:
            return places_of(nodes, whole=whole)

        crew: Crew[_Share] = Crew(
            ModelNode, (name, dict(options), str(Path.cwd())), places, _task,
            BackendError, lambda _: {}, window=(1, 1),
        )  # fmt: skip
        self._fleet = Fleet(connection, crew, version(), patience)
        self._figures: dict[str, Mapping[str, float]] = {}
        try:
            about = self._fleet.open()
        except BaseException:
            self._fleet.close()
            raise
        self.styles = frozenset(Style(style) for style in about["styles"])
        self.preferred = Style(about["preferred"])

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """
        Yield a completion for each request; all requests are read before the first.

        Raises `BackendError` when no node is left.
        """
        asked = list(requests)
        if not asked:
            return
        shares: list[tuple[Request, ...]] = self._fleet.call("shares", asked, _SHARE)
        jobs = {job.number: job for job in map(self._add, shares)}
        try:
            while jobs:
                for job, answer in self._fleet.answers(1.0):
                    if job.number not in jobs:
                        continue
                    if isinstance(answer.value, Completion):
                        # Of a share that was lost half-way, some are answered already.
                        if job.work.open.pop(answer.value.key, None) is not None:
                            yield answer.value
                    else:
                        self._figures[job.holder] = answer.value
                        jobs.pop(job.number, None)
                for job in self._fleet.undone():
                    jobs.pop(job.number, None)
                    for key in job.work.open:
                        log.warning("%s, sample %d is left undone: %s", *key, job.trouble)
        finally:
            if jobs:
                self._fleet.forget(jobs.values())

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model: the same on every node."""
        return {name: value for name, value in self._fleet.about.items() if name not in _OWN}

    def statistics(self) -> Mapping[str, float]:
        """Return the work of all; `seconds` is of the longest, memory of the largest."""
        figures = [each for each in self._figures.values() if each]
        if not figures:
            return {}
        names = dict.fromkeys(name for each in figures for name in each)
        found = {
            name: (sum if name in _SUMMED else max)(each.get(name, 0) for each in figures)
            for name in names
        }
        if found.get("seconds") and "generated_tokens" in found:
            found["tokens_per_second"] = round(found["generated_tokens"] / found["seconds"], 2)
        return found

    def close(self) -> None:
        """End the models."""
        self._fleet.close()

    def _add(self, requests: Iterable[Request]) -> Job[_Share]:
        return self._fleet.dispatch.add(_Share(requests))


def places_of(nodes: Sequence[Node], *, whole: bool) -> list[Place]:
    """
    Return where models run: one for each GPU, or, where no node has any, one on each node.

    Nodes without a GPU have none beside those with: their arithmetic is another. With `whole`
    a node's GPUs hold one model together.
    """
    if not any(node.gpus for node in nodes):
        return [Place(node) for node in nodes]
    if whole:
        return [Place(node, 0, node.gpus) for node in nodes if node.gpus]
    return [Place(node, number, 1) for node in nodes for number in range(node.gpus)]


def _task(job: Job[_Share]) -> Task:
    return Task(job.number, tuple(job.work.open.values()))
