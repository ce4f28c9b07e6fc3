"""Keys and values that are extended in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
hf_cache = pytest.importorskip("ucb.backends.hf_cache")


def states(rows: int, tokens: int) -> tuple[Any, Any]:
    """Random keys and values of two heads of four numbers."""
    return torch.randn(rows, 2, tokens, 4), torch.randn(rows, 2, tokens, 4)


def narrowed(layer: Any) -> None:
    """Keep three rows, in another order."""
    layer.batch_select_indices(torch.tensor([3, 0, 2]))


def reordered(layer: Any) -> None:
    """Put the rows in another order."""
    layer.reorder_cache(torch.tensor([1, 0, 3, 2]))


def cropped(layer: Any) -> None:
    """Forget the last two tokens."""
    layer.crop(-2)


@pytest.mark.parametrize("change", [narrowed, reordered, cropped])
def test_same_as_the_copying_layer(change: Callable[[Any], None]) -> None:
    """Over many tokens, and after its rows or length changed, it holds what transformers' would."""
    start = states(4, 5)
    roomy, plain = hf_cache.RoomyLayer(*start), transformers.DynamicLayer()
    plain.update(*start)
    for step in range(90):
        if step == 40:
            change(roomy)
            change(plain)
        new = states(plain.keys.shape[0], 1)
        for ours, theirs in zip(roomy.update(*new), plain.update(*new), strict=True):
            assert torch.equal(ours, theirs)
    assert roomy.get_seq_length() == plain.get_seq_length()


def test_most_tokens_move_nothing() -> None:
    """Of a hundred tokens all but a few are written beside the others, which stay in place."""
    layer = hf_cache.RoomyLayer(*states(2, 5))
    places = [layer.update(*states(2, 1))[0].data_ptr() for _ in range(100)]
    assert len(set(places)) <= 4


def test_what_was_joined_is_not_written_to() -> None:
    """Rows that start from one prompt's states go on without each other's tokens."""
    read = transformers.DynamicCache()
    read.update(*states(1, 3), 0)
    before = read.layers[0].keys.clone()
    both = hf_cache.joined([read, read], 6)
    keys, _ = both.update(*states(2, 1), 0)
    assert torch.equal(read.layers[0].keys, before)
    assert torch.equal(keys[0, :, :6], keys[1, :, :6])
    assert torch.equal(keys[0, :, 3:6], before[0])
    assert not keys[:, :, :3].any()
