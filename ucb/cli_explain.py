"""The command `explain-score`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ucb import options, session
from ucb.errors import ConfigError
from ucb.explain import Explanation, explain
from ucb.planning import plan, sandbox_of
from ucb.plugins import task as find_task
from ucb.store import Run


@click.command("explain-score")
@click.argument("path", metavar="RUN", type=click.Path(path_type=Path, file_okay=False))
@click.option("--task", default=None, help="Which benchmark; the run's first if not given.")
@click.option("--mode", "modes", multiple=True, help="Against this mode; all others if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@options.config_options("execution")
def explain_score(
    path: Path,
    *,
    task: str | None,
    modes: tuple[str, ...],
    as_json: bool,
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
    if as_json:
        click.echo(json.dumps([_json(each) for each in found], indent=2))
        return
    for each in found:
        click.echo(f"{name}, mode {each.mode}, {each.style} style; as {each.other} would have it:")
        for sentence in each.sentences():
            click.echo(f"  {sentence}")
        for change in each.changed:
            key = change.before.key
            click.echo(
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
