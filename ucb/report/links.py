"""Deep links into run reports."""

from __future__ import annotations

import posixpath
from urllib.parse import quote

_UNRESERVED = "!~*'()"  # What JavaScript's encodeURIComponent leaves alone, beside quote's own.


def report_of(run: str, seen_from: str = "") -> str:
    """Return the address of a run folder's report, relative to the folder `seen_from`."""
    path = posixpath.join(run.replace("\\", "/"), "report.html")
    if seen_from:
        path = posixpath.relpath(path, seen_from)
    return quote(path)


def sample_of(run: str, task: str, problem: str, sample: int) -> str:
    """Return the address of one sample in a run folder's report."""
    parts = (quote(part, safe=_UNRESERVED) for part in (task, problem, str(sample)))
    return f"{report_of(run)}#/{'/'.join(parts)}"
