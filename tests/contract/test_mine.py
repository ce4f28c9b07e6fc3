"""Which functions that changed between two releases were bugs: found out by running tests."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.contract import projects
from tests.unit.mine.packages import Site, sdist, serving
from ucb import plugins
from ucb.check import check
from ucb.errors import StoreError
from ucb.files import locked
from ucb.judge import judge
from ucb.mine.baseline import Untouched
from ucb.mine.functions import changed, read_module
from ucb.mine.index import PackageIndex, Release
from ucb.mine.releases import Candidate
from ucb.mine.sdist import describe
from ucb.mine.trial import Confirmed, Failed, Trial
from ucb.mine.work import Mine, Wanted
from ucb.mine.written import Unfit
from ucb.project import store
from ucb.project.suite import Project
from ucb.sandbox import Sandbox
from ucb.types import Key

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
    return min(names) if hash("b") % 2 else ""

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
import time
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

def test_fast():
    start = time.monotonic()
    assert sums.double(4) == 8
    assert time.monotonic() - start < 60
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
    """One rule each: no trigger, not reached, unstable, endless, mixed, no place, timed tests."""
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
    trial, dropped = Trial(before, after, Untouched(after, project, sandbox.run)), Counter[str]()
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
    assert trial.baseline.others == {
        "tests/test_sums.py::test_broken", "tests/test_sums.py::test_fast",
    }  # fmt: skip


def _index(site: Site) -> PackageIndex:
    for version, source in (("1.0", _OLD), ("2.0", _NEW)):
        files = {"sums.py": source, "tests/test_sums.py": _TESTS, "CHANGES": "2.0\n---\n\nFixed.\n"}
        data = sdist("sums", version, files, "License-Expression: MIT")
        told = {"upload-time": f"202{version[0]}-01-02T00:00:00Z"}
        site.add("sums", f"sums-{version}.tar.gz", data, **told)
    for version in ("1.0", "2.0"):
        data = sdist("closed", version, {"closed.py": _OLD if version == "1.0" else _NEW,
                     "tests/test_sums.py": _TESTS}, "License-Expression: GPL-3.0-only")  # fmt: skip
        site.add("closed", f"closed-{version}.tar.gz", data)
    return site.index()


@pytest.mark.docker
def test_packages_are_mined_once(sandbox: Sandbox, tmp_path: Path) -> None:
    """What is found is stored with all it takes to see it again, once, wherever a run ended."""
    with serving() as site:
        mine = Mine(tmp_path, _index(site), sandbox.run, Wanted())
        first = list(mine.work(["sums", "closed", "gone"]))
        second = list(mine.work(["sums", "closed", "gone"]))
        # As if it had ended between the bug and the line that its pair is done.
        (tmp_path / "pairs.jsonl").unlink()
        third = list(mine.work(["sums"]))
    assert [(package, row["bugs"]) for package, row in first] == [("sums", 1)]
    assert second == []
    assert [(package, row["bugs"]) for package, row in third] == [("sums", 1)]
    packages = [json.loads(line) for line in (tmp_path / "packages.jsonl").read_text().splitlines()]
    assert packages[1] == {
        "package": "closed", "dropped": {"pair: licence not permissive, or not told": 1},
    }  # fmt: skip
    (bug,) = [json.loads(line) for line in (tmp_path / "bugs.jsonl").read_text().splitlines()]
    assert bug["id"] == "sums/2.0/sums.py:double"
    assert bug["licence"] == "MIT"
    assert bug["old"]["file"] == "sums-1.0.tar.gz"
    assert bug["new"]["uploaded"].startswith("2022-01-02")
    assert bug["changelog"] == {"file": "CHANGES", "span": [1, 4]}
    assert bug["others"] == ["tests/test_sums.py::test_broken", "tests/test_sums.py::test_fast"]
    lines = _NEW.split("\n")[bug["span"][0] - 1 : bug["span"][1]]
    assert lines[0] == "def double(x):"
    assert lines[-1] == "    return 2 * x"


@pytest.mark.docker
def test_one_folder_is_mined_by_one_process(sandbox: Sandbox, tmp_path: Path) -> None:
    """A second one is told so in a sentence."""
    with serving() as site, locked(tmp_path):
        mine = Mine(tmp_path, site.index(), sandbox.run, Wanted())
        with pytest.raises(StoreError, match="being written by another ucb"):
            list(mine.work(["sums"]))


@pytest.mark.docker
def test_what_was_mined_can_be_asked(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mined set is a benchmark: the fix passes, the bug, nothing and an early exit do not."""
    with serving() as site:
        index = _index(site)
        list(Mine(tmp_path, index, sandbox.run, Wanted()).work(["sums"]))
        # As on another machine: nothing of it is in the store.
        for tree in (store() / "trees").iterdir():
            shutil.rmtree(tree)
        task = plugins.task("ucb-py/repair").configured(data=tmp_path / "bugs.jsonl")
        monkeypatch.setattr("ucb.mine.restore.PackageIndex", lambda: index)
        problems = list(task.problems())
    controls = {control.name: control for control in check(task, problems, sandbox)}
    assert set(controls) == {"reference", "empty body", "early exit", "buggy function"}
    assert all(control.ok for control in controls.values()), controls
    program = task.program(problems[0], "def double(x):\n    return 4 if x == 2 else x + 3\n")
    ((_, execution),) = sandbox.run([(Key("p", 0), program)])
    # Right for the trigger, and wrong for nothing else that is tested.
    assert judge(program, Key("p", 0), execution).passed


_WRITTEN = '''
"""Numbers."""

def double(x):
    """Return a number that is twice as large as x."""
    first = x
    second = x
    return first + second

def again(x):
    """Return a number that is three times as large as x."""
    total = x
    total += 2 * x
    return total

def copied(x):
    """Return a number that is three times as large as x."""
    total = x
    total += 2 * x
    return total

def useless(x):
    """Return something that nobody looks at, of any kind."""
    first = x
    second = x
    return [first, second]

def loop(x):
    """Return all numbers from nothing up to x in a list."""
    found = []
    for each in range(x):
        found.append(each)
    return found

def silent(x):
    """Return a number that no test ever asks for, of any kind."""
    first = x
    second = 2
    return first * second
'''
_WRITTEN_TESTS = """
import sums

def test_double():
    sums.useless(2)
    assert sums.double(2) == 4

def test_again():
    assert sums.again(2) == sums.copied(2) == 6

def test_loop():
    try:
        assert sums.loop(2) == [0, 1]
        sums.useless(1)
    except NotImplementedError:
        raise AssertionError
    except TypeError:
        pass

def test_useless():
    try:
        sums.useless(3)
    except NotImplementedError:
        pass
"""


@pytest.mark.docker
def test_functions_are_found_that_tests_need(sandbox: Sandbox, tmp_path: Path) -> None:
    """Documented, written once, reached, and missed; each dropped one is counted by its rule."""
    with serving() as site:
        for version in ("1.0", "2.0"):
            # The older release lacks one of them.
            source = _WRITTEN if version == "2.0" else _WRITTEN.partition("def loop")[0]
            files = {"sums.py": source, "tests/test_sums.py": _WRITTEN_TESTS}
            data = sdist("sums", version, files, "License-Expression: MIT")
            told = {"upload-time": f"202{version[0]}-01-02T00:00:00Z"}
            site.add("sums", f"sums-{version}.tar.gz", data, **told)
        index = site.index()
        mine = Mine(tmp_path / "all", index, sandbox.run, Wanted())
        ((_, row),) = mine.functions(["sums"], 10)
        assert list(mine.functions(["sums"], 10)) == []
        fresh = Mine(tmp_path / "new", index, sandbox.run, Wanted(since=date(2022, 1, 1)))
        ((_, recent),) = fresh.functions(["sums"], 10)
    found = [
        json.loads(line) for line in (tmp_path / "all/functions.jsonl").read_text().splitlines()
    ]
    assert {each["qualname"]: (each["triggers"], each["branching"]) for each in found} == {
        "double": (["tests/test_sums.py::test_double"], False),
        "loop": (["tests/test_sums.py::test_loop"], True),
        "useless": (["tests/test_sums.py::test_double", "tests/test_sums.py::test_loop"], False),
    }
    assert row["dropped"] == {
        Unfit.COPIED: 2, Unfit.UNREACHED: 1,
    }  # fmt: skip
    assert recent["candidates"] == 2
    assert recent["dropped"]["older than the date asked for"] == 2
    assert recent["functions"] == 1
