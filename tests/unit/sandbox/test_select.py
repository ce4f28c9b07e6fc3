"""Which sandbox is opened, and what is said when none can be."""

from __future__ import annotations

import pytest

from ucb.errors import SandboxError, UnknownName
from ucb.sandbox import bubblewrap, docker, images, select


def _machine(monkeypatch: pytest.MonkeyPatch, *, engine: bool, image: bool, bwrap: bool) -> None:
    digest = "sha256:1" if image else None
    monkeypatch.setattr(docker, "available", lambda: engine)
    monkeypatch.setattr(docker, "version", lambda: "1")
    monkeypatch.setattr(images, "status", lambda: [images.Status("python", "ucb-python:1", digest)])
    monkeypatch.setattr(bubblewrap, "available", lambda: bwrap)
    monkeypatch.setattr(bubblewrap, "find", lambda: "/bin/true")


@pytest.mark.parametrize(
    ("engine", "image", "bwrap", "chosen"),
    [
        (True, True, True, "docker"),
        (True, False, True, "bubblewrap"),
        (True, False, False, "docker"),
        (False, False, True, "bubblewrap"),
    ],
)
def test_auto_takes_the_first_that_can_run(
    monkeypatch: pytest.MonkeyPatch, engine: bool, image: bool, bwrap: bool, chosen: str
) -> None:
    """Docker with an image, else bubblewrap, else Docker, which then names the image."""
    _machine(monkeypatch, engine=engine, image=image, bwrap=bwrap)
    sandbox = select.open_sandbox("auto", 1)
    assert sandbox.describe()["engine"] == chosen
    sandbox.close()


def test_without_an_engine_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code is never run unisolated; the error says what to install."""
    _machine(monkeypatch, engine=False, image=False, bwrap=False)
    with pytest.raises(SandboxError, match="apt-get install bubblewrap"):
        select.open_sandbox("auto")


def test_an_unknown_sandbox_is_refused() -> None:
    """A misspelt name gets a suggestion."""
    with pytest.raises(UnknownName, match="Did you mean 'docker'"):
        select.open_sandbox("dokcer")
