"""
Whether anything grows: `python -m benchmarks.soak --minutes 60 --sandbox both`.

Runs honest and hostile programs, mixed, in each engine for so many minutes, and
looks again and again at what could leak: memory of the host and of the agents in
the rooms, open descriptors, threads, rooms, containers, cgroups, mounts, temporary
files. Ends with a table, the first quarter of the time against the last, and with
exit code 1 where something has grown, is left behind, or was judged wrong.

The hostile programs are those of `ucb selftest`; one comes among thirty honest ones.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from ucb.judge import judge
from ucb.languages import language
from ucb.sandbox import Sandbox, docker
from ucb.sandbox.select import open_sandbox
from ucb.sandbox.ship import BOOTSTRAP
from ucb.selftest import cases
from ucb.types import Key, Limits, Program, Tests

ENGINES = ("docker", "bubblewrap")
HONEST = 30
"""Honest programs for each hostile case."""
_LEAST = 2.0
"""Seconds between two looks, at least."""
_LOOKS = 240

Look = Mapping[str, float]


class Rule(NamedTuple):
    """How far a figure may move before it has grown."""

    share: float
    """Of the first quarter's."""
    more: float


RULES: Mapping[str, Rule] = {
    "host MiB": Rule(0.10, 8),
    "agent MiB": Rule(0.10, 4),
    "descriptors": Rule(0, 4),
    "threads": Rule(0, 1),
    "processes": Rule(0.25, 8),  # Programs come and go: their number at a look is chance.
    "containers": Rule(0, 1),  # One may be ending while its successor opens.
    "cgroups": Rule(0, 2),
    "mounts": Rule(0, 4),  # The machine's, so other work on it shows.
    "temporary files": Rule(0, 0),
}
"""By figure, in the order of the table; a median over the looks of a quarter is compared."""


def grown(looks: Sequence[Look]) -> list[tuple[str, float, float, bool]]:
    """Return each figure with its median in the first and last quarter, and whether it grew."""
    quarter = max(1, len(looks) // 4)
    found = []
    for name, rule in RULES.items():
        first, last = (
            median(each[name] for each in part) for part in (looks[:quarter], looks[-quarter:])
        )
        found.append((name, first, last, last > first * (1 + rule.share) + rule.more))
    return found


class Watch(threading.Thread):
    """Looks at this process, its rooms and what they leave on the machine."""

    def __init__(self, engine: str, every: float, temporary: Path) -> None:
        super().__init__(daemon=True)
        self.looks: list[Look] = []
        self._engine = engine
        self._every = every
        self._temporary = temporary
        self._over = threading.Event()
        self._containers: set[str] = set()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(self._every):
            self.looks.append(self.look())

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()

    def look(self) -> Look:
        """Return every figure of `RULES` as it is now."""
        containers = self._now()
        pids = list(_below([os.getpid(), *containers.values()]))
        agents = [pid for pid in pids if _is_agent(pid)]
        return {
            "host MiB": _resident(os.getpid()),
            "agent MiB": max(map(_resident, agents), default=0.0),
            "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
            "threads": threading.active_count(),
            "processes": len(pids),
            "containers": len(containers),
            "cgroups": self._cgroups(),
            "mounts": len(Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()),
            # The locks by which CPUs are claimed stay: one file for each CPU, for good.
            "temporary files": sum(
                not file.name.startswith("ucb-cpu-") for file in self._temporary.rglob("*")
            ),
        }

    def _now(self) -> dict[str, int]:
        """The containers of this process and the pid of the first process of each."""
        if self._engine != "docker":
            return {}
        ids = docker.run(
            "ps", "--all", "--no-trunc", "--quiet", "--filter", f"label=ucb.owner={docker.owner()}"
        ).split()
        self._containers.update(ids)
        found = {}
        for each in ids:
            done = subprocess.run(
                ["docker", "inspect", "--format", "{{.State.Pid}}", each],
                check=False, capture_output=True, text=True,
            )  # fmt: skip
            if done.returncode == 0:  # Otherwise it has ended since.
                found[each] = int(done.stdout)
        return found

    def _cgroups(self) -> int:
        """Cgroups of the containers that this process ever had."""
        names = (name for _, folders, _ in os.walk("/sys/fs/cgroup") for name in folders)
        return sum(any(each in name for each in self._containers) for name in names)


def _below(roots: Sequence[int]) -> Iterator[int]:
    """Yield every process below the given ones, and the roots but for the first."""
    waiting = list(roots)
    yield from (pid for pid in roots[1:] if pid)
    while waiting:
        pid = waiting.pop()
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                children = [int(child) for child in task.read_text(encoding="ascii").split()]
            except OSError:
                continue  # It has ended.
            waiting += children
            yield from children


def _is_agent(pid: int) -> bool:
    """Whether a process is the agent itself, and not what it has started or was started by."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return len(words) > 2 and words[1:3] == [b"-c", BOOTSTRAP.encode()]


def _resident(pid: int) -> float:
    """Resident MiB of a process; 0 where it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


_FIBONACCI = """
def f(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
"""


def programs(until: float) -> Iterator[tuple[Key, Program]]:
    """Yield honest and hostile programs until a moment of the steady clock."""
    tests = Tests("assert f(20) == 6765\nassert f(1) == 1", ("f",))
    hostile = itertools.cycle(cases())
    for number in itertools.count():
        if time.monotonic() > until:
            return
        if number % (HONEST + 1) == HONEST:
            case = next(hostile)
            for place, program in enumerate(case.programs):
                yield Key(f"hostile {number} {case.name} {place}", number), program
        else:
            code = f"{_FIBONACCI}# {number}\n"
            program = language("python").program(code, tests=tests, limits=Limits(10, 60, 256))
            yield Key("honest", number), program


def soak(sandbox: Sandbox, minutes: float) -> tuple[int, int, int]:
    """Run programs for so long; return how many honest and hostile, and how many judged wrong."""
    asked: dict[Key, Program] = {}

    def remembered() -> Iterator[tuple[Key, Program]]:
        for key, program in programs(time.monotonic() + 60 * minutes):
            if key.problem == "honest":
                asked[key] = program
            yield key, program

    honest = hostile = wrong = 0
    for key, execution in sandbox.run(remembered()):
        if key.problem == "honest":
            honest += 1
            verdict = judge(asked.pop(key), key, execution)
            if not verdict.passed:
                wrong += 1
                print(f"An honest program: {verdict.reason} {verdict.detail}", file=sys.stderr)
        else:
            hostile += 1
    return honest, hostile, wrong


def one(engine: str, minutes: float, workers: int) -> bool:
    """Soak one engine, print its table, and return whether all is well."""
    with tempfile.TemporaryDirectory(prefix="ucb-soak-") as folder:
        tempfile.tempdir = folder  # So that what is left in it is ours.
        watch = Watch(engine, max(_LEAST, 60 * minutes / _LOOKS), Path(folder))
        before = watch.look()
        watch.start()
        sandbox = open_sandbox(engine, workers, deduplicate=False)
        try:
            honest, hostile, wrong = soak(sandbox, minutes)
        finally:
            watch.stop()
            sandbox.close()
        time.sleep(2 * _LEAST)  # A container is removed after its client has ended.
        after = watch.look()
    if len(watch.looks) < 4:
        sys.exit(f"{len(watch.looks)} looks are too few to compare. Give it more --minutes.")
    print(
        f"\n{engine}, {workers} rooms, {minutes:g} minutes: {honest:,} honest programs "
        f"({wrong} judged wrong) and {hostile:,} hostile ones; {len(watch.looks)} looks"
    )
    print(f"{'':<16} {'first quarter':>13} {'last quarter':>13} {'before':>9} {'after':>9}")
    good = not wrong
    for name, first, last, grew in grown(watch.looks):
        mark = "GREW" if grew else "ok"
        # What the rooms had must be gone with them.
        if name in _GONE and after[name] > before[name]:
            mark = "LEFT BEHIND"
        good = good and mark == "ok"
        ends = f"{before[name]:>9.1f} {after[name]:>9.1f}"
        print(f"{name:<16} {first:>13.1f} {last:>13.1f} {ends}  {mark}")
    return good


_GONE = ("processes", "containers", "cgroups", "temporary files", "descriptors")


def main() -> None:
    """Soak each engine in a process of its own, so that neither shows in the other's memory."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="for each engine")
    parser.add_argument("--sandbox", choices=[*ENGINES, "both"], default="both")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        sys.exit(0 if one(given.sandbox, given.minutes, given.workers) else 1)
    codes = []
    for engine in ENGINES if given.sandbox == "both" else (given.sandbox,):
        arguments = ["--minutes", given.minutes, "--sandbox", engine, "--workers", given.workers]
        command = [sys.executable, "-m", "benchmarks.soak", "--child", *map(str, arguments)]
        codes.append(subprocess.run(command, check=False).returncode)
    sys.exit(max(codes))


if __name__ == "__main__":
    main()
