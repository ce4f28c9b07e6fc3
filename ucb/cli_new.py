"""The commands `ucb new task`, `language` and `backend`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ucb import scaffold, terminal
from ucb.commands import Group, command


def _make(make: Callable[[str, Path], scaffold.Made], name: str) -> None:
    here = Path.cwd()
    made = make(name, here)
    terminal.answer(files=list(made.files), next=list(made.next))
    for path in made.files:
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        terminal.say(f"wrote {shown}")
    terminal.say("Next:")
    for step in made.next:
        terminal.say(f"  {step}")


@command(examples=("ucb new task my-benchmark",))
@click.argument("name")
def task(name: str) -> None:
    """Write a benchmark of three problems, with its tests, to put your own into.

    Inside a checkout of UCB it goes to tasks/NAME; elsewhere it becomes an installable package
    with the entry point `ucb.tasks`. `ucb check` and `ucb run` take it as it is.
    """
    _make(scaffold.new_task, name)


@command(examples=("ucb new language forth",))
@click.argument("name")
def language(name: str) -> None:
    """Write the folder of a language, inside a checkout of UCB.

    An image, the commands that check and run a program, and controls that must pass or fail.
    """
    _make(scaffold.new_language, name)


@command(examples=("ucb new backend my-server",))
@click.argument("name")
def backend(name: str) -> None:
    """Write a backend that asks a command, with its tests, to put your own model behind.

    Inside a checkout of UCB it goes to ucb/backends; elsewhere it becomes an installable package
    with the entry point `ucb.backends`.
    """
    _make(scaffold.new_backend, name)


@click.group(
    cls=Group,
    short_help="Write a new task, language or backend, with tests.",
    sections={"Commands": (task, language, backend)},
    examples=("ucb new task my-benchmark", "ucb new language forth", "ucb new backend my-server"),
)
def new() -> None:
    """Write a new task, language or backend that passes its tests as it is."""
