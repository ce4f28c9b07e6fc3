"""OpenAI's Batch API: https://platform.openai.com/docs/guides/batch."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import openai
from openai.types import Completion as TextCompletion
from openai.types.chat import ChatCompletion

from ucb.backends.openai_backend import KEY, OpenAIEndpoint
from ucb.backends.remote.address import key_from
from ucb.backends.remote.batches import State
from ucb.backends.remote.faults import Fault, Overflow
from ucb.backends.remote.sdk import Filtered, Site, faults, refusal_of
from ucb.backends.remote.wire import Answer, Call, Reply, Usage
from ucb.errors import BackendError
from ucb.types import Finish

_RETRIES = 5
"""Of the SDK, where asking again can do no harm: a job's state and its results."""
_OVER = ("completed", "expired", "cancelled")


class OpenAIBatches:
    """Sends calls as the lines of a file and reads a file of replies."""

    most = 50_000

    def __init__(self, endpoint: OpenAIEndpoint, url: str) -> None:
        self._endpoint = endpoint
        self._url = url
        self._site = Site(endpoint.url, endpoint.model, "", KEY)

    def submit(self, calls: Mapping[str, Call]) -> str:
        """Upload the calls and start a job."""
        first = next(iter(calls.values()))
        path = "/v1/chat/completions" if "messages" in first.body else "/v1/completions"
        lines = (
            json.dumps({"custom_id": key, "method": "POST", "url": path, "body": self._sent(call)})
            for key, call in calls.items()
        )
        file = io.BytesIO("\n".join(lines).encode())
        with self._client(retries=0) as client:
            uploaded = client.files.create(file=("requests.jsonl", file), purpose="batch")
            job = client.batches.create(
                input_file_id=uploaded.id,
                endpoint=path,  # type: ignore[arg-type]  # One of the two above.
                completion_window="24h",
            )
        return job.id

    def state(self, job: str) -> State:
        """Look at a job."""
        with self._client() as client:
            batch = client.batches.retrieve(job)
        if batch.status == "failed":
            found = batch.errors.data if batch.errors else None
            return State(True, failure=str(found[0].message) if found else "no reason is given")
        counts = batch.request_counts
        done = counts.completed + counts.failed if counts else 0
        return State(batch.status in _OVER, done, counts.total if counts else 0)

    def results(self, job: str, calls: Mapping[str, Call]) -> Iterator[tuple[str, Reply | str]]:
        """Yield the lines of the job's two files, of replies and of errors."""
        with self._client() as client:
            batch = client.batches.retrieve(job)
            for file in filter(None, (batch.output_file_id, batch.error_file_id)):
                for line in client.files.content(file).text.splitlines():
                    row = json.loads(line)
                    if call := calls.get(row["custom_id"]):
                        yield row["custom_id"], self._read(row, call)

    @contextmanager
    def _client(self, retries: int = _RETRIES) -> Iterator[openai.OpenAI]:
        key = key_from(KEY, self._url)
        self._site = replace(self._site, key=key)
        try:
            with (
                faults(openai, self._site),
                openai.OpenAI(api_key=key, base_url=self._url, max_retries=retries) as client,
            ):
                yield client
        except Fault as fault:
            raise BackendError(
                f"The batch jobs at {self._endpoint.url} cannot be used ({fault}). A job that was "
                "started goes on: the same command fetches it."
            ) from None

    def _sent(self, call: Call) -> dict[str, Any]:
        sent = self._endpoint.payload(call)
        return {**sent, **sent.pop("extra_body", {})}

    def _read(self, row: Mapping[str, Any], call: Call) -> Reply | str:
        response = row.get("response") or {}
        body = response.get("body") or {}
        status = response.get("status_code") or 400
        try:
            if row.get("error") or status >= 300:
                error = {"error": row["error"]} if row.get("error") else body
                raise refusal_of(status, error, self._site)
            kind = ChatCompletion if "messages" in call.body else TextCompletion
            return self._endpoint.reply(call, kind.construct(**body))
        except Filtered:
            return Reply([Answer("", Finish.REFUSED, 0)], Usage(0, 0))
        except Overflow:
            return Reply([Answer("", Finish.LENGTH, 0)], Usage(0, 0))
        except (Fault, BackendError) as fault:
            return str(fault)
