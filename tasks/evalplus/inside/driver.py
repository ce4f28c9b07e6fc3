"""
The candidate's process: runs its function on many inputs per call of the tests.

What happens here is the candidate's to decide, and proves nothing: it has inputs
only, and what it returns is compared in another process.
"""

from __future__ import annotations

import signal
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plainjson

import results


def run(first: int, last: int) -> list[Any]:
    """Return the results for the inputs `first` to `last`, exclusive."""
    return [_limited(number) for number in range(first, last)]


def _limited(number: int) -> Any:
    # The kernel ends the process when one call has used up its CPU seconds.
    signal.setitimer(signal.ITIMER_PROF, SECONDS[number])
    result = FUNCTION(*INPUTS[number])
    signal.setitimer(signal.ITIMER_PROF, 0)
    return results.taken(result)


def _load(suite: str) -> tuple[Callable[..., Any], list[Any], list[float]]:
    source = Path("main.py").read_text(encoding="utf-8", errors="surrogatepass")
    # As EvalPlus runs it: not as the main module.
    module = sys.modules["candidate"] = types.ModuleType("candidate")
    name, inputs, seconds, older = plainjson.loads(Path(f"{suite}.json").read_text("utf-8"))
    if older:
        module.__dict__["sum"] = results.older_sum
    exec(compile(source, "main.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 (what this process is for)
    if name not in module.__dict__:
        raise NameError(f"name {name!r} is not defined")
    return module.__dict__[name], inputs, seconds


FUNCTION, INPUTS, SECONDS = _load(sys.argv[1])
