"""What a pyproject.toml declares that the metadata of a source distribution leaves out."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

Declared = Mapping[str, Any]


def read(root: Path) -> Declared:
    """Return the content of a tree's pyproject.toml; empty without one that can be read."""
    try:
        return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def entry_points(declared: Declared) -> str:
    """Return the declared entry points in the form of entry_points.txt; empty without any."""
    project, poetry = _table(declared, "project"), _table(declared, "tool", "poetry")
    groups = {
        "console_scripts": _table(project, "scripts") or _table(poetry, "scripts"),
        "gui_scripts": _table(project, "gui-scripts"),
        **(_table(project, "entry-points") or _table(poetry, "plugins")),
    }
    sections = []
    for group, points in groups.items():
        lines = [f"{name} = {value}" for name, value in points.items() if isinstance(value, str)]
        if lines:
            sections.append("\n".join((f"[{group}]", *lines, "")))
    return "\n".join(sections)


def groups(declared: Declared) -> dict[str, tuple[str, ...]]:
    """
    Return the requirements of each dependency group, by its normalised name.

    Groups of PEP 735 are taken with those they include, and Poetry's by the names alone, as
    their version constraints have a syntax of their own.
    """
    listed = {
        str(canonicalize_name(name)): items
        for name, items in _table(declared, "dependency-groups").items()
        if isinstance(items, list)
    }
    found = {name: tuple(_expanded(name, listed, frozenset())) for name in listed}
    poetry = _table(declared, "tool", "poetry")
    tables = {name: _table(poetry, "group", name) for name in _table(poetry, "group")}
    tables.setdefault("dev", {"dependencies": _table(poetry, "dev-dependencies")})
    for name, table in tables.items():
        required = tuple(each for each in _table(table, "dependencies") if each != "python")
        if required:
            found.setdefault(str(canonicalize_name(name)), required)
    return found


def _expanded(name: str, listed: Mapping[str, list[Any]], inside: frozenset[str]) -> list[str]:
    """Return a group's requirements and those of the groups it includes; a circle ends there."""
    requirements = []
    for item in listed.get(name, []) if name not in inside else []:
        if isinstance(item, str):
            requirements.append(item)
        elif isinstance(item, dict) and isinstance(included := item.get("include-group"), str):
            requirements += _expanded(str(canonicalize_name(included)), listed, inside | {name})
    return requirements


def _table(declared: Declared, *names: str) -> Declared:
    """Return a table inside others; an empty one where there is none."""
    found: Any = declared
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
