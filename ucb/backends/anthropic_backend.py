"""Anthropic's Messages API."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import anthropic
import httpx2

from ucb.backends.remote.address import key_from, shown
from ucb.backends.remote.options import TIMEOUT
from ucb.backends.remote.sdk import Filtered, Site, Unsupported, damaged, faults, reading
from ucb.backends.remote.text import cut
from ucb.backends.remote.wire import Answer, Call, Reply, Usage
from ucb.types import Finish, Request, Style

log = logging.getLogger("ucb")

KEY = "ANTHROPIC_API_KEY"
VERSION = {"anthropic-version": "2023-06-01"}
"""The last version of the API that takes a temperature, which benchmarks prescribe. Models
that take none say so, and are then asked without."""
_FINISH = {
    "end_turn": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "max_tokens": Finish.LENGTH,
    "model_context_window_exceeded": Finish.LENGTH,
    "refusal": Finish.REFUSED,
}
_CACHED = {"cache_control": {"type": "ephemeral"}}


class AnthropicEndpoint:
    """
    One model behind the Messages API.

    The API takes neither a seed nor a number of samples, so sampled completions
    cannot be drawn again. Where a prompt is sampled several times, its prefix
    is marked for the provider's prompt cache. The key is read from
    `ANTHROPIC_API_KEY` when the first request is made.
    """

    kind = "anthropic"
    styles = frozenset({Style.CHAT})
    preferred = Style.CHAT

    def __init__(
        self,
        model: str,
        url: str,
        *,
        connections: int,
        timeout: float | None = None,
        stream: bool = False,
    ) -> None:
        self.model = model
        self.url = shown(url)
        self._base_url = url
        self._connections = connections
        self._timeout = timeout or TIMEOUT
        self._stream = stream
        self._client: anthropic.AsyncAnthropic | None = None
        self._site = Site(self.url, model, "", KEY)
        self._dropped: dict[str, None] = {}
        self._served: dict[str, None] = {}

    def calls(self, requests: Iterable[Request]) -> Iterator[Call]:
        """Ask for each sample by itself."""
        for request in requests:
            yield Call((request,), body(request))

    async def start(self) -> None:
        """Open the client, whose pool holds a connection for every call under way."""
        key = key_from(KEY, self._base_url)
        self._site = Site(self.url, self.model, key, KEY)
        limits = httpx2.Limits(
            max_connections=self._connections, max_keepalive_connections=self._connections
        )
        timeout = httpx2.Timeout(self._timeout, connect=10.0)
        self._client = anthropic.AsyncAnthropic(
            api_key=key,
            base_url=self._base_url,
            max_retries=0,  # See `ucb.backends.remote.sdk`.
            timeout=timeout,
            default_headers=VERSION,
            http_client=anthropic.DefaultAsyncHttpxClient(limits=limits, timeout=timeout),
        )

    async def stop(self) -> None:
        """Close the client and its connections."""
        if self._client is not None:
            await self._client.close()

    async def ask(self, call: Call) -> Reply:
        """Make one attempt, more only to do without a parameter that the model refuses."""
        while True:
            known = len(self._dropped)
            try:
                return await self._attempt(call)
            except Unsupported as fault:
                # Another call may have learnt of it in the meantime.
                if known == len(self._dropped) and not self._narrow(fault.name):
                    raise
            except Filtered:
                return Reply([Answer("", Finish.REFUSED, 0)], Usage(0, 0))

    def describe(self) -> Mapping[str, Any]:
        """Return the server, the model and what the server called it."""
        about = {
            "backend": "anthropic",
            "model": self.model,
            "base_url": self.url,
            "api_version": VERSION["anthropic-version"],
            "served": sorted(self._served),
            "dropped_parameters": sorted(self._dropped),
            "anthropic": anthropic.__version__,
        }
        return {name: value for name, value in about.items() if value != []}

    def payload(self, call: Call) -> dict[str, Any]:
        """Return a request's parameters, without those that the model does not take."""
        sent = {**call.body, "model": self.model, "max_tokens": call.max_tokens}
        prefill = sent.pop("prefill")
        if prefill and "prefill" not in self._dropped:
            # The API refuses a turn that ends in whitespace; the answer begins with it then.
            turn = {"role": "assistant", "content": prefill.rstrip()}
            sent["messages"] = [*sent["messages"], turn]
        # The API refuses stop sequences of nothing but whitespace; `reply` knows them all.
        sent["stop_sequences"] = [stop for stop in sent["stop_sequences"] if stop.strip()]
        if call.requests[0].sampling.samples > 1:
            sent["messages"] = [_marked(sent["messages"][0]), *sent["messages"][1:]]
        if sent["top_p"] == 1.0:  # Newer models take one of the two.
            del sent["top_p"]
        return {
            name: value
            for name, value in sent.items()
            if name not in self._dropped and value not in ("", [])
        }

    def reply(self, call: Call, message: Any) -> Reply:
        """Read what the server sent; raise `Passing` if it is not of the protocol's shape."""
        blocks = getattr(message, "content", None)
        usage: Any = getattr(message, "usage", None)
        if not isinstance(blocks, list) or not isinstance(
            getattr(usage, "output_tokens", None), int
        ):
            raise damaged("it holds no message")
        prompt = call.requests[0].prompt
        text = "".join(block.text for block in blocks if block.type == "text")
        if prompt.prefill:
            text = text.removeprefix(prompt.prefill)
            text = text.removeprefix(prompt.prefill[len(prompt.prefill.rstrip()) :])
        text, stopped = cut(text, prompt.stop)
        finish = _FINISH.get(message.stop_reason or "", Finish.STOP)
        finish = Finish.STOP if stopped and finish is Finish.LENGTH else finish
        self._served.setdefault(str(message.model))
        return Reply([Answer(text, finish, usage.output_tokens)], _usage(usage))

    async def _attempt(self, call: Call) -> Reply:
        if self._client is None:
            raise RuntimeError("ask before start")
        sent = split(self.payload(call))
        with faults(anthropic, self._site):
            if not self._stream:
                # A timeout of its own lets the SDK wait for long answers without a stream.
                message = await self._client.messages.create(**sent, timeout=self._timeout)
                with reading():
                    return self.reply(call, message)
            async with self._client.messages.stream(**sent) as stream:
                with reading():
                    message = await stream.get_final_message()
            if message.stop_reason is None:
                raise damaged("the stream ended before the answer did")
            return self.reply(call, message)

    def _narrow(self, name: str) -> bool:
        name = {"messages": "prefill"}.get(name, "prefill" if "prefill" in name.lower() else name)
        if name not in ("temperature", "top_p", "stop_sequences", "prefill"):
            return False
        if name in self._dropped:
            return False
        log.warning("%s takes no %s; going on without it", self.model, name)
        self._dropped.setdefault(name)
        return True


def body(request: Request) -> dict[str, Any]:
    """Return what a request asks, before it takes a model's shape."""
    prompt, sampling = request.prompt, request.sampling
    return {
        "system": prompt.system,
        "messages": [{"role": "user", "content": prompt.text}],
        "prefill": prompt.prefill,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop_sequences": list(prompt.stop),
        "max_tokens": sampling.max_tokens,
    }


def split(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Put what the SDK no longer has a parameter for into the body as it is."""
    named = {name: value for name, value in sent.items() if name not in ("temperature", "top_p")}
    extra = {name: value for name, value in sent.items() if name in ("temperature", "top_p")}
    return {**named, "extra_body": extra}


def _marked(message: dict[str, str]) -> dict[str, Any]:
    return {**message, "content": [{"type": "text", "text": message["content"], **_CACHED}]}


def _usage(usage: Any) -> Usage:
    cached = getattr(usage, "cache_read_input_tokens", None) or 0
    written = getattr(usage, "cache_creation_input_tokens", None) or 0
    # The API counts what is behind the cached prefix; here `tokens_in` is the whole prompt.
    return Usage(
        (usage.input_tokens or 0) + cached + written, usage.output_tokens or 0, cached, written
    )
