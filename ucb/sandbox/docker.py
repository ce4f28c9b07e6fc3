"""Rooms as Docker containers. The command line is the interface: it works with every engine."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from ucb.errors import SandboxError
from ucb.languages import Brought, languages
from ucb.sandbox import images, ship
from ucb.sandbox.engine import (
    PROCESSES,
    PROJECTS,
    SHM,
    SHM_OPTIONS,
    TMP,
    Command,
    RoomSpec,
    environment_of,
    projects_of,
    scratch_mib,
    settings,
    tmp_options,
)  # fmt: skip

_LABEL = "ucb.owner"
_AGENT_MIB = 512
_SCRATCH_MIB = 256
"""For the agent's own processes and the files of a program; those are so many of it."""
_CAPABILITIES = {"DAC_OVERRIDE": 1, "FOWNER": 3, "KILL": 5, "SETGID": 6, "SETUID": 7}
"""What the agent needs to run programs as another user, end them and sweep after them."""


class Docker:
    """Opens rooms in a Docker engine."""

    name = "docker"

    def __init__(self, brought: Mapping[str, Brought] | None = None) -> None:
        self._version = version()
        self._brought = dict(brought or {})
        """Images of the user's own, by toolchain."""
        self._images: dict[str, str] = {}
        """Image ids by toolchain."""

    def room(self, spec: RoomSpec) -> Command:
        """A container without network, with a read-only root and bounded in all it may use."""
        image = self._image(spec.toolchain)
        name = f"ucb-{os.getpid()}-{secrets.token_hex(6)}"
        beside = _compiler_mib(spec.toolchain) + scratch_mib(spec) - _SCRATCH_MIB
        memory = f"{spec.memory + _AGENT_MIB + beside}m"
        argv = [
            "docker", "run", "--interactive", "--rm", "--pull", "never", "--name", name,
            "--label", f"{_LABEL}={owner()}", "--log-driver", "none", "--hostname", "room",
            "--network", "none", "--ipc", "none", "--read-only", "--workdir", "/",
            "--tmpfs", f"{TMP}:rw,exec,nosuid,nodev,{tmp_options(spec)}",
            "--tmpfs", f"{SHM}:rw,noexec,nosuid,nodev,{SHM_OPTIONS}",
            "--pids-limit", str(2 * PROCESSES), "--memory", memory, "--memory-swap", memory,
            "--ulimit", "core=0", "--security-opt", "no-new-privileges", "--cap-drop", "ALL",
            # A room has nothing to save, so an engine that stops need not wait for it.
            "--stop-signal", "KILL",
        ]  # fmt: skip
        argv += [f"--cap-add={capability}" for capability in _CAPABILITIES]
        if (store := projects_of(spec)) is not None:
            argv += ["--mount", f"type=bind,source={store},target={PROJECTS},readonly"]
        argv += [f"--env={key}={value}" for key, value in environment_of(spec).items()]
        if spec.toolchain in self._brought:
            # An image of somebody else's may name another user, and the agent needs this one.
            argv += ["--user", "0:0"]
        argv += ["--entrypoint", "python3", image, "-c", ship.BOOTSTRAP]
        return Command(
            argv,
            settings(spec, "uid", list(_CAPABILITIES.values())),
            remove=("docker", "rm", "--force", name),
        )

    def check(self) -> None:
        """Raise `SandboxError` if no engine answers."""
        version()

    def describe(self) -> Mapping[str, str]:
        """Engine version and image digests."""
        digests = {f"image {name}": digest for name, digest in sorted(self._images.items())}
        digests |= {f"tools {name}": own.version for name, own in self._brought.items()}
        return {"engine": self.name, "version": self._version, "isolation": "uid", **digests}

    def sweep(self) -> int:
        """Remove the containers whose owner is gone."""
        listing = run(
            "ps", "--all", "--filter", f"label={_LABEL}",
            "--format", '{"id": "{{.ID}}", "owner": "{{.Label "' + _LABEL + '"}}"}',
        )  # fmt: skip
        rooms = [json.loads(line) for line in listing.splitlines()]
        dead = [room["id"] for room in rooms if _is_gone(room["owner"])]
        if dead:
            # One that is just ending by itself is gone before it can be removed.
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(
                    ["docker", "rm", "--force", *dead],
                    check=False,
                    capture_output=True,
                    timeout=images.PATIENCE,
                )
        return len(dead)

    def _image(self, toolchain: str) -> str:
        if toolchain not in self._images:
            own = self._brought.get(toolchain)
            if own is None and (known := languages().get(toolchain)) and known.brought:
                raise SandboxError(
                    f"The {toolchain!r} sandbox has no tools of its own, and none were named."
                )
            if own is not None and not own.image:
                raise SandboxError(
                    f"The tools of the {toolchain!r} sandbox are folders of this machine, which "
                    "Docker cannot show. Use --sandbox bubblewrap, or name an image that has them."
                )
            digest = images.inspect(own.image) if own else images.digest(toolchain)
            if digest is None:
                self.check()  # An engine that is gone has no images either.
            if own and digest is None:
                raise SandboxError(
                    f"There is no image {own.image!r} here. Run `docker pull {own.image}`, or "
                    "build it."
                )
            if digest is None:
                raise SandboxError(
                    f"The image of the {toolchain!r} sandbox is missing. "
                    f"Run `ucb sandbox build {toolchain}`."
                )
            self._images[toolchain] = digest
        return self._images[toolchain]


def _compiler_mib(toolchain: str) -> int:
    known = languages().get(toolchain)
    return known.compiler.memory if known and known.compiler else 0


def run(*args: str) -> str:
    """Run a docker command; raise `SandboxError` with what it said if it fails."""
    try:
        done = subprocess.run(
            ["docker", *args],
            check=False,
            capture_output=True,
            text=True,
            timeout=images.PATIENCE,
        )
    except FileNotFoundError:
        raise SandboxError(
            "There is no docker command. Install Docker, or use bubblewrap."
        ) from None
    except subprocess.TimeoutExpired:
        raise SandboxError(images.SILENT) from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise SandboxError(f"docker {args[0]} failed: {said[-1] if said else done.returncode}")
    return done.stdout


def version() -> str:
    """The engine's version; raise `SandboxError` if none answers."""
    return run("version", "--format", "{{.Server.Version}}").strip()


def available() -> bool:
    """Whether a Docker engine answers."""
    if shutil.which("docker") is None:
        return False
    try:
        version()
    except SandboxError:
        return False
    return True


def owner() -> str:
    """Name this process for good: pids are reused, and other machines have the same ones."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    namespace = Path("/proc/self/ns/pid").stat().st_ino
    return f"{boot}/{namespace}/{os.getpid()}/{_start_time(os.getpid())}"


def _start_time(pid: int) -> str:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return stat.rpartition(")")[2].split()[19]


def _is_gone(label: str) -> bool:
    boot, namespace, pid, started = label.split("/")
    mine = owner().split("/")
    if [boot, namespace] != mine[:2]:
        return False  # Another machine's, or behind another pid namespace: not for us to judge.
    try:
        return _start_time(int(pid)) != started
    except FileNotFoundError:
        return True
