"""Which devices a model runs on, and how it is laid out over them."""

from __future__ import annotations

from typing import Any

import torch

from ucb.errors import BackendError

PARALLEL = ("data", "layers", "tensor")
"""Ways to use several devices: a whole model on each, some layers on each, or a slice of
every layer on each."""


def devices(text: str) -> tuple[torch.device, ...]:
    """
    Return the devices that `--device` names, or raise `BackendError` if one is not here.

    `auto` is the accelerator of this machine, or its CPU; `all` is every
    accelerator; names are separated by commas.
    """
    if text == "auto":
        return (_automatic(),)
    if text == "all":
        first = _automatic()
        count = torch.cuda.device_count() if first.type == "cuda" else 1
        return tuple(torch.device("cuda", n) for n in range(count)) if count > 1 else (first,)
    return tuple(_named(name.strip()) for name in text.split(","))


def layout(places: tuple[torch.device, ...], parallel: str, ranks: int) -> dict[str, Any]:
    """
    Return how transformers is told to lay a model out, as arguments of `from_pretrained`.

    `ranks` is the number of processes that hold a slice of the model each; this
    process is one of them.
    """
    if ranks > 1:
        from transformers.distributed.configuration_utils import (  # noqa: PLC0415 - Rarely needed.
            DistributedConfig,
        )

        return {"distributed_config": DistributedConfig(tp_size=ranks)}
    if parallel == "layers" and all(place.type == "cuda" for place in places):
        free = {place.index or 0: torch.cuda.mem_get_info(place)[0] * 9 // 10 for place in places}
        # Accelerate would put layers on any device that is not named, so name them all.
        return {"device_map": "auto", "max_memory": free | {"cpu": 0}}
    return {"device_map": {"": places[0]}}


def _automatic() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _named(name: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise BackendError(
            f"There is no device named {name!r}. Use auto, all, cpu, cuda, cuda:1 or mps, or "
            "several with commas between."
        ) from error
    here = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": torch.mps.device_count()}
    if (device.index or 0) >= here.get(device.type, 0):
        raise BackendError(f"This machine has no device {name!r}. Try --device auto.")
    return device
