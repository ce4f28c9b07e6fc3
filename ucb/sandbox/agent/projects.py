"""Whole projects for programs to work in: copied out of a store, and out of their reach."""

# A path object costs more than the call it makes.
# ruff: noqa: PTH102, PTH103, PTH106, PTH108, PTH112, PTH118, PTH123, PTH208
from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from ucb.sandbox.agent import kernel, scratch

STORE = "/projects/trees"
"""Where the room has the snapshots. Programs cannot read it: it holds the answers."""
PLACE = "/tmp/project"  # noqa: S108 (the room's own tmpfs)
"""Where a program finds its project."""
_PLAIN = kernel.MS_NOSUID | kernel.MS_NODEV


class Missing(Exception):
    """The store does not have the snapshot, or it cannot be copied."""


class Projects:
    """
    The store, and the project that is in place.

    With isolation `uid` a project belongs to the agent's user, so that programs
    cannot change it. With `namespace` they are the same user: there it is mounted
    read-only, and the store is covered for good, but for this object's descriptor.
    """

    def __init__(self, isolation: str) -> None:
        self._mounts = isolation == "namespace"
        self._store = os.open(STORE, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def cover(self) -> None:
        """Hide the store from the mount namespace that this process has just made."""
        kernel.mount("none", STORE, "tmpfs", _PLAIN | kernel.MS_RDONLY)

    def place(self, name: str, files: Mapping[str, str]) -> None:
        """Put a snapshot with other `files` in place; raise `Missing`."""
        try:
            self._forget()
            os.mkdir(PLACE, 0o755)
            _copy(os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self._store), PLACE)
            for path, text in files.items():
                _put(os.path.join(PLACE, path), text)
            if self._mounts:
                kernel.mount(PLACE, PLACE, "", kernel.MS_BIND)
                kernel.mount(
                    "none",
                    PLACE,
                    "",
                    _PLAIN | kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_RDONLY,
                )
        except (OSError, scratch.Unswept) as error:
            raise Missing(f"project {name}: {error}") from None

    def _forget(self) -> None:
        """Take away the project that is in place, if one is."""
        if not os.path.isdir(PLACE):
            return
        if self._mounts:
            kernel.unmount(PLACE)
        scratch.sweep((PLACE,))
        os.rmdir(PLACE)


def _copy(folder: int, target: str) -> None:
    """Copy what `folder`, a descriptor that this closes, holds: folders and regular files."""
    try:
        for entry in os.scandir(folder):
            flags = os.O_RDONLY | os.O_NOFOLLOW
            path = os.path.join(target, entry.name)
            if entry.is_dir(follow_symlinks=False):
                os.mkdir(path, 0o755)
                _copy(os.open(entry.name, flags | os.O_DIRECTORY, dir_fd=folder), path)
            elif entry.is_file(follow_symlinks=False):
                _copy_file(os.open(entry.name, flags, dir_fd=folder), path)
    finally:
        os.close(folder)


def _copy_file(source: int, path: str) -> None:
    try:
        found = os.fstat(source)
        mode = 0o755 if found.st_mode & stat.S_IXUSR else 0o644
        target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            rest = found.st_size
            while rest:
                sent = os.sendfile(target, source, None, rest)
                if not sent:
                    break
                rest -= sent
        finally:
            os.close(target)
    finally:
        os.close(source)


def _put(path: str, text: str) -> None:
    """Write a file, and take away what an interpreter has compiled from another one there."""
    folder, name = os.path.split(path)
    os.makedirs(folder, 0o755, exist_ok=True)
    with open(path, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        file.write(text)
    compiled = os.path.join(folder, "__pycache__")
    stem = name.removesuffix(".py")
    if os.path.isdir(compiled):
        for other in os.listdir(compiled):
            if other.split(".")[0] == stem:
                os.unlink(os.path.join(compiled, other))
