"""Rooms from their opening to their end: nothing is left, whatever happens to the host."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract import sandboxes
from ucb.sandbox import bubblewrap, docker, wire
from ucb.sandbox.engine import RoomSpec
from ucb.sandbox.room import Room
from ucb.sandbox.select import open_sandbox
from ucb.types import Ended, Key, Limits, Program, Stage, Step, Tests

_HOST = """
import sys
from ucb.sandbox.select import open_sandbox
from ucb.types import Key, Limits, Program, Stage, Step
source = "import time; print('started', flush=True); time.sleep(600)"
step = Step(Stage.PASSED, ("python3", "main.py"), Limits(cpu=600, wall=600))
sandbox = open_sandbox(sys.argv[1], 2)
quick = Program("python", {"main.py": ""}, (Step(Stage.PASSED, ("python3", "main.py")),))
list(sandbox.run([(Key("quick", 0), quick)]))
print("ready", flush=True)
programs = [Program("python", {"main.py": source + "#" * i}, (step,)) for i in range(4)]
list(sandbox.run((Key("slow", i), program) for i, program in enumerate(programs)))
"""


def _rooms_of(pid: int) -> list[str]:
    """Return the containers that a process has opened."""
    return docker.run(
        "ps", "--all", "--filter", f"name=^/ucb-{pid}-", "--format", "{{.ID}}"
    ).split()


def _wait(done: Callable[[], bool]) -> bool:
    """Wait until something is done; the ceiling is for a machine under load."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("engine", sandboxes.ENGINES)
def test_a_killed_host_leaves_no_room(engine: str) -> None:
    """After kill -9 in the middle of programs, the rooms end by themselves."""
    sandboxes.require(engine)
    with subprocess.Popen(
        [sys.executable, "-c", _HOST, engine], stdout=subprocess.PIPE, text=True
    ) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == "ready\n"
        children = _children(host.pid)
        assert children
        host.kill()
    assert _wait(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
    if engine == "docker":
        assert _wait(lambda: not _rooms_of(host.pid))


def _children(pid: int) -> list[str]:
    """Return the pids of the clients or rooms a process has started, and of all below them."""
    tree: dict[str, list[str]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            tree.setdefault(stat.rpartition(")")[2].split()[1], []).append(folder.name)
    found, waiting = [], [str(pid)]
    while waiting:
        below = tree.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


@pytest.fixture
def orphan() -> Iterator[str]:
    """A container whose owner is gone, as an engine that was cut off leaves it."""
    sandboxes.require("docker")
    image = docker.Docker().room(sandboxes.SPEC).argv
    boot, namespace, _, _ = docker.owner().split("/")
    with subprocess.Popen(["sleep", "0"]) as gone:
        gone.wait()
    label = f"ucb.owner={boot}/{namespace}/{gone.pid}/1"
    at = image.index("--entrypoint") + 2
    name = docker.run(
        "run", "--detach", "--network", "none", "--label", label, "--entrypoint", "sleep",
        image[at], "600",
    ).strip()  # fmt: skip
    yield name
    subprocess.run(["docker", "rm", "--force", name], check=False, capture_output=True)


@pytest.mark.docker
def test_rooms_of_dead_hosts_are_swept(orphan: str) -> None:
    """The next start removes them, and leaves those of living hosts."""
    mine = open_sandbox("docker", 1)
    program = Program("python", {"main.py": ""}, (Step(Stage.PASSED, ("python3", "main.py")),))
    assert len(list(mine.run([(Key("p", 0), program)]))) == 1
    assert _wait(
        lambda: orphan[:12] not in docker.run("ps", "--all", "--format", "{{.ID}}").split()
    )
    assert _rooms_of(os.getpid())
    assert docker.Docker().sweep() == 0
    assert _rooms_of(os.getpid())
    mine.close()
    assert _wait(lambda: not _rooms_of(os.getpid()))


@pytest.mark.parametrize("engine", sandboxes.ENGINES)
def test_a_room_that_is_killed_loses_no_program(engine: str) -> None:
    """Killing rooms from outside in the middle of a run changes no result."""
    sandboxes.require(engine)
    sandbox = open_sandbox(engine, 2, deduplicate=False)
    step = Step(Stage.PASSED, ("python3", "main.py"))
    source = "import time; time.sleep(0.05); print({})"
    programs = [Program("python", {"main.py": source.format(i)}, (step,)) for i in range(40)]
    done = {}
    for key, execution in sandbox.run((Key("p", i), p) for i, p in enumerate(programs)):
        done[key.sample] = execution.steps[0].stdout
        if len(done) == 10:
            victims = [pid for pid in _direct_children() if _is_room(pid)]
            assert victims
            os.kill(int(victims[0]), signal.SIGKILL)
    sandbox.close()
    assert done == {i: f"{i}\n" for i in range(40)}


def _direct_children() -> list[str]:
    return [
        child
        for thread in Path("/proc/self/task").iterdir()
        for child in (thread / "children").read_text().split()
    ]


def _is_room(pid: str) -> bool:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"docker\0run" in command or b"bwrap\0" in command


@pytest.mark.parametrize("engine", sandboxes.ENGINES)
def test_many_rooms_give_the_verdicts_of_one(engine: str) -> None:
    """The same programs end the same way at one, two and eight workers."""
    sandboxes.require(engine)
    sources = [
        "def f(x): return x * 2",
        "def f(x): return x",
        "def f(x): return x // 0",
        "import sys; sys.exit(0)",
        "def f(x): return [x] * 10 ** 9",
        "def f(x):\n    while True: pass",
    ]
    tests = Tests("assert f(2) == 4\nassert f(0) == 0", ("f",))
    step = Step(Stage.PASSED, ("python3", "main.py"), Limits(1, 60, 256), tests=tests)
    outcomes = []
    for workers in (1, 2, 8):
        sandbox = open_sandbox(engine, workers, deduplicate=False)
        keyed = [
            (Key(source, sample), Program("python", {"main.py": source}, (step,)))
            for source in sources
            for sample in range(1 if "while" in source else 5)
        ]
        outcomes.append(
            {
                key: (execution.steps[0].ended, execution.steps[0].tests)
                for key, execution in sandbox.run(keyed)
            }
        )
        sandbox.close()
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert {ended for ended, _ in outcomes[0].values()} == {
        Ended.EXITED,
        Ended.MEMORY,
        Ended.CPU,
    }


@pytest.mark.parametrize("engine", sandboxes.ENGINES)
def test_a_slow_program_does_not_hold_back_the_answers_before_it(engine: str) -> None:
    """Answers travel together only while programs are quick."""
    sandboxes.require(engine)
    kinds = {"docker": docker.Docker, "bubblewrap": bubblewrap.Bubblewrap}
    opened = Room(kinds[engine]().room(sandboxes.SPEC))
    step = Step(Stage.PASSED, ("python3", "main.py"), Limits(cpu=600, wall=600))
    for source in ("print(1)", "import time; time.sleep(600)"):
        opened.send(wire.encode(Program("python", {"main.py": source}, (step,))))
    try:
        answer = wire.decode(opened.receive(60))
    finally:
        opened.kill()
        opened.close()
    assert answer.steps[0].stdout == "1\n"


@pytest.mark.parametrize("engine", sandboxes.ENGINES)
def test_a_room_with_a_cpu_of_its_own_stays_on_it(engine: str) -> None:
    """Whatever the program starts; and with none of its own it may use all."""
    sandboxes.require(engine)
    kinds = {"docker": docker.Docker, "bubblewrap": bubblewrap.Bubblewrap}
    code = "import subprocess; subprocess.run(['grep', 'Cpus_allowed_list', '/proc/self/status'])"
    step = Step(Stage.PASSED, ("python3", "main.py"), Limits(cpu=60, wall=600))
    own, everything = max(os.sched_getaffinity(0)), len(os.sched_getaffinity(0))
    for cpu, count in ((own, 1), (None, everything)):
        opened = Room(kinds[engine]().room(sandboxes.SPEC), cpu)
        try:
            opened.send(wire.encode(Program("python", {"main.py": code}, (step,))))
            said = wire.decode(opened.receive(600)).steps[0].stdout
        finally:
            opened.close()
        assert len(_cpus(said.split()[-1])) == count
        assert own in _cpus(said.split()[-1])


def _cpus(text: str) -> set[int]:
    """Read the kernel's list format, such as `0-3,7`."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def _forked(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in listed.split()]


def _runs(pid: int) -> bool:
    """Whether a process is there, and not only its exit status."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def _lost_while_opening(engine: bubblewrap.Bubblewrap) -> int:
    """Open rooms and kill their bwrap as soon as it has forked; return a child that stays."""
    argv = list(engine.room(RoomSpec("python", 1024)).argv)
    for _ in range(500):  # Whether the child has asked to die with it by then is chance.
        outside = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        while not (inside := _forked(outside.pid)) and outside.poll() is None:
            pass
        outside.kill()
        outside.communicate()  # An agent that runs ends here: there is nothing more to read.
        time.sleep(0.2)
        if inside and _runs(inside[0]):
            return inside[0]
    raise AssertionError("No room was lost while it opened.")


@pytest.mark.bubblewrap
def test_a_room_lost_while_it_opened_is_swept() -> None:
    """What waits for good for the bwrap that has forked it, and rooms at work beside it."""
    sandboxes.require("bubblewrap")
    engine = bubblewrap.Bubblewrap()
    room = Room(engine.room(RoomSpec("python", 1024)))
    try:
        lost = _lost_while_opening(engine)
        assert engine.sweep() >= 1
        assert _wait(lambda: not _runs(lost))
        program = Program("python", {"main.py": ""}, (Step(Stage.PASSED, ("python3", "main.py")),))
        room.send(wire.encode(program))
        assert wire.decode(room.receive(60)).steps[0].ended is Ended.EXITED
    finally:
        room.close()
