"""What a release needs to run: wheels pinned by sha256, and folders made of them.

pip resolves and installs, from the index it is configured for. Only wheels are taken, so that
nothing is built and no code of a package runs on this machine.
"""

from __future__ import annotations

import errno
import json
import logging
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ucb.errors import DataError
from ucb.fetch import cache_dir, digest_of_text, require_network, sha256
from ucb.mine.sdist import Metadata
from ucb.project import ENVIRONMENTS, store

log = logging.getLogger("ucb")

TEST_EXTRAS = ("test", "tests", "testing")
"""Extras and dependency groups that are for running a package's tests."""
DEVELOPMENT_EXTRA = "dev"
"""Taken where there is none of `TEST_EXTRAS`, without the tools that tests do not import."""

_TOOLS = re.compile(
    r"black|build|bump2version|bumpversion|codecov|codespell|commitizen|coveralls|flit|furo"
    r"|interrogate|isort|mypy|nox|pdbpp|pre-commit|pylint|pyright|pyroma|pyupgrade|ruff"
    r"|towncrier|twine|uv|wheel|(flake8|hatch|mkdocs|pytest-mypy|sphinx|tox)(-.*)?|types-.*"
)

_GLIBC = 28  # Minor version of glibc 2 that wheels may need: Debian 10's, RHEL 8's.
_PLATFORMS = (
    *(f"manylinux_2_{minor}_x86_64" for minor in range(_GLIBC, 4, -1)),
    "manylinux2014_x86_64",
    "manylinux2010_x86_64",
    "manylinux1_x86_64",
)
_MANIFEST = "files.json"


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """One wheel."""

    name: str
    """Normalised."""
    version: str
    file: str
    sha256: str
    """Of the wheel's bytes, in hex."""


def requirements(
    metadata: Metadata, extras: Iterable[str] | None = None, *, python: str = "3.11"
) -> tuple[str, ...]:
    """
    Return what a release and its tests ask for on CPython on Linux x86_64, without markers.

    Args:
        metadata: What the release says.
        extras: The extras and dependency groups to take. By default those of `TEST_EXTRAS` that
            there are; if none, `DEVELOPMENT_EXTRA`, without linters, builders, URLs and the like.
            One that is not declared is none.
        python: The version, such as `3.11`.

    Raises:
        DataError: a requirement cannot be read, or is a URL: what it gives cannot be pinned.

    """
    declared = {canonicalize_name(each) for each in (*metadata.extras, *metadata.groups)}
    chosen = extras is None and declared.isdisjoint(TEST_EXTRAS)
    if extras is None:
        extras = {DEVELOPMENT_EXTRA} if chosen else TEST_EXTRAS
    wanted = declared.intersection(map(canonicalize_name, extras))
    listed = [_requirement(each) for each in metadata.requires]
    always = [each for each in listed if _holds(each, set(), python)]
    grouped = [
        _requirement(each) for group in sorted(wanted) for each in metadata.groups.get(group, ())
    ]
    own = canonicalize_name(metadata.name)
    while True:
        more = [each for each in listed if each not in always and _holds(each, wanted, python)]
        more += [each for each in grouped if _holds(each, wanted, python)]
        # `package[a,b]` among a package's own requirements stands for two of its extras.
        meant = {
            canonicalize_name(extra)
            for each in more
            if canonicalize_name(each.name) == own
            for extra in each.extras
        }
        if meant <= wanted:
            break
        wanted |= meant
    if chosen:
        more = [each for each in more if not (each.url or _is_tool(each))]
    others = [each for each in (*always, *more) if canonicalize_name(each.name) != own]
    for each in others:
        each.marker = None
        if each.url:
            raise DataError(
                f"{metadata.name} {metadata.version} requires {each}, a URL: only packages of an "
                "index can be pinned."
            )
    return tuple(sorted({str(each) for each in others}))


def resolve(
    wanted: Sequence[str],
    *,
    provided: Sequence[str] = (),
    without: Iterable[str] = (),
    python: str = "3.11",
) -> tuple[Pin, ...]:
    """
    Return pins of wheels that satisfy requirements and all that those require, by pip's resolver.

    pip evaluates the markers of what is required indirectly for the Python that runs it. Where
    that is another version than `python`, a conditional dependency can be missing or superfluous.

    Args:
        wanted: Requirements without markers.
        provided: Requirements that are met elsewhere, such as `pytest==7.4.4`. They replace what
            `wanted` says of the same packages and take part in the resolution, so that the
            versions of the others fit; they and what they require are not pinned.
        without: Names that are not pinned either: the package itself.
        python: The version, such as `3.11`.

    Raises:
        DataError: no set of wheels satisfies them, or pip or the index is missing.

    """
    met = {canonicalize_name(_requirement(each).name) for each in provided}
    wanted = [each for each in wanted if canonicalize_name(_requirement(each).name) not in met]
    if not wanted:
        return ()
    with tempfile.TemporaryDirectory() as scratch:
        asked = Path(scratch, "requirements.txt")
        asked.write_text("".join(f"{each}\n" for each in (*wanted, *provided)))
        report = Path(scratch, "report.json")
        options = ["--dry-run", "--ignore-installed", "--report", str(report)]
        options += ["--target", str(Path(scratch, "site")), "--requirement", str(asked)]
        _install(options, python, f"The dependencies {', '.join(wanted)}")
        found: list[dict[str, Any]] = json.loads(report.read_text())["install"]
    left_out = _closure(found, provided, python) | {canonicalize_name(name) for name in without}
    pins = {_pin(each) for each in found}
    return tuple(sorted(pin for pin in pins if pin.name not in left_out))


def materialise(pins: Iterable[Pin], *, python: str = "3.11") -> Path:
    """
    Return a folder for the import path that holds these wheels, made by pip the first time.

    It is `site` in a folder of the store's environments, named by the sha256 of the pins. Its
    files are checked at each call; a damaged folder is made again. When it is there and whole,
    nothing is asked of an index. Command line scripts of the wheels are left out: they name
    this machine's Python.

    Raises:
        DataError: a wheel cannot be had, is another file than the pinned one, or cannot be stored.

    """
    pins = sorted(set(pins))
    key = digest_of_text(json.dumps({"python": python, "pins": [asdict(pin) for pin in pins]}))
    try:
        folder = store() / ENVIRONMENTS / key
        if not _whole(folder):
            _make(folder, pins, python)
    except OSError as error:
        raise DataError(
            f"The environment cannot be stored in {cache_dir()}: {error.strerror or error}. Free "
            "space there, or set UCB_CACHE_DIR to another folder."
        ) from error
    return folder / "site"


def write_dist_info(metadata: Metadata, folder: Path) -> Path:
    """
    Write what `importlib.metadata` finds of a release into a folder of the import path.

    Returns the new `NAME-VERSION.dist-info`, with METADATA and, where the release has entry
    points, entry_points.txt. It stands apart from `materialise`, whose folders releases share.
    """
    name = canonicalize_name(metadata.name).replace("-", "_")
    info = folder / f"{name}-{metadata.version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(metadata.text, encoding="utf-8")
    if metadata.entry_points:
        (info / "entry_points.txt").write_text(metadata.entry_points, encoding="utf-8")
    return info


def _is_tool(requirement: Requirement) -> bool:
    """Whether a requirement is only there for a package's development."""
    return _TOOLS.fullmatch(canonicalize_name(requirement.name)) is not None


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise DataError(f"The requirement {text!r} cannot be read: {error}.") from error


def _holds(requirement: Requirement, extras: set[Any], python: str) -> bool:
    if requirement.marker is None:
        return True
    target = {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    return any(requirement.marker.evaluate({**target, "extra": each}) for each in ("", *extras))


def _install(options: Sequence[str], python: str, what: str) -> None:
    """Run `pip install` for the target platform; wheels only."""
    require_network(what)
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"]
    argv += ["--disable-pip-version-check", "--only-binary", ":all:"]
    argv += ["--implementation", "cp", "--python-version", python]
    for platform in _PLATFORMS:
        argv += ["--platform", platform]
    done = subprocess.run(
        [*argv, *options], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        reason = (lines or done.stderr.strip().splitlines() or ["pip gave no reason"])[0]
        raise DataError(
            f"{what} cannot be had as wheels for CPython {python} on Linux x86_64: "
            f"{reason.removeprefix('ERROR:').strip().rstrip('.')}. Check the network and pip's "
            "index settings (`pip config list`)."
        )


def _pin(installed: dict[str, Any]) -> Pin:
    """Read one entry of pip's report."""
    url = urlsplit(installed["download_info"]["url"])
    archive = installed["download_info"].get("archive_info", {})
    digest = archive.get("hashes", {}).get("sha256", "")
    if not digest and url.scheme == "file":
        digest = sha256(Path(url2pathname(url.path)))
    about = installed["metadata"]
    file = PurePosixPath(unquote(url.path)).name
    if not digest:
        raise DataError(f"The package index gives no sha256 of {file}, so it cannot be pinned.")
    return Pin(canonicalize_name(about["name"]), about["version"], file, digest)


def _closure(installed: Sequence[dict[str, Any]], provided: Sequence[str], python: str) -> set[str]:
    """Return the names of what is provided and of all it requires."""
    requires = {
        str(canonicalize_name(each["metadata"]["name"])): [
            str(canonicalize_name(_requirement(text).name))
            for text in each["metadata"].get("requires_dist", ())
            if _holds(_requirement(text), set(), python)
        ]
        for each in installed
    }
    found: set[str] = set()
    left = [str(canonicalize_name(_requirement(text).name)) for text in provided]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += requires.get(name, [])
    return found


def _make(folder: Path, pins: Sequence[Pin], python: str) -> None:
    """Install an environment under another name, and give it its own when it is whole."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".install-") as scratch:
        made = Path(scratch, "made")
        _fill(made, pins, python)
        if folder.is_dir() and not _whole(folder):
            log.warning("%s is damaged and was made again", folder)
            folder.replace(Path(scratch, "damaged"))
        _move(made, folder)


def _fill(made: Path, pins: Sequence[Pin], python: str) -> None:
    """Install the wheels into `made/site`, and list every file's sha256 beside it."""
    site = made / "site"
    site.mkdir(parents=True)
    if pins:
        asked = made / "requirements.txt"
        lines = [f"{pin.name}=={pin.version} --hash=sha256:{pin.sha256}\n" for pin in pins]
        asked.write_text("".join(lines))
        options = ["--no-deps", "--require-hashes", "--requirement", str(asked)]
        names = ", ".join(f"{pin.name} {pin.version}" for pin in pins)
        _install([*options, "--target", str(site)], python, names)
        shutil.rmtree(site / "bin", ignore_errors=True)
    (made / _MANIFEST).write_text(json.dumps(_digests(site), indent=0))


def _digests(site: Path) -> dict[str, str]:
    """Return the sha256 of every file, but for bytecode that a Python left there."""
    return {
        path.relative_to(site).as_posix(): sha256(path)
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.parent.name != "__pycache__"
    }


def _whole(folder: Path) -> bool:
    try:
        listed = json.loads((folder / _MANIFEST).read_text())
    except (OSError, ValueError):
        return False
    return bool(listed == _digests(folder / "site"))


def _move(made: Path, folder: Path) -> None:
    """Give a finished folder its name, unless another process was first."""
    try:
        made.replace(folder)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
