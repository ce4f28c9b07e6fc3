"""A run from its configuration to its report: open what it needs, do the rest, close it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from ucb import formats, here, plugins, spending
from ucb.backends import Backend
from ucb.config import MOVES_SCORES, RunConfig, flag
from ucb.errors import ConfigError
from ucb.metrics import score
from ucb.planning import Planned, backend_of, plan, sandbox_of
from ucb.progress import Progress
from ucb.report.html import write_report
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
    config: RunConfig, console: Console, *, generating: bool = True, judging: bool = True
) -> Path:
    """
    Do what is missing of a run and return its folder.

    Nothing that is stored is asked for again. Raises `ConfigError` when the
    folder holds a run that differs in something that moves scores.
    """
    planned = plan(config)
    with Run(path := run_path(config)) as run:
        if run.exists():
            config = _going_on(run.read(), config, planned, path)
        opened = _Opened(config, planned, needed=generating and _missing(run, config, planned))
        config = opened.config
        sandbox = sandbox_of(planned, config) if judging else None
        try:
            parts = _parts(run, planned)
            style = Style(config.style)
            if rest := spending.settle(opened.backend, parts, style, config.sampling()):
                console.print(f"To be asked: {rest}", highlight=False)
            run.write(_description(run, config, planned, opened.backend, sandbox))
            try:
                for each in planned:
                    _run_one(each, run, config, opened.backend, sandbox, console)
            finally:  # What a run that is stopped has used is told too.
                run.write(_description(run, config, planned, opened.backend, sandbox))
        finally:
            spending.close(opened.backend)
            if sandbox is not None:
                sandbox.close()
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
    scores: dict[str, Scores] = {}
    reports = []
    for each in [each.since(since) if since else each for each in plan(config)]:
        folder = run.task(each.task.name)
        found = score_task(each, folder, config, ts)
        scores[each.task.name] = found
        if not since:
            folder.write_scores({**found.to_json(), "generation": about.get("generation", {})})
            reports.append(TaskReport(each.task.name, found, samples(each, folder, config)))
    if not since:
        write_report(path / "report.html", about, reports)
    return scores


def score_task(
    each: Planned, folder: TaskFolder, config: RunConfig, ts: tuple[int, ...] = ()
) -> Scores:
    """Turn the stored rows of a task into numbers; raise `Incomplete` for missing ones."""
    keys = set(wanted(each.problems, config.samples))
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
        expected=wanted(each.problems, config.samples),
        scheme=each.scheme(Style(config.style), ts),
        audit=audit,
        allow_missing=config.allow_missing,
        finish_with=f"ucb run --config {folder.path.parent / 'run.json'}",
    )


def samples(each: Planned, folder: TaskFolder, config: RunConfig) -> Iterator[Sample]:
    """Join prompt, completion, code and verdict of every judged sample."""
    style = Style(config.style)
    by_id = {problem.id: problem for problem in each.problems}
    verdicts = {verdict.key: verdict for verdict in folder.verdicts()}
    for completion in folder.completions():
        problem, verdict = by_id.get(completion.key.problem), verdicts.get(completion.key)
        if problem is None or verdict is None:
            continue
        code, _ = extracted(each.task, problem, style, completion)
        prompt = each.task.prompt(problem, style).text
        ran = each.task.shown(problem, code) if code.strip() else ""
        yield Sample(completion.key, prompt, completion, code, verdict, ran)


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
            config = _of_file(config)
            if len(planned) != 1:
                raise ConfigError("--samples-file holds the samples of one task; name that task.")
            each = planned[0]
            path = Path(config.samples_file)
            stored = list(formats.read(path, each.dataset, each.published_prompts()))
            count = 1 + max((completion.key.sample for completion in stored), default=0)
            config = replace(config, samples=count)
            self.backend = plugins.backend("replay", completions=stored)
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


def _missing(run: Run, config: RunConfig, planned: Sequence[Planned]) -> bool:
    return any(
        set(wanted(each.problems, config.samples)) - run.task(each.task.name).completion_keys()
        for each in planned
    )


def _run_one(
    each: Planned,
    run: Run,
    config: RunConfig,
    backend: Backend | None,
    sandbox: Sandbox | None,
    console: Console,
) -> None:
    keys = set(wanted(each.problems, config.samples))
    with closing(run.task(each.task.name)) as folder:
        totals = {}
        if backend is not None:
            totals["generated"] = (len(keys & folder.completion_keys()), len(keys))
        if sandbox is not None:
            totals["judged"] = (len(keys & folder.verdict_keys()), len(keys))
        with Progress(each.task.name, totals, console) as progress:
            run_task(
                each.task,
                each.problems,
                Style(config.style),
                config.sampling(),
                folder,
                backend=backend,
                sandbox=sandbox,
                advance=progress.advance,
            )


def _going_on(
    about: dict[str, Any], config: RunConfig, planned: Sequence[Planned], path: Path
) -> RunConfig:
    """Check that a run may go on with `config`; take the settled style from it."""
    before = about.get("config", {})
    if config.samples_file:
        config = _of_file(config)
    elif config.style == "auto":
        config = replace(config, style=before.get("style", "auto"))
    for name in MOVES_SCORES:
        # A field that an older run's file lacks had its default then.
        old = before.get(name, RunConfig.__dataclass_fields__[name].default)
        new = getattr(config, name)
        if old != new:
            raise ConfigError(
                f"{path} was started with --{flag(name)} {old!r} and this command says {new!r}. "
                "Mixing them would give one score for two things: choose another --out."
            )
    for each in planned:
        old = about.get("tasks", {}).get(each.task.name)
        new = each.describe()
        if old is not None and {k: old.get(k) for k in new} != new:
            raise ConfigError(
                f"{path} was started with another version of {each.task.name} or of its data. "
                "Choose another --out."
            )
    # A run that goes on with fewer tasks still holds the others.
    names = [*about.get("tasks", {}), *config.tasks]
    return replace(config, tasks=tuple(dict.fromkeys(names)))


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
        "started": about.get("started") or datetime.now(UTC).isoformat(timespec="seconds"),
        "config": config.to_json(),
        "tasks": tasks,
    }


def find_sample(path: Path, name: str, key: Key) -> tuple[Planned, Sample]:
    """Return one judged sample of a run; raise `ConfigError` if there is none."""
    run = Run(path)
    config = stored_config(run.read())
    each = _planned(path, config, name)
    for sample in samples(each, run.task(name), config):
        if sample.key == key:
            return each, sample
    raise ConfigError(f"{path} has no judged sample {key.sample} of {key.problem!r} in {name}.")


def export(path: Path, name: str, kind: str, target: Path) -> int:
    """Write the samples of one task in a peer's format and return how many there are."""
    run = Run(path)
    config = stored_config(run.read())
    each = _planned(path, config, name)
    style = Style(config.style)
    place = {problem.id: number for number, problem in enumerate(each.problems)}
    codes = [
        (c.key, extracted(each.task, each.problems[place[c.key.problem]], style, c)[0])
        for c in run.task(name).completions()
        if c.key.problem in place
    ]
    codes.sort(key=lambda item: (place[item[0].problem], item[0].sample))
    return formats.write(kind, target, codes, each.problems, each.published_prompts())


def _planned(path: Path, config: RunConfig, name: str) -> Planned:
    for each in plan(config):
        if each.task.name == name:
            return each
    raise ConfigError(f"{path} has no task {name!r}; it has {', '.join(config.tasks)}.")
