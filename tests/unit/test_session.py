"""What a report shows of a run."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.fakes import FakeTask
from ucb import session
from ucb.config import RunConfig
from ucb.planning import Planned
from ucb.store import Run
from ucb.types import Completion, Key, Reason, Stage, Verdict

TASK = FakeTask(5)
PLANNED = Planned(TASK, list(TASK.problems()), list(TASK.problems()), "sha")
CONFIG = RunConfig(tasks=("fake",), samples=9, temperature=1.0, style="complete")


def test_a_page_shows_the_first_samples_of_each_problem() -> None:
    """As many of each as there is room for, at least one; and all where there is."""
    assert len(session.shown(PLANNED, CONFIG, 40_000)) == 45
    some = session.shown(PLANNED, CONFIG, 12)
    assert sorted(some) == [Key(f"fake/{n}", sample) for n in range(5) for sample in range(2)]
    assert sorted(session.shown(PLANNED, CONFIG, 3)) == [Key(f"fake/{n}", 0) for n in range(3)]


def test_samples_are_joined_whatever_order_their_rows_have(tmp_path: Path) -> None:
    """Completion and verdict of a sample, of those that are asked for and judged."""
    with closing(Run(tmp_path).task("fake")) as folder:
        for sample in range(4):
            folder.add_completion(Completion(Key("fake/1", sample), f" text {sample} "))
        for sample in (3, 1, 0):
            verdict = Verdict(Key("fake/1", sample), Stage.PASSED, Reason.PASSED, str(sample))
            folder.add_verdict(verdict)
    some = {Key("fake/1", sample) for sample in (1, 2, 3)}
    found = list(session.samples(PLANNED, folder, CONFIG, some))
    assert [(s.key.sample, s.code, s.verdict.detail) for s in found] == [
        (1, "text 1", "1"),
        (3, "text 3", "3"),
    ]
