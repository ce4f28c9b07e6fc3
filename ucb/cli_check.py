"""The commands that show whether verdicts can be trusted: check and selftest."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from ucb import check as checking
from ucb import completing, options, terminal
from ucb.commands import command
from ucb.errors import CheckFailed
from ucb.planning import plan, sandbox_of
from ucb.sandbox.select import open_sandbox
from ucb.selftest import selftest


@command(
    short_help="Run the controls: what must pass passes, the rest fails.",
    examples=(
        "ucb check humaneval",
        "ucb check ucb-py --limit 10 --sandbox docker",
        "ucb check humaneval --rounds 3                  # is every verdict stable?",
    ),
)
@click.argument("tasks", nargs=-1, required=True, shell_complete=completing.tasks)
@options.config_options("what", "execution", "cluster")
@click.option("--rounds", type=click.IntRange(1), default=1, help="Times to run every control.")
def check(tasks: tuple[str, ...], config: Path | None, rounds: int, **flags: Any) -> None:
    """Run the controls: references must pass, empty bodies and early exits must not."""
    settings = options.settings(tasks, config, flags)
    table = Table("task", "control", "passed", "must be", "")
    wrong: list[str] = []
    rows: list[dict[str, Any]] = []
    planned = plan(settings)
    sandbox = sandbox_of(planned, settings, deduplicate=rounds == 1)
    try:
        for each in planned:
            for control in checking.check(each.task, each.problems, sandbox, rounds=rounds):
                wanted = control.total if control.must_pass else 0
                mark = "ok" if control.ok else "WRONG"
                passed, must = f"{control.passed}/{control.total}", f"{wanted}/{control.total}"
                table.add_row(each.task.name, control.name, passed, must, mark)
                # A control over hundreds of projects takes minutes, and the table comes last.
                terminal.note(f"{each.task.name}, {control.name}: {passed} {mark}")
                for complaint in control.complaints():
                    terminal.note(f"  {complaint}")
                    wrong.append(complaint)
                rows.append(_row(each.task.name, control, wanted))
    finally:
        sandbox.close()
    terminal.show(table)
    terminal.answer(controls=rows)
    if wrong:
        raise CheckFailed(f"{len(wrong)} controls got a wrong verdict: {', '.join(wrong[:5])}.")


def _row(task: str, control: checking.Control, wanted: int) -> dict[str, Any]:
    return {
        "task": task,
        "control": control.name,
        "passed": control.passed,
        "must_be": wanted,
        "total": control.total,
        "complaints": control.complaints(),
    }


@command(
    "selftest",
    short_help="Attack the sandbox in use with hostile programs.",
    examples=("ucb selftest", "ucb selftest --sandbox bubblewrap --json"),
)
@options.config_options("execution")
def selftest_(config: Path | None, **flags: Any) -> None:
    """Attack the sandbox in use with hostile, unlucky and honest programs."""
    settings = options.settings((), config, flags)
    table = Table("case", "kind", "judged by", "expected", "got", "")
    rows = []
    # One room, so that what a program leaves behind would meet the next one.
    sandbox = open_sandbox(settings.sandbox, 1, deduplicate=False)
    try:
        for row in selftest(sandbox):
            mark = "ok" if row.ok else "WRONG"
            table.add_row(row.name, row.kind, row.form, row.expected, row.got, mark)
            rows.append(row)
    finally:
        sandbox.close()
    terminal.show(table)
    terminal.answer(cases=[asdict(row) for row in rows])
    if failed := sum(not row.ok for row in rows):
        raise CheckFailed(f"{failed} programs were not handled as they must be.")
