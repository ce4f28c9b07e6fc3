"""Prompts as tokens: beginning-of-text tokens, chat templates, stop sequences."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from ucb.backends.hf_prompt import PromptEncoder
from ucb.backends.templates import TEMPLATES
from ucb.errors import BackendError, UnknownName
from ucb.types import Prompt, Style

GOLDEN = {
    "alpaca": "Below is an instruction that describes a task. Write a response that appropriately "
    "completes the request.\n\n### Instruction:\nsort\n\n### Response:",
    "chatml": "<|im_start|>user\nsort<|im_end|>\n<|im_start|>assistant\n",
    "codefuse": "<|role_start|>human<|role_end|>sort<|role_start|>bot<|role_end|>",
    "codegeex2": "\u95ee\uff1asort\n\u7b54\uff1a",
    "codeshell": "## human:sort|<end>|## assistant:",
    "llama2": "[INST] sort [/INST]",
    "octocoder": "Question: sort\n\nAnswer:",
    "vicuna": "A chat between a curious user and an artificial intelligence assistant. The "
    "assistant gives helpful, detailed, and polite answers to the user's questions. "
    "USER: sort ASSISTANT:",
}
WITH_SYSTEM = {
    "alpaca": "mind\n\n### Instruction:\nsort\n\n### Response:",
    "chatml": "<|im_start|>system\nmind<|im_end|>\n" + GOLDEN["chatml"],
    "codefuse": "<|role_start|>system<|role_end|>mind" + GOLDEN["codefuse"],
    "codegeex2": "\u95ee\uff1amind\n\nsort\n\u7b54\uff1a",
    "codeshell": "## human:mind\n\nsort|<end>|## assistant:",
    "llama2": "[INST] <<SYS>>\nmind\n<</SYS>>\n\nsort [/INST]",
    "octocoder": "mind\n\nQuestion: sort\n\nAnswer:",
    "vicuna": "mind USER: sort ASSISTANT:",
}


@pytest.mark.parametrize("style", list(Style))
def test_one_beginning_of_text(tokenizer: Any, style: Style) -> None:
    """The tokenizer and the template both write `<s>`, and the model sees it once."""
    ids = PromptEncoder(tokenizer).tokens(Prompt("def f():", style))
    assert ids[0] == tokenizer.bos_token_id
    assert ids.count(tokenizer.bos_token_id) == 1


def test_chat_with_prefill(tokenizer: Any) -> None:
    """The assistant's turn begins with the prefill, after the template's own opening."""
    prompt = Prompt("hi", Style.CHAT, system="be brief", prefill="```python\n")
    assert PromptEncoder(tokenizer).text(prompt) == (
        "<s><|system|>be brief<|end|><|user|>hi<|end|><|assistant|>```python\n"
    )


def test_template_without_system_role(tokenizer: Any, tmp_path: Path) -> None:
    """A template that refuses a system message gets it as part of the user's."""
    file = tmp_path / "strict.jinja"
    file.write_text(
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "[{{ messages[0].content }}]"
    )
    encoder = PromptEncoder(tokenizer, str(file))
    for _ in range(2):
        assert encoder.text(Prompt("hi", Style.CHAT, system="be brief")) == "[be brief\n\nhi]"


def test_template_that_refuses(tokenizer: Any, tmp_path: Path) -> None:
    """A template's own complaint is passed on in a sentence."""
    file = tmp_path / "never.jinja"
    file.write_text("{{ raise_exception('only on Sundays') }}")
    with pytest.raises(BackendError, match="only on Sundays"):
        PromptEncoder(tokenizer, str(file)).text(Prompt("hi", Style.CHAT, system="s"))


def test_no_template(tokenizer: Any) -> None:
    """A model without a template can be asked to complete, and a chat names the way out."""
    base = type(tokenizer)(tokenizer_object=tokenizer.backend_tokenizer, eos_token="</s>")
    encoder = PromptEncoder(base)
    assert not encoder.chats
    assert encoder.tokens(Prompt("def", Style.COMPLETE))
    with pytest.raises(BackendError, match="--style complete"):
        encoder.text(Prompt("hi", Style.CHAT))


def test_empty_prompt(tokenizer: Any) -> None:
    """An empty prompt is still one token, because a model needs something to continue."""
    base = type(tokenizer)(tokenizer_object=tokenizer.backend_tokenizer, eos_token="</s>")
    base.backend_tokenizer.post_processor = None
    assert PromptEncoder(base).tokens(Prompt("", Style.COMPLETE)) == [base.eos_token_id]


@pytest.mark.parametrize("name", GOLDEN)
def test_named_templates(tokenizer: Any, name: str) -> None:
    """Each named template writes its model's published format."""
    encoder = PromptEncoder(tokenizer, name)
    assert encoder.text(Prompt("sort", Style.CHAT)) == GOLDEN[name]
    assert encoder.tokens(Prompt("sort", Style.CHAT))[0] == tokenizer.bos_token_id
    assert encoder.text(Prompt("sort", Style.CHAT, system="mind")) == WITH_SYSTEM[name]


def test_every_template_has_a_golden_text() -> None:
    """No named template is left out of the test above."""
    assert set(GOLDEN) == set(TEMPLATES)


def test_unknown_template(tokenizer: Any) -> None:
    """A misspelt template is pointed out."""
    with pytest.raises(UnknownName, match="Did you mean 'alpaca'"):
        PromptEncoder(tokenizer, "alpacca")


def test_special_tokens_stop(tokenizer: Any) -> None:
    """A stop sequence that is a special token is watched for as a token: it is never decoded."""
    prompt = Prompt("x", Style.COMPLETE, ("\ndef ", "<|end|>"))
    texts, ids = PromptEncoder(tokenizer).stops(prompt)
    assert texts == ("\ndef ",)
    assert ids == {tokenizer.eos_token_id, tokenizer.convert_tokens_to_ids("<|end|>")}


def test_template_stops(tokenizer: Any) -> None:
    """A named template's end of turn ends a chat, and nothing but a chat."""
    encoder = PromptEncoder(tokenizer, "codeshell")
    assert "|<end>|" in encoder.stops(Prompt("x", Style.CHAT))[0]
    assert encoder.stops(Prompt("x", Style.COMPLETE))[0] == ()


def test_a_gap_is_shown_in_the_models_own_tokens(tokenizer: Any) -> None:
    """Text before and behind the gap stands between the tokens that the vocabulary has."""
    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.add_special_tokens(
        {"additional_special_tokens": ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"]}
    )
    prompt = Prompt("def f(x):\n    ", Style.COMPLETE, suffix="\n    return y")
    text = PromptEncoder(tokenizer).text(prompt)
    assert text == "<fim_prefix>def f(x):\n    <fim_suffix>\n    return y<fim_middle>"


def test_a_model_without_gap_tokens_says_so(tokenizer: Any) -> None:
    """An insertion is refused with what to do instead, never asked in another form."""
    prompt = Prompt("a", Style.COMPLETE, suffix="b")
    with pytest.raises(BackendError, match="no tokens that mark a gap"):
        PromptEncoder(tokenizer).text(prompt)
