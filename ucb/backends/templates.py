"""
Chat formats of models that predate templates in the tokenizer.

Each is written as the Jinja template its tokenizer would carry, without the
beginning-of-text token, which the tokenizer adds where the model wants one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Template:
    """How a conversation is written for a model."""

    jinja: str
    stop: tuple[str, ...] = ()
    """What ends the assistant's turn, besides the tokenizer's own end of text."""


_SYSTEM_AND_USER = (
    "{%- set system = messages[0].content if messages[0].role == 'system' else default -%}"
    "{%- set user = messages[-1].content -%}"
)


def _jinja(text: str, default: str = "") -> str:
    return f"{{%- set default = {default!r} -%}}{_SYSTEM_AND_USER}{text}"


TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        # github.com/tatsu-lab/stanford_alpaca; WizardCoder and many others use it too.
        "alpaca": Template(
            _jinja(
                "{{ system }}\n\n### Instruction:\n{{ user }}\n\n### Response:",
                "Below is an instruction that describes a task. "
                "Write a response that appropriately completes the request.",
            ),
            ("\n### Instruction:",),
        ),
        # github.com/openai/openai-python/blob/v0.27.0/chatml.md
        "chatml": Template(
            _jinja(
                "{% if system %}<|im_start|>system\n{{ system }}<|im_end|>\n{% endif %}"
                # Jinja drops a newline that ends a template, unless it is an expression.
                "<|im_start|>user\n{{ user }}<|im_end|>\n<|im_start|>assistant{{ '\n' }}"
            ),
            ("<|im_end|>",),
        ),
        # github.com/codefuse-ai/MFTCoder, the CodeFuse models
        "codefuse": Template(
            _jinja(
                "{% if system %}<|role_start|>system<|role_end|>{{ system }}{% endif %}"
                "<|role_start|>human<|role_end|>{{ user }}<|role_start|>bot<|role_end|>"
            ),
            ("<|role_start|>", "<|role_end|>"),
        ),
        # github.com/THUDM/CodeGeeX2: "question:" and "answer:" in Chinese, full-width colons
        "codegeex2": Template(
            _jinja(
                "\u95ee\uff1a{% if system %}{{ system }}\n\n{% endif %}{{ user }}\n\u7b54\uff1a"
            ),
            ("\n\u95ee\uff1a",),
        ),
        # `build_chat_input` in github.com/WisdomShell/codeshell
        "codeshell": Template(
            _jinja(
                "## human:{% if system %}{{ system }}\n\n{% endif %}{{ user }}|<end>|## assistant:"
            ),
            ("|<end>|", "|end|", "## human"),
        ),
        # arXiv 2307.09288 and github.com/meta-llama/llama; CodeLlama-Instruct too.
        "llama2": Template(
            _jinja(
                "[INST] {% if system %}<<SYS>>\n{{ system }}\n<</SYS>>\n\n{% endif %}"
                "{{ user }} [/INST]"
            ),
        ),
        # arXiv 2308.07124 (OctoPack)
        "octocoder": Template(
            _jinja("{% if system %}{{ system }}\n\n{% endif %}Question: {{ user }}\n\nAnswer:"),
            ("\nQuestion:",),
        ),
        # github.com/lm-sys/FastChat, vicuna_v1.1
        "vicuna": Template(
            _jinja(
                "{{ system }} USER: {{ user }} ASSISTANT:",
                "A chat between a curious user and an artificial intelligence assistant. The "
                "assistant gives helpful, detailed, and polite answers to the user's questions.",
            ),
            ("\nUSER:",),
        ),
    }
)
