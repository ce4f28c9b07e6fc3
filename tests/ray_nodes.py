"""
Nodes of a Ray cluster on this machine, to be started, killed and told apart.

As root each has a network namespace and an address of its own; otherwise all
are on loopback. Nothing but what was started here is ever killed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_STORE = 80_000_000
"""Bytes of a node's object store: Ray takes no less."""
_TOKEN = os.environ.get("RAY_AUTH_TOKEN") or secrets.token_hex(32)
"""A process reads it once, and may have several clusters one after the other."""
_PATIENCE = 400.0
"""Seconds that a node may take to come up; the ceiling is for a machine under load."""


@dataclass
class RayNode:
    """One raylet and all that it has started."""

    name: str
    address: str
    process: subprocess.Popen[bytes]
    namespace: str = ""
    id: str = ""
    again: Callable[[], subprocess.Popen[bytes]] | None = None
    """Starts it once more, if it may be: what Ray says at its start may come too late."""

    def kill(self) -> None:
        """End it as a power cut does: everything at once, without a word."""
        for _ in range(20):  # What is started meanwhile too.
            pids = self.pids()
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if not pids:
                break
            time.sleep(0.1)
        self.process.wait()

    def pids(self) -> list[int]:
        """Return the processes of the node."""
        if self.namespace:
            told = _ip("netns", "pids", self.namespace).split()
            return [int(pid) for pid in told]
        return below(self.process.pid)


@dataclass
class RayNodes:
    """A head without CPUs, which runs nothing, and as many nodes as are asked for."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="ucb-ray-")))
    own_addresses: bool | None = None

    def __post_init__(self) -> None:
        if self.own_addresses is None:
            self.own_addresses = _have_namespaces()
        self._tag = secrets.token_hex(3)
        self._nodes: list[RayNode] = []
        self._bridge = f"ucb{self._tag}"
        self._subnet = f"10.{200 + secrets.randbelow(50)}.{secrets.randbelow(250)}"
        self._port = _free_port()
        # Nodes of one machine do not find each other's token.
        self.environment = {
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": _TOKEN,
            "RAY_USAGE_STATS_ENABLED": "0",
            # A dead node is noticed in 3 seconds, not in 15.
            "RAY_health_check_period_ms": "1000",
            "RAY_health_check_failure_threshold": "3",
        }
        self._host = f"{self._subnet}.1" if self.own_addresses else "127.0.0.1"
        self.site = self.folder / "site"
        """A folder of modules that every node can import."""
        self.site.mkdir()
        self.address = f"{self._host}:{self._port}"
        """For `--cluster` and `RAY_ADDRESS`."""
        self._client = _free_port()
        self.client = f"ray://{self._host}:{self._client}"
        """For a driver that is no node of the cluster."""

    def __enter__(self) -> Self:
        if self.own_addresses:
            _ip("link", "add", self._bridge, "type", "bridge")
            _ip("addr", "add", f"{self._host}/24", "dev", self._bridge)
            _ip("link", "set", self._bridge, "up")
        try:
            self._head()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(
        self, name: str, environment: Mapping[str, str] | None = None, *, cpus: int = 2
    ) -> RayNode:
        """Start a node; it is part of the cluster some seconds later."""
        self._wait_for_sockets()
        namespace, address = "", self._host
        before: list[str] = []
        if self.own_addresses:
            number = 2 + len(self._nodes)
            namespace, address = f"ucb{self._tag}{number}", f"{self._subnet}.{number}"
            ours, theirs = f"u{self._tag}{number}", f"v{self._tag}{number}"
            _ip("netns", "add", namespace)
            _ip("link", "add", ours, "type", "veth", "peer", "name", theirs)
            _ip("link", "set", ours, "master", self._bridge, "up")
            _ip("link", "set", theirs, "netns", namespace)
            _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", theirs)
            _ip("-n", namespace, "link", "set", theirs, "up")
            _ip("-n", namespace, "link", "set", "lo", "up")
            before = ["ip", "netns", "exec", namespace]
        start = partial(
            self._start, name,
            [*before, *_ray(), f"--address={self.address}", f"--node-ip-address={address}",
             f"--num-cpus={cpus}", f"--labels=ucb-test={name}"],
            environment or {},
        )  # fmt: skip
        node = RayNode(name, address, start(), namespace, again=start)
        self._nodes.append(node)
        return node

    def kill_head(self) -> None:
        """End the head as a power cut does."""
        self._nodes[0].kill()

    def running(self) -> list[RayNode]:
        """Return the nodes that are there, but for the head."""
        return [node for node in self._nodes[1:] if node.process.poll() is None]

    def wait(self, ray: Any, *nodes: RayNode) -> None:
        """Wait until nodes are part of the cluster that `ray` is connected to."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            for each in ray.nodes():
                for node in nodes:
                    if each["Alive"] and each.get("Labels", {}).get("ucb-test") == node.name:
                        node.id = each["NodeID"]
            if all(node.id for node in nodes):
                return
            self._revive(nodes)
            time.sleep(0.1)
        raise RuntimeError(f"The nodes did not come up in {_PATIENCE:.0f} seconds.")

    def close(self) -> None:
        """End everything that was started, and remove what was made."""
        for node in reversed(self._nodes):
            node.kill()
            if node.namespace:
                _ip("netns", "del", node.namespace)
        self._nodes = []
        if self.own_addresses:
            _ip("link", "del", self._bridge)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _revive(self, nodes: Iterable[RayNode]) -> None:
        """Start those that did not come up once more; raise `RuntimeError` the second time."""
        for node in nodes:
            if node.id or node.process.poll() is None:
                continue
            if node.again is None:
                log = (self.folder / f"{node.name}.log").read_text(errors="replace")
                raise RuntimeError(f"The node {node.name} did not start: {log[-2000:]}")
            again, node.again = node.again, None
            node.kill()
            node.process = again()

    def _wait_for_sockets(self) -> None:
        """Wait until the node before has its sockets: two would choose the same names."""
        sockets = self.folder / "r" / "session_latest" / "sockets"
        end = time.monotonic() + _PATIENCE
        while len(list(sockets.glob("plasma_store*"))) < len(self._nodes):
            if time.monotonic() > end:
                raise RuntimeError(f"{self._nodes[-1].name} has made no socket.")
            self._revive(self._nodes)
            time.sleep(0.05)

    def _head(self) -> None:
        process = self._start(
            "head",
            [*_ray(), "--head", f"--port={self._port}", f"--node-ip-address={self._host}",
             "--num-cpus=0", f"--ray-client-server-port={self._client}",
             f"--temp-dir={self.folder}/r", "--include-dashboard=false"],
            {},
        )  # fmt: skip
        head = RayNode("head", self._host, process)
        self._nodes.append(head)
        log = self.folder / "head.log"
        end = time.monotonic() + _PATIENCE
        while "Ray runtime started" not in log.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"No head: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def _start(
        self, name: str, command: list[str], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        here = [str(self.site), str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        python_path = os.pathsep.join(here)
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [*command, f"--object-store-memory={_STORE}", "--disable-usage-stats", "--block"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                env={**os.environ, **self.environment, "PYTHONPATH": python_path, **environment},
            )  # fmt: skip


def _ray() -> list[str]:
    return [sys.executable, "-m", "ray.scripts.scripts", "start"]


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


def _have_namespaces() -> bool:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"ucbtry{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True)
    if made.returncode:
        return False
    _ip("netns", "del", name)
    return True


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("", 0))
        port: int = taken.getsockname()[1]
        return port


def below(pid: int) -> list[int]:
    """Return a process and all that it and its children have started."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
                state, parent = stat.rpartition(")")[2].split()[:2]
                if state != "Z":
                    children.setdefault(int(parent), []).append(int(folder.name))
                    if int(folder.name) == pid:
                        children.setdefault(-1, []).append(pid)
    found, waiting = [], list(children.get(-1, []))
    while waiting:
        found.append(each := waiting.pop())
        waiting += children.get(each, [])
    return found
