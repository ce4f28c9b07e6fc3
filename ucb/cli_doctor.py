"""The command `ucb doctor`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ucb import completing, options, plugins, terminal
from ucb.commands import command
from ucb.doctor import Wanted, examine
from ucb.errors import NotReady
from ucb.machine import Finding, Level

_STYLES = {Level.OK: "green", Level.NOTE: "yellow", Level.PROBLEM: "bold red"}


@command(
    short_help="Check this machine, and say what to do.",
    examples=(
        "ucb doctor                                      # what works on this machine",
        "ucb doctor humaneval mbpp                       # can these run here?",
        "ucb doctor multipl-e/humaneval-js --sandbox docker --json",
    ),
)
@click.argument("tasks", nargs=-1, shell_complete=completing.tasks)
@options.config_options("what", "execution")
def doctor(tasks: tuple[str, ...], config: Path | None, **flags: Any) -> None:
    """Check this machine, and say what to do; with TASKS, whether they can run here.

    Exit code 12: no sandbox can run programs, or something that TASKS need is missing. Nothing is
    downloaded, and no key is shown.
    """
    settings = options.settings(tasks, config, flags)
    data = Path(settings.data) if settings.data else None
    wanted = Wanted(
        [
            plugins.task(name).configured(
                mode=settings.mode, data=data, defects4j=settings.defects4j
            )
            for name in settings.tasks
        ],
        settings.sandbox,
        settings.defects4j,
        Path(settings.out or "results"),
    )
    findings = []
    for each in examine(wanted):
        findings.append(each)
        _print(each)
    missing = [each for each in findings if each.needed and each.level is Level.PROBLEM]
    terminal.answer(ready=not missing, findings=[asdict(each) for each in findings])
    if missing:
        first = missing[0]
        what = ", ".join(tasks) if tasks else "programs"
        raise NotReady(
            f"This machine cannot run {what}: {len(missing)} things are missing "
            f"(first, {first.subject}: {first.text})."
            if len(missing) > 1
            else f"This machine cannot run {what}. {first.subject}: {first.text}."
        )
    terminal.say(f"Ready: {', '.join(tasks) or 'programs can be run'}.")


def _print(each: Finding) -> None:
    advice = f" {each.advice}" if each.advice else ""
    line = Text.assemble(
        (f"{each.level:8}", _STYLES[each.level]),
        (f"{each.subject}: ", "bold"),
        f"{each.text}.{advice}",
    )
    terminal.stdout().print(line, soft_wrap=True, highlight=False)
