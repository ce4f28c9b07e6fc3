"""Keys and values of a batch: read once for each prompt, joined, and extended in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import Cache, DynamicCache, DynamicLayer

_ROOM = 32
"""Tokens set aside whenever a layer is copied: few beside a prompt's 255 or more, and
enough that copying is a thirtieth of what it would be at every token."""


class RoomyLayer(DynamicLayer):
    """
    A layer whose new tokens are written behind the old ones, into room set aside.

    Transformers' own layer copies everything at each token. For a batch of ten
    that was half of a decoding step on a CPU, most of it spent by the operating
    system on pages that were new each time.
    """

    def __init__(self, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Hold these states, of shape (rows, heads, tokens, size)."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.lazy_initialization(keys, values)
        self.keys: torch.Tensor = keys
        self.values: torch.Tensor = values
        self._key_room, self._value_room = keys, values

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append the states of new tokens and return all of them."""
        self._key_room, self.keys = _appended(self._key_room, self.keys, key_states)
        self._value_room, self.values = _appended(self._value_room, self.values, value_states)
        return self.keys, self.values


def _appended(
    room: torch.Tensor, held: torch.Tensor, new: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the room in which `held` is followed by `new`, and its part that is in use."""
    before = held.shape[-2]
    length = before + new.shape[-2]
    # Rows that were selected or reordered are held elsewhere than at the front of the room.
    if held.data_ptr() != room.data_ptr() or length > room.shape[-2]:
        rows, heads, _, size = held.shape
        room = held.new_empty(rows, heads, length + _ROOM, size)
        room[:, :, :before] = held
    room[:, :, before:length] = new
    return room, room[:, :, :length]


def read_prompt(model: Any, prompt: Sequence[int]) -> DynamicCache:
    """Return the keys and values of all but the last token of a prompt."""
    cache = DynamicCache()
    ids = torch.tensor([list(prompt)], device=model.device)
    with torch.no_grad():
        model.base_model(input_ids=ids, past_key_values=cache, use_cache=True)
    # The last token is read too, and cut off: a prompt of one token then needs no special case.
    cache.crop(-1)
    return cache


def joined(caches: Sequence[DynamicCache], length: int) -> Cache:
    """Stack the caches of single prompts as the rows of one, padded on the left to `length`."""

    def stacked(states: Sequence[torch.Tensor]) -> torch.Tensor:
        _, heads, _, size = states[0].shape
        out = states[0].new_zeros(len(states), heads, length, size)
        for row, state in enumerate(states):
            out[row, :, length - state.shape[-2] :] = state[0]
        return out

    layers: list[Any] = []
    for same in zip(*(cache.layers for cache in caches), strict=True):
        if not same[0].is_initialized:  # It reads the states of another layer.
            layers.append(DynamicLayer())
            continue
        layers.append(
            RoomyLayer(stacked([x.keys for x in same]), stacked([x.values for x in same]))
        )
    return Cache(layers=layers)
