"""The connection to a Ray cluster, and which nodes it has."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ucb.errors import ConfigError, SandboxError

log = logging.getLogger("ucb")

_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # Without a GPU asked for, what the process sees stays as it is.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_GIVEN_UP = "RAY_gcs_rpc_server_reconnect_timeout_s"
"""Ray's setting: seconds without the head after which it ends a process."""
_REACH = 10.0
"""Seconds that a cluster's address may take to answer."""
_GLANCE = 2.0
"""Seconds that the head may take to answer while a run goes on."""
_TRIES, _PAUSE = 4, 1.0
"""Times that a `ray://` head may fail to start this driver's process there; seconds between."""
_users, _ours = 0, False
"""Sandboxes and backends that use the connection; whether it was made here."""
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster that runs work: one with CPUs or GPUs to give."""

    id: str
    address: str
    gpus: int

    @property
    def name(self) -> str:
        """What people call it; several nodes of a machine have one address."""
        return f"{self.address} ({self.id[:6]})"


class Connection:
    """
    A user of the cluster; the last one to be closed leaves it, if one of them has joined it.

    Args:
        address: `ray` for the cluster that `RAY_ADDRESS` names, else the one that runs on this
            machine, else one that is started here; or `ray://host:port` or `host:port`.

    Raises:
        ConfigError: Ray is not installed.
        SandboxError: no such cluster answers.

    """

    def __init__(self, address: str) -> None:
        global _users, _ours  # noqa: PLW0603 (Ray has one connection per process)
        self.ray = _module()
        self._kinds: dict[type, Any] = {}
        self._closed = False
        self._found: list[Node] = []
        self._answered = time.monotonic()
        self._patience = _patience()
        with _lock:
            if not self.ray.is_initialized():
                _join(self.ray, address)
                _users = 0
                _ours = True
            _users += 1
        self._head = _head(self.ray, address)

    def nodes(self) -> list[Node]:
        """
        Return the nodes that are alive and have something to give.

        A head node that was started with `--num-cpus 0` runs nothing. While the head does not
        answer they are those of the last time; raise `ConnectionError` when that lasts.
        """
        if (silence := _silence(self._head, _GLANCE)) is not None:
            # Asked now, Ray would wait, and in the end exit this process from its C++.
            waited = time.monotonic() - self._answered
            if waited > self._patience:
                raise ConnectionError(f"{self._head} has not answered for {waited:.0f} seconds")
            log.debug("The head of the cluster does not answer: %s", silence)
            return self._found
        self._answered = time.monotonic()
        found = []
        for each in self.ray.nodes():
            has = each.get("Resources", {})
            if each["Alive"] and (has.get("CPU", 0) > 0 or has.get("GPU", 0) > 0):
                found.append(
                    Node(each["NodeID"], each["NodeManagerAddress"], int(has.get("GPU", 0)))
                )
        self._found = sorted(found, key=lambda node: (node.address, node.id))
        return self._found

    def holds(self) -> bool:
        """Whether it is still there: Ray's client ends its own when the head stays away."""
        return bool(self.ray.is_initialized())

    def start(self, node: Node, kind: type, gpus: int, *arguments: Any) -> Any:
        """Start an actor on a node, and return its handle at once."""
        from ray.util.scheduling_strategies import (  # noqa: PLC0415 (optional)
            NodeAffinitySchedulingStrategy,
        )

        options: dict[str, Any] = {"num_cpus": 0, "max_restarts": 0}
        if gpus:
            options["num_gpus"] = gpus
        options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(node.id, soft=False)
        if kind not in self._kinds:
            self._kinds[kind] = self.ray.remote(kind)
        return self._kinds[kind].options(**options).remote(*arguments)

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        global _users, _ours  # noqa: PLW0603
        with _lock:
            if self._closed:
                return
            self._closed = True
            _users -= 1
            if _users == 0 and _ours:
                _ours = False
                self.ray.shutdown()


def _module() -> Any:
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray  # noqa: PLC0415 (optional)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"--cluster needs {error.name}, which is not installed: pip install 'ucb[ray]'."
        ) from error
    return ray


def _join(ray: Any, address: str) -> None:
    given: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    own = {"include_dashboard": False}
    where = address if address != "ray" else os.environ.get("RAY_ADDRESS") or "one of this machine"
    with _signals():
        _reach(where)
        try:
            if address != "ray":
                _init(ray, address=address, **given)
            elif os.environ.get("RAY_ADDRESS"):
                _init(ray, **given)
            else:
                try:
                    ray.init(address="auto", **given)
                except ConnectionError:
                    ray.init(address="local", **given, **own)
        except (OSError, RuntimeError, ValueError, AssertionError) as error:
            raise SandboxError(
                f"No Ray cluster answers at {where}: {_said(error)}. A `host:port` is for machines "
                "that are nodes of it; others use ray://host:10001."
            ) from error


def _init(ray: Any, **given: Any) -> None:
    """
    Join a cluster; try again where its client server could not start a process.

    It forks that process with threads of gRPC running, so that some of them die at once,
    most on a loaded head (https://github.com/ray-project/ray/pull/63408).
    """
    for left in reversed(range(_TRIES)):
        try:
            ray.init(**given)
        except ConnectionAbortedError as error:
            if not left:
                raise
            log.debug("Ray's client server failed (%s): trying again", _said(error))
            time.sleep(_PAUSE)
        else:
            return


def _said(error: BaseException) -> str:
    """Return what an error says, in a line: of a traceback its beginning and its end."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    trace = next((n for n, line in enumerate(lines) if line.startswith("Traceback")), None)
    told = lines[:2] if trace is None else [*lines[:trace], lines[-1]]
    return " ".join(told)[:300].rstrip(".:") or type(error).__name__


def _reach(where: str) -> None:
    """Raise `SandboxError` if nothing listens at an address: Ray itself would try for minutes."""
    if (silence := _silence(where, _REACH)) is not None:
        raise SandboxError(f"No Ray cluster answers at {where}: {silence}.")


def _silence(where: str, seconds: float) -> str | None:
    """Return why nothing can be reached at an address; None if something can, or it has no port."""
    host, _, port = where.removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return None
    try:
        socket.create_connection((host.strip("[]"), int(port)), seconds).close()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _head(ray: Any, address: str) -> str:
    """Return where the head is reached from here."""
    if ray.util.client.ray.is_connected():
        return address if address != "ray" else os.environ.get("RAY_ADDRESS", "")
    return str(ray.get_runtime_context().gcs_address)


def _patience() -> float:
    """
    Return the seconds that the head may be silent: a third of those after which Ray gives up.

    Ray then exits the process with code 1, and neither a sentence nor a handler is run. The
    rest of the time is for leaving: actors are told to end, and Ray itself takes five seconds.
    """
    return float(os.environ.get(_GIVEN_UP, "60")) / 3


@contextmanager
def _signals() -> Iterator[None]:
    """Keep this process's handlers: Ray sets one for SIGTERM that ends it without a word."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
