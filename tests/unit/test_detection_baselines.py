"""The baselines of defect detection find what there is to find, and nothing where there is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from benchmarks import detection_baselines as baselines
from ucb.classify import Figure

FEATURES = len(baselines._FEATURES)
FITS: dict[str, Callable[..., baselines.Fitted]] = {
    "threshold": partial(baselines._threshold, places=range(FEATURES)),
    "logistic": baselines._logistic,
    "naive Bayes": baselines._bayes,
}


def samples(seed: int, *, told: bool) -> list[baselines.Sample]:
    """Bugs of six packages; a feature and a word tell the defective version, or nothing does."""
    draw = random.Random(seed)
    found = []
    for bug in range(60):
        for defective in (True, False):
            features = np.array([float(draw.randrange(20)) for _ in range(FEATURES)])
            words = {f"w{draw.randrange(8)}" for _ in range(4)}
            if told:
                features[3] = 30.0 + draw.random() if defective else 10.0
                words |= {"todo"} if defective else set()
            found.append(
                baselines.Sample(
                    f"b{bug}", f"p{bug % 6}", defective, "", "", features, frozenset(words)
                )
            )
    return found


@pytest.mark.parametrize("name", list(FITS))
def test_what_tells_is_found(name: str) -> None:
    """In packages that it was not fitted to, whichever side of the bound is the defective one."""
    figures = baselines._crossed(samples(5, told=True), FITS[name]).figures
    assert figures[Figure.ACCURACY].value > 0.95
    assert figures[Figure.AUC].value > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FITS))
def test_where_nothing_tells_it_is_chance(name: str) -> None:
    """What was fitted to noise does not hold in another package."""
    found = [baselines._crossed(samples(seed, told=False), FITS[name]) for seed in range(8)]
    mean = np.mean([each.figures[Figure.ACCURACY].value for each in found])
    assert mean == pytest.approx(0.5, abs=0.05)


def test_what_gives_a_version_away() -> None:
    """Only lines that the other version does not have count, and helpers that nothing else uses."""
    around = "def helper(x):\n    return x\n\ndef used(x):\n    return used(x)\n"
    empty = np.zeros(FEATURES)

    def sample(code: str, words: set[str]) -> baselines.Sample:
        return baselines.Sample("b", "p", True, code, around, empty, frozenset(words))

    bad = sample("def f(y):\n    x = 'issue 3'\n    return gone(used(x, y))", {"f", "used"})
    good = sample('def f(y):\n    x = "issue 3"\n    return helper("1.2.3")', {"f", "helper"})
    told = baselines._told([(bad, good)])
    assert told["fix, bug, issue, workaround"] == (1, 1)
    assert told["number of a version"] == (0, 1)
    assert told["a function around that nothing else uses"] == (0, 1)
    assert told["a name that is not around"] == (1, 0)
    assert told["layout of the same code"] == (1, 1)
