"""Projects on their way to a node that lacks them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.cluster.serving import Task
from ucb.cluster.stores import Keeping, Needs, Sending, pack, unpack
from ucb.project import store
from ucb.types import Program, Stage, Step, Tree

KEY = "e" * 64


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The driver's store: a tree, its environment, another one and the runner's."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "driver"))
    folder = store()
    (folder / "trees" / "shop-1" / "src").mkdir(parents=True)
    (folder / "trees" / "shop-1" / "src" / "a.py").write_text("a = 1\n")
    for name in (KEY, "f" * 64, "r" * 64):
        (folder / "env" / name / "site").mkdir(parents=True)
        (folder / "env" / name / "site" / "m.py").write_text(name)
    (folder / "env" / "runner").symlink_to("r" * 64)
    return folder


def _program(tree: str = "shop-1") -> Program:
    step = Step(Stage.PASSED, ("python3", "main.py"), tree=Tree(tree))
    return Program("python-projects", {"suite.json": f'{{"environment": "{KEY}"}}'}, (step,))


def test_needs_are_what_a_program_names(driver: Path) -> None:
    """Its tree, the environment its files name, and the runner's; nothing for others."""
    assert driver.is_dir()
    needs = Needs()
    assert needs.of(_program()) == ("trees/shop-1", f"env/{KEY}", "env/runner")
    plain = Program("python", {}, (Step(Stage.PASSED, ("true",)),))
    assert needs.of(plain) == ()


def test_a_node_gets_what_it_lacks_once(
    driver: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job waits until its project is there; then the store is as the driver's."""
    needs = Needs().of(_program())
    sent: list[bytes] = []
    sending = Sending(lambda data: sent.append(data) or data)
    given = sending.references(needs)
    assert sending.references(needs) == given
    assert len(sent) == 3
    monkeypatch.setattr("ucb.cluster.stores._fetched", lambda reference: reference)
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "node"))
    keeping = Keeping()
    jobs = [Task(0, "plain"), Task(1, "in a project", needs)]
    assert keeping.take(jobs, {}) == jobs[:1]
    assert keeping.lacks() == list(needs)
    assert keeping.take([], given) == jobs[1:]
    assert keeping.lacks() == []
    assert (store() / "trees/shop-1/src/a.py").read_text() == "a = 1\n"
    assert (store() / "env/runner").readlink() == Path("r" * 64)
    assert (store() / "env/runner/site/m.py").read_text() == "r" * 64
    assert not (store() / "env" / ("f" * 64)).exists()
    assert sorted(path.name for path in (store() / "trees").iterdir()) == ["shop-1"]


def test_what_is_there_stays(driver: Path) -> None:
    """A second process of the same machine finds the project in place."""
    place = driver / "trees" / "shop-1"
    data = pack(place)
    (place / "mark").touch()
    unpack(place, data)
    assert (place / "mark").exists()


def test_the_driver_keeps_a_bounded_amount(driver: Path) -> None:
    """The least recently asked for is packed again when it is asked for."""
    assert driver.is_dir()
    sent: list[int] = []
    sending = Sending(lambda data: sent.append(len(data)), most=1)
    for _ in range(2):
        for name in ("trees/shop-1", f"env/{KEY}"):
            sending.references([name])
    assert len(sent) == 4
