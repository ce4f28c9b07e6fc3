"""Find tasks on disk, and tasks and backends behind entry points."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

from ucb.backends import Backend
from ucb.errors import ConfigError, UnknownName
from ucb.task import Task

_PACKAGE = Path(__file__).parent
# The wheel carries the folder as `ucb/_tasks`; a checkout has it beside the package.
_INSTALLED = _PACKAGE / "_tasks"
TASKS = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "tasks"

_NAMESPACE = "ucb_tasks"


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


def family(name: str) -> list[Task]:
    """Look up a benchmark, or all whose names begin with `name` and a slash; else as `task`."""
    known = tasks()
    if name in known:
        return [known[name]]
    if found := [known[each] for each in sorted(known) if each.startswith(f"{name}/")]:
        return found
    raise UnknownName("task", name, known)


def backends() -> list[str]:
    """Return the names of the installed backends."""
    return sorted({entry.name for entry in entry_points(group="ucb.backends")})


def backend(name: str, **options: Any) -> Backend:
    """
    Open a backend with these options.

    Raises `UnknownName` if there is none, and `ConfigError` for an option that
    its opener has no parameter for.
    """
    opener = _opener(name)
    taken = _parameters(opener)
    for option in options:
        if taken is not None and option not in taken:
            raise ConfigError(f"The backend {name} takes no --{option.replace('_', '-')}.")
    return opener(**options)


def is_metered(name: str) -> bool:
    """Whether a backend counts what it spends: it takes `max_cost`, and opens without asking."""
    return "max_cost" in (_parameters(_opener(name)) or ())


def is_local(name: str) -> bool:
    """Whether a backend runs its model where it is opened: it takes `dtype`."""
    return "dtype" in (_parameters(_opener(name)) or ())


def _opener(name: str) -> Callable[..., Backend]:
    for entry in entry_points(group="ucb.backends"):
        if entry.name == name:
            opener: Callable[..., Backend] = _import(entry)
            return opener
    raise UnknownName("backend", name, backends())


def _parameters(opener: Callable[..., Backend]) -> set[str] | None:
    """Return the names of an opener's parameters; None if it takes any."""
    found: set[str] = set()
    for parameter in signature(opener).parameters.values():
        if parameter.kind is not parameter.VAR_KEYWORD:
            found.add(parameter.name)
            continue
        if "Unpack" not in str(parameter.annotation):
            return None
        (options,) = get_args(get_type_hints(opener)[parameter.name])
        found.update(get_type_hints(options))
    return found


def _named(found: Any, where: str) -> dict[str, Task]:
    if not isinstance(found, list) or not all(isinstance(each, Task) for each in found):
        raise ConfigError(f"{where}: TASKS must be a list of ucb.task.Task objects.")
    return {each.name: each for each in found}


def _load(path: Path) -> Any:
    # Packages, so that a task may have modules of its own beside it.
    sys.modules.setdefault(_NAMESPACE, ModuleType(_NAMESPACE))
    name = f"{_NAMESPACE}.{path.parent.name}"
    spec = importlib.util.spec_from_file_location(
        name, path, submodule_search_locations=[str(path.parent)]
    )
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Dataclasses look their module up.
    spec.loader.exec_module(module)
    return module


def faults() -> list[str]:
    """Say of each installed plugin that cannot be loaded what is wrong with it."""
    found = []
    for group in ("ucb.tasks", "ucb.backends"):
        for entry in entry_points(group=group):
            try:
                loaded = _import(entry)
                if group == "ucb.tasks":
                    _named(loaded, entry.value)
            except ConfigError as error:
                found.append(str(error))
    return found


def _import(entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except Exception as error:  # Somebody else's code, which may raise anything.
        raise ConfigError(
            f"The plugin {entry.name!r} ({entry.value}) cannot be loaded: "
            f"{type(error).__name__}: {error}."
        ) from error
