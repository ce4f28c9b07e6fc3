"""Files that a crash leaves in order: replaced as a whole, or a line longer."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from ucb.errors import StoreError

_log = logging.getLogger(__name__)
_TAIL = 1 << 16


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """
    Open a text file that takes the place of `path` when the block ends without an error.

    The bytes are on the disk before the name is. Raises `StoreError` when the
    disk refuses; `path` is as it was then.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        temporary = Path(name)
        # A lone surrogate, which a model can write and UTF-8 cannot, is written as an escape.
        with os.fdopen(
            handle, "w", encoding="utf-8", errors="backslashreplace", newline=""
        ) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes the file private; a report is as readable as the folder it lies in.
        temporary.chmod(0o644)
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise refused(path, "cannot be written", error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """
    Be the only process that writes to a folder, made if need be, until the block ends.

    Raises `StoreError` when another one does, or the disk refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise refused(folder, "cannot be written", error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise StoreError(
            f"{folder} is being written by another ucb. Wait for it, or choose another --out."
        ) from None
    try:
        yield
    finally:
        os.close(lock)  # Which releases the lock.


def refused(path: Path, what: str, error: OSError) -> StoreError:
    """Return the sentence for a file that the disk refuses; a full one says what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            f"{path} {what}: the disk is full. What is stored is kept; free some space and run "
            "the same command again to go on."
        )
    return StoreError(f"{path} {what}: {error.strerror or error}.")


class Rows:
    """A JSON Lines file open for appending."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o644)
            self._size = drop_torn_line(self._file, path)
        except OSError as error:
            raise refused(path, "cannot be written", error) from error

    def append(self, row: Mapping[str, Any]) -> None:
        """Write one row, whole or not at all; raise `StoreError` if the disk refuses."""
        line = json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            # Take the half-written line back, so that a later append starts clean.
            os.ftruncate(self._file, self._size)
            raise refused(self.path, "cannot be written", error) from error
        self._size += len(line)

    def close(self) -> None:
        """Flush to the disk and close."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise refused(self.path, "cannot be flushed", error) from error
        finally:
            os.close(self._file)


def drop_torn_line(file: int, path: Path) -> int:
    """Cut an unfinished last line off an open file and return its size in bytes."""
    size = end = os.fstat(file).st_size
    while end:
        start = max(0, end - _TAIL)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        end = start + newline + 1 if newline >= 0 else start
        if newline >= 0:
            break
    if end != size:
        _log.warning("%s: dropped an unfinished last line of %d bytes", path, size - end)
        os.ftruncate(file, end)
    return end
