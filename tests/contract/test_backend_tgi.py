"""The TGI backend against a stub of the router, and a real server where `UCB_TGI_URL` has one."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.remote_contract import CANARY, RemoteContract, until_error
from tests.servers.api_stub import Fault, no_fault
from tests.servers.http import Sent, events
from tests.servers.tgi_stub import TGIStub, invalid, overloaded, refusal
from tests.unit.remote_fakes import chats, keys, opened
from ucb import plugins
from ucb.backends.remote.backend import RemoteBackend
from ucb.backends.remote.crew import Patience
from ucb.errors import BackendError, ConfigError
from ucb.types import Completion, Finish, Key, Prompt, Request, Sampling, Style

pytest.importorskip("httpx2", reason="the tgi extra is not installed: pip install 'ucb[tgi]'")

STUBBORN = Patience(attempts=40, busy=200, pause=0.001, longest=0.01)


def texts(count: int, samples: int = 1, **more: Any) -> list[Request]:
    """Requests to complete texts."""
    return chats(count, samples, style=Style.COMPLETE, **more)


class TestChats(RemoteContract):
    """Chats go to the server's own template; faults are survived as on every backend."""

    name = "tgi"
    variable = "TGI_API_KEY"

    @pytest.fixture
    def stub(self) -> Iterator[TGIStub]:  # type: ignore[override]
        """A server that answers everything."""
        with TGIStub() as stub:
            yield stub

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            (refusal(401, f"bad {CANARY}", "x"), "refuses the key"),
            (refusal(402, "pay", "x"), "gives no more credit"),
            (Sent(404), "has no TGI server"),
            (refusal(422, "Template error: template not found", "template_error"), "--style comp"),
        ],
    )
    def test_what_no_retry_mends(  # type: ignore[override]
        self, stub: TGIStub, answer: Sent, sentence: str
    ) -> None:
        """A wrong key or address, or no chat template: one sentence, after few questions."""
        stub.faults = lambda *_: answer
        with pytest.raises(BackendError) as caught:
            list(self.open(stub).generate(chats(50)))  # type: ignore[arg-type]
        assert sentence in str(caught.value)
        assert CANARY not in str(caught.value)
        assert len(stub.seen) <= 4

    def test_context_overflow(  # type: ignore[override]
        self, stub: TGIStub, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A prompt that does not fit is recorded as cut off, with a sentence; the run goes on."""
        stub.prompt_tokens = {"question 1": 1001}
        backend = self.open(stub)  # type: ignore[arg-type]
        done = {each.key.problem: each for each in backend.generate(chats(3))}
        assert len(done) == 3
        assert (done["p/1"].text, done["p/1"].finish) == ("", Finish.LENGTH)
        assert "p/1, sample 0: the context window is too small" in caplog.text

    def test_a_window_with_less_room(self, stub: TGIStub) -> None:  # type: ignore[override]
        """Where prompt and answer together are too long, as much is asked for as fits."""
        stub.prompt_tokens = {"question": 1000}
        done = list(self.open(stub).generate(chats(1, max_tokens=50)))  # type: ignore[arg-type]
        assert [each.text for each in done] == [stub.text]
        assert [body["max_tokens"] for body in stub.questions] == [50, 24]

    def test_a_chat_is_the_servers_own(self, stub: TGIStub) -> None:
        """Messages are sent as they are, a begun answer as the assistant's, greedy as 0."""
        list(self.open(stub).generate(chats(1, prefill="Sure")))  # type: ignore[arg-type]
        body = stub.questions[-1]
        assert stub.seen[-1].path == "/v1/chat/completions"
        assert body["messages"][-1] == {"role": "assistant", "content": "Sure"}
        assert (body["temperature"], "top_p" in body, "seed" in body) == (0.0, False, False)


@pytest.fixture
def stub() -> Iterator[TGIStub]:
    """A server that answers everything."""
    with TGIStub() as stub:
        yield stub


def answered(stub: TGIStub, asked: list[Request], **options: Any) -> list[Completion]:
    """What a backend that points at the stub yields; each request once."""
    options = {"concurrency": 4, "patience": STUBBORN, **options}
    done = list(opened("tgi", base_url=(stub.root,), **options).generate(asked))
    assert keys(done) == sorted(each.key for each in asked)
    return done


@pytest.mark.parametrize("stream", [False, True])
def test_completions(stub: TGIStub, stream: bool) -> None:
    """A completion brings its text, tokens and finish, whichever way it travels."""
    done = answered(stub, texts(5, 2), stream=stream)
    assert {seen.path for seen in stub.seen} == {"/generate_stream" if stream else "/generate"}
    for each in done:
        assert (each.text, each.finish) == (stub.text, Finish.STOP)
        assert (each.tokens_in, each.tokens_out, each.cost) == (7, 3, 0.0)


def test_greedy_and_drawn(stub: TGIStub) -> None:
    """TGI refuses a temperature of 0 and a top-p of 1, so neither is sent."""
    answered(stub, texts(1))
    greedy = stub.questions[-1]["parameters"]
    assert greedy["do_sample"] is False
    assert not {"temperature", "top_p", "seed"} & set(greedy)
    answered(stub, texts(1, 3, top_p=0.9), concurrency=1)
    drawn = [body["parameters"] for body in stub.questions[-3:]]
    assert {(p["do_sample"], p["temperature"], p["top_p"]) for p in drawn} == {(True, 0.8, 0.9)}
    assert len({p["seed"] for p in drawn}) == 3
    answered(stub, texts(1, 3, top_p=0.9)[1:2])
    assert stub.questions[-1]["parameters"]["seed"] == drawn[1]["seed"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("style", list(Style))
def test_stop_sequences_beyond_the_servers_limit(stub: TGIStub, style: Style, stream: bool) -> None:
    """As many are sent as `/info` allows, and all are cut here; the server keeps them."""
    stub.info["max_stop_sequences"] = 2
    stub.text = "one\ntwo\nthree#"
    for stops, sent, text in (
        (("\nthree", "\nfour"), ["\nthree", "\nfour"], "one\ntwo"),
        (("@", "$", "\ntwo"), ["@", "$"], "one"),
    ):
        done = answered(stub, chats(1, style=style, stop=stops), stream=stream)
        body = stub.questions[-1]
        assert body.get("parameters", body)["stop"] == sent
        assert (done[0].text, done[0].finish) == (text, Finish.STOP)


def test_a_stream_is_left_at_a_stop_sequence(stub: TGIStub) -> None:
    """What the server was not told ends the answer here, without waiting for the rest."""
    stub.info["max_stop_sequences"] = 0
    stub.text = "one\ntwo" + "x" * 5000
    done = answered(stub, texts(1, stop=("\ntwo",)), stream=True)
    assert (done[0].text, done[0].tokens_out) == ("one", len("one\ntwo"))


def test_truncated_answers_say_so(stub: TGIStub) -> None:
    """Why an answer ended is recorded."""
    stub.finish = "length"
    for stream in (False, True):
        assert answered(stub, texts(1), stream=stream)[0].finish is Finish.LENGTH


def test_best_of_and_truncate(stub: TGIStub) -> None:
    """The server chooses among its draws, without a seed; a long prompt is cut by the server."""
    stub.prompt_tokens = {"question": 5000}
    done = answered(stub, texts(2, 1, temperature=0.5), best_of=2, truncate=100)
    assert all(each.text == stub.text for each in done)
    given = stub.questions[-1]["parameters"]
    assert (given["best_of"], given["truncate"], "seed" in given) == (2, 100, False)


@pytest.mark.parametrize(
    ("options", "requests", "error", "words"),
    [
        ({"best_of": 2, "stream": True}, texts(1), ConfigError, "leave --stream out"),
        ({"best_of": 2}, texts(1), ConfigError, "set --temperature"),
        ({"best_of": 2}, chats(1, temperature=0.5), ConfigError, "for chats"),
        ({"truncate": 9}, chats(1), ConfigError, "for chats"),
        ({"best_of": 3}, texts(1, temperature=0.5), BackendError, "at most 2 answers"),
        ({"base_url": ("nowhere",)}, texts(1), ConfigError, "is no URL"),
        ({"dtype": "float16"}, texts(1), ConfigError, "takes no --dtype"),
        ({"cache": "on", "model": ""}, texts(1), ConfigError, "--cache off"),
        ({"model": "other"}, texts(1), BackendError, "serves m, not other"),
    ],
)
def test_mistakes_get_a_sentence(
    stub: TGIStub, options: Any, requests: list[Request], error: type[Exception], words: str
) -> None:
    """What TGI cannot do is said before anything is asked of the model."""
    given = {"model": "m", "base_url": (stub.root,), **options}
    with pytest.raises(error, match=words):
        list(plugins.backend("tgi", **given).generate(requests))
    assert stub.seen == []


def test_description(stub: TGIStub) -> None:
    """What is served, at which commit and within which limits is recorded."""
    backend = plugins.backend("tgi", base_url=(f"{stub.root}/v1",))
    assert backend.describe()["base_url"] == stub.root
    list(backend.generate(texts(1)))
    about = json.loads(json.dumps(backend.describe()))
    assert (about["model"], about["revision"]) == ("m", stub.info["model_sha"])
    assert about["version"] == "3.3.4"
    assert about["limits"]["max_total_tokens"] == 1024


def every(step: int, answer: Sent) -> Fault:
    """Give this answer to all but one question in `step`."""
    return lambda number, _: answer if number % step else None


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "fault",
    [
        every(3, overloaded(**{"retry-after": "0.01"})),
        every(3, refusal(424, "Request failed during generation: shard", "generation")),
        every(3, refusal(500, "Incomplete generation", "incomplete_generation")),
        every(2, Sent(502, b"<html>Bad gateway</html>", kind="text/html")),
        every(2, Sent(cut=0, body=b"{}")),
        every(2, Sent(200, b"<html>proxy</html>", kind="text/html")),
        every(2, Sent(200, b"[1]")),
        every(2, Sent(200, b'{"generated_text": 5, "details": {}}')),
    ],
    ids=["429", "424", "500", "502", "dropped", "html", "list", "shape"],
)
def test_faults(stub: TGIStub, fault: Fault, stream: bool) -> None:
    """Overload, failed and incomplete generations and broken answers are asked for again."""
    stub.faults = fault
    requests = texts(20)
    done = answered(stub, requests, stream=stream)
    assert all(each.text == stub.text for each in done)
    assert stub.billed == Counter(each.prompt.text for each in requests)


TOKEN = {
    "index": 1, "token": {"id": 1, "text": "x", "logprob": 0.0, "special": False},
    "generated_text": None, "details": None,
}  # fmt: skip
IN_STREAM = {"error": "Request failed during generation", "error_type": "generation"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b": keep-alive\n\n",
        b"data: {not json}\n\n",
        b"data: [1]\n\n",
        b'data: {"token": 5}\n\n',
        events([TOKEN], end=""),
        events([TOKEN, IN_STREAM], end=""),
        events([TOKEN, {"error": "Model is overloaded", "error_type": "overloaded"}], end=""),
        events([TOKEN, {"error": {"message": "broke", "http_status_code": 500}}], end=""),
    ],
)
def test_damaged_streams(stub: TGIStub, body: bytes) -> None:
    """A stream that is cut short, damaged, or carries an error is asked for again."""
    sent = Sent(200, body, kind="text/event-stream")
    stub.faults = lambda number, _: sent if number % 2 else None
    done = answered(stub, texts(2), stream=True)
    assert all(each.text == stub.text for each in done)


def test_a_stream_that_breaks_off_within(stub: TGIStub) -> None:
    """A connection that is lost between two tokens leaves no half answer behind."""
    whole = events([TOKEN] * 50, end="")
    broken = Sent(200, whole, kind="text/event-stream", cut=len(whole) // 2)
    stub.faults = lambda number, _: broken if number % 2 else None
    done = answered(stub, texts(10), stream=True)
    assert all(each.text == stub.text for each in done)


def test_what_a_server_refuses_stays_missing(
    stub: TGIStub, caplog: pytest.LogCaptureFixture
) -> None:
    """A request that the router finds invalid is left undone; the others are answered."""
    bad = invalid("`max_new_tokens` must be strictly positive")
    stub.faults = lambda _, seen: bad if b"question 1" in seen.raw else None
    backend = opened("tgi", base_url=(stub.root,))
    assert keys(list(backend.generate(texts(3)))) == [Key("p/0", 0), Key("p/2", 0)]
    assert "p/1, sample 0 is left undone: the server refuses it (422: Input val" in caplog.text


@pytest.fixture
def three() -> Iterator[list[TGIStub]]:
    """Three servers of one model."""
    with TGIStub() as first, TGIStub() as second, TGIStub() as third:
        yield [first, second, third]


def spread(servers: list[TGIStub], **options: Any) -> RemoteBackend:
    """A backend that points at all of them."""
    urls = tuple(server.root for server in servers)
    options = {"concurrency": 6, "patience": STUBBORN, **options}
    return opened("tgi", base_url=urls, **options)


def test_load_is_spread(three: list[TGIStub]) -> None:
    """Each server gets its share, and is asked what it serves once."""
    for server in three:
        server.latency = 0.01
    requests = texts(60)
    done = list(spread(three).generate(requests))
    assert keys(done) == sorted(each.key for each in requests)
    assert all(len(server.seen) > 10 for server in three)
    assert [server.informed for server in three] == [1, 1, 1]


@pytest.mark.parametrize("at", [0, 20])
def test_a_dead_servers_work_moves_to_the_others(three: list[TGIStub], at: int) -> None:
    """A server that is down from the start, or dies half-way, is done without."""
    requests = texts(60)
    done = []
    if at == 0:
        three[1].stop()
    for number, each in enumerate(spread(three).generate(requests), 1):
        done.append(each)
        if number == at:
            three[1].stop()
    assert keys(done) == sorted(each.key for each in requests)
    billed = sum((server.billed for server in three), Counter[str]())
    assert set(billed) == {each.prompt.text for each in requests}


def silent_after(answers: int) -> Fault:
    """Answer that many questions, and no more while the server is up, however fast one asks."""
    return lambda number, _: Sent(delay=60) if number >= answers else None


def test_all_dead_is_a_sentence_and_the_rest_can_be_asked(three: list[TGIStub]) -> None:
    """When the last server is gone the run stops; a later one does the rest."""
    requests = texts(60)
    for server in three:
        server.faults = silent_after(8)
    answers = spread(three, patience=Patience(attempts=4, pause=0.001)).generate(requests)
    done = [next(answers) for _ in range(20)]
    for server in three:
        server.stop()
    more, error = until_error(answers)
    done += more
    assert isinstance(error, BackendError)
    assert "cannot be reached" in str(error)
    for server in (three[0], three[2]):
        server.faults = no_fault
        server.start()
    left = [each for each in requests if each.key not in {one.key for one in done}]
    done += spread(three).generate(left)
    assert keys(done) == sorted(each.key for each in requests)


def test_one_overloaded_server_loses_nothing(three: list[TGIStub]) -> None:
    """Overload of one server delays its share, no more."""
    three[0].faults = every(4, overloaded(**{"retry-after": "0"}))
    requests = texts(40)
    done = list(spread(three).generate(requests))
    assert keys(done) == sorted(each.key for each in requests)


def test_servers_of_different_models(three: list[TGIStub]) -> None:
    """Answers of two models are never mixed."""
    three[2].info["model_sha"] = "0" * 40
    with pytest.raises(BackendError, match="serve different models"):
        list(spread(three).generate(texts(30)))


def test_a_server_that_comes_back_with_another_model(stub: TGIStub) -> None:
    """After a restart a server is asked again what it serves."""
    stub.faults = silent_after(12)
    answers = opened("tgi", base_url=(stub.root,), patience=STUBBORN).generate(texts(60))
    for _ in range(10):
        next(answers)
    stub.stop()
    stub.info["model_sha"] = "0" * 40
    stub.faults = no_fault
    stub.start()
    with pytest.raises(BackendError, match="serve different models"):
        list(answers)


def test_a_server_takes_no_more_than_it_says(stub: TGIStub) -> None:
    """Calls under way are bounded by `max_concurrent_requests`, whatever --concurrency says."""
    stub.info["max_concurrent_requests"] = 2
    connections: list[int] = []
    stub.faults = lambda *_: connections.append(len(stub._open))
    stub.latency = 0.01
    answered(stub, texts(30), concurrency=16)
    assert len(connections) == 30
    assert max(connections) <= 2


REAL = os.environ.get("UCB_TGI_URL", "")


@pytest.mark.skipif(not REAL, reason="UCB_TGI_URL names no real server")
class TestRealServer:
    """The same expectations of a real TGI server."""

    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize("style", list(Style))
    def test_each_request_once(self, style: Style, stream: bool) -> None:
        """Every request is answered once, with its tokens, within its limit."""
        backend = plugins.backend("tgi", base_url=(REAL,), stream=stream)
        requests = chats(3, 2, style=style, max_tokens=12)
        done = list(backend.generate(requests))
        assert keys(done) == sorted(each.key for each in requests)
        assert all(0 < (each.tokens_out or 0) <= 12 for each in done)

    def test_seeds_and_stops(self) -> None:
        """The same seed gives the same text, and many stop sequences end it where they should."""
        backend = plugins.backend("tgi", base_url=(REAL,))
        requests = texts(1, 2, max_tokens=16)
        first = sorted(backend.generate(requests), key=lambda each: each.key)
        again = sorted(backend.generate(requests), key=lambda each: each.key)
        assert [each.text for each in first] == [each.text for each in again]
        stops = ("\n", *(f"never {number}" for number in range(9)))
        stopped = Prompt("def add(a, b):\n    return a", Style.COMPLETE, stops)
        one = Request(Key("p", 0), stopped, Sampling(max_tokens=40))
        assert "\n" not in next(iter(backend.generate([one]))).text

    def test_context_overflow(self) -> None:
        """A prompt that fills any window is recorded as cut off."""
        backend = plugins.backend("tgi", base_url=(REAL,))
        one = Request(Key("p", 0), Prompt("x " * 300_000, Style.COMPLETE), Sampling(max_tokens=4))
        assert [each.finish for each in backend.generate([one])] == [Finish.LENGTH]
