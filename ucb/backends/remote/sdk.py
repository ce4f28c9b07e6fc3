"""
The errors of the official SDKs, read as faults.

The `openai` and `anthropic` packages name their exceptions alike, so one
reading serves both. Their own retries are switched off (`max_retries=0`): the
concurrency limit must see every refusal to adapt to it, and two layers of
retries multiply.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import MappingProxyType, ModuleType
from typing import Any

from ucb.backends.remote.address import redacted, shown
from ucb.backends.remote.faults import Busy, Overflow, Passing, Unanswerable, Unreachable
from ucb.errors import BackendError

_WORDS = 300
"""Characters kept of what a server says."""

_OVERFLOW = re.compile(
    r"context[ _-]?(length|window|size|limit)|prompt is too long|exceed_context|too many tokens",
    re.IGNORECASE,
)
# (window, tokens of the prompt), as vLLM and OpenAI say it, old and new; and Anthropic's
# "input length and `max_tokens` exceed context limit: 9 + 4 > 10".
_ROOM = (
    re.compile(r"context length is (?P<window>\d+) tokens.*?(?P<prompt>\d+) (in|of) the", re.S),
    re.compile(
        r"context length is (?P<window>\d+) tokens.*?has (?P<prompt>\d+) input tokens", re.S
    ),
    re.compile(r"context limit: (?P<prompt>\d+) \+ \d+ > (?P<window>\d+)"),
)
_PARAMETER = re.compile(
    r"\b(max_completion_tokens|max_tokens|temperature|top_p|stop_sequences|stop|seed|cache_control|"
    r"continue_final_message|add_generation_prompt|prefill\w*|top_logprobs|logprobs|(?<=')n(?='))\b",
    re.IGNORECASE,
)
_NOT_TAKEN = re.compile(
    r"not (be )?(supported|permitted|allowed)|unsupported|unrecognized|extra inputs|deprecated|"
    r"unknown|does not support|must end with a user message|^Field 'n'|logprobs",
    re.IGNORECASE,
)
_FILTERED = re.compile(r"content[ _-]?(filter|policy|management)|ResponsibleAI", re.IGNORECASE)
_NO_CREDIT = re.compile(r"insufficient_quota|credit balance|billing|exceeded your current quota")


class Filtered(Unanswerable):
    """The provider's filter refuses the prompt: that is an answer, a refusal."""


class Unsupported(Unanswerable):
    """The server does not take a parameter; `name` is the parameter's."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(frozen=True, slots=True)
class Site:
    """What the sentences about a server's errors need."""

    url: str
    model: str
    key: str
    key_variable: str
    """The environment variable the key came from."""

    def __repr__(self) -> str:
        return f"Site({shown(self.url)})"

    def words(self, error: Any) -> str:
        """Return what the server said, without the key, on one line."""
        said = _inner(error).get("message") or getattr(error, "message", "")
        said = said or str(error) or type(error).__name__
        text = " ".join(redacted(str(said), self.key).split())
        return (text if len(text) <= _WORDS else f"{text[:_WORDS]}…").rstrip(".")


@contextmanager
def faults(sdk: ModuleType, site: Site) -> Iterator[None]:
    """Turn an SDK's exceptions into faults, or into `BackendError` where no retry helps."""
    import httpx2  # noqa: PLC0415 - it comes with either SDK.

    api: Any = sdk
    try:
        yield
    except api.APITimeoutError:
        raise Passing("no answer came in time (--request-timeout)", billed=True) from None
    except api.APIConnectionError as error:
        raise _disconnected(error.__cause__, site) from None
    except api.APIStatusError as error:  # 200: an error event in a stream that began well.
        raise (_refused if error.status_code >= 400 else _in_stream)(error, site) from None
    except api.APIError as error:  # An error event in a stream, or a reply of another shape.
        raise _in_stream(error, site) from None
    except httpx2.HTTPError as error:  # While a stream is read the SDKs let these through.
        raise _disconnected(error, site) from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Passing("the answer is damaged: it is not JSON", billed=True) from None


def refusal_of(status: int, body: Any, site: Site) -> Exception:
    """Read an error that arrived as data, such as a line of a batch job's results."""
    return _refused(_Refusal(status, body), site)


@dataclass(frozen=True, slots=True)
class _Headers:
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An error in the shape that the SDKs give it."""

    status_code: int
    body: Any
    message: str = ""
    response: _Headers = _Headers(MappingProxyType({}))


@contextmanager
def reading() -> Iterator[None]:
    """Turn what goes wrong while a reply is taken apart into the fault of a damaged one."""
    try:
        yield
    except (AssertionError, AttributeError, KeyError, RuntimeError, TypeError) as error:
        # The SDKs build replies without checking them, and assert that events are in order.
        raise damaged(f"it is not of the API's shape, {type(error).__name__}") from error


def damaged(what: str) -> Passing:
    """Return the fault for a reply that is not of the protocol's shape."""
    return Passing(f"the answer is damaged: {what}", billed=True)


def retry_after(headers: Any, now: float | None = None) -> float | None:
    """Return the pause that a response asks for, in seconds; None if it names none."""
    try:
        return max(0.0, float(headers["retry-after-ms"]) / 1000)
    except (KeyError, ValueError):
        pass
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        when = parsedate_to_datetime(value).timestamp()
    except ValueError:
        return None
    return max(0.0, when - (time.time() if now is None else now))


def _disconnected(cause: BaseException | None, site: Site) -> Passing:
    import httpx2  # noqa: PLC0415

    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol):
        return Unreachable(redacted(str(cause), site.key) or "no connection")
    return Passing("the connection broke off", billed=True)


def _refused(error: Any, site: Site) -> Exception:
    status = error.status_code
    words = site.words(error)
    if status == 403 and "logprobs" in words:  # OpenAI, of a model that keeps them to itself.
        return _bad(error, words, status)
    if status in (401, 403):
        return BackendError(
            f"{shown(site.url)} refuses the key ({status}: {words}). Set {site.key_variable} to a "
            "key that may use this model."
        )
    if status == 402 or _NO_CREDIT.search(f"{_code(error)} {words}"):
        return BackendError(
            f"{shown(site.url)} gives no more credit ({status}: {words}). What is done is stored: "
            "the same command does the rest."
        )
    if status == 404:
        return BackendError(
            f"{shown(site.url)} has no model {site.model!r}, or none behind this kind of request "
            f"({status}: {words}). Check --model, --style and --base-url, which ends in the API's "
            "own path, such as /v1."
        )
    if status in (429, 503, 529):
        return Busy(f"the server is busy ({status})", retry_after(error.response.headers))
    if status >= 500 or status in (408, 409):
        return _overflow(error, words) or Passing(f"the server failed ({status}: {words})")
    return _overflow(error, words) or _bad(error, words, status)


def _bad(error: Any, words: str, status: int) -> Exception:
    if _FILTERED.search(f"{_code(error)} {words}"):
        return Filtered(words)
    if name := _parameter(error, words):
        return Unsupported(f"the server takes no {name} ({words})", name)
    return Unanswerable(f"the server refuses it ({status}: {words})")


def _overflow(error: Any, words: str) -> Overflow | None:
    if not _OVERFLOW.search(f"{_code(error)} {words}"):
        return None
    for pattern in _ROOM:
        if found := pattern.search(words):
            room = int(found["window"]) - int(found["prompt"])
            return Overflow(f"the context window is too small ({words})", room)
    return Overflow(f"the context window is too small ({words})")


def _in_stream(error: Any, site: Site) -> Exception:
    words = site.words(error)
    if "overloaded" in f"{_code(error)} {words}".lower():
        return Busy("the server is overloaded")
    return _overflow(error, words) or Passing(f"the answer broke off ({words})", billed=True)


def _code(error: Any) -> str:
    """Return the machine's names for an error."""
    inner = _inner(error)
    return " ".join(str(inner.get(name) or "") for name in ("code", "type"))


def _inner(error: Any) -> dict[str, Any]:
    """Return the error's own object, which some servers wrap in another."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    return inner if isinstance(inner, dict) else {}


def _parameter(error: Any, words: str) -> str:
    """Return the parameter a 400 is about; empty if it does not say."""
    if name := _inner(error).get("param"):
        return str(name)
    found = _PARAMETER.search(words)
    return found.group() if found and _NOT_TAKEN.search(words) else ""
