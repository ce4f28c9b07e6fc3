"""The packages that run every project's tests are the store's."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.mine import runner
from ucb.project import store


def test_the_store_links_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a relative link, made once, and made anew when they change."""
    names = iter(["one", "one", "two"])

    def materialise(pins: object) -> Path:
        site = store() / "env" / next(names) / "site"
        site.mkdir(parents=True, exist_ok=True)
        return site

    monkeypatch.setattr(runner, "materialise", materialise)
    link = store() / "env" / "runner"
    for expected in ("one", "one", "two"):
        runner.put_in_store()
        assert link.readlink() == Path(expected)
    assert (link / "site").is_dir()


def test_a_folder_of_that_name_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without an index can bring its own."""
    (store() / "env" / "runner" / "site").mkdir(parents=True)
    monkeypatch.setattr(runner, "materialise", lambda pins: pytest.fail("not asked for"))
    runner.put_in_store()


def test_the_pins_are_what_rooms_have_loaded() -> None:
    """What projects' own requirements are resolved beside."""
    assert runner.PROVIDED == ("coverage==7.10.7", "pytest==7.4.4")
