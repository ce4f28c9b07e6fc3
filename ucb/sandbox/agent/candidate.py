"""From a fork of the zygote to a running program, confined."""

# A path object costs more than the call it makes.
# ruff: noqa: PTH102, PTH103, PTH118, PTH120, PTH123
from __future__ import annotations

import atexit
import builtins
import fcntl
import io
import math
import os
import resource
import signal
import struct
import sys
import threading
import traceback
import types
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from typing import Any, NamedTuple, NoReturn

from ucb.sandbox.agent import forking, frames, kernel, projects, serve

WORK = "/tmp/work"  # noqa: S108 (the room's own tmpfs)
PROOF_FD, CALLS_FD, ORDER_FD = 3, 4, 5
_FIRST_FREE_FD = 6
_MIB = 1 << 20
READY, COMPILED, BROKEN = b"R", b"C", b"E"
"""What a program's process reports before the program's own code runs."""
SECONDS = struct.Struct("=d")


class Room(NamedTuple):
    """What holds for every program of a room."""

    isolation: str
    """`uid`: programs run as a user of their own; `namespace`: in namespaces of their own."""
    uid: int
    processes: int
    file_mib: int
    seccomp: bytes
    """Installed per program; empty where the zygote already did."""
    fresh: frozenset[str]
    """Modules that every fresh interpreter has loaded."""
    preload: frozenset[str]
    """Modules loaded for good when a program first names them, besides the standard library's."""
    held_back: forking.Hooks
    """What modules have asked to be called at every fork."""
    tmpfs: dict[str, str]
    """What a program's own namespace mounts over the room's folders, and its options."""
    projects: projects.Projects | None
    """Where whole projects come from, in rooms that have them."""
    data_base: int = 0
    """Bytes of data that a program begins with, being a fork."""


class Fds(NamedTuple):
    """A program's descriptors as the broker sent them; -1 for none."""

    out: int
    err: int
    order: int
    proof: int
    calls: int


def start(room: Room, fds: Fds) -> Callable[[], NoReturn]:
    """
    Confine this process, and return what runs the program.

    Returned instead of called, so that the program starts near the bottom of
    the stack: it has nearly the whole recursion limit, and no frames of the
    agent hold anything.
    """
    forking.settle(room.held_back)
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _arrange(fds)
    order = frames.unpack(frames.read_frame(ORDER_FD))
    try:
        _limit(room, order)
        _confine(room)
        if room.seccomp:
            kernel.install_filter(room.seccomp)
        if order["fresh"]:
            os.mkdir(WORK, 0o700)
            os.chdir(WORK)
            _write_files(order["files"], "utf-8", "surrogatepass")
            _write_files(order["made"], "latin-1")
            # The names are still needed. The texts may be tests, and this process is to run code.
            order["files"] = dict.fromkeys(order["files"], "")
    except OSError as error:
        os.write(ORDER_FD, BROKEN + f"{error.strerror}: {error}".encode())
        os._exit(125)
    os.write(ORDER_FD, READY)
    if not order["fresh"]:
        _return_to_work()
    os.environ.update(order["env"])
    if order["warm"]:
        return lambda: _run_python(order, room)
    return lambda: _execute(order)


def _arrange(fds: Fds) -> None:
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64) if fd >= 0 else -1 for fd in fds]
    for target, fd in zip((1, 2, ORDER_FD, PROOF_FD, CALLS_FD), high):  # noqa: B905 (3.9)
        if fd >= 0:
            os.dup2(fd, target, inheritable=target <= PROOF_FD)
        else:
            os.closerange(target, target + 1)
    os.closerange(_FIRST_FREE_FD, 256)


def _limit(room: Room, order: dict[str, Any]) -> None:
    # The agent is not dumpable, which makes its /proc/self root's alone.
    kernel.set_dumpable(True)
    fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(fd, b"1000")
    os.close(fd)
    seconds = math.ceil(order["cpu"]) + 1
    limits = [
        (resource.RLIMIT_CPU, seconds, seconds),
        (resource.RLIMIT_NPROC, room.processes, room.processes),
    ]
    if order["warm"]:
        # Other languages' runtimes reserve far more than they use: the broker and the
        # engine watch what those touch. Python gets a MemoryError that it can report.
        most = max(order["memory"]) * _MIB
        first = order["memory"][0] * _MIB
        limits.append((resource.RLIMIT_DATA, room.data_base + first, room.data_base + most))
        limits.append((resource.RLIMIT_AS, 8 * most, 8 * most))
    set_limits(limits)


def set_limits(limits: list[tuple[int, int, int]]) -> None:
    """Set resource limits (kind, soft, hard) as far as this process may."""
    for kind, soft, hard in limits:
        most = resource.getrlimit(kind)[1]
        wanted = (soft, hard)
        if most != resource.RLIM_INFINITY:
            wanted = (min(soft, most), min(hard, most))
        resource.setrlimit(kind, wanted)


def _confine(room: Room) -> None:
    if room.isolation == "uid":
        os.setgroups([])
        os.setresgid(room.uid, room.uid, room.uid)
        os.setresuid(room.uid, room.uid, room.uid)
    else:
        kernel.drop_capabilities()
    kernel.no_new_privileges()
    # Changing user made /proc/self root's; /dev/fd and /proc/self are the program's own.
    kernel.set_dumpable(True)


def _return_to_work() -> None:
    try:
        os.chdir(WORK)
    except OSError as error:
        # An earlier step of the program took its folder away: its own doing.
        os.write(2, f"{WORK}: {error.strerror}\n".encode())
        os._exit(126)


def _write_files(files: dict[str, str], encoding: str, errors: str = "strict") -> None:
    for name, text in files.items():
        folder = os.path.dirname(name)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(name, "wb") as file:
            file.write(text.encode(encoding, errors))


def _execute(order: dict[str, Any]) -> NoReturn:
    # Python ignores these two; a program expects them as a shell leaves them.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execvpe(order["argv"][0], order["argv"], os.environ)  # noqa: S606 (no shell wanted)
    except OSError as error:
        name = order["argv"][0]
        # A missing tool is the room's fault, a missing file of its own the program's.
        own = "/" in name and not name.startswith("/")
        told = f"{name}: {error.strerror}\n".encode()
        os.write(2 if own else ORDER_FD, told if own else BROKEN + told)
        os._exit(127)


def _run_python(order: dict[str, Any], room: Room) -> NoReturn:
    name = order["argv"][1]
    path = os.path.join(WORK, name)
    streams: list[io.TextIOWrapper] = [sys.stdin, sys.stdout, sys.stderr]  # type: ignore[list-item]
    _forget(order["files"], room.fresh)
    code = _compile(path, name) if order["compile"] else None
    if order["compile"] and not order["run"]:
        os._exit(0)
    if order["compile"]:
        data = room.data_base + order["memory"][-1] * _MIB
        resource.setrlimit(resource.RLIMIT_DATA, (data, data))
        usage = resource.getrusage(resource.RUSAGE_SELF)
        os.write(ORDER_FD, COMPILED + SECONDS.pack(usage.ru_utime + usage.ru_stime))
    os.close(ORDER_FD)
    main = _new_main(path, order["argv"])
    calls = serve.Calls(CALLS_FD, main) if order["serve"] else None
    status, whole = 1, False
    try:
        if code is None:
            with open(path, "rb") as file:
                code = compile(file.read(), path, "exec", dont_inherit=True)
        sys.setrecursionlimit(sys.getrecursionlimit() + 2)
        exec(code, main.__dict__)  # noqa: S102 (what this process is for)
        status, whole = 0, True
    except BaseException as error:  # noqa: BLE001 (as the interpreter itself does)
        if calls is not None:
            calls.failed(error)
        status = _report(error)
    if calls is not None and whole:
        calls.serve(streams)
    _finish(status, streams)


def open_streams() -> None:
    """Give this interpreter the standard streams a fresh one has, on descriptors 0 to 2."""
    for fd, name, errors in (
        (0, "stdin", "strict"), (1, "stdout", "strict"), (2, "stderr", "backslashreplace"),
    ):  # fmt: skip
        raw = io.FileIO(fd, "w" if fd else "r", closefd=False)
        buffer: Any = io.BufferedWriter(raw) if fd else io.BufferedReader(raw)
        newline = "\n" if fd else None
        stream = io.TextIOWrapper(buffer, "utf-8", errors, newline, line_buffering=fd == 2)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _forget(files: dict[str, str], fresh: frozenset[str]) -> None:
    """Let the program's own modules be found under names that are loaded already."""
    for name in {file.split("/")[0] for file in files}:
        own = name[: -len(".py")] if name.endswith(".py") else name
        if own in sys.modules and own not in fresh:
            for module in [m for m in sys.modules if m == own or m.startswith(own + ".")]:
                del sys.modules[module]


def _compile(path: str, name: str) -> types.CodeType:
    """As `python3 -m py_compile`: the error on stderr, and exit status 1."""
    try:
        with open(path, "rb") as file:
            return compile(file.read(), path, "exec", dont_inherit=True)
    except Exception as error:  # noqa: BLE001 (a MemoryError or a ValueError is the source's fault too)
        text = "".join(traceback.format_exception_only(type(error), error))
        sys.stderr.write(text.replace(path, name))
        sys.stderr.flush()
        os._exit(1)


def _new_main(path: str, argv: list[str]) -> types.ModuleType:
    main = types.ModuleType("__main__")
    main.__dict__.update(
        __file__=path,
        __builtins__=builtins,
        __loader__=SourceFileLoader("__main__", path),
        __cached__=None,
        __annotations__={},
    )
    sys.modules["__main__"] = main
    sys.argv = argv[1:]
    sys.orig_argv = list(argv)
    sys.path.insert(0, os.path.dirname(path))
    return main


def _report(error: BaseException) -> int:
    """Print an uncaught exception and return the exit status, as the interpreter does."""
    if isinstance(error, SystemExit):
        if error.code is None:
            return 0
        if isinstance(error.code, int):
            return error.code & 0xFF
        print(error.code, file=sys.stderr)
        return 1
    # Without the agent's own frame.
    trace = error.__traceback__.tb_next if error.__traceback__ else None
    try:
        sys.excepthook(type(error), error.with_traceback(trace), trace)
    except BaseException:  # noqa: BLE001 (a hook may be the program's own, and broken)
        sys.__excepthook__(type(error), error, trace)
    if isinstance(error, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return 1


def _finish(status: int, streams: list[io.TextIOWrapper]) -> NoReturn:
    """End as the interpreter does, but for freeing memory that the kernel frees faster."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 (as Py_Finalize does)
        atexit._run_exitfuncs()  # noqa: SLF001 (as Py_Finalize does)
    except BaseException as error:  # noqa: BLE001 (the program's own thread or exit function)
        status = _report(error) or status
    if not flush(streams) and status == 0:
        status = 120
    os._exit(status)


def flush(streams: list[io.TextIOWrapper]) -> bool:
    """Write out what the program printed; say whether that worked."""
    try:
        for stream in (*streams[1:], sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
    except Exception:  # noqa: BLE001 (a stream may be the program's own object, and broken)
        return False
    return True
