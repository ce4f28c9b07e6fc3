"""
The process that runs tests. It is trusted, and sees of the candidate only plain values.

One process for many programs: a benchmark's tests are compiled once for all
samples of a problem. It is confined all the same, because some tests evaluate
what they are given.
"""

from __future__ import annotations

import builtins
import os
import random
import resource
import signal
import socket
import sys
import traceback
import types
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NoReturn

from ucb.sandbox.agent import frames, kernel, values

_LARGEST_ANSWER = 64 << 20
"""Bytes of one answer. A longer one cannot be what a test expects."""
_MESSAGE = 500
_CACHED = 256
_TESTS = "<tests>"


class CandidateGone(BaseException):
    """The candidate's process ended, or sent what is no answer."""


class CandidateStopped(BaseException):
    """The candidate raised an exception that is no error, such as KeyboardInterrupt."""


class Candidate:
    """Calls the candidate's functions. Counts what was answered, remembers what was raised."""

    def __init__(self, sock: socket.socket) -> None:
        self.answered = 0
        self.raised: BaseException | None = None
        self.kind = ""
        self._socket = sock

    def wait(self) -> None:
        """Until its module has run to the end; raise what it raised."""
        greeting = self._receive()
        if "failed" in greeting:
            self._raise(greeting["failed"])
        if greeting != {"ready": True}:
            raise CandidateGone("the candidate's process sent what is no greeting")

    def function(self, name: str) -> Callable[..., Any]:
        """A stand-in for one of its functions."""

        def call(*args: Any, **keywords: Any) -> Any:
            return self._call(name, args, keywords)

        call.__name__ = call.__qualname__ = name
        return call

    def _call(self, name: str, args: Any, keywords: Any) -> Any:
        encoder = values.Encoder(strict=True)
        items = [encoder.encode(value) for value in args]
        named = {key: encoder.encode(value) for key, value in keywords.items()}
        number = self.answered + 1
        request = {
            "id": number, "call": name, "args": items, "keywords": named,
            "nodes": encoder.nodes,
        }  # fmt: skip
        try:
            frames.send(self._socket, values.dump(request))
        except frames.Closed:
            raise CandidateGone("the candidate's process ended") from None
        answer = self._receive()
        self.answered = number
        try:
            if answer["id"] != number:
                raise values.Malformed("an answer out of turn")
            decoder = values.Decoder(answer["nodes"], tuple(encoder.objects))
            (value,) = decoder.decode(answer.get("value"))
        except (values.Malformed, KeyError, TypeError) as error:
            raise CandidateGone(f"the candidate's process sent no answer: {error}") from None
        if "raised" in answer:
            self._raise(answer["raised"])
        return value

    def _receive(self) -> dict[str, Any]:
        try:
            answer = values.load(frames.receive(self._socket, _LARGEST_ANSWER))
        except frames.Closed:
            raise CandidateGone("the candidate's process ended") from None
        except frames.Oversized as error:
            raise CandidateGone(f"an answer of {error} bytes is no answer") from None
        except values.Malformed as error:
            raise CandidateGone(f"the candidate's process sent no answer: {error}") from None
        if not isinstance(answer, dict):
            raise CandidateGone("the candidate's process sent what is no answer")
        return answer

    def _raise(self, described: Any) -> NoReturn:
        try:
            name, own_name, text = (str(part)[:_MESSAGE] for part in described)
        except (TypeError, ValueError):
            raise CandidateGone("the candidate's process sent what is no exception") from None
        if name == "SystemExit":
            raise CandidateGone("the candidate called exit")
        kind = getattr(builtins, name, None)
        plain = isinstance(kind, type) and issubclass(kind, Exception)
        error: BaseException = CandidateStopped(text)
        if plain and kind is not None:
            try:
                error = kind(text)
            except TypeError:  # UnicodeDecodeError and its kin want more than a text.
                error = ValueError(text) if issubclass(kind, ValueError) else Exception(text)
        self.raised, self.kind = error, own_name
        raise error


class Judge:
    """Runs the tests of one program after another."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._compiled: OrderedDict[str, types.CodeType] = OrderedDict()

    def serve(self) -> NoReturn:
        """Answer the broker until it hangs up."""
        while True:
            try:
                data, fds = frames.receive_with_fds(self._control)
            except frames.Closed:
                os._exit(0)
            order = frames.unpack(data)
            # Soft only, so that the next program may have more.
            limit = order["memory"] << 20
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
            with socket.socket(fileno=fds[0]) as sock:
                report = self._run(order, Candidate(sock))
            frames.send(self._control, frames.pack(report))

    def _run(self, order: dict[str, Any], candidate: Candidate) -> dict[str, Any]:
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        random.seed()
        limit = sys.getrecursionlimit()
        finished, own, error, message = False, False, "", ""
        try:
            candidate.wait()
            if order["setup"]:
                exec(self._code(order["setup"], "<setup>"), main.__dict__)  # noqa: S102 (trusted)
            for name in order["calls"]:
                main.__dict__[name] = candidate.function(name)
            exec(self._code(order["source"], _TESTS), main.__dict__)  # noqa: S102 (trusted)
            finished = True
        except CandidateGone as gone:
            message = str(gone)
        except BaseException as raised:  # noqa: BLE001 (reported, whatever it is)
            own = raised is candidate.raised
            error = candidate.kind if own else type(raised).__name__
            message = _message(raised, order["source"])
        sys.setrecursionlimit(limit)
        return {
            "finished": finished,
            "calls": candidate.answered,
            "error": error,
            "raised_by_candidate": own,
            "message": message,
        }

    def _code(self, source: str, name: str) -> types.CodeType:
        code = self._compiled.get(source)
        if code is None:
            code = self._compiled[source] = compile(source, name, "exec", dont_inherit=True)
            if len(self._compiled) > _CACHED:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(source)
        return code


def _message(error: BaseException, source: str) -> str:
    try:
        text = str(error)[:_MESSAGE]
    except Exception:  # noqa: BLE001 (a test's own exception)
        text = ""
    trace = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in trace if frame.f_code.co_filename == _TESTS]
    if not lines or not lines[-1]:
        return text
    where = source.splitlines()[lines[-1] - 1].strip()[:_MESSAGE]
    return f"{text} (line {lines[-1]}: {where})" if text else f"line {lines[-1]}: {where}"


def start(control: socket.socket, uid: int, seccomp: bytes) -> NoReturn:
    """Become the judge. `uid` is its own user; 0 keeps the present one."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.closerange(3, control.fileno())
    os.closerange(control.fileno() + 1, 256)
    os.chdir("/")
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    else:
        kernel.drop_capabilities()
    kernel.no_new_privileges()
    kernel.set_dumpable(False)
    kernel.install_filter(seccomp)
    Judge(control).serve()
