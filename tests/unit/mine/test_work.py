"""What is kept of many bugs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.unit.mine.packages import sdist, serving
from ucb.mine.work import Mine, Wanted, spread
from ucb.types import Execution, Key, Program


@pytest.mark.parametrize(
    ("count", "most", "kept"),
    [(3, 5, [0, 1, 2]), (3, 3, [0, 1, 2]), (10, 3, [0, 3, 6]), (39, 2, [0, 19]), (4, 0, [])],
)
def test_what_is_kept_comes_from_everywhere(count: int, most: int, kept: list[int]) -> None:
    """A release that changed one file much does not fill the set with it."""
    bugs = [{"number": number} for number in range(count)]
    assert [bug["number"] for bug in spread(bugs, most)] == kept


def _nothing(programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
    raise AssertionError(f"nothing is to run, but {next(iter(programs))} is")
    yield


def test_a_package_whose_older_release_is_gone_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is new since a day cannot be told without it; the next package is mined all the same."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    with serving() as site:
        for version in ("1.0", "2.0"):
            data = sdist("gone", version, {"gone.py": ""}, "License-Expression: MIT")
            told = {"upload-time": f"202{version[0]}-01-02T00:00:00Z"}
            site.add("gone", f"gone-{version}.tar.gz", data, **told)
        del site.files["gone-1.0.tar.gz"]
        wanted = Wanted(since=date(2022, 1, 1))
        mine = Mine(tmp_path / "out", site.index(), _nothing, wanted)
        found = [(name, row["functions"]) for name, row in mine.functions(["gone", "none"], 5)]
    assert found == [("gone", 0), ("none", 0)]
