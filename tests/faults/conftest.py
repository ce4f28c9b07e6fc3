"""A process to run `ucb` in with faults, and what must be true of a run folder afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ucb.store import TaskFolder

SAMPLES = 2
ROWS = 3 * SAMPLES


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    status: int
    """Its exit status, or minus the signal that ended it."""
    said: str
    fired: bool
    """Whether it got as far as its fault."""


class Zygote:
    """Runs `ucb run` in forks of one process; see `tests.faults.zygote`."""

    def __init__(self, *before: str) -> None:
        self._process = subprocess.Popen(
            [*before, sys.executable, "-m", "tests.faults.zygote"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # No threads of a linear algebra library in a process that forks.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            text=True,
        )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def run(self, out: Path, fault: str = "none", at: int = 0, command: str = "run") -> Outcome:
        """Run the fake task into a folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        arguments = [
            command, "fake", "--model", "m", "--samples", str(SAMPLES), "--temperature", "0.5",
            "--out", str(out),
        ]  # fmt: skip
        line = json.dumps({"arguments": arguments, "fault": fault, "at": at})
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return Outcome(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.communicate()
        assert self._process.returncode == 0


@pytest.fixture(scope="package")
def zygote() -> Iterator[Zygote]:
    """One for all tests of this folder."""
    found = Zygote()
    yield found
    found.close()


@pytest.fixture(scope="package")
def undisturbed(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The scores of a run without a fault."""
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    done = zygote.run(out)
    assert done.status == 0, done.said
    return (out / "fake" / "scores.json").read_bytes()


def check_whole(out: Path, scores: bytes) -> None:
    """Every row is there exactly once, the scores are those, and nothing else is left."""
    folder = out / "fake"
    for kind in ("completions", "verdicts"):
        files = folder.glob(f"{kind}*.jsonl")
        lines = [line for file in files for line in file.read_text().splitlines()]
        keys = Counter((row["problem"], row["sample"]) for row in map(json.loads, lines))
        assert len(keys) == ROWS, kind
        assert set(keys.values()) == {1}, kind
    assert (folder / "scores.json").read_bytes() == scores
    assert {file.name for file in out.iterdir()} == {"run.json", "report.html", "fake", ".lock"}
    assert all(file.suffix in (".jsonl", ".json") for file in folder.iterdir())
    asked = out.with_suffix(".log").read_text().splitlines()
    # An answer may be on its way to the disk when the fault strikes; no stored one is asked again.
    assert len(asked) <= ROWS + 1


def readable(out: Path) -> int:
    """Return how many completions can be read; all that is stored must be."""
    folder = TaskFolder(out / "fake")
    verdicts = {verdict.key for verdict in folder.verdicts()}
    completions = {completion.key for completion in folder.completions()}
    assert verdicts <= completions
    return len(completions)
