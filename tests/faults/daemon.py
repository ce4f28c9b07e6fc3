"""A Docker engine of the tests' own, to be killed: the machine's is left alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

_CEILING = 180.0
"""Seconds to wait for what takes two on a quiet machine."""
_FIRST = """
import signal, subprocess, sys
# A containerd of the machine's own, or sockets of its shims, are neither seen nor littered.
subprocess.run(["mount", "-t", "tmpfs", "run", "/run"], check=True)
# Whose parents were killed is this process's to reap: the kernel then does it.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
sys.stdin.read()
"""


def missing() -> str:
    """Say why no engine can be started here; empty where one can."""
    if os.geteuid():
        return "a Docker engine of its own needs root"
    for command in ("dockerd", "docker", "unshare", "nsenter", "mount"):
        if shutil.which(command, path=_path()) is None:
            return f"there is no {command} here"
    isolated = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "true"]
    if subprocess.run(isolated, check=False, capture_output=True).returncode:
        return "this root may make no namespaces"
    return ""


def _path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"


def wait(done: Callable[[], object], what: str) -> None:
    """Wait until something is so; the ceiling is for a machine under load."""
    end = time.monotonic() + _CEILING
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.05)


class Engine:
    """
    A Docker engine in namespaces of processes and of mounts of its own.

    A first process holds them: they outlive the daemon, as a machine does, so that the
    next one finds what a killed one left. With that process ends all that is in them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "docker.sock"
        self._parent = f"ucb-test-{os.getpid()}"
        (folder / "daemon.json").write_text("{}")
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child",
             "--mount-proc", sys.executable, "-c", _FIRST],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment,
        )  # fmt: skip
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n"
        pid = self._holder.pid
        self._first = int(Path(f"/proc/{pid}/task/{pid}/children").read_text())
        self._namespace = Path(f"/proc/{self._first}/ns/pid").readlink()
        self._daemon: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables with which `docker` asks this engine."""
        return {**os.environ, "PATH": _path(), "DOCKER_HOST": f"unix://{self._socket}"}

    def start(self) -> None:
        """Start the daemon and wait until it answers."""
        command = [
            "nsenter", "--target", str(self._first), "--mount", "--pid", "dockerd",
            "--host", f"unix://{self._socket}", "--config-file", self._folder / "daemon.json",
            "--data-root", self._folder / "data", "--exec-root", self._folder / "exec",
            "--pidfile", self._folder / "pid", "--cgroup-parent", f"/{self._parent}",
            "--bridge", "none", "--iptables=false", "--ip6tables=false",
        ]  # fmt: skip
        with self._log.open("ab") as log:
            self._daemon = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)
        try:
            wait(self._answers, "no engine answers")
        except AssertionError as error:
            error.add_note(self._log.read_text()[-4000:])
            raise

    def _answers(self) -> bool:
        assert self._daemon is not None
        assert self._daemon.poll() is None, "the daemon has ended"
        asked = ["docker", "version", "--format", "{{.Server.Version}}"]
        try:
            return self.docker(*asked[1:], check=False, timeout=10).returncode == 0
        except subprocess.TimeoutExpired:  # It listens, and does not answer yet.
            return False

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def docker(
        self, *arguments: str, check: bool = True, timeout: float = _CEILING
    ) -> subprocess.CompletedProcess[str]:
        """Run a docker command."""
        return subprocess.run(
            ["docker", *arguments], check=check, capture_output=True, text=True,
            env=self.environment, timeout=timeout,
        )  # fmt: skip

    def load(self, image: str) -> None:
        """Give it an image of the machine's engine."""
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
            subprocess.run(
                ["docker", "load", "--quiet"], stdin=saved.stdout, check=True,
                stdout=subprocess.DEVNULL, env=self.environment, timeout=_CEILING,
            )  # fmt: skip
        assert saved.returncode == 0

    def processes(self) -> dict[int, str]:
        """The names of its processes by pid, but for the first and those that only end."""
        found = {}
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and (folder / "ns/pid").readlink() == self._namespace:
                    found[int(folder.name)] = (folder / "comm").read_text().strip()
            except OSError:  # It has ended meanwhile.
                continue
        found.pop(self._first, None)
        return found

    def kill(self, *names: str) -> set[str]:
        """SIGKILL those of its processes, by the beginnings of their names; return whom it was."""
        wanted = [(p, n) for p, n in self.processes().items() if n.startswith(names)]
        for pid, _ in wanted:
            os.kill(pid, signal.SIGKILL)
        self._ended()
        return {name for _, name in wanted}

    def stop(self) -> None:
        """Stop the daemon as a service manager does."""
        for pid, name in self.processes().items():
            if name == "dockerd":
                os.kill(pid, signal.SIGTERM)
        self._ended()

    def _ended(self) -> None:
        if self._daemon is not None:
            self._daemon.wait(_CEILING)
            self._daemon = None
        # The kernel ends containerd with the daemon; the next daemon must not meet it dying.
        gone = {"dockerd", "containerd"}
        wait(lambda: not gone & set(self.processes().values()), "the daemon does not end")

    def mounts(self) -> list[str]:
        """What is mounted in its folder, as it and as the machine see it."""
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
        with contextlib.suppress(OSError):  # Its first process has ended, and its mounts with it.
            lines += Path(f"/proc/{self._first}/mountinfo").read_text().splitlines()
        return [line for line in lines if str(self._folder) in line]

    def close(self) -> None:
        """End what there is of it; assert that nothing is left on the machine."""
        self._holder.kill()
        self._holder.communicate()
        self._ended()
        wait(lambda: not self.processes(), "processes of the engine are left")
        for root, folders, _ in os.walk("/sys/fs/cgroup", topdown=False):
            for name in folders:
                path = Path(root, name)
                if self._parent in path.parts:
                    # Empty now, but for the kernel's own bookkeeping.
                    wait(lambda path=path: _removed(path), f"{path} is left")  # type: ignore[misc]
        assert not self.mounts()
        shutil.rmtree(self._folder)


def _removed(cgroup: Path) -> bool:
    try:
        cgroup.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
