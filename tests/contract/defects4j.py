"""The stub of Defects4J, as a folder and as an image, and rooms that have it."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.contract import sandboxes
from ucb.defects4j.copies import Copy, WorkingCopies
from ucb.defects4j.installation import Installation, look
from ucb.defects4j.suite import TOOLCHAIN
from ucb.sandbox import Sandbox, images
from ucb.sandbox.select import open_sandbox

STUB = Path(__file__).parents[1] / "stub_defects4j"
PROJECT = STUB / "framework" / "projects" / "Till"
_IN_IMAGE = "/defects4j"


def text(path: str) -> str:
    """Return a file of the stub's fixed project."""
    return (PROJECT / "tree" / path).read_text(encoding="utf-8")


@cache
def folder() -> Path:
    """Return the stub's folder, or a copy of it where it is below /tmp, which rooms do not show."""
    if not STUB.is_relative_to("/tmp"):
        return STUB
    place = Path(tempfile.mkdtemp(prefix="ucb-stub-", dir="/var/tmp"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    place.chmod(0o755)
    shutil.copytree(STUB, place / STUB.name)
    return place / STUB.name


def equipped(patch: pytest.MonkeyPatch) -> None:
    """Have the PATH show what a look at the stub's folder is to find: Java and the others."""
    patch.setenv("PATH", f"{folder() / 'tools'}:{os.environ['PATH']}")
    look.cache_clear()


def image() -> str:
    """Return the name of an image that has the stub, made if it is not there."""
    sandboxes.require("docker")
    content = hashlib.sha256(images.tag("python").encode())
    for path in sorted(path for path in STUB.rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts:
            content.update(str(path.relative_to(STUB)).encode() + path.read_bytes())
    name = f"ucb-test-defects4j:{content.hexdigest()[:12]}"
    if images.inspect(name) is None:
        made = _docker("create", images.tag("python"), "true")
        try:
            _docker("cp", str(STUB), f"{made}:{_IN_IMAGE}")
            path = f"{_IN_IMAGE}/framework/bin:{_IN_IMAGE}/tools:/usr/bin:/bin"
            _docker("commit", "--change", f"ENV PATH={path}", made, name)
        finally:
            _docker("rm", made)
    return name


def named(engine: str, patch: pytest.MonkeyPatch) -> str:
    """Return what `--defects4j` is to say for an engine."""
    if engine == "docker":
        return image()
    sandboxes.require(engine)
    equipped(patch)
    return str(folder())


class Rooms:
    """One room with an installation, and the working copies of it."""

    def __init__(self, installation: Installation, sandbox: Sandbox) -> None:
        self.copies = WorkingCopies(installation)
        self.sandbox = sandbox

    def tree(self, bug: str, version: str = "f", *, built: bool = True) -> str:
        """Return the name of a working copy of the stub's project."""
        return self.copies.tree(Copy("Till", bug, "f" if version == "f" else "b"), built=built)


def rooms(engine: str, factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """Yield a room of an engine with the stub, and a store of its own, for a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UCB_CACHE_DIR", str(factory.mktemp("cache")))
        installation = Installation.open(named(engine, patch))
        brought = {TOOLCHAIN: installation.brought()}
        sandbox = open_sandbox(engine, 1, deduplicate=False, brought=brought)
        yield Rooms(installation, sandbox)
        sandbox.close()


def _docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()
