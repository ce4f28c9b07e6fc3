"""What a shell can complete: names of tasks, runs, problems, models, backends and sandboxes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ucb import plugins
from ucb.backends.models import PACKAGED
from ucb.errors import UCBError
from ucb.sandbox import images
from ucb.store import Run

Items = list[CompletionItem]

_RESULTS = Path("results")


def tasks(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Return the benchmarks, and the families of which the word is not yet past the name."""
    known = plugins.tasks()
    families = {name.partition("/")[0] for name in known if "/" in name}
    names = known if "/" in incomplete else [*families, *(n for n in known if "/" not in n)]
    found = _beginning(names, incomplete)
    if len(found) == 1 and found[0].value in families:
        # A family alone on the list would be taken as the whole word.
        found += _beginning(known, incomplete)
    return found


def runs(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Return the run folders below the folder begun, and those in `results/`."""
    begun = Path(incomplete)
    above = begun if incomplete.endswith("/") else begun.parent
    folders = [above, _RESULTS] if above != _RESULTS else [above]
    found = {str(path.parent) for each in folders for path in each.glob("*/run.json")}
    return _beginning(found, incomplete) or [CompletionItem(incomplete, type="dir")]


def runs_or_tasks(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Return run folders and benchmarks."""
    found = [item for item in runs(ctx, param, incomplete) if item.type == "plain"]
    return found + tasks(ctx, param, incomplete)


def tasks_of_run(ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Return the benchmarks of the run that stands before on the line."""
    path = ctx.params.get("path") or ctx.params.get("candidate")
    with suppress(UCBError):
        return _beginning(Run(Path(path)).tasks() if path else plugins.tasks(), incomplete)
    return []


def problems_of_run(ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Return the problems that the run before on the line has answers to."""
    path, task = ctx.params.get("path"), ctx.params.get("task")
    if not path or not task:
        return []
    with suppress(UCBError):
        stored = Run(Path(path)).task(task).completion_keys()
        return _beginning({key.problem for key in stored}, incomplete)
    return []


def modes(ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Return the parity modes of the benchmarks on the line, or of all."""
    named = ctx.params.get("tasks") or ()
    known = plugins.tasks()
    wanted = [known[name] for name in named if name in known] or known.values()
    return _beginning({mode for task in wanted for mode in task.modes}, incomplete)


def models(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Return the built-in models; folders where none begins so."""
    return _beginning(PACKAGED, incomplete) or [CompletionItem(incomplete, type="file")]


def backends(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Return the installed backends."""
    return _beginning(plugins.backends(), incomplete)


def sandboxes(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Return the sandboxes that have an image."""
    return _beginning(images.toolchains(), incomplete)


def files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> Items:
    """Leave it to the shell, which knows files."""
    return [CompletionItem(incomplete, type="file")]


OF_SETTINGS = {
    "backend": backends,
    "model": models,
    "mode": modes,
    "prompt": files,
    "data": files,
    "adapter": files,
    "samples_file": files,
    "defects4j": files,
    "out": runs,
}
"""What completes the value of a flag, by the field of `RunConfig`."""


def _beginning(names: Iterable[str], incomplete: str) -> Items:
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]
