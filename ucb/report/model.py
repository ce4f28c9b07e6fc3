"""What a report is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ucb.scores import Scores
from ucb.types import Completion, Key, Verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample from its prompt to its verdict."""

    key: Key
    prompt: str
    completion: Completion
    code: str
    """What was extracted from the completion and judged."""
    verdict: Verdict
    program: str = ""
    """What ran beside the code: the tests that called it, or the file that holds both."""


@dataclass(frozen=True, slots=True)
class TaskReport:
    """One task of a run. `samples` is read once, and not kept."""

    name: str
    scores: Scores
    samples: Iterable[Sample]
