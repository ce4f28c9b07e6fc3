"""The entry point of the Anthropic backend; the SDK is imported when it is opened."""

from __future__ import annotations

from typing import Unpack

from ucb.backends.remote.address import checked
from ucb.backends.remote.backend import RemoteBackend
from ucb.backends.remote.options import RemoteOptions, one_url, terms
from ucb.errors import BackendError, ConfigError

OFFICIAL = "https://api.anthropic.com"


def open_anthropic(
    model: str = "",
    base_url: tuple[str, ...] = (),
    *,
    batch_api: bool = False,
    stream: bool = False,
    **options: Unpack[RemoteOptions],
) -> RemoteBackend:
    """
    Open a model behind Anthropic's Messages API, or a server that speaks it.

    Nothing is asked of the server, and no key is needed, before the first request.

    Args:
        model: The server's name for it.
        base_url: The API's root, without `/v1`; Anthropic's own by default.
        batch_api: Send everything as one Message Batch.
        stream: Receive answers piece by piece.
        options: See `RemoteOptions`.

    Raises:
        ConfigError: no model, a URL that is none, or `max_cost` without a price.
        BackendError: the `anthropic` package is missing.

    """
    try:
        from ucb.backends.anthropic_backend import AnthropicEndpoint  # noqa: PLC0415
        from ucb.backends.anthropic_batch import AnthropicBatches  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("anthropic", "httpx2"):
            raise
        raise BackendError(
            "The anthropic backend needs the anthropic package: pip install 'ucb[anthropic]'."
        ) from error
    if not model:
        raise ConfigError("No model is named. Give the server's name for it with --model.")
    url = checked(one_url(base_url, OFFICIAL, "anthropic"))
    agreed = terms(
        options,
        provider="anthropic" if url == OFFICIAL else "",
        model=model,
        url=url,
        batched=batch_api,
    )
    endpoint = AnthropicEndpoint(
        model,
        url,
        connections=agreed.concurrency,
        timeout=options.get("request_timeout"),
        stream=stream and not batch_api,
    )
    return RemoteBackend(endpoint, agreed, AnthropicBatches(endpoint, url) if batch_api else None)
