"""`ucb data`: what benchmarks need, fetched and checked before a run that has no network."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from ucb import plugins
from ucb.data import cache_dir
from ucb.progress import Progress

_FETCHED = "fetched"


@click.command()
@click.argument("names", metavar="TASK...", nargs=-1, required=True)
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

    \b
    ucb data ucb-py                       # all five tasks inside real projects
    ucb data humaneval mbpp
    ucb data ucb-py/repair --data mined/bugs.jsonl
    """  # noqa: D301 - \b keeps click from reflowing the examples.
    console = Console(stderr=True)
    for task in [found for name in names for found in plugins.family(name)]:
        configured = task.configured(data=file)
        problems = list(configured.problems())[:limit]
        with Progress(task.name, {_FETCHED: (0, len(problems))}, console) as progress:
            for problem in problems:
                configured.materialise(problem)
                progress.advance(_FETCHED)
        click.echo(f"{task.name}: {len(problems)} problems are here.")
    click.echo(f"{cache_dir()} holds {_size(cache_dir()) / 1e6:,.0f} MB.")


def _size(folder: Path) -> int:
    """Return the bytes of a folder's files; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            told = path.stat()
            seen[told.st_dev, told.st_ino] = told.st_blocks * 512
    return sum(seen.values())
