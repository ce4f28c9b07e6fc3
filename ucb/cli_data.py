"""`ucb data`: what benchmarks need, fetched and checked before a run that has no network."""

from __future__ import annotations

from pathlib import Path

import click

from ucb import completing, plugins, terminal
from ucb.commands import command
from ucb.data import cache_dir
from ucb.progress import Progress

_FETCHED = "fetched"


@command(
    short_help="Fetch what benchmarks need; runs work offline afterwards.",
    examples=(
        "ucb data ucb-py                                 # all five tasks inside real projects",
        "ucb data humaneval mbpp",
        "ucb data ucb-py/repair --data mined/bugs.jsonl",
    ),
)
@click.argument(
    "names", metavar="TASK...", nargs=-1, required=True, shell_complete=completing.tasks
)
@click.option(
    "--data",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your own file of the task's problems, as for `ucb run`.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the first problems of each task.")
def data(names: tuple[str, ...], file: Path | None, limit: int | None) -> None:
    """Fetch what benchmarks need and check every hash; runs work offline afterwards.

    TASK is a task, or what stands before the slash of several.
    """
    console = terminal.stderr()
    done = []
    for task in [found for name in names for found in plugins.family(name)]:
        configured = task.configured(data=file)
        problems = list(configured.problems())[:limit]
        with Progress(task.name, {_FETCHED: (0, len(problems))}, console) as progress:
            for problem in problems:
                configured.materialise(problem)
                progress.advance(_FETCHED)
        terminal.say(f"{task.name}: {len(problems)} problems are here.")
        done.append({"task": task.name, "problems": len(problems)})
        terminal.answer(tasks=done)
    size = _size(cache_dir())
    terminal.say(f"{cache_dir()} holds {size / 1e6:,.0f} MB.")
    terminal.answer(cache=cache_dir(), bytes=size)


def _size(folder: Path) -> int:
    """Return the bytes of a folder's files; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            told = path.stat()
            seen[told.st_dev, told.st_ino] = told.st_blocks * 512
    return sum(seen.values())
