"""A run for other tools: tables, lm-eval's results file, Weights & Biases, MLflow."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from statistics import stdev
from typing import Any

from ucb.errors import ConfigError
from ucb.files import replacing
from ucb.outcomes import RunOutcome, TaskOutcome, rate, values
from ucb.report import csv
from ucb.runs import read, require_whole
from ucb.scores import Scores
from ucb.store import Run
from ucb.types import Completion, Verdict

_ROW_GROUP = 10_000
"""Rows that a Parquet file has in one piece, and that are in memory."""

KINDS = ("csv", "parquet", "lm-eval", "wandb", "mlflow")

_KS = (1, 2, 5, 10, 20, 50, 100, 200)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """
    Yield one flat row per judged sample of a run folder, sorted by task, problem, sample.

    Every row has every measure of the run. In memory is where rows stand, not what they hold.
    """
    run, outcome = Run(path), read(path)
    names = sorted(outcome.tasks)
    measures = sorted({m for task in names for v in run.task(task).verdicts() for m in v.measures})
    for task in names:
        folder = run.task(task)
        completions, verdicts = folder.completion_places(), folder.verdict_places()
        for problem in sorted(verdicts.problems):
            for key in verdicts.of(problem):
                verdict = folder.verdict_at(verdicts[key])
                completion = folder.completion_at(completions[key]) if key in completions else None
                yield {
                    "run": str(path), "model": outcome.model, "task": task,
                    **_judged(verdict),
                    **{f"{_MEASURE}{name}": verdict.measures.get(name) for name in measures},
                    **_written(completion),
                }  # fmt: skip


_MEASURE = "measure_"


def _judged(verdict: Verdict) -> dict[str, Any]:
    return {
        "problem": verdict.key.problem, "sample": verdict.key.sample,
        "passed": verdict.passed, "stage": verdict.stage.name.lower(),
        "reason": verdict.reason.value, "detail": verdict.detail,
        "judge": verdict.judge, "cpu": verdict.cpu, "output": _printable(verdict.output),
    }  # fmt: skip


def _written(completion: Completion | None) -> dict[str, Any]:
    names = ("finish", "tokens_in", "tokens_out", "seconds", "cost", "text", "code")
    values = {name: getattr(completion, name, None) for name in names}
    return {n: _printable(v) if isinstance(v, str) else v for n, v in values.items()}


def frame(path: Path) -> Any:
    """Return `rows` as a pandas DataFrame; raise `ConfigError` where pandas is missing."""
    return _library("pandas").DataFrame(list(rows(path)))


def write_parquet(path: Path, target: Path) -> int:
    """Write `rows` as a Parquet file and return how many; pandas, Polars and DuckDB read it.

    Raises `ConfigError` where pyarrow is missing or the run has no rows.
    """
    arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet", "pyarrow")
    found = rows(path)
    if (first := next(found, None)) is None:
        raise ConfigError(f"{path} has no judged samples to export. Run `ucb run` first.")
    text, whole, real = arrow.string(), arrow.int64(), arrow.float64()
    kinds = {"passed": arrow.bool_(), "cpu": real, "seconds": real, "cost": real}
    kinds |= {name: real for name in first if name.startswith(_MEASURE)}
    kinds |= dict.fromkeys(("sample", "tokens_in", "tokens_out"), whole)
    schema = arrow.schema([(name, kinds.get(name, text)) for name in first])
    target.parent.mkdir(parents=True, exist_ok=True)
    every, count = chain([first], found), 0
    with replacing(target) as file, parquet.ParquetWriter(file.buffer, schema) as writer:
        while some := list(islice(every, _ROW_GROUP)):
            writer.write_table(arrow.Table.from_pylist(some, schema=schema))
            count += len(some)
    return count


def write_csv(path: Path, target: Path) -> None:
    """Write every figure of a run's scores, one row per task and metric.

    Raises `ConfigError` for a run that is not scored yet.
    """
    found = _scores(path)
    if not found:
        raise ConfigError(f"{path} has no scores. Run `ucb report {path}` first.")
    csv.write_csv(target, path.name, found)


def write_lm_eval(path: Path, target: Path) -> None:
    """Write the scores in the format of lm-eval's `results_*.json`."""
    with replacing(target) as file:
        json.dump(lm_eval(path), file, indent=2)
        file.write("\n")


def lm_eval(path: Path) -> dict[str, Any]:
    """
    Return the scores as lm-evaluation-harness 0.4 would write them.

    A standard error is that of the mean over problems. Raises `Incomplete` for
    missing rows, since that format has no place to say so.
    """
    about, outcome = Run(path).read(), _whole(path)
    results: dict[str, dict[str, Any]] = {}
    better: dict[str, dict[str, bool]] = {}
    for name, task in outcome.tasks.items():
        results[name] = {"alias": name}
        better[name] = {}
        for metric in _pass_at(task):
            by_problem = list(values(task, metric).values())
            spread = stdev(by_problem) / math.sqrt(len(by_problem)) if len(by_problem) > 1 else 0.0
            results[name][f"{metric},none"] = math.fsum(by_problem) / len(by_problem)
            results[name][f"{metric}_stderr,none"] = spread
            better[name][metric] = True
    counts = {name: task.protocol.problems for name, task in outcome.tasks.items()}
    config = about.get("config", {})
    started = datetime.fromisoformat(outcome.started) if outcome.started else None
    return {
        "results": results,
        "group_subtasks": {name: [] for name in results},
        "configs": {name: {"task": name, **asdict(t.protocol)} for name, t in _items(outcome)},
        "versions": {name: task.protocol.version for name, task in _items(outcome)},
        "n-shot": dict.fromkeys(results, 0),
        "higher_is_better": better,
        "n-samples": {n: {"original": c, "effective": c} for n, c in counts.items()},
        "config": {
            "model": config.get("backend", ""),
            "model_args": f"pretrained={outcome.model}",
            "model_num_parameters": outcome.parameters,
            "limit": config.get("limit"),
            "gen_kwargs": {k: config[k] for k in _SAMPLING if k in config},
            "random_seed": config.get("seed"),
        },
        "git_hash": outcome.git,
        "date": started.timestamp() if started else None,
        "model_source": config.get("backend", ""),
        "model_name": outcome.model,
        "model_name_sanitized": outcome.model.replace("/", "__"),
        "ucb_version": outcome.ucb,
    }


_SAMPLING = ("temperature", "top_p", "max_tokens", "samples")


def log_wandb(path: Path, project: str) -> str:
    """
    Log a run to Weights & Biases and return the run's name there.

    Its configuration, scores and a table of problems; `WANDB_MODE` and the
    other variables of that library hold. Raises `ConfigError` where it is
    missing and `Incomplete` for missing rows.
    """
    wandb, outcome = _library("wandb"), _whole(path)
    run = wandb.init(
        project=project, name=path.name, job_type="ucb", config=_settings(path, outcome)
    )
    run.summary.update(figures(outcome) | scored(path))
    for name, task in _items(outcome):
        table = wandb.Table(columns=["problem", "samples", "passed"])
        for problem, tally in task.tallies.items():
            table.add_data(problem, tally.samples, tally.passed)
        run.log({f"{name}/problems": table})
    said = str(run.name)
    run.finish()
    return said


def log_mlflow(path: Path, experiment: str) -> str:
    """
    Log a run to MLflow and return its id there.

    Its configuration, scores and the files of its report; `MLFLOW_TRACKING_URI`
    says where to. Raises `ConfigError` where MLflow is missing and `Incomplete`
    for missing rows.
    """
    mlflow, outcome = _library("mlflow"), _whole(path)
    mlflow.set_experiment(experiment)
    with mlflow.start_run(run_name=path.name) as run:
        mlflow.log_params(_settings(path, outcome))
        # MLflow allows no @ in a metric's name.
        every = figures(outcome) | scored(path)
        mlflow.log_metrics({k.replace("@", "_at_"): v for k, v in every.items()})
        for name in ("run.json", "report.html"):
            if (path / name).is_file():
                mlflow.log_artifact(str(path / name))
        return str(run.info.run_id)


def figures(outcome: RunOutcome) -> dict[str, float]:
    """Return every figure of a run by `benchmark/metric`; rates with the ends of their interval."""
    found: dict[str, float] = {}
    for name, task in _items(outcome):
        for metric in (*_pass_at(task), "extracted", "compiled"):
            value = rate(task, metric)
            found[f"{name}/{metric}"] = value.value
            found[f"{name}/{metric}_low"] = value.low
            found[f"{name}/{metric}_high"] = value.high
        found |= {f"{name}/{figure}": value for figure, value in task.figures.items()}
    return found


def scored(path: Path) -> dict[str, float]:
    """Return the classification and the measures of a run's scores, by `benchmark/figure`."""
    found: dict[str, float] = {}
    for task, scores in _scores(path).items():
        means = {name: measured.mean for name, measured in scores.measures.items()}
        figures_of = scores.classification.figures if scores.classification else {}
        for name, value in ({k.value: v for k, v in figures_of.items()} | means).items():
            found[f"{task}/{name}"] = value.value
            found[f"{task}/{name}_low"] = value.low
            found[f"{task}/{name}_high"] = value.high
    return found


def _scores(path: Path) -> dict[str, Scores]:
    run = Run(path)
    files = {task: run.task(task).path / "scores.json" for task in run.tasks()}
    return {
        task: Scores.from_json(json.loads(file.read_text(encoding="utf-8")))
        for task, file in files.items()
        if file.is_file()
    }


def _pass_at(task: TaskOutcome) -> list[str]:
    samples = min(tally.samples for tally in task.tallies.values())
    return [f"pass@{k}" for k in _KS if k <= samples]


def _items(outcome: RunOutcome) -> list[tuple[str, TaskOutcome]]:
    return sorted(outcome.tasks.items())


def _whole(path: Path) -> RunOutcome:
    outcome = read(path)
    for name in outcome.tasks:
        require_whole(outcome, name)
    return outcome


def _settings(path: Path, outcome: RunOutcome) -> Mapping[str, Any]:
    """The configuration as flat texts and numbers, which every tracker takes."""
    config = Run(path).read().get("config", {})
    flat = {k: ",".join(map(str, v)) if isinstance(v, list) else v for k, v in config.items()}
    shared = {"ucb": outcome.ucb, "git": outcome.git, "parameters": outcome.parameters}
    found = {**flat, **shared, "run": str(path)}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _library(name: str, package: str = "") -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = package or name
        raise ConfigError(
            f"{package} is not installed. Run `pip install {package}` and try again."
        ) from error


def _printable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
