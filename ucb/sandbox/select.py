"""Which sandbox to use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ucb.errors import SandboxError, UnknownName
from ucb.languages import Brought
from ucb.sandbox import bubblewrap, docker, images
from ucb.sandbox.engine import Engine
from ucb.sandbox.pool import Pool
from ucb.types import Execution, Key, Program

_ENGINES = ("auto", "docker", "bubblewrap")


class Unneeded:
    """The sandbox of tasks that run nothing: it opens no engine and refuses every program."""

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        """Raise `SandboxError` for the first program; there must be none."""
        for key, _ in programs:
            raise SandboxError(f"{key.problem} has a program to run, and no sandbox was opened.")
        yield from ()

    def describe(self) -> Mapping[str, str]:
        """Return nothing: no verdict depends on it."""
        return {}

    def close(self) -> None:
        """Do nothing."""


def open_sandbox(
    name: str = "auto",
    workers: int | None = None,
    *,
    deduplicate: bool = True,
    brought: Mapping[str, Brought] | None = None,
) -> Pool:
    """
    Open a sandbox: `docker`, `bubblewrap`, or `auto` for the first that can run programs.

    `workers` is the number of rooms, by default one per CPU. With `deduplicate`
    equal programs run once. `brought` are the user's own tools, by toolchain, and
    `auto` is what can use them. Raises `UnknownName`, and `SandboxError` with what
    to install: code is never run unisolated.
    """
    return Pool(engine(name, brought or {}), workers, deduplicate=deduplicate)


def engine(name: str, brought: Mapping[str, Brought]) -> Engine:
    """Return what opens the rooms of a sandbox; raise as `open_sandbox` does."""
    if name == "auto" and brought:
        name = "docker" if any(each.image for each in brought.values()) else "bubblewrap"
    if name == "docker":
        return docker.Docker(brought)
    if name == "bubblewrap":
        return bubblewrap.Bubblewrap(brought)
    if name != "auto":
        raise UnknownName("sandbox", name, _ENGINES)
    docker_answers = docker.available()
    if docker_answers and any(image.digest for image in images.status()):
        return docker.Docker()
    if bubblewrap.available():
        return bubblewrap.Bubblewrap()
    if docker_answers:
        return docker.Docker()
    raise SandboxError(
        "Neither Docker nor bubblewrap works here, and code is never run unisolated. "
        "Install one: `apt-get install bubblewrap`, or a Docker engine."
    )
