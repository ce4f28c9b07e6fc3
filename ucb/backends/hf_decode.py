"""
Batched decoding in which no row's arithmetic depends on its neighbours.

Floating-point sums depend on the shapes they are computed in, so a prompt that
shares a batch with other prompts today and with none tomorrow could answer
differently. Here each prompt is read alone and padded to a width of its own,
and rows are decoded in numbers for which `is_invariant` has shown equal
results. So a run that was interrupted, or given fewer problems, writes the same
texts again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import torch
from transformers import (
    Cache,
    DynamicCache,
    GenerationConfig,
    LogitsProcessorList,
    StoppingCriteriaList,
    TemperatureLogitsWarper,
    TopPLogitsWarper,
)

from ucb.backends.hf_batch import Batch
from ucb.backends.hf_cache import joined, read_prompt
from ucb.backends.hf_choices import likelihoods
from ucb.backends.hf_sample import Draw
from ucb.backends.hf_stop import Row

_FEWEST_ROWS = 4
"""CPU matrix kernels treat fewer rows apart; from here on, multiples give equal results."""


class Decoder:
    """
    Decodes batches on one model.

    `granule` is the number whose multiples a batch may have as rows: rows that
    have ended leave the batch when a multiple of it can go. Equal to the batch
    size, it keeps the shape fixed, and ended rows are decoded to the end.
    """

    def __init__(self, model: Any, granule: int, pad: int) -> None:
        self._model = model
        self._granule = granule
        self._pad = pad
        self._shares = not any(DynamicCache(config=model.config).is_linear)
        """A recurrent state cannot be padded or cut, so its prompts are read together."""

    def decode(self, batch: Batch) -> Iterator[Row]:
        """Yield each row of the batch as soon as it has ended and been cut loose."""
        spare = -len(batch.rows) % self._granule
        slots = [*batch.rows, *[batch.rows[-1]] * spare]
        live = [True] * len(batch.rows) + [False] * spare
        started = time.perf_counter()
        ids, mask = self._padded(slots, batch.width)
        cache = self._prefilled(slots, batch.width)
        _share(time.perf_counter() - started, dict.fromkeys(batch.rows, 1))
        draw = self._draw(batch, slots)
        warpers = _warpers(batch, draw)
        while any(live):
            before = {row: len(row.tokens) for row, on in zip(slots, live, strict=True) if on}
            started = time.perf_counter()
            ids = self._round(ids, mask, cache, warpers, slots, live)
            new = {row: len(row.tokens) - had for row, had in before.items()}
            _share(time.perf_counter() - started, new)
            yield from (row for row in new if row.finish)
            if cache is None or not any(live):
                return
            keep = self._kept(live)
            cache.batch_select_indices(keep)
            ids = ids[keep]
            mask = torch.nn.functional.pad(mask, (0, ids.shape[1] - mask.shape[1]), value=1)[keep]
            if draw:
                draw.keep(keep)
            slots = [slots[index] for index in keep.tolist()]
            live = [live[index] for index in keep.tolist()]

    def _round(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor,
        cache: Cache | None,
        warpers: list[Any],
        slots: list[Row],
        live: list[bool],
    ) -> torch.Tensor:
        """Decode until enough rows have ended to narrow the batch, or all have."""
        leave = len(slots) - max(self._granule, len(slots) // 4) if self._shares else 0
        most = max(row.limit - len(row.tokens) for row, on in zip(slots, live, strict=True) if on)
        sequences: torch.Tensor = self._model.generate(
            ids,
            attention_mask=mask,
            past_key_values=cache,
            generation_config=GenerationConfig(
                max_new_tokens=most, do_sample=False, pad_token_id=self._pad
            ),
            logits_processor=LogitsProcessorList(warpers),
            stopping_criteria=StoppingCriteriaList([_Watch(slots, live, leave)]),
        )
        return sequences

    def _padded(self, rows: Sequence[Row], wide: int) -> tuple[torch.Tensor, torch.Tensor]:
        ids = [[self._pad] * (wide - len(row.prompt)) + list(row.prompt) for row in rows]
        mask = [[0] * (wide - len(row.prompt)) + [1] * len(row.prompt) for row in rows]
        device = self._model.device
        return torch.tensor(ids, device=device), torch.tensor(mask, device=device)

    def _prefilled(self, rows: Sequence[Row], wide: int) -> Cache | None:
        """Read each distinct prompt once and alone, with its choices; its rows start from copies.

        None for a model that reads prompts together.
        """
        read: list[DynamicCache] = []
        for (prompt, forms), group in groupby(rows, key=lambda row: (row.prompt, row.forms)):
            same = list(group)
            alone = read_prompt(self._model, prompt) if self._shares else None
            if forms:
                likely = likelihoods(self._model, prompt, forms, alone)
                for row in same:
                    row.choices = likely
            if alone is not None:
                read += [alone] * len(same)
        return joined(read, wide - 1) if self._shares else None

    def _kept(self, live: Sequence[bool]) -> torch.Tensor:
        """Return the rows to go on with: the live ones, and ended ones up to a whole granule."""
        on = [index for index, alive in enumerate(live) if alive]
        off = [index for index, alive in enumerate(live) if not alive]
        kept = on + off[: -len(on) % self._granule]
        # On the CPU: they index tensors on whatever device a layer is on.
        return torch.tensor(kept)

    def _draw(self, batch: Batch, slots: Sequence[Row]) -> Draw | None:
        if batch.temperature == 0:
            return None
        most = max(row.limit for row in slots)
        return Draw([row.request for row in slots], most, batch.width, self._model.device)


class _Watch:
    """Hands each new token to its row; transformers calls it as a stopping criterion."""

    def __init__(self, slots: Sequence[Row], live: list[bool], leave: int) -> None:
        self._slots = slots
        self._live = live
        self._leave = leave

    def __call__(self, input_ids: torch.Tensor, _scores: Any, **_: Any) -> torch.Tensor:
        """Return, for each row, whether it has ended; all have once few enough are left."""
        for index, token in enumerate(input_ids[:, -1].tolist()):
            if self._live[index]:
                self._slots[index].push(token)
                self._live[index] = self._slots[index].finish is None
        over = sum(self._live) <= self._leave
        ended = [over or not alive for alive in self._live]
        return torch.tensor(ended, device=input_ids.device)


def is_invariant(model: Any, counts: Sequence[int]) -> bool:
    """Whether equal rows get equal logits, to the bit, at each of these numbers of rows."""
    vocabulary = model.config.get_text_config().vocab_size
    prompt = [index * 37 % vocabulary for index in range(48)]
    read = read_prompt(model, prompt)
    seen: torch.Tensor | None = None
    for count in counts:
        cache = joined([read] * count, 63)
        last = torch.full((count, 1), prompt[-1], device=model.device)
        mask = torch.tensor([[0] * 16 + [1] * 48] * count, device=model.device)
        places = torch.full((count, 1), 47, device=model.device)
        with torch.no_grad():
            logits = model(
                input_ids=last, attention_mask=mask, position_ids=places, past_key_values=cache
            ).logits[:, -1]
        seen = logits[0] if seen is None else seen
        if not torch.equal(logits, seen.expand_as(logits)):
            return False
    return True


def granule(model: Any, size: int) -> tuple[int, bool]:
    """
    Return the numbers of rows to decode in, as multiples, and whether rows are independent.

    On a CPU a narrower batch is faster, so it is narrowed in small steps where
    that leaves every bit as it was. On an accelerator it is not, so the number
    of rows is always the batch size.
    """
    if any(DynamicCache(config=model.config).is_linear):
        return size, False
    if model.device.type == "cpu" and size > _FEWEST_ROWS:
        full = -(-size // _FEWEST_ROWS)
        counts = [_FEWEST_ROWS * rows for rows in sorted({1, -(-full // 2), full})]
        if is_invariant(model, counts):
            return _FEWEST_ROWS, True
    return size, is_invariant(model, [size])


def _warpers(batch: Batch, draw: Draw | None) -> list[Any]:
    if draw is None:
        return []
    warpers: list[Any] = []
    if batch.temperature != 1:
        warpers.append(TemperatureLogitsWarper(batch.temperature))
    if batch.top_p < 1:
        warpers.append(TopPLogitsWarper(batch.top_p))
    return [*warpers, draw]


def _share(seconds: float, parts: Mapping[Row, int]) -> None:
    """Divide a duration among the rows it was spent on, by their tokens in it."""
    total = sum(parts.values())
    for row, part in parts.items():
        row.seconds += seconds * part / total
