"""Names of images: a change of what they are made of is a new image."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.errors import SandboxError, UnknownName
from ucb.sandbox import images


def test_the_name_follows_what_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Editing a Dockerfile, or a file it may copy, names another image; nothing else does."""
    folder = tmp_path / "python"
    folder.mkdir()
    monkeypatch.setattr(images, "folder", lambda: tmp_path)
    (folder / "Dockerfile").write_text("FROM a\n")
    first = images.tag("python")
    (folder / "language.toml").write_text("")
    (folder / "README.md").write_text("")
    assert images.tag("python") == first
    (folder / "requirements.txt").write_text("numpy==1.26.4\n")
    second = images.tag("python")
    (folder / "requirements.txt").write_text("numpy==1.26.5\n")
    third = images.tag("python")
    (folder / "Dockerfile").write_text("FROM b\n")
    assert len({first, second, third, images.tag("python")}) == 4
    assert first.startswith("ucb-python:")


def test_an_unknown_sandbox_is_named() -> None:
    """A misspelt sandbox gets a suggestion."""
    with pytest.raises(UnknownName, match="Did you mean 'python'"):
        images.tag("pyhton")


def test_every_dockerfile_takes_its_base_from_outside() -> None:
    """Where no registry answers, every image can be built on a base made here."""
    for toolchain in images.toolchains():
        published, suite = images.base_of(toolchain)
        assert published == f"debian:{suite}-slim"
        text = (images.folder() / toolchain / "Dockerfile").read_text(encoding="utf-8")
        sources = [line.split()[1] for line in text.splitlines() if line.startswith("FROM ")]
        assert set(sources) == {"${BASE}"}


def test_a_dockerfile_without_a_base_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file and the line it lacks are named."""
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "Dockerfile").write_text("FROM scratch\n")
    monkeypatch.setattr(images, "folder", lambda: tmp_path)
    with pytest.raises(SandboxError, match="ARG BASE=debian:trixie-slim"):
        images.base_of("odd")
