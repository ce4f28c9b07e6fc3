"""A package index in a folder."""

from __future__ import annotations

import os
import tarfile
import zipfile
from pathlib import Path
from typing import Self

import pytest

# Reads its own metadata without building anything or asking for a build tool.
BACKEND = """
import pathlib
def prepare_metadata_for_build_wheel(folder, settings=None):
    info = pathlib.Path(folder, "toy-1.0.dist-info")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: toy\\nVersion: 1.0\\n")
    return info.name
def build_wheel(folder, settings=None, metadata=None):
    raise NotImplementedError
"""


class Index:
    """A folder of packages that pip takes for its index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def installed(cls, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Self:
        """Make the folder, and pip's only source of packages."""
        folder.mkdir()
        monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
        return cls(folder)

    def wheel(self, name: str, version: str, files: dict[str, bytes]) -> Path:
        """Add a wheel with these files."""
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        info = f"{name}-{version}.dist-info"
        meta = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        kind = "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
            for member, data in files.items():
                wheel.writestr(member, data)
            wheel.writestr(f"{info}/METADATA", meta)
            wheel.writestr(f"{info}/WHEEL", kind)
            wheel.writestr(f"{info}/RECORD", "")
        return path

    def sdist(self, name: str, version: str, files: dict[str, bytes]) -> Path:
        """Add a source distribution with these files and a build backend of its own."""
        tree = self.folder / "tree" / f"{name}-{version}"
        build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        more = {"pyproject.toml": build.encode(), "backend.py": BACKEND.encode()}
        for member, data in {**files, **more}.items():
            (tree / member).parent.mkdir(parents=True, exist_ok=True)
            (tree / member).write_bytes(data)
        path = self.folder / f"{name}-{version}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            archive.add(tree, tree.name)
        return path
