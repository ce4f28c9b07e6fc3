"""What the processes of a program use, read from /proc."""

# A path object costs more than the call it makes.
# ruff: noqa: PTH123, PTH208
from __future__ import annotations

import os
import time
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MEMORY_COUNTERS = {
    "/sys/fs/cgroup/memory.stat": ("anon", "shmem"),
    "/sys/fs/cgroup/memory/memory.stat": ("total_rss", "total_shmem"),
}
_OOM_COUNTERS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


class Usage(NamedTuple):
    """What a set of processes uses together."""

    cpu: float
    """Seconds."""
    memory: int
    """Resident bytes; pages shared by several processes count in each."""
    processes: int
    threads: int


def cpu_of(pid: int) -> float:
    """CPU seconds of a process; 0 if it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def cpu_clock(pid: int) -> float:
    """CPU seconds of a process to the nanosecond, by clock_getcpuclockid(3); `OSError` if gone."""
    return time.clock_gettime((~pid << 3) | 2)


def anonymous(pid: int) -> int:
    """Resident bytes of a process that no file stands behind; 0 if it is gone."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            fields = file.read().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * _PAGE


def usage(trusted: frozenset[int]) -> Usage:
    """What all processes of the room but the `trusted` use now."""
    ticks = pages = processes = threads = 0
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in trusted:
            fields = _stat(int(name))
            if fields:
                ticks += sum(map(int, fields[11:15]))
                pages += int(fields[21])
                processes += 1
                threads += int(fields[17])
    return Usage(ticks / _TICKS, pages * _PAGE, processes, threads)


def own_memory(trusted: frozenset[int], large: int = -1) -> int:
    """
    Bytes that all processes but the `trusted` hold, shared pages counted once.

    Where a cgroup counts, the trusted ones' few count too, but for those of `large`.
    """
    counted = _cgroup_memory()
    if counted is not None:
        return counted - anonymous(large)
    total = 0
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in trusted:
            try:
                with open(f"/proc/{name}/smaps_rollup") as file:
                    lines = file.read().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024


def _cgroup_memory() -> int | None:
    """What the room's cgroup holds: anonymous pages and files in memory; None without one."""
    for path, names in _MEMORY_COUNTERS.items():
        try:
            with open(path) as file:
                words = dict(line.split()[:2] for line in file)
        except OSError:
            continue
        return sum(int(words.get(name, 0)) for name in names)
    return None


def oom_kills() -> int:
    """Processes the kernel has killed so far because the room was out of memory."""
    for path in _OOM_COUNTERS:
        try:
            with open(path) as file:
                words = dict(line.split()[:2] for line in file)
        except OSError:
            continue
        return int(words.get("oom_kill", 0))
    return 0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat that follow the command, which may hold spaces; [] if gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []
