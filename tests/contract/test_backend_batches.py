"""Batch jobs of both providers: sent once, waited for, fetched once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.api_stub import failure
from tests.servers.batch_stub import BatchStub
from tests.unit.remote_fakes import chats, keys, opened
from ucb.backends.remote.backend import RemoteBackend
from ucb.errors import BackendError, BudgetReached
from ucb.types import Completion, Finish

pytest.importorskip("openai", reason="the openai extra is not installed: pip install 'ucb[openai]'")
pytest.importorskip(
    "anthropic", reason="the anthropic extra is not installed: pip install 'ucb[anthropic]'"
)


@pytest.fixture
def stub() -> Iterator[BatchStub]:
    """A server with batch jobs."""
    with BatchStub() as stub:
        yield stub


@pytest.fixture(params=["openai", "anthropic"])
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Each backend that has batch jobs."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    return str(request.param)


def batching(name: str, stub: BatchStub, **options: Any) -> RemoteBackend:
    """A backend that sends batch jobs and looks at them without pause."""
    url = stub.root + ("/v1" if name == "openai" else "")
    backend = opened(name, base_url=(url,), batch_api=True, **options)
    backend._poll = 0.0
    return backend


def test_a_run_is_one_job(name: str, stub: BatchStub) -> None:
    """Everything is sent at once, and each request is answered once."""
    requests = chats(5, 2)
    stub.ready = 2
    completions = list(batching(name, stub).generate(requests))
    assert keys(completions) == sorted(each.key for each in requests)
    assert [len(lines) for lines in stub.jobs.values()] == [10]
    assert {(e.text, e.tokens_in, e.tokens_out) for e in completions} == {(stub.text, 7, 3)}
    names = [line["custom_id"] for line in stub.jobs["job-0"]]
    assert len(set(names)) == 10
    assert all(len(name) <= 64 for name in names)


def test_an_interrupted_run_fetches_the_same_job(name: str, stub: BatchStub) -> None:
    """Whenever it was interrupted, what was sent is not sent again."""
    requests = chats(6)
    answers = batching(name, stub).generate(requests)
    first = [next(answers), next(answers)]
    answers.close()  # type: ignore[attr-defined]
    left = [each for each in requests if each.key not in {e.key for e in first}]
    rest = list(batching(name, stub).generate(left))
    assert keys(first + rest) == sorted(each.key for each in requests)
    assert len(stub.jobs) == 1
    grown = list(batching(name, stub).generate(chats(8)))
    assert len(grown) == 8


def test_only_what_is_new_is_sent(name: str, stub: BatchStub) -> None:
    """A job that is under way answers its part of a larger run."""
    stub.ready = 1
    answers = batching(name, stub).generate(chats(3))
    stub.looks = 1
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert len(list(batching(name, stub).generate(chats(5)))) == 5
    assert [len(lines) for lines in stub.jobs.values()] == [3, 2]


def test_what_a_job_leaves_out_is_undone(
    name: str, stub: BatchStub, caplog: pytest.LogCaptureFixture
) -> None:
    """A request without a result has no row, and the next run sends it again."""
    stub.left_out = {"question 1"}
    backend = batching(name, stub)
    assert len(list(backend.generate(chats(3)))) == 2
    assert "p/1, sample 0 is left undone: batch job job-0 ended without it" in caplog.text
    assert backend.statistics()["undone"] == 1
    stub.left_out = set()
    assert len(list(batching(name, stub).generate(chats(3)[1:2]))) == 1


def test_errors_of_single_requests(name: str, stub: BatchStub) -> None:
    """An overflow is a cut-off answer; what the server refuses is left undone."""
    fault = {b"question 1": failure(400, "prompt is too long"), b"question 2": failure(400, "no")}
    stub.faults = lambda _, seen: next((f for key, f in fault.items() if key in seen.raw), None)
    completions = {e.key.problem: e for e in batching(name, stub).generate(chats(4))}
    assert sorted(completions) == ["p/0", "p/1", "p/3"]
    assert completions["p/1"].finish is Finish.LENGTH


def test_a_batch_is_cheaper_and_within_the_budget(name: str, stub: BatchStub) -> None:
    """No job is sent that could cost more than the limit."""
    done: list[Completion] = []
    backend = batching(name, stub, max_tokens_total=1200)
    with pytest.raises(BudgetReached, match="--max-tokens-total"):
        done.extend(backend.generate(chats(50)))
    assert 0 < len(stub.jobs["job-0"]) < 50


def test_a_failed_job_is_a_sentence(
    stub: BatchStub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """OpenAI fails a job as a whole; the same command starts a new one."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path))
    stub.status = "failed"
    with pytest.raises(BackendError, match=r"Batch job job-0 failed: the file is empty\."):
        list(batching("openai", stub).generate(chats(2)))
    stub.status = "completed"
    assert len(list(batching("openai", stub).generate(chats(2)))) == 2
