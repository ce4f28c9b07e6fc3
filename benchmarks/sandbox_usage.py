"""CPU seconds and memory of a process, of everything below it, and of its Docker rooms."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")
_EVERY = 1.0
"""Seconds between two looks at the memory."""


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


class Tree:
    """A process, its descendants, and those in the containers it has open now."""

    def __init__(self, root: int) -> None:
        # Asked once: asking Docker costs more than what is measured here.
        self._roots = [root, *_containers(root)]

    def pids(self) -> list[int]:
        """Every process of it that there is now."""
        below: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and (fields := _stat(int(entry.name))):
                below.setdefault(int(fields[1]), []).append(int(entry.name))
        found, waiting = [], list(self._roots)
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += below.get(pid, [])
        return found

    def cpu(self) -> float:
        """CPU seconds so far, with those of the children it has waited for."""
        fields = (_stat(pid) for pid in self.pids())
        return sum(sum(map(int, each[11:15])) for each in fields if each) / _TICKS

    def memory(self) -> float:
        """Resident MiB now, pages that several processes share counted once."""
        total = 0
        for pid in self.pids():
            try:
                text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            except OSError:
                continue
            shares = [line for line in text.splitlines() if line.startswith("Pss:")]
            total += sum(int(line.split()[1]) for line in shares)
        return total / 1024


def _containers(root: int) -> list[int]:
    """First pids of the containers that a process opened, where Docker runs on this machine."""
    try:
        names = subprocess.run(
            ["docker", "ps", "--quiet", "--filter", f"name=^/ucb-{root}-"],
            check=False, capture_output=True, text=True,
        ).stdout.split()  # fmt: skip
    except FileNotFoundError:
        return []
    if not names:
        return []
    found = subprocess.run(
        ["docker", "inspect", "--format", "{{.State.Pid}}", *names],
        check=False, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    return [int(pid) for pid in found if pid != "0"]


class Peak(threading.Thread):
    """Watches the memory of a tree in the background."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(daemon=True)
        self.mib = 0.0
        self._tree = tree
        self._over = threading.Event()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(_EVERY):
            self.mib = max(self.mib, self._tree.memory())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
