"""Rows rebuilt from an installation are as CodeUJB's, and say what was left out."""

from __future__ import annotations

import gzip
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract import defects4j, sandboxes
from tests.contract.defects4j import Rooms
from ucb.defects4j.bugs import Dropped
from ucb.defects4j.mining import Mine, told, totals
from ucb.errors import DataError

_REPORTS = [
    {
        "project": "Till", "bug_id": 1, "issue_id": "TILL-17",
        "title": "sum of <code>{1, 2}</code>",
        "description": "<p>It gives 2 &amp; not 3.</p>",
    }
]  # fmt: skip


@pytest.fixture(scope="module", params=sandboxes.ENGINES)
def rooms(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rooms]:
    """One room with the stub."""
    yield from defects4j.rooms(request.param, tmp_path_factory)


@pytest.fixture(scope="module")
def mined(rooms: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mining every bug of the stub finds."""
    folder = tmp_path_factory.mktemp("mined")
    reports = folder / "reports.json.gz"
    reports.write_bytes(gzip.compress(json.dumps(_REPORTS).encode()))
    list(_mine(rooms, folder, reports).work([]))
    return folder


def _mine(rooms: Rooms, folder: Path, reports: Path | None = None) -> Mine:
    known = told(reports) if reports else {}
    return Mine(folder, rooms.copies, rooms.sandbox.run, known, 3)


def _rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


def test_every_filter_is_counted(mined: Path) -> None:
    """Of six bugs one cannot be had, one is in two methods, and one only has a report."""
    count, made, dropped = totals(mined)
    assert count == 6
    assert made == Counter(complete=3, testgen=1, testgenissue=1, defectdetection=8, repair=4)
    assert dropped == Counter({
        Dropped.CHECKOUT: 1, Dropped.SEVERAL: 1, Dropped.NO_REPORT: 4,
    })  # fmt: skip
    (refused,) = [row for row in _rows(mined, "bugs") if "said" in row]
    assert "Couldn't check out program version!" in refused["said"]


def test_a_repair_has_both_functions_and_what_triggers(mined: Path) -> None:
    """The buggy one in its place in the buggy file; every row is another problem."""
    rows = {row["bug_id"]: row for row in _rows(mined, "code_ujb_repair")}
    assert set(rows) == {"1", "2", "3", "4"}
    row = rows["2"]
    lines = row["source"].split("\n")
    assert "\n".join(lines[row["start"] : row["end"] + 1]) == row["function"]
    assert "given < due + 1" in row["function"]
    assert "given < due)" in row["fix"]
    assert row["testmethods"] == ["org.till.TillTest::testExactly"]
    assert row["function_signature"] == "public static int change(int given, int[] prices) "


def test_detection_is_balanced(mined: Path) -> None:
    """Each function once with its bug and once without."""
    rows = _rows(mined, "code_ujb_defectdetection")
    assert Counter(row["defective"] for row in rows) == {True: 4, False: 4}
    assert all((row["function"] == row["fix"]) is not row["defective"] for row in rows)
    assert len({row["task_id"] for row in rows}) == 8


def test_functions_to_write_have_tests_that_need_them(mined: Path) -> None:
    """Documented, of three lines or more, each once however many bugs are in its class."""
    rows = {row["function_name"]: row for row in _rows(mined, "code_ujb_complete")}
    assert set(rows) == {"sum", "half", "change"}
    row = rows["sum"]
    assert row["testmethods"] == [
        "org.till.MoneyTest::testSumOfAll", "org.till.MoneyTest::testSumOfNothing",
        "org.till.TillTest::testChange",
    ]  # fmt: skip
    assert row["prompt_complete"].endswith("\n    public static int sum(int[] values) {\n")
    assert row["prompt_complete"].startswith(row["prompt_complete_with_comment"])
    assert "Adds all amounts of a list" in row["prompt_chat"]


def test_tests_to_write_name_what_they_test(mined: Path) -> None:
    """Only classes of the project that they run."""
    (row,) = _rows(mined, "code_ujb_testgen")
    assert row["testmethods"] == ["org.till.MoneyTest::testHalf"]
    assert {each["be_test_class_name"] for each in row["classmethods"]} == {"org.till.Money"}


def test_a_report_becomes_a_test_to_write(mined: Path) -> None:
    """Its text without HTML, and where the test stands in both versions."""
    (row,) = _rows(mined, "code_ujb_testgenissue")
    assert "sum of {1, 2}" in row["prompt_chat"]
    assert "It gives 2 & not 3." in row["prompt_complete"]
    assert row["testmethod"] == "org.till.MoneyTest::testSumOfAll"
    assert row["classes_modified"] == ["org.till.Money"]
    for side in ("fixed", "buggy"):
        lines = row[f"source_{side}"].split("\n")
        shown = lines[row[f"start_{side}"] : row[f"end_{side}"] + 1]
        assert "\n".join(shown) == row["function"]


def test_mining_goes_on_where_it_was_stopped(rooms: Rooms, mined: Path, tmp_path: Path) -> None:
    """A bug whose row was not written is done again, without a row that is there twice."""
    folder = tmp_path / "again"
    shutil.copytree(mined, folder)
    bugs = (folder / "bugs.jsonl").read_text().splitlines(keepends=True)
    (folder / "bugs.jsonl").write_text("".join(bugs[:3]))
    again = [row["bug"] for row in _mine(rooms, folder).work(["Till"])]
    assert again == ["4", "5", "6"]
    for name in ("complete", "testgen", "testgenissue", "defectdetection", "repair"):
        ids = [row["task_id"] for row in _rows(folder, f"code_ujb_{name}")]
        assert ids == [row["task_id"] for row in _rows(mined, f"code_ujb_{name}")]


def test_a_project_or_a_file_that_is_none_is_a_sentence(rooms: Rooms, tmp_path: Path) -> None:
    """What Defects4J says of it, or what is no name or no report at all."""
    for name, sentence in (("Tull", "Invalid project_id: Tull"), ("a b", "is no project")):
        with pytest.raises(DataError, match=sentence):
            list(_mine(rooms, tmp_path / "out").work([name]))
    path = tmp_path / "reports.json"
    path.write_text('[{"project": "Till"}]')
    with pytest.raises(DataError, match="no array of bug reports"):
        told(path)
