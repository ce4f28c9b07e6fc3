"""The published results are what their runs say."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.end_to_end.commands import ucb

RESULTS = Path(__file__).parents[2] / "results"
PUBLISHED = ("leaderboard.csv", "leaderboard.html")


def test_the_leaderboard_is_made_again_byte_for_byte(tmp_path: Path) -> None:
    """One command over the committed runs gives the committed files."""
    # Only what is published: a folder in here is somebody's own run.
    copy = tmp_path / "results"
    copy.mkdir()
    for run in RESULTS.glob("*.json"):
        shutil.copy(run, copy)
    done = ucb("leaderboard", copy)
    assert done.returncode == 0, done.stderr
    for name in PUBLISHED:
        assert (copy / name).read_bytes() == (RESULTS / name).read_bytes(), name
