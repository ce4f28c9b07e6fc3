"""The commands that look: at what is installed, and at single samples of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from ucb import completing, formats, options, plugins, session, terminal
from ucb.commands import command
from ucb.errors import CheckFailed
from ucb.languages import languages
from ucb.planning import sandbox_of
from ucb.run import evaluate as judged
from ucb.store import Run
from ucb.types import Key, Style, Verdict

_RUN = click.argument(
    "path", metavar="RUN", type=click.Path(path_type=Path), shell_complete=completing.runs
)


@command(
    "list",
    short_help="Show the benchmarks, backends and languages there are.",
    examples=("ucb list", "ucb list --json"),
)
def list_() -> None:
    """Show the benchmarks, backends and languages that are installed."""
    table = Table("benchmark", "version", "modes", "what")
    found = []
    for each in plugins.tasks().values():
        what = (type(each).__doc__ or "").strip().splitlines()[0]
        table.add_row(each.name, str(each.version), ", ".join(each.modes), what)
        about = {"name": each.name, "version": each.version, "modes": list(each.modes)}
        found.append({**about, "what": what})
    terminal.show(table)
    terminal.say(f"backends: {', '.join(plugins.backends())}")
    terminal.say(f"languages: {', '.join(languages())}")
    terminal.answer(tasks=found, backends=plugins.backends(), languages=list(languages()))


@command(
    short_help="Print one sample and its verdict, or list all.",
    examples=(
        "ucb show results/checkpoint                     # every verdict",
        "ucb show results/checkpoint humaneval HumanEval/12",
        "ucb show results/checkpoint humaneval HumanEval/12 3",
    ),
)
@_RUN
@click.argument("task", required=False, shell_complete=completing.tasks_of_run)
@click.argument("problem", required=False, shell_complete=completing.problems_of_run)
@click.argument("sample", type=int, default=0)
def show(path: Path, task: str | None, problem: str | None, sample: int) -> None:
    """Print prompt, completion, code, output and verdict of a sample; without one, list them."""
    task = task or Run(path).tasks()[0]
    terminal.answer(run=path, task=task)
    if problem is None:
        # Not the verdicts themselves, of which each may hold pages of output.
        told = sorted(((v.key, _verdict(v)) for v in Run(path).task(task).verdicts()), key=_key)
        for key, each in told:
            terminal.say(f"{key.problem} {key.sample}: {each['reason']} {each['detail']}".rstrip())
        terminal.answer(verdicts=[each for _, each in told])
        return
    planned, found = session.find_sample(path, task, Key(problem, sample))
    tests = planned.task.shown(next(p for p in planned.problems if p.id == problem), found.code)
    parts = {
        "prompt": found.prompt,
        "completion": found.completion.text,
        "code": found.code,
        "tests": tests,
        "output": found.verdict.output,
    }
    console = terminal.stdout()
    for title, text in parts.items():
        console.rule(title)
        console.print(Syntax(text, "python") if text else "(nothing)")
    _print_verdict(console, found.verdict)
    terminal.answer(**parts, verdict=_verdict(found.verdict))


def _key(told: tuple[Key, dict[str, Any]]) -> Key:
    return told[0]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "problem": verdict.key.problem,
        "sample": verdict.key.sample,
        "passed": verdict.passed,
        "stage": verdict.stage.name.lower(),
        "reason": verdict.reason.value,
        "detail": verdict.detail,
        "judge": verdict.judge,
        "cpu": verdict.cpu,
        "measures": dict(verdict.measures),
    }


def _print_verdict(console: Console, verdict: Verdict) -> None:
    console.rule("verdict")
    terminal.say(f"{verdict.reason} {verdict.detail}".strip())
    terminal.say(
        f"stage {verdict.stage.name.lower()}, judged by {verdict.judge or 'nothing'}, "
        f"{verdict.cpu:.2f} CPU seconds"
    )
    for name, value in verdict.measures.items():
        terminal.say(f"{name.replace('_', ' ')}: {value:g}")


@command(
    short_help="Execute one stored sample again, alone.",
    examples=(
        "ucb replay results/checkpoint humaneval HumanEval/12",
        "ucb replay results/checkpoint humaneval HumanEval/12 3 --sandbox bubblewrap",
    ),
)
@_RUN
@click.argument("task", shell_complete=completing.tasks_of_run)
@click.argument("problem", shell_complete=completing.problems_of_run)
@click.argument("sample", type=int, default=0)
@options.config_options("execution")
def replay(
    path: Path, task: str, problem: str, sample: int, config: Path | None, **flags: Any
) -> None:
    """Execute one stored sample again, alone, and print what happens."""
    settings = options.settings((), config, flags)
    each, found = session.find_sample(path, task, Key(problem, sample))
    row = next(p for p in each.problems if p.id == problem)
    style = Style(session.stored_config(Run(path).read()).style)
    sandbox = sandbox_of([each], settings, workers=1)
    try:
        for verdict in judged(each.task, {row.id: row}, style, [found.completion], sandbox):
            terminal.say(verdict.output)
            _print_verdict(terminal.stdout(), verdict)
            terminal.answer(output=verdict.output, verdict=_verdict(verdict))
            if verdict.stage is not found.verdict.stage:
                raise CheckFailed(
                    f"The run says {str(found.verdict.reason)!r}: the verdict is not stable."
                )
    finally:
        sandbox.close()


@command(
    short_help="Write samples as human-eval, evalplus or bigcode would.",
    examples=(
        "ucb export results/checkpoint --format human-eval --to samples.jsonl",
        "ucb export results/checkpoint --task mbpp-plus --format evalplus --to samples.jsonl",
    ),
)
@_RUN
@click.option("--format", "kind", required=True, type=click.Choice(formats.FORMATS))
@click.option(
    "--task",
    default=None,
    help="Which task; the run's first if not given.",
    shell_complete=completing.tasks_of_run,
)
@click.option("--to", "target", required=True, type=click.Path(path_type=Path))
def export(path: Path, kind: str, task: str | None, target: Path) -> None:
    """Write a run's samples as human-eval, evalplus or bigcode would."""
    count = session.export(path, task or Run(path).tasks()[0], kind, target)
    terminal.say(f"{count} samples: {target}")
    terminal.answer(samples=count, file=target)
