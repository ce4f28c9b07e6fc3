"""
Memory and time of runs with many stored completions: `python -m benchmarks.million [COUNT...]`.

Makes run folders of 10,000, 100,000 and 1,000,000 stored completions of HumanEval
(or as many as asked), each a reference solution with a comment of its own, and has
them judged, reported, resumed, compared and exported, each by `ucb` in a process of its own.

Nothing is executed: a STAND-IN FOR THE SANDBOX answers at once, so that what is
measured is the host alone: reading, extracting, judging, storing, scoring. How fast
programs run is measured by `benchmarks/sandbox.py`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from unittest import mock

from ucb import cli, cli_explain, session
from ucb.config import RunConfig
from ucb.planning import Planned, plan
from ucb.store import Run
from ucb.types import (
    Completion,
    Ended,
    Execution,
    Key,
    Program,
    StepResult,
    TestReport,
)

COUNTS = (10_000, 100_000, 1_000_000)
TASK = "humaneval"
OTHER = "openai"
"""A mode that reads some answers otherwise."""
_MESSAGE = "AssertionError: the stand-in lets every third program fail\n" * 4


class StandIn:
    """A sandbox that runs nothing: two programs of three pass, and the others fail their tests."""

    def __init__(self) -> None:
        self._answered = 0

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        """Answer each program before the next one is read."""
        for key, program in programs:
            self._answered += 1
            good = self._answered % 3 > 0
            yield (
                key,
                Execution(tuple(_result(step.tests is not None, good) for step in program.steps)),
            )

    def describe(self) -> Mapping[str, str]:
        """Say what it is."""
        return {"engine": "stand-in that runs nothing"}

    def close(self) -> None:
        """Nothing was opened."""


def _result(tested: bool, good: bool) -> StepResult:
    error = "" if good else "AssertionError"
    tests = TestReport(good, 3, error, message="" if good else _MESSAGE)
    return StepResult(Ended.EXITED, 0, cpu=0.01, proved=True, tests=tests if tested else None)


def make(path: Path, count: int) -> int:
    """Write a run folder of at least so many completions, and return how many."""
    asked = RunConfig(tasks=(TASK,), model="stand-in", style="complete")
    (each,) = plan(asked)
    samples = -(-count // len(each.problems))
    config = replace(asked, samples=samples, temperature=0.8, k=(1, 10), out=str(path))
    with Run(path) as run:
        described = {TASK: {**each.describe(), "problems": len(each.problems)}}
        run.write(
            {"config": config.to_json(), "tasks": described, "started": "2026-01-01T00:00:00+00:00"}
        )
        folder = run.task(TASK)
        for completion in _completions(each, samples):
            folder.add_completion(completion)
        folder.close()
    return samples * len(each.problems)


def _completions(each: Planned, samples: int) -> Iterator[Completion]:
    for sample in range(samples):
        for problem in each.problems:
            text = f"{problem.row['canonical_solution']}    # one of many: {sample}\n"
            yield Completion(
                Key(problem.id, sample), text, tokens_in=150, tokens_out=80, seconds=0.5
            )


def child(arguments: list[str]) -> None:
    """Run `ucb` with the stand-in, and end by printing peak MiB, wall and CPU seconds as JSON."""
    start = time.monotonic()
    sys.argv = ["ucb", "--quiet", *arguments]
    try:
        with (
            mock.patch.object(session, "sandbox_of", return_value=StandIn()),
            mock.patch.object(cli_explain, "sandbox_of", return_value=StandIn()),
        ):
            cli.main()
    finally:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds = (time.monotonic() - start, time.process_time())
        print(json.dumps([round(peak, 1), *(round(each, 1) for each in seconds)]))


def measured(*arguments: object) -> tuple[float, float, float]:
    """Return peak MiB, wall and CPU seconds of `ucb` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.million", "child", *map(str, arguments)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"ucb {arguments[0]} ended with {done.returncode}.")
    peak, wall, cpu = json.loads(done.stdout.strip().splitlines()[-1])
    return peak, wall, cpu


def main() -> None:
    """Make, measure, print a row for each count."""
    counts = [int(each) for each in sys.argv[1:]] or COUNTS
    print("Judged by a stand-in that executes nothing; MiB is the peak of the process.")
    print(f"{'rows':>10}  {'command':<10} {'MiB':>7} {'wall s':>8} {'CPU s':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            path = Path(folder) / str(count)
            rows = make(path, count)
            for name, arguments in {
                "evaluate": ("evaluate", path),
                "report": ("report", path),
                "resume": ("evaluate", path),
                "compare": ("compare", path, path),
                "export": ("export", path, "--format", "evalplus", "--to", path / "s.jsonl"),
                "publish": ("publish", path, "--as", "parquet", "--to", path / "rows.parquet"),
                "explain": ("explain-score", path, "--mode", OTHER),
            }.items():
                peak, wall, cpu = measured(*arguments)
                print(f"{rows:>10,}  {name:<10} {peak:>7.1f} {wall:>8.1f} {cpu:>8.1f}", flush=True)
            stored = sorted((path / TASK).glob("*.jsonl"))
            mib = sum(file.stat().st_size for file in stored) / 2**20
            page = (path / "report.html").stat().st_size / 2**20
            print(f"{'':>10}  {len(stored)} files of rows, {mib:.0f} MiB; the page {page:.1f} MiB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(sys.argv[2:])
    else:
        main()
