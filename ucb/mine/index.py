"""Which releases of a package there are, and their source distributions.

The user's own index is asked: the one that pip is configured for, with its mirrors, folders,
proxy and certificates. `unearth`, the finder that PDM uses, reads index pages: the JSON and the
HTML form, `find-links` folders, indexes on disk, credentials in URLs, netrc and keyring. pip has
no command that lists files, and downloads a source distribution only by running its build backend.
"""

from __future__ import annotations

import logging
import re
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from packaging.utils import canonicalize_name
from packaging.version import Version

from ucb.errors import DataError
from ucb.fetch import cache_dir, require_network, sha256
from ucb.mine.settings import Settings

if TYPE_CHECKING:
    from unearth import Link

log = logging.getLogger("ucb")

_TRIES = 3
_PREFERRED = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a package that has a source distribution."""

    package: str
    """The normalised name, such as `more-itertools`."""
    version: str
    file: str
    """The source distribution's file name."""
    url: str
    sha256: str
    """Of the source distribution's bytes, in hex."""
    uploaded: datetime | None = None
    """When the index got the file; None where the index does not tell."""
    yanked: bool = False
    requires_python: str = ""
    """A version specifier; empty for any Python."""


class PackageIndex:
    """The index that pip is configured for. Nothing is read or asked before it is needed."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._given = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the index; the next question opens new ones."""
        if "_client" in self.__dict__:
            self.__dict__.pop("_client").close()

    def releases(self, package: str) -> tuple[Release, ...]:
        """
        Return the final releases of a package that have a source distribution, oldest first.

        Files without a sha256 on the index are left out, as nothing could be pinned. A version
        that several places have is taken from the first, in pip's order.

        Raises:
            DataError: the package is unknown, the index cannot be reached, or `unearth` is missing.

        """
        found: dict[Version, Release] = {}
        seen = False
        for version, link in self._files(canonicalize_name(package)):
            seen = True
            release = _release(canonicalize_name(package), version, link)
            if release is None:
                continue
            kept = found.get(version)
            if kept is None or _better(release, kept):
                found[version] = release
        if not seen:
            raise DataError(
                f"The package index has no package {package!r}. Check the name and pip's index "
                "settings (`pip config list`)."
            )
        return tuple(found[version] for version in sorted(found) if _final(version))

    def sdist(self, release: Release) -> Path:
        """
        Return a release's source distribution, downloaded the first time.

        Files are kept in `cache_dir()/sdists/<sha256>/`; a damaged one is fetched again.

        Raises:
            DataError: it cannot be had or stored, or is not the expected file.

        """
        if (kept := kept_sdist(release.sha256)) is not None:
            return kept
        folder = _folder(release.sha256)
        log.info("Downloading %s", release.file)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".download-") as scratch:
                part = Path(scratch, release.file)
                self._download(release, part)
                if (found := sha256(part)) != release.sha256:
                    raise DataError(
                        f"{release.file} has sha256 {found[:12]}…, not {release.sha256[:12]}…: the "
                        "package index serves another file than the one it lists."
                    )
                folder.mkdir(exist_ok=True)
                part.replace(folder / release.file)
        except OSError as error:
            raise DataError(
                f"{release.file} cannot be stored in {folder}: {error.strerror or error}. Free "
                "space there, or set UCB_CACHE_DIR to another folder."
            ) from error
        return folder / release.file

    def pinned(self, package: str, version: str, digest: str) -> Path:
        """
        Return the source distribution of one version with this sha256, from the cache or the index.

        Raises:
            DataError: as `releases` and `sdist` do, or no file of that version has that sha256.

        """
        if (kept := kept_sdist(digest)) is not None:
            return kept
        name = canonicalize_name(package)
        for found, link in self._files(name):
            release = _release(name, found, link) if found == Version(version) else None
            if release is not None and release.sha256 == digest:
                return self.sdist(release)
        raise DataError(
            f"The package index has no source distribution of {package} {version} with sha256 "
            f"{digest[:12]}…: it was deleted or replaced there, or your index is not the one that "
            "the problem was made from."
        )

    @cached_property
    def _settings(self) -> Settings:
        return self._given or Settings.of_pip()

    @cached_property
    def _client(self) -> Any:
        try:
            from unearth.auth import MultiDomainBasicAuth  # noqa: PLC0415
            from unearth.fetchers.sync import PyPIClient  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise DataError(
                "Reading the package index needs unearth: pip install 'ucb[mine]'."
            ) from error
        require_network("What is asked of the package index")
        settings = self._settings
        more: dict[str, Any] = {}
        if settings.cert:
            folder = Path(settings.cert).is_dir()
            more["verify"] = ssl.create_default_context(
                cafile=None if folder else settings.cert, capath=settings.cert if folder else None
            )
        if settings.client_cert:
            more["cert"] = settings.client_cert
        if settings.proxy:
            more["proxy"] = settings.proxy
        client = PyPIClient(
            trusted_hosts=settings.trusted,
            timeout=settings.timeout,
            follow_redirects=True,
            **more,
        )
        client.auth = MultiDomainBasicAuth(prompting=False, index_urls=self._pages)
        return client

    @cached_property
    def _pages(self) -> tuple[str, ...]:
        from unearth import PackageFinder  # noqa: PLC0415

        if self._settings.no_index:
            return ()
        default = PackageFinder().sources[0]["url"]
        return (self._settings.index or default, *self._settings.more)

    def _files(self, name: str) -> Iterator[tuple[Version, Link]]:
        """Yield every file of a package on the index's pages and in its folders."""
        links = self._links(name, self._client)
        from unearth.evaluator import Evaluator  # noqa: PLC0415

        judge = Evaluator(name, ignore_compatibility=True, allow_yanked=True)
        for link in links:
            if (found := judge.evaluate_link(link)) is not None and found.version is not None:
                yield Version(found.version), link

    def _links(self, name: str, client: Any) -> Iterator[Link]:
        """Yield every file that the index's pages and folders list, a package's or not."""
        from unearth import Link  # noqa: PLC0415
        from unearth.collector import collect_links_from_location  # noqa: PLC0415

        for page in self._pages:
            yield from self._page(f"{page.rstrip('/')}/{name}/")
        for place in self._settings.find_links:
            link = Link(place) if "://" in place else Link.from_path(Path(place).absolute())
            if not link.is_file:
                yield from self._page(place)
            elif link.file_path.exists():
                yield from collect_links_from_location(client, link, expand=True)

    def _page(self, url: str) -> Iterable[Link]:
        """Read one page; a page that is not there lists nothing."""
        from httpx2 import HTTPError  # noqa: PLC0415
        from unearth import Link, collector  # noqa: PLC0415

        link = Link(url)
        if link.is_file and link.file_path.is_dir():
            link = Link.from_path(link.file_path / "index.html")
        for left in reversed(range(_TRIES)):
            try:
                page = collector.fetch_page(self._client, link)
                break
            except collector.LinkCollectError as error:
                if "(404)" in str(error):
                    return []
                if left and "Server Error" in str(error):
                    continue
                raise _unreachable(link.redacted, error) from error
            except HTTPError as error:
                if not left:
                    raise _unreachable(link.redacted, error) from error
        if "json" in page.content_type.lower():
            return collector.parse_json_response(page)
        return _with_times(list(collector.parse_html_page(page)), page)

    def _download(self, release: Release, part: Path) -> None:
        from httpx2 import HTTPError  # noqa: PLC0415

        for left in reversed(range(_TRIES)):
            try:
                with self._client.stream("GET", release.url) as answer, part.open("wb") as out:
                    answer.raise_for_status()
                    for chunk in answer.iter_bytes():
                        out.write(chunk)
                break
            except HTTPError as error:
                refused = getattr(getattr(error, "response", None), "status_code", 500) < 500
                if refused or not left:
                    raise DataError(
                        f"{release.file} could not be downloaded: {_first_line(error)}. Check the "
                        "network and pip's index settings (`pip config list`)."
                    ) from error


def _release(package: str, version: Version, link: Link) -> Release | None:
    """Return what the index says about a source distribution; None for other files."""
    if link.is_wheel:
        return None
    digest = (link.hash_option or {}).get("sha256", [""])[0]
    if link.is_file and not digest:
        digest = sha256(link.file_path)
    if not _SHA256.fullmatch(digest):
        log.debug("%s has no sha256 on the index and is left out", link.filename)
        return None
    return Release(
        package=package,
        version=str(version),
        file=link.filename,
        url=link.url_without_fragment,
        sha256=digest,
        uploaded=link.upload_time,
        yanked=link.is_yanked,
        requires_python=link.requires_python or "",
    )


def kept_sdist(digest: str) -> Path | None:
    """Return the source distribution with this sha256 from the cache, if it is there and whole."""
    folder = _folder(digest)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if sha256(path) == digest:
            return path
        log.warning("%s is damaged and will be fetched again", path)
    return None


def _folder(digest: str) -> Path:
    return cache_dir() / "sdists" / digest


def _final(version: Version) -> bool:
    return not (version.is_prerelease or version.is_devrelease or version.local)


def _better(one: Release, other: Release) -> bool:
    """Whether, of two files of a version, one is of the kind that is published most."""

    def rank(release: Release) -> int:
        kinds = [at for at, kind in enumerate(_PREFERRED) if release.file.endswith(kind)]
        return min(kinds, default=len(_PREFERRED))

    return rank(one) < rank(other)


def _with_times(links: list[Link], page: Any) -> list[Link]:
    """Add the times that some indexes write into their HTML; only the JSON form has a standard."""
    from unearth.collector import IndexHTMLParser  # noqa: PLC0415

    parser = IndexHTMLParser()
    parser.feed(page.content.decode(page.encoding or "utf-8"))
    anchors = [anchor for anchor in parser.anchors if anchor.get("href") is not None]
    for link, anchor in zip(links, anchors, strict=True):
        if told := anchor.get("data-upload-time"):
            link.upload_time = datetime.fromisoformat(told)
    return links


def _unreachable(place: str, error: Exception) -> DataError:
    return DataError(
        f"The package index at {place} cannot be read: {_first_line(error)}. Check the network and "
        "pip's index settings (`pip config list`)."
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [repr(error)])[0].rstrip(".")
