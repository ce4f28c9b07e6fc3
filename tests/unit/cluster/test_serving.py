"""What a node does between two questions, without Ray."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from ucb.cluster.serving import Answer, Reply, Serving, Task
from ucb.errors import SandboxError


def _doubling(tasks: Iterator[Task | None]) -> Iterator[Answer]:
    for task in tasks:
        if task is not None:
            yield Answer(task.number, 2 * task.work)


def _all(serving: Serving, count: int) -> list[Answer]:
    found: list[Answer] = []
    while len(found) < count:
        reply = serving.exchange([], 0.0)
        assert not reply.broken
        found += reply.answers
    return found


def test_every_job_is_answered_once() -> None:
    """Answers come in one or several replies."""
    serving = Serving(_doubling, 4)
    first = serving.exchange([Task(n, n) for n in range(100)], None)
    found = [*first.answers, *_all(serving, 100 - len(first.answers))]
    serving.close()
    assert sorted(found) == [Answer(n, 2 * n) for n in range(100)]


def test_an_error_is_a_sentence() -> None:
    """A sandbox that breaks, and a disk that is full, are told in words."""

    def breaking(error: Exception) -> Reply:
        def serve(tasks: Iterator[Task | None]) -> Iterator[Answer]:
            for task in tasks:
                if task is not None:
                    raise error
            yield from ()

        serving = Serving(serve, 1)
        reply = serving.exchange([Task(0, "")], 1.0)
        assert serving.exchange([], None).broken == reply.broken
        serving.close()
        return reply

    assert breaking(SandboxError("The engine is gone.")).broken == "The engine is gone."
    assert breaking(OSError(28, "No space left on device")).broken == "No space left on device."
    assert breaking(KeyError("x")).broken == "KeyError: 'x'"


def test_warnings_reach_the_driver() -> None:
    """Nobody reads a node's stderr."""

    def warning(tasks: Iterator[Task | None]) -> Iterator[Answer]:
        for task in tasks:
            if task is not None:
                logging.getLogger("ucb").warning("batches of %d", task.work)
                yield Answer(task.number, None)

    serving = Serving(warning, 1)
    reply = serving.exchange([Task(0, 8)], 1.0)
    serving.close()
    assert reply.said == ["batches of 8"]


def test_a_node_says_that_it_ran_out_of_work() -> None:
    """Only when it had some: it then gets more at a time."""
    serving = Serving(_doubling, 4)
    assert not serving.exchange([], None).starved
    replies = [serving.exchange([Task(n, n) for n in range(8)], 1.0)]
    while sum(len(reply.answers) for reply in replies) < 8:
        replies.append(serving.exchange([], 1.0))
    serving.close()
    assert replies[-1].starved
