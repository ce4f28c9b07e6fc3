"""Which functions that changed between two releases were bugs: found out by running tests."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.contract import projects
from ucb.mine.functions import changed, read_module
from ucb.mine.index import Release
from ucb.mine.releases import Candidate
from ucb.mine.sdist import describe
from ucb.mine.trial import Confirmed, Failed, Trial
from ucb.project import store
from ucb.project.suite import Project
from ucb.sandbox import Sandbox

_METADATA = "Metadata-Version: 2.1\nName: sums\nVersion: {}\n"
_OLD = '''
"""Numbers."""

def double(x):
    """Twice x."""
    return x + 2

def tidied(x):
    y = x
    return y

def unreached(x):
    return x

def first(names):
    return min(names) if hash("b") % 2 == 0 else ""

def ended(x):
    import os
    os._exit(0)

def short(x): return x

def unit():
    return "cm"

def length(x):
    return str(x) + unit()
'''
_NEW = '''
"""Numbers."""

def double(x):
    """Twice x."""
    # Not x + 2.
    return 2 * x

def tidied(x):
    return x

def unreached(x):
    return x + 1

def first(names):
    return sorted(names)[0]

def ended(x):
    return x

def short(x): return x + 0

def unit(x):
    return "cm" if x == 1 else "m"

def length(x):
    return str(x) + unit(x)
'''
_TESTS = """
import random
import sums

def test_double():
    assert sums.double(2) == 4
    assert sums.double(3) == 6

def test_tidied():
    assert sums.tidied(3) == 3

def test_first():
    assert sums.first(["b", "a", "d", "c", "f", "e"]) == "a"

def test_ended():
    assert sums.ended(1) == 1

def test_length():
    assert sums.length(1) == "1cm"

def test_broken():
    assert sums.double(0) == 1
"""


def _release(version: str) -> Release:
    return Release(
        "sums", version, f"sums-{version}.tar.gz", "", version, datetime(2026, 1, 2, tzinfo=UTC)
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store with pytest to run tests with."""
    yield from projects.cache(tmp_path_factory)


@pytest.fixture(scope="module")
def sandbox(cache: Path) -> Iterator[Sandbox]:
    """One room that has the store."""
    yield from projects.one_room("docker")


@pytest.mark.docker
def test_bugs_are_told_from_other_changes(sandbox: Sandbox, tmp_path: Path) -> None:
    """One rule each: no trigger, not reached, not stable, not ending, mixed versions, no place."""
    old, new = tmp_path / "sums-1", tmp_path / "sums-2"
    for root, version, source in ((old, "1", _OLD), (new, "2", _NEW)):
        info = _METADATA.format(version)
        tests = {"tests/test_sums.py": _TESTS}
        projects.write(root, {"PKG-INFO": info, "sums.py": source, **tests})
    before, after = describe(old), describe(new)
    was, now = read_module(old, "sums.py"), read_module(new, "sums.py")
    assert was is not None
    assert now is not None
    candidates = [
        Candidate(
            _release("1"), _release("2"), "sums.py", then.qualname, then.occurrence, then.span,
            "sums.py", first.span, None,
        )
        for first, then in changed(was, now, Counter())
    ]  # fmt: skip
    assert {each.qualname for each in candidates} == {
        "double", "tidied", "unreached", "first", "ended", "short", "length",
    }  # fmt: skip
    shutil.copytree(new, store() / "trees" / "sums-2")
    project = Project("sums-2", modules=after.modules, tests=after.tests)
    trial, dropped = Trial(before, after, project, sandbox.run), Counter[str]()
    found = list(trial.confirm(candidates, dropped))
    assert found == [
        Confirmed(
            next(each for each in candidates if each.qualname == "double"),
            ("tests/test_sums.py::test_double",),
            ("AssertionError",),
            ("tests/test_sums.py::test_double",),
        )
    ]
    assert dropped == {
        Failed.NO_TRIGGER: 1, Failed.UNREACHED: 1, Failed.UNSTABLE: 1, Failed.ENDLESS: 1,
        Failed.MIXED: 1, Failed.PLACE: 1,
    }  # fmt: skip
    assert trial.baseline is not None
    assert trial.baseline.others == {"tests/test_sums.py::test_broken"}
