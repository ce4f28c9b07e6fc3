"""Working copies of bugs are made once, whole or not at all, and outlive the runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import defects4j, sandboxes
from tests.contract.defects4j import Rooms
from ucb.errors import DataError
from ucb.project import TREES, store

_MONEY = "src/main/java/org/till/Money.java"


@pytest.fixture(scope="module", params=sandboxes.ENGINES)
def rooms(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rooms]:
    """One room with the stub."""
    yield from defects4j.rooms(request.param, tmp_path_factory)


def test_a_stored_copy_is_whole_and_without_its_history(rooms: Rooms) -> None:
    """Neither version control, whose history holds the fix, nor what tests have left."""
    tree = store() / TREES / rooms.tree("1", "b")
    names = {path.name for path in tree.rglob("*")}
    assert {".defects4j.config", "Money.class", "Money.java"} <= names
    assert not {".git", "failing_tests", "all_tests"} & names
    assert (store() / TREES).stat().st_mode & 0o077 == 0


def test_what_cannot_be_checked_out_is_a_sentence(rooms: Rooms) -> None:
    """And nothing of it is in the store; of many, one sentence counts them."""
    with pytest.raises(DataError, match="cannot build Till-5f: Couldn't check out program version"):
        rooms.tree("5")
    with pytest.raises(DataError, match="Till-99f: Error: Till-99 is a non-existent bug"):
        rooms.tree("99")
    copies = [defects4j.Copy("Till", bug, "f") for bug in ("1", "5", "99", "1")]
    with pytest.raises(DataError, match="2 of 3 working copies"):
        rooms.copies.trees(copies)
    assert not [path for path in (store() / TREES).iterdir() if "-5f" in path.name]


def test_samples_share_checkouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version is checked out and built once, however many samples and threads ask for it."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    log = tmp_path / "log"
    defects4j.equipped(monkeypatch)
    copies = defects4j.WorkingCopies(defects4j.Installation.open(str(defects4j.folder())))
    monkeypatch.setenv("STUB_DEFECTS4J_LOG", str(log))
    wanted = [defects4j.Copy("Till", bug, "f") for bug in ("1", "2")]
    for _ in range(5):
        copies.trees(wanted * 10, workers=4)
    words = [line.split()[0] for line in log.read_text().splitlines()]
    assert sorted(words) == ["checkout"] * 2 + ["compile"] * 2


def test_a_copy_that_was_cut_off_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a whole one ever has its name."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    defects4j.equipped(monkeypatch)
    copies = defects4j.WorkingCopies(defects4j.Installation.open(str(defects4j.folder())))
    copy = defects4j.Copy("Till", "1", "f")
    with monkeypatch.context() as patch:
        patch.setattr("ucb.defects4j.copies._settle", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            copies.tree(copy)
    assert not list((store() / TREES).iterdir())
    assert (store() / TREES / copies.tree(copy) / _MONEY).is_file()


def _interrupt(_: Path) -> None:
    raise KeyboardInterrupt
