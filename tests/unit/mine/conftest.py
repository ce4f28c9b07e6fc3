"""What the tests of mining share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.mine.packages import Site, serving


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return an empty cache of this test's own."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve an empty package index on loopback."""
    with serving() as found:
        yield found
