"""One order to the zygote, watched until nothing of it is left."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from ucb.sandbox.agent import candidate, frames, watch

_FLOOD = 64
"""Times the output that is kept: a program that writes more is stopped."""
_FIRST_LOOK, _SOONEST, _LATEST = 0.1, 0.05, 0.5
"""Seconds until the first look at what a program uses, and between looks."""
_GRACE = 20.0
"""Seconds the agent's own processes may take for what takes them milliseconds."""
_FAREWELL = 2.0
"""Seconds a candidate may take to end after the judge has hung up."""
_MEMORY_ERROR = re.compile(rb"^MemoryError\b[^\n]*\n?\Z", re.MULTILINE)
_MIB = 1 << 20


class Broken(Exception):
    """The room did not do its part. Says nothing about the program."""


class Agents(NamedTuple):
    """The processes that a step needs."""

    zygote: socket.socket
    zygote_pid: int
    judge: socket.socket | None
    judge_pid: int
    compiler_pid: int

    def trusted(self) -> frozenset[int]:
        """Those whose CPU and memory are not the program's."""
        own = {1, os.getpid(), os.getppid()}
        return frozenset({*own, self.zygote_pid, self.judge_pid, self.compiler_pid})

    def programs_memory(self) -> int:
        """Bytes that the others hold, shared pages counted once."""
        return watch.own_memory(self.trusted(), self.compiler_pid)


class Asides(NamedTuple):
    """What a step asks and tells its broker while it runs."""

    memory_ran_out: Callable[[], bool]
    """Whether the kernel has killed a process for want of memory since it was last asked."""
    slow: Callable[[], None]
    """Called when the step has taken longer than most, and now and then after that."""


class _Sink:
    """Drains a pipe and keeps the end."""

    def __init__(self, keep: int) -> None:
        self.reader, self.writer = os.pipe2(os.O_CLOEXEC)
        self.data = bytearray()
        self.total = 0
        self._keep = keep

    def drain(self) -> bool:
        """Read what is there; say whether more may come."""
        part = os.read(self.reader, 1 << 16)
        self.total += len(part)
        self.data += part
        if len(self.data) > 2 * self._keep:
            del self.data[: -self._keep]
        return bool(part)

    def kept(self) -> bytes:
        """The last bytes written, as many as are kept."""
        return bytes(self.data[-self._keep :])


class Step:
    """
    Runs `order` (what the program's process reads) under the limits of `stages`.

    `modules` are the names that the program may import.

    `stages` are the step's limits; two of them for a compilation and a run in
    one process. `tests` goes to the judge.
    """

    def __init__(
        self,
        agents: Agents,
        number: int,
        order: dict[str, Any],
        modules: list[str],
        stages: list[dict[str, Any]],
        tests: dict[str, Any] | None,
        asides: Asides,
    ) -> None:
        self._agents = agents
        self._number = number
        self._order = order
        self._modules = modules
        self._stages = list(stages)
        self._tests = tests
        self._reason = ""
        self._status = b""
        self._ended: dict[str, Any] | None = None
        self._report: dict[str, Any] | None = None
        self._compiled = (0.0, 0.0)
        """CPU and wall seconds of the first of two stages."""
        self._asides = asides

    def run(self, *, proof: bool, last: bool) -> list[dict[str, Any]]:
        """
        Return a result per stage that ran. `last` sweeps the room afterwards.

        Raises `Broken`.
        """
        keep = self._stages[-1]["output"]
        self._out, self._err = _Sink(keep), _Sink(keep)
        self._proof = _Sink(1 << 10) if proof else None
        self._order_socket, theirs = socket.socketpair()
        self._poll = select.poll()
        self._handlers: dict[int, Callable[[], None]] = {}
        # Events are not asked for: only the host's end closing is told.
        self._poll.register(0, 0)
        self._open_at = time.monotonic()
        self._judge_before: float | None = None
        """The judge's CPU seconds at the first look; it has done little before."""
        try:
            self._begin(theirs, last)
            self._watch()
        finally:
            theirs.close()
            self._order_socket.close()
            for sink in self._sinks():
                os.close(sink.reader)
        if not self._status.startswith(candidate.READY) or candidate.BROKEN in self._status:
            raise Broken(
                self._status.lstrip(b"RE").decode("utf-8", "replace").strip() or "no start"
            )
        return self._results()

    def _sinks(self) -> list[_Sink]:
        return [self._out, self._err, *([self._proof] if self._proof else [])]

    def _begin(self, theirs: socket.socket, last: bool) -> None:
        fds = [self._out.writer, self._err.writer, theirs.fileno()]
        message = {
            "do": "step", "n": self._number, "last": last,
            "proof": self._proof is not None, "calls": self._tests is not None,
            "modules": self._modules,
        }  # fmt: skip
        calls: tuple[socket.socket, ...] = ()
        if self._proof:
            # Its user opens it by name too (/dev/fd/3), and pipes belong to their maker.
            os.fchmod(self._proof.writer, 0o622)
            fds.append(self._proof.writer)
        if self._tests is not None:
            calls = socket.socketpair()
            fds.append(calls[1].fileno())
        frames.send(self._agents.zygote, frames.pack(message), tuple(fds))
        theirs.close()
        frames.send(self._order_socket, frames.pack(self._order))
        for sink in self._sinks():
            os.close(sink.writer)
            self._listen(sink.reader, lambda sink=sink: self._drain(sink))  # type: ignore[misc]
        self._listen(self._order_socket.fileno(), self._hear_status)
        self._listen(self._agents.zygote.fileno(), self._hear_zygote)
        if self._tests is not None and self._agents.judge is not None:
            frames.send(self._agents.judge, frames.pack(self._tests), (calls[0].fileno(),))
            self._listen(self._agents.judge.fileno(), self._hear_judge)
            for end in calls:
                end.close()

    def _listen(self, fd: int, handler: Callable[[], None]) -> None:
        self._poll.register(fd, select.POLLIN)
        self._handlers[fd] = handler

    def _deafen(self, fd: int) -> None:
        self._poll.unregister(fd)
        del self._handlers[fd]

    # What comes in

    def _drain(self, sink: _Sink) -> None:
        if not sink.drain():
            self._deafen(sink.reader)
        elif sink is not self._proof and sink.total > _FLOOD * self._stages[-1]["output"]:
            self._stop("output")

    def _hear_status(self) -> None:
        try:
            data = self._order_socket.recv(4096)
        except ConnectionResetError:
            data = b""
        if not data:
            self._deafen(self._order_socket.fileno())
            return
        self._status += data
        marker = candidate.READY + candidate.COMPILED
        size = len(marker) + candidate.SECONDS.size
        if len(self._stages) == 2 and self._status.startswith(marker) and len(self._status) >= size:
            (cpu,) = candidate.SECONDS.unpack(self._status[len(marker) : size])
            self._compiled = (cpu, time.monotonic() - self._open_at)
            self._status = candidate.READY
            self._stages.pop(0)

    def _hear_zygote(self) -> None:
        message = frames.unpack(frames.receive(self._agents.zygote))
        if "gone" in message:
            raise Broken(f"the supervisor ended with wait status {message['gone']}")
        if message["ended"] == self._number:
            self._ended = message
            self._ended_at = time.monotonic()
            self._deafen(self._agents.zygote.fileno())

    def _hear_judge(self) -> None:
        judge = self._agents.judge
        if judge is None:
            return
        self._deafen(judge.fileno())
        try:
            self._report = frames.unpack(frames.receive(judge))
        except frames.Closed:
            self._report = _judge_died()
            self._reason = self._reason or "memory"
        self._reported_at = time.monotonic()

    # Limits

    def _watch(self) -> None:
        look = time.monotonic() + _FIRST_LOOK
        while not self._over():
            wait = max(0.0, look - time.monotonic())
            for fd, _ in self._poll.poll(wait * 1000 + 1):
                if fd == 0:
                    os._exit(0)
                if fd in self._handlers:
                    self._handlers[fd]()
            if time.monotonic() >= look:
                self._asides.slow()
                look = time.monotonic() + self._look(time.monotonic())

    def _over(self) -> bool:
        if self._ended is None or (self._tests is not None and self._report is None):
            return False
        talking = [self._order_socket.fileno(), *(sink.reader for sink in self._sinks())]
        return not any(fd in self._handlers for fd in talking)

    def _look(self, now: float) -> float:
        """Compare what is used with what may be; return seconds until the next look."""
        limits = self._stages[0]
        wall = now - self._open_at - self._compiled[1]
        if wall > limits["wall"] and not self._reason:
            self._stop("wall")
        if wall > limits["wall"] + _GRACE:
            raise Broken("the room did not end a program")
        late = wall > limits["wall"] + _FAREWELL
        rest = self._look_at_judge(limits, late) if self._tests is not None else _LATEST
        if self._ended is not None:
            return _SOONEST
        used = watch.usage(self._agents.trusted())
        # The zygote waits for a program's processes at its end only, so all are there yet.
        cpu = used.cpu - self._compiled[0]
        if cpu >= limits["cpu"]:
            self._stop("cpu")
        most = limits["memory"] * _MIB
        # The exact figure costs more, and can only be smaller.
        if used.memory > most and self._agents.programs_memory() > most:
            self._stop("memory")
        if self._report is not None and now > self._reported_at + _FAREWELL:
            self._kill()
        rest = min(rest, float(limits["cpu"] - cpu) / max(1, used.threads))
        return min(_LATEST, max(_SOONEST, rest))

    def _look_at_judge(self, limits: dict[str, Any], late: bool) -> float:
        """Tests that never end are the candidate's doing too: its values made them so."""
        if self._report is not None:
            return _LATEST
        total = watch.cpu_of(self._agents.judge_pid)
        if self._judge_before is None:
            self._judge_before = total
        cpu = total - self._judge_before
        if cpu >= limits["cpu"] or late:
            self._reason = self._reason or "cpu"
            os.kill(self._agents.judge_pid, signal.SIGKILL)
            self._report = _judge_died()
            self._reported_at = time.monotonic()
            if self._agents.judge is not None:
                self._deafen(self._agents.judge.fileno())
        return float(limits["cpu"] - cpu)

    def _stop(self, reason: str) -> None:
        if not self._reason and self._ended is None:
            self._reason = reason
            self._kill()

    def _kill(self) -> None:
        frames.send(self._agents.zygote, frames.pack({"do": "kill", "n": self._number}))

    # What is said of it

    @property
    def judge_lost(self) -> bool:
        """The judge had to be killed, or died: the next program needs a new one."""
        return self._report is not None and bool(self._report.get("lost"))

    @property
    def fault(self) -> str:
        """Why the room may not be used again; empty if it may."""
        return str(self._ended["fault"]) if self._ended else ""

    def _results(self) -> list[dict[str, Any]]:
        results = []
        if self._compiled[1]:
            results.append(
                {"ended": "exited", "code": 0, "cpu": self._compiled[0], "wall": self._compiled[1]}
            )
        results.append(self._result())
        return results

    def _result(self) -> dict[str, Any]:
        message = self._ended or {}
        cpu = message["cpu"] - self._compiled[0]
        ended, code = self._how(message["status"], cpu)
        report = None if self._report is None else {**self._report}
        if report is not None:
            report.pop("lost", None)
            if ended == "exited" and (report["finished"] or report["error"]):
                code = 0 if report["finished"] else 1
            if report["error"] == "MemoryError" and ended == "exited":
                ended = "memory"
        return {
            "ended": ended,
            "code": code,
            "stdout": self._out.kept().decode("utf-8", "replace"),
            "stderr": self._err.kept().decode("utf-8", "replace"),
            "cpu": max(0.0, cpu),
            "wall": self._ended_at - self._open_at - self._compiled[1],
            "memory": message["memory"],
            "proof": bytes(self._proof.data).decode("latin-1") if self._proof else "",
            "tests": report,
        }

    def _how(self, status: int, cpu: float) -> tuple[str, int]:
        signalled = os.WIFSIGNALED(status)
        code = os.WTERMSIG(status) if signalled else os.WEXITSTATUS(status)
        if self._reason:
            return self._reason, signal.SIGKILL
        if code and cpu >= self._stages[0]["cpu"]:
            return "cpu", code
        if code and self._asides.memory_ran_out():
            return "memory", code
        if signalled:
            return "signalled", code
        if code == 1 and self._order["warm"] and _MEMORY_ERROR.search(self._err.kept()[-4096:]):
            return "memory", code
        return "exited", code


def _judge_died() -> dict[str, Any]:
    return {
        "finished": False, "calls": 0, "error": "", "raised_by_candidate": False,
        "message": "the tests did not end", "lost": True,
    }  # fmt: skip
