"""The entry point of the Hugging Face backend; the heavy imports wait until it is opened."""

from __future__ import annotations

import os
from typing import Any

from ucb.backends import Backend
from ucb.errors import BackendError

_NEEDED = ("torch", "transformers", "accelerate", "gguf", "jinja2")

_THREADS = {
    # MKL picks its code by how data happens to lie in memory unless told not to, and
    # then equal rows differ in their last bits.
    "MKL_CBWR": "AUTO,STRICT",
    # Programs are judged on the same cores meanwhile. Threads that wait by spinning
    # then wait for each other: steps were seen to take ten times as long.
    "OMP_WAIT_POLICY": "PASSIVE",
}


def settle_threads() -> None:
    """
    Tell torch's libraries how to compute and wait, through the environment.

    They read it once, so this has no effect after torch was imported. What the
    user has set stands.
    """
    for name, value in _THREADS.items():
        os.environ.setdefault(name, value)


def open_hf(model: str = "", **options: Any) -> Backend:
    """
    Open a Hugging Face model: see `ucb.backends.hf_backend.HFBackend` for the options.

    Only the tokenizer is read here. The weights follow with the first request.

    Raises:
        ConfigError: no model is named.
        BackendError: torch or transformers is missing, or the model cannot be found.

    """
    settle_threads()
    try:
        from ucb.backends.hf_backend import HFBackend  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        raise BackendError(
            f"The hf backend needs {error.name}, which is not installed: pip install 'ucb[hf]'."
        ) from error
    return HFBackend(model, **options)
