"""Tests of other people that measure time are known by their code."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.mine.timed import timed

_MEASURING = """\
import time
from time import perf_counter, time as now
from tests.speed import nearly_linear, unrelated
from timeit import timeit


def test_elapsed():
    start = time.monotonic()
    work()
    assert time.monotonic() - start < 1


def test_imported_clock():
    start = perf_counter()
    assert work() and perf_counter() < start + 1


def test_dates_apart():
    start = time.time()
    work()
    assert time.time() - start < 1


def test_timeit():
    assert timeit(work, number=10) < 1


def test_sleep():
    cache.set("a", 1, seconds=1)
    time.sleep(1.5)
    assert cache.get("a") is None


def fast(work):
    start = time.process_time()
    work()
    return time.process_time() - start < 1


@pytest.fixture
def clocked():
    start = time.perf_counter_ns()
    yield
    assert time.perf_counter_ns() - start < 10 ** 9


class TestSpeed:
    def quick(self):
        return time.thread_time()

    async def test_helper(self):
        assert fast(work)

    def test_method(self):
        assert self.quick() < 1

    def test_fixture(self, clocked):
        work()

    def test_from_beside(self):
        nearly_linear(work)
"""
_STEADY = """\
import time
from tests.speed import unrelated


def test_past_date():
    assert expired(time.time() - 3600)


async def test_yielding():
    await asyncio.sleep(0)
    await asyncio.sleep(1e-05)


def test_now():
    assert created() <= time.time()


def test_other_clock(monkeypatch):
    monkeypatch.setattr(time, "monotonic", lambda: 5.0)
    assert clock.monotonic_label() == "5"


def test_from_beside():
    unrelated(work)
"""
_BESIDE = """\
import time


def nearly_linear(work):
    start = time.perf_counter()
    work()
    assert time.perf_counter() - start < 1


def unrelated(work):
    work()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with tests that measure time, and others."""
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_fast.py").write_text(_MEASURING)
    (tests / "test_steady.py").write_text(_STEADY)
    (tests / "speed.py").write_text(_BESIDE)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "test_elapsed", "test_imported_clock", "test_dates_apart", "test_timeit", "test_sleep",
        "TestSpeed::test_helper", "TestSpeed::test_method", "TestSpeed::test_fixture",
        "TestSpeed::test_from_beside", "test_elapsed[one-two]",
    ],
)  # fmt: skip
def test_measuring_tests_are_found(root: Path, name: str) -> None:
    """A test that reads a clock or waits, itself or by what it calls, depends on time."""
    whole = f"tests/test_fast.py::{name}"
    assert timed(root, [whole]) == {whole}


@pytest.mark.parametrize(
    "name",
    ["test_past_date", "test_now", "test_other_clock", "test_from_beside", "test_yielding"],
)
def test_dates_and_fakes_are_left(root: Path, name: str) -> None:
    """A date, a replaced clock, a helper without one and a pause of no length do not."""
    assert timed(root, [f"tests/test_steady.py::{name}"]) == frozenset()


def test_files_that_cannot_be_read_have_none(root: Path) -> None:
    """A file that is not there, is no Python, or holds another language has no such test."""
    (root / "tests" / "test_broken.py").write_text("def test_a(:\n")
    (root / "tests" / "readme.md").write_text("time.monotonic()\n")
    names = ["tests/test_gone.py::test_a", "tests/test_broken.py::test_a", "tests/readme.md::a"]
    assert timed(root, names) == frozenset()
