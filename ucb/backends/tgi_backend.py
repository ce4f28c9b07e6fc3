"""Models behind Text Generation Inference."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import httpx2

from ucb.backends.remote.address import redacted, shown
from ucb.backends.remote.faults import Passing, Unreachable
from ucb.backends.remote.sdk import damaged
from ucb.backends.remote.wire import Call, Reply
from ucb.backends.tgi_sites import Server, Servers
from ucb.backends.tgi_wire import KEY, Asking, read_stream, read_whole, refused
from ucb.errors import BackendError
from ucb.types import Request, Style

_CONNECT = 10.0
"""Seconds to wait for a connection."""
_STOPS = 4
"""Stop sequences that a server takes which does not say: the router's default."""
_NO_CONNECTION = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol)


class TGIEndpoint:
    """
    One model on one or several servers.

    Spoken to with httpx rather than huggingface_hub's `InferenceClient`, which
    leaves out, with a warning, what a server refuses, so that a run would go on
    without its seed; keeps each stream's connection until the client is closed;
    and drops the `retry-after` of a refusal. What is left of it is the URL and
    two JSON objects.

    Each server is asked for `/info` before its first answer, and after a
    failure: its limits are kept, and all servers must serve the same model. The
    key, if the servers want one, is read from `TGI_API_KEY`.
    """

    kind = "tgi"
    styles = frozenset(Style)
    preferred = Style.CHAT

    def __init__(
        self, model: str, urls: Sequence[str], asking: Asking, timeout: float, connections: int
    ) -> None:
        self.model = model
        """As asked for; what is served is in `describe`."""
        self.url = ", ".join(shown(url) for url in urls)
        self._urls = urls
        self._asking = asking
        self._timeout = timeout
        self._connections = connections
        self._key = ""
        self._client: httpx2.AsyncClient | None = None
        self._servers: Servers | None = None
        self._served: dict[str, Any] = {}

    def calls(self, requests: Iterable[Request]) -> Iterator[Call]:
        """Make a call of each request: TGI draws one sample at a time, and shares the prefix."""
        for request in requests:
            yield Call((request,), self._asking.body(request))

    async def start(self) -> None:
        """Open the client, whose pool holds a connection for every call under way."""
        self._key = os.environ.get(KEY, "").strip()
        headers = {"authorization": f"Bearer {self._key}"} if self._key else {}
        limits = httpx2.Limits(
            max_connections=self._connections, max_keepalive_connections=self._connections
        )
        timeout = httpx2.Timeout(self._timeout, connect=_CONNECT)
        self._client = httpx2.AsyncClient(headers=headers, limits=limits, timeout=timeout)
        self._servers = Servers(self._urls)

    async def stop(self) -> None:
        """Close the client and its connections."""
        if self._client is not None:
            await self._client.aclose()

    async def ask(self, call: Call) -> Reply:
        """Make one attempt, at whichever server has the least to do."""
        if self._servers is None:
            raise RuntimeError("ask before start")
        async with self._servers.one() as server:
            try:
                if not server.info:
                    server.info = await self._info(server)
                    await self._servers.learned()
                reply = await self._answer(server, call)
            except httpx2.SSEError as error:
                raise damaged(f"the stream is no stream ({error})") from None
            except httpx2.TimeoutException as error:
                raise self._late(server, error) from None
            except httpx2.HTTPError as error:
                raise self._broken(server, error) from None
            server.answered()
            return reply

    def describe(self) -> Mapping[str, Any]:
        """Return the servers and, once one was asked, what it serves and its limits."""
        about = {
            "backend": "tgi",
            "model": self.model,
            "base_url": self.url,
            "best_of": self._asking.best_of,
            "truncate": self._asking.truncate,
            "httpx": httpx2.__version__,
            **self._served,
        }
        return {name: value for name, value in about.items() if value}

    async def _answer(self, server: Server, call: Call) -> Reply:
        stops = int(server.info.get("max_stop_sequences", _STOPS))
        path, body = self._asking.sent(call, self.model or "tgi", stops)
        prompt = call.requests[0].prompt
        async with self._http.stream("POST", f"{server.url}{path}", json=body) as response:
            if response.status_code != httpx2.codes.OK:
                await response.aread()
                raise refused(server.url, self._key, response)(_json(response))
            if self._asking.stream:
                events = aiter(httpx2.EventSource(response))
                return await read_stream(events, prompt, refused(server.url, self._key))
            await response.aread()
            return read_whole(_json(response), response.headers, prompt)

    async def _info(self, server: Server) -> Mapping[str, Any]:
        response = await self._http.get(f"{server.url}/info")
        found = _json(response)
        if response.status_code != httpx2.codes.OK:
            raise refused(server.url, self._key, response)(found)
        if not isinstance(found, dict) or not found.get("model_id"):
            raise BackendError(f"{shown(server.url)} is no TGI server. Check --base-url.")
        self._check(server, found)
        return found

    def _check(self, server: Server, info: Mapping[str, Any]) -> None:
        """Hold what a server serves against what was asked for and what the others serve."""
        name, commit = str(info["model_id"]), info.get("model_sha")
        if self.model not in ("", name):
            raise BackendError(f"{shown(server.url)} serves {name}, not {self.model}.")
        most = info.get("max_best_of")
        if self._asking.best_of and most and self._asking.best_of > most:
            raise BackendError(
                f"{shown(server.url)} draws at most {most} answers to choose from: lower --best-of."
            )
        if self._served and self._served["revision"] != commit:
            raise BackendError(
                f"The servers serve different models: {shown(server.url)} has {name} at {commit}, "
                f"another {self._served['model']} at {self._served['revision']}."
            )
        limits = ("max_input_tokens", "max_total_tokens", "max_stop_sequences", "max_best_of")
        self._served = {
            "model": name,
            "revision": commit,
            "version": info.get("version"),
            "dtype": info.get("model_dtype"),
            "limits": {each: info[each] for each in limits if each in info},
        }

    @property
    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            raise RuntimeError("ask before start")
        return self._client

    def _late(self, server: Server, error: httpx2.TimeoutException) -> Passing:
        if isinstance(error, httpx2.ConnectTimeout):
            return self._broken(server, error)
        return Passing("no answer came in time (--request-timeout)", billed=True)

    def _broken(self, server: Server, error: httpx2.HTTPError) -> Passing:
        """Pass the server over, and tell a server that is gone from an answer that is."""
        server.failed()
        words = redacted(str(error), self._key) or type(error).__name__
        if not isinstance(error, _NO_CONNECTION):
            return Passing(f"the connection broke off ({words})", billed=True)
        if self._servers is not None and self._servers.others_work(server):
            return Passing(f"{shown(server.url)} cannot be reached ({words})")
        return Unreachable(words)


def _json(response: httpx2.Response) -> Any:
    """Return a body; its text where it is no JSON and the status says that it is an error."""
    try:
        return response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        if response.is_success:
            raise damaged("it is not JSON") from None
        return {"error": response.text}
