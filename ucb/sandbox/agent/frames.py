"""Length-prefixed messages, with file descriptors where they are needed."""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from typing import Any

HEADER = struct.Struct(">I")
LARGEST = 1 << 28
"""Bytes of one message between trusted ends, at most."""
MOST_FDS = 8


class Closed(Exception):
    """The other end is gone."""


class Oversized(Exception):
    """A message is longer than the receiver accepts."""


def read_exactly(fd: int, size: int) -> bytes:
    """Read `size` bytes from a pipe; raise `Closed` when it ends before."""
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            raise Closed
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_all(fd: int, data: bytes) -> None:
    """Write all of `data` to a pipe; raise `Closed` when nobody reads it."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except BrokenPipeError:
        raise Closed from None


def read_frame(fd: int) -> bytes:
    """Read one message from a pipe."""
    (size,) = HEADER.unpack(read_exactly(fd, HEADER.size))
    return read_exactly(fd, size)


def framed(data: bytes) -> bytes:
    """One message as it travels."""
    return HEADER.pack(len(data)) + data


def write_frame(fd: int, data: bytes) -> None:
    """Write one message to a pipe."""
    write_all(fd, framed(data))


def send(sock: socket.socket, data: bytes, fds: tuple[int, ...] = ()) -> None:
    """Send one message, and descriptors with it; raise `Closed` when nobody listens."""
    frame = framed(data)
    try:
        if fds:
            rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))
            frame = frame[sock.sendmsg([frame], [rights]) :]
        if frame:
            sock.sendall(frame)
    except (BrokenPipeError, ConnectionResetError):
        raise Closed from None


def receive(sock: socket.socket, largest: int = LARGEST) -> bytes:
    """Receive one message that carries no descriptors."""
    (size,) = HEADER.unpack(_exactly(sock, HEADER.size))
    if size > largest:
        raise Oversized(size)
    return _exactly(sock, size)


def receive_with_fds(sock: socket.socket) -> tuple[bytes, list[int]]:
    """Receive one message and the descriptors that came with its first byte."""
    room = socket.CMSG_SPACE(MOST_FDS * array.array("i").itemsize)
    head, extra, _, _ = sock.recvmsg(HEADER.size, room, socket.MSG_CMSG_CLOEXEC)
    if not head:
        raise Closed
    fds = array.array("i")
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    head += _exactly(sock, HEADER.size - len(head))
    (size,) = HEADER.unpack(head)
    return _exactly(sock, size), list(fds)


def pack(message: Any) -> bytes:
    """JSON in ASCII: lone surrogates survive as escapes."""
    return json.dumps(message).encode()


def unpack(data: bytes) -> Any:
    """Undo `pack`."""
    return json.loads(data)


def _exactly(sock: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        try:
            part = sock.recv(min(size, 1 << 20))
        except ConnectionResetError:
            raise Closed from None
        if not part:
            raise Closed
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
