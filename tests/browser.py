"""
Drive a real headless Chromium, with nothing but the standard library.

The DevTools protocol over a pipe: JSON messages that end in a zero byte, read
by the browser from file descriptor 3 and written to 4
(https://chromedevtools.github.io/devtools-protocol/).
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-pipe",
)  # fmt: skip
_PATIENCE = 60.0  # Seconds until a browser that says nothing is given up on.


def need_chromium() -> None:
    """Skip without a browser, unless the machine is one that must have it."""
    if not CHROMIUM:
        assert not os.environ.get("UCB_REQUIRE_CHROMIUM"), "Chromium is required here"
        pytest.skip("needs Chromium (apt install chromium)")


class Gone(Exception):
    """What was asked of is not there, such as a page that has just been left."""


class Page:
    """One tab; what it says on its console and what it asks the network for are kept."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, back: int) -> None:
        self._process = process
        self._to = to
        self._back = back
        self._buffer = b""
        self._number = 0
        self._session = ""
        self.said: list[str] = []
        self.asked: list[str] = []

    def start(self) -> Self:
        """Open an empty tab."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        return self

    def screen(self, width: int, *, dark: bool = False) -> None:
        """Set the width of the window in CSS pixels, and the colour scheme."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, path: Path, ready: str, fragment: str = "") -> float:
        """Open a file, wait until the expression `ready` holds, and return the milliseconds."""
        start = time.monotonic()
        self._call("Page.navigate", url=path.as_uri() + fragment)
        self.wait(ready)
        return 1000 * (time.monotonic() - start)

    def wait(self, expression: str) -> None:
        """Wait until an expression holds; while the page is still loading, it may fail."""
        tried = f"(() => {{ try {{ return Boolean({expression}) }} catch {{ return false }} }})()"
        end = time.monotonic() + _PATIENCE
        while not self._holds(tried):
            assert time.monotonic() < end, f"{expression} never held; {self.said}"
            time.sleep(0.01)

    def _holds(self, expression: str) -> bool:
        try:
            return bool(self.run(expression))
        except Gone:
            return False

    def run(self, script: str) -> Any:
        """Evaluate JavaScript and return its value; fail when it throws."""
        found = self._call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def screenshot(self, path: Path, *, whole: bool = True) -> None:
        """Save what the page looks like as PNG."""
        found = self._call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(found["data"]))

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise Gone(f"{method}: {answer['error']}")
                return dict(answer["result"])
            self._note(answer.get("method", ""), answer.get("params", {}))

    def _note(self, method: str, parameters: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.asked.append(parameters["request"]["url"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.said.append(json.dumps(parameters))

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._back], [], [], _PATIENCE)
            chunk = os.read(self._back, 1 << 20) if ready else b""
            assert chunk, f"Chromium said nothing (exit {self._process.poll()})"
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\0", 1)
        return dict(json.loads(line))


@contextmanager
def browsing(profile: Path) -> Iterator[Page]:
    """Start Chromium with an empty profile; it is gone when the block ends."""
    to_read, to = os.pipe()
    back, back_write = os.pipe()
    # bash puts the pipes where the browser looks for them.
    script = f'exec "$@" 3<&{to_read} 4>&{back_write}'
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        ["bash", "-c", script, "bash", *command],
        pass_fds=(to_read, back_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_read)
    os.close(back_write)
    try:
        yield Page(process, to, back).start()
    finally:
        os.close(to)
        process.kill()
        process.wait()
        os.close(back)
