"""The gate's promises, simulated: how often it errs, and what it sees."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.results import outcome
from ucb.compare import POWER
from ucb.gate import Config, Rule, decide
from ucb.outcomes import RunOutcome

pytestmark = pytest.mark.slow

RUNS = 2000
PROBLEMS = 164


def closed(drop: float, runs: int, seed: int, config: Config | None = None) -> tuple[float, float]:
    """
    Gate pairs of greedy runs and return the share that failed and the mean detectable drop.

    A problem's chance to be solved is drawn from a U-shaped distribution, as
    real models have it; every fifth answer differs between the runs by chance
    alone. The candidate's chances are lower by `drop` on average.
    """
    random = np.random.RandomState(seed)
    failed, seen = 0, 0.0
    for _ in range(runs):
        solved = random.uniform(size=PROBLEMS) < 0.6
        noise = [random.uniform(size=PROBLEMS) < 0.1 for _ in range(2)]
        baseline = solved ^ noise[0]
        candidate = solved ^ noise[1]
        # What the candidate solves, it loses with the chance that makes `drop` on average.
        candidate &= random.uniform(size=PROBLEMS) >= drop / (0.6 * 0.9 + 0.4 * 0.1)
        decision = decide(outcome(candidate.astype(int)), outcome(baseline.astype(int)), config)
        failed += not decision.passed
        seen += decision.checks[0].detectable or 0.0
    return failed / runs, seen / runs


def test_false_alarms_are_at_most_five_percent() -> None:
    """Of 2,000 candidates that are no worse, at most 1 in 20 is stopped."""
    alarms, _ = closed(0.0, RUNS, seed=1)
    assert 0.005 < alarms <= 0.05


def test_the_printed_drop_is_found_in_four_of_five_runs() -> None:
    """A drop as large as the gate says it can see is stopped about as often as it says."""
    _, printed = closed(0.0, 100, seed=2)
    power, _ = closed(printed, 600, seed=3)
    assert power == pytest.approx(POWER, abs=0.06)


def test_a_margin_is_part_of_what_is_printed() -> None:
    """With five points tolerated, fewer alarms, and the printed drop is still found."""
    config = Config((Rule(margin=0.05),))
    alarms, printed = closed(0.0, 200, seed=4, config=config)
    assert alarms <= 0.05
    power, _ = closed(printed, 600, seed=5, config=config)
    assert power == pytest.approx(POWER, abs=0.06)


def test_many_rules_do_not_add_up_to_many_alarms() -> None:
    """Ten benchmarks at once: at most 5 % of the gates close on candidates that are no worse."""
    random = np.random.RandomState(6)
    runs, failed = 100, 0
    for _ in range(runs):
        pair = []
        for _ in range(2):
            tasks = {}
            for number in range(10):
                found = outcome(random.binomial(1, 0.5, size=60)).tasks["t"]
                tasks[f"t{number}"] = found
            pair.append(RunOutcome("run", "m", tasks))
        failed += not decide(*pair).passed
    assert failed / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
