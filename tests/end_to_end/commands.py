"""Run `ucb` as a user does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def ucb(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "ucb", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
