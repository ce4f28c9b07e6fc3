"""What an engine must do: open rooms. Everything else is the same for all of them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ucb.languages import languages
from ucb.project import store

PROCESSES = 128
"""Processes and threads of one program, at most."""
FILE_MIB = 128
"""Largest file a program may write."""
TMP, SHM = "/tmp", "/dev/shm"  # noqa: S108 (in the room)
"""What a program can write to, bounded in bytes and in files."""
_TMP_MIB, _TMP_FILES = 256, 16
"""MiB; thousands of files. A toolchain may have more of both."""
SHM_OPTIONS = "size=64m,nr_inodes=1k,mode=1777"
ENVIRONMENT = {
    # Set order, and with it some verdicts, must not depend on the room.
    "PYTHONHASHSEED": "0",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    # For the agent alone, which removes it: forks need not each look up the same symbols.
    "LD_BIND_NOW": "1",
}
PROJECTS = "/projects"
"""Where a room has the store of projects: environments for all to read, trees for the agent."""
_FIRST_UID = 0x20000000


@dataclass(frozen=True, slots=True)
class RoomSpec:
    """What a room is opened for."""

    toolchain: str
    memory: int
    """MiB that one program may use, at most."""


@dataclass(frozen=True, slots=True)
class Command:
    """How a room is opened, and what its agent must know."""

    argv: Sequence[str]
    """Starts `python3 -c BOOTSTRAP` inside the room, with its stdin and stdout attached."""
    settings: Mapping[str, Any]
    environment: Mapping[str, str] | None = None
    """Of the command itself; None for this process's own."""
    pass_fds: Sequence[int] = ()
    remove: Sequence[str] = field(default=())
    """A command that removes the room by force, where ending `argv` does not."""


class Engine(Protocol):
    """A way to make isolated rooms."""

    name: str

    def room(self, spec: RoomSpec) -> Command:
        """
        How to open one more room.

        Raises `SandboxError` if no such room can be opened, with what to do.
        """
        ...

    def check(self) -> None:
        """Raise `SandboxError` if the engine itself is gone, whatever room is asked for."""
        ...

    def describe(self) -> Mapping[str, str]:
        """What verdicts depend on: version, isolation, digests of the images used so far."""
        ...

    def sweep(self) -> int:
        """Remove the rooms of processes that are gone; return how many there were."""
        ...


def scratch_mib(spec: RoomSpec) -> int:
    """MiB that programs may write to `TMP`."""
    language = languages().get(spec.toolchain)
    return max(_TMP_MIB, language.scratch if language else 0)


def tmp_options(spec: RoomSpec) -> str:
    """How `TMP` is mounted."""
    size = scratch_mib(spec)
    return f"size={size}m,nr_inodes={size * _TMP_FILES // _TMP_MIB}k,mode=1777"


def environment_of(spec: RoomSpec) -> dict[str, str]:
    """The variables of a room."""
    language = languages().get(spec.toolchain)
    return {**ENVIRONMENT, **(language.environment if language else {})}


def projects_of(spec: RoomSpec) -> Path | None:
    """The store of projects that a room shows, if its programs work in projects."""
    language = languages().get(spec.toolchain)
    return store() if language and language.projects else None


def settings(
    spec: RoomSpec, isolation: str, capabilities: Sequence[int], **more: Any
) -> dict[str, Any]:
    """What the agent must know. `uid` isolation draws a user that no other room has."""
    language = languages().get(spec.toolchain)
    compiler = language.compiler if language else None
    # The kernel counts processes per user and machine: two rooms must not share one.
    # One of four, because the next one is the judge's and the one after that the compiler's.
    uid = _FIRST_UID + 4 * secrets.randbelow(1 << 27)
    return {
        "isolation": isolation,
        "uid": uid if isolation == "uid" else os.getuid(),
        "processes": PROCESSES,
        "file_mib": FILE_MIB,
        "capabilities": list(capabilities),
        "tmpfs": {},
        "preload": list(language.preload) if language else [],
        "projects": bool(language and language.projects),
        # Without a user of its own it would be within reach of programs.
        "compiler": {**compiler.message(), "uid": uid + 2}
        if compiler and isolation == "uid"
        else None,
        **more,
    }
