"""Run folders with known results, written through the store: for tests of what reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from ucb.metrics import score
from ucb.outcomes import Protocol, RunOutcome, Tally, TaskOutcome
from ucb.store import Run
from ucb.types import Completion, Finish, Key, Reason, Stage, Verdict

SHA = "ab" * 32


def write_run(
    path: Path,
    passed: Mapping[str, Sequence[Sequence[bool]]],
    *,
    model: str = "org/tiny",
    texts: Mapping[tuple[str, int, int], str] | None = None,
    splits: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    about: Mapping[str, Any] | None = None,
    **config: Any,
) -> Path:
    """
    Write a run: for each task, for each problem, which samples passed.

    `texts` replaces answers by (task, problem, sample); `about` adds to or
    replaces keys of run.json, and its `tasks` those of each task.
    """
    more = dict(about or {})
    described = more.pop("tasks", {})
    samples = max((len(s) for problems in passed.values() for s in problems), default=1)
    run = Run(path)
    run.write(
        {
            "ucb": "0.1.0",
            "git": "c0ffee",
            "started": "2026-01-02T03:04:05+00:00",
            "model": {"backend": "hf", "model": model, "parameters": 134_515_008},
            "config": {
                "backend": "hf", "model": model, "style": "complete", "template": "auto",
                "quantization": "none", "temperature": 0.0 if samples == 1 else 0.2, "top_p": 1.0,
                "max_tokens": 512, "samples": samples, "seed": 0, "limit": None, "k": [1], **config,
            },
            "tasks": {
                name: {
                    "version": 1, "mode": "openai", "data_sha256": SHA,
                    "problems": len(problems), **described.get(name, {}),
                }
                for name, problems in passed.items()
            },
            **more,
        }
    )  # fmt: skip
    for name, problems in passed.items():
        completions, verdicts = [], []
        with closing(run.task(name)) as folder:
            for number, outcomes in enumerate(problems):
                for sample, good in enumerate(outcomes):
                    key = Key(f"p/{number}", sample)
                    told = f"answer {number} {sample} {good}"
                    text = (texts or {}).get((name, number, sample), told)
                    completion = Completion(key, text, Finish.STOP, 100, 50, 2.0, 0.001)
                    completions.append(completion)
                    verdicts.append(verdict(key, good=good))
                    folder.add_completion(completion)
                    folder.add_verdict(verdicts[-1])
        keys = [each.key for each in verdicts]
        scores = score(verdicts, completions, [1], expected=keys).to_json() if keys else {}
        run.task(name).write_scores(scores | {"splits": (splits or {}).get(name, {})})
    return path


def verdict(key: Key, *, good: bool) -> Verdict:
    """A pass, or a wrong answer that compiled."""
    if good:
        return Verdict(key, Stage.PASSED, Reason.PASSED, judge="split", cpu=0.1)
    return Verdict(key, Stage.COMPILED, Reason.WRONG, "AssertionError", "split", 0.1)


def solved(count: int, of: int) -> list[list[bool]]:
    """One sample per problem, the first `count` of them passed."""
    return [[number < count] for number in range(of)]


def outcome(passed: Sequence[int], samples: int = 1, **changes: Any) -> RunOutcome:
    """A run of one task `t` by how many samples of each problem passed."""
    tallies = {
        f"p/{number}": Tally(samples, samples, samples, count, count)
        for number, count in enumerate(passed)
    }
    task = TaskOutcome(
        "t", Protocol(1, "openai", SHA, len(tallies)), samples, tallies, changes.pop("figures", {})
    )
    where = changes.pop("where", "run")
    return RunOutcome(where, "org/tiny", {"t": task}, **changes)
