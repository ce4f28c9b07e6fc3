"""Releases of Java packages among Debian's sources, by `apt`, which checks what it fetches."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ucb.errors import DataError

_SUITES = ("bullseye", "bookworm", "trixie")
_ADDRESS = re.compile(r"^(?:URIs:|deb)\s+(?:\[[^]]*\]\s+)?(\S+/debian/?)(?:\s|$)", re.MULTILINE)
_VERSION = re.compile(r"^(?:Package|Version): (\S+)$", re.MULTILINE)
_REVISION = re.compile(r"^(?:\d+:)?(.*?)(?:[+~](?:dfsg|ds|repack)[\d.]*)?-[^-]*$")


@dataclass(frozen=True, slots=True)
class Release:
    """A source package of one suite."""

    package: str
    version: str
    """Debian's, such as `1.5.0-1`."""

    @property
    def upstream(self) -> str:
        """The authors' own version, such as `1.5.0`."""
        found = _REVISION.match(self.version)
        return found[1] if found else self.version


class Sources:
    """Debian's source packages of some suites, apart from what this machine's apt knows."""

    def __init__(self, folder: Path, suites: Sequence[str] = _SUITES, mirror: str = "") -> None:
        """
        Use `folder` for all that is fetched.

        `mirror` is an address; by default that of this machine's own packages.
        """
        self._folder = folder
        self._suites = suites
        self._mirror = mirror

    def releases(self, package: str) -> tuple[Release, ...]:
        """Return a package's releases, the oldest suite's first; raise `DataError` for none."""
        told = self._apt("apt-cache", "showsrc", "--only-source", package)
        words = _VERSION.findall(told)
        found = {
            Release(name, version): None
            for name, version in zip(words[::2], words[1::2], strict=True)
            if name == package
        }
        if not found:
            raise DataError(f"Debian's {', '.join(self._suites)} have no sources of {package!r}.")
        return tuple(found)

    def archive(self, release: Release) -> Path:
        """Return the authors' archive of a release, fetched if need be; raise `DataError`."""
        folder = self._folder / "sources" / f"{release.package}-{release.upstream}"
        if not self._archives(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._apt(
                "apt-get", "source", "--tar-only", "--download-only",
                f"{release.package}={release.version}",
                cwd=folder,
            )  # fmt: skip
        if not (found := self._archives(folder)):
            raise DataError(f"{release.package} {release.version} has no archive of its authors'.")
        return found[0]

    @staticmethod
    def _archives(folder: Path) -> list[Path]:
        return sorted(path for path in folder.glob("*.orig.tar.*") if path.suffix != ".asc")

    @cached_property
    def _options(self) -> list[str]:
        """Return how apt is kept to this folder, its lists fetched if need be."""
        lists, cache = self._folder / "lists", self._folder / "cache"
        for path in (lists / "partial", cache / "archives" / "partial"):
            path.mkdir(parents=True, exist_ok=True)
        table = self._folder / "sources.list"
        mirror = self._mirror or _own_mirror()
        text = "".join(f"deb-src {mirror} {suite} main\n" for suite in self._suites)
        pairs = {
            "Dir::Etc::sourcelist": table, "Dir::Etc::sourceparts": "-",
            "Dir::State::lists": lists, "Dir::Cache": cache, "APT::Sandbox::User": "",
        }  # fmt: skip
        options = [word for key, value in pairs.items() for word in ("-o", f"{key}={value}")]
        if not table.is_file() or table.read_text("utf-8") != text:
            table.write_text(text, "utf-8")
            try:
                _run(["apt-get", *options, "update"], self._folder)
            except DataError:
                table.unlink()
                raise
        return options

    def _apt(self, command: str, *words: str, cwd: Path | None = None) -> str:
        return _run([command, *self._options, *words], cwd or self._folder)


def _own_mirror() -> str:
    """Return the address that this machine's packages come from."""
    places = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for place in places:
        if place.is_file() and (found := _ADDRESS.search(place.read_text("utf-8"))):
            return found[1]
    raise DataError("This machine names no mirror of Debian. Name one with --mirror.")


def _run(argv: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(
            argv, check=False, capture_output=True, text=True, cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except FileNotFoundError:
        raise DataError(f"{argv[0]} is missing: Debian's sources are fetched with it.") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise DataError(f"{argv[0]} failed: {said[-1] if said else done.returncode}")
    return done.stdout
