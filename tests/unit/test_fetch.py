"""Files that come over the network, from a package index in a folder and a hub on loopback."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import ucb.fetch
from tests.unit.package_index import Index
from ucb.errors import DataError
from ucb.fetch import cache_dir, hub_file, package_file, url_file

DATA = b'{"a": 1}\n' * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def package_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Index:
    """Return an empty folder that pip takes for its only index."""
    return Index.installed(monkeypatch, tmp_path / "index")


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return an empty cache of this test's own."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.slow
def test_a_package_file_is_fetched_once(package_index: Index, cache: Path) -> None:
    """The second time needs neither pip nor the index."""
    package_index.wheel("toy", "1.0", {"toy/data/a.jsonl": DATA, "toy/__init__.py": b""})
    path = package_file("toy", "1.0", "toy/data/a.jsonl", SHA256)
    assert path.read_bytes() == DATA
    assert cache in path.parents
    shutil.rmtree(package_index.folder)
    assert package_file("toy", "1.0", "toy/data/a.jsonl", SHA256) == path
    assert [p for p in cache.rglob("*") if p.is_file()] == [path]


@pytest.mark.slow
def test_a_damaged_copy_is_fetched_again(package_index: Index) -> None:
    """A cached file is checked at every use."""
    package_index.wheel("toy", "1.0", {"a": DATA})
    path = package_file("toy", "1.0", "a", SHA256)
    path.write_bytes(DATA[:-1])
    assert package_file("toy", "1.0", "a", SHA256).read_bytes() == DATA


@pytest.mark.slow
def test_a_source_distribution_is_read_only_when_asked_for(package_index: Index) -> None:
    """A source distribution makes pip run its code, so the caller must want one."""
    package_index.sdist("toy", "1.0", {"tests/a": DATA})
    with pytest.raises(DataError, match=r"toy 1\.0 could not be downloaded"):
        package_file("toy", "1.0", "tests/a", SHA256)
    assert package_file("toy", "1.0", "tests/a", SHA256, sdist=True).read_bytes() == DATA


@pytest.mark.parametrize(
    ("version", "member", "sha256", "sentence"),
    [
        ("1.0", "b", SHA256, r"toy-1\.0-py3-none-any\.whl holds no b"),
        ("1.0", "a", "0" * 64, r"a in toy 1\.0 has sha256 .*, not 000000000000…"),
        ("2.0", "a", SHA256, r"toy 2\.0 could not be downloaded: Could not find a version .*pip"),
    ],
)
def test_what_the_index_does_not_have_is_said(
    package_index: Index, cache: Path, version: str, member: str, sha256: str, sentence: str
) -> None:
    """A wrong version, member or content is a sentence, and nothing is kept."""
    package_index.wheel("toy", "1.0", {"a": DATA})
    with pytest.raises(DataError, match=sentence):
        package_file("toy", version, member, sha256)
    assert not [p for p in cache.rglob("*") if p.is_file()]


def test_an_index_out_of_reach_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network the sentence names the package and what to look at."""
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(DataError, match=r"toy 1\.0 could not be downloaded: .* Check the network"):
        package_file("toy", "1.0", "a", SHA256)


def test_a_python_without_pip_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual environment may have been made without pip."""
    monkeypatch.setattr(ucb.fetch.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r"downloaded with pip, which .* ensurepip"):
        package_file("toy", "1.0", "a", SHA256)


def test_a_damaged_archive_is_said(tmp_path: Path) -> None:
    """A download that is no archive, or is cut short, is one sentence."""
    for name, data in (("toy.whl", b"PK"), ("toy.tar.gz", b"\x1f\x8b\x08")):
        (tmp_path / name).write_bytes(data)
        with (
            pytest.raises(DataError, match=f"{name} from the package index is damaged"),
            ucb.fetch._open_member(tmp_path / name, "a"),
        ):
            pass


def test_a_cache_that_cannot_be_written_is_said(
    package_index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A full or read-only disk names the folder and the way round it."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"toy 1\.0 cannot be stored in .* UCB_CACHE_DIR"):
        package_file("toy", "1.0", "a", SHA256)


def test_the_cache_is_the_users_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without UCB_CACHE_DIR, files are kept where the system keeps caches."""
    monkeypatch.delenv("UCB_CACHE_DIR")
    assert cache_dir().name == "ucb"


class Hub(BaseHTTPRequestHandler):
    """Answers for one file of one dataset, as the hub does."""

    def do_HEAD(self) -> None:
        """Tell a file's commit, size and tag."""
        self._answer(body=False)

    def do_GET(self) -> None:
        """Give a file."""
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        found = self.path == f"/datasets/org/toy/resolve/{REVISION}/data/test.jsonl"
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(DATA) if found else 0))
        if found:
            self.send_header("ETag", f'"{SHA256}"')
            self.send_header("X-Repo-Commit", REVISION)
        else:
            self.send_header("X-Error-Code", "EntryNotFound")
        self.end_headers()
        if body and found:
            self.wfile.write(DATA)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    """Serve the hub's answers on loopback; the value is its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


PROGRAM = """
import sys
from ucb.errors import DataError
from ucb.fetch import hub_file
try:
    print(hub_file("org/toy", sys.argv[1], sys.argv[2]))
except DataError as error:
    print(error)
"""


def from_hub(home: Path, address: str, file: str, *, offline: bool = False) -> str:
    """Fetch in a process of its own: the hub's library reads its settings when imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, file, REVISION],
        env={
            **os.environ,
            "HF_HOME": str(home),
            "HF_ENDPOINT": address,
            "HF_HUB_OFFLINE": str(int(offline)),
            "PYTHONPATH": str(Path(ucb.fetch.__file__).parents[1]),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_hub_file_is_kept_and_needs_no_network_again(hub: str, tmp_path: Path) -> None:
    """A file of a pinned commit is asked for once."""
    path = Path(from_hub(tmp_path, hub, "data/test.jsonl"))
    assert path.read_bytes() == DATA
    assert Path(from_hub(tmp_path, "http://127.0.0.1:9", "data/test.jsonl", offline=True)) == path


def test_what_the_hub_does_not_have_is_said(hub: str, tmp_path: Path) -> None:
    """A missing file, and a hub that is out of reach, are one sentence each."""
    assert "org/toy could not be read from the hub" in from_hub(tmp_path, hub, "data/other.jsonl")
    assert "could not be read" in from_hub(tmp_path, hub, "data/test.jsonl", offline=True)


def test_a_missing_library_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub's library is an extra, and the sentence says which."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(DataError, match=r"needs huggingface_hub: pip install 'ucb\[hub\]'"):
        hub_file("org/toy", "a", REVISION)


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Return the address of a web site on loopback and the files it serves."""
    files: dict[str, bytes] = {}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = files.get(self.path)
            self.send_response(404 if data is None else 200)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", files
    server.shutdown()
    server.server_close()


def test_a_file_of_a_site_is_fetched_once(site: tuple[str, dict[str, bytes]], cache: Path) -> None:
    """The second time needs no site, and nothing but the file is kept."""
    address, files = site
    files["/a/data.jsonl"] = DATA
    path = url_file(f"{address}/a/data.jsonl", [SHA256])
    assert path.read_bytes() == DATA
    files.clear()
    assert url_file(f"{address}/a/data.jsonl", [SHA256]) == path
    assert [p for p in cache.rglob("*") if p.is_file()] == [path]


def test_a_gzipped_file_is_known_by_what_it_holds(site: tuple[str, dict[str, bytes]]) -> None:
    """Another compression of the same content is the published file."""
    address, files = site
    files["/data.jsonl.gz"] = gzip.compress(DATA, 1)
    assert gzip.decompress(url_file(f"{address}/data.jsonl.gz", [SHA256]).read_bytes()) == DATA


def test_another_file_of_a_site_is_refused(site: tuple[str, dict[str, bytes]], cache: Path) -> None:
    """A changed or missing file is a sentence, and is not kept."""
    address, files = site
    files["/data.jsonl"] = DATA[:-1]
    with pytest.raises(DataError, match="another file than the published one"):
        url_file(f"{address}/data.jsonl", [SHA256])
    with pytest.raises(DataError, match="could not be downloaded: HTTP Error 404"):
        url_file(f"{address}/other.jsonl", [SHA256])
    assert not [p for p in cache.rglob("*") if p.is_file()]
