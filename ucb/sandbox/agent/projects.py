"""Whole projects for programs to work in: copied out of a store, and out of their reach."""

# A path object costs more than the call it makes.
# ruff: noqa: PTH102, PTH103, PTH106, PTH108, PTH112, PTH118, PTH123, PTH208
from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping

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
    A copy that programs may write to is theirs: their user makes it.
    """

    def __init__(self, isolation: str) -> None:
        self._mounts = isolation == "namespace"
        self._mounted = False
        self._store = os.open(STORE, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def cover(self) -> None:
        """Hide the store from the mount namespace that this process has just made."""
        kernel.mount("none", STORE, "tmpfs", _PLAIN | kernel.MS_RDONLY)

    def read(self, name: str) -> dict[str, bytes]:
        """Return the files of a snapshot, by path; raise `Missing`."""
        try:
            found: dict[str, bytes] = {}
            _read(os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self._store), "", found)
        except OSError as error:
            raise Missing(f"project {name}: {error}") from None
        return found

    def place(
        self,
        name: str,
        files: Mapping[str, str],
        *,
        owner: int | None = None,
        made: Mapping[str, str] | None = None,
    ) -> None:
        """
        Put a snapshot with other `files` in place; raise `Missing`.

        With `owner` it is that user's, to write to, and files keep their times. `made` is what
        a compiler has made of a project that nobody may write to: bytes, as the characters of
        Latin-1.
        """
        try:
            self._forget()
            folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self._store)
            if owner is None:
                _fill(folder, files, times=False)
                for path, data in (made or {}).items():
                    with open(os.path.join(PLACE, path), "wb") as file:
                        file.write(data.encode("latin-1"))
            elif self._mounts:
                _fill(folder, files, times=True)
                return
            else:
                _as_user(owner, lambda: _fill(folder, files, times=True))
                os.close(folder)
                return
            if self._mounts:
                kernel.mount(PLACE, PLACE, "", kernel.MS_BIND)
                self._mounted = True
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
        if self._mounted:
            kernel.unmount(PLACE)
            self._mounted = False
        scratch.sweep((PLACE,))
        os.rmdir(PLACE)


def _as_user(uid: int, work: Callable[[], None]) -> None:
    """Do `work` in a process of another user; raise `OSError` with what went wrong there."""
    reader, writer = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if not pid:
        trouble = b"it ended"
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            work()
            trouble = b""
        except OSError as error:
            trouble = str(error).encode()
        finally:
            os.write(writer, trouble)
            os._exit(bool(trouble))
    os.close(writer)
    with open(reader, "rb") as pipe:
        trouble = pipe.read()
    _, status = os.waitpid(pid, 0)
    if trouble or status:
        raise OSError(trouble.decode("utf-8", "replace") or f"wait status {status}")


def _fill(folder: int, files: Mapping[str, str], *, times: bool) -> None:
    """Make the project of a snapshot, a descriptor that this closes, and other `files`."""
    os.mkdir(PLACE, 0o755)
    _copy(folder, PLACE, times=times)
    for path, text in files.items():
        _put(os.path.join(PLACE, path), text)


def _copy(folder: int, target: str, *, times: bool) -> None:
    """Copy what `folder`, a descriptor that this closes, holds: folders and regular files."""
    try:
        for entry in os.scandir(folder):
            flags = os.O_RDONLY | os.O_NOFOLLOW
            path = os.path.join(target, entry.name)
            if entry.is_dir(follow_symlinks=False):
                os.mkdir(path, 0o755)
                inner = os.open(entry.name, flags | os.O_DIRECTORY, dir_fd=folder)
                _copy(inner, path, times=times)
            elif entry.is_file(follow_symlinks=False):
                _copy_file(os.open(entry.name, flags, dir_fd=folder), path, times=times)
    finally:
        os.close(folder)


def _read(folder: int, below: str, found: dict[str, bytes]) -> None:
    """Add to `found` the files of `folder`, a descriptor that this closes."""
    try:
        for entry in os.scandir(folder):
            flags = os.O_RDONLY | os.O_NOFOLLOW
            path = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                inner = os.open(entry.name, flags | os.O_DIRECTORY, dir_fd=folder)
                _read(inner, path + "/", found)
            elif entry.is_file(follow_symlinks=False):
                with os.fdopen(os.open(entry.name, flags, dir_fd=folder), "rb") as file:
                    found[path] = file.read()
    finally:
        os.close(folder)


def _copy_file(source: int, path: str, *, times: bool) -> None:
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
            if times:
                os.utime(target, ns=(found.st_mtime_ns, found.st_mtime_ns))
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
