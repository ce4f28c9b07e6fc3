"""
The warm interpreter that every program is forked from.

It was forked before the first frame arrived, so what a program inherits is
the standard library and this code: no tests, no nonces, no other program.
With isolation `namespace` it forks a supervisor per program, which is process
1 of a namespace that ends with it; with `uid` it is the supervisor itself.
"""

# One file of /proc.
# ruff: noqa: PTH123
from __future__ import annotations

import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from ucb.sandbox.agent import candidate, forking, frames, kernel, projects, scratch

Job = Callable[[], NoReturn]

_LOADED = (
    "abc", "array", "bisect", "cmath", "collections", "collections.abc", "contextlib", "copy",
    "enum", "functools", "heapq", "io", "itertools", "json", "math", "numbers", "operator",
    "random", "re", "string", "struct", "threading", "time", "traceback", "types", "typing",
    "warnings", "weakref",
)  # fmt: skip
"""What nearly every program imports, or this code."""
_LOADED_WHEN_NAMED = frozenset({
    "argparse", "ast", "base64", "calendar", "concurrent.futures", "csv", "dataclasses",
    "datetime", "decimal", "difflib", "fractions", "hashlib", "inspect", "locale", "logging",
    "pathlib", "pickle", "pprint", "queue", "secrets", "shutil", "statistics", "subprocess",
    "tempfile", "textwrap", "timeit", "unicodedata", "uuid", "zlib",
})  # fmt: skip
"""Loaded for good when the first program of a room names it: every page that this
process holds makes each of its forks slower."""
_TMPFS = kernel.MS_NOSUID | kernel.MS_NODEV


def serve(control: socket.socket, room: candidate.Room) -> Job | None:
    """Run programs until the broker hangs up. In a program's process: return what runs it."""
    _prepare(room)
    room = room._replace(data_base=_data_size())
    if room.isolation == "uid":
        kernel.become_subreaper()
        kernel.no_new_privileges()
        kernel.install_filter(room.seccomp)
        return Supervisor(control, room._replace(seccomp=b"")).serve()
    own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    while True:
        try:
            message, fds = frames.receive_with_fds(control)
        except frames.Closed:
            os._exit(0)
        room = _load(room, frames.unpack(message).get("modules", []))
        kernel.unshare(kernel.CLONE_NEWPID)
        pid = os.fork()
        if not pid:
            os.close(own_pids)
            _new_mounts(room)
            return Supervisor(control, room).serve((message, fds))
        for fd in fds:
            os.close(fd)
        kernel.enter_namespace(own_pids, kernel.CLONE_NEWPID)
        _, status = os.waitpid(pid, 0)
        if status:
            frames.send(control, frames.pack({"gone": status}))


def _prepare(room: candidate.Room) -> None:
    """Do once what every program would have to do."""
    # The first process of a pid namespace gets the signals that it has handlers for.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A fresh interpreter would look for modules in its working directory first.
    del sys.path[0]
    for name in _LOADED:
        importlib.import_module(name)
    os.environ.pop("LD_BIND_NOW", None)
    os.environ["HOME"] = "/tmp"  # noqa: S108 (the room's own)
    candidate.set_limits(
        [
            (resource.RLIMIT_CORE, 0, 0),
            (resource.RLIMIT_FSIZE, room.file_mib << 20, room.file_mib << 20),
            (resource.RLIMIT_NOFILE, 1024, 1024),
            (resource.RLIMIT_STACK, 8 << 20, 8 << 20),
            (resource.RLIMIT_MSGQUEUE, 0, 0),
        ]
    )
    candidate.open_streams()
    for name in [name for name in sys.modules if name.split(".")[0] == "ucb"]:
        del sys.modules[name]
    _settle()


def _settle() -> None:
    """Make what is loaded cheap to fork."""
    gc.collect()
    forking.immortalize()
    gc.freeze()


def _load(room: candidate.Room, modules: list[str]) -> candidate.Room:
    """Load those of the modules that a program names which are known to be harmless."""
    known = sorted(_LOADED_WHEN_NAMED | room.preload)
    named = [name for name in known if name.partition(".")[0] in modules]
    new = [name for name in named if name not in sys.modules]
    if not new:
        return room
    for name in new:
        importlib.import_module(name)
    _settle()
    return room._replace(data_base=_data_size())


def _data_size() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _new_mounts(room: candidate.Room) -> None:
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWIPC)
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("proc", "/proc", "proc", _TMPFS | kernel.MS_NOEXEC)
    for target, options in room.tmpfs.items():
        kernel.mount("tmpfs", target, "tmpfs", _TMPFS, options)
    if room.projects:
        room.projects.cover()


class Supervisor:
    """Runs the steps of programs, one at a time, and leaves nothing of them."""

    def __init__(self, control: socket.socket, room: candidate.Room) -> None:
        self._control = control
        self._room = room
        self._one_program = room.isolation == "namespace"

    def serve(self, first: tuple[bytes, list[int]] | None = None) -> Job | None:
        """Answer the broker's orders. In a program's process: return what runs it."""
        while True:
            try:
                data, fds = first or frames.receive_with_fds(self._control)
            except frames.Closed:
                os._exit(0)
            first = None
            message = frames.unpack(data)
            if message["do"] == "step":
                job = self._step(message, fds)
                if job:
                    return job
                over = message["last"]
            else:
                over = self._other(message, fds)
            if over and self._one_program:
                os._exit(0)

    def _other(self, message: dict[str, Any], fds: list[int]) -> bool:
        if message["do"] == "collect":
            found = scratch.collect(candidate.WORK, message["paths"], message["most"])
            with os.fdopen(fds[0], "wb") as pipe:
                pipe.write(frames.pack(found))
        elif message["do"] == "place":
            self._send({"placed": message["n"], "fault": self._place(message["tree"])})
        elif message["do"] == "end":
            self._send({"ended": message["n"], "fault": self._sweep()})
            return True
        # "kill" comes too late when the program has ended in the meantime.
        return False

    def _place(self, tree: dict[str, Any]) -> str:
        if self._room.projects is None:
            return "this room has no projects"
        try:
            owner = self._room.uid if tree["copy"] else None
            self._room.projects.place(tree["name"], tree["files"], owner=owner, made=tree["made"])
        except projects.Missing as error:
            return str(error)
        return ""

    def _send(self, message: dict[str, Any]) -> None:
        frames.send(self._control, frames.pack(message))

    def _step(self, message: dict[str, Any], fds: list[int]) -> Job | None:
        self._room = _load(self._room, message["modules"])
        given = iter(fds)
        named = candidate.Fds(
            *(
                next(given) if wanted else -1
                for wanted in (1, 1, 1, message["proof"], message["calls"])
            )
        )
        pid = os.fork()
        if not pid:
            self._control.detach()
            return candidate.start(self._room, named)
        for fd in fds:
            os.close(fd)
        self._wait(pid, message["n"])
        status, seconds, memory = self._reap(pid)
        fault = self._sweep() if message["last"] else ""
        self._send(
            {
                "ended": message["n"],
                "status": status,
                "cpu": seconds,
                "memory": memory,
                "fault": fault,
            }
        )
        return None

    def _wait(self, pid: int, number: int) -> None:
        """Until the program's first process has ended, by itself or on the broker's word."""
        handle = os.pidfd_open(pid)
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.register(self._control, select.POLLIN)
        while True:
            ready = [fd for fd, _ in poll.poll()]
            if handle in ready:
                break
            try:
                order = frames.unpack(frames.receive(self._control))
            except frames.Closed:
                os._exit(0)
            if order == {"do": "kill", "n": number}:
                os.kill(pid, signal.SIGKILL)
                self._kill_all()
        os.close(handle)

    def _reap(self, pid: int) -> tuple[int, float, int]:
        """Wait status of the first process; CPU seconds and largest MiB of all."""
        _, status, usage = os.wait4(pid, 0)
        seconds, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss
        while True:
            try:
                other, _, usage = os.wait4(-1, os.WNOHANG)
                if not other:
                    self._kill_all()
                    _, _, usage = os.wait4(-1, 0)
            except ChildProcessError:
                return status, seconds, memory // 1024
            seconds += usage.ru_utime + usage.ru_stime
            memory = max(memory, usage.ru_maxrss)

    def _kill_all(self) -> None:
        """Kill whatever the program left running. Atomic, so no fork escapes it."""
        if self._one_program:
            os.kill(-1, signal.SIGKILL)
            return
        helper = os.fork()
        if not helper:
            try:
                os.setresuid(self._room.uid, self._room.uid, self._room.uid)
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(helper, 0)

    def _sweep(self) -> str:
        if self._one_program:
            return ""
        try:
            scratch.sweep()
        except scratch.Unswept as error:
            return str(error)
        return ""
