"""Programs and models on real Ray nodes: lost, added, broken, and every row exactly once."""

from __future__ import annotations

import logging
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.contract import ray_cluster
from tests.contract.ray_cluster import ray as _ray
from tests.ray_nodes import RayNode, RayNodes, below
from ucb.cluster.backend import RayBackend
from ucb.cluster.sandbox import RaySandbox
from ucb.errors import SandboxError
from ucb.judge import judge
from ucb.languages import language
from ucb.sandbox import bubblewrap, ship
from ucb.sandbox.select import open_sandbox
from ucb.types import (
    Completion,
    Key,
    Limits,
    Program,
    Prompt,
    Reason,
    Request,
    Sampling,
    Style,
    Tests,
)  # fmt: skip

pytestmark = ray_cluster.MARKS

_ANSWERS = (
    "def f(x):\n    return x + {n}\n",
    "def f(x):\n    return x - {n} - 1\n",
    "def f(x):\n    raise KeyError({n})\n",
    "def f(x):\n    return (\n# {n}\n",
    "import os\nos._exit({n} % 2)\n",
)
"""Right, wrong, raising, broken, leaving."""


def _program(n: int) -> Program:
    tests = Tests(f"assert f(1) == {1 + n}\n", ("f",))
    return language("python").program(_ANSWERS[n % 5].format(n=n), tests=tests)


def _looping(n: int) -> Program:
    source = f"def f(x):\n    while True:\n        x += {n}\n"
    tests = Tests("f(1)\n", ("f",))
    return language("python").program(source, tests=tests, limits=Limits(cpu=0.5, wall=20))


def _keyed(start: int, stop: int) -> Iterator[tuple[Key, Program]]:
    for n in range(start, stop):
        yield Key(f"p/{n}", n % 3), _looping(n) if n % 100 == 7 else _program(n)


def _judged(programs: dict[Key, Program], done: list) -> dict[Key, tuple]:  # type: ignore[type-arg]
    """Return stage, reason and detail by key; every key must be there once."""
    assert Counter(key for key, _ in done) == Counter(programs.keys())
    found = {}
    for key, execution in done:
        verdict = judge(programs[key], key, execution)
        found[key] = (verdict.stage, verdict.reason, verdict.detail, verdict.judge)
    return found


_BACKEND = """
import os, time
from ucb.types import Completion, Style

class Slow:
    styles, preferred = frozenset(Style), Style.CHAT

    def generate(self, requests):
        for request in requests:
            time.sleep(0.05)
            yield Completion(request.key, f"{request.prompt.text} {request.sampling.seed}")

    def describe(self):
        return {"backend": "slow", "model": "none"}

    def statistics(self):
        return {"generated_tokens": 10.0, "seconds": 2.0}

def open_slow(model="", dtype="auto"):
    return Slow()
"""
"""A local model that is a sleep, in a package that every node has."""


def _install(site: Path) -> None:
    (site / "ucb_slow.py").write_text(_BACKEND)
    about = site / "ucb_slow-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: ucb-slow\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[ucb.backends]\nslow = ucb_slow:open_slow\n")


@pytest.fixture(scope="module")
def nodes() -> Iterator[RayNodes]:
    """A cluster of a head that runs nothing and one node, `steady`."""
    with ray_cluster.joined() as found:
        _install(found.site)
        found.wait(_ray(), found.add("steady"))
        yield found


def _ready(nodes: RayNodes, *more: RayNode) -> None:
    nodes.wait(_ray(), *more)


def _members(sandbox: RaySandbox) -> set[str]:
    return {name.partition("/")[0] for name in sandbox._fleet.dispatch.members}


def test_a_node_killed_and_one_added_half_way(
    nodes: RayNodes, caplog: pytest.LogCaptureFixture
) -> None:
    """Every verdict is there once, and equal to the single machine's."""
    lost = nodes.add("lost")
    _ready(nodes, lost)
    programs: dict[Key, Program] = {}
    added: list[RayNode] = []

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_ADDRESS", nodes.address)
        sandbox = RaySandbox("ray", "bubblewrap", 2)

    def source() -> Iterator[tuple[Key, Program]]:
        for index, (key, program) in enumerate(_keyed(0, 4000)):
            programs[key] = program
            yield key, program
            if index >= 100 and not added and sandbox._fleet.dispatch.held(f"{lost.id}/0"):
                lost.kill()
                added.append(nodes.add("added"))
                _ready(nodes, added[0])
            if index >= 400 and added:
                return

    try:
        done = list(sandbox.run(source()))
        # More work, until the new node has some; equal programs are not run again.
        more: list[tuple[Key, Program]] = []
        while added[0].id not in _members(sandbox):
            start = 1000 + 50 * len(more)
            more = list(_keyed(start, start + 50))
            assert len(list(sandbox.run(more))) == 50
        about = sandbox.describe()
    finally:
        sandbox.close()
    assert any(f" {lost.address} (" in message for message in caplog.messages)
    alone = open_sandbox("bubblewrap", 2)
    try:
        expected = _judged(programs, list(alone.run(programs.items())))
        assert about == alone.describe()
    finally:
        alone.close()
    found = _judged(programs, done)
    assert found == expected
    reasons = Counter(reason for _, reason, _, _ in found.values())
    assert reasons[Reason.TIMEOUT] >= 4
    assert reasons[Reason.PASSED] > 50


def test_a_worker_killed_is_started_again(
    nodes: RayNodes, caplog: pytest.LogCaptureFixture
) -> None:
    """The node is still there: only its process died, and its programs run again."""
    programs = dict(_keyed(2000, 2100))
    sandbox = RaySandbox(nodes.address, "bubblewrap", 2)

    def source() -> Iterator[tuple[Key, Program]]:
        for index, each in enumerate(programs.items()):
            yield each
            if index == 40:
                for actor in sandbox._fleet._actors.values():
                    _ray().kill(actor.handle)

    try:
        found = _judged(programs, list(sandbox.run(source())))
    finally:
        sandbox.close()
    assert len(found) == 100
    assert any("started again" in message for message in caplog.messages)


def test_a_sandbox_that_another_thread_closes(
    nodes: RayNodes, caplog: pytest.LogCaptureFixture
) -> None:
    """As an interrupt does: what judges ends with a sentence, and touches Ray no more."""
    sandbox = RaySandbox(nodes.address, "bubblewrap", 2)
    done: list[Key] = []
    ended: list[BaseException] = []

    def work() -> None:
        try:
            done.extend(key for key, _ in sandbox.run(_keyed(7000, sys.maxsize)))
        except SandboxError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    end = time.monotonic() + 180
    while not sandbox._fleet.dispatch.members and time.monotonic() < end:
        time.sleep(0.05)
    sandbox.close()
    thread.join(60)
    assert not thread.is_alive()
    assert [str(error) for error in ended] == ["The cluster has been left."]
    assert caplog.messages == []


_CLIENT = """
import sys
from tests.contract.test_cluster import _keyed
from ucb.cluster.sandbox import RaySandbox
sandbox = RaySandbox(sys.argv[1], "bubblewrap", 2)
print(len(dict(sandbox.run(_keyed(6000, 6050)))))
sandbox.close()
"""


def test_a_driver_that_is_no_node(nodes: RayNodes) -> None:
    """Through Ray's client server, which a process has instead of a connection of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _CLIENT, nodes.client],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "50\n"), done.stderr


def _has_agent(room: int) -> bool:
    """Whether the agent runs below a bwrap."""
    for pid in below(room):
        with suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if words[1:3] == [b"-c", ship.BOOTSTRAP.encode()]:
                return True
    return False


class _Victim:
    """A node of which the engine can be broken, or the disk for temporary files filled."""

    def __init__(self, nodes: RayNodes, name: str, folder: Path) -> None:
        self._broken = folder / "broken"
        self._rooms = folder / "rooms"
        self._rooms.mkdir(parents=True)
        self._disk = folder / "disk"
        wrapper = folder / "bin" / "bwrap"
        wrapper.parent.mkdir()
        wrapper.write_text(
            "#!/bin/sh\n"
            f'[ -e {self._broken} ] && {{ echo "bwrap: the engine has died" >&2; exit 1; }}\n'
            f"[ -d {self._rooms} ] && : > {self._rooms}/$$\n"
            f'exec {bubblewrap.find()} "$@"\n'
        )
        wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
        environment = {"PATH": f"{wrapper.parent}:{os.environ['PATH']}"}
        if os.geteuid() == 0:
            full = folder / "full"
            full.mkdir()
            mount = ["mount", "-t", "tmpfs", "-o", "size=1m,nr_inodes=4", "none", str(full)]
            subprocess.run(mount, check=True)
            with suppress(OSError):
                for number in range(10):
                    (full / str(number)).touch()
            self._disk.symlink_to(folder)
            environment["TMPDIR"] = str(self._disk)
        self.node = nodes.add(name, environment)

    def break_engine(self) -> None:
        """No room opens any more, and those that are open end."""
        self._broken.touch()
        self._end_rooms()

    def fill_disk(self) -> None:
        """Where temporary files are made is now a disk that is full; rooms open anew there."""
        # Filling the disk itself would leave the space of the rooms that end.
        (link := self._disk.with_name("next")).symlink_to(self._disk.with_name("full"))
        link.replace(self._disk)
        self._end_rooms()

    def close(self) -> None:
        self.node.kill()
        if os.geteuid() == 0:
            subprocess.run(["umount", "--lazy", str(self._disk.with_name("full"))], check=True)

    def _end_rooms(self) -> None:
        for pid in self._open_rooms():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def works(self) -> bool:
        """
        Whether an agent runs in each of its rooms.

        Before, they cannot be ended: bwrap asks to die with its parent some milliseconds after
        it has begun, and what was forked by then goes on.
        """
        return sum(map(_has_agent, self._open_rooms())) >= 2

    def _open_rooms(self) -> set[int]:
        return {int(mark.name) for mark in self._rooms.iterdir()} & set(self.node.pids())


def test_nodes_that_cannot_work_are_left_out(
    nodes: RayNodes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An engine that dies and a disk that is full: a sentence each, and others do it all."""
    engine = _Victim(nodes, "engine", tmp_path / "engine")
    # A small disk can only be mounted as root.
    disk = _Victim(nodes, "disk", tmp_path / "disk") if os.geteuid() == 0 else None
    victims = [engine, disk] if disk else [engine]
    try:
        _ready(nodes, *(victim.node for victim in victims))
        programs: dict[Key, Program] = {}
        sandbox = RaySandbox(nodes.address, "bubblewrap", 2)
        broken: set[str] = set()
        # Not a number of programs: how many the others do before a node has come up is chance.
        end = time.monotonic() + 150

        def source() -> Iterator[tuple[Key, Program]]:
            for index, (key, program) in enumerate(_keyed(3000, sys.maxsize)):
                programs[key] = program
                yield key, program
                members = _members(sandbox)
                done = len(broken) == len(victims) and not broken & members
                if (index > 100 and done) or time.monotonic() > end:
                    return
                for victim in victims if index % 10 == 0 else ():
                    if victim.node.id in members - broken and victim.works():
                        broken.add(victim.node.id)
                        victim.fill_disk() if victim is disk else victim.break_engine()

        try:
            found = _judged(programs, list(sandbox.run(source())))
            assert broken == {victim.node.id for victim in victims}
            assert not broken & _members(sandbox)
        finally:
            sandbox.close()
    finally:
        for victim in victims:
            victim.close()
    assert len(found) > 100
    said = sorted(m for m in caplog.messages if m.startswith("Going on without the node"))
    assert len(said) == len(victims)
    for victim, why in zip(victims, ("the engine has died", "No space left"), strict=False):
        assert any(victim.node.address in line and why in line for line in said)


def test_a_local_model_on_every_node(nodes: RayNodes, caplog: pytest.LogCaptureFixture) -> None:
    """Every request is answered once, though a node is lost with some of them."""
    lost = nodes.add("model")
    _ready(nodes, lost)
    backend = RayBackend(nodes.address, "slow", {"model": "none"})
    asked = [
        Request(Key(f"p/{n}", 0), Prompt(f"prompt {n}", Style.CHAT), Sampling(seed=n))
        for n in range(200)
    ]
    done: list[Completion] = []
    try:
        assert (backend.preferred, backend.describe()["model"]) == (Style.CHAT, "none")
        nodes_of = backend._fleet.dispatch
        for completion in backend.generate(asked):
            done.append(completion)
            if len(done) > 60 and lost.pids() and nodes_of.held(f"{lost.id}/0"):
                lost.kill()
        assert backend.statistics()["seconds"] == 2.0
    finally:
        backend.close()
    # Ray tells of the worker's end before it tells of the node's.
    assert any(f" {lost.address} (" in message for message in caplog.messages)
    assert Counter(c.key for c in done) == Counter(request.key for request in asked)
    assert {c.key: c.text for c in done} == {
        r.key: f"{r.prompt.text} {r.sampling.seed}" for r in asked
    }


def test_no_node_left_is_a_sentence(nodes: RayNodes, caplog: pytest.LogCaptureFixture) -> None:
    """What was done is yielded; then the run stops, and says that it can go on later."""
    caplog.set_level(logging.WARNING)
    sandbox = RaySandbox(nodes.address, "bubblewrap", 2, patience=2.0)
    done = []

    def source() -> Iterator[tuple[Key, Program]]:
        for index, each in enumerate(_keyed(4000, 4400)):
            yield each
            if index == 100:
                for node in nodes.running():
                    node.kill()

    try:
        with pytest.raises(SandboxError, match=r"no node to work on .* the same command"):
            done.extend(key for key, _ in sandbox.run(source()))
        assert sandbox.describe()["engine"] == "bubblewrap"
    finally:
        sandbox.close()
    assert 0 < len(done) < 400
    assert len(set(done)) == len(done)
    assert _ray().is_initialized()
