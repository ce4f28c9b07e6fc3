"""A run folder and its baseline file say the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.results import solved, write_run
from ucb import runs
from ucb.errors import Incomplete, StoreError
from ucb.outcomes import Failure, Tally
from ucb.stats import estimate


def test_a_folder_is_read_to_tallies_and_figures(tmp_path: Path) -> None:
    """Counts by problem, what they took, how the model was asked, the first failures."""
    run = runs.read(write_run(tmp_path / "r", {"t": [[True, False], [True, True]]}))
    task = run.tasks["t"]
    assert task.tallies == {
        "p/0": Tally(2, 2, 2, 1, 1, 200, 100),
        "p/1": Tally(2, 2, 2, 2, 2, 200, 100),
    }
    assert task.figures == {
        "tokens_per_second": 25.0, "tokens_per_sample": 50.0, "seconds_per_sample": 2.0,
        "cost_per_sample": 0.001, "truncated": 0.0,
    }  # fmt: skip
    assert task.failures == {"p/0": Failure(1, "wrong answer")}
    assert (run.model, run.parameters, run.asked["temperature"]) == ("org/tiny", 134_515_008, 0.2)
    assert task.missing == 0


def test_a_baseline_file_is_the_run_again(tmp_path: Path) -> None:
    """Everything but the single failures survives the file, and it is the same bytes each time."""
    split = {"t": {"language": {"go": {**vars_of(1.0)}}}}
    folder = write_run(tmp_path / "r", {"t": [[True, False], [True, True]]}, splits=split)
    run = runs.baseline([folder])
    for name in ("a.json", "b.json"):
        runs.write_baseline(tmp_path / name, run)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    again = runs.read(tmp_path / "a.json")
    task = replace(run.tasks["t"], failures={})
    assert again == replace(run, where=str(tmp_path / "a.json"), tasks={"t": task}, folder=False)


def vars_of(value: float) -> dict[str, object]:
    """Return an estimate as JSON."""
    found = estimate([value, value])
    return {
        "value": found.value, "low": found.low, "high": found.high,
        "problems": found.problems, "method": found.method.value,
    }  # fmt: skip


def test_a_baseline_has_a_line_per_problem(tmp_path: Path) -> None:
    """So a diff of two baselines shows which problems changed."""
    run = runs.baseline([write_run(tmp_path / "r", {"t": solved(3, 5)})])
    runs.write_baseline(tmp_path / "b.json", run)
    lines = (tmp_path / "b.json").read_text().splitlines()
    rows = [line.strip().rstrip(",") for line in lines if line.startswith('    ["t"')]
    assert json.loads(rows[4]) == ["t", "p/4", 1, 1, 1, 0, 0, 100, 50]
    assert len(rows) == 5


def test_a_repeat_shows_unstable_problems(tmp_path: Path) -> None:
    """The same answer judged both ways marks its problem; another answer does not."""
    same = {("t", n, 0): f"answer {n}" for n in range(2)}
    a = write_run(tmp_path / "a", {"t": [[True], [True], [True]]}, texts=same)
    b = write_run(tmp_path / "b", {"t": [[True], [False], [False]]}, texts=same)
    assert runs.flaky(a, b, "t") == {"p/1"}
    assert runs.baseline([a, b]).tasks["t"].unstable == {"p/1"}


def test_an_incomplete_run_is_no_baseline(tmp_path: Path) -> None:
    """Missing rows are named with the command that makes them."""
    about = {"tasks": {"t": {"problems": 5}}}
    folder = write_run(tmp_path / "r", {"t": solved(1, 3)}, about=about)
    assert runs.read(folder).tasks["t"].missing == 2
    with pytest.raises(Incomplete, match=r"2 verdicts of t are missing .* `ucb run --config"):
        runs.baseline([folder])


def test_more_problems_than_the_run_says_are_refused(tmp_path: Path) -> None:
    """A folder that went on with a smaller --limit is two runs in one."""
    about = {"tasks": {"t": {"problems": 2}}}
    folder = write_run(tmp_path / "r", {"t": solved(1, 3)}, about=about)
    with pytest.raises(StoreError, match="larger --limit"):
        runs.read(folder)


def test_runs_are_found_in_a_folder(tmp_path: Path) -> None:
    """Run folders and baseline files, and no other file, sorted."""
    b = write_run(tmp_path / "b", {"t": solved(1, 2)})
    a = write_run(tmp_path / "a", {"t": solved(1, 2)})
    runs.write_baseline(tmp_path / "kept.json", runs.read(a))
    (tmp_path / "other.json").write_text("{}")
    assert runs.find([tmp_path, a]) == [a, b, tmp_path / "kept.json"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not a baseline"),
        ('{"ucb_baseline": 99}', "format 99 is not 1"),
        ('{"ucb_baseline": 1}', "'tasks'"),
    ],
)
def test_a_damaged_baseline_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The sentence says which file, and how to make it anew."""
    file = tmp_path / "b.json"
    file.write_text(text)
    with pytest.raises(StoreError, match=said):
        runs.read(file)


def test_nothing_is_not_a_run(tmp_path: Path) -> None:
    """An empty folder and a path that is not there get a sentence each."""
    with pytest.raises(StoreError, match="There is no run in"):
        runs.find([tmp_path])
    with pytest.raises(StoreError, match="neither a run folder nor a baseline"):
        runs.find([tmp_path / "none"])
    with pytest.raises(StoreError, match="is not a run folder"):
        runs.read(tmp_path)
