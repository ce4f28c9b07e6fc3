"""What a run records of the machine and of UCB itself."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any


def about() -> dict[str, Any]:
    """Return UCB's version and commit, and the machine, as `run.json` has them."""
    return {
        "ucb": version("ucb"),
        "git": revision(),
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
    }


def cores() -> int:
    """Return the CPUs that this process may use: a job's share of a machine, not all it has."""
    # Not every system lets a process ask.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def revision() -> str:
    """
    Return the commit of a UCB that runs from its checkout, or nothing.

    It is asked for once: a checkout may move on while a long run goes on with the code
    that it began with.
    """
    here = Path(__file__).parent.parent
    if not (here / ".git").exists() or not shutil.which("git"):
        return ""
    done = subprocess.run(
        ["git", "-C", str(here), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
