"""
What UCB-Py costs: seconds of a problem, warm beside cold, and fetching what problems need.

    python benchmarks/ucb_py.py [--task ucb-py/repair] [--limit 40] [--rounds 3] [--sandbox docker]

The first problems of a task are materialised into an empty cache; then each one's reference is
judged in turns: by forks of the interpreter that has pytest loaded, and by a new interpreter for
every step in the same room. CPU seconds depend less on a busy machine than wall seconds do.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ucb import plugins
from ucb.data import cache_dir
from ucb.judge import judge
from ucb.sandbox import Sandbox
from ucb.sandbox.select import open_sandbox
from ucb.task import Task
from ucb.types import Key, Problem, Program


def megabytes(folder: Path) -> float:
    """Return the size of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def materialise(task: Task, problems: Sequence[Problem]) -> None:
    """Fetch what the problems need into an empty cache, and print what that took."""
    started = time.perf_counter()
    for problem in problems:
        task.materialise(problem)
    seconds = time.perf_counter() - started
    sizes = ", ".join(
        f"{folder.name} {megabytes(folder):,.1f} MB"
        for folder in (cache_dir() / "sdists", *sorted((cache_dir() / "projects").iterdir()))
    )
    releases = {problem.row["new"]["sha256"] for problem in problems}
    print(f"{len(problems)} problems of {len(releases)} releases: {seconds:.0f} s; {sizes}")


def cold(program: Program) -> Program:
    """Return the same program, every step in an interpreter of its own."""
    steps = tuple(
        replace(step, argv=("env", "PYTHONHASHSEED=0", *step.argv)) for step in program.steps
    )
    return replace(program, steps=steps)


def run(sandbox: Sandbox, program: Program, problem: Problem) -> tuple[float, float]:
    """Return CPU and wall seconds of a program that must pass."""
    key = Key(problem.id, 0)
    started = time.perf_counter()
    ((_, execution),) = sandbox.run([(key, program)])
    wall = time.perf_counter() - started
    verdict = judge(program, key, execution)
    if not verdict.passed:
        raise SystemExit(f"{problem.id}: the reference does not pass: {verdict}")
    return verdict.cpu, wall


def main() -> None:
    """Print what materialising took, and the seconds of a problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", default="ucb-py/repair")
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sandbox", default="auto")
    asked = parser.parse_args()
    task = plugins.task(asked.task)
    problems = list(task.problems())
    problems = problems[:: max(1, len(problems) // asked.limit)][: asked.limit]
    with tempfile.TemporaryDirectory() as cache:
        os.environ["UCB_CACHE_DIR"] = cache
        materialise(task, problems)
        sandbox = open_sandbox(asked.sandbox, 1, deduplicate=False)
        taken: dict[str, list[tuple[float, float]]] = {"warm": [], "cold": []}
        for problem in problems:
            program = task.program(problem, task.reference(problem) or "")
            kinds = {"warm": program, "cold": cold(program)}
            sums: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
            for _ in range(asked.rounds):
                for kind, each in kinds.items():
                    sums[kind].append(run(sandbox, each, problem))
            for kind, found in sums.items():
                cpu, wall = zip(*found, strict=True)
                taken[kind].append((statistics.median(cpu), statistics.median(wall)))
        sandbox.close()
    print("interpreter  CPU s, median  mean   wall s, median  mean")
    for kind, found in taken.items():
        (cpu, wall) = zip(*found, strict=True)
        print(
            f"{kind:12} {statistics.median(cpu):13.2f} {statistics.mean(cpu):5.2f} "
            f"{statistics.median(wall):16.2f} {statistics.mean(wall):5.2f}"
        )
    ratios = [cold[0] / warm[0] for warm, cold in zip(*taken.values(), strict=True)]
    print(f"cold / warm, CPU: median {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
