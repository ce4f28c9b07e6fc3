"""A run from its configuration to its report: open what it needs, do the rest, close it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from ucb import formats, here, resuming, spending
from ucb.backends import Backend
from ucb.backends.replay import ReplayBackend
from ucb.config import RunConfig
from ucb.errors import ConfigError
from ucb.keys import Keys
from ucb.metrics import score
from ucb.planning import Planned, backend_of, plan, sandbox_of
from ucb.progress import Progress
from ucb.report.html import SHOWN, write_report
from ucb.report.model import Sample, TaskReport
from ucb.run import extracted, run_task, wanted
from ucb.sandbox import Sandbox
from ucb.scores import Scores
from ucb.store import Run, TaskFolder
from ucb.types import Key, Style, Verdict


def run_path(config: RunConfig) -> Path:
    """Return the run folder: `--out`, or one named after the model."""
    if config.out:
        return Path(config.out)
    source = config.samples_file or config.model or config.backend
    slug = re.sub(r"[^\w.-]+", "-", source).strip("-.").lower()
    return Path("results") / (slug or "run")


def execute(
    config: RunConfig,
    console: Console,
    *,
    generating: bool = True,
    judging: bool = True,
    again: bool = False,
) -> Path:
    """
    Do what is missing of a run and return its folder.

    Nothing that is stored is asked for again; with `again` everything is judged
    anew. Raises `ConfigError` when the folder holds a run that differs in
    something that moves scores.
    """
    planned = plan(config)
    with Run(path := run_path(config)) as run, ExitStack() as stack:
        about = run.read() if run.exists() else {}
        config = _of_file(config) if config.samples_file else config
        if about:
            told = {each.task.name: each.describe() for each in planned}
            config = resuming.going_on(about, config, told, path)
        parts = _parts(run, planned)
        stored = [part.folder.stored() for part in parts]
        missing = any(
            wanted(part.problems, config.samples).first_missing(keys.completions)
            for part, keys in zip(parts, stored, strict=True)
        )
        # The sandbox first: without one a model would be fetched and loaded for nothing.
        sandbox = sandbox_of(planned, config) if judging else None
        if sandbox is not None:
            stack.callback(sandbox.close)
        opened = _Opened(config, planned, needed=generating and missing)
        stack.callback(spending.close, opened.backend)
        config = opened.config
        if opened.backend is not None and any(keys.completions for keys in stored):
            resuming.same_model(about, opened.backend.describe(), path)
        if again:
            for part in parts:
                part.folder.drop_verdicts()
        elif sandbox is not None and any(keys.verdicts for keys in stored):
            resuming.same_tools(about, sandbox.describe(), path)
        style = Style(config.style)
        if rest := spending.settle(opened.backend, parts, style, config.sampling()):
            console.print(f"To be asked: {rest}", highlight=False)
        run.write(_description(run, config, planned, opened.backend, sandbox))
        try:
            for part in parts:
                _run_one(part, config, opened.backend, sandbox, console)
        finally:  # What a run that is stopped has used is told too.
            run.write(_description(run, config, planned, opened.backend, sandbox))
    return path


def estimate(config: RunConfig) -> str | None:
    """Return what the rest of a run would take; None for a backend that counts nothing."""
    parts = _parts(Run(run_path(config)), plan(config))
    return spending.estimate(
        config.backend, config.model_options(), parts, config.style, config.sampling()
    )


def _parts(run: Run, planned: Sequence[Planned]) -> list[spending.Part]:
    return [spending.Part(p.task, p.problems, run.task(p.task.name)) for p in planned]


def report(
    path: Path,
    *,
    allow_missing: bool = False,
    ks: tuple[int, ...] = (),
    ts: tuple[int, ...] = (),
    since: str = "",
) -> dict[str, Scores]:
    """
    Score the stored rows, write `scores.json` and `report.html`, and return the scores.

    `ts` adds to the t of pass@t. With `since`, a day such as `2026-03-04`, the
    scores are over the problems that became public then or later, and nothing
    is written: the files of a run are about all of its problems.
    """
    run = Run(path)
    about = run.read()
    config = stored_config(about)
    config = replace(config, k=ks or config.k, allow_missing=allow_missing or config.allow_missing)
    planned = plan(config)
    if since:
        dated = [each.since(since) for each in planned]
        return {e.task.name: score_task(e, run.task(e.task.name), config, ts) for e in dated}
    scores: dict[str, Scores] = {}
    reports = []
    with run:
        for each in planned:
            folder = run.task(each.task.name)
            found = scores[each.task.name] = score_task(each, folder, config, ts)
            folder.write_scores({**found.to_json(), "generation": about.get("generation", {})})
            some = shown(each, config, SHOWN // len(planned))
            reports.append(TaskReport(each.task.name, found, samples(each, folder, config, some)))
        write_report(path / "report.html", about, reports)
    return scores


def shown(each: Planned, config: RunConfig, most: int) -> Keys:
    """Return the samples that a page has room for: the first ones of each problem."""
    problems = each.problems[: max(1, most)]
    per_problem = max(1, most // max(1, len(problems)))
    return wanted(problems, min(config.samples, per_problem))


def score_task(
    each: Planned, folder: TaskFolder, config: RunConfig, ts: tuple[int, ...] = ()
) -> Scores:
    """Turn the stored rows of a task into numbers; raise `Incomplete` for missing ones."""
    keys = wanted(each.problems, config.samples)
    audit: Counter[str] = Counter()

    def verdicts() -> Iterator[Verdict]:
        for verdict in folder.verdicts():
            if verdict.key in keys:
                audit.update(verdict.rules)
                yield verdict

    return score(
        verdicts(),
        (completion for completion in folder.completions() if completion.key in keys),
        config.k,
        expected=keys,
        scheme=each.scheme(Style(config.style), ts),
        audit=audit,
        allow_missing=config.allow_missing,
        finish_with=f"ucb run --config {folder.path.parent / 'run.json'}",
    )


def samples(
    each: Planned, folder: TaskFolder, config: RunConfig, some: Container[Key]
) -> Iterator[Sample]:
    """Join prompt, completion, code and verdict of those of some samples that are judged."""
    style = Style(config.style)
    by_id = {problem.id: problem for problem in each.problems}
    places = folder.verdict_places(some)
    for completion in folder.completions():
        problem, place = by_id.get(completion.key.problem), places.get(completion.key)
        if problem is None or place is None:
            continue
        code, _ = extracted(each.task, problem, style, completion)
        prompt = each.task.prompt(problem, style).text
        ran = each.task.shown(problem, code) if code.strip() else ""
        yield Sample(completion.key, prompt, completion, code, folder.verdict_at(place), ran)


def stored_config(about: dict[str, Any]) -> RunConfig:
    """Return the configuration a run was started with."""
    known = RunConfig.__dataclass_fields__
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in about["config"].items()
        if name in known
    }
    return RunConfig(**values)


class _Opened:
    """The backend of a run, opened only if there is something to ask, and the settled style."""

    def __init__(self, config: RunConfig, planned: Sequence[Planned], *, needed: bool) -> None:
        self.backend: Backend | None = None
        if config.samples_file:
            if len(planned) != 1:
                raise ConfigError("--samples-file holds the samples of one task; name that task.")
            each = planned[0]
            path = Path(config.samples_file)
            stored = formats.Samples(path, each.dataset, each.published_prompts())
            self.backend = replay = ReplayBackend(stored)
            config = replace(config, samples=replay.samples)
        elif needed:
            self.backend = backend_of(config)
        self.config = _styled(config, self.backend)


def _of_file(config: RunConfig) -> RunConfig:
    """Settle what a samples file decides: its replies continue a file unless the user says not."""
    style = Style.COMPLETE.value if config.style == "auto" else config.style
    return replace(config, backend="replay", style=style)


def _styled(config: RunConfig, backend: Backend | None) -> RunConfig:
    if backend is None:
        return config
    if config.style == "auto":
        return replace(config, style=backend.preferred.value)
    if Style(config.style) not in backend.styles:
        able = ", ".join(sorted(backend.styles))
        raise ConfigError(f"{config.model} has no style {config.style!r}, only: {able}.")
    return config


def _run_one(
    part: spending.Part,
    config: RunConfig,
    backend: Backend | None,
    sandbox: Sandbox | None,
    console: Console,
) -> None:
    keys = wanted(part.problems, config.samples)
    with closing(part.folder) as folder:
        stored = folder.stored()
        totals = {}
        if backend is not None:
            totals["generated"] = (keys.common(stored.completions), len(keys))
        if sandbox is not None:
            totals["judged"] = (keys.common(stored.verdicts), len(keys))
        with Progress(part.task.name, totals, console) as progress:
            run_task(
                part.task,
                part.problems,
                Style(config.style),
                config.sampling(),
                folder,
                backend=backend,
                sandbox=sandbox,
                advance=progress.advance,
            )


def _description(
    run: Run,
    config: RunConfig,
    planned: Sequence[Planned],
    backend: Backend | None,
    sandbox: Sandbox | None,
) -> dict[str, Any]:
    about = run.read() if run.exists() else {}
    tasks = about.get("tasks", {}) | {
        each.task.name: {**each.describe(), "problems": len(each.problems)} for each in planned
    }
    if backend is not None:
        about["model"] = dict(backend.describe())
        if figures := dict(backend.statistics()):
            about["generation"] = figures
    if sandbox is not None and (engine := dict(sandbox.describe())):
        about["sandbox"] = engine
    return {
        **about,
        **here.about(),
        "format": resuming.FORMAT,
        "started": about.get("started") or datetime.now(UTC).isoformat(timespec="seconds"),
        "config": config.to_json(),
        "tasks": tasks,
    }


def find_sample(path: Path, name: str, key: Key) -> tuple[Planned, Sample]:
    """Return one judged sample of a run; raise `ConfigError` if there is none."""
    run = Run(path)
    config = stored_config(run.read())
    each = _planned(path, config, name)
    if found := next(samples(each, run.task(name), config, {key}), None):
        return each, found
    raise ConfigError(f"{path} has no judged sample {key.sample} of {key.problem!r} in {name}.")


def export(path: Path, name: str, kind: str, target: Path) -> int:
    """Write the samples of one task in a peer's format and return how many there are."""
    run = Run(path)
    config = stored_config(run.read())
    each = _planned(path, config, name)
    style = Style(config.style)
    folder = run.task(name)
    places = folder.completion_places()
    codes = (
        (key, extracted(each.task, problem, style, folder.completion_at(places[key]))[0])
        for problem in each.problems
        for key in places.of(problem.id)
    )
    return formats.write(kind, target, codes, each.problems, each.published_prompts())


def _planned(path: Path, config: RunConfig, name: str) -> Planned:
    for each in plan(config):
        if each.task.name == name:
            return each
    raise ConfigError(f"{path} has no task {name!r}; it has {', '.join(config.tasks)}.")
