"""What is kept of many bugs."""

from __future__ import annotations

import pytest

from ucb.mine.work import spread


@pytest.mark.parametrize(
    ("count", "most", "kept"),
    [(3, 5, [0, 1, 2]), (3, 3, [0, 1, 2]), (10, 3, [0, 3, 6]), (39, 2, [0, 19]), (4, 0, [])],
)
def test_what_is_kept_comes_from_everywhere(count: int, most: int, kept: list[int]) -> None:
    """A release that changed one file much does not fill the set with it."""
    bugs = [{"number": number} for number in range(count)]
    assert [bug["number"] for bug in spread(bugs, most)] == kept
