"""Small runs to report on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ucb.metrics import score
from ucb.report.model import Sample, TaskReport
from ucb.scores import Scores
from ucb.types import Completion, Finish, Key, Reason, Stage, Verdict

RUN: Mapping[str, Any] = {
    "ucb": "0.1.0",
    "started": "2026-03-04T05:06:07+00:00",
    "model": {"name": "tiny-coder", "revision": "abc123", "versions": {"torch": "2.13.0"}},
    "sandbox": {"engine": "bubblewrap"},
    "config": {"model": "org/tiny-coder", "backend": "hf", "k": [1, 2], "limit": None},
}


def sample(problem: str, number: int, stage: Stage = Stage.PASSED, **texts: str) -> Sample:
    """Make a sample that reached `stage`; `texts` are its prompt, text, code, output, detail."""
    key = Key(problem, number)
    reason = {
        Stage.NOTHING: Reason.NO_CODE,
        Stage.EXTRACTED: Reason.SYNTAX,
        Stage.COMPILED: Reason.WRONG,
        Stage.PASSED: Reason.PASSED,
    }[stage]
    verdict = Verdict(
        key,
        stage,
        reason,
        detail=texts.get("detail", ""),
        judge="split" if stage >= Stage.COMPILED else "",
        cpu=0.25,
        rules=("fenced",),
        output=texts.get("output", ""),
    )
    finish = Finish.LENGTH if stage is Stage.EXTRACTED else Finish.STOP
    completion = Completion(key, texts.get("text", "reply"), finish, 100, 20, 2.0)
    return Sample(
        key,
        texts.get("prompt", "ask"),
        completion,
        texts.get("code", "x = 1"),
        verdict,
        texts.get("program", "f()"),
    )


def scores_of(samples: Sequence[Sample], *ks: int, missing: int = 0) -> Scores:
    """Score samples, and say that `missing` more were expected."""
    absent = [Key("absent", number) for number in range(missing)]
    return score(
        [each.verdict for each in samples],
        [each.completion for each in samples],
        ks or (1,),
        expected=[*(each.key for each in samples), *absent],
        audit=Counter(rule for each in samples for rule in each.verdict.rules),
        allow_missing=missing > 0,
    )


def report_of(name: str, samples: Sequence[Sample], *ks: int, missing: int = 0) -> TaskReport:
    """Make a task's report of samples that can be read once."""
    return TaskReport(name, scores_of(samples, *ks, missing=missing), iter(samples))


def mixed() -> list[Sample]:
    """Make three problems of two samples each, with every stage among them."""
    stages = (
        (Stage.PASSED, Stage.COMPILED),
        (Stage.EXTRACTED, Stage.NOTHING),
        (Stage.PASSED, Stage.PASSED),
    )
    return [
        sample(f"p/{i}", number, stage)
        for i, pair in enumerate(stages)
        for number, stage in enumerate(pair)
    ]
