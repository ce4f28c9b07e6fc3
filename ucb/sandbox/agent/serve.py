"""The candidate's end of the calls that tests make."""

from __future__ import annotations

import io
import os
import socket
import sys
import types
from typing import Any, NoReturn

from ucb.sandbox.agent import frames, values

_MESSAGE = 500
"""Characters kept of an exception's text."""


class Calls:
    """Answers calls to the functions of `main`, one at a time."""

    def __init__(self, fd: int, main: types.ModuleType) -> None:
        self._socket = socket.socket(fileno=fd)
        self._main = main

    def failed(self, error: BaseException) -> None:
        """Tell the judge that the module itself raised. An exit says nothing: it just ends."""
        if not isinstance(error, SystemExit):
            self._send({"failed": describe(error)})

    def serve(self, streams: list[io.TextIOWrapper]) -> NoReturn:
        """Answer until the judge hangs up, then end."""
        self._send({"ready": True})
        while True:
            try:
                request = values.load(frames.receive(self._socket))
            except frames.Closed:
                break
            self._send(self._answer(request))
        for stream in (*streams[1:], sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # noqa: BLE001, S112 (a stream may be the program's own object, and broken)
                continue
        os._exit(0)

    def _send(self, message: Any) -> None:
        try:
            frames.send(self._socket, values.dump(message))
        except (frames.Closed, OSError):
            os._exit(0)

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        nodes, named = request["nodes"], request["keywords"]
        before = values.dump(nodes) if nodes else b""
        decoder = values.Decoder(nodes)
        args = decoder.decode(*request["args"])
        keywords = {name: decoder.items([named[name]])[0] for name in named}
        encoder = values.Encoder()
        answer: dict[str, Any] = {"id": request["id"]}
        try:
            value = self._function(request["call"])(*args, **keywords)
            encoder.known(decoder.objects)
            answer["value"] = encoder.encode(value)
        except BaseException as error:  # noqa: BLE001 (the judge raises it again)
            answer["raised"] = describe(error)
            encoder = values.Encoder()
            encoder.known(decoder.objects)
            encoder.encode(None)
        count = len(nodes)
        if count and values.dump(encoder.nodes[:count]) == before:
            # Nothing was changed in place: null stands for what the judge has.
            encoder.nodes[:count] = [None] * count
        answer["nodes"] = encoder.nodes
        return answer

    def _function(self, name: str) -> Any:
        try:
            return self._main.__dict__[name]
        except KeyError:
            raise NameError(f"name {name!r} is not defined") from None


def describe(error: BaseException) -> list[str]:
    """The nearest builtin type, the own type, and the text of an exception."""
    kinds = type(error).__mro__
    builtin = next(kind.__name__ for kind in kinds if kind.__module__ == "builtins")
    try:
        text = str(error)[:_MESSAGE]
    except Exception:  # noqa: BLE001 (a program's own __str__)
        text = ""
    return [builtin, type(error).__name__, text]
