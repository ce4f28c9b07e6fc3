"""Where the user's Defects4J is, what is missing of it, and how its commands are run."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Self

from ucb.errors import ConfigError, DataError
from ucb.languages import Brought

log = logging.getLogger("ucb")

INSTRUCTIONS = "https://github.com/rjust/defects4j#setting-up-defects4j"
TIME_ZONE = "America/Los_Angeles"
"""Its bugs are reproducible in this one only."""
_JAVA = {"1": "7", "2": "8", "3": "11"}
"""The version of Java that each major version of Defects4J is made for."""
_OLDEST = (3, 9)
"""The version of Python that the agent of a room needs."""
_TRUSTING_GIT = {
    # Its repositories may be another user's, such as the image's.
    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
}  # fmt: skip
_LOOK = r"""
for tool in java perl git tar svn; do command -v "$tool" >/dev/null && echo "tool $tool"; done
python3 -c 'import sys; print("python %d.%d" % sys.version_info[:2])' 2>/dev/null
java -version 2>&1 | sed -n '1s/^/java /p'
command=$(command -v defects4j) || exit 0
echo "command $command"
home=$(dirname "$(dirname "$(dirname "$(readlink -f "$command")")")")
tag=$(git -C "$home" describe --tags --exact-match 2>/dev/null)
[ -n "$tag" ] || tag=$(grep -m 1 -oE 'v?[0-9]+\.[0-9]+\.[0-9]+' "$home/CHANGELOG.md" 2>/dev/null)
echo "version $tag"
said=$(defects4j pids 2>&1 || defects4j info -p Lang 2>&1) && echo works && exit 0
echo "said $(printf '%s\n' "$said" | grep . | tail -n 1)"
"""


@dataclass(frozen=True, slots=True)
class State:
    """What a look at an installation has found."""

    missing: tuple[str, ...] = ()
    """Sentences: why it cannot be used."""
    notes: tuple[str, ...] = ()
    """Sentences: what some of its bugs need."""
    version: str = ""
    """Such as `v3.0.1`; empty if it does not say."""
    java: str = ""
    """What `java -version` says first."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A Defects4J that works: a folder of this machine, or an image that has one."""

    image: str = ""
    home: Path | None = None
    """Its own folder, where it is one of this machine."""
    state: State = field(default=State(), compare=False)

    @classmethod
    def open(cls, named: str = "") -> Self:
        """
        Find what `--defects4j` names: a folder, a command or an image; empty for the PATH's.

        Raises `ConfigError` with what is missing.
        """
        found = _find(named)
        state = look(found.image, found.home)
        if state.missing:
            where = found.image or found.home
            raise ConfigError(f"Defects4J cannot be used ({where}): {' '.join(state.missing)}")
        for note in state.notes:
            log.warning("%s", note)
        return cls(found.image, found.home, state)

    def brought(self) -> Brought:
        """Return what rooms need of it."""
        if self.home is None:
            return Brought(image=self.image, version=self._about())
        folders, path = [self.home], [str(self.home / "framework" / "bin")]
        environment = {}
        if java := _java_home():
            folders.append(java)
            path.append(str(java / "bin"))
            environment["JAVA_HOME"] = str(java)
        if libraries := os.environ.get("PERL5LIB"):
            folders += [Path(each) for each in libraries.split(":") if Path(each).is_dir()]
            environment["PERL5LIB"] = libraries
        return Brought("", tuple(folders), tuple(path), environment, self._about())

    def identity(self) -> str:
        """Return the digest that names its checkouts: of where it is, its version and its Java."""
        where = self.image or str(self.home)
        return hashlib.sha256(f"{where}\n{self._about()}".encode()).hexdigest()[:12]

    def output(self, script: str, *, what: str) -> str:
        """Run a shell script that may use `defects4j`; return its stdout.

        Raises `DataError` that begins with `what` if it fails.
        """
        with self.streaming(script, what=what) as stdout:
            return stdout.read().decode("utf-8", "replace")

    @contextmanager
    def streaming(self, script: str, *, what: str) -> Iterator[IO[bytes]]:
        """Run a shell script, and give its stdout to be read while it runs; raise as `output`."""
        argv, environment = _command(self.image, self.home, script)
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                env=environment,
            )  # fmt: skip
            if process.stdout is None:
                raise DataError(f"{what}: it has no stdout.")
            with process.stdout as stdout:
                try:
                    yield stdout
                except BaseException:
                    process.kill()
                    process.wait()
                    raise
                # A writer that is not read to its end never ends.
                while stdout.read(1 << 16):
                    pass
            if process.wait():
                errors.seek(0)
                lines = errors.read().decode("utf-8", "replace").strip().splitlines()
                said = lines[-1].strip()[:300] if lines else f"exit status {process.returncode}"
                raise DataError(f"{what}: {said}")

    def _about(self) -> str:
        return ", ".join(filter(None, (self.state.version, self.state.java)))


def check(named: str = "") -> State:
    """Say of what `--defects4j` names what `Installation.open` would: for `ucb doctor`."""
    try:
        found = _find(named)
    except ConfigError as error:
        return State((str(error),))
    return look(found.image, found.home)


@cache
def look(image: str, home: Path | None) -> State:
    """Find out what is missing of an installation, without an exception."""
    argv, environment = _command(image, home, _LOOK, user="12345:12345")
    try:
        done = subprocess.run(argv, check=False, capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        return State((f"There is no {argv[0]} command here.",))
    if done.returncode and image:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        said = next((line for line in lines if "rror" in line), lines[0])
        return State(
            (f"{image} is no folder, no command, and no image that runs: {said.rstrip('.')}.",)
        )
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        key, _, value = line.partition(" ")
        found.setdefault(key, []).append(value.strip())
    return _judged(found, image)


def _judged(found: Mapping[str, list[str]], image: str) -> State:
    tools = found.get("tool", [])
    where = "the image" if image else "this machine"
    missing = [
        f"There is no {name} on the PATH of {where}."
        for name in ("perl", "java", "git", "tar")
        if name not in tools
    ]
    python = next(iter(found.get("python", [])), "")
    if image and not python:
        missing.append("The image has no python3, which rooms need: add Debian's package python3.")
    elif image and tuple(map(int, python.split("."))) < _OLDEST:
        missing.append(f"The image has Python {python}, and rooms need 3.9 or newer.")
    if "command" not in found:
        missing.append(f"There is no defects4j on the PATH of {where}. See {INSTRUCTIONS}.")
    elif "works" not in found:
        said = next(iter(found.get("said", [])), "nothing")
        missing.append(f"`defects4j` does not work; it says: {said} See {INSTRUCTIONS}.")
    notes = []
    if "svn" not in tools:
        notes.append(f"There is no svn on the PATH of {where}: bugs of Chart cannot be had.")
    version = next(iter(found.get("version", [])), "")
    java = next(iter(found.get("java", [])), "")
    if note := _wrong_java(version, java):
        notes.append(note)
    return State(tuple(missing), tuple(notes), version, java)


def _wrong_java(version: str, java: str) -> str:
    major, spoken = re.match(r"v?(\d+)", version), re.search(r'"(?:1\.)?(\d+)', java)
    wanted = _JAVA.get(major[1]) if major else None
    if wanted is None or spoken is None or spoken[1] == wanted:
        return ""
    return (
        f"Defects4J {version} is made for Java {wanted}, and this is Java {spoken[1]}: bugs may "
        "not be reproducible. Set JAVA_HOME and PATH."
    )


def _find(named: str) -> Installation:
    if not named:
        on_path = shutil.which("defects4j")
        if on_path is None:
            raise ConfigError(
                "There is no defects4j command on the PATH. Name your installation's folder, or a "
                f"Docker image that has one, with --defects4j; {INSTRUCTIONS} says how to install."
            )
        return Installation(home=_home(Path(on_path)))
    path = Path(named).expanduser()
    if path.is_dir():
        return Installation(home=_home(path / "framework" / "bin" / "defects4j"))
    if path.is_file():
        return Installation(home=_home(path))
    if named.startswith(("/", ".", "~")):
        raise ConfigError(f"There is no Defects4J in {named}: no such file or folder.")
    if command := shutil.which(named):
        return Installation(home=_home(Path(command)))
    return Installation(image=named)


def _home(command: Path) -> Path:
    """Return the folder that a command belongs to."""
    real = command.resolve()
    if not real.is_file() or real.parent.parts[-2:] != ("framework", "bin"):
        raise ConfigError(
            f"{command} is not Defects4J's command, which is in framework/bin of its folder. Name "
            "that folder with --defects4j."
        )
    return real.parents[2]


def _java_home() -> Path | None:
    """Return the folder of the Java that commands of this machine use, if a room lacks it."""
    if (named := os.environ.get("JAVA_HOME")) and Path(named, "bin", "java").is_file():
        return Path(named).resolve()
    command = shutil.which("java")
    home = Path(command).resolve().parents[1] if command else None
    return None if home is None or home.is_relative_to("/usr") else home


def _command(
    image: str, home: Path | None, script: str, user: str = "0:0"
) -> tuple[list[str], Mapping[str, str]]:
    """Return how a script is run, and the variables of the process that does."""
    variables = {**_TRUSTING_GIT, "TZ": TIME_ZONE}
    if home is None:
        given = [f"--env={name}={value}" for name, value in {**variables, "HOME": "/tmp"}.items()]  # noqa: S108 (in a container)
        argv = ["docker", "run", "--rm", "--pull", "never", "--network", "none", "--user", user]
        return [*argv, *given, "--entrypoint", "sh", image, "-c", script], os.environ
    path = [str(home / "framework" / "bin"), os.environ.get("PATH", os.defpath)]
    if java := _java_home():
        path.insert(1, str(java / "bin"))
    return ["sh", "-c", script], {**os.environ, **variables, "PATH": ":".join(path)}
