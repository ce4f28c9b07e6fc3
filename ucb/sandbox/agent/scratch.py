"""The folders that programs can write to: emptied between programs, read with care."""

# A path object costs more than the call it makes.
# ruff: noqa: PTH104, PTH106, PTH108, PTH118, PTH208
from __future__ import annotations

import os
import stat
from collections.abc import Iterable

FOLDERS = ("/tmp", "/dev/shm")  # noqa: S108 (the room's own)
_MOST_ENTRIES = 100_000


class Unswept(Exception):
    """A folder could not be emptied: the room is no longer fit for another program."""


def sweep(folders: Iterable[str] = FOLDERS) -> None:
    """Empty the folders; raise `Unswept` if anything stays."""
    for folder in folders:
        try:
            _empty(folder)
        except OSError as error:
            raise Unswept(f"{folder}: {error}") from None


def _empty(folder: str) -> None:
    names = os.listdir(folder)
    seen = 0
    while names:
        for name in names:
            seen += 1
            if seen > _MOST_ENTRIES:
                raise Unswept(f"{folder}: more than {_MOST_ENTRIES} entries")
            _remove(folder, os.path.join(folder, name), seen)
        names = os.listdir(folder)


def _remove(folder: str, path: str, seen: int) -> None:
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        os.unlink(path)
        return
    names = os.listdir(path)
    # Children move up instead of being walked: a tree may be deeper than any path or stack.
    for index, name in enumerate(names):
        child = os.path.join(path, name)
        if stat.S_ISDIR(os.lstat(child).st_mode):
            os.rename(child, os.path.join(folder, f".sweep-{seen}-{index}"))
        else:
            os.unlink(child)
    os.rmdir(path)


def collect(root: str, paths: Iterable[str], most: int) -> dict[str, str]:
    """
    Read those `paths` below `root` that are regular files, at most `most` bytes of each.

    No symbolic link is followed and nothing but a regular file is opened: the
    program may have put links, devices and FIFOs there.
    """
    found = {}
    for path in paths:
        data = _read(root, path.split("/"), most)
        if data is not None:
            found[path] = data.decode("utf-8", "replace")
    return found


def _read(root: str, parts: list[str], most: int) -> bytes | None:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        folder = os.open(root, flags | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        for part in parts[:-1]:
            inner = os.open(part, flags | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        if not stat.S_ISREG(os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode):
            return None
        fd = os.open(parts[-1], flags, dir_fd=folder)
    except OSError:
        return None
    finally:
        os.close(folder)
    with os.fdopen(fd, "rb") as file:
        return file.read(most)
