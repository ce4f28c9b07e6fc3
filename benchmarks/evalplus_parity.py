"""
The same samples judged by UCB and by EvalPlus's own package, side by side.

    python benchmarks/evalplus_parity.py                     verdicts, on references and mutants
    python benchmarks/evalplus_parity.py --mutants 0         speed, on the references alone
    python benchmarks/evalplus_parity.py --runs RUN …        and on what models wrote

EvalPlus 0.3.1 is installed from PyPI in a virtual environment of its own. Each
harness computes its expected outputs before its clock starts. Deduplication is off.

EvalPlus times calls on the wall: on a busy machine, compare verdicts with
`--peer-seconds 60 --peer-factor 100`. Its memory limit is off, because its programs
inherit all expected outputs and the reference of Mbpp/255 then has too little left.
Its 0.3.1 lets nothing pass HumanEval/32, not the reference either: the loop that
checks it counts none of its inputs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import peers
from benchmarks import sandbox_usage as usage
from benchmarks.mutants import mutants
from ucb import plugins
from ucb.run import extracted
from ucb.sandbox.select import open_sandbox
from ucb.store import Run
from ucb.task import Task
from ucb.types import Key, Problem, Stage, Style

_TASKS = {"humaneval-plus": "humaneval", "mbpp-plus": "mbpp"}
_FILES = {
    "HUMANEVAL_OVERRIDE_PATH": "HumanEvalPlus-v0.1.10.jsonl.gz",
    "MBPP_OVERRIDE_PATH": "MbppPlus-v0.2.0.jsonl.gz",
}
_BROKEN = ("HumanEval/32",)
"""What EvalPlus itself cannot judge."""
Samples = dict[str, list[str]]
"""Programs by problem."""
Verdicts = dict[str, list[tuple[bool, bool]]]
"""By problem: base passed, and base and plus passed."""


def _samples(task: Task, problems: list[Problem], options: argparse.Namespace) -> Samples:
    found: Samples = {}
    for problem in problems:
        code = task.reference(problem) or ""
        seed = f"{options.seed} {problem.id}"
        found[problem.id] = [code, *mutants(code, options.mutants, seed)]
    for path in options.runs:
        for key, code in _written(task, problems, Run(path)):
            found[key.problem].append(code)
    return found


def _written(task: Task, problems: list[Problem], run: Run) -> Iterator[tuple[Key, str]]:
    by_id = {problem.id: problem for problem in problems}
    if task.name not in run.tasks():
        return
    about = run.read()["config"]
    task = task.configured(mode=about["mode"])
    for completion in run.task(task.name).completions():
        if problem := by_id.get(completion.key.problem):
            yield completion.key, extracted(task, problem, Style(about["style"]), completion)[0]


def _ours(
    task: Task, problems: list[Problem], samples: Samples, options: argparse.Namespace
) -> Any:
    by_id = {problem.id: problem for problem in problems}
    sandbox = open_sandbox(options.engine, options.workers, deduplicate=False)
    try:
        task.prepare(problems, sandbox.run)
        programs = {
            Key(name, number): task.program(by_id[name], code)
            for name, codes in samples.items()
            for number, code in enumerate(codes)
        }
        stages: dict[Key, Stage] = {}
        # Every room is open before the clock starts, as the peer's imports are done.
        first = list(programs.items())[: 4 * options.workers]
        list(sandbox.run((Key(f"warm {key.problem}", 0), program) for key, program in first))
        tree = usage.Tree(os.getpid())
        cpu, began = tree.cpu(), time.perf_counter()
        for key, execution in sandbox.run(programs.items()):
            problem = by_id[key.problem]
            stages[key] = task.judge(problem, programs[key], key, execution).stage
        seconds, cpu = time.perf_counter() - began, tree.cpu() - cpu
    finally:
        sandbox.close()
    verdicts = {
        name: [
            (stages[Key(name, n)] >= Stage.BASE, stages[Key(name, n)] is Stage.PASSED)
            for n in range(len(codes))
        ]
        for name, codes in samples.items()
    }
    return seconds, cpu, verdicts


def _theirs(task: Task, samples: Samples, options: argparse.Namespace, python: str) -> Any:
    with tempfile.TemporaryDirectory(prefix="ucb-benchmark-") as name:
        path = Path(name, "samples.jsonl")
        with path.open("w", encoding="utf-8") as file:
            for problem, codes in samples.items():
                for code in codes:
                    file.write(json.dumps({"task_id": problem, "solution": code}) + "\n")
        script = Path(__file__).with_name("evalplus_peer.py")
        done = subprocess.run(
            [
                python, script, _TASKS[task.name], path, str(options.workers),
                str(options.peer_seconds), str(options.peer_factor),
            ],
            stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **_environment()},
        )  # fmt: skip
    result = json.loads(done.stdout.splitlines()[-1])
    verdicts = {name: [tuple(row) for row in rows] for name, rows in result["verdicts"].items()}
    return result["seconds"], result["cpu"], verdicts


def _environment() -> dict[str, str]:
    """What EvalPlus is told: where its problems are, if they are here already, and its memory."""
    folder = Path(os.environ.get("UCB_DATA_DIR", ""), "evalplus")
    found = {n: str(folder / file) for n, file in _FILES.items() if (folder / file).is_file()}
    return {**found, "EVALPLUS_MAX_MEMORY_BYTES": "-1"}


def _compare(name: str, options: argparse.Namespace) -> int:
    """Print one benchmark's two lines and every difference; return how many there are."""
    task = plugins.task(name)
    problems = list(task.problems())
    samples = _samples(task, problems, options)
    count = sum(map(len, samples.values()))
    rows: dict[str, tuple[float, float, Verdicts]] = {}
    if not options.only_ours:
        rows["EvalPlus 0.3.1"] = _theirs(task, samples, options, options.python or peers.python())
    rows["UCB"] = _ours(task, problems, samples, options)
    for harness, (seconds, cpu, verdicts) in rows.items():
        flat = [verdict for each in verdicts.values() for verdict in each]
        references = sum(each[0][1] for each in verdicts.values())
        print(
            f"| {name} | {harness} | {count} | {seconds:.1f} | {count / seconds:.1f} "
            f"| {1000 * cpu / count:.0f} "
            f"| {sum(base for base, _ in flat)} | {sum(plus for _, plus in flat)} "
            f"| {references}/{len(samples)} |",
            flush=True,
        )
    if options.only_ours:
        return 0
    (_, _, theirs), (_, _, ours) = rows.values()
    different = [
        (problem, number)
        for problem in sorted(set(samples) - set(_BROKEN))
        for number, pair in enumerate(zip(theirs[problem], ours[problem], strict=True))
        if pair[0] != pair[1]
    ]
    for problem, number in different:
        print(f"{problem}, sample {number}: {theirs[problem][number]}, {ours[problem][number]}")
        if options.show:
            print(samples[problem][number])
    return len(different)


def main() -> None:
    """Print a table, and every sample whose verdicts differ: (base, plus) of EvalPlus, of UCB."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", nargs="+", choices=tuple(_TASKS), default=tuple(_TASKS))
    parser.add_argument("--mutants", type=int, default=2, help="per problem")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", nargs="*", type=Path, default=(), help="run folders of models")
    parser.add_argument("--engine", default="auto", choices=("auto", "docker", "bubblewrap"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peer-seconds", type=float, default=1.0, help="EvalPlus's least limit")
    parser.add_argument("--peer-factor", type=float, default=4.0, help="of the reference's time")
    parser.add_argument("--python", help="of an environment that has EvalPlus already")
    parser.add_argument("--show", action="store_true", help="print what is judged differently")
    parser.add_argument("--only-ours", action="store_true")
    options = parser.parse_args()
    head = ("benchmark", "harness", "samples", "seconds", "samples/s", "CPU ms per sample")
    print(f"| {' | '.join((*head, 'base', 'plus', 'references'))} |\n{'|---' * 9}|")
    different = sum(_compare(name, options) for name in options.tasks)
    print(f"{different} verdicts differ; not counted: {', '.join(_BROKEN)}, see --help.")
    raise SystemExit(1 if different else 0)


if __name__ == "__main__":
    main()
