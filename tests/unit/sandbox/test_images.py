"""Names of images: a change of what they are made of is a new image."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.errors import UnknownName
from ucb.sandbox import images


def test_the_name_follows_the_dockerfile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Editing a Dockerfile names another image; nothing else does."""
    folder = tmp_path / "python"
    folder.mkdir()
    monkeypatch.setattr(images, "folder", lambda: tmp_path)
    (folder / "Dockerfile").write_text("FROM a\n")
    first = images.tag("python")
    (folder / "language.toml").write_text("")
    assert images.tag("python") == first
    (folder / "Dockerfile").write_text("FROM b\n")
    assert images.tag("python") != first
    assert first.startswith("ucb-python:")


def test_an_unknown_sandbox_is_named() -> None:
    """A misspelt sandbox gets a suggestion."""
    with pytest.raises(UnknownName, match="Did you mean 'python'"):
        images.tag("pyhton")


def test_every_dockerfile_takes_its_base_from_outside() -> None:
    """Where no registry answers, every image can be built on a base made here."""
    for toolchain in images.toolchains():
        text = (images.folder() / toolchain / "Dockerfile").read_text(encoding="utf-8")
        assert f"ARG BASE={images.BASE}\nFROM ${{BASE}}\n" in text
