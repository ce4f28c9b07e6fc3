"""CodeUJB's rows: where they are read from, and what must be in them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import codeujb_rows
from tests.unit.codeujb.asking import TASKS, module, task
from ucb import plugins
from ucb.defects4j.suite import TOOLCHAIN
from ucb.errors import DataError, UnknownName


@pytest.mark.parametrize("name", TASKS)
def test_rows_are_problems_in_their_order(name: str, data: Path) -> None:
    """Each with its id, its project as a group and the toolchain that runs it."""
    asked = task(name, data)
    problems = list(asked.problems())
    rows = codeujb_rows.rows(name)
    assert [each.id for each in problems] == [row["task_id"] for row in rows]
    assert {each.language for each in problems} == {TOOLCHAIN}
    assert asked.groups(problems[0]) == {"project": "Till"}


def test_the_default_is_right_and_the_other_mode_is_the_ancestor(data: Path) -> None:
    """There are two modes."""
    for name in TASKS:
        assert task(name, data).mode == "strict"
        assert task(name, data, "ucb").mode == "ucb"
    with pytest.raises(UnknownName, match="Did you mean 'ucb'"):
        task("repair", data, "ubc")


@pytest.mark.parametrize("name", TASKS)
def test_a_missing_field_is_named_with_file_and_line(name: str, tmp_path: Path) -> None:
    """Any field that the task needs, in one sentence."""
    row = codeujb_rows.rows(name)[0]
    fields = module("published")
    (published,) = (each for each in vars(fields).values() if getattr(each, "suffix", "") == name)
    for field in published.fields:
        path = tmp_path / "rows.jsonl"
        rest = {key: value for key, value in row.items() if key != field}
        path.write_text(f"{json.dumps({**row, 'task_id': 'a'})}\n{json.dumps(rest)}\n")
        with pytest.raises(DataError) as caught:
            list(task(name, path).problems())
        assert str(caught.value) == f"{path}, line 2: a row of {published.dataset} has {field!r}."


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("complete", {"start": "8"}, "'start' must be a number of a line, from 0"),
        ("complete", {"start": True}, "'start' must be a number of a line"),
        ("complete", {"end": 999}, "'start' 12 and 'end' 999 are no lines of a source of"),
        ("complete", {"start": 19}, "'start' 19 and 'end' 18 are no lines"),
        ("complete", {"testmethods": []}, "'testmethods' must be a list of texts, and not empty"),
        ("testgen", {"classmethods": [{}]}, "'classmethods' must be a list of objects"),
        ("testgenissue", {"end_buggy": 999}, "'end_buggy' 999"),
        ("testgenissue", {"classes_modified": "A"}, "'classes_modified' must be a list"),
        ("repair", {"fix": None}, "'fix' must be a text"),
        ("repair", {"bug_id": 1.5}, "'bug_id' must be a text or a number"),
        ("defectdetection", {"defective": "yes"}, "'defective' must be true or false"),
    ],
)
def test_a_field_of_another_kind_is_named(
    tmp_path: Path, name: str, change: dict[str, Any], said: str
) -> None:
    """With the place of its row."""
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**codeujb_rows.rows(name)[0], **change}))
    with pytest.raises(DataError, match="line 1: ") as caught:
        list(task(name, path).problems())
    assert said in str(caught.value)


def test_the_same_id_twice_is_told(tmp_path: Path) -> None:
    """Verdicts could not be told apart."""
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{json.dumps(codeujb_rows.rows('repair')[0])}\n" * 2)
    with pytest.raises(DataError, match="line 2: task_id 'repair-sum' is there twice"):
        list(task("repair", path).problems())


@pytest.mark.parametrize(
    "place",
    [
        "code_ujb_repair.jsonl",
        "code_ujb_repair.jsonl.gz",
        "code_ujb_repair.json",
        "task_repair_bench_default|2048.json",
        "code_ujb_repair.parquet",
        "code_ujb_repair/data/train-00000-of-00001.parquet",
        "ZHENGRAN/code_ujb_repair/train.jsonl",
    ],
)
def test_published_files_are_found_in_a_folder(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the hub has them, as CodeUJB's scripts write them, and as plain rows."""
    rows = codeujb_rows.rows("repair")
    path = tmp_path / "codeujb" / place
    path.parent.mkdir(parents=True)
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    if place.endswith(".parquet"):
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(pytest.importorskip("pyarrow").Table.from_pylist(rows), path)
    elif place.endswith(".gz"):
        path.write_bytes(gzip.compress(lines.encode()))
    elif "bench" in place:
        path.write_text(json.dumps({"code_ujb_repair": rows}))
    else:
        path.write_text(json.dumps(rows) if place.endswith("json") else lines)
    found = list(task("repair", tmp_path / "codeujb").problems())
    assert [each.row for each in found] == rows
    monkeypatch.setenv("UCB_DATA_DIR", str(tmp_path))
    assert list(plugins.task("codeujb/repair").problems()) == found


def test_parts_of_a_dataset_are_one(tmp_path: Path) -> None:
    """In the order of their names."""
    folder = tmp_path / "code_ujb_repair" / "data"
    folder.mkdir(parents=True)
    one, two = codeujb_rows.rows("repair")
    (folder / "train-00001-of-00002.jsonl").write_text(json.dumps(two))
    (folder / "train-00000-of-00002.jsonl").write_text(json.dumps(one))
    for given in (tmp_path, tmp_path / "code_ujb_repair"):
        assert [each.row for each in task("repair", given).problems()] == [one, two]


def test_data_that_is_not_here_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to do is in it: the commit of a dataset is the user's to choose."""
    monkeypatch.delenv("UCB_DATA_DIR", raising=False)
    with pytest.raises(DataError, match=r"--data ZHENGRAN/code_ujb_repair@COMMIT"):
        list(plugins.task("codeujb/repair").problems())
    with pytest.raises(DataError, match=r"has no file of code_ujb_repair"):
        list(task("repair", tmp_path).problems())
    with pytest.raises(DataError, match=r"There is no file or folder .*main"):
        list(task("repair", Path("ZHENGRAN/code_ujb_repair@main")).problems())
    empty = tmp_path / "rows.jsonl"
    empty.write_text("\n")
    with pytest.raises(DataError, match="holds no rows"):
        list(task("repair", empty).problems())
    empty.with_suffix(".json").write_text("{}")
    with pytest.raises(DataError, match="holds no JSON array of rows"):
        list(task("repair", empty.with_suffix(".json")).problems())
    empty.with_suffix(".json").write_text("[1]")
    with pytest.raises(DataError, match="row 1: not a JSON object"):
        list(task("repair", empty.with_suffix(".json")).problems())


def test_a_commit_of_the_hub_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files of the split train alone, and never a branch."""
    hub = pytest.importorskip("huggingface_hub")
    folder = tmp_path / "snapshot" / "data"
    folder.mkdir(parents=True)
    (folder / "train-00000-of-00001.jsonl").write_text(json.dumps(codeujb_rows.rows("repair")[0]))
    asked = SimpleNamespace(calls=[])

    def snapshot(dataset: str, **options: Any) -> str:
        asked.calls.append((dataset, options["repo_type"], options["revision"]))
        return str(folder.parent)

    monkeypatch.setattr(hub, "snapshot_download", snapshot)
    named = Path("ZHENGRAN/code_ujb_repair@" + "0a" * 20)
    assert len(list(task("repair", named).problems())) == 1
    assert asked.calls == [("ZHENGRAN/code_ujb_repair", "dataset", "0a" * 20)]
    (folder / "train-00000-of-00001.jsonl").unlink()
    with pytest.raises(DataError, match="has no file of rows at 0a0a0a0a0a0a"):
        list(task("repair", named).problems())

    def refuse(dataset: str, **options: Any) -> str:
        raise OSError("no such commit\nmore")

    monkeypatch.setattr(hub, "snapshot_download", refuse)
    with pytest.raises(DataError, match=r"could not be read from the hub: no such commit$"):
        list(task("repair", named).problems())
