"""Runs the reference solution once on every input, and writes what it returns."""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plainjson

import results


def outputs(inputs: list[Any], function: Callable[..., Any], rule: str) -> dict[str, Any]:
    """Return the results as `plainjson`, and the CPU seconds that each took."""
    found, seconds = [], []
    for given in inputs:
        arguments = copy.deepcopy(given)
        start = time.process_time()
        result = function(*arguments)
        seconds.append(round(time.process_time() - start, 4))
        result = result is not None if rule == "not none" else results.taken(result)
        found.append(plainjson.dumps(result))
    return {"outputs": found, "seconds": seconds}


def main(entry_point: str, rule: str) -> None:
    """Write `expected.json` from `main.py` and the two files of inputs."""
    namespace: dict[str, Any] = {"sum": results.older_sum} if rule == "find zero" else {}
    source = Path("main.py").read_text(encoding="utf-8")
    exec(compile(source, "main.py", "exec", dont_inherit=True), namespace)  # noqa: S102 (the dataset's own code)
    made = {
        suite: outputs(
            plainjson.loads(Path(f"{suite}.json").read_text(encoding="utf-8")),
            namespace[entry_point],
            rule,
        )
        for suite in ("base", "plus")
    }
    Path("expected.json").write_text(json.dumps(made), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
