"""The soak's own judgement: what counts as grown."""

from __future__ import annotations

import pytest

from benchmarks.soak import RULES, grown

STILL = dict.fromkeys(RULES, 40.0)


def told(looks: list[dict[str, float]]) -> list[str]:
    return [name for name, _, _, grew in grown(looks) if grew]


def test_what_stays_has_not_grown() -> None:
    """And a peak in the middle, or at one look, is none either."""
    looks = [dict(STILL) for _ in range(40)]
    looks[20] = dict.fromkeys(RULES, 900.0)
    looks[39] = dict.fromkeys(RULES, 900.0)
    assert told(looks) == []


@pytest.mark.parametrize("name", RULES)
def test_what_climbs_has_grown_whatever_it_is(name: str) -> None:
    """One more at each look."""
    looks = [{**STILL, name: 40.0 + 2 * number} for number in range(40)]
    assert told(looks) == [name]
