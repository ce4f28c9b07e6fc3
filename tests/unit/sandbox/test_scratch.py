"""Emptying and reading folders that a hostile program filled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ucb.sandbox.agent import scratch


def test_everything_is_swept(tmp_path: Path) -> None:
    """Files, folders, links, FIFOs: nothing stays, and nothing outside is touched."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    inside = tmp_path / "inside"
    (inside / "a" / "b").mkdir(parents=True)
    (inside / "a" / "file").write_text("x")
    (inside / "link").symlink_to(outside)
    (inside / "a" / "loop").symlink_to("loop")
    os.mkfifo(inside / "a" / "b" / "fifo")
    scratch.sweep([str(inside)])
    assert list(inside.iterdir()) == []
    assert (outside / "kept").read_text() == "kept"


def test_a_tree_deeper_than_any_path_is_swept(tmp_path: Path) -> None:
    """Depth costs neither stack nor path length."""
    inside = tmp_path / "inside"
    inside.mkdir()
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(inside)
        for _ in range(500):
            Path("d" * 50).mkdir()
            os.chdir("d" * 50)
    finally:
        os.fchdir(before)
        os.close(before)
    scratch.sweep([str(inside)])
    assert list(inside.iterdir()) == []


def test_what_cannot_be_swept_is_told(tmp_path: Path) -> None:
    """A folder that is gone, or cannot be emptied, makes the room unfit."""
    with pytest.raises(scratch.Unswept):
        scratch.sweep([str(tmp_path / "missing")])


def test_only_regular_files_inside_are_collected(tmp_path: Path) -> None:
    """No link is followed and nothing that could block or lead outside is opened."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "good.txt").write_text("good")
    (root / "sub" / "deep.bin").write_bytes(b"\xff" * 10)
    (root / "link").symlink_to(secret)
    (root / "up").symlink_to(tmp_path)
    os.mkfifo(root / "fifo")
    asked = ["good.txt", "sub/deep.bin", "link", "up/secret", "fifo", "sub", "missing", "sub/x/y"]
    found = scratch.collect(str(root), asked, 4)
    assert found == {"good.txt": "good", "sub/deep.bin": "\ufffd" * 4}


def test_a_folder_that_became_a_link_is_not_read(tmp_path: Path) -> None:
    """A program may replace its own folder by a link to another."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_text("x")
    (tmp_path / "work").symlink_to("real")
    assert scratch.collect(str(tmp_path / "work"), ["file"], 10) == {}
