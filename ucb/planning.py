"""Which tasks a run has, with their problems read and what their scores are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from ucb import plugins
from ucb.backends import Backend
from ucb.cluster.backend import RayBackend
from ucb.cluster.sandbox import RaySandbox
from ucb.config import RunConfig
from ucb.errors import ConfigError
from ucb.metrics import Scheme
from ucb.passat import BUDGETS
from ucb.sandbox import Sandbox
from ucb.sandbox.select import Unneeded, open_sandbox
from ucb.task import Task
from ucb.types import Problem, Style


@dataclass(frozen=True, slots=True)
class Planned:
    """One task of a run, with its problems read."""

    task: Task
    dataset: Sequence[Problem]
    """Every problem there is."""
    problems: Sequence[Problem]
    """The problems of this run: all, or the first `limit`."""
    data_sha256: str
    """Of the whole dataset's rows, whatever file or service they came from."""

    def published_prompts(self) -> dict[str, str]:
        """Return, by problem, the text that a peer's `completion` continues."""
        return {p.id: self.task.published_prompt(p) for p in self.dataset}

    def groups(self) -> dict[str, dict[str, str]]:
        """Return, for each kind of group, the group of each problem."""
        found: dict[str, dict[str, str]] = {"language": {}}
        for problem in self.problems:
            found["language"][problem.id] = problem.language
            for kind, name in self.task.groups(problem).items():
                found.setdefault(kind, {})[problem.id] = name
        return found

    def scheme(self, style: Style, budgets: Collection[int] = ()) -> Scheme:
        """Return what the scores are made of; `budgets` adds to the usual t of pass@t."""
        task = self.task
        defined = {problem.id: frozenset(task.measured(problem)) for problem in self.problems}
        return Scheme(
            stages=task.stages,
            style=style,
            budgets={*BUDGETS, *budgets},
            groups=self.groups(),
            measures={
                name: frozenset(problem for problem, names in defined.items() if name in names)
                for name in task.measures
            },
            pools=task.pools,
            clusters={p.id: task.cluster(p) for p in self.problems} if task.classifies else None,
            dates={p.id: date for p in self.problems if (date := task.date(p))},
        )

    def since(self, day: str) -> Self:
        """
        Return this with the problems alone that became public on `day` or later.

        A problem of unknown date is not among them. Raises `ConfigError` when
        none is.
        """
        problems = [p for p in self.problems if (date := self.task.date(p)) and date >= day]
        if not problems:
            raise ConfigError(
                f"{self.task.name} has no problem that is known to be of {day} or later. "
                "Choose an earlier day; most benchmarks do not date their problems."
            )
        return replace(self, problems=problems)

    def describe(self) -> dict[str, Any]:
        """Return what the scores depend on."""
        return {**self.task.describe(), "data_sha256": self.data_sha256}


def plan(config: RunConfig) -> list[Planned]:
    """Look up the tasks and read their problems; raise before anything is started."""
    if not config.tasks:
        raise ConfigError(f"No task given. Known: {', '.join(plugins.tasks())}.")
    planned = []
    data = Path(config.data) if config.data else None
    prompt = Path(config.prompt) if config.prompt else None
    for name in config.tasks:
        task = plugins.task(name).configured(
            mode=config.mode,
            data=data,
            few_shot=config.few_shot,
            prompt=prompt,
            defects4j=config.defects4j,
        )
        problems = list(task.problems())
        planned.append(Planned(task, problems, problems[: config.limit], _digest(problems)))
    return planned


def sandbox_of(
    planned: Sequence[Planned],
    config: RunConfig,
    *,
    workers: int | None = None,
    deduplicate: bool = True,
) -> Sandbox:
    """Open the sandbox of some tasks; none is needed where no task runs anything."""
    if not any(each.task.executes for each in planned):
        return Unneeded()
    workers = workers or config.workers
    brought = {name: tools for each in planned for name, tools in each.task.brought().items()}
    if config.cluster:
        return RaySandbox(
            config.cluster, config.sandbox, workers, deduplicate=deduplicate, brought=brought
        )
    return open_sandbox(config.sandbox, workers, deduplicate=deduplicate, brought=brought)


def backend_of(config: RunConfig) -> Backend:
    """Open the backend of a run; a model that runs here runs on the cluster, if there is one."""
    options = config.model_options()
    if config.cluster and plugins.is_local(config.backend):
        return RayBackend(config.cluster, config.backend, options)
    return plugins.backend(config.backend, **options)


def _digest(problems: Sequence[Problem]) -> str:
    found = hashlib.sha256()
    for problem in problems:
        found.update(json.dumps([problem.id, problem.row], sort_keys=True).encode())
    return found.hexdigest()
