"""Anthropic's Message Batches: https://docs.anthropic.com/en/docs/build-with-claude/batch-processing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import anthropic

from ucb.backends.anthropic_backend import KEY, VERSION, AnthropicEndpoint
from ucb.backends.remote.address import key_from
from ucb.backends.remote.batches import State
from ucb.backends.remote.faults import Fault, Overflow
from ucb.backends.remote.sdk import Filtered, Site, faults, refusal_of
from ucb.backends.remote.wire import Answer, Call, Reply, Usage
from ucb.errors import BackendError
from ucb.types import Finish

_RETRIES = 5
"""Of the SDK, where asking again can do no harm: a job's state and its results."""


class AnthropicBatches:
    """Sends calls as one list of requests and reads a stream of results."""

    most = 100_000

    def __init__(self, endpoint: AnthropicEndpoint, url: str) -> None:
        self._endpoint = endpoint
        self._url = url
        self._site = Site(endpoint.url, endpoint.model, "", KEY)

    def submit(self, calls: Mapping[str, Call]) -> str:
        """Start a job of these calls."""
        requests: Any = [
            {"custom_id": key, "params": self._endpoint.payload(call)}
            for key, call in calls.items()
        ]
        with self._client(retries=0) as client:
            return client.messages.batches.create(requests=requests).id

    def state(self, job: str) -> State:
        """Look at a job."""
        with self._client() as client:
            batch = client.messages.batches.retrieve(job)
        counts = batch.request_counts
        done = counts.succeeded + counts.errored + counts.canceled + counts.expired
        return State(batch.processing_status == "ended", done, done + counts.processing)

    def results(self, job: str, calls: Mapping[str, Call]) -> Iterator[tuple[str, Reply | str]]:
        """Yield the results of the calls, as the job's file holds them."""
        with self._client() as client:
            for row in client.messages.batches.results(job):
                if call := calls.get(row.custom_id):
                    yield row.custom_id, self._read(row.result, call)

    @contextmanager
    def _client(self, retries: int = _RETRIES) -> Iterator[anthropic.Anthropic]:
        key = key_from(KEY, self._url)
        self._site = replace(self._site, key=key)
        try:
            with (
                faults(anthropic, self._site),
                anthropic.Anthropic(
                    api_key=key,
                    base_url=self._url,
                    max_retries=retries,
                    default_headers=VERSION,
                ) as client,
            ):
                yield client
        except Fault as fault:
            raise BackendError(
                f"The batch jobs at {self._endpoint.url} cannot be used ({fault}). A job that was "
                "started goes on: the same command fetches it."
            ) from None

    def _read(self, result: Any, call: Call) -> Reply | str:
        try:
            if result.type == "succeeded":
                return self._endpoint.reply(call, result.message)
            if result.type == "errored":
                raise refusal_of(400, result.error.to_dict(), self._site)
        except Filtered:
            return Reply([Answer("", Finish.REFUSED, 0)], Usage(0, 0))
        except Overflow:
            return Reply([Answer("", Finish.LENGTH, 0)], Usage(0, 0))
        except (Fault, BackendError) as fault:
            return str(fault)
        return f"the batch job left it {result.type}"
