"""pass@k and pass@t of problems whose samples are counted. Everything here is pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from ucb.stats import Estimate, estimate
from ucb.types import Style

BUDGETS = (1000, 5000, 10_000, 20_000, 500_000, 1_000_000)
"""The t of CoderUJB's pass@t (arXiv 2403.19287, and its code)."""


def pass_at_k(n: int, c: int, k: int) -> float:
    """
    Return the chance that k samples drawn from n, of which c pass, hold one that passes.

    This is 1 - C(n-c, k) / C(n, k), the unbiased estimator of Chen et al. 2021
    (arXiv 2107.03374, section 2.1). It is computed in integers and rounded once,
    so it is exact to the last bit for every n. Needs 0 <= c <= n and 1 <= k <= n.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"pass@{k} is not defined for {c} passes in {n} samples")
    ways = math.comb(n, k)
    return (ways - math.comb(n - c, k)) / ways


class TokenRule(StrEnum):
    """What a token of a prompt costs in pass@t, beside 1 for a token of the output."""

    PAPER = "ucb-paper"
    """Half a token, as CoderUJB's paper defines it (arXiv 2403.19287)."""
    CODE = "ucb-code"
    """As its published code counts: in completion style the output it measures still
    repeats the prompt, so a prompt token costs one and a half."""


def weighted_tokens(tokens_in: int, tokens_out: int, rule: TokenRule, style: Style) -> float:
    """
    Return what one sample costs in pass@t.

    `tokens_in` and `tokens_out` are the prompt and the completion without the
    prompt, counted with the same tokenizer for all models (the paper: GPT-2's).
    """
    repeats_prompt = rule is TokenRule.CODE and style is Style.COMPLETE
    return (1.5 if repeats_prompt else 0.5) * tokens_in + tokens_out


class Spent(NamedTuple):
    """What one problem cost in pass@t."""

    samples: int
    passed: int
    tokens: float
    """`weighted_tokens` of all its samples together."""


def pass_at_t(t: int, problems: Iterable[Spent]) -> Estimate | None:
    """
    Return the chance of a pass when each problem may cost t tokens, or None if no problem counts.

    t tokens buy t / (tokens per sample) samples, a real number; pass@k's product
    over i = n-c+1 … n of 1 - k/i takes it as it is. A problem whose samples cost
    fewer than t tokens together cannot answer and is left out, so `problems` of
    the estimate says how many did. Definition: CoderUJB, arXiv 2403.19287, as its
    code has it.
    """
    values = []
    for n, c, tokens in problems:
        if n and 0 < t <= tokens:
            k = t * n / tokens
            missed = math.prod(1 - k / i for i in range(n - c + 1, n + 1)) if n - c >= k else 0.0
            values.append(1 - missed)
    return estimate(values) if values else None


class Told(NamedTuple):
    """What the samples of one problem came to, and what their completions say they took."""

    samples: int
    passed: int
    """Or reached another stage: whatever pass@t is asked of."""
    tokens_in: int | None
    """Of all samples together; None unless every completion says."""
    tokens_out: int | None


def by_budget(
    budgets: Iterable[int], problems: Sequence[Told], rule: TokenRule, style: Style
) -> dict[int, Estimate]:
    """
    Return pass@t for each budget that some problem can spend, in rising order.

    Tokens are those the completions say, of the model's own tokenizer. Nothing
    is returned when one problem does not say: it might be the one that fails.
    """
    spent = [
        Spent(n, c, weighted_tokens(tokens_in, tokens_out, rule, style))
        for n, c, tokens_in, tokens_out in problems
        if tokens_in is not None and tokens_out is not None
    ]
    if len(spent) < len(problems):
        return {}
    found = ((t, pass_at_t(t, spent)) for t in sorted(set(budgets)))
    return {t: value for t, value in found if value is not None}
