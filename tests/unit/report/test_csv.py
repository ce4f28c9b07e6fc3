"""Scores as rows that other tools read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.unit.report.builders import mixed, scores_of
from ucb.errors import StoreError
from ucb.report.csv import write_csv


def read(path: Path) -> dict[str, dict[str, str]]:
    """Read a file of one task back, by metric."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["metric"]: row for row in csv.DictReader(file)}


def test_every_metric_is_a_row(tmp_path: Path) -> None:
    """Rates come with their interval and n; what the run does not know is left out."""
    scores = scores_of(mixed(), 1, 2)
    write_csv(tmp_path / "scores.csv", "run-1", {"humaneval": scores})
    rows = read(tmp_path / "scores.csv")
    rate = rows["pass@2"]
    assert (rate["run"], rate["task"], rate["unit"], rate["n"]) == (
        "run-1",
        "humaneval",
        "share",
        "3",
    )
    expected = scores.pass_at[2]
    assert tuple(float(rate[name]) for name in ("value", "low", "high")) == (
        expected.value,
        expected.low,
        expected.high,
    )
    assert float(rows["reason:wrong answer"]["value"]) == 1 / 6
    assert float(rows["tokens_per_solved"]["value"]) == 360
    assert rows["tokens_out"]["low"] == ""
    assert "stage:compiled" in rows
    assert "stage:triggered" not in rows
    assert "cost" not in rows


def test_missing_rows_are_in_every_line(tmp_path: Path) -> None:
    """A figure of an incomplete run carries how much is missing."""
    write_csv(tmp_path / "scores.csv", "run", {"t": scores_of(mixed(), 1, missing=4)})
    assert {row["missing"] for row in read(tmp_path / "scores.csv").values()} == {"4"}


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    """Where a file stands in the way, the user reads which path and why."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError, match=r"scores\.csv cannot be written"):
        write_csv(tmp_path / "taken" / "scores.csv", "run", {"t": scores_of(mixed())})
