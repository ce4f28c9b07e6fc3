"""
Read what a run found out, from its folder or from a committed baseline file.

A baseline is one JSON file with a line per problem:
`["humaneval", "HumanEval/0", samples, extracted, compiled, triggered, passed,
tokens_in, tokens_out]`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ucb.errors import Incomplete, StoreError
from ucb.files import replacing
from ucb.keys import Keys
from ucb.outcomes import (
    STAGES,
    Failure,
    Protocol,
    RunOutcome,
    Tally,
    TaskOutcome,
    splits_to_json,
    unstable,
)
from ucb.stats import Estimate, Method, Total
from ucb.store import Run, TaskFolder
from ucb.types import Completion, Finish, Verdict

FORMAT = 1
_ASKED = ("style", "template", "quantization", "temperature", "top_p", "max_tokens")


def read(path: Path) -> RunOutcome:
    """Read a run folder or a baseline file; raise `StoreError` when it is neither."""
    return _from_baseline(path) if path.is_file() else _from_folder(path)


def find(paths: Sequence[Path]) -> list[Path]:
    """
    Return the run folders and baseline files among `paths`, sorted, each once.

    A folder that is no run stands for the runs and baselines right inside it.
    Raises `StoreError` when there is none at all.
    """
    found: set[Path] = set()
    for path in paths:
        if path.is_file() or (path / "run.json").is_file():
            found.add(path)
        elif path.is_dir():
            found.update(file.parent for file in path.glob("*/run.json"))
            found.update(file for file in path.glob("*.json") if _is_baseline(file))
        else:
            raise StoreError(f"{path} is neither a run folder nor a baseline file.")
    if not found:
        where = ", ".join(map(str, paths))
        raise StoreError(f"There is no run in {where}. Make one with `ucb run`.")
    return sorted(found)


def require_whole(run: RunOutcome, task: str) -> None:
    """Raise `Incomplete` when rows of a task are missing, or the whole task."""
    if task not in run.tasks:
        raise Incomplete(
            f"{run.where} has no {task}; it has {', '.join(run.tasks) or 'nothing'}. "
            f"Run {task} as well."
        )
    if missing := run.tasks[task].missing:
        raise Incomplete(
            f"{missing} verdicts of {task} are missing in {run.where}. "
            f"Run `ucb run --config {run.where}/run.json` to finish."
        )


def flaky(a: Path, b: Path, task: str) -> frozenset[str]:
    """Return the problems of which the same answer has different verdicts in two run folders."""
    return unstable(row for path in (a, b) for row in _judged(Run(path).task(task)))


def baseline(runs: Sequence[Path]) -> RunOutcome:
    """
    Return the first run as a baseline.

    The others are repeats of it, such as its completions judged again: a
    problem of which they judge the same answer differently is marked unstable.
    Raises `Incomplete` when rows are missing.
    """
    first = _from_folder(runs[0])
    for name in first.tasks:
        require_whole(first, name)
    tasks = {
        name: replace(task, unstable=task.unstable.union(*(flaky(runs[0], r, name) for r in runs)))
        for name, task in first.tasks.items()
    }
    return replace(first, tasks=tasks)


def write_baseline(path: Path, run: RunOutcome) -> None:
    """Write a run as a baseline file, the same bytes each time; raise `StoreError` if refused."""
    head = {
        "ucb_baseline": FORMAT,
        "run": run.where,
        "model": run.model,
        "started": run.started,
        "ucb": run.ucb,
        "git": run.git,
        "parameters": run.parameters,
        "asked": dict(run.asked),
        "tasks": {
            task.name: {
                **asdict(task.protocol),
                "samples": task.samples,
                "figures": dict(task.figures),
                "splits": splits_to_json(task.splits),
                "unstable": sorted(task.unstable),
            }
            for task in run.tasks.values()
        },
    }
    rows = (
        json.dumps([task.name, problem, *tally])
        for task in run.tasks.values()
        for problem, tally in task.tallies.items()
    )
    with replacing(path) as file:
        file.write(json.dumps(head, indent=2).removesuffix("\n}"))
        file.write(',\n  "rows": [\n    ' + ",\n    ".join(rows) + "\n  ]\n}\n")


def _is_baseline(path: Path) -> bool:
    # A results folder may hold other JSON, which is none of this module's business.
    with path.open(encoding="utf-8", errors="replace") as file:
        return '"ucb_baseline"' in file.read(200)


def _from_baseline(path: Path) -> RunOutcome:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["ucb_baseline"] != FORMAT:
            raise ValueError(f"format {data['ucb_baseline']} is not {FORMAT}")
        rows: dict[str, dict[str, Tally]] = {name: {} for name in data["tasks"]}
        for task, problem, *counts in data["rows"]:
            rows[task][problem] = Tally(*counts)
        return RunOutcome(
            where=str(path),
            model=data["model"],
            tasks={
                name: _task(name, about, rows[name], about["samples"])
                for name, about in data["tasks"].items()
            },
            asked=data["asked"],
            started=data["started"],
            ucb=data["ucb"],
            git=data["git"],
            parameters=data["parameters"],
            folder=False,
        )
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"{path} is not a baseline ({error}). Make one with `ucb baseline RUN --to {path}`."
        ) from error


def _task(
    name: str, about: Mapping[str, Any], tallies: Mapping[str, Tally], samples: int
) -> TaskOutcome:
    return TaskOutcome(
        name=name,
        protocol=Protocol(about["version"], about["mode"], about["data_sha256"], about["problems"]),
        samples=samples,
        tallies=tallies,
        figures=about.get("figures", {}),
        splits=_splits(about.get("splits", {})),
        unstable=frozenset(about.get("unstable", ())),
    )


def _splits(data: Mapping[str, Any]) -> dict[str, dict[str, Estimate]]:
    return {
        kind: {
            name: Estimate(**{**value, "method": Method(value["method"])})
            for name, value in split.items()
        }
        for kind, split in data.items()
    }


def _from_folder(path: Path) -> RunOutcome:
    run = Run(path)
    about = run.read()
    config, model = about.get("config", {}), about.get("model", {})
    samples = config.get("samples", 1)
    try:
        tasks = {
            name: _read_task(run.task(name), name, described, samples)
            for name, described in about.get("tasks", {}).items()
        }
    except (KeyError, TypeError) as error:
        raise StoreError(
            f"{path / 'run.json'} does not say what was run ({error} is missing). "
            "Was it written by another version of UCB?"
        ) from error
    return RunOutcome(
        where=str(path),
        model=config.get("model") or model.get("model") or path.name,
        tasks=tasks,
        asked={name: config[name] for name in _ASKED if name in config},
        started=about.get("started", ""),
        ucb=about.get("ucb", ""),
        git=about.get("git", ""),
        parameters=model.get("parameters"),
    )


def _read_task(
    folder: TaskFolder, name: str, about: Mapping[str, Any], samples: int
) -> TaskOutcome:
    counted = _Counted(verdict for verdict in folder.verdicts() if verdict.key.sample < samples)
    bill = _Bill(each for each in folder.completions() if each.key in counted.keys)
    tallies = counted.tallies(bill)
    if len(tallies) > about["problems"]:
        raise StoreError(
            f"{folder.path} holds verdicts of {len(tallies)} problems and run.json speaks of "
            f"{about['problems']}. Run it again with the larger --limit."
        )
    scores = folder.path / "scores.json"
    stored = json.loads(scores.read_text(encoding="utf-8")) if scores.is_file() else {}
    task = _task(name, about, tallies, samples)
    return replace(
        task,
        figures=bill.figures(),
        splits=_splits(stored.get("splits", {})),
        failures=counted.failures,
    )


class _Counted:
    """What is counted of the verdicts: a few numbers by problem, and a bit for each."""

    def __init__(self, verdicts: Iterable[Verdict]) -> None:
        self.keys = Keys()
        self.failures: dict[str, Failure] = {}
        self._counts: dict[str, list[int]] = {}
        for verdict in verdicts:
            self.keys.add(verdict.key)
            problem, sample = verdict.key
            row = self._counts.setdefault(problem, [0] * (1 + len(STAGES)))
            row[0] += 1
            for place, stage in enumerate(STAGES, 1):
                row[place] += verdict.stage >= stage
            first = self.failures.get(problem)
            if not verdict.passed and (first is None or sample < first.sample):
                self.failures[problem] = Failure(sample, verdict.reason.value)

    def tallies(self, bill: _Bill) -> dict[str, Tally]:
        """Return counts sorted by problem, so that no order of the rows shows."""
        found = {}
        for problem, (samples, *reached) in sorted(self._counts.items()):
            extracted, compiled, triggered, passed = reached
            spent = bill.tokens(problem, samples)
            found[problem] = Tally(samples, extracted, compiled, triggered, passed, *spent)
        return found


class _Bill:
    """What is counted of the completions; sums that not every completion states are left out."""

    def __init__(self, completions: Iterable[Completion]) -> None:
        self._tokens: dict[str, list[int]] = {}
        self._sums = {name: Total() for name in ("tokens_out", "seconds", "cost")}
        self._rows = self._cut = self._untold = 0
        for completion in completions:
            self._rows += 1
            self._cut += completion.finish is Finish.LENGTH
            self._untold += completion.finish is Finish.UNKNOWN
            for name, total in self._sums.items():
                value = getattr(completion, name)
                if value is not None and math.isfinite(value):
                    total.add(value)
            if completion.tokens_in is not None and completion.tokens_out is not None:
                row = self._tokens.setdefault(completion.key.problem, [0, 0, 0])
                row[0] += 1
                row[1] += completion.tokens_in
                row[2] += completion.tokens_out

    def tokens(self, problem: str, samples: int) -> tuple[int | None, int | None]:
        said, tokens_in, tokens_out = self._tokens.get(problem, (0, 0, 0))
        return (tokens_in, tokens_out) if said == samples else (None, None)

    def figures(self) -> dict[str, float]:
        if not (rows := self._rows):
            return {}
        tokens, seconds, cost = map(self._sum, self._sums)
        found = {
            "tokens_per_second": tokens / seconds if tokens and seconds else None,
            "tokens_per_sample": None if tokens is None else tokens / rows,
            "seconds_per_sample": None if seconds is None else seconds / rows,
            "cost_per_sample": None if cost is None else cost / rows,
            "truncated": None if self._untold else self._cut / rows,
        }
        return {name: round(value, 9) for name, value in found.items() if value is not None}

    def _sum(self, name: str) -> float | None:
        total = self._sums[name]
        return total.value if total.count == self._rows else None


def _judged(folder: TaskFolder) -> Iterator[tuple[str, str, bool]]:
    judged, passed = Keys(), Keys()
    for verdict in folder.verdicts():
        judged.add(verdict.key)
        if verdict.passed:
            passed.add(verdict.key)
    for completion in folder.completions():
        if completion.key in judged:
            answer = completion.text if completion.code is None else completion.code
            digest = hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()
            yield completion.key.problem, digest, completion.key in passed
