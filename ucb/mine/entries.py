"""The rows of a mined set: what is kept of a release, a bug, a function."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ucb.errors import StoreError
from ucb.mine.baseline import Baseline
from ucb.mine.changelog import Section, entry
from ucb.mine.index import Release
from ucb.mine.licence import expression
from ucb.mine.releases import Candidate, Target
from ucb.mine.sdist import Tree
from ucb.mine.trial import Confirmed
from ucb.mine.written import Needed
from ucb.project.suite import Project


def tested(release: Release, tree: Tree, project: Project, found: Baseline) -> dict[str, Any]:
    """Return what all problems of a release say of it and its tests."""
    return {
        "package": release.package,
        "licence": expression(tree),
        "new": release_row(release),
        "roots": list(project.roots),
        "modules": list(project.modules),
        "tests": list(project.tests),
        "environment": project.environment,
        "others": sorted(found.others),
        "passing": len(found.passing),
        "cpu": round(found.cpu, 2),
    }


def release_row(release: Release) -> dict[str, Any]:
    """Return what finds a release on an index again."""
    return {
        "version": release.version,
        "file": release.file,
        "sha256": release.sha256,
        "uploaded": release.uploaded.isoformat() if release.uploaded else None,
    }


def bug(confirmed: Confirmed, tree: Tree) -> dict[str, Any]:
    """Return what is a bug's own. `tree` is the new release's."""
    candidate = confirmed.candidate
    told = candidate.changelog
    return {
        "id": _name(candidate.new, candidate),
        "file": candidate.file,
        "qualname": candidate.qualname,
        "occurrence": candidate.occurrence,
        "span": [candidate.span.first, candidate.span.last],
        "old_file": candidate.old_file,
        "old_span": [candidate.old_span.first, candidate.old_span.last],
        "changelog": _section(told),
        "entry": _section(entry(tree, told, candidate.qualname) if told else None),
        "triggers": list(confirmed.triggers),
        "raised": list(confirmed.raised),
    }


def function(needed: Needed) -> dict[str, Any]:
    """Return what is a function's own."""
    target = needed.target
    return {
        "id": _name(target.release, target),
        "file": target.file,
        "qualname": target.qualname,
        "occurrence": target.occurrence,
        "span": [target.span.first, target.span.last],
        "lines": target.code_lines,
        "branching": needed.branching,
        "triggers": list(needed.tests),
    }


def _section(found: Section | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"file": found.file, "span": [found.span.first, found.span.last]}


def _name(release: Release, each: Candidate | Target) -> str:
    name = each.qualname + (f"#{each.occurrence}" if each.occurrence else "")
    return f"{release.package}/{release.version}/{each.file}:{name}"


def parse(text: bytes, path: Path) -> dict[str, Any]:
    """Read JSON that mining wrote; raise `StoreError` for anything else."""
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise StoreError(
            f"{path} is damaged: {error}. Mend it, or choose another --out."
        ) from error
    return found


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole lines of a file; a torn last one is not there."""
    if path.is_file():
        for line in path.read_bytes().splitlines(keepends=True):
            if line.endswith(b"\n"):
                yield parse(line, path)
