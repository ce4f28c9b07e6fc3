"""How models that were trained to fill a gap are shown where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Fim:
    """The special tokens around the text before a gap and after it."""

    prefix: str
    suffix: str
    middle: str
    """What the model answers to: its answer is the gap's text."""

    def text(self, before: str, after: str) -> str:
        """Return what the model reads: prefix, suffix, middle, in this order (PSM)."""
        return f"{self.prefix}{before}{self.suffix}{after}{self.middle}"


FORMATS: Mapping[str, Fim] = MappingProxyType(
    {
        # github.com/WisdomShell/codeshell; arXiv 2305.06161 (StarCoder), 2402.19173 (StarCoder2)
        "starcoder": Fim("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
        # arXiv 2301.03988
        "santacoder": Fim("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
        # arXiv 2409.12186 (Qwen2.5-Coder), 2406.11409 (CodeGemma)
        "qwen": Fim("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
        # arXiv 2401.14196: what follows `begin` is the prefix, the hole stands between.
        "deepseek": Fim(
            "<\uff5cfim\u2581begin\uff5c>",
            "<\uff5cfim\u2581hole\uff5c>",
            "<\uff5cfim\u2581end\uff5c>",
        ),
        # arXiv 2308.12950 (Code Llama)
        "codellama": Fim("\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>"),
    }
)


def fim_of(knows: Callable[[str], bool]) -> Fim | None:
    """Return the format of a model whose tokenizer `knows` its three tokens, or None."""
    for found in FORMATS.values():
        if all(map(knows, (found.prefix, found.suffix, found.middle))):
            return found
    return None
