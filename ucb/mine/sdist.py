"""A source distribution as data: unpacked within bounds, and described without running it."""

from __future__ import annotations

import os
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO

from packaging.metadata import RawMetadata, parse_email
from packaging.utils import canonicalize_name

from ucb.errors import DataError
from ucb.mine import pyproject

MOST_FILES = 20_000
MOST_BYTES = 400 << 20
"""Of all files of a source distribution, unpacked."""

_CHUNK = 1 << 20
_TEST_FOLDERS = {"test", "tests"}
_TEST_FILE = re.compile(r"test_.*\.py|.*_tests?\.py|tests?\.py")
# Folders and modules at the top of a tree that are no part of what is installed.
_NOT_SOURCES = _TEST_FOLDERS | {
    "asv_bench", "bench", "benchmark", "benchmarks", "bin", "build", "ci", "contrib", "demo",
    "demos", "dev", "dist", "doc", "docs", "etc", "example", "examples", "extras", "fuzz",
    "fuzzing", "misc", "perf", "performance", "requirements", "sample", "samples", "script",
    "scripts", "tasks", "tool", "tools", "util", "utils",
    "conftest", "ez_setup", "fabfile", "noxfile", "runtests", "run_tests", "setup", "toxfile",
    "versioneer",
}  # fmt: skip
_ROOTS = ("src", "lib", "")
_CONFIGURATION = {"pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"}
_CHANGELOG = re.compile(
    r"(change[-_]?(log|s)|history|news|release[-_]?notes|releases|whats[-_]?new|versions)"
    r"(\.(rst|md|txt|markdown))?",
    re.IGNORECASE,
)
_CHANGELOG_FOLDER = re.compile(r"change[-_]?(log|s)|release[-_]?notes|releases|whats[-_]?new", re.I)
_DEEPEST = 5
_TEXT_SUFFIXES = {"", ".md", ".rst", ".txt", ".markdown"}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a source distribution says of itself in PKG-INFO, requires.txt and pyproject.toml."""

    name: str
    version: str
    text: str
    """PKG-INFO as it is."""
    requires: tuple[str, ...] = ()
    """Requirements with their markers, extras included (`pytest; extra == "test"`)."""
    extras: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    license_expression: str = ""
    license: str = ""
    entry_points: str = ""
    """The text of entry_points.txt, or what pyproject.toml declares in its form; may be empty."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Requirements for the project's own development, which are no part of the metadata."""


@dataclass(frozen=True, slots=True)
class Tree:
    """An unpacked source distribution. Paths in it are relative to `root`, with slashes."""

    root: Path
    metadata: Metadata
    source_root: str
    """`""`, `"src"` or `"lib"`: the folder that belongs on the import path."""
    modules: tuple[str, ...]
    """Top-level packages and modules of the distribution."""
    sources: tuple[str, ...]
    """Python files of the distribution, without tests."""
    tests: tuple[str, ...]
    """Folders of tests, and files of tests that are in none of them."""
    configuration: tuple[str, ...]
    """Files that pytest reads: its ini files at the top, and every conftest.py."""
    changelogs: tuple[str, ...]
    """Text files that tell what changed, likeliest first."""

    def is_test(self, path: str) -> bool:
        """Whether a file is one of the tests."""
        return any(path == test or path.startswith(f"{test}/") for test in self.tests)


def unpack(archive: Path, target: Path) -> Path:
    """
    Unpack a source distribution into a new folder and return its top folder.

    Only regular files below one top folder are written; a link becomes a copy of the file it
    names. `target` is made whole or not at all.

    Raises:
        DataError: the archive is damaged, names a path outside itself, has no single top folder
            or is larger than `MOST_FILES` files or `MOST_BYTES` bytes; or it cannot be stored.

    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unpack-") as scratch:
            folder = Path(scratch, "tree")
            folder.mkdir()
            tops = _write_members(archive, folder)
            if len(tops) != 1:
                raise DataError(f"{archive.name} has no single top folder.")
            folder.replace(target)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, LZMAError, EOFError) as error:
        raise DataError(f"{archive.name} is damaged: {error}.") from error
    except OSError as error:
        raise DataError(
            f"{archive.name} cannot be unpacked in {target.parent}: {error.strerror or error}."
        ) from error
    return target / tops.pop()


def describe(root: Path) -> Tree:
    """
    Return what an unpacked source distribution consists of, by its files and metadata.

    Raises:
        DataError: it has no readable PKG-INFO.

    """
    files = tuple(_files(root))
    metadata = _metadata(root, files)
    source_root, modules = _modules(files, metadata.name, _top_level(root, files))
    owned = tuple(str(PurePosixPath(source_root, name)) for name in modules)
    tree = Tree(
        root=root,
        metadata=metadata,
        source_root=source_root,
        modules=modules,
        sources=(),
        tests=_tests(files, owned),
        configuration=tuple(
            path for path in files if path in _CONFIGURATION or _name(path) == "conftest.py"
        ),
        changelogs=_changelogs(files),
    )
    sources = tuple(
        path
        for path in files
        if path.endswith(".py")
        and any(path == f"{name}.py" or path.startswith(f"{name}/") for name in owned)
        and not tree.is_test(path)
        and _name(path) != "conftest.py"
    )
    return Tree(**{**{name: getattr(tree, name) for name in Tree.__slots__}, "sources": sources})


def _write_members(archive: Path, folder: Path) -> set[str]:
    """Write the files of an archive; the value is their top folders."""
    tops: set[str] = set()
    count = size = 0
    for name, executable, stream in _members(archive):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
            raise DataError(f"{archive.name} names {name!r}, a path outside itself.")
        if len(path.parts) < 2:
            continue  # Not in the top folder: some old archives have a stray file there.
        count += 1
        out = folder / path
        out.parent.mkdir(parents=True, exist_ok=True)
        with stream, out.open("wb") as copy:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if count > MOST_FILES or size > MOST_BYTES:
                    raise DataError(
                        f"{archive.name} unpacks to more than {MOST_FILES} files or "
                        f"{MOST_BYTES >> 20} MiB."
                    )
                copy.write(chunk)
        if executable:
            out.chmod(0o755)
        tops.add(path.parts[0])
    return tops


def _members(archive: Path) -> Iterator[tuple[str, bool, IO[bytes]]]:
    """Yield the regular files of an archive: name, whether it is executable, content."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as wrapped:
            for entry in wrapped.infolist():
                if not entry.is_dir():
                    yield (
                        entry.filename,
                        bool(entry.external_attr >> 16 & 0o100),
                        wrapped.open(entry),
                    )
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            try:
                stream = tar.extractfile(member)
            except KeyError:
                continue  # A link to a file that is not in the archive.
            if stream is not None:
                yield member.name, bool(member.mode & 0o100), stream


def _files(root: Path) -> Iterator[str]:
    """Yield every file of a tree, in order, without hidden folders."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            yield Path(folder, name).relative_to(root).as_posix()


def _metadata(root: Path, files: Iterable[str]) -> Metadata:
    infos = [path for path in files if _name(path) == "PKG-INFO"]
    if not infos:
        raise DataError(f"{root.name} has no PKG-INFO: it is no source distribution.")
    infos.sort(key=lambda path: path.count("/"))
    text = (root / infos[0]).read_text(encoding="utf-8", errors="replace")
    raw: RawMetadata = parse_email(text)[0]
    if "name" not in raw or "version" not in raw:
        raise DataError(f"{root.name}/{infos[0]} gives no name or no version.")
    declared = pyproject.read(root)
    egg = [path for path in infos if PurePosixPath(path).parent.suffix == ".egg-info"]
    beside = (root / egg[0]).parent if egg else root
    requires = tuple(raw.get("requires_dist", ()))
    extras = tuple(raw.get("provides_extra", ()))
    if not requires and (listed := _optional_text(beside / "requires.txt")):
        requires, extras = _requires(listed)
    return Metadata(
        name=raw["name"],
        version=raw["version"],
        text=text,
        requires=requires,
        extras=extras,
        classifiers=tuple(raw.get("classifiers", ())),
        license_expression=raw.get("license_expression", ""),
        license=raw.get("license", ""),
        entry_points=_optional_text(beside / "entry_points.txt")
        or pyproject.entry_points(declared),
        groups=pyproject.groups(declared),
    )


def _requires(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the requirements and extras of a requires.txt; its sections become markers."""
    requires, extras = [], []
    extra = marker = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            extra, _, marker = line[1:-1].partition(":")
            if extra and extra not in extras:
                extras.append(extra)
        elif line and not line.startswith("#"):
            both = [f"({marker})"] if marker else []
            both += [f'extra == "{extra}"'] if extra else []
            requires.append(f"{line} ; {' and '.join(both)}" if both else line)
    return tuple(requires), tuple(extras)


def _optional_text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _top_level(root: Path, files: Iterable[str]) -> list[str]:
    """Return the names that setuptools wrote down as the distribution's, if it did."""
    for path in files:
        if PurePosixPath(path).parent.suffix == ".egg-info" and _name(path) == "top_level.txt":
            return (root / path).read_text(encoding="utf-8", errors="replace").split()
    return []


def _modules(files: tuple[str, ...], name: str, listed: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the source root and the top-level names of the distribution's own code."""
    others = {each for each in _NOT_SOURCES if each != canonicalize_name(name)}
    wanted = {each for each in listed if each not in others}
    for root in _ROOTS:
        here = _importable(files, root)
        if found := here & wanted:
            return root, tuple(sorted(found))
    for root in _ROOTS:
        here = _importable(files, root) - others
        own = {each for each in here if canonicalize_name(each) == canonicalize_name(name)}
        if own or here:
            return root, tuple(sorted(own if own and not root else here))
    return "", ()


def _importable(files: tuple[str, ...], root: str) -> set[str]:
    """Return the modules, packages and, below a source root, folders of modules in `root`."""
    prefix = f"{root}/" if root else ""
    names = set()
    for path in files:
        if not path.startswith(prefix) or not path.endswith(".py"):
            continue
        parts = path.removeprefix(prefix).split("/")
        if len(parts) == 1 or root or parts[1:] == ["__init__.py"]:
            names.add(parts[0].removesuffix(".py"))
    return {name for name in names if name.isidentifier()}


def _tests(files: tuple[str, ...], owned: tuple[str, ...]) -> tuple[str, ...]:
    """
    Return the outermost folders that are named for tests and hold some, and other test files.

    A file among the sources that is merely called like a test, such as a template engine's
    `tests.py`, is one only where there is no folder of tests.
    """
    folders, beside, among = set(), set(), set()
    for path in files:
        parts = path.split("/")
        if not path.endswith(".py") or parts[0] in _NOT_SOURCES - _TEST_FOLDERS:
            continue
        depths = [at for at, part in enumerate(parts[:-1]) if part.lower() in _TEST_FOLDERS]
        if depths and "test" in parts[-1].lower():
            folders.add("/".join(parts[: depths[0] + 1]))
        elif not depths and _TEST_FILE.fullmatch(parts[-1]):
            if len(parts) == 1:
                beside.add(path)
            elif path.startswith(tuple(f"{name}/" for name in owned)):
                among.add(path)
    return tuple(sorted(folders | beside or among))


def _changelogs(files: tuple[str, ...]) -> tuple[str, ...]:
    """Return changelog files: at the top, then in the documentation; its folders of them last."""
    found = []
    for path in files:
        parts = path.split("/")
        depth = len(parts) - 1
        if PurePosixPath(path).suffix.lower() not in _TEXT_SUFFIXES or depth > _DEEPEST:
            continue
        if _CHANGELOG.fullmatch(parts[-1]) and (depth == 0 or parts[0] in {"doc", "docs"}):
            found.append((depth, path))
        elif depth and parts[0] in {"doc", "docs"} and _CHANGELOG_FOLDER.fullmatch(parts[-2]):
            found.append((10 + depth, path))
        elif depth == 0 and parts[0].lower().partition(".")[0] == "readme":
            found.append((100, path))
    return tuple(path for _, path in sorted(found))


def _name(path: str) -> str:
    return path.rpartition("/")[2]
