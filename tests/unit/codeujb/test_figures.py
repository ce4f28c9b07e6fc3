"""CodeUJB's pass@k and pass@t: UCB's figures are those of the published formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ucb.metrics import Scheme, score
from ucb.passat import BUDGETS, TokenRule
from ucb.types import Completion, Key, Reason, Stage, Style, Verdict

STAGES = (Stage.EXTRACTED, Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED)
KS = (1, 5, 10, 20)
"""The published k are 1, 5, 10, 20, 50 and 100 for completion, and without 50 for the others."""
SAMPLE = st.tuples(
    st.sampled_from([Stage.NOTHING, *STAGES]), st.integers(1, 4000), st.integers(1, 4000)
)
PROBLEMS = st.lists(st.lists(SAMPLE, min_size=1, max_size=20), min_size=1, max_size=5)


def _product(n: int, c: int, k: float) -> float:
    """The published estimator, whose k may be no whole number."""
    return 1.0 if n - c < k else float(1.0 - np.prod(1.0 - k / np.arange(n - c + 1, n + 1)))


@settings(deadline=None)
@given(PROBLEMS, st.sampled_from(list(Style)))
def test_figures_are_the_published_ones(
    problems: list[list[tuple[Stage, int, int]]], style: Style
) -> None:
    """A problem with fewer than k samples, or t tokens, is left out of that figure alone."""
    expected = [Key(f"p{p}", s) for p in range(len(problems)) for s in range(20)]
    verdicts, completions = [], []
    for p, samples in enumerate(problems):
        for s, (stage, tokens_in, tokens_out) in enumerate(samples):
            key = Key(f"p{p}", s)
            verdicts.append(Verdict(key, stage, Reason.WRONG))
            completions.append(Completion(key, "", tokens_in=tokens_in, tokens_out=tokens_out))
    scheme = Scheme(stages=STAGES, style=style)
    scores = score(verdicts, completions, KS, expected=expected, scheme=scheme, allow_missing=True)
    for stage in STAGES:
        at_k = scores.pass_at if stage is Stage.PASSED else scores.stages_at[stage]
        counted = [(len(s), sum(each[0] >= stage for each in s)) for s in problems]
        for k in KS:
            values = [_product(n, c, k) for n, c in counted if n >= k]
            assert (k in at_k) is bool(values)
            if values:
                assert at_k[k].value == pytest.approx(np.mean(values))
        for rule in TokenRule:
            # The published code means to take the prompt out of a completion, and does not.
            weight = 1.5 if rule is TokenRule.CODE and style is Style.COMPLETE else 0.5
            tokens = [sum(weight * i + o for _, i, o in samples) for samples in problems]
            at_t = scores.pass_at_t.get(rule, {}).get(stage, {})
            for t in BUDGETS:
                values = [
                    _product(n, c, t / (each / n))
                    for (n, c), each in zip(counted, tokens, strict=True)
                    if each >= t
                ]
                assert (t in at_t) is bool(values)
                if values:
                    assert at_t[t].value == pytest.approx(np.mean(values))
