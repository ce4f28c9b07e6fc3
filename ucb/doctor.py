"""What works on this machine: sandboxes, plugins, data and benchmarks; and what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ucb import machine, plugins
from ucb.defects4j import installation
from ucb.errors import ConfigError, SandboxError, UCBError
from ucb.fetch import offline
from ucb.languages import languages
from ucb.machine import ROOM, Finding, note, ok, problem
from ucb.sandbox import bubblewrap, docker, images
from ucb.sandbox.engine import Engine, RoomSpec
from ucb.sandbox.select import engine
from ucb.task import Task


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
    yield from machine.examine(wanted.results)
    yield from _docker()
    yield from _bubblewrap()
    yield from _sandbox(wanted)
    yield from _plugins()
    yield from _defects4j(wanted)
    if wanted.tasks:
        yield from _tasks(wanted)
    else:
        yield from _data()


def _docker() -> Iterator[Finding]:
    if shutil.which("docker") is None:
        yield note(
            "docker",
            "there is no docker command; languages with an image need it",
            "Install Docker Engine (https://docs.docker.com/engine/install) to run them.",
        )
        return
    try:
        yield ok("docker", f"Docker Engine {docker.version()} answers")
    except SandboxError as error:
        if "permission denied" in str(error).lower():
            advice = (
                "Add yourself to the group docker (`sudo usermod -aG docker $USER`); log in again."
            )
        else:
            advice = "Start the engine: `sudo systemctl start docker`."
        yield problem("docker", str(error), advice)
        return
    yield from _cgroups()
    yield from _images()


def _cgroups() -> Iterator[Finding]:
    try:
        told = docker.run("info", "--format", "{{.CgroupVersion}} {{.MemoryLimit}} {{.PidsLimit}}")
    except SandboxError as error:
        yield note("docker limits", f"the engine does not say what it can bound ({error})")
        return
    cgroups, *can = told.split()
    lacking = [
        what for what, yes in zip(("memory", "processes"), can, strict=False) if yes != "true"
    ]
    if lacking:
        yield problem(
            "docker limits",
            f"the engine cannot bound the {' and '.join(lacking)} of a program",
            "Enable these cgroup controllers (kernel parameters `cgroup_enable=memory "
            "systemd.unified_cgroup_hierarchy=1`), and restart.",
        )
    else:
        yield ok("docker limits", f"memory and processes are bounded (cgroup {cgroups})")


def _images() -> Iterator[Finding]:
    found = list(images.status())
    built = [each.toolchain for each in found if each.digest]
    yield ok("images", f"{len(built)} of {len(found)} built: {', '.join(built) or 'none'}")
    if missing := [each.toolchain for each in found if each.digest is None]:
        advice = (
            "`ucb doctor TASK` says which a benchmark needs, `ucb sandbox build NAME` builds it."
        )
        yield note("images", f"not built: {', '.join(missing)}", advice)


def _bubblewrap() -> Iterator[Finding]:
    how = "as root" if os.geteuid() == 0 else "as an ordinary user"
    try:
        bubblewrap.find.cache_clear()
        path = bubblewrap.find()
    except SandboxError as error:
        sentence, _, advice = str(error).partition(". ")
        yield problem("bubblewrap", sentence, advice or "Use Docker.")
        return
    yield ok("bubblewrap", f"{path} runs an isolated program {how}")


def _sandbox(wanted: Wanted) -> Iterator[Finding]:
    """Whether anything can be run at all: the one thing that every use of UCB needs."""
    try:
        yield ok(
            "sandbox",
            f"--sandbox {wanted.sandbox} uses {engine(wanted.sandbox, {}).name}",
            needed=True,
        )
    except SandboxError as error:
        sentence, _, advice = str(error).partition(". ")
        yield problem("sandbox", sentence, advice, needed=True)


def _plugins() -> Iterator[Finding]:
    if faults := plugins.faults():
        for fault in faults:
            advice = "Repair it, or uninstall its package; until then its tasks stop every command."
            yield problem("plugins", fault, advice)
    else:
        yield ok("plugins", f"backends: {', '.join(plugins.backends())}")


def _defects4j(wanted: Wanted) -> Iterator[Finding]:
    if not wanted.defects4j and shutil.which("defects4j") is None:
        yield note("defects4j", "no Defects4J; CodeUJB needs one", "See docs/defects4j.md.")
        return
    state = installation.check(wanted.defects4j)
    for sentence in state.missing:
        advice = "See docs/defects4j.md."
        yield problem("defects4j", sentence, advice, needed=bool(wanted.defects4j))
    if not state.missing:
        yield ok("defects4j", " ".join(("Defects4J works", state.version)).strip())
    for sentence in state.notes:
        yield note("defects4j", sentence.rstrip("."))


def _data() -> Iterator[Finding]:
    if folder := os.environ.get("UCB_DATA_DIR"):
        if Path(folder).is_dir():
            yield ok("data", f"UCB_DATA_DIR is {folder}")
        else:
            text = f"UCB_DATA_DIR is {folder!r}, which is not a folder"
            yield problem("data", text, "Unset it, or make it one.")
    families: dict[str, list[Task]] = {}
    for task in _known():
        families.setdefault(task.name.partition("/")[0], []).append(task)
    for family, tasks in families.items():
        lacking = {task.name: said for task in tasks if (said := _read(task)[1])}
        if not lacking:
            yield ok("data", f"{family} is here")
        else:
            some = f"{len(lacking)} of {len(tasks)} are not here" if len(tasks) > 1 else "not here"
            name, why = next(iter(lacking.items()))
            yield note(
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
            yield problem(task.name, f"its data: {_short(lacking)}", advice, needed=True)
            continue
        yield ok(task.name, "its data are here", needed=True)
        if not task.executes:
            yield ok(task.name, "its answers are judged by reading them", needed=True)
            continue
        try:
            rooms = engine(wanted.sandbox, task.brought())
        except UCBError as error:
            sentence, _, advice = str(error).partition(". ")
            yield problem(task.name, sentence, advice, needed=True)
            continue
        for toolchain in sorted(toolchains):
            yield _room(task.name, toolchain, rooms)


def _room(task: str, toolchain: str, rooms: Engine) -> Finding:
    """Whether an engine can open a room for a task's programs."""
    try:
        rooms.room(RoomSpec(toolchain, ROOM >> 20))
    except SandboxError as error:
        sentence, _, advice = str(error).partition(". ")
        return problem(task, sentence, advice, needed=True)
    known = languages().get(toolchain)
    if rooms.name == bubblewrap.Bubblewrap.name and known is not None:
        for mode in known.modes.values():
            for command in (mode.check[0], mode.run[0]):
                if "{" not in command and not shutil.which(command):
                    return problem(
                        task,
                        f"there is no command {command} here, which its programs need",
                        f"Install it, or run `ucb sandbox build {toolchain}` and use Docker.",
                        needed=True,
                    )
    return ok(task, f"{rooms.name} runs its programs ({toolchain})", needed=True)
