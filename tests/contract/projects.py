"""A store of projects with the installed pytest, and rooms that show it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import files as files_of
from pathlib import Path

import pytest

from tests.contract import sandboxes
from ucb.project import store
from ucb.project.suite import TOOLCHAIN
from ucb.sandbox import Sandbox, images


def cache(factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a cache folder for the time of a module, with what runs tests in its store."""
    with pytest.MonkeyPatch.context() as patch:
        folder = factory.mktemp("cache")
        patch.setenv("UCB_CACHE_DIR", str(folder))
        runner = store() / "env" / "runner" / "site"
        for package in ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "coverage"):
            for file in files_of(package) or ():
                if ".." not in file.parts and "__pycache__" not in file.parts:
                    target = runner / file
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(str(file.locate()), target)
        yield folder


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def one_room(engine: str) -> Iterator[Sandbox]:
    """A sandbox of one room that has the store."""
    if engine == "docker":
        sandboxes.require(engine)
        if images.digest(TOOLCHAIN) is None:
            sandboxes.lacks(TOOLCHAIN)
    elif sys.version_info[:2] != (3, 11):
        pytest.skip("bubblewrap has this Python only, and projects are for 3.11")
    yield from sandboxes.one_room(engine)
