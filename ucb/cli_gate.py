"""The commands that look at finished runs: leaderboard, compare, baseline, gate, watch, publish."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from ucb import completing, exports, runs, terminal
from ucb.commands import command
from ucb.compare import Comparison, compare
from ucb.errors import ConfigError, NotComparable, Regression, UCBError
from ucb.files import replacing
from ucb.gate import Config, Decision, decide
from ucb.gatefile import load
from ucb.leaderboard import build
from ucb.outcomes import RunOutcome, asked_differently
from ucb.report import board as boards
from ucb.report import compared as comparisons
from ucb.report import gates
from ucb.watch import Gate, Watch

_PATH = click.Path(path_type=Path)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@command(
    short_help="Rank runs: a CSV and one self-contained page.",
    examples=(
        "ucb leaderboard results/",
        "ucb leaderboard results/ --task humaneval --out public/",
    ),
)
@click.argument(
    "paths",
    metavar="RUN...|RESULTS",
    nargs=-1,
    required=True,
    type=_PATH,
    shell_complete=completing.runs,
)
@click.option("--task", "tasks", multiple=True, help="Only this benchmark; may be repeated.")
@click.option("--out", default=None, type=_FOLDER, help="Where to write; RESULTS if not given.")
def leaderboard(paths: tuple[Path, ...], tasks: tuple[str, ...], out: Path | None) -> None:
    """Rank runs: leaderboard.csv and leaderboard.html, one self-contained page.

    RUN is a run folder or a baseline file; RESULTS a folder of them. The same
    runs give the same bytes.
    """
    found = runs.find(paths)
    board = build([runs.read(path) for path in found], tasks)
    if not board.entries:
        raise ConfigError("None of these runs has a complete benchmark to rank.")
    folder = out or (paths[0] if paths[0] not in found else paths[0].parent)
    page, table = folder / "leaderboard.html", folder / "leaderboard.csv"
    boards.write_csv(table, board)
    boards.write_page(page, board)
    boards.print_board(terminal.stdout(), board)
    terminal.say(f"Page:  {page}  (open it in a browser)")
    terminal.say(f"Table: {table}")
    terminal.answer(
        page=page, table=table, rows=[row._asdict() for row in boards.rows(board, folder)]
    )


@command(
    "compare",
    short_help="Compare two runs problem by problem.",
    examples=(
        "ucb compare results/new results/old",
        "ucb compare results/new results/old --metric pass@1 --metric pass@10",
        "ucb compare results/new results/old --markdown difference.md",
    ),
)
@click.argument("candidate", metavar="A", type=_PATH, shell_complete=completing.runs)
@click.argument("baseline", metavar="B", type=_PATH, shell_complete=completing.runs)
@click.option("--task", "tasks", multiple=True, help="Only this benchmark; may be repeated.")
@click.option("--metric", "metrics", multiple=True, default=("pass@1",), show_default=True)
@click.option("--json-file", type=_FILE, help="Write the comparison as JSON.")
@click.option("--markdown", "markdown_file", type=_FILE, help="Write it as Markdown.")
def compare_(
    candidate: Path,
    baseline: Path,
    tasks: tuple[str, ...],
    metrics: tuple[str, ...],
    json_file: Path | None,
    markdown_file: Path | None,
) -> None:
    """Compare two runs problem by problem: A minus B, with intervals and tests."""
    a, b = runs.read(candidate), runs.read(baseline)
    found = [_compared(a, b, task, metric) for task in _shared(a, b, tasks) for metric in metrics]
    odd = asked_differently(a, b)
    notes = [f"They were asked differently: {', '.join(odd)}."] if odd else []
    comparisons.print_comparison(terminal.stdout(), found, a, b, notes)
    compared = [comparisons.to_json(each) for each in found]
    data = {"a": a.where, "b": b.where, "tasks": compared}
    terminal.answer(**data, notes=notes)
    if json_file:
        _write(json_file, json.dumps(data, indent=2) + "\n")
    if markdown_file:
        _write(markdown_file, comparisons.markdown(found, a, b, notes))


def _shared(a: RunOutcome, b: RunOutcome, tasks: tuple[str, ...]) -> list[str]:
    names = list(tasks) or sorted(a.tasks.keys() & b.tasks.keys())
    if not names:
        raise NotComparable(
            f"{a.where} has {', '.join(a.tasks) or 'nothing'} and {b.where} has "
            f"{', '.join(b.tasks) or 'nothing'}: there is no benchmark in common."
        )
    return names


def _compared(a: RunOutcome, b: RunOutcome, task: str, metric: str) -> Comparison:
    runs.require_whole(a, task)
    runs.require_whole(b, task)
    return compare(a.tasks[task], b.tasks[task], metric)


@command(
    "baseline",
    short_help="Keep a run as a small file to hold others against.",
    examples=(
        "ucb baseline results/main --to baseline.json",
        "ucb baseline results/main results/main-again --to baseline.json",
    ),
)
@click.argument(
    "paths",
    metavar="RUN [REPEAT...]",
    nargs=-1,
    required=True,
    type=_FOLDER,
    shell_complete=completing.runs,
)
@click.option("--to", "target", required=True, type=_FILE, help="The file to write.")
def baseline_(paths: tuple[Path, ...], target: Path) -> None:
    """Keep a run as a small file to commit and to hold candidates against.

    REPEATs are the same completions judged again, or the same checkpoint run
    again: problems of which they judge the same answer differently are marked
    as unstable and decide no gate.
    """
    run = runs.baseline(paths)
    runs.write_baseline(target, run)
    unsure = sum(len(task.unstable) for task in run.tasks.values())
    terminal.say(f"Baseline: {target} ({unsure} unstable problems)")
    terminal.answer(file=target, unstable=unsure)


@command(
    "gate",
    short_help="Decide whether a run is good enough to ship.",
    examples=(
        "ucb gate results/new --baseline baseline.json",
        "ucb gate results/new --baseline results/old --config gate.toml --junit gate.xml",
        "ucb gate results/new --baseline baseline.json --json",
    ),
)
@click.argument("candidate", type=_FOLDER, shell_complete=completing.runs)
@click.option("--baseline", type=_PATH, help="A run folder, or a file of `ucb baseline`.")
@click.option("--config", "rules", type=_FILE, help="TOML file of rules; see docs/gate.md.")
@click.option(
    "--again", multiple=True, type=_FOLDER, help="CANDIDATE judged again: shows unstable problems."
)
@click.option("--markdown", "markdown_file", type=_FILE, help="Write a Markdown summary.")
@click.option("--junit", "junit_file", type=_FILE, help="Write JUnit XML.")
@click.option("--json-file", type=_FILE, help="Write the decision as JSON.")
def gate_(
    candidate: Path,
    baseline: Path | None,
    rules: Path | None,
    again: tuple[Path, ...],
    markdown_file: Path | None,
    junit_file: Path | None,
    json_file: Path | None,
) -> None:
    """Decide whether CANDIDATE may ship: exit code 0, or 9 when it is worse than allowed.

    Without rules, a significant drop of pass@1 in any benchmark of the baseline
    fails. Exit code 7: rows are missing; 10: the runs cannot be compared; in
    neither case is anything decided. In GitHub Actions the summary also goes to
    the job's page.
    """
    config = load(rules) if rules else Config()
    try:
        decision = _decide(candidate, baseline, config, again)
    except UCBError as error:
        _step_summary(f"## ⚠️ The gate has decided nothing\n\n{comparisons.escaped(str(error))}\n")
        raise
    gates.print_decision(terminal.stdout(), decision)
    terminal.answer(**json.loads(gates.to_json(decision)))
    summary = gates.markdown(decision)
    for file, text in (
        (markdown_file, summary),
        (junit_file, gates.junit(decision)),
        (json_file, gates.to_json(decision)),
    ):
        if file is not None:
            _write(file, text)
    _step_summary(summary)
    if not decision.passed:
        raise Regression(gates.verdict(decision))


def _step_summary(text: str) -> None:
    """Show Markdown on the page of a GitHub Actions job, where this runs in one."""
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as shown:
            shown.write(text)


def _decide(
    candidate: Path, baseline: Path | None, config: Config, again: tuple[Path, ...] = ()
) -> Decision:
    run = runs.read(candidate)
    held = runs.read(baseline) if baseline is not None else None
    repeats = [*again, *([baseline] if baseline is not None and held and held.folder else [])]
    unstable = {
        name: frozenset().union(*(runs.flaky(candidate, other, name) for other in repeats))
        for name in run.tasks
    }
    return decide(run, held, config, unstable=unstable)


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text)


@command(
    context_settings={"ignore_unknown_options": True},
    examples=(
        "ucb watch checkpoints/ humaneval --style complete --baseline baseline.json",
        "ucb watch checkpoints/ humaneval --once --json",
    ),
)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.argument(
    "arguments",
    metavar="TASK... [RUN OPTIONS]",
    nargs=-1,
    type=click.UNPROCESSED,
    shell_complete=completing.tasks,
)
@click.option("--baseline", type=_PATH, help="A run folder, or a file of `ucb baseline`.")
@click.option("--gate", "rules", type=_FILE, help="TOML file of rules.")
@click.option("--results", default="results", show_default=True, type=_FOLDER)
@click.option(
    "--every", default=30.0, show_default=True, help="Seconds between looks.", metavar="SECONDS"
)
@click.option("--once", is_flag=True, help="Evaluate what is there, and end.")
def watch(
    folder: Path,
    arguments: tuple[str, ...],
    baseline: Path | None,
    rules: Path | None,
    results: Path,
    every: float,
    once: bool,
) -> None:
    """Evaluate and gate each checkpoint that appears in DIR.

    What follows DIR is given to `ucb run`, such as: humaneval --style complete.
    A checkpoint is taken when its config.json and weights are complete and
    unchanged between two looks. A bad one is recorded and passed over. Stop it
    at any time; the same command goes on where it was.
    """
    config = load(rules) if rules else Config()
    run_it = [sys.executable, "-m", "ucb", "run", *arguments]
    _try_settings([*run_it, "--model", str(folder), "--dry-run"])

    def evaluate(checkpoint: Path, run: Path) -> int:
        # A process of its own gives its memory back and cannot take the watch down with it.
        done = subprocess.run(
            [*run_it, "--model", str(checkpoint), "--out", str(run)],
            stdout=terminal.for_people(),
            check=False,
        )
        return done.returncode

    asked = baseline is not None or rules is not None
    gate = _gating(baseline, config) if asked else None
    watching = Watch(folder, results, evaluate, gate, say=terminal.say)
    terminal.log.info("Watching %s every %g seconds", folder, every)
    if not once:
        watching.forever(every)
    watching.look()
    time.sleep(every)  # What has not changed by then is complete.
    outcomes = watching.look()
    terminal.answer(checkpoints=[asdict(outcome) for outcome in outcomes])
    if worse := [outcome for outcome in outcomes if outcome.exit]:
        raise Regression(f"{len(worse)} of {len(outcomes)} new checkpoints were not let through.")


def _try_settings(command: list[str]) -> None:
    """Find a mistake in the settings now, and not once per checkpoint."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["nothing"]
        raise ConfigError(f"`ucb run` does not take these settings: {said[-1]}")


def _gating(baseline: Path | None, config: Config) -> Gate:
    def gate(run: Path) -> tuple[int, str]:
        try:
            decision = _decide(run, baseline, config)
        except UCBError as error:
            return error.exit_code, str(error)
        _write(run / "gate.md", gates.markdown(decision))
        _write(run / "gate.json", gates.to_json(decision))
        return (0 if decision.passed else Regression.exit_code), gates.verdict(decision)

    return gate


@command(
    short_help="Give a run to other tools: CSV, Parquet, W&B, MLflow, …",
    examples=(
        "ucb publish results/checkpoint --as csv --to scores.csv",
        "ucb publish results/checkpoint --as wandb --project checkpoints",
    ),
)
@click.argument("path", metavar="RUN", type=_FOLDER, shell_complete=completing.runs)
@click.option("--as", "kind", required=True, type=click.Choice(exports.KINDS))
@click.option("--to", "target", type=_FILE, help="The file to write: csv, parquet, lm-eval.")
@click.option("--project", default="ucb", show_default=True, help="Where to log: wandb, mlflow.")
def publish(path: Path, kind: str, target: Path | None, project: str) -> None:
    """Give a run to other tools: CSV, Parquet, lm-eval's JSON, Weights & Biases, MLflow."""
    terminal.answer(run=path, kind=kind)
    if kind == "wandb":
        _published("Weights & Biases run", exports.log_wandb(path, project))
    elif kind == "mlflow":
        _published("MLflow run", exports.log_mlflow(path, project))
    elif target is None:
        raise ConfigError(f"--as {kind} writes a file: say which with --to.")
    elif kind == "parquet":
        count = exports.write_parquet(path, target)
        terminal.answer(rows=count)
        _published(f"{count} rows", target)
    else:
        write = exports.write_csv if kind == "csv" else exports.write_lm_eval
        write(path, target)
        _published("Scores", target)


def _published(what: str, where: object) -> None:
    terminal.say(f"{what}: {where}")
    terminal.answer(where=str(where))
