"""The CPUs that rooms claim for themselves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ucb.sandbox.cpus import Claims

_HOLDER = """
import sys
from pathlib import Path
from ucb.sandbox.cpus import Claims
print(*Claims(1, Path(sys.argv[1])).cpus, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def four_cpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine has."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {2, 3, 5, 7}, raising=False)


@pytest.mark.usefixtures("four_cpus")
def test_two_runs_take_different_cpus(tmp_path: Path) -> None:
    """And a third gets what is left."""
    with Claims(2, tmp_path) as first, Claims(1, tmp_path) as second, Claims(3, tmp_path) as third:
        assert (first.cpus, second.cpus, third.cpus) == ([2, 3], [5], [7])


@pytest.mark.usefixtures("four_cpus")
def test_a_closed_claim_is_free_again(tmp_path: Path) -> None:
    """Closing twice does nothing more."""
    first = Claims(4, tmp_path)
    first.close()
    first.close()
    with Claims(4, tmp_path) as second:
        assert second.cpus == [2, 3, 5, 7]


@pytest.mark.usefixtures("four_cpus")
def test_more_rooms_than_cpus_claim_none(tmp_path: Path) -> None:
    """They share all CPUs, as the kernel sees fit."""
    with Claims(5, tmp_path) as claims:
        assert claims.cpus == []
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("four_cpus")
def test_a_folder_that_takes_no_locks_costs_nothing_but_the_claim(tmp_path: Path) -> None:
    """A link in the lock's place is not followed either."""
    with Claims(1, tmp_path / "missing") as claims:
        assert claims.cpus == []
    (tmp_path / "ucb-cpu-2.lock").symlink_to(tmp_path / "elsewhere")
    with Claims(1, tmp_path) as claims:
        assert claims.cpus == [3]
    assert not (tmp_path / "elsewhere").exists()


def test_a_killed_holder_leaves_no_claim(tmp_path: Path) -> None:
    """The kernel drops the lock with the process."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        held = [int(word) for word in holder.stdout.readline().split()]
        with Claims(1, tmp_path) as claims:
            assert held
            assert not set(claims.cpus) & set(held)
        holder.kill()
    with Claims(1, tmp_path) as claims:
        assert claims.cpus == held
