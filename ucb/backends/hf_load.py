"""Load a tokenizer and a model with transformers."""

from __future__ import annotations

import importlib.util
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    GgufConfig,
)

from ucb.backends.hf_adapter import add_adapter, commit_of
from ucb.backends.hf_place import PARALLEL, devices, layout
from ucb.backends.models import Source, suggestion
from ucb.data import cache_dir
from ucb.errors import BackendError

log = logging.getLogger("ucb")

_CONVERT_BELOW = 1 << 30
"""Bytes of a GGUF file up to which its converted weights are kept: they take about five
times the space, and larger files are read again each time."""

_FAULTS = (
    OSError, ValueError, KeyError, ImportError, RuntimeError, MemoryError, SafetensorError,
)  # fmt: skip
"""What transformers raises for a model that is missing, damaged, unknown to it or too large."""

DTYPES = ("auto", "float32", "bfloat16", "float16")
QUANTIZATIONS = ("none", "int8", "int4")


@dataclass(frozen=True, slots=True)
class Loading:
    """Which model is loaded, and how."""

    source: Source
    revision: str | None = None
    """A branch, tag or commit of a hub model."""
    dtype: str = "auto"
    """One of `DTYPES`. Automatic is float32 on a CPU, elsewhere the checkpoint's own."""
    device: str = "auto"
    """What `hf_place.devices` takes. Of several, the first, but for `parallel="layers"`."""
    quantization: str = "none"
    """One of `QUANTIZATIONS`; by bitsandbytes."""
    trust_remote_code: bool = False
    """Run Python code that comes with the model."""
    adapter: str = ""
    """An adapter's folder or hub id: see `hf_adapter`."""
    parallel: str = "data"
    """One of `hf_place.PARALLEL`."""
    ranks: int = 1
    """Processes, of which this is one, that hold a slice of the model each."""

    def __post_init__(self) -> None:
        _known("dtype", self.dtype, DTYPES)
        _known("quantization", self.quantization, QUANTIZATIONS)
        _known("parallel", self.parallel, PARALLEL)

    def place(self) -> torch.device:
        """Return the device that prompts go to; raise `BackendError` if it is not here."""
        return devices(self.device)[0]


def pinned(how: Loading) -> Loading:
    """
    Return `how` with the revision of a hub model settled: a branch or tag becomes its commit.

    Tokenizer, weights and `describe` then mean the same one, whatever the branch does meanwhile.
    What cannot be resolved stays, for the loading to complain about.
    """
    if how.source.local:
        return how
    return replace(how, revision=commit_of(how.source.location, how.revision))


def load_tokenizer(how: Loading) -> Any:
    """Return the tokenizer; raise `BackendError` if there is none."""
    with _said(how):
        return AutoTokenizer.from_pretrained(
            _location(how), trust_remote_code=how.trust_remote_code, **_files(how)
        )


def unpacked(how: Loading) -> str:
    """
    Return a folder, or a hub id, that a library which reads no GGUF can load.

    Raises `BackendError` for a GGUF file that is damaged or too large to unpack.
    """
    if how.source.gguf is None:
        return how.source.location
    with _said(how):
        if _location(how) == how.source.location:
            _convert(how)
    if _location(how) == how.source.location:
        raise BackendError(f"{how.source.gguf} is too large to unpack. Use --backend hf.")
    return _location(how)


def load_model(how: Loading) -> Any:
    """
    Return the model on its device, ready to generate.

    Raises:
        BackendError: it cannot be found, read, or held in memory, or is not a
            model that continues text.

    """
    places = devices(how.device)
    log.info("Loading %s on %s", how.source.name, ", ".join(map(str, places)))
    transformers.utils.logging.disable_progress_bar()
    with _said(how):
        if how.source.gguf is not None and _location(how) == how.source.location:
            _convert(how)
        model = AutoModelForCausalLM.from_pretrained(
            _location(how),
            trust_remote_code=how.trust_remote_code,
            dtype=_dtype(how, places[0]),
            **layout(places, how.parallel, how.ranks),
            **_files(how),
            **_quantized(how),
        )
    if how.adapter:
        with _said(how, f"The adapter {how.adapter}"):
            add_adapter(model, how.adapter)
    if model.config.is_encoder_decoder:
        raise BackendError(f"{how.source.name} is an encoder-decoder; UCB asks decoders only.")
    return model.eval()


def quantization_of(how: Loading, config: Any) -> str:
    """Return how the weights are quantized: as asked for, or as they came (`gptq`, `awq`)."""
    if how.quantization != "none":
        return how.quantization
    given = getattr(config, "quantization_config", None) or {}
    method = given.get("quant_method") if isinstance(given, dict) else given.quant_method
    return str(getattr(method, "value", method or "none"))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether this is torch's, or Python's, way to say that memory is full."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # The CPU's allocator raises a plain RuntimeError.
    text = str(error)
    return isinstance(error, RuntimeError) and (
        "can't allocate memory" in text or "not enough memory" in text
    )


def _dtype(how: Loading, device: torch.device) -> Any:
    if how.dtype != "auto":
        return getattr(torch, how.dtype)
    if how.quantization != "none":
        return torch.bfloat16
    # On a CPU float32 is the format that every machine computes alike, and fast.
    return torch.float32 if device.type == "cpu" else "auto"


def _quantized(how: Loading) -> dict[str, Any]:
    if how.quantization == "none":
        return {}
    config = AutoConfig.from_pretrained(
        _location(how), trust_remote_code=how.trust_remote_code, **_files(how)
    )
    if (given := quantization_of(replace(how, quantization="none"), config)) != "none":
        raise BackendError(
            f"{how.source.name} is quantized already ({given}). Leave --quantization out."
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise BackendError(
            f"--quantization {how.quantization} needs bitsandbytes: pip install bitsandbytes."
        )
    if how.quantization == "int8":
        return {"quantization_config": BitsAndBytesConfig(load_in_8bit=True)}
    compute = torch.bfloat16 if how.dtype == "auto" else getattr(torch, how.dtype)
    config = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=compute
    )
    return {"quantization_config": config}


def _location(how: Loading) -> str:
    """Return the folder of the converted weights if there are some, else where the model is."""
    kept = _kept(how.source)
    return str(kept) if kept and (kept / "config.json").is_file() else how.source.location


def _files(how: Loading) -> dict[str, Any]:
    if how.source.gguf is not None and _location(how) == how.source.location:
        return {"gguf_file": how.source.gguf.name}
    return {} if how.source.local else {"revision": how.revision or None}


def _kept(source: Source) -> Path | None:
    """Return where the converted weights of a small GGUF file are kept."""
    if source.gguf is None or source.gguf.stat().st_size > _CONVERT_BELOW:
        return None
    version = transformers.__version__
    return cache_dir() / "models" / f"{source.sha256}-transformers-{version}"


def _convert(how: Loading) -> None:
    """Unpack a GGUF file into safetensors once: reading those takes a fraction of the time."""
    kept = _kept(how.source)
    if kept is None or how.source.gguf is None:
        return
    log.info("Unpacking %s (once)", how.source.gguf.name)
    file = {"gguf_file": how.source.gguf.name}
    model = AutoModelForCausalLM.from_pretrained(
        how.source.location,
        dtype=torch.float32,
        quantization_config=GgufConfig(dequantize=True),
        **file,
    )
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".unpacking-") as folder:
            part = Path(folder, "model")
            model.save_pretrained(part)
            AutoTokenizer.from_pretrained(how.source.location, **file).save_pretrained(part)
            if not kept.exists():
                part.rename(kept)
    except OSError as error:
        log.warning("The unpacked model cannot be kept in %s: %s", kept.parent, error)


def _known(what: str, value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise BackendError(f"There is no {what} {value!r}. Known: {', '.join(values)}.")


@contextmanager
def _said(how: Loading, what: str = "") -> Iterator[None]:
    """Turn what transformers raises for a model, or `what`, it cannot load into a sentence."""
    name = what or how.source.name
    try:
        yield
    except BackendError:
        raise
    except _FAULTS as error:
        if is_out_of_memory(error):
            raise BackendError(
                f"{name} does not fit in memory. Try --quantization int8 or int4, --dtype "
                "bfloat16, or a smaller model."
            ) from error
        if "trust_remote_code" in str(error):
            raise BackendError(
                f"{name} runs code of its own. Add --trust-remote-code if you trust its authors."
            ) from error
        lines = str(error).strip().splitlines()
        reason = lines[0].rstrip(".") if lines else type(error).__name__
        hint = "" if what else suggestion(how.source.name)
        raise BackendError(f"{name} cannot be loaded: {reason}.{hint}") from error
