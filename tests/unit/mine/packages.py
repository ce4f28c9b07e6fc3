"""Tiny source distributions, and an index of them on loopback."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ucb.mine.index import PackageIndex
from ucb.mine.settings import Settings

JSON = "application/vnd.pypi.simple.v1+json"


def pkg_info(name: str, version: str, *lines: str) -> str:
    """Return a PKG-INFO with more header lines."""
    return "\n".join((f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *lines, ""))


def sdist(name: str, version: str, files: dict[str, str], *lines: str) -> bytes:
    """Return a source distribution with these files and a PKG-INFO with these header lines."""
    top = f"{name}-{version}"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in {"PKG-INFO": pkg_info(name, version, *lines), **files}.items():
            data = text.encode()
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


@dataclass
class Site:
    """An index on loopback: pages by package, files by name."""

    address: str = ""
    kind: str = JSON
    pages: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    """Status codes of the next answers."""

    def add(self, package: str, file: str, data: bytes, **told: object) -> str:
        """List a file; return its sha256."""
        digest = hashlib.sha256(data).hexdigest()
        self.files[file] = data
        listed = {"filename": file, "url": f"../../files/{file}", "hashes": {"sha256": digest}}
        self.pages.setdefault(package, []).append({**listed, **told})
        return digest

    def index(self) -> PackageIndex:
        """Return the index as a user would have it configured."""
        return PackageIndex(Settings(index=f"{self.address}/simple", timeout=10.0))

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return status, content type and body of the answer to a path."""
        self.asked.append(path)
        if self.failures:
            return self.failures.pop(0), "text/plain", b""
        place, _, name = path.strip("/").rpartition("/")
        if place == "files" and name in self.files:
            return 200, "application/octet-stream", self.files[name]
        if place == "simple" and name in self.pages:
            return 200, self.kind, self._page(name).encode()
        return 404, "text/plain", b""

    def _page(self, name: str) -> str:
        if self.kind == JSON:
            return json.dumps({"meta": {"api-version": "1.1"}, "files": self.pages[name]})
        anchors = []
        for file in self.pages[name]:
            more = [
                f' data-{key}="{file[key]}"'
                for key in ("requires-python", "yanked", "upload-time")
                if key in file
            ]
            hashes = file["hashes"]
            assert isinstance(hashes, dict)
            digest = "".join(f"#{kind}={value}" for kind, value in hashes.items())
            anchors.append(f'<a href="{file["url"]}{digest}"{"".join(more)}>{file["filename"]}</a>')
        return f"<!DOCTYPE html><html><body>{'<br>'.join(anchors)}</body></html>"


@contextmanager
def serving() -> Iterator[Site]:
    """Serve an empty index on loopback."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, data = site.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def write_tree(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder, and return it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def wheel(
    folder: Path, name: str, version: str, *requires: str, tag: str = "py3-none-any"
) -> tuple[str, str]:
    """Put a wheel with one module and a script into a folder; return its file name and sha256."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{name}-{version}.data/scripts/{name}": "#!python\n",
        f"{info}/METADATA": pkg_info(
            name, version, *(f"Requires-Dist: {each}" for each in requires)
        ),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    path = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(member, text)
    return path.name, hashlib.sha256(path.read_bytes()).hexdigest()
