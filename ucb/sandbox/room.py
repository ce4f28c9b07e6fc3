"""The host's end of one room: its process, and frames in both directions."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Mapping
from typing import IO, Any

from ucb.sandbox import ship
from ucb.sandbox.engine import Command

_OPENING, _CLOSING, _REMOVING = 60.0, 5.0, 20.0
"""Seconds a room may take to open; to end after its stdin has closed; to be removed."""
_HINT = "--help'"
"""Stands in the last line of what `docker run` says when it fails, and in no reason."""
_LARGEST = 1 << 30


class RoomLost(Exception):
    """The room ended, or does not answer. Says nothing about the program in it."""


def _started(command: Command) -> tuple[IO[bytes], subprocess.Popen[bytes]]:
    """Start a room's process; what it says on stderr goes to a file without a name."""
    try:
        errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the room)
    except OSError as error:  # No descriptors left, or no space.
        raise RoomLost(f"no temporary file: {error.strerror}") from error
    try:
        process = subprocess.Popen(
            list(command.argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=None if command.environment is None else dict(command.environment),
            # Ctrl-C is the host's to handle.
            start_new_session=True,
        )
    except OSError as error:
        errors.close()
        raise RoomLost(f"{command.argv[0]} cannot be started: {error.strerror}") from error
    return errors, process


class Room:
    """
    An open room.

    Opened, used and closed by one thread: bubblewrap ends with the thread that
    started it. With `cpu` everything in it runs on that one. Raises `RoomLost` from
    every method but `close`.
    """

    def __init__(self, command: Command, cpu: int | None = None) -> None:
        self.served = 0
        """Programs answered."""
        self._remove = list(command.remove)
        self._errors, self._process = _started(command)
        self._in, self._out = self._pipes()
        self._sending = bytearray(ship.agent())
        self._received = bytearray()
        try:
            self.send({**command.settings, "cpu": cpu})
            self.python = str(self.receive(_OPENING)["python"])
        except RoomLost:
            self.close()
            raise

    def _pipes(self) -> tuple[int, int]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RoomLost("no pipes")
        for pipe in (stdin, stdout):
            os.set_blocking(pipe.fileno(), False)
        return stdin.fileno(), stdout.fileno()

    def send(self, message: Mapping[str, Any]) -> None:
        """Queue a message; it leaves at once as far as the pipe takes it."""
        data = json.dumps(message).encode()
        self._sending += len(data).to_bytes(4, "big") + data
        self._push()

    def receive(self, seconds: float) -> dict[str, Any]:
        """The next message; sends what is queued meanwhile."""
        deadline = time.monotonic() + seconds
        while (message := self._take()) is None:
            wait = deadline - time.monotonic()
            if wait <= 0:
                raise RoomLost(f"no answer in {seconds:.0f} seconds{self._said()}")
            readers, writers, _ = select.select(
                [self._out], [self._in] if self._sending else [], [], wait
            )
            if writers:
                self._push()
            if readers:
                self._pull()
        return message

    def close(self) -> None:
        """End the room and everything in it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), True)
                # Nothing is buffered here: frames are written to the descriptor itself.
                pipe.close()
        try:
            self._process.wait(_CLOSING)
        except subprocess.TimeoutExpired:
            if self._remove:
                # An engine that hangs removes nothing: what it has is swept another time.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    subprocess.run(
                        self._remove, check=False, capture_output=True, timeout=_REMOVING
                    )
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def kill(self) -> None:
        """End its process from another thread; the room's own thread sees it lost."""
        self._process.kill()

    def _take(self) -> dict[str, Any] | None:
        if len(self._received) < 4:
            return None
        size = int.from_bytes(self._received[:4], "big")
        if size > _LARGEST:
            raise RoomLost("an answer that is none")
        if len(self._received) < 4 + size:
            return None
        message: dict[str, Any] = json.loads(self._received[4 : 4 + size])
        del self._received[: 4 + size]
        return message

    def _push(self) -> None:
        try:
            while self._sending:
                del self._sending[: os.write(self._in, self._sending[: 1 << 16])]
        except BlockingIOError:
            return
        except BrokenPipeError:
            raise RoomLost(f"the room ended{self._said()}") from None

    def _pull(self) -> None:
        part = os.read(self._out, 1 << 18)
        if not part:
            raise RoomLost(f"the room ended{self._said()}")
        self._received += part

    def _said(self) -> str:
        self._errors.seek(0)
        said = self._errors.read()[-4000:].decode("utf-8", "replace")
        lines = [line for line in said.splitlines() if line.strip() and _HINT not in line]
        return f": {lines[-1].strip()}" if lines else ""
