"""
Runs in the sandbox: the tests here, the answer in a process of its own.

The answer's process is forked before the tests are read. It gets their inputs
and gives back a result, which arrives here as plain data (`plain.py`). So it
can change no function that the tests call, holds neither the expected values
nor the proof of the tests' end, and its exit proves nothing.
"""

from __future__ import annotations

import ctypes
import importlib
import io
import os
import pickle
import random
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import plain

_TESTS = "tests.py"
_SIZE = struct.Struct("=Q")
_PR_SET_DUMPABLE = 4


def main(libraries: Iterable[str]) -> None:
    """Run `tests.py`, whose calls of `exec` go to the answer's process."""
    for name in libraries:  # Once, for both processes.
        importlib.import_module(name)
    answer = _Answer()
    path = Path(_TESTS)
    source = path.read_text(encoding="utf-8")
    path.unlink()
    exec(compile(source, _TESTS, "exec"), {"__name__": "tests", "exec": answer.run})  # noqa: S102


class _Answer:
    """The process that runs the answer, seen from the tests."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._pid = os.fork()
        if not self._pid:
            self._socket.close()
            os.close(3)
            _serve(theirs)
        theirs.close()
        # The answer has the same user: now it can open none of this process's files.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)

    def run(self, code: str, env: dict[str, Any]) -> None:
        """Do as `exec`: run `code` and leave what it calls `result` in `env`."""
        inputs = {name: env[name] for name in env if name != "__builtins__"}
        _send(self._socket, _dumps((code, inputs, _random_state())))
        data = _receive(self._socket)
        if data is None:
            self._end_alike()
        env["result"] = plain.loads(data)

    def _end_alike(self) -> NoReturn:
        """End as the answer's process did, before the end of the tests."""
        _, status = os.waitpid(self._pid, 0)
        if os.WIFSIGNALED(status):
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
            os.kill(os.getpid(), os.WTERMSIG(status))
        os._exit(os.WEXITSTATUS(status))


class _Pickler(pickle.Pickler):
    """Sends the types of array elements by name, so that they stay the only ones of their kind.

    pandas compares them by identity, and writes into an array of objects whose type is a copy
    (https://github.com/pandas-dev/pandas/issues/54654).
    """

    def reducer_override(self, value: Any) -> Any:
        numpy = sys.modules.get("numpy")
        if numpy and isinstance(value, numpy.dtype) and value.isbuiltin == 1:
            return numpy.dtype, (value.str,)
        return NotImplemented


def _dumps(value: Any) -> bytes:
    data = io.BytesIO()
    _Pickler(data, protocol=5).dump(value)
    return data.getvalue()


def _serve(tests: socket.socket) -> NoReturn:
    """Run what the tests send until they hang up."""
    status = 1
    try:
        while (data := _receive(tests)) is not None:
            code, env, state = pickle.loads(data)  # noqa: S301 (the tests are trusted)
            _set_random_state(state)
            exec(code, env)  # noqa: S102
            _send(tests, plain.dumps(env["result"]))
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 (as the interpreter itself does)
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status & 0xFF)


def _random_state() -> dict[str, Any]:
    """Return where the generators stand: an answer may rely on the seed of its inputs."""
    state: dict[str, Any] = {"random": random.getstate()}
    if numpy := sys.modules.get("numpy"):
        state["numpy"] = numpy.random.get_state()
    if torch := sys.modules.get("torch"):
        state["torch"] = torch.get_rng_state().numpy()
    return state


def _set_random_state(state: dict[str, Any]) -> None:
    random.setstate(state["random"])
    if "numpy" in state:
        sys.modules["numpy"].random.set_state(state["numpy"])
    if "torch" in state:
        torch = sys.modules["torch"]
        torch.set_rng_state(torch.from_numpy(state["torch"]))


def _send(peer: socket.socket, data: bytes) -> None:
    peer.sendall(_SIZE.pack(len(data)))
    peer.sendall(data)


def _receive(peer: socket.socket) -> bytes | None:
    """Return a message, or None when the peer has hung up."""
    head = _read(peer, _SIZE.size)
    return _read(peer, _SIZE.unpack(head)[0]) if head is not None else None


def _read(peer: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        try:
            part = peer.recv(min(size - len(data), 1 << 20))
        except ConnectionResetError:
            return None
        if not part:
            return None
        data += part
    return bytes(data)
