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


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Three sandboxes on one base, a docker that only notes what it is asked, and its notes."""
    asked: list[list[str]] = []

    def run(command: list[str], environment: dict[str, str] | None = None) -> None:
        asked.append(command)
        if command[-1].endswith("broken"):
            raise SandboxError("apt-get: no such package")

    for name in ("a", "b", "broken"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text(f"ARG BASE=debian:trixie-slim\n# {name}\n")
    monkeypatch.setattr(images, "folder", lambda: tmp_path)
    monkeypatch.setattr(images, "_run", run)
    monkeypatch.setattr(images, "_builder", lambda: "docker")
    monkeypatch.setattr(images, "inspect", lambda image: None if "base" in image else "sha256:0")
    return asked


def test_images_are_built_side_by_side(three: list[list[str]]) -> None:
    """Each is built from the one base, and yielded."""
    built = list(images.build_all(["a", "b"], jobs=2))
    assert sorted(status.toolchain for status in built) == ["a", "b"]
    assert [argv for argv in three if "BASE=debian:trixie-slim" not in argv] == [
        argv for argv in three if argv[1] == "run"
    ]


def test_one_that_fails_does_not_stop_the_others(three: list[list[str]]) -> None:
    """The others are built; the sentence names what is not, and says why."""
    built: list[images.Status] = []
    with pytest.raises(SandboxError, match=r"Not built: broken\. apt-get: no such package"):
        built.extend(images.build_all(["broken", "a", "b"], jobs=1))
    assert [status.toolchain for status in built] == ["a", "b"]


def test_a_misspelt_name_is_told_before_anything_is_built(three: list[list[str]]) -> None:
    """Minutes of building do not come before the sentence."""
    with pytest.raises(UnknownName, match="brokn"):
        list(images.build_all(["a", "brokn"]))
    assert three == []
