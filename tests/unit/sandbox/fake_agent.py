"""
Stands in for a room's agent: answers by what the program's text says, and runs nothing.

`fail` and `time` in a file's text make a room fault and a timeout; `die` ends
the room; `slow` takes a moment; `held` is answered together with the next, if that
is here already. Each answer names the room and its order in it.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from pathlib import Path
from typing import Any


def _take(size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = os.read(0, size - len(data))
        if not part:
            raise SystemExit
        data += part
    return data


def _read() -> bytes:
    return _take(int.from_bytes(_take(4), "big"))


def _write(message: Any, *, hold: bool = False) -> None:
    data = json.dumps(message).encode()
    sys.stdout.buffer.write(len(data).to_bytes(4, "big") + data)
    if not (hold and select.select([0], [], [], 0)[0]):
        sys.stdout.buffer.flush()


def _answer(text: str, served: int) -> dict[str, Any]:
    if "die" in text:
        os._exit(1)
    if "fail" in text:
        return {"trouble": "the room broke", "retire": True}
    if "slow" in text:
        time.sleep(0.05)
    ended = "cpu" if "time" in text else "exited"
    step = {"ended": ended, "code": 0, "cpu": 0.0, "wall": 0.0, "stdout": f"{os.getpid()}:{served}"}
    return {"steps": [step], "files": {}, **({"retire": True} if "retire" in text else {})}


def main() -> None:
    """Log what runs when to the file named on the command line."""
    log = Path(sys.argv[1])
    _read()
    _read()
    _write({"python": "3"})
    served = 0
    while True:
        program = json.loads(_read())
        text = program["files"]["main.py"]
        with log.open("a") as file:
            file.write(f"begin {text}\n")
        served += 1
        answer = _answer(text, served)
        with log.open("a") as file:
            file.write(f"end {text}\n")
        _write(answer, hold="held" in text)
        if answer.get("retire"):
            return


if __name__ == "__main__":
    main()
