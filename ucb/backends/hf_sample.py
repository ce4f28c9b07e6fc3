"""Drawing tokens so that a sample depends on its own seed alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ucb.types import Request


def uniforms(request: Request, count: int) -> npt.NDArray[np.float64]:
    """
    Return `count` numbers in [0, 1) that only the seed, the problem and the sample decide.

    Philox's raw output is fixed by its definition (Salmon et al., 2011), so the
    numbers do not change with NumPy's versions.
    """
    name = f"{request.sampling.seed}\0{request.key.problem}\0{request.key.sample}"
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16])
    raw = np.random.Philox(key=key).random_raw(count)
    return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


class Draw:
    """
    Picks each row's next token by the row's own random numbers.

    Called by transformers as the last logits processor, with greedy decoding:
    all but the drawn token get a score of minus infinity. Sampling by inverse
    distribution function: the first token whose cumulative probability exceeds
    the number.
    """

    def __init__(self, requests: Sequence[Request], most: int, start: int, device: Any) -> None:
        numbers = np.stack([uniforms(request, most) for request in requests])
        self._numbers = torch.from_numpy(numbers).to(device)
        self._start = start

    def keep(self, indices: torch.Tensor) -> None:
        """Keep these rows only, in this order."""
        self._numbers = self._numbers[indices]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return scores, of shape (rows, vocabulary), that leave one token each."""
        step = input_ids.shape[1] - self._start
        # A row that has ended is decoded along with the others until its batch is narrowed.
        number = self._numbers[:, min(step, self._numbers.shape[1] - 1), None]
        chances = torch.softmax(scores.double(), dim=-1).cumsum(dim=-1)
        token = torch.searchsorted(chances, number * chances[:, -1:], right=True)
        token = token.clamp(max=scores.shape[-1] - 1)
        return torch.full_like(scores, -torch.inf).scatter(-1, token, 0.0)
