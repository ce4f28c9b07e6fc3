"""What a machine has: Python and extras, GPUs, keys, disk and memory; findings for `ucb doctor`."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement

from ucb.fetch import cache_dir

GIB = 1 << 30
ROOM = GIB
"""Bytes that a room's program may use in most benchmarks."""
_SPACE = {"cache": 2 * GIB, "results": GIB, "temporary files": GIB}
"""Bytes that should be free in each folder."""
_KEYS = {
    "OPENAI_API_KEY": "--backend openai needs it for OpenAI's own API",
    "ANTHROPIC_API_KEY": "--backend anthropic needs it for Anthropic's own API",
    "HF_TOKEN": "models and datasets that the Hugging Face hub gates need it",
}
_LINUX = platform.system() == "Linux"


class Level(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    NOTE = "note"
    """Something is not there that others may need."""
    PROBLEM = "problem"
    """Something does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    subject: str
    text: str
    """A sentence without its full stop."""
    advice: str = ""
    """What to do, as a sentence; empty where nothing is to be done."""
    needed: bool = False
    """What was asked for needs it: if this is a problem, it cannot be run here."""


def ok(subject: str, text: str, *, needed: bool = False) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.OK, subject, text, needed=needed)


def note(subject: str, text: str, advice: str = "") -> Finding:
    """Return a finding that something is not there."""
    return Finding(Level.NOTE, subject, text, advice)


def problem(subject: str, text: str, advice: str, *, needed: bool = False) -> Finding:
    """Return a finding that something does not work."""
    return Finding(Level.PROBLEM, subject, text.rstrip("."), advice, needed)


def _python() -> Iterator[Finding]:
    yield ok("python", f"Python {platform.python_version()}, UCB {version('ucb')}")
    whole: list[str] = []
    lacking: list[str] = []
    for extra in distribution("ucb").metadata.get_all("Provides-Extra") or []:
        (whole if _installed(extra) else lacking).append(extra)
    said = f"installed: {', '.join(whole) or 'none'}"
    if lacking:
        advice = f"`pip install 'ucb[{lacking[0]}]'` installs one."
        yield note("extras", f"{said}; not or not wholly: {', '.join(lacking)}", advice)
    else:
        yield ok("extras", said)


def _installed(extra: str) -> bool:
    """Whether all that an extra requires is here, in a version that will do."""
    for text in distribution("ucb").requires or []:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or not marker.evaluate({"extra": extra}):
            continue
        try:
            if version(requirement.name) not in requirement.specifier:
                return False
        except PackageNotFoundError:
            return False
    return True


def _gpu() -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        yield note(
            "gpu",
            "torch is not installed, so no model runs here (--backend hf)",
            "`pip install 'ucb[hf]'` installs it.",
        )
        return
    import torch  # noqa: PLC0415 (it may not be installed, and takes seconds)

    if count := torch.cuda.device_count():
        names = sorted({torch.cuda.get_device_name(n) for n in range(count)})
        yield ok("gpu", f"torch {torch.__version__} sees {count}: {', '.join(names)}")
    elif torch.backends.mps.is_available():
        yield ok("gpu", f"torch {torch.__version__} sees Apple's GPU (--device mps)")
    elif shutil.which("nvidia-smi"):
        yield problem(
            "gpu",
            f"an NVIDIA driver is here, and torch {torch.__version__} does not see its GPU",
            "Install a CUDA build of torch: https://pytorch.org/get-started.",
        )
    else:
        yield note("gpu", f"torch {torch.__version__} sees no GPU; models run on the CPU")


def _keys() -> Iterator[Finding]:
    for name, use in _KEYS.items():
        if os.environ.get(name):
            yield ok("keys", f"{name} is set")
        else:
            yield note("keys", f"{name} is not set; {use}")


def _space(results: Path) -> Iterator[Finding]:
    temporary = Path(tempfile.gettempdir())
    folders = {"cache": cache_dir(), "results": results, "temporary files": temporary}
    others = {"cache": "UCB_CACHE_DIR", "results": "--out", "temporary files": "TMPDIR"}
    for name, folder in folders.items():
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        free = shutil.disk_usage(there).free
        said = f"{free / GIB:,.1f} GiB are free in {folder} ({name})"
        other = f"or name another folder with {others[name]}."
        if not os.access(there, os.W_OK):
            text = f"{folder} ({name}) cannot be written"
            yield problem("disk", text, f"Allow it, {other}", needed=True)
        elif free < _SPACE[name]:
            wish = f"Free {_SPACE[name] / GIB:,.0f} GiB, {other}"
            yield problem("disk", said, wish, needed=True)
        else:
            yield ok("disk", said)


def _memory() -> Iterator[Finding]:
    available, cores = _available(), len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count() or 1
    if available is None:
        yield note("memory", f"{cores} CPUs; how much memory is free is not known on this system")
        return
    said = f"{available / GIB:,.1f} GiB are available, for {cores} CPUs"
    if available < ROOM:
        yield problem("memory", said, "A program may use 1 GiB: free some.")
    elif available < cores * ROOM:
        fitting = available // ROOM
        yield note(
            "memory",
            f"{said}, of which each may run a program of 1 GiB",
            f"Use --workers {fitting}.",
        )
    else:
        yield ok("memory", said)


def _available() -> int | None:
    """Return the bytes that programs could have without swapping, if the system says."""
    table = Path("/proc/meminfo")
    if not table.is_file():
        return None
    lines = dict(line.split(":", 1) for line in table.read_text(encoding="ascii").splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024


def examine(results: Path) -> Iterator[Finding]:
    """Look at the machine; `results` is where run folders are to be."""
    yield from _python()
    yield from _gpu()
    yield from _keys()
    yield from _space(results)
    yield from _memory()
