"""The parts of remote backends that ask nobody: prices, budget, cache, addresses, texts."""

from __future__ import annotations

import json
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.remote_fakes import chats
from ucb import plugins
from ucb.backends.remote import address, prices
from ucb.backends.remote.budget import Budget, Spend
from ucb.backends.remote.cache import Cache, content_key
from ucb.backends.remote.desk import shares
from ucb.backends.remote.options import RemoteOptions, sample_seed, terms
from ucb.backends.remote.sdk import retry_after
from ucb.backends.remote.text import cut, sendable
from ucb.backends.remote.wire import Call, Usage
from ucb.config import RunConfig
from ucb.errors import BackendError, ConfigError
from ucb.types import Completion, Finish


def test_a_price_is_of_exactly_this_model_or_of_a_dated_one() -> None:
    """A model whose name merely begins like a known one may cost ten times as much."""
    known = prices.find("openai", "gpt-4o-mini")
    assert known is not None
    assert (known.input, known.output) == (0.15, 0.6)
    assert prices.find("openai", "gpt-4o-mini-2024-07-18") == known
    assert prices.find("anthropic", "claude-haiku-4-5-20251001") is not None
    assert prices.find("openai", "gpt-4o-mini-audio-preview") is None
    assert prices.find("openai", "gpt-4o-minimal") is None
    assert prices.find("", "gpt-4o-mini") is None


def test_the_users_price_wins() -> None:
    """Both halves of a price are given together."""
    own = prices.find("openai", "gpt-4o-mini", 1.0, 2.0)
    assert own is not None
    assert own.cost(Usage(1_000_000, 1_000_000)) == pytest.approx(3.0)
    with pytest.raises(ConfigError, match="--price-in and --price-out are given together"):
        prices.find("openai", "gpt-4o-mini", 1.0)


def test_what_a_reply_costs() -> None:
    """Input from the provider's cache, input written to it, and a batch have their own prices."""
    price = prices.find("anthropic", "claude-sonnet-4-5")
    assert price is not None
    usage = Usage(tokens_in=1_000_000, tokens_out=100_000, cached=500_000, written=200_000)
    assert price.cost(usage) == pytest.approx(0.3 * 3 + 0.5 * 0.3 + 0.2 * 3.75 + 0.1 * 15)
    assert price.batched().cost(usage) == pytest.approx(price.cost(usage) / 2)
    assert price.worst(usage.tokens_in, usage.tokens_out) >= price.cost(usage)


def test_a_cost_limit_needs_a_price() -> None:
    """An unknown price is an error, never zero."""
    with pytest.raises(ConfigError, match="--max-cost needs the price of 'x'"):
        terms(RemoteOptions(max_cost=1.0), provider="openai", model="x", url="https://h.example/v1")
    agreed = terms(RemoteOptions(), provider="openai", model="x", url="https://h.example/v1")
    assert agreed.price is None


def test_a_server_of_ones_own_is_free_and_not_cached() -> None:
    """What it serves may change under its name."""
    local = terms(RemoteOptions(), provider="", model="m", url="http://localhost:8000/v1")
    paid = terms(RemoteOptions(), provider="", model="m", url="https://api.example.com/v1")
    forced = terms(RemoteOptions(cache="on"), provider="", model="m", url="http://localhost/v1")
    assert local.price is not None
    assert (local.price.output, local.cache) == (0.0, None)
    assert paid.cache is not None
    assert forced.cache is not None


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8000/v1", True),
        ("http://127.0.0.1/v1", True),
        ("http://[::1]:80", True),
        ("http://10.1.2.3:8080", True),
        ("http://gpu-box:8000/v1", True),
        ("http://gpu.cluster.internal/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://8.8.8.8/v1", False),
    ],
)
def test_whose_server_it_is(url: str, local: bool) -> None:
    """Loopback, private addresses and names without a domain are one's own."""
    assert address.is_local(url) is local


def test_a_key_in_a_url_is_not_shown() -> None:
    """Neither a password nor a query reaches a run folder."""
    assert address.shown("https://user:secret@h.example/v1?key=abc") == "https://h.example/v1"
    with pytest.raises(ConfigError, match="is no URL such as"):
        address.checked("localhost:8000")


def test_a_missing_key_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of one's own needs none."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert address.key_from("OPENAI_API_KEY", "http://localhost/v1") == "none"
    with pytest.raises(BackendError, match=r"OPENAI_API_KEY is not set\. https://api"):
        address.key_from("OPENAI_API_KEY", "https://api.openai.com/v1")


def test_the_pause_a_server_asks_for() -> None:
    """In milliseconds, in seconds, or until a date; nonsense is no pause of its own."""
    assert retry_after({"retry-after-ms": "250", "retry-after": "9"}) == 0.25
    assert retry_after({"retry-after": "1.5"}) == 1.5
    assert retry_after({"retry-after": formatdate(1000.0, usegmt=True)}, now=990.0) == 10.0
    assert retry_after({"retry-after": formatdate(1000.0, usegmt=True)}, now=2000.0) == 0.0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None


@given(st.text("ab\n"), st.lists(st.text("ab\n", min_size=1, max_size=3), max_size=6))
def test_a_text_is_cut_before_the_earliest_stop(text: str, stops: list[str]) -> None:
    """What is left holds no stop sequence, and it is the text's beginning."""
    left, found = cut(text, stops)
    assert text.startswith(left)
    assert not any(stop in left for stop in stops)
    assert found is any(stop in text for stop in stops)
    assert found or left == text


@given(st.text("ab\n"), st.lists(st.text("ab\n", min_size=1, max_size=3), max_size=6))
def test_the_stops_that_are_sent_suffice(text: str, stops: list[str]) -> None:
    """With room for all, what is not sent ends no text earlier than what is."""
    sent = sendable(stops, len(stops))
    assert cut(text, sent)[1] is cut(text, stops)[1]
    assert len(sendable(stops, 2)) <= 2


@given(st.integers(0, 10_000), st.lists(st.integers(0, 500), min_size=1, max_size=20))
def test_shares_are_whole_and_sum_to_the_whole(total: int, weights: list[int]) -> None:
    """Tokens that a server counts together are shared out without loss."""
    found = shares(total, weights)
    assert sum(found) == total
    assert len(found) == len(weights)
    assert min(found) >= 0


@given(st.lists(st.floats(0.01, 3.0), max_size=30), st.floats(0.0, 10.0))
def test_a_budget_holds_while_calls_are_under_way(worsts: list[float], limit: float) -> None:
    """What is spent and what is reserved never exceed the limit together."""
    budget = Budget(dollars=limit)
    taken = [worst for worst in worsts if budget.reserve(Spend(worst, 1))]
    assert sum(taken) <= limit + 1e-9
    for worst in taken:
        budget.settle(Spend(worst, 1), Spend(worst / 2, 1))
    assert budget.spent.dollars == pytest.approx(sum(taken) / 2)


def test_the_cache_tells_questions_apart(tmp_path: Path) -> None:
    """Protocol, server, model, body, seed and sample all name an answer."""
    (one, two), call = chats(1, 2), Call(tuple(chats(1)), {"prompt": "x", "max_tokens": 5})
    base = content_key("openai", "http://a", "m", call, one)
    other_body = Call(call.requests, {**call.body, "max_tokens": 6})
    names = {
        base,
        content_key("anthropic", "http://a", "m", call, one),
        content_key("openai", "http://b", "m", call, one),
        content_key("openai", "http://a", "n", call, one),
        content_key("openai", "http://a", "m", other_body, one),
        content_key("openai", "http://a", "m", call, two),
        content_key("openai", "http://a", "m", call, chats(1, 2, seed=1)[0]),
    }
    assert len(names) == 7
    assert content_key("openai", "http://a", "m", call, one) == base


def test_a_cached_answer_is_whole_or_not_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A lone surrogate survives; a damaged or altered file is a miss, with a warning."""
    cache, request = Cache(tmp_path), chats(1)[0]
    stored = Completion(request.key, "x \ud800 y", Finish.LENGTH, 3, 4, 0.5, 0.01)
    assert cache.get("ab12", request) is None
    cache.put("ab12", stored)
    assert cache.get("ab12", request) == stored
    (file,) = tmp_path.rglob("*.json")
    row = json.loads(file.read_text())
    row["answer"]["text"] = "something else"
    for damage in (json.dumps(row), file.read_text()[:20], "", "[]", '{"answer": 1}'):
        file.write_text(damage)
        assert cache.get("ab12", request) is None
    assert "A damaged answer" in caplog.text


def test_a_seed_for_each_sample() -> None:
    """31 bits, decided by the run's seed, the problem and the sample."""
    seeds = [sample_seed(each) for each in (*chats(3, 3), *chats(1, 2, seed=1))]
    assert len(set(seeds)) == 11
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert sample_seed(chats(1, 2)[1]) == sample_seed(chats(1, 9)[1])


def test_an_option_that_a_backend_does_not_take_is_refused() -> None:
    """It would have no effect, which nobody who gives it expects."""
    with pytest.raises(ConfigError, match="The backend replay takes no --base-url"):
        plugins.backend("replay", completions=(), base_url=("http://x/v1",))


def test_only_what_differs_from_the_default_is_passed_on() -> None:
    """So a backend need not know the settings of the others."""
    config = RunConfig(model="m", concurrency=4, base_url=("http://x/v1",))
    assert config.model_options() == {
        "model": "m",
        "concurrency": 4,
        "base_url": ("http://x/v1",),
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"model": ""}, "No model is named"),
        ({"model": "m", "base_url": ("localhost:1",)}, "is no URL"),
        ({"model": "m", "base_url": ("http://a/v1", "http://b/v1")}, "takes one --base-url, not 2"),
    ],
)
@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_what_cannot_be_opened(name: str, options: dict[str, object], sentence: str) -> None:
    """A sentence before anything is asked."""
    pytest.importorskip(name, reason=f"the {name} extra is not installed")
    with pytest.raises(ConfigError) as caught:
        plugins.backend(name, **options)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_a_missing_package_is_a_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the extra that brings it."""
    import sys  # noqa: PLC0415

    for module in list(sys.modules):
        if module.partition(".")[0] == name or module.startswith(f"ucb.backends.{name}_"):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]
    with pytest.raises(BackendError, match=rf"pip install 'ucb\[{name}\]'"):
        plugins.backend(name, model="m")
