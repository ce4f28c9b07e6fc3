"""The Hugging Face backend with a real model."""

from __future__ import annotations

import random
from functools import cache

import pytest

from ucb import plugins
from ucb.backends import Backend
from ucb.backends.models import PACKAGED
from ucb.types import Finish, Key, Prompt, Request, Sampling, Style

pytestmark = pytest.mark.model

SIGNATURES = [
    "def add(a, b):\n    ",
    'def is_even(n: int) -> bool:\n    """Return whether n is even."""\n',
    "import math\n\n\ndef area(radius):\n",
    "def largest(numbers):\n    best = numbers[0]\n",
    "class Stack:\n    def __init__(self):\n",
]


@cache
def smollm() -> Backend:
    """The built-in model, loaded once."""
    return plugins.backend("hf", model="smollm2-135m", batch_size=12, device="cpu")


def asked(temperature: float, samples: int) -> list[Request]:
    """A completion of each signature."""
    sampling = Sampling(samples, temperature, 0.95, max_tokens=32)
    return [
        Request(Key(f"p/{index}", sample), Prompt(text, Style.COMPLETE, ("\ndef ",)), sampling)
        for index, text in enumerate(SIGNATURES)
        for sample in range(samples)
    ]


def test_what_it_is() -> None:
    """The built-in model is described by the checksum of its file."""
    about = smollm().describe()
    assert about["sha256"] == PACKAGED["smollm2-135m"].sha256
    assert about["parameters"] == 134_515_008


def test_it_can_add() -> None:
    """The model completes the simplest of functions, and ends before the next one."""
    prompt = Prompt("def add(a, b):\n    return a", Style.COMPLETE, ("\n",))
    one = Request(Key("p", 0), prompt, Sampling(max_tokens=16))
    completion = next(smollm().generate([one]))
    assert (completion.text, completion.finish) == (" + b", Finish.STOP)


def test_it_chats() -> None:
    """Asked in its chat format, with its turn begun for it, the model goes on and ends."""
    prompt = Prompt("What is 2 + 3?", Style.CHAT, prefill="2 + 3 =")
    one = Request(Key("p", 0), prompt, Sampling(max_tokens=32))
    completion = next(smollm().generate([one]))
    assert completion.text.lstrip().startswith("5")
    assert completion.finish is Finish.STOP


@pytest.mark.parametrize(("temperature", "samples"), [(0.0, 1), (0.8, 4)])
def test_an_interrupted_run_writes_the_same(temperature: float, samples: int) -> None:
    """Requests that are left after an interruption get the completions they would have got."""
    requests = asked(temperature, samples)
    whole = {c.key: c.text for c in smollm().generate(requests)}
    assert len(whole) == len(requests)
    for seed in range(2):
        left = random.Random(seed).sample(requests, len(requests) // 2)
        resumed = {c.key: c.text for c in smollm().generate(left)}
        assert resumed == {each.key: whole[each.key] for each in left}
