"""Joining a cluster whose client server fails now and then."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ucb.cluster import connection
from ucb.cluster.connection import _join
from ucb.errors import SandboxError

_FAILED = """Initialization failure from server:
Traceback (most recent call last):
  File "proxier.py", line 765, in Datapath
psutil.ZombieProcess: PID still exists but it's a zombie (pid=3567)
"""


def _ray(failures: int) -> SimpleNamespace:
    """A Ray of which so many attempts to join fail."""
    joined: list[str] = []

    def init(address: str, **_: object) -> None:
        joined.append(address)
        if len(joined) <= failures:
            raise ConnectionAbortedError(_FAILED)

    return SimpleNamespace(init=init, joined=joined)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_PAUSE", 0.0)
    monkeypatch.setattr(connection, "_reach", lambda _: None)


@pytest.mark.parametrize("failures", [0, 1, 3])
def test_a_client_server_that_fails_is_tried_again(failures: int) -> None:
    ray = _ray(failures)
    _join(ray, "ray://head:10001")
    assert ray.joined == ["ray://head:10001"] * (failures + 1)


def test_one_that_always_fails_is_a_sentence_with_the_reason() -> None:
    ray = _ray(100)
    with pytest.raises(
        SandboxError, match=r"server: psutil\.ZombieProcess: .*\(pid=3567\)\. A"
    ) as e:
        _join(ray, "ray://head:10001")
    assert len(ray.joined) == 4
    assert "Traceback" not in str(e.value)
