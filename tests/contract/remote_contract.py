"""What every backend behind a network must withstand, whatever protocol it speaks."""

from __future__ import annotations

import itertools
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.api_stub import Stub, failure
from tests.servers.http import Seen, Sent
from tests.unit.remote_fakes import QUICK, chats, keys, opened
from ucb.backends.remote.backend import RemoteBackend
from ucb.backends.remote.crew import Patience
from ucb.errors import BackendError, BudgetReached, UCBError
from ucb.types import Completion, Finish

CANARY = "sk-canary-0123456789-never-to-be-seen"


def until_error(answers: Iterator[Completion]) -> tuple[list[Completion], UCBError | None]:
    """Return what is yielded, and the error it ends with."""
    done = []
    try:
        for each in answers:
            done.append(each)  # noqa: PERF402 - what comes before an error counts.
    except UCBError as error:
        return done, error
    return done, None


class RemoteContract:
    """Subclass it and give `name`, `path` and `variable`; `options` are passed to the opener."""

    name = ""
    path = ""
    """Of the API below the server's root."""
    variable = ""
    """The environment variable of the key."""
    options: dict[str, object] = {}  # noqa: RUF012 - read only.

    @pytest.fixture(autouse=True)
    def _surroundings(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv(self.variable, CANARY)
        monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))

    @pytest.fixture
    def stub(self) -> Iterator[Stub]:
        """A server that answers everything."""
        with Stub() as stub:
            yield stub

    def open(self, stub: Stub, **options: object) -> RemoteBackend:
        """The backend, pointed at a stub."""
        url = (stub.root + self.path,)
        return opened(self.name, base_url=url, **{"concurrency": 4, **self.options, **options})

    def test_every_request_is_answered_once(self, stub: Stub) -> None:
        """Each key comes back once, with its tokens, time and cost."""
        requests = chats(5, 2)
        completions = list(self.open(stub).generate(iter(requests)))
        assert keys(completions) == sorted(each.key for each in requests)
        for each in completions:
            assert (each.text, each.finish) == (stub.text, Finish.STOP)
            assert (each.tokens_in, each.tokens_out, each.cost) == (7, 3, 0.0)
            assert each.seconds is not None
            assert each.seconds > 0

    def test_requests_are_not_read_far_ahead(self, stub: Stub) -> None:
        """Requests may be endless: no more are read than twice the concurrency."""
        read = 0

        def endless() -> Iterator[object]:
            nonlocal read
            for request in itertools.chain.from_iterable(itertools.repeat(chats(50))):
                read += 1
                yield request

        answers = self.open(stub).generate(endless())  # type: ignore[arg-type]
        for number, _ in enumerate(answers, 1):
            assert read <= number + 2 * 4 + 1
            if number == 40:
                break
        answers.close()  # type: ignore[attr-defined]

    def run_with(
        self, stub: Stub, faults: Callable[[int, Seen], Sent | None], count: int = 40
    ) -> RemoteBackend:
        """Ask `count` questions through faults and expect each answered and billed once."""
        stub.faults = faults
        requests = chats(count)
        stubborn = Patience(attempts=40, busy=200, pause=0.001, longest=0.01)
        backend = self.open(stub, concurrency=8, patience=stubborn)
        completions = list(backend.generate(requests))
        assert keys(completions) == sorted(each.key for each in requests)
        assert all(each.text == stub.text for each in completions)
        expected = Counter(each.prompt.text for each in requests)
        assert stub.billed == expected
        return backend

    def test_a_storm_of_rate_limits(self, stub: Stub) -> None:
        """Refusals with a retry-after delay answers; none is lost and none is asked twice."""
        busy = failure(429, "slow down", headers={"retry-after": "0.01"})
        backend = self.run_with(stub, lambda number, _: busy if number % 3 else None)
        assert backend.statistics()["rate_limited"] >= 40

    def test_server_errors(self, stub: Stub) -> None:
        """A server error is tried again."""
        broken = failure(500, "oops")
        self.run_with(stub, lambda number, _: broken if number % 2 else None)

    def test_dropped_connections(self, stub: Stub) -> None:
        """A connection that breaks before or within an answer is tried again."""
        before, within = Sent(cut=0, body=b"{}"), Sent(200, b'{"id": "c", "choices": [{', cut=12)
        drops = {1: before, 3: within}
        self.run_with(stub, lambda number, _: drops.get(number % 5))

    def test_damaged_answers(self, stub: Stub) -> None:
        """An answer that is not of the protocol's shape is asked for again, never recorded."""
        odd = b'{"choices": ["x"], "content": ["x"], "usage": {"output_tokens": 1}}'
        bodies = (b"<html>proxy</html>", b'{"id": ', b"{}", b"[]", b'{"choices": []}', odd)
        kinds = {
            2 * number + 1: Sent(200, body, kind=kind)
            for number, (body, kind) in enumerate(
                itertools.product(bodies, ("application/json", "text/html"))
            )
        }
        self.run_with(stub, lambda number, _: kinds.get(number))

    def test_damaged_streams(self, stub: Stub) -> None:
        """A stream that is cut short or is no stream is asked for again."""
        self.options = {**self.options, "stream": True}
        bodies = (
            b"data: {not json}\n\n",
            b"event: ?\ndata:\n\n",
            b"",
            b": keep-alive\n\n",
            b'data: {"choices": [{"index": 0, "text": "x", "finish_reason": null}]}\n\n',
            b'data: {"choices": ["x"], "type": "content_block_delta"}\n\n',
            b'event: error\ndata: {"type": "error", "error": {"message": "broke"}}\n\n',
        )
        sent = {2 * n + 1: Sent(200, b, kind="text/event-stream") for n, b in enumerate(bodies)}
        self.run_with(stub, lambda number, _: sent.get(number))

    def test_a_stream_brings_the_same(self, stub: Stub) -> None:
        """Text, tokens and finish do not depend on how the answer travels."""
        whole = next(iter(self.open(stub).generate(chats(1))))
        streamed = next(iter(self.open(stub, stream=True).generate(chats(1))))
        assert (streamed.text, streamed.finish) == (whole.text, whole.finish)
        assert (streamed.tokens_in, streamed.tokens_out) == (whole.tokens_in, whole.tokens_out)

    def test_timeouts(self, stub: Stub) -> None:
        """An answer that does not come in time is asked for again."""
        slow = Sent(200, b"{}", delay=30.0)
        self.options = {**self.options, "request_timeout": 0.3}
        self.run_with(stub, lambda number, _: slow if number in (1, 5) else None, count=10)

    def test_a_server_killed_and_started_again(self, stub: Stub) -> None:
        """Requests wait for a server that comes back, and each is answered once."""
        requests = chats(60)
        backend = self.open(stub, patience=Patience(attempts=30, pause=0.02, longest=0.05))
        completions = []
        for number, completion in enumerate(backend.generate(requests)):
            completions.append(completion)
            if number == 20:
                stub.stop()
                stub.start()
        assert keys(completions) == sorted(each.key for each in requests)

    def test_a_server_that_dies_is_a_sentence_and_the_rest_can_be_asked(self, stub: Stub) -> None:
        """What came before is yielded; the same requests less those are answered later."""
        requests = chats(60)
        answers = self.open(stub).generate(requests)
        completions = [next(answers) for _ in range(20)]
        stub.stop()
        more, error = until_error(answers)
        completions += more
        assert isinstance(error, BackendError)
        assert f"{stub.root}{self.path} cannot be reached" in str(error)
        stub.start()
        done = {each.key for each in completions}
        completions += self.open(stub).generate(each for each in requests if each.key not in done)
        assert keys(completions) == sorted(each.key for each in requests)

    def test_what_keeps_failing_is_left_undone(
        self, stub: Stub, caplog: pytest.LogCaptureFixture
    ) -> None:
        """One question that always fails has no row, and does not stop the others."""
        broken = failure(500, "oops")
        stub.faults = lambda _, seen: broken if b"question 3" in seen.raw else None
        backend = self.open(stub)
        completions = list(backend.generate(chats(6)))
        assert len(completions) == 5
        assert backend.statistics()["undone"] == 1
        assert "p/3, sample 0 is left undone: the server failed (500: oops), 4 times" in caplog.text

    def test_ten_failures_in_a_row_end_the_run(self, stub: Stub) -> None:
        """A server that fails at everything is not asked a whole benchmark."""
        stub.faults = lambda *_: failure(500, "oops")
        with pytest.raises(BackendError, match="10 requests in a row failed"):
            list(self.open(stub).generate(chats(100)))
        assert len(stub.seen) < 200

    @pytest.mark.parametrize(
        ("status", "message", "sentence"),
        [
            (401, f"Incorrect key: {CANARY}", "refuses the key"),
            (403, "not yours", "refuses the key"),
            (404, "model m does not exist", "has no model 'm'"),
            (402, "pay", "gives no more credit"),
            (429, "You exceeded your current quota: insufficient_quota", "no more credit"),
        ],
    )
    def test_what_no_retry_mends(
        self, stub: Stub, status: int, message: str, sentence: str
    ) -> None:
        """A wrong key, an unknown model, an empty account: one sentence, after few questions."""
        stub.faults = lambda *_: failure(status, message)
        with pytest.raises(BackendError) as caught:
            list(self.open(stub).generate(chats(50)))
        assert sentence in str(caught.value)
        assert CANARY not in str(caught.value)
        assert len(stub.seen) <= 4

    def test_context_overflow(self, stub: Stub, caplog: pytest.LogCaptureFixture) -> None:
        """A prompt that does not fit is recorded as cut off, with a sentence; the run goes on."""
        fault = failure(400, "prompt is too long: it exceeds the context length")
        stub.faults = lambda _, seen: fault if b"question 1" in seen.raw else None
        completions = {each.key.problem: each for each in self.open(stub).generate(chats(3))}
        assert len(completions) == 3
        assert (completions["p/1"].text, completions["p/1"].finish) == ("", Finish.LENGTH)
        assert "p/1, sample 0: the context window is too small" in caplog.text

    def test_a_window_with_less_room(self, stub: Stub) -> None:
        """Where the server says how much room there is, as much is asked for."""
        said = (
            "This model's maximum context length is 100 tokens and your request has 88 input tokens"
        )
        fault = failure(400, said)
        stub.faults = lambda _, seen: None if seen.body["max_tokens"] == 12 else fault
        completions = list(self.open(stub).generate(chats(1)))
        assert [each.text for each in completions] == [stub.text]

    @pytest.mark.parametrize(
        ("finish", "expected"), [("length", Finish.LENGTH), ("stop", Finish.STOP)]
    )
    def test_a_truncated_answer_says_so(self, stub: Stub, finish: str, expected: Finish) -> None:
        """Why an answer ended is recorded."""
        stub.finish = finish
        assert [e.finish for e in self.open(stub).generate(chats(1))] == [expected]

    def test_a_stop_sequence_the_server_left_in_is_cut(self, stub: Stub) -> None:
        """The text ends before the earliest stop sequence, however many there are."""
        stub.text, stub.finish = "one\ntwo\nthree", "length"
        stops = ("\nthree", "\ntwo", "#a", "#b", "#c", "#d")
        completion = next(iter(self.open(stub).generate(chats(1, stop=stops))))
        assert (completion.text, completion.finish) == ("one", Finish.STOP)

    def test_the_cache_answers_what_was_asked_before(self, stub: Stub) -> None:
        """With a cache nothing is asked twice, and a damaged entry is asked for again."""
        requests = chats(3, 2)
        first = list(self.open(stub, cache="on").generate(requests))
        asked = len(stub.seen)
        backend = self.open(stub, cache="on")
        again = list(backend.generate(requests))
        assert sorted(again, key=str) == sorted(first, key=str)
        assert len(stub.seen) == asked
        assert backend.statistics() == {"cached": 6}
        longer = chats(3, 2, max_tokens=21)
        list(self.open(stub, cache="on").generate(longer))
        assert len(stub.seen) > asked

    def test_an_interrupted_run_pays_for_nothing_twice(self, stub: Stub) -> None:
        """Answers that were on the wire when the caller stopped are in the cache."""
        stub.latency = 0.05
        requests = chats(40)
        answers = self.open(stub, cache="on").generate(requests)
        done = {next(answers).key for _ in range(10)}
        answers.close()  # type: ignore[attr-defined]
        left = [each for each in requests if each.key not in done]
        assert len(list(self.open(stub, cache="on").generate(left))) == 30
        assert stub.billed == Counter(each.prompt.text for each in requests)

    def test_a_budget_is_never_exceeded_and_the_rest_can_be_asked(self, stub: Stub) -> None:
        """The run stops before the limit, and goes on with a higher one."""
        requests = chats(200)
        prices = {"price_in": 1000.0, "price_out": 10_000.0}
        backend = self.open(stub, max_cost=5.0, **prices)
        completions, error = until_error(backend.generate(requests))
        assert isinstance(error, BudgetReached)
        assert "--max-cost 5 is reached" in str(error)
        spent = sum(each.cost or 0.0 for each in completions)
        assert spent == pytest.approx(stub.billed.total() * (7 * 0.001 + 3 * 0.01))
        assert 4.5 < spent <= 5.0
        left = requests[len(completions) :]
        assert len(list(self.open(stub, max_cost=50.0, **prices).generate(left))) == len(left)

    def test_tokens_are_a_budget_too(self, stub: Stub) -> None:
        """A limit on tokens stops the run before it is exceeded."""
        done, error = until_error(self.open(stub, max_tokens_total=600).generate(chats(100)))
        assert isinstance(error, BudgetReached)
        assert "--max-tokens-total 600 is reached" in str(error)
        assert 0 < sum(each.tokens_in + each.tokens_out for each in done) <= 600

    def test_an_attempt_that_broke_off_counts_at_its_worst(
        self, stub: Stub, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The provider may charge for it, so it uses up the budget like an answer."""
        stub.faults = lambda *_: Sent(200, b'{"id": "c", "choices": [{', cut=12)
        backend = self.open(stub, max_tokens_total=1000, patience=Patience(100, pause=0.001))
        completions, error = until_error(backend.generate(chats(5)))
        assert completions == []
        assert isinstance(error, BudgetReached)
        assert "and the budget is reached" in caplog.text
        assert 1 < len(stub.seen) < 8

    def test_what_a_run_holds_counts(self, stub: Stub) -> None:
        """A resumed run starts from what its stored completions took."""
        held = list(self.open(stub).generate(chats(30)))
        backend = self.open(stub, max_tokens_total=400)
        backend.count(held)
        with pytest.raises(BudgetReached, match="300 tokens are used"):
            list(backend.generate(chats(1, max_tokens=200)))

    def test_a_key_is_never_shown(
        self, stub: Stub, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        """Not in logs, sentences, descriptions or the cache, even if the server repeats it."""
        caplog.set_level(logging.DEBUG)
        repeated = failure(500, f"bad key {CANARY} in headers")
        stub.faults = lambda number, _: (repeated, Sent(cut=0, body=b"x"), None)[number % 3]
        backend = self.open(stub, cache="on", patience=QUICK)
        list(backend.generate(chats(9)))
        stub.faults = lambda *_: failure(400, f"never with {CANARY}")
        with pytest.raises(BackendError) as caught:
            list(self.open(stub).generate(chats(50)))
        shown = f"{caplog.text}{caught.value!r}{backend.describe()}{backend.statistics()}"
        shown += "".join(path.read_text() for path in tmp_path.rglob("*.json"))
        assert any(CANARY in value for value in stub.seen[0].headers.values())
        assert CANARY not in shown
        assert "[key]" in shown

    def test_closing_in_the_middle_does_not_wait_without_a_cache(self, stub: Stub) -> None:
        """Answers that nobody pays for are dropped: these would take an hour."""
        hour = Sent(delay=3600.0)
        stub.faults = lambda number, _: hour if number >= 8 else None
        answers = self.open(stub, cache="off", request_timeout=7200.0).generate(chats(20))
        for _ in range(8):
            next(answers)
        answers.close()  # type: ignore[attr-defined]
        assert len(stub.seen) < 20
