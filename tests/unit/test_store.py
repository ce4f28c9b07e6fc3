"""The run folder."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ucb.errors import StoreError
from ucb.store import Run, TaskFolder, write_json
from ucb.types import Completion, Finish, Key, Reason, Stage, Verdict


def completion(sample: int, text: str = "x") -> Completion:
    return Completion(Key("p", sample), text, Finish.LENGTH, 3, 4, 0.5)


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    """What was stored is what is read, surrogates and all."""
    folder = TaskFolder(tmp_path / "t")
    row = completion(0, "é\ud800\n\x00")
    verdict = Verdict(
        Key("p", 0), Stage.COMPILED, Reason.WRONG, "d", "split", 0.1, ("fenced",), "o"
    )
    folder.add_completion(row)
    folder.add_verdict(verdict)
    folder.close()
    assert list(folder.completions()) == [row]
    assert list(folder.verdicts()) == [verdict]
    assert folder.completion_keys() == folder.verdict_keys() == {Key("p", 0)}


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_torn_last_line_is_dropped_and_written_again(tmp_path: Path, cut: int) -> None:
    """A process killed in the middle of a row leaves that row undone, and only it."""
    folder = TaskFolder(tmp_path / "t")
    folder.add_completion(completion(0))
    folder.add_completion(completion(1))
    folder.close()
    file = tmp_path / "t" / "completions.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    assert folder.completion_keys() == {Key("p", 0)}
    folder.add_completion(completion(1, "again"))
    folder.close()
    assert [c.text for c in folder.completions()] == ["x", "again"]


def test_a_file_that_is_one_torn_line_becomes_empty(tmp_path: Path) -> None:
    """A first row cut off anywhere, however long, leaves nothing behind."""
    folder = TaskFolder(tmp_path / "t")
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "completions.jsonl").write_bytes(b"{" + b"x" * 200_000)
    folder.add_completion(completion(0))
    folder.close()
    assert [c.key.sample for c in folder.completions()] == [0]


def test_damage_in_the_middle_names_the_line(tmp_path: Path) -> None:
    """A broken row that is not the last is not passed over in silence."""
    folder = TaskFolder(tmp_path / "t")
    folder.add_completion(completion(0))
    folder.close()
    file = tmp_path / "t" / "completions.jsonl"
    file.write_bytes(b"garbage\n" + file.read_bytes())
    with pytest.raises(StoreError, match="line 1: not a row"):
        list(folder.completions())


def test_a_second_row_for_the_same_sample_is_passed_over(tmp_path: Path) -> None:
    """A sample counts once, however often it was appended."""
    folder = TaskFolder(tmp_path / "t")
    folder.add_completion(completion(0, "first"))
    folder.add_completion(completion(0, "second"))
    folder.close()
    assert [c.text for c in folder.completions()] == ["first"]


def test_a_second_writer_gets_a_sentence(tmp_path: Path) -> None:
    """Two runs never append to the same folder."""
    with (
        Run(tmp_path / "run"),
        pytest.raises(StoreError, match="is being written by another ucb"),
        Run(tmp_path / "run"),
    ):
        pass
    with Run(tmp_path / "run"):
        """The lock is gone with its owner."""


@pytest.mark.parametrize(
    ("number", "sentence"), [(errno.ENOSPC, "the disk is full"), (errno.EIO, "cannot be written")]
)
def test_a_disk_that_refuses_loses_no_stored_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    """A row half written when the disk fills up is taken back, and the run says so."""
    folder = TaskFolder(tmp_path / "t")
    folder.add_completion(completion(0))
    real = os.write

    def refuse(file: int, data: memoryview) -> int:
        if len(data) > 10:
            return real(file, data[:10])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(StoreError, match=sentence):
        folder.add_completion(Completion(Key("p", 1), "y" * 30))
    monkeypatch.undo()
    folder.add_completion(completion(1))
    folder.close()
    assert [c.key.sample for c in folder.completions()] == [0, 1]


def test_a_folder_that_is_no_run_says_so(tmp_path: Path) -> None:
    """A wrong path is a sentence, not a traceback."""
    with pytest.raises(StoreError, match=r"is not a run folder: it has no run\.json"):
        Run(tmp_path).read()


def test_json_files_are_replaced_whole(tmp_path: Path) -> None:
    """A failed write leaves the old file and no temporary one."""
    file = tmp_path / "scores.json"
    write_json(file, {"a": 1})
    with pytest.raises(TypeError):
        write_json(file, {"a": object()})
    assert file.read_text() == '{\n  "a": 1\n}\n'
    assert [p.name for p in tmp_path.iterdir()] == ["scores.json"]
