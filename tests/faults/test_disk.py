"""Whatever the disk does, and whenever the host is killed, the same command does the rest."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.faults.conftest import Zygote, check_whole, readable

_KILLED = -9
_STORE = 6


def test_a_kill_at_every_write_loses_nothing(
    zygote: Zygote, undisturbed: bytes, tmp_path: Path
) -> None:
    """SIGKILL in the middle of each write and before each flush, rename and new file."""
    moments = 0
    for at in itertools.count(1):
        out = tmp_path / str(at)
        killed = zygote.run(out, "kill", at)
        if not killed.fired:
            assert killed.status == 0, killed.said
            break
        assert killed.status == _KILLED
        before = readable(out)
        again = zygote.run(out)
        assert again.status == 0, again.said
        assert readable(out) >= before
        check_whole(out, undisturbed)
        moments += 1
    # Six completions and six verdicts in several files each, and four files that are replaced.
    assert moments >= 40


@pytest.mark.parametrize(
    ("fault", "sentence"), [("enospc", "the disk is full"), ("eio", "Input/output error")]
)
def test_a_disk_that_fails_at_any_write_is_one_sentence(
    zygote: Zygote, undisturbed: bytes, tmp_path: Path, fault: str, sentence: str
) -> None:
    """From one moment on nothing can be written; when it can, the same command does the rest."""
    refused = 0
    for at in itertools.count(1):
        out = tmp_path / str(at)
        failed = zygote.run(out, fault, at)
        assert "Traceback" not in failed.said
        if not failed.fired:
            assert failed.status == 0, failed.said
            break
        assert failed.status == _STORE, failed.said
        *progress, said = failed.said.splitlines()
        assert said.startswith("ucb: ")
        assert sentence in said
        assert all(line.startswith("fake: ") for line in progress)
        refused += 1
        before = readable(out)
        again = zygote.run(out)
        assert again.status == 0, again.said
        assert readable(out) >= before
        check_whole(out, undisturbed)
    assert refused >= 40


def test_killed_and_failing_by_turns(zygote: Zygote, undisturbed: bytes, tmp_path: Path) -> None:
    """One folder that meets a fault at every try gets done in the end."""
    out = tmp_path / "run"
    for at, fault in zip(range(3, 40), itertools.cycle(("kill", "enospc", "eio")), strict=False):
        if zygote.run(out, fault, at).status == 0:
            break
    else:
        assert zygote.run(out).status == 0
    assert readable(out) == 6
    assert (out / "fake" / "scores.json").read_bytes() == undisturbed


def test_a_full_disk_is_told_and_gone_on_with(undisturbed: bytes, tmp_path: Path) -> None:
    """A real file system of a few hundred KiB, full but for some pages, then with space again."""
    disk = tmp_path / "disk"
    disk.mkdir()
    small = _on_a_small_disk(disk)
    inside = Path(f"/proc/{small.pid}/root") / disk.relative_to("/")
    ballast = inside / "ballast"
    try:
        free = 0
        for pages in itertools.count(2, 2):
            _fill(ballast, pages)
            failed = small.run(disk / "run")
            if failed.status == 0:
                break
            assert failed.status == _STORE, failed.said
            assert "the disk is full" in failed.said
            assert "Traceback" not in failed.said
            free += 1
        # It went on where it was each time, with a little more space.
        assert free >= 2
        copy = tmp_path / "copy"
        shutil.copytree(inside / "run", copy)
        shutil.copy(inside / "run.log", tmp_path / "copy.log")
        check_whole(copy, undisturbed)
    finally:
        small.close()


def _on_a_small_disk(path: Path) -> Zygote:
    """Start the process with a file system of its own at `path`, which ends with it."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    mount = 'mount -t tmpfs -o size=400k,mode=777 tmpfs "$0" && exec "$@"'
    before = ["unshare", *user, "--mount", "sh", "-c", mount, str(path)]
    trial = subprocess.run([*before, "true"], check=False, capture_output=True, text=True)
    if trial.returncode:
        pytest.skip(f"no file system can be mounted here: {trial.stderr.strip()}")
    return Zygote(*before)


def _fill(ballast: Path, pages: int) -> None:
    """Leave so many free pages on the disk that holds the file."""
    ballast.unlink(missing_ok=True)
    disk = os.statvfs(ballast.parent)
    assert disk.f_blocks * disk.f_frsize < 1 << 20, "this is not the small disk"
    if disk.f_bavail > pages:
        ballast.write_bytes(b"x" * (disk.f_frsize * (disk.f_bavail - pages)))
