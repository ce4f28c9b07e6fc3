"""
A CPU of its own for each room.

The processes of a room take turns: tests ask, the program answers. On two CPUs
each turn wakes the other one and moves what both have in their caches; on one it
is a plain switch, and programs cost a fifth less. A CPU is claimed by a lock that
ends with its holder, so two runs do not sit on one CPU beside an idle one.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self


class Claims:
    """
    The CPUs that this process keeps from other runs on the machine.

    None for more rooms than there are CPUs: sharing is the kernel's work.
    """

    def __init__(self, rooms: int, folder: Path | None = None) -> None:
        self.cpus: list[int] = []
        """Fewer than `rooms` where other runs have the others."""
        self._locks: list[int] = []
        folder = folder or Path(tempfile.gettempdir())
        allowed = _allowed()
        for cpu in sorted(allowed) if rooms <= len(allowed) else []:
            if len(self.cpus) == rooms:
                break
            lock = _lock(folder / f"ucb-cpu-{cpu}.lock")
            if lock is not None:
                self._locks.append(lock)
                self.cpus.append(cpu)

    def close(self) -> None:
        """Let others have them."""
        self.cpus.clear()
        while self._locks:
            os.close(self._locks.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _allowed() -> set[int]:
    # Not on macOS, where only an engine in a machine of its own runs programs.
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def _lock(path: Path) -> int | None:
    """Return the descriptor that holds the lock; None if another process has it."""
    try:
        lock = _open(path)
    except OSError:
        return None  # No claim, no harm: the room runs on any CPU.
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _open(path: Path) -> int:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        # Another user's file cannot be opened for creation in a folder that is everyone's.
        return os.open(path, flags)
    except FileNotFoundError:
        lock = os.open(path, flags | os.O_CREAT, 0o644)
        os.fchmod(lock, 0o644)
        return lock
