"""`ucb mine`: problems made of the release history of real projects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ucb.mine.baseline import SUITE
from ucb.mine.index import PackageIndex
from ucb.mine.work import Mine, Wanted
from ucb.sandbox.select import open_sandbox

_SOME, _ANY = click.IntRange(min=1), click.IntRange(min=0)


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
    "--bugs", type=_ANY, default=20, show_default=True, help="Bugs of a package, at most."
)
@click.option(
    "--functions",
    type=_ANY,
    default=0,
    show_default=True,
    help="Functions to write, of a package's newest release, at most.",
)
@click.option(
    "--pairs", type=_SOME, default=30, show_default=True, help="Releases of a package to try."
)
@click.option(
    "--suite",
    type=click.FloatRange(min=1),
    default=SUITE,
    show_default=True,
    help="CPU seconds that all tests of a release may take.",
)
@click.option("--sandbox", default="auto", show_default=True, help="docker or bubblewrap.")
@click.option("--workers", type=_SOME, help="Programs at the same time; one per CPU if not given.")
def mine(  # noqa: PLR0913, PLR0917 (one per option)
    packages: tuple[str, ...],
    out: Path,
    since: datetime | None,
    bugs: int,
    functions: int,
    pairs: int,
    suite: float,
    sandbox: str,
    workers: int | None,
) -> None:
    """Find real bugs: functions whose old body fails the tests of the next release.

    And, with --functions, documented functions that tests cannot do without.

    \b
    ucb mine boltons more-itertools --out mined
    ucb mine boltons --since 2026-01-01 --bugs 50
    ucb mine boltons --bugs 0 --functions 10
    """  # noqa: D301 - \b keeps click from reflowing the examples.
    wanted = Wanted(since.date() if since else None, bugs, pairs, suite)
    rooms = open_sandbox(sandbox, workers)
    try:
        work = Mine(out, PackageIndex(), rooms.run, wanted)
        for package, row in work.work(packages) if bugs else ():
            click.echo(
                f"{package} {row['old']} -> {row['new']}: {row['bugs']} bugs of "
                f"{row['candidates']} changed functions, {_rest(row)}"
            )
        for package, row in work.functions(packages, functions) if functions else ():
            click.echo(
                f"{package} {row.get('release', '(no usable release)')}: {row['functions']} "
                f"functions of {row.get('candidates', 0)} documented ones, {_rest(row)}"
            )
    finally:
        rooms.close()


def _rest(row: Mapping[str, Any]) -> str:
    left_out = f" ({row['left out']})" if "left out" in row else ""
    return f"{row['seconds']:.0f} s{left_out}"
