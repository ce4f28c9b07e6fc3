"""An HTTP server of a thread whose every answer, whole or broken, a test decides."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that was sent; nothing for a request without a body."""
        return dict(json.loads(self.raw)) if self.raw else {}


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer: whole, or cut off as a dying server would."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    cut: int | None = None
    """Bytes of the body after which the connection is closed; None sends it whole."""
    delay: float = 0.0
    """Seconds before the first byte."""


def as_json(value: object, status: int = 200, **more: Any) -> Sent:
    """Answer with a JSON value."""
    return Sent(status, json.dumps(value).encode(), **more)


def events(values: list[object], *, end: str = "data: [DONE]\n\n", names: bool = False) -> bytes:
    """Write values as server-sent events, with their `type` as the event's name if asked."""
    lines = []
    for value in values:
        name = f"event: {value['type']}\n" if names and isinstance(value, dict) else ""
        lines.append(f"{name}data: {json.dumps(value)}\n\n")
    return ("".join(lines) + end).encode()


class HTTPServer:
    """
    Serves on a port of loopback from a thread of its own; a context manager.

    `answer` is called for each request, in the server's loop. `stop` closes
    every connection at once, as a killed process would; `start` opens the same
    port again.
    """

    def __init__(self, answer: Callable[[Seen], Sent]) -> None:
        self._answer = answer
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._open: dict[asyncio.StreamWriter, asyncio.Task[object]] = {}

    @property
    def root(self) -> str:
        """The URL of the server, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Open the port."""
        self._ready.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._thread is None or self._loop is None or self._end is None:
            return
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _main(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        # A server that is closed forgets connections that it has accepted and not yet handed over.
        for listening in server.sockets:
            self._loop.remove_reader(listening.fileno())
        # A connection that was just accepted gets its handler later, and is closed by it alone.
        while len(asyncio.all_tasks()) > 1:
            for writer, handler in list(self._open.items()):
                writer.transport.abort()
                handler.cancel()
            await asyncio.sleep(0)
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.current_task()
        assert handler is not None
        self._open[writer] = handler
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # The client has hung up, or the server is stopped.
        finally:
            del self._open[writer]
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines if line)
        headers = {name.lower(): value for name, _, value in pairs}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        method, path, _ = first.split(" ")
        sent = self._answer(Seen(method, path, headers, raw))
        if sent.delay:
            await asyncio.sleep(sent.delay)
        more = "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
        writer.write(
            f"HTTP/1.1 {sent.status} X\r\nContent-Type: {sent.kind}\r\n"
            f"Content-Length: {len(sent.body)}\r\n{more}\r\n".encode()
        )
        writer.write(sent.body if sent.cut is None else sent.body[: sent.cut])
        await writer.drain()
        return sent.cut is None
