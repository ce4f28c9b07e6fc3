"""The command `explain-score`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ucb import completing, options, session, terminal
from ucb.commands import command
from ucb.errors import ConfigError
from ucb.explain import Explanation, explain
from ucb.planning import plan, sandbox_of
from ucb.plugins import task as find_task
from ucb.store import Run


@command(
    "explain-score",
    short_help="Say what another parity mode would change.",
    examples=(
        "ucb explain-score results/checkpoint",
        "ucb explain-score results/checkpoint --task mbpp --mode bigcode --json",
    ),
)
@click.argument(
    "path",
    metavar="RUN",
    type=click.Path(path_type=Path, file_okay=False),
    shell_complete=completing.runs,
)
@click.option(
    "--task",
    default=None,
    help="Which benchmark; the run's first if not given.",
    shell_complete=completing.tasks_of_run,
)
@click.option(
    "--mode",
    "modes",
    multiple=True,
    help="Against this mode; all others if not given.",
    shell_complete=completing.modes,
)
@options.config_options("execution")
def explain_score(
    path: Path,
    *,
    task: str | None,
    modes: tuple[str, ...],
    config: Path | None,
    **flags: Any,
) -> None:
    """Say what another parity mode asks, extracts and allows, and how many verdicts it changes."""
    settings = options.settings((), config, flags)
    run = Run(path)
    stored = session.stored_config(run.read())
    name = task or run.tasks()[0]
    known = find_task(name).modes
    own = stored.mode or known[0]
    wanted = modes or tuple(mode for mode in known if mode != own)
    if not wanted:
        raise ConfigError(f"{name} has no mode but {own}.")
    sandbox = sandbox_of(plan(replace(stored, tasks=(name,))), settings)
    try:
        found = [explain(path, name, mode, sandbox) for mode in wanted]
    finally:
        sandbox.close()
    terminal.answer(run=path, explained=[_json(each) for each in found])
    for each in found:
        terminal.say(
            f"{name}, mode {each.mode}, {each.style} style; as {each.other} would have it:"
        )
        for sentence in each.sentences():
            terminal.say(f"  {sentence}")
        for change in each.changed:
            key = change.before.key
            terminal.say(
                f"    {key.problem} {key.sample}: {change.before.reason} -> {change.after.reason}"
            )


def _json(found: Explanation) -> dict[str, Any]:
    return {
        "task": found.task,
        "mode": found.mode,
        "other": found.other,
        "style": found.style.value,
        "facts": list(found.sentences()),
        "changed": [
            {
                "problem": change.before.key.problem,
                "sample": change.before.key.sample,
                "before": change.before.reason.value,
                "after": change.after.reason.value,
            }
            for change in found.changed
        ],
    }
