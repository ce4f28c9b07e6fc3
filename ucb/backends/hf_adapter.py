"""LoRA and other adapters on top of a model."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from transformers.utils.hub import resolve_revision

from ucb.data import sha256
from ucb.errors import BackendError

_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")


def add_adapter(model: Any, adapter: str) -> None:
    """
    Put an adapter into a model of transformers, in place.

    It is not merged into the weights: so it computes as it was trained, also
    over quantized weights. `adapter` is a folder, or an id on the hub with an
    optional `@revision`.

    Raises `BackendError` if peft is missing or the folder holds no adapter;
    what transformers and peft raise for one that does not fit comes through.
    """
    if importlib.util.find_spec("peft") is None:
        raise BackendError("--adapter needs peft, which is not installed: pip install 'ucb[hf]'.")
    where, revision = _located(adapter)
    if Path(where).is_dir() and not Path(where, "adapter_config.json").is_file():
        raise BackendError(f"{where} holds no adapter: there is no adapter_config.json.")
    model.load_adapter(where, adapter_kwargs={"revision": revision} if revision else None)


def describe_adapter(model: Any, adapter: str) -> dict[str, Any]:
    """Return what identifies an adapter: its name, kind, base, and checksum or commit."""
    where, revision = _located(adapter)
    config = next(iter(model.peft_config.values()))
    about: dict[str, Any] = {
        "name": adapter,
        "type": str(getattr(config.peft_type, "value", config.peft_type)),
        "base": config.base_model_name_or_path,
        "revision": None if Path(where).is_dir() else commit_of(where, revision),
        "sha256": next(
            (sha256(file) for name in _WEIGHTS if (file := Path(where, name)).is_file()), None
        ),
    }
    return {name: value for name, value in about.items() if value}


def _located(adapter: str) -> tuple[str, str]:
    folder = Path(adapter).expanduser()
    if folder.is_dir():
        return str(folder), ""
    where, _, revision = adapter.partition("@")
    return where, revision


def commit_of(repository: str, revision: str | None) -> str | None:
    """Return the commit that a revision of a hub repository is; unresolved if that fails."""
    found = resolve_revision(repository, revision or None)
    return getattr(found, "resolved", found)
