"""The log-likelihood of a prompt's choices under a model of transformers."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from transformers import DynamicCache

from ucb.backends.choices import summed

Tokens = tuple[int, ...]
Forms = Mapping[str, tuple[Tokens, ...]]
"""By choice, the token sequences that count as it: see `hf_prompt.PromptEncoder.forms`."""


def likelihoods(
    model: Any, prompt: Sequence[int], forms: Forms, cache: DynamicCache | None
) -> dict[str, float] | None:
    """
    Return the natural logarithm of the probability that the next tokens are each choice.

    Args:
        model: It reads the prompt by itself, so the result depends on nothing else.
        prompt: Token ids, at least one.
        forms: No form of a choice begins with another one of it, so that they exclude each other.
        cache: Keys and values of all but the last token of the prompt, which is left as it is;
            without it the whole prompt is read.

    """
    read: dict[Tokens, torch.Tensor] = {}
    found: dict[str, list[float]] = {choice: [] for choice in forms}
    pairs = [(choice, form) for choice, each in forms.items() for form in each]
    # The longest first: what is read for it serves the forms that it shares a beginning with.
    for choice, form in sorted(pairs, key=lambda pair: -len(pair[1])):
        lead = form[:-1]
        logs = next((logs for other, logs in read.items() if other[: len(lead)] == lead), None)
        if logs is None:
            logs = read[lead] = _following(model, prompt, lead, cache)
        found[choice].append(sum(float(logs[at, token]) for at, token in enumerate(form)))
    return summed(found)


def _following(
    model: Any, prompt: Sequence[int], lead: Tokens, cache: DynamicCache | None
) -> torch.Tensor:
    """Return log-probabilities of the next token after the prompt and each token of `lead`."""
    ids = [*(prompt if cache is None else prompt[-1:]), *lead]
    asked: dict[str, Any] = {"use_cache": False}
    if cache is not None:
        asked = {"past_key_values": copy.deepcopy(cache)}
    count = len(lead) + 1
    if "logits_to_keep" in inspect.signature(model.forward).parameters:
        asked["logits_to_keep"] = count
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids], device=model.device), **asked).logits
    return torch.log_softmax(logits[0, -count:].float(), dim=-1).cpu()
