"""The entry point of the Text Generation Inference backend."""

from __future__ import annotations

from typing import Unpack

from ucb.backends.remote.address import checked
from ucb.backends.remote.backend import RemoteBackend
from ucb.backends.remote.options import TIMEOUT, RemoteOptions, terms
from ucb.errors import BackendError, ConfigError

DEFAULT = "http://localhost:8080"
"""Where TGI's container is usually published."""


def open_tgi(
    model: str = "",
    base_url: tuple[str, ...] = (),
    *,
    stream: bool = False,
    best_of: int | None = None,
    truncate: int | None = None,
    **options: Unpack[RemoteOptions],
) -> RemoteBackend:
    """
    Open a model behind one or several servers of Text Generation Inference.

    Nothing is asked of a server before the first request.

    Args:
        model: What the servers must say they serve; anything if empty.
        base_url: The servers, without a path. Requests are spread over them.
        stream: Receive answers token by token, and stop at a stop sequence
            that the server was not told.
        best_of: Have the server draw this many and return the likeliest.
        truncate: Tokens of a prompt that the server keeps, the last ones.
        options: See `RemoteOptions`.

    Raises:
        ConfigError: a URL that is none, `best_of` with `stream`, or a cache without
            the model's name.
        BackendError: the `httpx2` package is missing.

    """
    try:
        from ucb.backends.tgi_backend import TGIEndpoint  # noqa: PLC0415
        from ucb.backends.tgi_wire import Asking  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "httpx2":
            raise
        raise BackendError("The tgi backend needs httpx2: pip install 'ucb[tgi]'.") from error
    if best_of is not None and best_of > 1 and stream:
        raise ConfigError("--best-of needs whole answers: leave --stream out.")
    urls = tuple(checked(url).removesuffix("/v1") for url in base_url) or (DEFAULT,)
    agreed = terms(options, provider="", model=model, url=urls[0])
    if not model and agreed.cache is not None:
        raise ConfigError(
            "Answers are kept under the model's name: give the one the server serves with --model, "
            "or --cache off."
        )
    asking = Asking(stream=stream, best_of=best_of, truncate=truncate)
    timeout = options.get("request_timeout", TIMEOUT)
    return RemoteBackend(TGIEndpoint(model, urls, asking, timeout, agreed.concurrency), agreed)
