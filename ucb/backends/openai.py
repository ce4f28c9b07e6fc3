"""The entry point of the OpenAI backend; the SDK is imported when it is opened."""

from __future__ import annotations

from typing import Unpack

from ucb.backends.remote.address import checked
from ucb.backends.remote.backend import RemoteBackend
from ucb.backends.remote.options import RemoteOptions, one_url, terms
from ucb.errors import BackendError, ConfigError

OFFICIAL = "https://api.openai.com/v1"


def open_openai(
    model: str = "",
    base_url: tuple[str, ...] = (),
    *,
    samples_per_request: int | None = None,
    batch_api: bool = False,
    stream: bool = False,
    **options: Unpack[RemoteOptions],
) -> RemoteBackend:
    """
    Open a model behind OpenAI's API, or behind any server that speaks it.

    Nothing is asked of the server, and no key is needed, before the first request.

    Args:
        model: The server's name for it.
        base_url: The API's root, such as `http://localhost:8000/v1`; OpenAI's own by default.
        samples_per_request: Samples of a prompt asked for in one request.
        batch_api: Send everything as one batch job.
        stream: Receive answers piece by piece.
        options: See `RemoteOptions`.

    Raises:
        ConfigError: no model, a URL that is none, or `max_cost` without a price.
        BackendError: the `openai` package is missing.

    """
    try:
        from ucb.backends.openai_backend import OpenAIEndpoint, Shape  # noqa: PLC0415
        from ucb.backends.openai_batch import OpenAIBatches  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("openai", "httpx2"):
            raise
        raise BackendError(
            "The openai backend needs the openai package: pip install 'ucb[openai]'."
        ) from error
    if not model:
        raise ConfigError("No model is named. Give the server's name for it with --model.")
    url = checked(one_url(base_url, OFFICIAL, "openai"))
    official = url == OFFICIAL
    agreed = terms(
        options,
        provider="openai" if official else "",
        model=model,
        url=url,
        batched=batch_api,
    )
    shape = Shape.of(
        url,
        official=official,
        per_request=1 if batch_api else samples_per_request,
        stream=stream and not batch_api,
        timeout=options.get("request_timeout"),
    )
    endpoint = OpenAIEndpoint(model, url, shape, agreed.concurrency)
    return RemoteBackend(endpoint, agreed, OpenAIBatches(endpoint, url) if batch_api else None)
