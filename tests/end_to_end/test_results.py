"""The published results are what their runs say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.commands import ucb

RESULTS = Path(__file__).parents[2] / "results"
PUBLISHED = ("leaderboard.csv", "leaderboard.html")


@pytest.mark.skipif(
    not (RESULTS / PUBLISHED[0]).is_file(), reason="no leaderboard is published in results/"
)
def test_the_leaderboard_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    """One command over the committed runs gives the committed files."""
    copy = shutil.copytree(RESULTS, tmp_path / "results")
    for name in PUBLISHED:
        (copy / name).unlink()
    done = ucb("leaderboard", copy)
    assert done.returncode == 0, done.stderr
    for name in PUBLISHED:
        assert (copy / name).read_bytes() == (RESULTS / name).read_bytes(), name
