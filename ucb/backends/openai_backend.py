"""OpenAI's API, chat and completions, as OpenAI and many other servers speak it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import httpx2
import openai

from ucb.backends.choices import of_first_token
from ucb.backends.remote.address import is_local, key_from, shown
from ucb.backends.remote.faults import Passing
from ucb.backends.remote.options import TIMEOUT, sample_seed
from ucb.backends.remote.sdk import Filtered, Site, Unsupported, damaged, faults, reading
from ucb.backends.remote.text import cut, sendable
from ucb.backends.remote.wire import Answer, Call, Reply, Usage
from ucb.types import Finish, Prompt, Request, Style

log = logging.getLogger("ucb")

KEY = "OPENAI_API_KEY"
_STOPS = 4
"""OpenAI takes no more stop sequences; what it does not get is cut here."""
_TOGETHER = 8
"""Samples of a prompt in one request, where the prompt is paid for once per request."""
_LIKELY, _LESS_LIKELY = 20, 5
"""The most likely tokens that OpenAI tells for each token of an answer, at most: of a chat, and of
a completion. Other servers allow one or the other for both."""
_FINISH = {"stop": Finish.STOP, "length": Finish.LENGTH, "content_filter": Finish.REFUSED}
_CONTINUE = {"continue_final_message": True, "add_generation_prompt": False}
"""Asks vLLM, SGLang and transformers to go on with the assistant's message. llama.cpp does
so by itself."""


@dataclass(slots=True)
class Shape:
    """What the server takes. Narrowed as it says what it does not."""

    per_request: int
    """Samples of a prompt asked for in one request (`n`). From two on they share a seed."""
    limit: str
    """The parameter for the most new tokens."""
    stops: int
    prefill: bool
    stream: bool
    timeout: float
    """Seconds."""
    likely: int = _LIKELY
    """Likely tokens asked for where a prompt has choices; 0 for none."""
    dropped: tuple[str, ...] = ()
    """Parameters that the server does not take for this model."""

    @classmethod
    def of(
        cls,
        url: str,
        *,
        official: bool,
        per_request: int | None,
        stream: bool,
        timeout: float | None,
    ) -> Shape:
        """Return what a server takes as far as its address tells."""
        return cls(
            per_request=per_request or (1 if is_local(url) else _TOGETHER),
            limit="max_completion_tokens" if official else "max_tokens",
            stops=_STOPS,
            prefill=not official,
            stream=stream,
            timeout=timeout or TIMEOUT,
        )

    def narrow(self, name: str) -> bool:
        """Do without a parameter from now on; False if that cannot be done."""
        if name == "n" and self.per_request > 1:
            self.per_request = 1
        elif name in ("max_tokens", "max_completion_tokens") and name == self.limit:
            other = {"max_tokens": "max_completion_tokens"}.get(name, "max_tokens")
            if other in self.dropped:
                return False
            self.limit = other
        elif name == "stop" and self.stops:
            self.stops = 0
        elif name in ("continue_final_message", "add_generation_prompt") and self.prefill:
            self.prefill = False
        elif name in ("logprobs", "top_logprobs") and self.likely > _LESS_LIKELY:
            self.likely = _LESS_LIKELY
            return True
        elif name in ("logprobs", "top_logprobs") and self.likely:
            self.likely, name = 0, "logprobs"
        elif name not in ("temperature", "top_p", "seed") or name in self.dropped:
            return False
        self.dropped = (*self.dropped, name)
        log.warning("The server takes no %s for this model; going on without it", name)
        return True


class OpenAIEndpoint:
    """
    One model behind an API of OpenAI's shape.

    A request without its own seed (greedy, or several samples at once) is as
    reproducible as the server makes it. The key is read from `OPENAI_API_KEY`
    when the first request is made.
    """

    kind = "openai"
    styles = frozenset(Style)
    preferred = Style.CHAT

    def __init__(self, model: str, url: str, shape: Shape, connections: int) -> None:
        self.model = model
        self.url = shown(url)
        self.shape = shape
        self._base_url = url
        self._connections = connections
        self._client: openai.AsyncOpenAI | None = None
        self._site = Site(self.url, model, "", KEY)
        self._served: dict[str, None] = {}

    def calls(self, requests: Iterable[Request]) -> Iterator[Call]:
        """Put up to `per_request` samples of one prompt that follow each other into one call."""
        rest = iter(requests)
        first = next(rest, None)
        while first is not None:
            together, following = [first], None
            for request in islice(rest, self.shape.per_request - 1):
                if (request.prompt, request.sampling) != (first.prompt, first.sampling):
                    following = request
                    break
                together.append(request)
            yield Call(tuple(together), body(first))
            first = following or next(rest, None)

    async def start(self) -> None:
        """Open the client, whose pool holds a connection for every call under way."""
        key = key_from(KEY, self._base_url)
        self._site = Site(self.url, self.model, key, KEY)
        limits = httpx2.Limits(
            max_connections=self._connections, max_keepalive_connections=self._connections
        )
        timeout = httpx2.Timeout(self.shape.timeout, connect=10.0)
        self._client = openai.AsyncOpenAI(
            api_key=key,
            base_url=self._base_url,
            max_retries=0,  # See `ucb.backends.remote.sdk`.
            timeout=timeout,
            http_client=openai.DefaultAsyncHttpxClient(limits=limits, timeout=timeout),
        )

    async def stop(self) -> None:
        """Close the client and its connections."""
        if self._client is not None:
            await self._client.close()

    async def ask(self, call: Call) -> Reply:
        """Make one attempt, more only to do without a parameter that the server refuses."""
        while True:
            known = self.shape.dropped, self.shape.likely
            try:
                return await self._attempt(call)
            except Unsupported as fault:
                # Another call may have learnt of it in the meantime.
                now = self.shape.dropped, self.shape.likely
                if known == now and not self.shape.narrow(fault.name):
                    raise
            except Filtered:
                return Reply([Answer("", Finish.REFUSED, 0)] * len(call.requests), Usage(0, 0))

    def describe(self) -> Mapping[str, Any]:
        """Return the server, the model and what the server called it."""
        about = {
            "backend": "openai",
            "model": self.model,
            "base_url": self.url,
            "served": sorted(self._served),
            "dropped_parameters": list(self.shape.dropped),
            "samples_per_request": self.shape.per_request,
            "openai": openai.__version__,
        }
        return {name: value for name, value in about.items() if value != []}

    def payload(self, call: Call) -> dict[str, Any]:
        """Return the parameters of a request for a call, in the shape this server takes."""
        request, shape = call.requests[0], self.shape
        sent = dict(call.body)
        del sent["max_tokens"]
        stops = sendable(sent.pop("stop"), shape.stops)
        prefill = sent.pop("prefill")
        if sent.pop("choices", ()) and shape.likely:
            chat = {"logprobs": True, "top_logprobs": shape.likely}
            sent |= chat if "messages" in sent else {"logprobs": shape.likely}
        if stops:
            sent["stop"] = stops
        if prefill and shape.prefill:
            sent["messages"] = [*sent["messages"], {"role": "assistant", "content": prefill}]
            sent["extra_body"] = _CONTINUE
        if request.sampling.temperature > 0:
            sent["seed"] = sample_seed(request)
        # The completions endpoint never had the newer name.
        limit = "max_tokens" if "prompt" in sent else shape.limit
        sent |= {"model": self.model, limit: call.max_tokens}
        if len(call.requests) > 1 and shape.per_request > 1:
            sent["n"] = min(len(call.requests), shape.per_request)
        return {name: value for name, value in sent.items() if name not in shape.dropped}

    def reply(self, call: Call, received: Any) -> Reply:
        """Read what the server sent; raise `Passing` if it is not of the protocol's shape."""
        if error := getattr(received, "error", None):
            raise Passing(f"the server answers with an error ({self._site.words(error)})")
        choices = getattr(received, "choices", None)
        if not isinstance(choices, list) or not choices:
            raise damaged("it holds no choices")
        choices = sorted(choices, key=lambda choice: choice.index or 0)
        prompt = call.requests[0].prompt
        answers = [_answer(choice, prompt) for choice in choices]
        if len(answers) < min(len(call.requests), self.shape.per_request):
            self.shape.narrow("n")
        if name := getattr(received, "model", None):
            self._served.setdefault(str(name))
        return Reply(answers, _usage(getattr(received, "usage", None)))

    async def _attempt(self, call: Call) -> Reply:
        if self._client is None:
            raise RuntimeError("ask before start")
        sent = self.payload(call)
        create: Any = (
            self._client.chat.completions.create
            if "messages" in sent
            else self._client.completions.create
        )
        if self.shape.stream:
            sent |= {"stream": True, "stream_options": {"include_usage": True}}
        with faults(openai, self._site):
            received = await create(**sent)
            with reading():
                if self.shape.stream:
                    received = await _gathered(received)
                return self.reply(call, received)


def body(request: Request) -> dict[str, Any]:
    """Return what a request asks, before it takes a server's shape."""
    prompt, sampling = request.prompt, request.sampling
    asked: dict[str, Any]
    if prompt.style is Style.COMPLETE:
        asked = {"prompt": prompt.text}
    else:
        system = [{"role": "system", "content": prompt.system}] if prompt.system else []
        asked = {"messages": [*system, {"role": "user", "content": prompt.text}]}
    if prompt.choices:
        asked["choices"] = list(prompt.choices)
    return asked | {
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": list(prompt.stop),
        "prefill": prompt.prefill if prompt.style is Style.CHAT else "",
    }


def _answer(choice: Any, prompt: Prompt) -> Answer:
    message = getattr(choice, "message", None)
    text = choice.text if message is None else message.content
    if text is not None and not isinstance(text, str):
        raise damaged("a choice holds no text")
    refusal = getattr(message, "refusal", None)
    finish = _FINISH.get(choice.finish_reason or "", Finish.STOP)
    if refusal:
        return Answer(text or str(refusal), Finish.REFUSED)
    text, stopped = cut((text or "").removeprefix(prompt.prefill), prompt.stop)
    finish = Finish.STOP if stopped and finish is Finish.LENGTH else finish
    tokens = _first_token(getattr(choice, "logprobs", None)) if prompt.choices else {}
    return Answer(text, finish, choices=of_first_token(prompt.choices, tokens))


def _first_token(told: Any) -> dict[str, float]:
    """Return the log-probabilities of the likely first tokens, by text; nothing if none are told.

    Those of a chat are a list of objects, those of a completion one object. llama.cpp answers
    completions in the shape of chats, which the SDK then leaves as it came.
    """
    if first := next(iter(getattr(told, "content", None) or ()), None):
        likely = [*(_field(first, "top_logprobs") or ()), first]
        pairs = [(_field(each, "token"), _field(each, "logprob")) for each in likely]
    else:
        pairs = [*(next(iter(getattr(told, "top_logprobs", None) or ()), None) or {}).items()]
    return {token: float(log) for token, log in pairs if isinstance(log, int | float)}


def _field(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


def _usage(usage: Any) -> Usage | None:
    counts = [getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens")]
    if not all(isinstance(count, int) for count in counts):
        return None
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(counts[0] or 0, counts[1] or 0, getattr(details, "cached_tokens", None) or 0)


@dataclass(slots=True)
class _Message:
    content: str = ""
    refusal: str = ""


@dataclass(slots=True)
class _Choice:
    """A choice put together from the pieces of a stream."""

    index: int
    message: _Message | None
    text: str = ""
    finish_reason: str | None = None
    logprobs: Any = None
    """Those of the first token."""

    def add(self, piece: Any) -> None:
        delta = getattr(piece, "delta", None)
        if self.message is not None:
            self.message.content += getattr(delta, "content", None) or ""
            self.message.refusal += getattr(delta, "refusal", None) or ""
        else:
            self.text += getattr(piece, "text", None) or ""
        self.finish_reason = piece.finish_reason or self.finish_reason
        if not _first_token(self.logprobs):
            self.logprobs = getattr(piece, "logprobs", None)


@dataclass(slots=True)
class _Received:
    choices: Sequence[_Choice]
    usage: Any
    model: str | None


async def _gathered(stream: Any) -> _Received:
    """Read a stream to its end; raise `Passing` if it ends before its answers do."""
    choices: dict[int, _Choice] = {}
    usage, model = None, None
    async with stream:
        async for event in stream:
            usage = getattr(event, "usage", None) or usage
            model = getattr(event, "model", None) or model
            for piece in getattr(event, "choices", None) or ():
                chat = _Message() if hasattr(piece, "delta") else None
                choices.setdefault(piece.index, _Choice(piece.index, chat)).add(piece)
    if not choices or any(choice.finish_reason is None for choice in choices.values()):
        raise Passing("the stream ended before the answer did", billed=True)
    return _Received(list(choices.values()), usage, model)
