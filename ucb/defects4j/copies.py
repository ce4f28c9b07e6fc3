"""Working copies of bugs: checked out and built once, and kept in the store of projects."""

from __future__ import annotations

import os
import re
import shlex
import tarfile
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Literal, NamedTuple

from ucb.defects4j.installation import Installation
from ucb.errors import DataError
from ucb.here import cores
from ucb.project import TREES, store

_OLDER = 3600
"""Seconds that a stored copy is made older by: whatever a program changes is newer."""
_LEFT_BY_TESTS = ("failing_tests", "all_tests")
_NAME = re.compile(r"[A-Za-z]\w*")
_BUG = re.compile(r"[0-9]{1,6}")
_IN_IMAGE = "/tmp/project"  # noqa: S108 (in a container)
_SCRIPT = """set -e
defects4j checkout -p {project} -v {version} -w {place} >&2
cd {place}
{compile}
tar -c --exclude=./.git --exclude=./.svn -f - .
"""


class Copy(NamedTuple):
    """One version of one bug."""

    project: str
    bug: str
    version: Literal["f", "b"]
    """The fixed or the buggy one."""

    def __str__(self) -> str:
        return f"{self.project}-{self.bug}{self.version}"


@dataclass(frozen=True)
class WorkingCopies:
    """The working copies of one installation, in the store."""

    installation: Installation

    def tree(self, copy: Copy, *, built: bool = True) -> str:
        """
        Return the name in the store of a working copy, made if it is not there.

        It is as `defects4j checkout` leaves it and, if `built`, `defects4j compile` after it; only
        the version history is left out. One that is not finished is never seen. Threads may call
        this at the same time. Raises `DataError` with what Defects4J says.
        """
        if not _NAME.fullmatch(copy.project) or not _BUG.fullmatch(copy.bug):
            raise DataError(f"{str(copy)!r} is not the name of a bug, such as Lang-1f.")
        end = "" if built else "-unbuilt"
        name = f"defects4j-{copy}{end}-{self.installation.identity()}"
        folder = store() / TREES / name
        with _LOCKS[name]:
            if not folder.is_dir():
                self._make(copy, folder, built=built)
        return name

    def trees(
        self, copies: Iterable[Copy], *, built: bool = True, workers: int | None = None
    ) -> dict[Copy, str]:
        """Make several at the same time; raise `DataError` that counts those that cannot be had."""
        wanted = list(dict.fromkeys(copies))
        found: dict[Copy, str] = {}
        failed: list[DataError] = []
        with ThreadPoolExecutor(workers or cores()) as pool:
            making = {each: pool.submit(self.tree, each, built=built) for each in wanted}
            for each, future in making.items():
                try:
                    found[each] = future.result()
                except DataError as error:
                    failed.append(error)
        if failed:
            raise DataError(
                f"{len(failed)} of {len(wanted)} working copies cannot be had from Defects4J. "
                f"The first: {failed[0]}"
            )
        return found

    def _make(self, copy: Copy, folder: Path, *, built: bool) -> None:
        scratch = tempfile.TemporaryDirectory(dir=folder.parent, prefix=".copy-")
        with scratch, self._place() as place:
            script = _SCRIPT.format(
                project=copy.project,
                version=f"{copy.bug}{copy.version}",
                place=shlex.quote(place),
                compile="defects4j compile >&2" if built else "",
            )
            what = f"Defects4J cannot {'build' if built else 'check out'} {copy}"
            made = Path(scratch.name, "tree")
            made.mkdir()
            with self.installation.streaming(script, what=what) as stdout:
                _unpack(stdout, made, what)
            for name in _LEFT_BY_TESTS:
                (made / name).unlink(missing_ok=True)
            _settle(made)
            try:
                made.rename(folder)
            except OSError:
                # Another process was faster: its copy is as good.
                if not folder.is_dir():
                    raise

    @contextmanager
    def _place(self) -> Iterator[str]:
        if self.installation.image:
            yield _IN_IMAGE
            return
        with tempfile.TemporaryDirectory(prefix="ucb-defects4j-") as folder:
            yield str(Path(folder, "project"))


_LOCKS: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""One for each name, so that threads make each copy once."""


def pristine(tree: str, path: str) -> str | None:
    """Return a file of a working copy in the store; None if it has none, or it is no text."""
    try:
        return (store() / TREES / tree / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


@lru_cache(maxsize=512)
def mentions(tree: str, word: str) -> frozenset[str]:
    """Return the paths of the Java files of a working copy in which a word occurs."""
    root = store() / TREES / tree
    pattern = re.compile(rb"\b" + re.escape(word.encode()) + rb"\b")
    return frozenset(
        str(path.relative_to(root))
        for path in root.rglob("*.java")
        if path.is_file() and pattern.search(path.read_bytes())
    )


def _unpack(stream: IO[bytes], folder: Path, what: str) -> None:
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            archive.extractall(folder, filter=_harmless)  # noqa: S202 (filtered)
    except tarfile.ReadError:
        # It has failed before it wrote one; what it said is told where its status is seen.
        return
    except (tarfile.TarError, OSError) as error:
        raise DataError(f"{what}: its files cannot be stored: {error}") from error


def _harmless(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None  # A link that leads out of the copy.


def _settle(root: Path) -> None:
    """Let every user read the files, which a room's copies; make them older than any change."""
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            if path.is_symlink():
                continue
            found = path.stat()
            path.chmod(0o755 if found.st_mode & 0o100 else 0o644)
            os.utime(path, ns=(found.st_mtime_ns - _OLDER * 10**9,) * 2)
