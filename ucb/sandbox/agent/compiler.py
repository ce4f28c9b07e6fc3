"""
A compiler that stays from program to program: what takes it long the first time is done once.

It is only a faster way to what the step's own command would give. Where it answers
in time, that is the step's result; where it is late, ends or answers oddly it is
killed, and the command is run as if there were no compiler. So no verdict depends on it.

It runs as a user of its own, apart from programs and agent, and a program's code is
text to it. `docs/languages.md` says what it reads and writes.
"""

# A path object costs more than the call it makes.
# ruff: noqa: PTH123
from __future__ import annotations

import os
import resource
import select
import signal
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, NoReturn

from ucb.sandbox.agent import candidate, kernel, watch
from ucb.sandbox.agent.frames import HEADER
from ucb.sandbox.agent.step import Broken

_CPU, _WALL, _START = 10.0, 15.0, 20.0
"""Seconds of one compilation, CPU and wall, and until the compiler is ready, at most."""
_SHOWN_CPU, _SHOWN_WALL = 120.0, 360.0
"""Seconds in which it may take in an untouched project, CPU and wall, at most."""
_LOOK = 0.1
"""Seconds between looks at what the compiler uses."""
_MOST_FILES, _MOST_BYTES = 500, 8 << 20
"""What an answer may hold. More than that the step's own command may write."""
_LONGEST_NAME, _LONGEST_PATH = 255, 1024
_LARGEST_CODE = 255


class Compiled(NamedTuple):
    """What came of a step."""

    result: dict[str, Any]
    made: dict[str, str]
    """The files it wrote: relative path to bytes, as the characters of Latin-1."""


class _Lost(Exception):
    """The compiler is late, gone, or has answered what is no answer."""


class Compiler:
    """
    Compiles for the steps whose command is one of `serves`.

    In a whole project it compiles, besides, for the steps whose command begins as one of `runs`.

    `meanwhile` is called now and then while an answer is awaited.
    """

    def __init__(
        self,
        argv: list[str],
        serves: list[list[str]],
        uid: int,
        seccomp: bytes,
        meanwhile: Callable[[], None],
        runs: Iterable[list[str]] = (),
    ) -> None:
        self.pid = -1
        self._argv = argv
        self._serves = serves
        self._uid = uid
        self._seccomp = seccomp
        self._meanwhile = meanwhile
        self._runs = list(runs)
        self._shown: dict[str, bool] = {}
        """Whether it can compile for the projects that it has been shown, by name."""
        self._socket: socket.socket | None = None
        self._until = self._most_cpu = 0.0

    def compile(self, step: dict[str, Any], files: dict[str, str]) -> Compiled | None:
        """
        What `step` gives with `files`; None where its own command must say.

        Raises `Broken` if the compiler cannot be started.
        """
        if not self.serves(step):
            return None
        if self._socket is None:
            self._start()
        try:
            parts = [part for pair in files.items() for part in pair]
            return self._ask(step, ["\0".join(step["argv"][1:]), *parts], files)
        except (_Lost, OSError, ValueError):
            self.close()
            return None

    def serves(self, step: dict[str, Any]) -> bool:
        """Whether the whole of a step is to compile."""
        return step["argv"] in self._serves

    def build(
        self, step: dict[str, Any], read: Callable[[str], dict[str, bytes]]
    ) -> Compiled | None:
        """
        What the project of `step` compiles to; None where the step's own command must say.

        `read` gives the files of the untouched project, which is shown once and not on the
        time of the step: what it compiles to stays.

        Raises `Broken` if the compiler cannot be started, and what `read` does.
        """
        argv, tree = step["argv"], step["tree"]
        if not self.serves(step) and not any(argv[: len(run)] == run for run in self._runs):
            return None
        if self._socket is None:
            self._start()
        name, files = tree["name"], tree["files"]
        parts = ["\0".join(argv[1:]), f"trees/{name}", ""]
        try:
            if name not in self._shown:
                self._shown[name] = self._show(parts, read(name))
            if not self._shown[name]:
                return None
            for path, text in files.items():
                parts += [f"project/{path}", text]
            return self._ask(step, parts, files)
        except (_Lost, OSError, ValueError):
            self.close()
            return None

    def close(self) -> None:
        """End the compiler; the next compilation starts another."""
        if self._socket is None:
            return
        self._socket.close()
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._socket, self.pid = None, -1
        self._shown.clear()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        said = os.memfd_create("said")
        self.pid = os.fork()
        if not self.pid:
            _become(self._argv, self._uid, self._seccomp, theirs.fileno(), said)
        theirs.close()
        ours.setblocking(False)
        self._socket = ours
        self._until, self._most_cpu = time.monotonic() + _START, _START
        try:
            ready = not self._receive()
        except (_Lost, OSError):
            ready = False
        lines = os.pread(said, 4096, 0).decode("utf-8", "replace").split("\n")
        os.close(said)
        if not ready:
            self.close()
            raise Broken(f"the compiler {self._argv[0]} did not start: {lines[0]}")

    def _show(self, parts: list[str], files: dict[str, bytes]) -> bool:
        """Have it compile an untouched project; return whether it could."""
        self._until = time.monotonic() + _SHOWN_WALL
        self._most_cpu = watch.cpu_clock(self.pid) + _SHOWN_CPU
        request = [part.encode() for part in parts]
        for path, data in files.items():
            request += [f"{parts[1]}/{path}".encode("utf-8", "surrogateescape"), data]
        self._send(request)
        return self._receive()[0] == b"0"

    def _ask(self, step: dict[str, Any], parts: list[str], given: dict[str, str]) -> Compiled:
        began, before = time.monotonic(), watch.cpu_clock(self.pid)
        self._until = began + min(step["wall"], _WALL)
        self._most_cpu = before + min(step["cpu"], _CPU)
        self._send([part.encode("utf-8", "surrogatepass") for part in parts])
        code, out, err, *rest = self._receive()
        if not 0 <= int(code) <= _LARGEST_CODE:
            raise _Lost
        keep = step["output"]
        result = {
            "ended": "exited",
            "code": int(code),
            "stdout": out[-keep:].decode("utf-8", "replace"),
            "stderr": err[-keep:].decode("utf-8", "replace"),
            "cpu": watch.cpu_clock(self.pid) - before,
            "wall": time.monotonic() - began,
            "memory": watch.anonymous(self.pid) >> 20,
            "tests": None,
        }
        return Compiled(result, _files(rest, given))

    # A message: how many parts, then of each its length and its bytes.

    def _send(self, parts: list[bytes]) -> None:
        framed = b"".join(HEADER.pack(len(part)) + part for part in parts)
        left = memoryview(HEADER.pack(len(parts)) + framed)
        while left:
            left = left[self._when(select.POLLOUT).send(left) :]

    def _receive(self) -> list[bytes]:
        (count,) = HEADER.unpack(self._take(HEADER.size))
        parts: list[bytes] = []
        room = _MOST_BYTES
        for _ in range(count):
            (size,) = HEADER.unpack(self._take(HEADER.size))
            room -= size
            if room < 0 or len(parts) > 2 * _MOST_FILES:
                raise _Lost
            parts.append(self._take(size))
        return parts

    def _take(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = self._when(select.POLLIN).recv(size - len(data))
            if not part:
                raise _Lost
            data += part
        return bytes(data)

    def _when(self, event: int) -> socket.socket:
        """Return the socket when it is ready for `event`."""
        if self._socket is None:
            raise _Lost
        poll = select.poll()
        poll.register(self._socket, event)
        while True:
            if time.monotonic() > self._until or watch.cpu_clock(self.pid) > self._most_cpu:
                raise _Lost
            if poll.poll(1000 * _LOOK):
                return self._socket
            self._meanwhile()


def _files(parts: list[bytes], given: dict[str, str]) -> dict[str, str]:
    """
    What was made beside the `given` files, of names and contents in turns.

    Raises `_Lost` where it could not be written, or only over something else: what
    becomes of that, the step's own command must say.
    """
    made: dict[str, str] = {}
    for name, data in zip(parts[::2], parts[1::2]):  # noqa: B905 (3.9)
        words = name.split(b"/")
        odd = any(word in {b"", b".", b".."} or len(word) > _LONGEST_NAME for word in words)
        if odd or b"\0" in name or len(name) > _LONGEST_PATH:
            raise _Lost
        made[name.decode()] = data.decode("latin-1")
    paths = [name.split("/") for name in (*given, *made)]
    folders = {"/".join(path[:end]) for path in paths for end in range(1, len(path))}
    if len(parts) != 2 * len(made) or folders & {*made, *given} or set(made) & set(given):
        raise _Lost
    return made


def _become(argv: list[str], uid: int, seccomp: bytes, talk: int, said: int) -> NoReturn:
    """Become the compiler. `uid` is its own user; 0 keeps the present one."""
    try:
        for source, target in ((talk, 0), (talk, 1), (said, 2)):
            os.dup2(source, target)
        os.closerange(3, 256)
        os.chdir("/")
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
        candidate.set_limits(
            [
                (resource.RLIMIT_CORE, 0, 0),
                (resource.RLIMIT_FSIZE, _MOST_BYTES, _MOST_BYTES),
                (resource.RLIMIT_NPROC, 64, 64),
            ]
        )
        if uid:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        kernel.no_new_privileges()
        kernel.install_filter(seccomp)
        environment = {name: os.environ[name] for name in os.environ if name != "LD_BIND_NOW"}
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execvpe(argv[0], argv, environment)  # noqa: S606 (no shell wanted)
    except OSError as error:
        os.write(2, str(error).encode())
    os._exit(127)
