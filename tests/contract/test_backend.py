"""What the runner may expect of any backend."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.backends.conftest import llama, request, save_model, tokenizer
from ucb import plugins
from ucb.backends import Backend
from ucb.types import Completion, Key, Request

__all__ = ["llama", "save_model", "tokenizer"]  # Fixtures.

REQUESTS = [
    request(f"def f{number}(", f"p/{number}", sample, temperature=0.5, max_tokens=6)
    for number in range(3)
    for sample in range(2)
]
Opener = Callable[[], Backend]


@pytest.fixture(params=["replay", "hf"])
def opened(request: pytest.FixtureRequest) -> Backend:
    """Each backend that needs no network, opened through its entry point's name."""
    if request.param == "hf":
        folder: Path = request.getfixturevalue("llama")
        return plugins.backend("hf", model=str(folder), batch_size=4)
    stored = [Completion(each.key, "pass") for each in REQUESTS]
    return plugins.backend("replay", completions=stored)


def keys(backend: Backend, requests: list[Request]) -> list[Key]:
    """Whose completions came back."""
    return sorted(completion.key for completion in backend.generate(iter(requests)))


def test_each_request_once(opened: Backend) -> None:
    """Every request is answered once, in whatever order."""
    assert keys(opened, REQUESTS) == sorted(each.key for each in REQUESTS)


def test_nothing_asked(opened: Backend) -> None:
    """No requests, no completions."""
    assert keys(opened, []) == []


def test_part_of_a_run(opened: Backend) -> None:
    """What is missing after an interruption can be asked for by itself, again and again."""
    assert keys(opened, REQUESTS[3:4]) == [REQUESTS[3].key]
    assert keys(opened, REQUESTS[3:4]) == [REQUESTS[3].key]


def test_preferred_style_is_possible(opened: Backend) -> None:
    """The style used when none is named is one of the styles."""
    assert opened.preferred in opened.styles


def test_descriptions_can_be_stored(opened: Backend) -> None:
    """What a backend says of itself is JSON, and its figures are numbers."""
    list(opened.generate(REQUESTS[:2]))
    assert json.loads(json.dumps(dict(opened.describe()))) == dict(opened.describe())
    assert all(isinstance(value, int | float) for value in opened.statistics().values())
