"""The command line. Every flag is a field of `RunConfig`; this module parses, calls and prints."""

from __future__ import annotations

import json
import logging
import signal
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.logging import RichHandler
from rich.syntax import Syntax
from rich.table import Table

from ucb import check as checking
from ucb import formats, options, plugins, session
from ucb.cli_data import data
from ucb.cli_explain import explain_score
from ucb.cli_gate import COMMANDS
from ucb.cli_mine import mine
from ucb.config import RunConfig, merged
from ucb.errors import CheckFailed, ConfigError, UCBError
from ucb.languages import languages
from ucb.planning import plan, sandbox_of
from ucb.report.terminal import print_scores
from ucb.run import evaluate as judged
from ucb.sandbox import images
from ucb.sandbox.select import open_sandbox
from ucb.selftest import selftest
from ucb.store import Run
from ucb.types import Key, Style

_WIDE = 160
_INTERRUPTED = 130
_TERMINATED = 143


def main() -> None:
    """Run `ucb`: a user's mistake is one sentence and an exit code."""
    signal.signal(signal.SIGTERM, _on_term)
    code = 0
    try:
        cli.main(standalone_mode=False)
    except UCBError as error:
        print(f"ucb: {error}", file=sys.stderr)
        code = error.exit_code
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say_stored("interrupted")
        code = _INTERRUPTED
    except _Terminated:
        _say_stored("terminated")
        code = _TERMINATED
    except BrokenPipeError:
        code = 0  # `ucb … | head` has read enough.
    sys.exit(code)


def _say_stored(how: str) -> None:
    print(f"ucb: {how}. What is done is stored; the same command does the rest.", file=sys.stderr)


class _Terminated(BaseException):
    """SIGTERM arrived."""


def _on_term(_number: int, _frame: object) -> None:
    raise _Terminated


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ucb", prog_name="ucb")
@click.option("-q", "--quiet", is_flag=True, help="Only errors and results.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is being done.")
def cli(*, quiet: bool, verbose: bool) -> None:
    """Measure what a code model can do by running what it wrote.

    \b
    ucb run humaneval --model smollm2-135m --style complete
    ucb run humaneval --model ./checkpoint --samples 20 --temperature 0.2 --k 1,10
    ucb evaluate humaneval --samples-file samples.jsonl
    """  # noqa: D301 - \b keeps click from reflowing the examples.
    level = logging.INFO if verbose else logging.ERROR if quiet else logging.WARNING
    handler = RichHandler(console=_stderr(), show_path=False, show_time=False)
    logging.basicConfig(level=level, format="%(message)s", handlers=[handler], force=True)
    logging.getLogger("ucb").setLevel(logging.ERROR if quiet else logging.INFO)
    # It tells every request, with the URL as it is, which may hold a password.
    logging.getLogger("httpx2").setLevel(logging.WARNING)


def _stdout() -> Console:
    """A console whose tables are not squeezed where there is no screen."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)


def _stderr() -> Console:
    return Console(stderr=True)


@cli.command()
@click.argument("tasks", nargs=-1)
@options.config_options("what", "model", "sampling", "execution", "cluster", "output")
@click.option("--dry-run", is_flag=True, help="Say what would be done; ask and run nothing.")
def run(tasks: tuple[str, ...], config: Path | None, *, dry_run: bool, **flags: Any) -> None:
    """Generate, execute, judge and report. Run it again to finish an interrupted run."""
    settings = options.settings(tasks, config, flags)
    if dry_run:
        _dry_run(settings)
        return
    path = session.execute(settings, _stderr())
    _report(path, settings)


@cli.command()
@click.argument("tasks", nargs=-1)
@options.config_options("what", "model", "sampling", "cluster", "output")
def generate(tasks: tuple[str, ...], config: Path | None, **flags: Any) -> None:
    """Only ask the model; `ucb evaluate RUN` judges later, on another machine if you like."""
    settings = options.settings(tasks, config, flags)
    path = session.execute(settings, _stderr(), judging=False)
    click.echo(f"Completions: {path}. Next: ucb evaluate {path}")


@cli.command()
@click.argument("target", metavar="RUN|TASK")
@options.config_options("what", "model", "sampling", "execution", "cluster", "output")
@click.option("--again", is_flag=True, help="Forget the verdicts of RUN and judge everything anew.")
def evaluate(target: str, config: Path | None, *, again: bool, **flags: Any) -> None:
    """Judge stored completions: of a run folder, or of a file with --samples-file."""
    folder = Path(target)
    if (folder / "run.json").is_file():
        over = {name: value for name, value in flags.items() if value is not None}
        stored = session.stored_config(Run(folder).read())
        settings = merged({**_fields(stored), "out": str(folder)}, over)
        if again:
            with Run(folder) as opened:
                for name in opened.tasks():
                    opened.task(name).drop_verdicts()
        path = session.execute(settings, _stderr(), generating=False)
    else:
        settings = options.settings((target,), config, flags)
        if not settings.samples_file:
            plugins.task(target)
            raise ConfigError(
                f"What is to be judged? Give a run folder, or {target} and --samples-file FILE."
            )
        path = session.execute(settings, _stderr())
    _report(path, settings)


def _fields(config: RunConfig) -> dict[str, Any]:
    return {each.name: getattr(config, each.name) for each in fields(RunConfig)}


@cli.command()
@click.argument("path", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--k", type=options.Numbers(int), default=None, help="Report pass@k for these k.")
@click.option("--t", type=options.Numbers(int), default=None, help="pass@t for these t as well.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only problems that became public on this day or later; no file is written.",
)
@click.option("--allow-missing", is_flag=True, help="Score a run with missing rows.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as JSON.")
def report(
    path: Path,
    *,
    k: tuple[int, ...] | None,
    t: tuple[int, ...] | None,
    since: datetime | None,
    allow_missing: bool,
    as_json: bool,
) -> None:
    """Score the stored rows again and write RUN/report.html."""
    day = since.date().isoformat() if since else ""
    scores = session.report(path, allow_missing=allow_missing, ks=k or (), ts=t or (), since=day)
    if as_json:
        click.echo(json.dumps({name: each.to_json() for name, each in scores.items()}, indent=2))
        return
    print_scores(Console(), scores)
    if not day:
        click.echo(f"Report: {path / 'report.html'}")


def _report(path: Path, settings: RunConfig) -> None:
    scores = session.report(path, allow_missing=settings.allow_missing, ks=settings.k)
    print_scores(Console(), scores)
    first = next(iter(scores))
    click.echo(f"Scores:  {path / first / 'scores.json'}")
    click.echo(f"Report:  {path / 'report.html'}  (open it in a browser)")
    click.echo(f"Samples: ucb show {path} {first}")


def _dry_run(settings: RunConfig) -> None:
    path = session.run_path(settings)
    for each in plan(settings):
        total = len(each.problems) * settings.samples
        stored = len(Run(path).task(each.task.name).completion_keys())
        click.echo(
            f"{each.task.name} (version {each.task.version}, mode {each.task.mode}): "
            f"{len(each.problems)} problems x {settings.samples} samples = {total} completions, "
            f"{min(stored, total)} stored, at most {settings.max_tokens} tokens each."
        )
        style = Style.COMPLETE if settings.style == "auto" else Style(settings.style)
        click.echo(f"First prompt ({style}):\n{each.task.prompt(each.problems[0], style).text}")
    model = settings.model or settings.samples_file
    click.echo(f"Model: {model} through {settings.backend}. Out: {path}.")
    if rest := session.estimate(settings):
        click.echo(f"To be asked: {rest}")


@cli.command()
@click.argument("tasks", nargs=-1, required=True)
@options.config_options("what", "execution", "cluster")
@click.option("--rounds", type=click.IntRange(1), default=1, help="Times to run every control.")
def check(tasks: tuple[str, ...], config: Path | None, rounds: int, **flags: Any) -> None:
    """Run the controls: references must pass, empty bodies and early exits must not."""
    settings = options.settings(tasks, config, flags)
    table = Table("task", "control", "passed", "must be", "")
    wrong: list[str] = []
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
                click.echo(f"{each.task.name}, {control.name}: {passed} {mark}", err=True)
                for complaint in control.complaints():
                    click.echo(f"  {complaint}", err=True)
                    wrong.append(complaint)
    finally:
        sandbox.close()
    _stdout().print(table)
    if wrong:
        raise CheckFailed(f"{len(wrong)} controls got a wrong verdict: {', '.join(wrong[:5])}.")


@cli.command("selftest")
@options.config_options("execution")
def selftest_(config: Path | None, **flags: Any) -> None:
    """Attack the sandbox in use with hostile, unlucky and honest programs."""
    settings = options.settings((), config, flags)
    table = Table("case", "kind", "judged by", "expected", "got", "")
    failed = 0
    # One room, so that what a program leaves behind would meet the next one.
    sandbox = open_sandbox(settings.sandbox, 1, deduplicate=False)
    try:
        for row in selftest(sandbox):
            mark = "ok" if row.ok else "WRONG"
            table.add_row(row.name, row.kind, row.form, row.expected, row.got, mark)
            failed += not row.ok
    finally:
        sandbox.close()
    _stdout().print(table)
    if failed:
        raise CheckFailed(f"{failed} programs were not handled as they must be.")


@cli.command("list")
def list_() -> None:
    """Show the benchmarks, backends and languages that are installed."""
    table = Table("benchmark", "version", "modes", "what")
    for each in plugins.tasks().values():
        summary = (type(each).__doc__ or "").strip().splitlines()[0]
        table.add_row(each.name, str(each.version), ", ".join(each.modes), summary)
    console = _stdout()
    console.print(table)
    console.print(f"backends: {', '.join(plugins.backends())}", highlight=False)
    console.print(f"languages: {', '.join(languages())}", highlight=False)


@cli.command()
@click.argument("path", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("task", required=False)
@click.argument("problem", required=False)
@click.argument("sample", type=int, default=0)
def show(path: Path, task: str | None, problem: str | None, sample: int) -> None:
    """Print prompt, completion, code, output and verdict of a sample; without one, list them."""
    console = Console()
    task = task or Run(path).tasks()[0]
    if problem is None:
        for verdict in sorted(Run(path).task(task).verdicts(), key=lambda v: v.key):
            key = verdict.key
            click.echo(f"{key.problem} {key.sample}: {verdict.reason} {verdict.detail}".rstrip())
        return
    each, found = session.find_sample(path, task, Key(problem, sample))
    tests = each.task.shown(next(p for p in each.problems if p.id == problem), found.code)
    for title, text in (
        ("prompt", found.prompt),
        ("completion", found.completion.text),
        ("code", found.code),
        ("tests", tests),
        ("output", found.verdict.output),
    ):
        console.rule(title)
        console.print(Syntax(text, "python") if text else "(nothing)")
    _print_verdict(console, found.verdict)


def _print_verdict(console: Console, verdict: Any) -> None:
    console.rule("verdict")
    click.echo(f"{verdict.reason} {verdict.detail}".strip())
    click.echo(
        f"stage {verdict.stage.name.lower()}, judged by {verdict.judge or 'nothing'}, "
        f"{verdict.cpu:.2f} CPU seconds"
    )
    for name, value in verdict.measures.items():
        click.echo(f"{name.replace('_', ' ')}: {value:g}")


@cli.command()
@click.argument("path", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("task")
@click.argument("problem")
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
            click.echo(verdict.output)
            _print_verdict(Console(), verdict)
            if verdict.stage is not found.verdict.stage:
                raise CheckFailed(
                    f"The run says {str(found.verdict.reason)!r}: the verdict is not stable."
                )
    finally:
        sandbox.close()


@cli.command()
@click.argument("path", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--format", "kind", required=True, type=click.Choice(formats.FORMATS))
@click.option("--task", default=None, help="Which task; the run's first if not given.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path))
def export(path: Path, kind: str, task: str | None, target: Path) -> None:
    """Write a run's samples as human-eval, evalplus or bigcode would."""
    count = session.export(path, task or Run(path).tasks()[0], kind, target)
    click.echo(f"{count} samples: {target}")


@cli.group()
def sandbox() -> None:
    """Build and inspect the images that programs run in."""


@sandbox.command()
@click.argument("names", nargs=-1)
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
    for built in images.build_all(names or tuple(images.toolchains()), base, jobs, say=click.echo):
        click.echo(f"{built.toolchain}: {built.tag} {built.digest}")


@sandbox.command()
def status() -> None:
    """Show which images are built."""
    table = Table("language", "image", "built")
    for row in images.status():
        table.add_row(row.toolchain, row.tag, row.digest or "no")
    _stdout().print(table)


for _command in (*COMMANDS, data, explain_score, mine):
    cli.add_command(_command)
