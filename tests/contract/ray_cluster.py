"""A cluster for the tests of a module, and the tests' own connection to it."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.contract import sandboxes
from tests.ray_nodes import RayNodes

MARKS = [
    pytest.mark.ray,
    pytest.mark.bubblewrap,
    # Ray's own: sockets and processes that it leaves to the garbage collector.
    pytest.mark.filterwarnings("ignore"),
]


def ray() -> Any:
    # Not at the top: where it is missing, that is what `cluster` says.
    return importlib.import_module("ray")


def require() -> None:
    """Skip, and say so, where Ray or bubblewrap is missing; fail where it must not be."""
    if importlib.util.find_spec("ray") is None:
        if os.environ.get("UCB_REQUIRE_RAY") == "1":
            pytest.fail("Ray is not installed, and UCB_REQUIRE_RAY=1")
        pytest.skip("Ray is not installed (`pip install 'ucb[ray]'`)")
    sandboxes.require("bubblewrap")


@contextmanager
def started() -> Iterator[RayNodes]:
    """A head that runs nothing, and the environment in which it is spoken to."""
    require()
    with RayNodes() as found, pytest.MonkeyPatch.context() as patch:
        for name, value in found.environment.items():
            patch.setenv(name, value)
        yield found


@contextmanager
def joined() -> Iterator[RayNodes]:
    """A head that runs nothing, joined by this process."""
    with started() as found:
        # The tests' own connection: those of sandboxes join it, and the last one leaves.
        ray().init(address=found.address, log_to_driver=False, logging_level="ERROR")
        try:
            yield found
        finally:
            ray().shutdown()
