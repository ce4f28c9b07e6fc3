"""Releases and source distributions of an index on loopback and of one in a folder."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.mine.packages import Site, sdist
from tests.unit.package_index import Index
from ucb.errors import DataError
from ucb.mine.index import PackageIndex, kept_sdist
from ucb.mine.settings import Settings


def versions(index: PackageIndex, package: str = "toy") -> list[str]:
    """Return the versions of a package's releases, in their order."""
    return [release.version for release in index.releases(package)]


@pytest.mark.parametrize("kind", ["application/vnd.pypi.simple.v1+json", "text/html"])
def test_a_release_is_all_that_the_index_tells(site: Site, kind: str) -> None:
    """Both forms of an index page give the same release."""
    site.kind = kind
    told = {"requires-python": "&gt;=3.9" if kind == "text/html" else ">=3.9"}
    told |= {"upload-time": "2026-01-02T03:04:05.678901Z", "yanked": "broken"}
    data = sdist("toy", "1.0", {})
    digest = site.add("toy", "toy-1.0.tar.gz", data, **told)
    with site.index() as index:
        (release,) = index.releases("Toy")
        assert release.version == "1.0"
        assert (release.package, release.file) == ("toy", "toy-1.0.tar.gz")
        assert release.sha256 == digest
        assert release.uploaded == datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
        assert release.yanked
        assert release.requires_python == ">=3.9"
        assert index.sdist(release).read_bytes() == data


def test_final_releases_come_in_the_order_of_versions(site: Site) -> None:
    """Pre-releases, wheels, other packages' files and files of no known kind are left out."""
    for file in (
        "toy-1.10.tar.gz", "toy-1.9.zip", "toy-2.0rc1.tar.gz", "toy-2.0.dev1.tar.gz",
        "toy-1.11-py3-none-any.whl", "toy-tools-3.0.tar.gz", "toy-1.9.exe", "toy-0.9.1.tar.bz2",
    ):  # fmt: skip
        site.add("toy", file, file.encode())
    with site.index() as index:
        assert versions(index) == ["0.9.1", "1.9", "1.10"]


def test_a_version_with_two_archives_counts_once(site: Site) -> None:
    """The kind that is published most is taken, in whatever order they are listed."""
    for file in ("toy-1.0.zip", "toy-1.0.tar.gz", "toy-1.0.tar.bz2"):
        site.add("toy", file, file.encode())
    with site.index() as index:
        assert [release.file for release in index.releases("toy")] == ["toy-1.0.tar.gz"]


def test_a_file_without_a_sha256_is_left_out(site: Site) -> None:
    """Nothing could be pinned by an MD5 sum."""
    site.add("toy", "toy-1.0.tar.gz", b"a", hashes={"md5": "0" * 32})
    site.add("toy", "toy-1.1.tar.gz", b"b")
    with site.index() as index:
        assert versions(index) == ["1.1"]


def test_a_sdist_is_fetched_once_and_found_by_its_pin(site: Site, cache: Path) -> None:
    """What is in the cache needs no index, and only the file itself is kept."""
    data = sdist("toy", "1.0", {})
    digest = site.add("toy", "toy-1.0.tar.gz", data)
    with site.index() as index:
        path = index.pinned("toy", "1.0", digest)
        asked = len(site.asked)
        assert index.pinned("toy", "1.0", digest) == path
    assert len(site.asked) == asked
    assert kept_sdist(digest) == path
    assert [each for each in cache.rglob("*") if each.is_file()] == [path]


def test_a_damaged_sdist_is_fetched_again(site: Site) -> None:
    """A kept file is checked at every use."""
    data = sdist("toy", "1.0", {})
    digest = site.add("toy", "toy-1.0.tar.gz", data)
    with site.index() as index:
        path = index.pinned("toy", "1.0", digest)
        path.write_bytes(data[:-1])
        assert kept_sdist(digest) is None
        assert index.pinned("toy", "1.0", digest).read_bytes() == data


def test_another_file_than_the_listed_one_is_refused(site: Site, cache: Path) -> None:
    """A changed file is a sentence, and is not kept."""
    site.add("toy", "toy-1.0.tar.gz", b"listed")
    site.files["toy-1.0.tar.gz"] = b"served"
    with site.index() as index:
        (release,) = index.releases("toy")
        with pytest.raises(DataError, match=r"toy-1\.0\.tar\.gz has sha256 .* serves another"):
            index.sdist(release)
    assert not [each for each in cache.rglob("*") if each.is_file()]


def test_a_pin_that_the_index_lost_is_said(site: Site) -> None:
    """A deleted or replaced release is a sentence that names the version."""
    site.add("toy", "toy-1.0.tar.gz", b"new")
    with site.index() as index, pytest.raises(DataError, match=r"no source .* toy 1\.0 with sha"):
        index.pinned("toy", "1.0", hashlib.sha256(b"old").hexdigest())


def test_an_unknown_package_is_said(site: Site) -> None:
    """A page that is not there is another matter than an index that fails."""
    with site.index() as index, pytest.raises(DataError, match="no package 'toy'"):
        index.releases("toy")


def test_a_failing_index_is_asked_again(site: Site) -> None:
    """Two failures of the server are sat out; a third is a sentence."""
    data = sdist("toy", "1.0", {})
    site.add("toy", "toy-1.0.tar.gz", data)
    with site.index() as index:
        site.failures = [503, 503]
        (release,) = index.releases("toy")
        site.failures = [500, 502]
        assert index.sdist(release).read_bytes() == data
        site.failures = [503, 503, 503]
        with pytest.raises(DataError, match="cannot be read: Server Error"):
            index.releases("toy")


def test_a_refusal_is_final(site: Site) -> None:
    """A page or file that needs a password is asked for once."""
    site.add("toy", "toy-1.0.tar.gz", b"a")
    with site.index() as index:
        (release,) = index.releases("toy")
        site.failures, site.asked = [403], []
        with pytest.raises(DataError, match=r"toy-1\.0\.tar\.gz could not be downloaded: .*403"):
            index.sdist(release)
        site.failures = [403]
        with pytest.raises(DataError, match=r"cannot be read: Client Error\(403\)"):
            index.releases("toy")
    assert len(site.asked) == 2


def test_an_index_out_of_reach_is_said() -> None:
    """Without a network the sentence says what to look at."""
    index = PackageIndex(Settings(index="http://127.0.0.1:9/simple", timeout=5.0))
    with index, pytest.raises(DataError, match=r"127\.0\.0\.1:9/simple/toy/ cannot be read: .*pip"):
        index.releases("toy")


def test_folders_of_packages_are_part_of_the_index(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Settings of pip are read, and a local file's sha256 is computed."""
    folder = Index.installed(monkeypatch, tmp_path / "index")
    path = folder.sdist("toy", "1.0", {"PKG-INFO": b""})
    folder.wheel("toy", "1.1", {})
    with PackageIndex() as index:
        (release,) = index.releases("toy")
        assert release.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert index.sdist(release).read_bytes() == path.read_bytes()
        with pytest.raises(DataError, match="no package 'other'"):
            index.releases("other")


def test_pips_settings_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Later sections win over earlier ones, and the environment over files."""
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://a.example/simple\ncert = /a.pem\n"
        "extra-index-url =\n  https://b.example/simple\n  https://c.example/simple\n"
        "timeout = 7\ntrusted-host = b.example\n"
        "[download]\ncert = /d.pem\nproxy = http://p.example:1\n"
        "[install]\ncert = /no.pem\n"
    )
    for name in ("CERT", "INDEX_URL", "EXTRA_INDEX_URL", "DEFAULT_TIMEOUT", "NO_INDEX"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_FIND_LINKS", "/one /two")
    found = Settings.of_pip()
    assert found.index == "https://a.example/simple"
    assert found.more == ("https://b.example/simple", "https://c.example/simple")
    assert found.find_links == ("/one", "/two")
    assert (found.cert, found.proxy, found.timeout) == ("/d.pem", "http://p.example:1", 7.0)
    assert found.trusted == ("b.example",)
    assert not found.no_index


def test_settings_that_pip_cannot_read_are_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A broken file of pip's is a sentence."""
    (tmp_path / "pip.conf").write_text("index-url = x\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    with pytest.raises(DataError, match=r"pip's index settings cannot be read: .*config list"):
        Settings.of_pip()


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finder is an extra, and the sentence says which."""
    monkeypatch.setitem(sys.modules, "unearth.auth", None)
    with pytest.raises(DataError, match=r"needs unearth: pip install 'ucb\[mine\]'"):
        PackageIndex(Settings()).releases("toy")
