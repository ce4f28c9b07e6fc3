"""Scores by group: the same figures in every kind of report."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

from rich.console import Console

from tests.unit.report.builders import mixed, scores_of
from ucb.report.csv import write_csv
from ucb.report.terminal import print_scores
from ucb.scores import Scores
from ucb.stats import estimate


def grouped() -> Scores:
    """Return the scores of a run whose problems are of two libraries."""
    libraries = {"Numpy": estimate([1.0, 0.5]), "Pandas": estimate([0.0])}
    return replace(scores_of(mixed()), splits={"library": libraries})


def test_groups_come_back_from_json() -> None:
    """`scores.json` holds them; a file from before they existed reads as one without."""
    scores = grouped()
    stored = json.loads(json.dumps(scores.to_json()))
    assert Scores.from_json(stored) == scores
    del stored["splits"]
    assert Scores.from_json(stored).splits == {}


def test_groups_are_rows_of_the_csv(tmp_path: Path) -> None:
    """Each with its interval, and the problems it is over."""
    write_csv(tmp_path / "scores.csv", "run-1", {"ds1000": grouped()})
    with (tmp_path / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["metric"]: row for row in csv.DictReader(file)}
    row = rows["library:Numpy"]
    assert (row["unit"], float(row["value"]), row["n"]) == ("share", 0.75, "2")
    assert float(row["low"]) < 0.75 < float(row["high"])


def test_groups_are_a_table_on_the_terminal() -> None:
    """Under the rates, one line per group."""
    file = StringIO()
    print_scores(Console(file=file, width=100), {"ds1000": grouped()})
    lines = file.getvalue().splitlines()
    place = lines.index("pass@1 by library")
    assert [line.split()[:3] for line in lines[place + 2 : place + 4]] == [
        ["Numpy", "2", "75.0%"],
        ["Pandas", "1", "0%"],
    ]
