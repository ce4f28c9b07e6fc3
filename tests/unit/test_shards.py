"""Rows in several files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ucb import formats, shards
from ucb.errors import StoreError
from ucb.files import shards as files_of
from ucb.rows import completion_to_row
from ucb.store import TaskFolder
from ucb.types import Completion, Key, Reason, Stage, Verdict


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows fill a file."""
    monkeypatch.setattr(shards, "SHARD_BYTES", 200)


def filled(path: Path, count: int = 20) -> TaskFolder:
    folder = TaskFolder(path)
    for sample in range(count):
        folder.add_completion(Completion(Key("p", sample), f"text {sample}"))
        folder.add_verdict(Verdict(Key("p", sample), Stage.PASSED, Reason.PASSED, output="o" * 50))
    folder.close()
    return folder


def test_rows_go_on_in_files_of_bounded_size(tmp_path: Path) -> None:
    """The first file keeps its name, and all are read in order."""
    folder = filled(tmp_path / "t")
    names = [file.name for file in files_of(folder.path / "verdicts.jsonl")]
    assert names[:3] == ["verdicts.jsonl", "verdicts-00001.jsonl", "verdicts-00002.jsonl"]
    assert all(file.stat().st_size < 400 for file in folder.path.iterdir())
    assert [c.text for c in folder.completions()] == [f"text {n}" for n in range(20)]
    assert [v.key.sample for v in folder.verdicts()] == list(range(20))


def test_the_last_file_is_gone_on_with(tmp_path: Path) -> None:
    """Opened again, rows follow those that are there."""
    before = len(list(filled(tmp_path / "t", 3).path.iterdir()))
    folder = TaskFolder(tmp_path / "t")
    folder.add_completion(Completion(Key("p", 3), "text 3"))
    folder.close()
    assert len(list(folder.path.iterdir())) <= before + 1
    assert [c.key.sample for c in folder.completions()] == [0, 1, 2, 3]


def test_after_file_99999_comes_100000(tmp_path: Path) -> None:
    """Numbers are compared, not names."""
    for number in ("", "-99999", "-100000"):
        row = completion_to_row(Completion(Key("p", len(number)), "x"))
        (tmp_path / f"completions{number}.jsonl").write_text(json.dumps(row) + "\n")
    assert [c.key.sample for c in TaskFolder(tmp_path).completions()] == [0, 6, 7]


def test_judging_again_removes_every_file(tmp_path: Path) -> None:
    """And leaves the completions."""
    folder = filled(tmp_path / "t")
    folder.drop_verdicts()
    assert not files_of(folder.path / "verdicts.jsonl")
    assert len(folder.completion_keys()) == 20
    assert not folder.verdict_keys()


def test_a_file_that_is_gone_is_not_done(tmp_path: Path) -> None:
    """Its rows are missing, and nothing else is."""
    folder = filled(tmp_path / "t")
    lost = folder.path / "verdicts-00001.jsonl"
    samples = {json.loads(line)["sample"] for line in lost.read_text().splitlines()}
    lost.unlink()
    assert {key.sample for key in folder.verdict_keys()} == set(range(20)) - samples


def test_damage_names_the_file_it_is_in(tmp_path: Path) -> None:
    """File and line, wherever the rows lie."""
    folder = filled(tmp_path / "t")
    file = folder.path / "verdicts-00002.jsonl"
    file.write_bytes(file.read_bytes().replace(b"{", b"\0", 1))
    with pytest.raises(StoreError, match=r"verdicts-00002\.jsonl, line 1: not a row"):
        list(folder.verdicts())


def test_a_single_verdict_is_read_where_it_stands(tmp_path: Path) -> None:
    """For pages that show some samples of many."""
    folder = filled(tmp_path / "t")
    places = folder.verdict_places({Key("p", 0), Key("p", 17), Key("q", 0)})
    assert sorted(places) == [Key("p", 0), Key("p", 17)]
    assert [folder.verdict_at(places[key]).key for key in sorted(places)] == sorted(places)


def test_an_index_finds_every_row_in_its_order(tmp_path: Path) -> None:
    """Whatever the order in which they arrived, and with samples that are missing."""
    folder = TaskFolder(tmp_path / "t")
    keys = [Key("b", 3), Key("a", 0), Key("b", 0), Key("a", 12), Key("b", 1)]
    for key in keys:
        folder.add_completion(Completion(key, f"{key.problem}{key.sample}" * 20))
    folder.close()
    places = folder.completion_places()
    assert list(places) == [Key("b", 0), Key("b", 1), Key("b", 3), Key("a", 0), Key("a", 12)]
    assert (len(places), places.problems) == (5, ["b", "a"])
    assert [folder.completion_at(places[key]).key for key in keys] == keys
    assert len({place.file for place in places.values()}) > 1
    for missing in (Key("b", 2), Key("a", 13), Key("c", 0)):
        assert missing not in places
    assert list(folder.verdict_places()) == []


def test_the_samples_of_a_run_folder_are_read_to_their_end(tmp_path: Path) -> None:
    """`--samples-file RUN/TASK/completions.jsonl` means all of them, each time anew."""
    folder = filled(tmp_path / "t")
    samples = formats.Samples(folder.path / "completions.jsonl", ["p"], {})
    assert [c.key.sample for c in samples] == [c.key.sample for c in samples] == list(range(20))
