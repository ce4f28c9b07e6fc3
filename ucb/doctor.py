"""What works on this machine, what does not, and what to do about it."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement

from ucb import plugins
from ucb.defects4j import installation
from ucb.errors import ConfigError, SandboxError, UCBError
from ucb.fetch import cache_dir, offline
from ucb.languages import languages
from ucb.sandbox import bubblewrap, docker, images
from ucb.sandbox.engine import Engine, RoomSpec
from ucb.sandbox.select import engine
from ucb.task import Task

GIB = 1 << 30
_ROOM = GIB
"""Bytes that a room's program may use in most benchmarks."""
_SPACE = {"cache": 2 * GIB, "results": GIB, "temporary files": GIB}
"""Bytes that should be free in each folder."""
_KEYS = {
    "OPENAI_API_KEY": "--backend openai needs it for OpenAI's own API",
    "ANTHROPIC_API_KEY": "--backend anthropic needs it for Anthropic's own API",
    "HF_TOKEN": "models and datasets that the Hugging Face hub gates need it",
}


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be found out."""

    tasks: Sequence[Task] = ()
    """Benchmarks, configured, that are to run here; none for a look at the machine."""
    sandbox: str = "auto"
    defects4j: str = ""
    results: Path = Path("results")
    """Where run folders are to be."""


def examine(wanted: Wanted) -> Iterator[Finding]:
    """Look at everything, and yield a finding for each thing; nothing is downloaded or changed."""
    yield from _python()
    yield from _docker()
    yield from _bubblewrap()
    yield from _sandbox(wanted)
    yield from _gpu()
    yield from _keys()
    yield from _space(wanted)
    yield from _memory()
    yield from _plugins()
    yield from _defects4j(wanted)
    if wanted.tasks:
        yield from _tasks(wanted)
    else:
        yield from _data()


def _ok(subject: str, text: str, *, needed: bool = False) -> Finding:
    return Finding(Level.OK, subject, text, needed=needed)


def _note(subject: str, text: str, advice: str = "") -> Finding:
    return Finding(Level.NOTE, subject, text, advice)


def _problem(subject: str, text: str, advice: str, *, needed: bool = False) -> Finding:
    return Finding(Level.PROBLEM, subject, text.rstrip("."), advice, needed)


def _python() -> Iterator[Finding]:
    yield _ok("python", f"Python {platform.python_version()}, UCB {version('ucb')}")
    whole: list[str] = []
    lacking: list[str] = []
    for extra in distribution("ucb").metadata.get_all("Provides-Extra") or []:
        (whole if _installed(extra) else lacking).append(extra)
    said = f"installed: {', '.join(whole) or 'none'}"
    if lacking:
        advice = f"`pip install 'ucb[{lacking[0]}]'` installs one."
        yield _note("extras", f"{said}; not or not wholly: {', '.join(lacking)}", advice)
    else:
        yield _ok("extras", said)


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


def _docker() -> Iterator[Finding]:
    if shutil.which("docker") is None:
        yield _note(
            "docker",
            "there is no docker command; languages with an image need it",
            "Install Docker Engine (https://docs.docker.com/engine/install) to run them.",
        )
        return
    try:
        yield _ok("docker", f"Docker Engine {docker.version()} answers")
    except SandboxError as error:
        if "permission denied" in str(error).lower():
            advice = (
                "Add yourself to the group docker (`sudo usermod -aG docker $USER`); log in again."
            )
        else:
            advice = "Start the engine: `sudo systemctl start docker`."
        yield _problem("docker", str(error), advice)
        return
    yield from _cgroups()
    yield from _images()


def _cgroups() -> Iterator[Finding]:
    try:
        told = docker.run("info", "--format", "{{.CgroupVersion}} {{.MemoryLimit}} {{.PidsLimit}}")
    except SandboxError as error:
        yield _note("docker limits", f"the engine does not say what it can bound ({error})")
        return
    cgroups, *can = told.split()
    lacking = [
        what for what, yes in zip(("memory", "processes"), can, strict=False) if yes != "true"
    ]
    if lacking:
        yield _problem(
            "docker limits",
            f"the engine cannot bound the {' and '.join(lacking)} of a program",
            "Enable these cgroup controllers (kernel parameters `cgroup_enable=memory "
            "systemd.unified_cgroup_hierarchy=1`), and restart.",
        )
    else:
        yield _ok("docker limits", f"memory and processes are bounded (cgroup {cgroups})")


def _images() -> Iterator[Finding]:
    found = list(images.status())
    built = [each.toolchain for each in found if each.digest]
    yield _ok("images", f"{len(built)} of {len(found)} built: {', '.join(built) or 'none'}")
    if missing := [each.toolchain for each in found if each.digest is None]:
        advice = (
            "`ucb doctor TASK` says which a benchmark needs, `ucb sandbox build NAME` builds it."
        )
        yield _note("images", f"not built: {', '.join(missing)}", advice)


def _bubblewrap() -> Iterator[Finding]:
    how = "as root" if os.geteuid() == 0 else "as an ordinary user"
    try:
        bubblewrap.find.cache_clear()
        path = bubblewrap.find()
    except SandboxError as error:
        sentence, _, advice = str(error).partition(". ")
        yield _problem("bubblewrap", sentence, advice or "Use Docker.")
        return
    yield _ok("bubblewrap", f"{path} runs an isolated program {how}")


def _sandbox(wanted: Wanted) -> Iterator[Finding]:
    """Whether anything can be run at all: the one thing that every use of UCB needs."""
    try:
        yield _ok(
            "sandbox",
            f"--sandbox {wanted.sandbox} uses {engine(wanted.sandbox, {}).name}",
            needed=True,
        )
    except SandboxError as error:
        sentence, _, advice = str(error).partition(". ")
        yield _problem("sandbox", sentence, advice, needed=True)


def _gpu() -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        yield _note(
            "gpu",
            "torch is not installed, so no model runs here (--backend hf)",
            "`pip install 'ucb[hf]'` installs it.",
        )
        return
    import torch  # noqa: PLC0415 (it may not be installed, and takes seconds)

    if count := torch.cuda.device_count():
        names = sorted({torch.cuda.get_device_name(n) for n in range(count)})
        yield _ok("gpu", f"torch {torch.__version__} sees {count}: {', '.join(names)}")
    elif torch.backends.mps.is_available():
        yield _ok("gpu", f"torch {torch.__version__} sees Apple's GPU (--device mps)")
    elif shutil.which("nvidia-smi"):
        yield _problem(
            "gpu",
            f"an NVIDIA driver is here, and torch {torch.__version__} does not see its GPU",
            "Install a CUDA build of torch: https://pytorch.org/get-started.",
        )
    else:
        yield _note("gpu", f"torch {torch.__version__} sees no GPU; models run on the CPU")


def _keys() -> Iterator[Finding]:
    for name, use in _KEYS.items():
        if os.environ.get(name):
            yield _ok("keys", f"{name} is set")
        else:
            yield _note("keys", f"{name} is not set; {use}")


def _space(wanted: Wanted) -> Iterator[Finding]:
    temporary = Path(tempfile.gettempdir())
    folders = {"cache": cache_dir(), "results": wanted.results, "temporary files": temporary}
    others = {"cache": "UCB_CACHE_DIR", "results": "--out", "temporary files": "TMPDIR"}
    for name, folder in folders.items():
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        free = shutil.disk_usage(there).free
        said = f"{free / GIB:,.1f} GiB are free in {folder} ({name})"
        other = f"or name another folder with {others[name]}."
        if not os.access(there, os.W_OK):
            text = f"{folder} ({name}) cannot be written"
            yield _problem("disk", text, f"Allow it, {other}", needed=True)
        elif free < _SPACE[name]:
            wish = f"Free {_SPACE[name] / GIB:,.0f} GiB, {other}"
            yield _problem("disk", said, wish, needed=True)
        else:
            yield _ok("disk", said)


def _memory() -> Iterator[Finding]:
    available, cores = _available(), len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count() or 1
    if available is None:
        yield _note("memory", f"{cores} CPUs; how much memory is free is not known on this system")
        return
    said = f"{available / GIB:,.1f} GiB are available, for {cores} CPUs"
    if available < _ROOM:
        yield _problem("memory", said, "A program may use 1 GiB: free some.")
    elif available < cores * _ROOM:
        fitting = available // _ROOM
        yield _note(
            "memory",
            f"{said}, of which each may run a program of 1 GiB",
            f"Use --workers {fitting}.",
        )
    else:
        yield _ok("memory", said)


_LINUX = platform.system() == "Linux"


def _available() -> int | None:
    """Return the bytes that programs could have without swapping, if the system says."""
    table = Path("/proc/meminfo")
    if not table.is_file():
        return None
    lines = dict(line.split(":", 1) for line in table.read_text(encoding="ascii").splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024


def _plugins() -> Iterator[Finding]:
    if faults := plugins.faults():
        for fault in faults:
            advice = "Repair it, or uninstall its package; until then its tasks stop every command."
            yield _problem("plugins", fault, advice)
    else:
        yield _ok("plugins", f"backends: {', '.join(plugins.backends())}")


def _defects4j(wanted: Wanted) -> Iterator[Finding]:
    if not wanted.defects4j and shutil.which("defects4j") is None:
        yield _note("defects4j", "no Defects4J; CodeUJB needs one", "See docs/defects4j.md.")
        return
    state = installation.check(wanted.defects4j)
    for sentence in state.missing:
        advice = "See docs/defects4j.md."
        yield _problem("defects4j", sentence, advice, needed=bool(wanted.defects4j))
    if not state.missing:
        yield _ok("defects4j", " ".join(("Defects4J works", state.version)).strip())
    for sentence in state.notes:
        yield _note("defects4j", sentence.rstrip("."))


def _data() -> Iterator[Finding]:
    if folder := os.environ.get("UCB_DATA_DIR"):
        if Path(folder).is_dir():
            yield _ok("data", f"UCB_DATA_DIR is {folder}")
        else:
            text = f"UCB_DATA_DIR is {folder!r}, which is not a folder"
            yield _problem("data", text, "Unset it, or make it one.")
    families: dict[str, list[Task]] = {}
    for task in _known():
        families.setdefault(task.name.partition("/")[0], []).append(task)
    for family, tasks in families.items():
        lacking = {task.name: said for task in tasks if (said := _read(task)[1])}
        if not lacking:
            yield _ok("data", f"{family} is here")
        else:
            some = f"{len(lacking)} of {len(tasks)} are not here" if len(tasks) > 1 else "not here"
            name, why = next(iter(lacking.items()))
            yield _note(
                "data",
                f"{family}: {some} ({name}: {_short(why)})",
                f"`ucb data {family}` fetches it.",
            )


def _known() -> Iterable[Task]:
    try:
        return plugins.tasks().values()
    except ConfigError:  # A plugin's, which has a finding of its own.
        return ()


def _read(task: Task) -> tuple[frozenset[str], str]:
    try:
        with offline():
            found = {problem.language for problem in task.problems()}
    except UCBError as error:
        return frozenset(), str(error)
    return frozenset(found) if task.executes else frozenset(), ""


def _short(sentence: str) -> str:
    return sentence.partition(". ")[0].rstrip(".")


def _tasks(wanted: Wanted) -> Iterator[Finding]:
    for task in wanted.tasks:
        toolchains, lacking = _read(task)
        if lacking:
            advice = f"`ucb data {task.name}` fetches it, or says how it is had."
            yield _problem(task.name, f"its data: {_short(lacking)}", advice, needed=True)
            continue
        yield _ok(task.name, "its data are here", needed=True)
        if not task.executes:
            yield _ok(task.name, "its answers are judged by reading them", needed=True)
            continue
        try:
            rooms = engine(wanted.sandbox, task.brought())
        except UCBError as error:
            sentence, _, advice = str(error).partition(". ")
            yield _problem(task.name, sentence, advice, needed=True)
            continue
        for toolchain in sorted(toolchains):
            yield _room(task.name, toolchain, rooms)


def _room(task: str, toolchain: str, rooms: Engine) -> Finding:
    """Whether an engine can open a room for a task's programs."""
    try:
        rooms.room(RoomSpec(toolchain, _ROOM >> 20))
    except SandboxError as error:
        sentence, _, advice = str(error).partition(". ")
        return _problem(task, sentence, advice, needed=True)
    known = languages().get(toolchain)
    if rooms.name == bubblewrap.Bubblewrap.name and known is not None:
        for mode in known.modes.values():
            for command in (mode.check[0], mode.run[0]):
                if "{" not in command and not shutil.which(command):
                    return _problem(
                        task,
                        f"there is no command {command} here, which its programs need",
                        f"Install it, or run `ucb sandbox build {toolchain}` and use Docker.",
                        needed=True,
                    )
    return _ok(task, f"{rooms.name} runs its programs ({toolchain})", needed=True)
