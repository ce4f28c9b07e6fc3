"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ucb.errors import StoreError


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """
    Open a text file that takes the place of `path` when the block ends without an error.

    The bytes are on the disk before the name is. Raises `StoreError` when the
    disk refuses; `path` is as it was then.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        temporary = Path(name)
        # A lone surrogate, which a model can write and UTF-8 cannot, is written as an escape.
        with os.fdopen(
            handle, "w", encoding="utf-8", errors="backslashreplace", newline=""
        ) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes the file private; a report is as readable as the folder it lies in.
        temporary.chmod(0o644)
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise refused(path, "cannot be written", error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def refused(path: Path, what: str, error: OSError) -> StoreError:
    """Return the sentence for a file that the disk refuses; a full one says what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            f"{path} {what}: the disk is full. What is stored is kept; free some space and run "
            "the same command again to go on."
        )
    return StoreError(f"{path} {what}: {error.strerror or error}.")
