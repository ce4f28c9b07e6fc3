"""The commands that make a run: run, generate, evaluate; and report, which scores it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ucb import completing, options, plugins, session, terminal
from ucb.commands import command
from ucb.config import RunConfig, merged
from ucb.errors import ConfigError
from ucb.planning import plan
from ucb.report.terminal import print_scores
from ucb.scores import Scores
from ucb.store import Run
from ucb.types import Style


@command(
    examples=(
        "ucb run humaneval --model smollm2-135m",
        "ucb run humaneval mbpp --model ./checkpoint --samples 20 --temperature 0.2 --k 1,10",
        "ucb run humaneval --backend openai --model gpt-4o-mini --max-cost 2 --dry-run",
        "ucb run --config results/checkpoint/run.json    # finish or repeat a run",
    )
)
@click.argument("tasks", nargs=-1, shell_complete=completing.tasks)
@options.config_options("what", "model", "sampling", "execution", "cluster", "output")
@click.option("--dry-run", is_flag=True, help="Say what would be done; ask and run nothing.")
def run(tasks: tuple[str, ...], config: Path | None, *, dry_run: bool, **flags: Any) -> None:
    """Generate, execute, judge and report. Run it again to finish an interrupted run."""
    settings = options.settings(tasks, config, flags)
    if dry_run:
        _dry_run(settings)
        return
    terminal.answer(run=session.run_path(settings))
    path = session.execute(settings, terminal.stderr())
    _report(path, settings)


@command(
    short_help="Only ask the model; `ucb evaluate RUN` judges later.",
    examples=(
        "ucb generate humaneval --model ./checkpoint --out results/checkpoint",
        "ucb evaluate results/checkpoint                 # later, or on another machine",
    ),
)
@click.argument("tasks", nargs=-1, shell_complete=completing.tasks)
@options.config_options("what", "model", "sampling", "cluster", "output")
def generate(tasks: tuple[str, ...], config: Path | None, **flags: Any) -> None:
    """Only ask the model; `ucb evaluate RUN` judges later, on another machine if you like."""
    settings = options.settings(tasks, config, flags)
    terminal.answer(run=session.run_path(settings))
    path = session.execute(settings, terminal.stderr(), judging=False)
    terminal.say(f"Completions: {path}. Next: ucb evaluate {path}")


@command(
    short_help="Judge stored completions: of a run, or of a file.",
    examples=(
        "ucb evaluate results/checkpoint",
        "ucb evaluate results/checkpoint --again",
        "ucb evaluate humaneval --samples-file samples.jsonl --out results/samples",
    ),
)
@click.argument("target", metavar="RUN|TASK", shell_complete=completing.runs_or_tasks)
@options.config_options("what", "model", "sampling", "execution", "cluster", "output")
@click.option("--again", is_flag=True, help="Forget the verdicts of RUN and judge everything anew.")
def evaluate(target: str, config: Path | None, *, again: bool, **flags: Any) -> None:
    """Judge stored completions: of a run folder, or of a file with --samples-file."""
    folder = Path(target)
    if (folder / "run.json").is_file():
        over = {name: value for name, value in flags.items() if value is not None}
        stored = session.stored_config(Run(folder).read())
        settings = merged({**_fields(stored), "out": str(folder)}, over)
        terminal.answer(run=folder)
        path = session.execute(settings, terminal.stderr(), generating=False, again=again)
    else:
        settings = options.settings((target,), config, flags)
        if not settings.samples_file:
            plugins.task(target)
            raise ConfigError(
                f"What is to be judged? Give a run folder, or {target} and --samples-file FILE."
            )
        terminal.answer(run=session.run_path(settings))
        path = session.execute(settings, terminal.stderr())
    _report(path, settings)


def _fields(config: RunConfig) -> dict[str, Any]:
    return {each.name: getattr(config, each.name) for each in fields(RunConfig)}


@command(
    examples=(
        "ucb report results/checkpoint --k 1,10",
        "ucb report results/checkpoint --json",
        "ucb report results/checkpoint --since 2026-03-01",
    )
)
@click.argument(
    "path", metavar="RUN", type=click.Path(path_type=Path), shell_complete=completing.runs
)
@click.option("--k", type=options.Numbers(int), default=None, help="Report pass@k for these k.")
@click.option("--t", type=options.Numbers(int), default=None, help="pass@t for these t as well.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only problems that became public on this day or later; no file is written.",
)
@click.option("--allow-missing", is_flag=True, help="Score a run with missing rows.")
def report(
    path: Path,
    *,
    k: tuple[int, ...] | None,
    t: tuple[int, ...] | None,
    since: datetime | None,
    allow_missing: bool,
) -> None:
    """Score the stored rows again and write RUN/report.html."""
    day = since.date().isoformat() if since else ""
    scores = session.report(path, allow_missing=allow_missing, ks=k or (), ts=t or (), since=day)
    _answer(path, scores)
    print_scores(terminal.stdout(), scores)
    if not day:
        terminal.say(f"Report: {path / 'report.html'}")


def _report(path: Path, settings: RunConfig) -> None:
    scores = session.report(path, allow_missing=settings.allow_missing, ks=settings.k)
    _answer(path, scores)
    print_scores(terminal.stdout(), scores)
    first = next(iter(scores))
    terminal.say(f"Scores:  {path / first / 'scores.json'}")
    terminal.say(f"Report:  {path / 'report.html'}  (open it in a browser)")
    terminal.say(f"Samples: ucb show {path} {first}")


def _answer(path: Path, scores: Mapping[str, Scores]) -> None:
    terminal.answer(run=path, scores={name: each.to_json() for name, each in scores.items()})


def _dry_run(settings: RunConfig) -> None:
    path = session.run_path(settings)
    planned = []
    for each in plan(settings):
        total = len(each.problems) * settings.samples
        stored = min(len(Run(path).task(each.task.name).completion_keys()), total)
        terminal.say(
            f"{each.task.name} (version {each.task.version}, mode {each.task.mode}): "
            f"{len(each.problems)} problems x {settings.samples} samples = {total} completions, "
            f"{stored} stored, at most {settings.max_tokens} tokens each."
        )
        style = Style.COMPLETE if settings.style == "auto" else Style(settings.style)
        prompt = each.task.prompt(each.problems[0], style).text
        terminal.say(f"First prompt ({style}):\n{prompt}")
        about = {"version": each.task.version, "mode": each.task.mode, "first_prompt": prompt}
        counts = {"problems": len(each.problems), "completions": total, "stored": stored}
        planned.append({"task": each.task.name, **about, **counts})
    model = settings.model or settings.samples_file
    terminal.say(f"Model: {model} through {settings.backend}. Out: {path}.")
    terminal.answer(run=path, model=model, backend=settings.backend, tasks=planned)
    if rest := session.estimate(settings):
        terminal.say(f"To be asked: {rest}")
        terminal.answer(estimate=rest)
