"""The engines the contract is tested on, and what happens where one is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ucb.sandbox import Sandbox, bubblewrap, docker, images
from ucb.sandbox.engine import RoomSpec
from ucb.sandbox.select import open_sandbox

SPEC = RoomSpec("python", 1024)
ENGINES = [
    pytest.param("docker", marks=pytest.mark.docker),
    pytest.param("bubblewrap", marks=pytest.mark.bubblewrap),
]


def require(engine: str) -> None:
    """Skip, and say so, where the engine is missing; fail where it must not be."""
    problem = _missing(engine)
    if not problem:
        return
    if os.environ.get(f"UCB_REQUIRE_{engine.upper()}") == "1":
        pytest.fail(f"{problem}, and UCB_REQUIRE_{engine.upper()}=1")
    pytest.skip(problem)


def _missing(engine: str) -> str:
    if engine == "bubblewrap":
        return "" if bubblewrap.available() else "bubblewrap does not work here"
    if not docker.available():
        return "no Docker engine answers"
    if images.digest("python") is None:
        return "the python image is not built (`ucb sandbox build python`)"
    return ""


def lacks(toolchain: str) -> None:
    """Skip where an image is not built; fail where `UCB_REQUIRE_IMAGES` names it."""
    problem = f"the {toolchain} image is not built (`ucb sandbox build {toolchain}`)"
    if {toolchain, "all"} & set(os.environ.get("UCB_REQUIRE_IMAGES", "").split(",")):
        pytest.fail(f"{problem}, and UCB_REQUIRE_IMAGES names it")
    pytest.skip(problem)


def room_of(toolchain: str) -> Iterator[Sandbox]:
    """One Docker room for all programs of a toolchain, so that they meet the same compiler."""
    if not docker.available() or images.digest(toolchain) is None:
        lacks(toolchain)
    sandbox = open_sandbox("docker", 1, deduplicate=False)
    yield sandbox
    sandbox.close()


def one_room(engine: str) -> Iterator[Sandbox]:
    """A sandbox of one room that runs every program."""
    require(engine)
    sandbox = open_sandbox(engine, 1, deduplicate=False)
    yield sandbox
    sandbox.close()
