"""The entry point of the Hugging Face backend; the heavy imports wait until it is opened."""

from __future__ import annotations

import os
from typing import TypedDict, Unpack

from ucb.backends import Backend, models
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


class HFOptions(TypedDict, total=False):
    """How a model is loaded: see `ucb.backends.hf_load.Loading`."""

    dtype: str
    device: str
    quantization: str
    trust_remote_code: bool
    revision: str | None
    adapter: str
    parallel: str


def settle_threads() -> None:
    """
    Tell torch's libraries how to compute and wait, through the environment.

    They read it once, so this has no effect after torch was imported. What the
    user has set stands.
    """
    for name, value in _THREADS.items():
        os.environ.setdefault(name, value)


def open_hf(
    model: str = "",
    *,
    batch_size: int | None = None,
    template: str = "auto",
    **loading: Unpack[HFOptions],
) -> Backend:
    """
    Open a Hugging Face model, in this process or in one for each of several devices.

    Only the tokenizer is read here. The weights follow with the first request.

    Args:
        model: A name of `ucb.backends.models.PACKAGED`, a hub id, a folder with
            `config.json` or one GGUF file, or a GGUF file.
        batch_size: Completions decoded together; chosen by the device if None.
        template: `auto`, a named chat template, or the path of a Jinja file.
        loading: See `ucb.backends.hf_load.Loading`.

    Raises:
        ConfigError: no model is named, or no such template.
        BackendError: torch or transformers is missing, or the model cannot be found.

    """
    settle_threads()
    try:
        from ucb.backends.hf_backend import HFBackend  # noqa: PLC0415
        from ucb.backends.hf_load import Loading  # noqa: PLC0415
        from ucb.backends.hf_parallel import ParallelBackend  # noqa: PLC0415
        from ucb.backends.hf_place import devices  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        raise BackendError(
            f"The hf backend needs {error.name}, which is not installed: pip install 'ucb[hf]'."
        ) from error
    how = Loading(models.find(model), **loading)
    several = how.parallel != "layers" and len(devices(how.device)) > 1
    kind: type[HFBackend | ParallelBackend] = ParallelBackend if several else HFBackend
    return kind(how, batch_size=batch_size, template=template)
