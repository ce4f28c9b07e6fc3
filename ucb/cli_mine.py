"""`ucb mine`: problems made of the release history of real projects."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from ucb.mine.index import PackageIndex
from ucb.mine.work import Mine, Wanted
from ucb.sandbox.select import open_sandbox

_SOME = click.IntRange(min=1)


@click.command()
@click.argument("packages", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("mined"),
    show_default=True,
    help="Folder of what is found; the same command goes on with it.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only bugs fixed by releases of this day or later.",
)
@click.option(
    "--bugs", type=_SOME, default=20, show_default=True, help="Bugs of a package, at most."
)
@click.option(
    "--pairs", type=_SOME, default=30, show_default=True, help="Releases of a package to try."
)
@click.option("--sandbox", default="auto", show_default=True, help="docker or bubblewrap.")
@click.option("--workers", type=_SOME, help="Programs at the same time; one per CPU if not given.")
def mine(
    packages: tuple[str, ...],
    out: Path,
    since: datetime | None,
    bugs: int,
    pairs: int,
    sandbox: str,
    workers: int | None,
) -> None:
    """Find real bugs: functions whose old body fails the tests of the next release.

    \b
    ucb mine boltons more-itertools --out mined
    ucb mine boltons --since 2026-01-01 --bugs 50
    """  # noqa: D301 - \b keeps click from reflowing the examples.
    wanted = Wanted(since.date() if since else None, bugs, pairs)
    rooms = open_sandbox(sandbox, workers)
    try:
        for package, row in Mine(out, PackageIndex(), rooms.run, wanted).work(packages):
            left_out = f" ({row['left out']})" if "left out" in row else ""
            click.echo(
                f"{package} {row['old']} -> {row['new']}: {row['bugs']} bugs of "
                f"{row['candidates']} changed functions, {row['seconds']:.0f} s{left_out}"
            )
    finally:
        rooms.close()
