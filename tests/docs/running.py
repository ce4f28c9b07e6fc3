"""Run the blocks of a page as a reader does: write the files, then the commands, in order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.docs.blocks import ROOT, SHELL, Block, Page
from ucb.data import cache_dir

_PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}"
_KEEP = """\
trap 'code=$?; { declare -px; printf "cd %q\\n" "$PWD"; } >"$READER_STATE"; exit $code' EXIT
if [ -s "$READER_STATE" ]; then . "$READER_STATE"; fi
set -eu -o pipefail
"""
"""A reader has one shell: folder and variables stay from block to block."""

# What an installer leaves of a package of one module, without its network and its minutes.
_PIP = """\
import sys, tomllib
from pathlib import Path
words = sys.argv[1:]
assert words in (["install", "."], ["install", "-e", "."]), f"not here: pip {' '.join(words)}"
project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
site = Path(SITE)
(site / f"{project['name']}.pth").write_text(f"{Path.cwd()}\\n")
about = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
about.mkdir(exist_ok=True)
about.joinpath("METADATA").write_text(
    f"Metadata-Version: 2.1\\nName: {project['name']}\\nVersion: {project['version']}\\n"
)
lines = []
for group, names in project.get("entry-points", {}).items():
    lines += [f"[{group}]", *(f"{name} = {value}" for name, value in names.items())]
about.joinpath("entry_points.txt").write_text("\\n".join([*lines, ""]))
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody at a bare machine: a folder, a shell, and UCB installed."""

    home: Path
    """Holds `work`, where commands are given, and what the machine has besides."""

    @property
    def work(self) -> Path:
        """The folder that a page's files are written in."""
        return self.home / "work"

    def follow(self, page: Page) -> None:
        """Do what the page says; raise `AssertionError` at the first block that does not hold."""
        for block in page.blocks:
            if block.title and not block.parsed:
                file = self._folder() / block.title
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text)
            elif block.kind == "console" and not block.parsed:
                for command, told in transcript(block.text):
                    said = self.run(command, block)
                    assert matches(told, said), f"{block.where}: $ {command}\nsaid:\n{said}"
            elif block.kind in SHELL and not block.parsed:
                self.run(block.text, block)

    def run(self, script: str, block: Block) -> str:
        """Run a script and return all that it said; its status must be the block's."""
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-c", _KEEP + script],
            cwd=self.work,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == block.exits, (
            f"{block.where} ended with {done.returncode}, not {block.exits}:\n{done.stdout}"
        )
        return done.stdout

    def _folder(self) -> Path:
        """The folder that the shell is in."""
        found = re.search(r"^cd (.*)$", self._state().read_text(), re.MULTILINE)
        return Path(found[1]) if found else self.work

    def _state(self) -> Path:
        return self.home / "state"

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "UCB_DATA_DIR") if name in os.environ}
        return {
            **kept,
            "PATH": f"{self.home / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": f"{self.home / 'site'}:{self.work if self._in_checkout() else ROOT}",
            "HOME": str(self.home),
            "UCB_CACHE_DIR": str(cache_dir()),
            "PIP_CONFIG_FILE": os.environ.get("PIP_CONFIG_FILE", ""),
            "HF_HUB_OFFLINE": "1",
            # A machine without a Docker engine: programs run in bubblewrap.
            "DOCKER_HOST": "tcp://127.0.0.1:1",
            "READER_STATE": str(self._state()),
        }

    def _in_checkout(self) -> bool:
        return (self.work / "ucb").is_dir()


def reader(home: Path, before: Reader | None = None, *, checkout: bool = False) -> Reader:
    """Set up a machine; one that goes on from another page has that page's files."""
    new = Reader(home)
    for name in ("work", "bin", "site"):
        (home / name).mkdir(parents=True)
    (home / "state").touch()
    if before is not None:
        shutil.copytree(before.work, new.work, dirs_exist_ok=True)
    if checkout:
        _check_out(new.work)
    # `.pth` files count only in a folder that is a site's.
    (home / "site" / "sitecustomize.py").write_text(
        f"import site\nsite.addsitedir({str(home / 'site')!r})\n"
    )
    (home / "bin" / "pip.py").write_text(_PIP.replace("SITE", repr(str(home / "site"))))
    for name, words in (
        ("ucb", f"{sys.executable} -m ucb"),
        ("python", sys.executable),
        ("pip", f"{sys.executable} {home / 'bin' / 'pip.py'}"),
    ):
        command = home / "bin" / name
        command.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        command.chmod(0o755)
    return new


def _check_out(work: Path) -> None:
    """Lay out the repository by links, so that a page can add files and edit nothing."""
    for path in ROOT.iterdir():
        if path.name in {"sandboxes", "tasks"}:
            (work / path.name).mkdir()
            for each in path.iterdir():
                (work / path.name / each.name).symlink_to(each)
        elif not path.name.startswith("."):
            (work / path.name).symlink_to(path)


def transcript(text: str) -> list[tuple[str, str]]:
    """Split a console block into its commands and what each says."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].rstrip("\n"), ""))
        elif found:
            command, told = found[-1]
            if command.endswith("\\"):
                found[-1] = (f"{command}\n{line.rstrip(chr(10))}", told)
            else:
                found[-1] = (command, told + line)
    return found


def matches(told: str, said: str) -> bool:
    """Whether a command said what the page tells; `…` stands for anything."""
    lines = (line.rstrip() for line in told.strip().splitlines())
    pattern = ".*".join(re.escape(part) for part in "\n".join(lines).split("…"))
    cleaned = "\n".join(line.rstrip() for line in said.strip().splitlines())
    return re.fullmatch(pattern, cleaned, re.DOTALL) is not None
