"""
Runs `ucb run` of a small task again and again, each time with another fault.

Every run is a fork of this process, which has imported UCB already, so that a
hundred of them take seconds. The disk is reached by `ucb.files` through `os`
alone; there the fault sits. Reads a line of JSON for each run from stdin:
`{"arguments": […], "fault": "kill", "at": 7}`; answers with a line of JSON:
`{"status": -9, "said": "…", "fired": true}`, where `status` is the exit status,
or minus the signal.
"""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from tests.fakes import FakeBackend, FakeSandbox, FakeTask
from ucb import cli, files, here, plugins, session, shards
from ucb.report import page
from ucb.types import Completion, Request

_ERRORS = {"enospc": errno.ENOSPC, "eio": errno.EIO}
_SHARD = 200
"""Bytes: two or three rows fill a file, so that runs have several."""
_MONTH = 30 * 86400


class FaultyOS:
    """The module `os`, of which one call that reaches the disk goes wrong, and those after it."""

    def __init__(self, fault: str, at: int, fired: Callable[[], None]) -> None:
        self._fault = fault
        self._at = at
        self._count = 0
        self._fired = fired
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Any, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            self._go()
        return os.open(path, flags, mode)

    def fdopen(self, file: int, *_: Any, **options: Any) -> io.TextIOWrapper:
        raw = _Raw(file, self)
        return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors=options["errors"])

    def write(self, file: int, data: bytes | memoryview) -> int:
        self._go(lambda: os.write(file, data[: len(data) // 2]))
        return os.write(file, data)

    def pwrite(self, file: int, data: bytes, offset: int) -> int:
        self._go()
        return os.pwrite(file, data, offset)

    def fsync(self, file: int) -> None:
        self._go()
        os.fsync(file)

    def replace(self, source: Any, target: Any) -> None:
        self._go()
        os.replace(source, target)  # noqa: PTH105 (what is stood in for)

    def ftruncate(self, file: int, size: int) -> None:
        # A full disk takes nothing more; it gives back all the same.
        if self._fault != "enospc":
            self._go()
        os.ftruncate(file, size)

    def _go(self, half: Callable[[], object] = lambda: None) -> None:
        with self._lock:
            self._count += 1
            if self._count < self._at or self._fault == "none":
                return
            if self._count == self._at:
                self._fired()
                half()
            if self._fault == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            number = _ERRORS[self._fault]
            raise OSError(number, os.strerror(number))


class _Raw(io.FileIO):
    """A file whose writes go through the faulty module."""

    def __init__(self, file: int, faulty: FaultyOS) -> None:
        super().__init__(file, "w")
        self._faulty = faulty

    def write(self, data: Any) -> int:
        return self._faulty.write(self.fileno(), memoryview(data).cast("B"))


class Backend(FakeBackend):
    """Answers by the key alone, and notes what it was asked where a kill does not lose it."""

    def __init__(self, log: Path) -> None:
        super().__init__(lambda key: "bad" if (len(key.problem) + key.sample) % 2 else "good")
        self._log = log

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        for completion in super().generate(requests):
            with self._log.open("a") as log:
                log.write(f"{completion.key.problem} {completion.key.sample}\n")
            yield completion


class JumpingDatetime(datetime):
    """A clock that is a month ahead or behind, another one each time."""

    _looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        cls._looks += 1
        return datetime.now(tz or UTC) + timedelta(days=30 if cls._looks % 2 else -30)


def jump() -> None:
    """Make every look at the wall clock jump a month; the steady clock goes on."""
    real, looks = time.time, iter(range(10**9))
    time.time = lambda: real() + (_MONTH if next(looks) % 2 else -_MONTH)
    session.datetime = JumpingDatetime  # type: ignore[misc]
    files.datetime = JumpingDatetime  # type: ignore[misc]


def run(arguments: list[str], fault: str, at: int, fired: Callable[[], None]) -> None:
    """Be `ucb`, with the fake task, backend and sandbox, until it exits."""
    log = Path(arguments[arguments.index("--out") + 1]).with_suffix(".log")
    plugins.task = lambda name: FakeTask()  # type: ignore[assignment]
    plugins.family = lambda name: [FakeTask()]  # type: ignore[assignment]
    plugins.backend = lambda name, **options: Backend(log)  # type: ignore[assignment]
    session.sandbox_of = lambda *_, **options: FakeSandbox()  # type: ignore[assignment]
    shards.SHARD_BYTES = _SHARD
    if fault == "clock":
        jump()
    else:
        files.os = FaultyOS(fault, at, fired)  # type: ignore[assignment]
    sys.argv = ["ucb", "--quiet", *arguments]
    cli.main()


def forked(arguments: list[str], fault: str, at: int) -> dict[str, Any]:
    """Do one run in a fork and return what came of it."""
    with tempfile.TemporaryFile(dir="/dev/shm") as said:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            code = 1
            try:
                run(arguments, fault, at, lambda: os.close(writer))
            except SystemExit as error:
                code = int(error.code or 0)
            except BaseException:  # noqa: BLE001 (it is what the test then reads)
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                # A pipe with a byte in it says that the fault was never met.
                try:
                    os.write(writer, b"no")
                finally:
                    os._exit(code)
        os.close(writer)
        _, status = os.waitpid(pid, 0)
        unmet = os.read(reader, 2)
        os.close(reader)
        said.seek(0)
        text = said.read().decode(errors="replace")
    return {"status": os.waitstatus_to_exitcode(status), "said": text, "fired": not unmet}


def main() -> None:
    """Answer until stdin ends. What every run would do once is done once, before the forks."""
    here.revision()
    page._environment().get_template("report.html.jinja")
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(forked(asked["arguments"], asked["fault"], asked["at"])), flush=True)


if __name__ == "__main__":
    main()
