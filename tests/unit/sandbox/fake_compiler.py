"""Stands in for a compiler that stays: what it answers depends on what the source says."""

from __future__ import annotations

import os
import struct
import sys
import time

_NUMBER = struct.Struct(">I")
_ODD = {
    "outside": [b"../x", b""],
    "absolute": [b"/x", b""],
    "nul": [b"x\0y", b""],
    "long": [b"x" * 256, b""],
    "over": [b"main.x", b""],
    "under": [b"main.x/y", b""],
    "through": [b"a", b"", b"a/b", b""],
    "twice": [b"a", b"", b"a", b""],
    "half": [b"a"],
    "large": [b"a", bytes(9 << 20)],
    "many": [part for number in range(600) for part in (b"%d" % number, b"")],
}


def _read() -> list[bytes]:
    def take() -> int:
        (number,) = _NUMBER.unpack(sys.stdin.buffer.read(4))
        return int(number)

    return [sys.stdin.buffer.read(take()) for _ in range(take())]


def _write(*parts: bytes) -> None:
    message = _NUMBER.pack(len(parts))
    for part in parts:
        message += _NUMBER.pack(len(part)) + part
    sys.stdout.buffer.write(message)
    sys.stdout.buffer.flush()


def _never_answer(word: str) -> None:
    if word == "drip":
        # A long answer that is on its way all the time.
        sys.stdout.buffer.write(_NUMBER.pack(3) + _NUMBER.pack(1 << 20))
    while word == "drip":
        sys.stdout.buffer.write(b"0")
        sys.stdout.buffer.flush()
        time.sleep(0.01)
    while word == "spin":
        pass
    if word == "hang":
        time.sleep(600)
    os._exit(1)


def main() -> None:
    """Answer until the agent ends this."""
    if "--broken" in sys.argv:
        sys.exit("no such library")
    _write()
    served = 0
    while True:
        arguments, *files = _read()
        sources = dict(zip(files[::2], files[1::2], strict=True))
        served += 1
        # Of a project: what is changed, or else what is shown.
        texts = [text for name, text in sources.items() if name.endswith(b"main.x")]
        word = texts[0].decode() if texts else "good"
        if word in {"die", "drip", "hang", "spin"}:
            _never_answer(word)
        elif word in {"strange", "-1", "256"}:
            _write(word.encode(), b"", b"")
        elif word == "error":
            _write(b"1", b"", b"main.x: error")
        else:
            said = b"%d %s" % (served, arguments)
            _write(b"0", said, b"", *_ODD.get(word, [b"out/main.o", bytes(range(256))]))


if __name__ == "__main__":
    main()
