"""Files that are whole, on the disk, and written by one process at a time."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from ucb import files
from ucb.errors import StoreError
from ucb.files import Rows, locked, make_folder, replacing, sweep, sync_folder


class Flushes:
    """Notes what is flushed to the disk, by path, and can fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: list[Path] = []
        self.error: OSError | None = None
        self.seen = threading.Event()
        self._real = os.fsync
        monkeypatch.setattr(os, "fsync", self._flush)

    def _flush(self, file: int) -> None:
        self.paths.append(Path(f"/proc/self/fd/{file}").readlink())
        if self.error is not None:
            self.seen.set()
            raise self.error
        self._real(file)
        self.seen.set()


@pytest.fixture
def flushes(monkeypatch: pytest.MonkeyPatch) -> Flushes:
    return Flushes(monkeypatch)


def test_a_new_file_is_flushed_with_its_name(tmp_path: Path, flushes: Flushes) -> None:
    """The name of a file, and of the folders made for it, is of their folder."""
    rows = Rows(tmp_path / "a" / "b" / "rows.jsonl")
    assert flushes.paths == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
    rows.close()
    assert flushes.paths[-1] == rows.path


def test_a_row_is_flushed_soon_and_many_by_one_flush(
    tmp_path: Path, flushes: Flushes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to append another one or to close the file."""
    monkeypatch.setattr(files, "SYNC_SECONDS", 0.05)
    rows = Rows(tmp_path / "rows.jsonl")
    flushes.seen.clear()
    rows.append({"n": 0})
    assert flushes.seen.wait(60)
    for number in range(5000):
        rows.append({"n": number})
    rows.close()
    assert 2 <= flushes.paths.count(rows.path) < 500


def test_a_flush_that_fails_is_told_by_what_comes_next(
    tmp_path: Path, flushes: Flushes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel says it once, in another thread; it is not lost."""
    monkeypatch.setattr(files, "SYNC_SECONDS", 0.0)
    rows = Rows(tmp_path / "rows.jsonl")
    flushes.seen.clear()
    flushes.error = OSError(errno.EIO, os.strerror(errno.EIO))
    rows.append({"n": 0})
    assert flushes.seen.wait(60)
    rows._flushing._thread.join(60)
    flushes.error = None
    with pytest.raises(StoreError, match="cannot be flushed: Input/output error"):
        rows.append({"n": 1})
    with pytest.raises(StoreError, match="cannot be flushed"):
        rows.close()
    rows.close()  # Nothing the second time.


def test_a_replaced_file_is_on_the_disk_before_its_name(tmp_path: Path, flushes: Flushes) -> None:
    """The bytes first, then the folder; readable by others."""
    with replacing(tmp_path / "a.json") as file:
        file.write("{}")
    first, second = flushes.paths
    assert first.name.startswith(".a.json-")
    assert second == tmp_path
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_flushed_is_no_fault(tmp_path: Path, flushes: Flushes) -> None:
    """Some file systems have no such thing."""
    flushes.error = OSError(errno.EINVAL, "Invalid argument")
    sync_folder(tmp_path)
    flushes.error = OSError(errno.EIO, "Input/output error")
    with pytest.raises(OSError, match="Input/output"):
        sync_folder(tmp_path)


def test_what_a_kill_left_is_swept(tmp_path: Path) -> None:
    """Half-written files of the given names, and nothing else."""
    for name in (".run.json-abc", ".run.jsonx", "run.json-abc", ".other-abc"):
        (tmp_path / name).touch()
    sweep(tmp_path, ("run.json",))
    assert {file.name for file in tmp_path.iterdir()} == {
        ".run.jsonx",
        "run.json-abc",
        ".other-abc",
    }


def test_a_folder_without_locks_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is not the same as a second writer."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(files.fcntl, "flock", refuse)
    with pytest.raises(StoreError, match="cannot be locked: No locks available"), locked(tmp_path):
        pass


def test_folders_are_made_once(tmp_path: Path) -> None:
    """With those above them; a file in the way is an error."""
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "f").touch()
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "f")
