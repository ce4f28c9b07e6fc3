"""`ucb mine`: problems made of the release history of real projects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ucb import terminal
from ucb.commands import command
from ucb.defects4j.copies import WorkingCopies
from ucb.defects4j.installation import Installation
from ucb.defects4j.mining import Mine as Rebuilt
from ucb.defects4j.mining import told, totals
from ucb.defects4j.suite import TOOLCHAIN
from ucb.mine.baseline import SUITE
from ucb.mine.index import PackageIndex
from ucb.mine.work import Mine, Wanted
from ucb.sandbox.select import open_sandbox

_SOME, _ANY = click.IntRange(min=1), click.IntRange(min=0)


@command(
    short_help="Make problems of the history of real projects.",
    examples=(
        "ucb mine boltons more-itertools --out mined",
        "ucb mine boltons --since 2026-01-01 --bugs 50",
        "ucb mine boltons --bugs 0 --functions 10",
        "ucb mine --defects4j ~/defects4j --functions 2 --out rows Lang Cli",
    ),
)
@click.argument("packages", nargs=-1)
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
@click.option(
    "--sandbox",
    type=click.Choice(("auto", "docker", "bubblewrap")),
    default="auto",
    show_default=True,
    help="Where programs run.",
)
@click.option("--workers", type=_SOME, help="Programs at the same time; one per CPU if not given.")
@click.option(
    "--defects4j",
    is_flag=False,
    flag_value="",
    help="Rebuild CodeUJB's rows of projects (all if none is named) from a Defects4J: its folder, "
    "its command, or a Docker image; the PATH's if nothing is said.",
)
@click.option(
    "--reports",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --defects4j: a JSON array of bug reports (project, bug_id, title, description).",
)
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
    defects4j: str | None,
    reports: Path | None,
) -> None:
    """Find real bugs: functions whose old body fails the tests of the next release.

    And, with --functions, documented functions that tests cannot do without.
    """
    if defects4j is not None:
        _defects4j(defects4j, packages, out, reports, functions, sandbox, workers)
        return
    if not packages:
        raise click.UsageError("Name the packages to mine, or say --defects4j.")
    wanted = Wanted(since.date() if since else None, bugs, pairs, suite)
    rooms = open_sandbox(sandbox, workers)
    found: dict[str, list[Any]] = {"bugs": [], "functions": []}
    terminal.answer(out=out, **found)
    try:
        work = Mine(out, PackageIndex(), rooms.run, wanted)
        for package, row in work.work(packages) if bugs else ():
            found["bugs"].append({"package": package, **row})
            terminal.say(
                f"{package} {row['old']} -> {row['new']}: {row['bugs']} bugs of "
                f"{row['candidates']} changed functions, {_rest(row)}"
            )
        for package, row in work.functions(packages, functions) if functions else ():
            found["functions"].append({"package": package, **row})
            terminal.say(
                f"{package} {row.get('release', '(no usable release)')}: {row['functions']} "
                f"functions of {row.get('candidates', 0)} documented ones, {_rest(row)}"
            )
    finally:
        rooms.close()


def _defects4j(
    named: str,
    projects: tuple[str, ...],
    out: Path,
    reports: Path | None,
    functions: int,
    sandbox: str,
    workers: int | None,
) -> None:
    installation = Installation.open(named)
    known = told(reports) if reports else {}
    brought = {TOOLCHAIN: installation.brought()}
    rooms = open_sandbox(sandbox, workers, brought=brought)
    bugs: list[Any] = []
    terminal.answer(out=out, bugs=bugs)
    try:
        work = Rebuilt(out, WorkingCopies(installation), rooms.run, known, functions)
        for row in work.work(projects):
            bugs.append(dict(row))
            found = ", ".join(f"{count} {task}" for task, count in row["rows"].items() if count)
            why = "; ".join(row["dropped"])
            terminal.say(
                f"{row['project']}-{row['bug']}: {found or 'nothing'}"
                f"{f' ({why})' if why else ''}, {row['seconds']:.0f} s"
            )
    finally:
        rooms.close()
    count, made, dropped = totals(out)
    terminal.answer(total=count, rows=dict(made), dropped=dict(dropped))
    terminal.say(f"{count} bugs. Rows: {_counted(made)}. Dropped: {_counted(dropped)}.")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "none"


def _rest(row: Mapping[str, Any]) -> str:
    left_out = f" ({row['left out']})" if "left out" in row else ""
    return f"{row['seconds']:.0f} s{left_out}"
