"""
Runs inside EvalPlus's virtual environment: judge a samples file as EvalPlus does.

    python evalplus_peer.py humaneval|mbpp SAMPLES WORKERS SECONDS FACTOR

SECONDS and FACTOR are EvalPlus's limits of one call: at least so many seconds,
and so many times what the reference took.

Prints one line of JSON: wall seconds, CPU seconds, and by problem the pairs
(base passed, base and plus passed) of its samples in their order. The expected
outputs are computed before the clock starts.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from evalplus import data
from evalplus.eval._special_oracle import MBPP_OUTPUT_NOT_NONE_TASKS
from evalplus.evaluate import evaluate, get_groundtruth


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main(dataset: str, samples: str, workers: str, least: str, factor: str) -> None:
    """Print the result."""
    if dataset == "humaneval":
        get_groundtruth(data.get_human_eval_plus(), data.get_human_eval_plus_hash(), [])
    else:
        hashed = data.get_mbpp_plus_hash()
        get_groundtruth(data.get_mbpp_plus(), hashed, MBPP_OUTPUT_NOT_NONE_TASKS)
    cpu, began = _cpu(), time.perf_counter()
    evaluate(
        dataset,
        samples=samples,
        parallel=int(workers),
        min_time_limit=float(least),
        gt_time_limit_factor=float(factor),
    )
    seconds = time.perf_counter() - began
    judged = json.loads(Path(samples.replace(".jsonl", "_eval_results.json")).read_text())["eval"]
    verdicts = {
        problem: [
            (row["base_status"] == "pass", row["base_status"] == row["plus_status"] == "pass")
            for row in rows
        ]
        for problem, rows in judged.items()
    }
    print(json.dumps({"seconds": seconds, "cpu": _cpu() - cpu, "verdicts": verdicts}))


main(*sys.argv[1:])
