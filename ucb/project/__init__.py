"""Programs that work inside a whole project, and the store that projects are kept in.

The store is a folder of the cache that rooms see read-only:

    trees/NAME/    a project as it was released; what is in it programs cannot read
    env/NAME/site  the packages that projects need, for every program to import

Both are written once, by `Store`, and named after their content.
"""

from __future__ import annotations

import io
from pathlib import Path

from ucb.errors import DataError
from ucb.fetch import cache_dir

TREES, ENVIRONMENTS = "trees", "env"


def store() -> Path:
    """
    Return the store's folder, made if need be. Only its owner may enter `trees`.

    Raises `DataError` if it cannot be made.
    """
    folder = cache_dir() / "projects"
    trees = folder / TREES
    try:
        (folder / ENVIRONMENTS).mkdir(parents=True, exist_ok=True)
        trees.mkdir(mode=0o700, exist_ok=True)
        # A umask or an older folder must not let programs read what they are to find out.
        trees.chmod(0o700)
    except OSError as error:
        raise DataError(
            f"{folder} cannot be stored in: {error.strerror or error}. Free space there, or set "
            "UCB_CACHE_DIR to another folder."
        ) from error
    return folder


def splice(text: str, first: int, last: int, code: str) -> str:
    """
    Replace the lines `first` to `last` of a source, counted from 1 and both included.

    The text keeps its line endings; `code` gets exactly one at its end.
    """
    # Not `splitlines`, which also splits at form feeds: Python does not count those.
    lines = io.StringIO(text, newline="").readlines()
    if not 1 <= first <= last <= len(lines):
        raise ValueError(f"lines {first} to {last} of {len(lines)}")
    return "".join([*lines[: first - 1], code.rstrip("\n") + "\n", *lines[last:]])
