"""Find tasks on disk, and tasks and backends behind entry points."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from ucb.backends import Backend
from ucb.errors import ConfigError, UnknownName
from ucb.task import Task

_PACKAGE = Path(__file__).parent
# The wheel carries the folder as `ucb/_tasks`; a checkout has it beside the package.
_INSTALLED = _PACKAGE / "_tasks"
TASKS = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "tasks"


@cache
def tasks() -> Mapping[str, Task]:
    """Return every benchmark by name: `tasks/*/task.py`, then entry points `ucb.tasks`."""
    found: dict[str, Task] = {}
    for path in sorted(TASKS.glob("*/task.py")):
        found.update(_named(_load(path).TASKS, str(path)))
    for entry in entry_points(group="ucb.tasks"):
        found.update(_named(_import(entry), entry.value))
    return found


def task(name: str) -> Task:
    """Look up a benchmark; raise `UnknownName` if there is none."""
    known = tasks()
    if name not in known:
        raise UnknownName("task", name, known)
    return known[name]


def backends() -> list[str]:
    """Return the names of the installed backends."""
    return sorted({entry.name for entry in entry_points(group="ucb.backends")})


def backend(name: str, **options: Any) -> Backend:
    """Open a backend with the options it takes; raise `UnknownName` if there is none."""
    for entry in entry_points(group="ucb.backends"):
        if entry.name == name:
            opener: Callable[..., Backend] = _import(entry)
            return opener(**options)
    raise UnknownName("backend", name, backends())


def _named(found: list[Task], where: str) -> dict[str, Task]:
    if not all(isinstance(each, Task) for each in found):
        raise ConfigError(f"{where}: TASKS must be a list of ucb.task.Task objects.")
    return {each.name: each for each in found}


def _load(path: Path) -> Any:
    name = f"ucb_tasks.{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Dataclasses look their module up.
    spec.loader.exec_module(module)
    return module


def _import(entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"The plugin {entry.name!r} ({entry.value}) cannot be loaded: {error}."
        ) from error
