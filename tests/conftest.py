"""What several tests share."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start: jobs in a shell's background ignore it, as do theirs."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test asks a hub: what it needs comes from a package or a folder."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def data_dir() -> Path:
    """Return the folder of public datasets; skip, and say so, where there is none."""
    folder = os.environ.get("UCB_DATA_DIR")
    if not folder:
        pytest.skip("UCB_DATA_DIR is not set: public datasets are not here")
    return Path(folder)
