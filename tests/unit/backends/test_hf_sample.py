"""Random numbers that belong to a sample, and tokens drawn with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.unit.backends.conftest import request

torch = pytest.importorskip("torch")
hf_sample = pytest.importorskip("ucb.backends.hf_sample")


def test_numbers_are_pinned() -> None:
    """The numbers of a seed, problem and sample are the same for ever: completions hang on them."""
    numbers = hf_sample.uniforms(request("x", "HumanEval/0", 0, seed=0), 3)
    assert numbers.tolist() == PINNED


@pytest.mark.parametrize(
    "other", [("HumanEval/1", 0, 0), ("HumanEval/0", 1, 0), ("HumanEval/0", 0, 1)]
)
def test_numbers_differ(other: tuple[str, int, int]) -> None:
    """Another problem, sample or seed has numbers of its own."""
    problem, sample, seed = other
    numbers = hf_sample.uniforms(request("x", problem, sample, seed=seed), 3)
    assert not set(numbers.tolist()) & set(PINNED)


def test_longer_limit_keeps_the_beginning() -> None:
    """Asking for more tokens does not change the first ones."""
    one = request("x")
    np.testing.assert_array_equal(hf_sample.uniforms(one, 9)[:4], hf_sample.uniforms(one, 4))


def draw(numbers: list[float], scores: Any) -> Any:
    """The tokens drawn with these numbers from rows of scores."""
    made = hf_sample.Draw([request("x")] * len(numbers), 1, 5, "cpu")
    made._numbers = torch.tensor(numbers, dtype=torch.float64)[:, None]
    return made(torch.zeros(len(numbers), 5, dtype=torch.long), scores).argmax(dim=-1)


def test_frequencies_are_the_probabilities() -> None:
    """Over evenly spread numbers each token is drawn as often as its probability says."""
    chances = torch.tensor([0.5, 0.0, 0.3, 0.2])
    numbers = [(index + 0.5) / 1000 for index in range(1000)]
    tokens = draw(numbers, chances.log().expand(1000, 4))
    assert torch.bincount(tokens, minlength=4).tolist() == [500, 0, 300, 200]


def test_masked_tokens_are_never_drawn() -> None:
    """A token that top-p removed is out of reach of the smallest and the largest number."""
    scores = torch.tensor([[-torch.inf, 1.0, -torch.inf, 2.0, -torch.inf]]).expand(2, 5)
    assert draw([0.0, 1 - 2.0**-53], scores).tolist() == [1, 3]


PINNED = [0.4738818395514942, 0.1351103610016593, 0.8553232381163772]
