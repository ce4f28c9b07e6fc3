"""A tiny tokenizer and tiny models, made here: no network, no real weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ucb.backends.hf import settle_threads
from ucb.types import Key, Prompt, Request, Sampling, Style

# Test modules import torch while they are collected, before any backend is opened.
settle_threads()

CORPUS = [
    "def add(a, b):\n    return a + b\n",
    "class Point:\n    def __init__(self, x, y):\n        self.x = x\n",
    "for index in range(10):\n    print(index)\n\nif x > 3:\n    stop()\n",
    '"""Return the sum of two numbers, é and ü and 数."""\n',
]
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def request(text: str, name: str = "p/0", sample: int = 0, **options: Any) -> Request:
    """A request to complete `text`; `stop` and the fields of `Sampling` may be given."""
    stop = options.pop("stop", ())
    return Request(
        Key(name, sample),
        Prompt(text, Style.COMPLETE, stop),
        Sampling(**{"max_tokens": 24} | options),
    )


@pytest.fixture(autouse=True)
def _hub_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's client has read the environment long before a test sets it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """A byte-level BPE tokenizer of a few hundred tokens, with a chat template."""
    made_of = pytest.importorskip("tokenizers")
    byte_level = made_of.pre_tokenizers.ByteLevel
    raw = made_of.Tokenizer(made_of.models.BPE())
    raw.pre_tokenizer = byte_level(add_prefix_space=False)
    raw.decoder = made_of.decoders.ByteLevel()
    trainer = made_of.trainers.BpeTrainer(
        vocab_size=400,
        initial_alphabet=byte_level.alphabet(),
        special_tokens=["<s>", "</s>", "<|end|>"],
        show_progress=False,
    )
    raw.train_from_iterator(CORPUS, trainer)
    raw.post_processor = made_of.processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", raw.token_to_id("<s>"))]
    )
    made = pytest.importorskip("transformers").PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<s>", eos_token="</s>", pad_token="</s>",
        additional_special_tokens=["<|end|>"],
    )  # fmt: skip
    made.chat_template = TEMPLATE
    return made


@pytest.fixture(scope="session")
def save_model(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any], Path]:
    """Return a function that builds a model with random weights from a configuration."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")

    def save(config: Any) -> Path:
        torch.manual_seed(7)
        folder = tmp_path_factory.mktemp("model")
        transformers.AutoModelForCausalLM.from_config(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder

    return save


@pytest.fixture(scope="session")
def llama(save_model: Callable[[Any], Path], tokenizer: Any) -> Path:
    """The folder of a two-layer Llama with a window of 512 tokens."""
    return save_model(
        pytest.importorskip("transformers").LlamaConfig(
            vocab_size=len(tokenizer), hidden_size=64, intermediate_size=96, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512,
            # Large weights, so that completions differ from prompt to prompt.
            initializer_range=0.4, bos_token_id=0, eos_token_id=1, pad_token_id=1,
        )
    )  # fmt: skip
