"""
Text Generation Inference's protocol: what is sent, what comes back, and what its errors mean.

Source: the OpenAPI description of TGI's router, 3.3. Completions go to
`/generate` or `/generate_stream`. Chats go to `/v1/chat/completions`, where the
server writes the prompt with the model's own template: a prompt that it
wrote would get a second beginning-of-text token on the way through `/generate`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from ucb.backends.remote.address import redacted, shown
from ucb.backends.remote.faults import Busy, Fault, Overflow, Passing, Unanswerable
from ucb.backends.remote.options import sample_seed
from ucb.backends.remote.sdk import damaged, retry_after
from ucb.backends.remote.text import cut, sendable
from ucb.backends.remote.wire import Answer, Call, Reply, Usage
from ucb.errors import BackendError, ConfigError
from ucb.types import Finish, Prompt, Request, Style

KEY = "TGI_API_KEY"
CHAT, GENERATE, STREAM = "/v1/chat/completions", "/generate", "/generate_stream"

_WORDS = 300
"""Characters kept of what a server says."""
_ROOM = re.compile(r"must be <= (?P<window>\d+)\. Given: (?P<prompt>\d+) `inputs` tokens")
_TOO_LONG = re.compile(r"`inputs` must have less than|`inputs` tokens \+ `max_new_tokens`")


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are asked, whatever the question."""

    stream: bool = False
    best_of: int | None = None
    truncate: int | None = None

    def body(self, request: Request) -> dict[str, Any]:
        """
        Return what a request asks, without its seed and its stop sequences' limit.

        Raises `ConfigError` for what TGI cannot do: `best_of` of a greedy
        answer or a chat, or a truncated chat.
        """
        prompt, sampling = request.prompt, request.sampling
        if self.best_of is not None and self.best_of > 1 and sampling.temperature == 0:
            raise ConfigError("--best-of needs samples to choose from: set --temperature.")
        most = {"max_tokens": sampling.max_tokens}
        drawn: dict[str, Any] = {"temperature": sampling.temperature}
        if sampling.top_p < 1:  # TGI refuses 1, which would mean the same as nothing.
            drawn["top_p"] = sampling.top_p
        if prompt.style is Style.CHAT:
            if self.best_of or self.truncate:
                raise ConfigError("TGI has no --best-of and no --truncate for chats.")
            return {"messages": _messages(prompt), "stop": list(prompt.stop), **most, **drawn}
        asked = {"stop": list(prompt.stop), "best_of": self.best_of, "truncate": self.truncate}
        given = {name: value for name, value in asked.items() if value is not None}
        # Greedy decoding is said by `do_sample`: TGI refuses a temperature of 0.
        return {"inputs": prompt.text, **most, **given, **(drawn if sampling.temperature else {})}

    def sent(self, call: Call, model: str, stops: int) -> tuple[str, dict[str, Any]]:
        """Return the path and the JSON of one attempt; the server takes `stops` stop sequences."""
        request = call.requests[0]
        body = {**call.body, "stop": sendable(request.prompt.stop, stops)}
        sampled = request.sampling.temperature > 0
        seed = {"seed": sample_seed(request)} if sampled else {}
        if request.prompt.style is Style.CHAT:
            asked = {**body, "model": model, "max_tokens": call.max_tokens, **seed}
            if self.stream:
                asked |= {"stream": True, "stream_options": {"include_usage": True}}
            return CHAT, asked
        if self.best_of is not None and self.best_of > 1:
            seed = {}  # TGI refuses it: the draws to choose from would be one.
        del body["max_tokens"]
        text = body.pop("inputs")
        parameters = {
            **body, **seed, "max_new_tokens": call.max_tokens, "do_sample": sampled,
            "details": True, "return_full_text": False,
        }  # fmt: skip
        return STREAM if self.stream else GENERATE, {"inputs": text, "parameters": parameters}


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    # TGI goes on with a last message that is the assistant's.
    begun = [{"role": "assistant", "content": prompt.prefill}] if prompt.prefill else []
    return [*system, {"role": "user", "content": prompt.text}, *begun]


def read_whole(received: Any, headers: Mapping[str, str], prompt: Prompt) -> Reply:
    """Read the reply of `/generate` or of a chat; raise `Passing` if it is of another shape."""
    try:
        if prompt.style is Style.CHAT:
            choice = received["choices"][0]
            return _chat_reply(
                choice["message"]["content"] or "",
                choice["finish_reason"],
                received.get("usage"),
                prompt,
            )
        details = received["details"]
        tokens_in = headers.get("x-prompt-tokens", "")
        return _reply(
            received["generated_text"],
            details["finish_reason"],
            int(tokens_in) if tokens_in.isdigit() else None,
            int(details["generated_tokens"]),
            prompt,
        )
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        raise damaged("it is not TGI's") from None


async def read_stream(
    events: AsyncIterator[httpx2.ServerSentEvent], prompt: Prompt, refused: _Refused
) -> Reply:
    """
    Read a stream until the answer ends, or a stop sequence appears in it.

    Raises the fault of an error that comes in the stream, and `Passing` for a
    stream that ends before its answer or is of another shape.
    """
    gathered = _Gathered(prompt)
    async for event in events:
        if event.data.strip() in ("", "[DONE]"):
            continue
        try:
            piece: Any = event.json()
            if "error" in piece:
                raise refused(piece)
            reply = gathered.add(piece)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            raise damaged("the stream is not TGI's") from None
        if reply is not None:
            return reply
    if (reply := gathered.ended()) is None:
        raise Passing("the stream ended before the answer did", billed=True)
    return reply


class _Gathered:
    """An answer put together from a stream's events."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._text = ""
        self._tokens = 0
        self._finish: str | None = None

    def add(self, piece: Any) -> Reply | None:
        """Take an event; return the reply if it is complete."""
        if self._prompt.style is Style.CHAT:
            return self._add_chat(piece)
        if piece.get("generated_text") is not None:
            details = piece["details"]
            return _reply(
                piece["generated_text"],
                details["finish_reason"],
                details.get("input_length"),
                int(details["generated_tokens"]),
                self._prompt,
            )
        token = piece["token"]
        return self._grown("" if token["special"] else token["text"])

    def ended(self) -> Reply | None:
        """Return a chat's reply at the end of a stream without usage; None if it broke off."""
        if self._finish is None:
            return None
        return _chat_reply(self._text, self._finish, None, self._prompt)

    def _add_chat(self, piece: Any) -> Reply | None:
        if not piece["choices"]:  # The last event, with the usage alone.
            if self._finish is None:
                return None
            return _chat_reply(self._text, self._finish, piece.get("usage"), self._prompt)
        choice = piece["choices"][0]
        self._finish = choice.get("finish_reason") or self._finish
        if self._finish is None:
            return self._grown(choice["delta"].get("content") or "")
        self._text += choice["delta"].get("content") or ""
        if piece.get("usage"):
            return _chat_reply(self._text, self._finish, piece["usage"], self._prompt)
        return None

    def _grown(self, text: str) -> Reply | None:
        """Return the answer once a stop sequence is in it: the rest need not be written."""
        self._text += text
        self._tokens += 1
        text, stopped = cut(self._text, self._prompt.stop)
        return Reply([Answer(text, Finish.STOP, self._tokens)]) if stopped else None


def _chat_reply(text: str, finish: str, usage: Any, prompt: Prompt) -> Reply:
    counts = (usage or {}).get("prompt_tokens"), (usage or {}).get("completion_tokens")
    tokens_in, tokens_out = (count if isinstance(count, int) else None for count in counts)
    return _reply(text, finish, tokens_in, tokens_out, prompt)


def _reply(
    text: str, finish: str, tokens_in: int | None, tokens_out: int | None, prompt: Prompt
) -> Reply:
    # `generated_text` keeps the stop sequence that ended it.
    text, stopped = cut(text, prompt.stop)
    why = Finish.LENGTH if finish == "length" and not stopped else Finish.STOP
    usage = None
    if tokens_in is not None and tokens_out is not None:
        usage = Usage(tokens_in, tokens_out)
    return Reply([Answer(text, why, tokens_out)], usage)


@dataclass(frozen=True, slots=True)
class _Refused:
    """Turns an error's JSON, and its status, into the fault or error to raise."""

    url: str
    key: str
    status: int = 0
    """0 for an error in a stream."""
    headers: Mapping[str, str] | None = None

    def __call__(self, body: Any) -> Exception:
        """Read `{error, error_type}`, or what a chat's errors or a proxy wrap it in."""
        status, kind, words = self.status, "", ""
        if isinstance(body, dict):
            inner = body.get("error", body.get("message", ""))
            kind = str(body.get("error_type") or "")
            if isinstance(inner, dict):
                status = int(inner.get("http_status_code") or status)
                kind, inner = kind or str(inner.get("type") or ""), inner.get("message", "")
            words = str(inner)
        words = " ".join(redacted(words, self.key).split())[:_WORDS].rstrip(".")
        return _fault(self, status, kind, words or f"HTTP {status}")


def refused(url: str, key: str, response: httpx2.Response | None = None) -> _Refused:
    """Return how the errors of a server, or of this response, are read."""
    if response is None:
        return _Refused(url, key)
    return _Refused(url, key, response.status_code, response.headers)


def _fault(said: _Refused, status: int, kind: str, words: str) -> Exception:
    url = shown(said.url)
    if status in (401, 403):
        return BackendError(
            f"{url} refuses the key ({status}: {words}). Set {KEY} to one that may use this server."
        )
    if status == 402:
        return BackendError(f"{url} gives no more credit ({status}: {words}).")
    if status == 404:
        return BackendError(
            f"{url} has no TGI server, or no such model ({status}: {words}). Check --base-url."
        )
    if "template" in kind or "template error" in words.lower():
        return BackendError(f"{url} cannot write a chat ({words}). Use --style complete.")
    if status in (429, 503) or kind == "overloaded":
        return Busy(f"the server is overloaded ({words})", retry_after(said.headers or {}))
    return _of_one_request(status, kind, words)


def _of_one_request(status: int, kind: str, words: str) -> Fault:
    if _TOO_LONG.search(words):
        found = _ROOM.search(words)
        room = int(found["window"]) - int(found["prompt"]) if found else None
        return Overflow(f"the context window is too small ({words})", room)
    if kind == "validation" or status in (400, 413, 422):
        return Unanswerable(f"the server refuses it ({status}: {words})")
    if status == 0:
        return Passing(f"the answer broke off ({words})", billed=True)
    # 424, generation, and 500, incomplete_generation, among others.
    return Passing(f"the server failed ({status}: {words})")
