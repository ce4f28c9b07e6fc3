"""Files that a crash leaves in order: replaced as a whole, or a line longer."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import platform
import re
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from ucb.errors import StoreError

SYNC_SECONDS = 0.5
"""A row that is appended is on the disk so much later, at most, or as soon as the file closes."""

_log = logging.getLogger(__name__)
_TAIL = 1 << 16
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)
"""What file systems say that cannot flush a folder: some over a network, some in user space."""


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """
    Open a text file that takes the place of `path` when the block ends without an error.

    The bytes are on the disk before the name is, and the name before this ends.
    Raises `StoreError` when the disk refuses; `path` is then as it was, or whole.
    """
    temporary = ""
    try:
        make_folder(path.parent)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        # A lone surrogate, which a model can write and UTF-8 cannot, is written as an escape.
        with os.fdopen(
            handle, "w", encoding="utf-8", errors="backslashreplace", newline=""
        ) as file:
            yield file
            file.flush()
            # mkstemp makes the file private; a report is as readable as the folder it lies in.
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 (the one seam to the disk is `os`)
        temporary = ""
        sync_folder(path.parent)
    except OSError as error:
        raise refused(path, "cannot be written", error) from error
    finally:
        if temporary:
            with suppress(OSError):  # What went wrong before is what the user must hear.
                Path(temporary).unlink(missing_ok=True)


def shards(first: Path) -> list[Path]:
    """Return the files that hold the rows of `first`, in the order they were written."""
    numbered = sorted(
        (number, file)
        for file in first.parent.glob(f"{first.stem}-*{first.suffix}")
        if (number := shard_number(first, file))
    )
    return [*([first] if first.exists() else []), *(file for _, file in numbered)]


def shard_number(first: Path, file: Path) -> int | None:
    """Return the number in the name of a file that comes after `first`; None for another file."""
    pattern = rf"{re.escape(first.stem)}-(\d{{5,}}){re.escape(first.suffix)}"
    found = re.fullmatch(pattern, file.name)
    return int(found[1]) if found else None


def sweep(folder: Path, names: tuple[str, ...]) -> None:
    """Remove what a killed process left of replacing files of these names in a folder."""
    for name in names:
        for left in folder.glob(f".{name}-*"):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, and put their names on the disk; `OSError` if refused."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        sync_folder(each.parent)


def sync_folder(path: Path) -> None:
    """Put the names in a folder on the disk: a file that is new there, renamed, or gone."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """
    Be the only process that writes to a folder, made if need be, until the block ends.

    The kernel releases the lock with the process that holds it, however that
    ends. Raises `StoreError` when another one does, naming it, or the disk refuses.
    """
    try:
        make_folder(folder)
        lock = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise refused(folder, "cannot be written", error) from error
    try:
        _lock(lock, folder)
        yield
    finally:
        os.close(lock)  # Which releases the lock.


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreError(
            f"{folder} is being written by another ucb{_holder(lock)}. Wait for it, or choose "
            "another --out."
        ) from None
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be locked: {error.strerror}. Mount that file system with locks, or "
            "choose another --out."
        ) from error
    me = {
        "pid": os.getpid(),
        "host": platform.node(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with suppress(OSError):  # The lock holds without; who has it is a help to the second.
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps(me).encode(), 0)


def _holder(lock: int) -> str:
    try:
        who = json.loads(os.pread(lock, 1000, 0))
        return f" (process {who['pid']} on {who['host']}, since {who['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # Just about to sign, or of a version that did not.


def refused(path: Path, what: str, error: OSError) -> StoreError:
    """Return the sentence for a file that the disk refuses; a full one says what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            f"{path} {what}: the disk is full. What is stored is kept; free some space and run "
            "the same command again to go on."
        )
    return StoreError(f"{path} {what}: {error.strerror or error}.")


class Rows:
    """
    A JSON Lines file open for appending.

    Rows are flushed to the disk in the background, all that came within
    `SYNC_SECONDS` by one flush. A flush that fails is raised by what is called next.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        """Bytes of whole rows."""
        try:
            make_folder(path.parent)
            new = not path.exists()
            self._file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o644)
            try:
                self.size = drop_torn_line(self._file, path)
                if new:
                    sync_folder(path.parent)
            except BaseException:
                os.close(self._file)
                raise
        except OSError as error:
            raise refused(path, "cannot be written", error) from error
        self._flushing = _Flushing(self._file)

    def append(self, row: Mapping[str, Any]) -> None:
        """Write one row, whole or not at all; raise `StoreError` if the disk refuses."""
        line = json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        self._check()
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            self._take_back()
            raise refused(self.path, "cannot be written", error) from error
        self.size += len(line)
        self._flushing.ask()

    def close(self) -> None:
        """Flush to the disk and close; nothing is done the second time."""
        file, self._file = self._file, -1
        if file < 0:
            return
        try:
            self._flushing.end()
            self._check()
            os.fsync(file)
        except OSError as error:
            raise refused(self.path, "cannot be flushed", error) from error
        finally:
            os.close(file)

    def _take_back(self) -> None:
        """Cut a half-written line off, so that a later append starts clean."""
        try:
            os.ftruncate(self._file, self.size)
        except OSError as error:
            self._flushing.trouble = error  # No append may follow; opening it again cuts it.

    def _check(self) -> None:
        if self._flushing.trouble is not None:
            raise refused(self.path, "cannot be flushed", self._flushing.trouble)


class _Flushing:
    """Flushes a file in a thread of its own, which starts with the first row."""

    def __init__(self, file: int) -> None:
        self.trouble: OSError | None = None
        """What a flush failed with. The kernel says it once, so it is kept."""
        self._file = file
        self._asked = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ucb-flush", daemon=True)

    def ask(self) -> None:
        """Have what was written flushed soon."""
        if not self._asked.is_set():
            self._asked.set()
            if self._thread.ident is None:
                self._thread.start()

    def end(self) -> None:
        """Stop, without a flush."""
        self._over.set()
        self._asked.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _work(self) -> None:
        while self._asked.wait() and not self._over.wait(SYNC_SECONDS):
            self._asked.clear()  # Before the flush: a row that comes during it asks again.
            try:
                os.fsync(self._file)
            except OSError as error:
                self.trouble = error
                return


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
