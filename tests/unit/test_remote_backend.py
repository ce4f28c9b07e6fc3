"""How a remote backend begins and ends, with an endpoint that needs no network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.unit.remote_fakes import QUICK, chats, keys
from ucb.backends.remote import backend as remote
from ucb.backends.remote.backend import RemoteBackend
from ucb.backends.remote.cache import Cache
from ucb.backends.remote.crew import Crew, Outcome
from ucb.backends.remote.desk import FREE, Terms
from ucb.backends.remote.faults import Passing
from ucb.backends.remote.wire import Answer, Call, Reply, Usage
from ucb.errors import BackendError, BudgetReached
from ucb.types import Finish, Request, Style


class Echo:
    """Answers each question with itself, or as `answer` says."""

    kind, model, url = "echo", "echo", "http://localhost"
    styles, preferred = frozenset(Style), Style.CHAT

    def __init__(self, answer: Callable[[Call], Reply] | None = None) -> None:
        self.answer = answer or self.same
        self.asked: list[Call] = []
        self.open = 0

    def same(self, call: Call) -> Reply:
        """The question."""
        text = call.requests[0].prompt.text
        return Reply([Answer(text, Finish.STOP)] * len(call.requests), Usage(4, 2))

    def calls(self, requests: Iterable[Request]) -> Iterator[Call]:
        for request in requests:
            yield Call((request,), {"text": request.prompt.text})

    async def start(self) -> None:
        self.open += 1

    async def ask(self, call: Call) -> Reply:
        self.asked.append(call)
        return self.answer(call)

    async def stop(self) -> None:
        self.open -= 1

    def describe(self) -> Mapping[str, Any]:
        return {"backend": "echo"}


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    assert "ucb-remote" not in {thread.name for thread in threading.enumerate()}


def echoing(endpoint: Echo, **terms: Any) -> RemoteBackend:
    """A backend of four calls at a time."""
    return RemoteBackend(endpoint, Terms(**{"concurrency": 4, "patience": QUICK} | terms))


def test_an_endpoint_is_opened_and_closed_once() -> None:
    """Each pass has a client of its own."""
    endpoint = Echo()
    backend = echoing(endpoint, price=FREE)
    for _ in range(2):
        completions = list(backend.generate(chats(7)))
        assert keys(completions) == sorted(each.key for each in chats(7))
        assert endpoint.open == 0
    assert backend.statistics()["calls"] == 14


def test_an_interrupt_between_an_arrival_and_its_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is waited for that has come already, and all of it is in the cache."""
    monkeypatch.setattr(remote, "_GRACE", 1e9)
    whole = Crew.outcome

    def interrupted(self: Crew, timeout: float | None = None) -> Outcome | None:
        found = whole(self, timeout)
        if timeout is None:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(Crew, "outcome", interrupted)
    endpoint = Echo()
    backend = echoing(endpoint, cache=Cache(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        list(backend.generate(chats(100)))
    backend.close()
    assert len(list(tmp_path.rglob("*.json"))) == len(endpoint.asked) > 0


def test_an_error_of_our_own_is_not_hidden() -> None:
    """What is no fault of the server is raised as it is, after the endpoint is closed."""

    def broken(call: Call) -> Reply:
        raise ZeroDivisionError

    endpoint = Echo(broken)
    with pytest.raises(ZeroDivisionError):
        list(echoing(endpoint).generate(chats(20)))
    assert endpoint.open == 0


def test_an_endpoint_that_cannot_start() -> None:
    """Its sentence reaches the caller before any question."""

    class Locked(Echo):
        async def start(self) -> None:
            raise BackendError("no key")

    endpoint = Locked()
    with pytest.raises(BackendError, match="no key"):
        list(echoing(endpoint).generate(chats(3)))
    assert endpoint.asked == []


def test_requests_that_cannot_be_made() -> None:
    """An error of the caller's iterator ends the work in good order."""

    def requests() -> Iterator[Request]:
        yield from chats(2)
        raise ValueError("no third")

    endpoint = Echo()
    with pytest.raises(ValueError, match="no third"):
        list(echoing(endpoint).generate(requests()))
    assert endpoint.open == 0


def test_a_reply_of_too_many_or_too_few_answers() -> None:
    """Too many are dropped; none at all is a failure."""
    many = Echo(lambda call: Reply([Answer("x", Finish.STOP)] * 3, Usage(4, 2)))
    assert len(list(echoing(many).generate(chats(2)))) == 2
    none = Echo(lambda call: Reply([]))
    backend = echoing(none)
    assert list(backend.generate(chats(2))) == []
    assert backend.statistics()["undone"] == 2


def test_a_server_that_counts_no_tokens() -> None:
    """They are unknown then, and so is the cost; a budget counts the worst case."""
    endpoint = Echo(lambda call: Reply([Answer("x", Finish.STOP)]))
    (completion,) = echoing(endpoint, price=FREE).generate(chats(1))
    assert (completion.tokens_in, completion.tokens_out, completion.cost) == (None, None, None)
    with pytest.raises(BudgetReached):
        list(echoing(endpoint, max_tokens_total=1000).generate(chats(20)))


def test_pauses_grow_and_end_with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause is up to twice the last; after the last attempt there is none."""
    pauses: list[float] = []

    async def noted(self: Crew, seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(Crew, "pause", noted)

    def broken(call: Call) -> Reply:
        raise Passing("no")

    assert list(echoing(Echo(broken)).generate(chats(1))) == []
    assert len(pauses) == QUICK.attempts - 1
    for number, pause in enumerate(pauses):
        assert 0.5 <= pause / (QUICK.pause * 2**number) <= 1.0
