"""The commands `ucb sandbox build` and `status`."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.table import Table

from ucb import completing, terminal
from ucb.commands import Group, command
from ucb.sandbox import images


@command(
    examples=(
        "ucb sandbox build python                        # for HumanEval, MBPP and EvalPlus",
        "ucb sandbox build js cpp --jobs 1",
        "ucb sandbox build python --base mmdebstrap      # without an image registry",
    )
)
@click.argument("names", metavar="[LANGUAGE]...", nargs=-1, shell_complete=completing.sandboxes)
@click.option("--base", default=None, help="Base image; mmdebstrap makes one without a registry.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Images built at the same time.",
)
def build(names: tuple[str, ...], base: str | None, jobs: int) -> None:
    """Build the images of languages; of all if none is named."""
    done: list[images.Status] = []
    wanted = names or tuple(images.toolchains())
    for built in images.build_all(wanted, base, jobs, say=terminal.note):
        terminal.say(f"{built.toolchain}: {built.tag} {built.digest}")
        done.append(built)
        terminal.answer(images=[asdict(each) for each in done])


@command(examples=("ucb sandbox status", "ucb sandbox status --json"))
def status() -> None:
    """Show which images are built."""
    table = Table("language", "image", "built")
    rows = list(images.status())
    for row in rows:
        table.add_row(row.toolchain, row.tag, row.digest or "no")
    terminal.show(table)
    terminal.answer(images=[asdict(row) for row in rows])


@click.group(
    cls=Group,
    sections={"Commands": (build, status)},
    examples=("ucb sandbox status", "ucb sandbox build python"),
)
def sandbox() -> None:
    """Build and inspect the images that programs run in."""
