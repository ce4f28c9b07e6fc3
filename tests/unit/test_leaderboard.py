"""Averages, win rates and ranks, and what is not mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tests.results import outcome
from ucb.leaderboard import Board, Column, Setting, build, overlap_ranks, win_rates
from ucb.outcomes import Protocol, RunOutcome, Tally, TaskOutcome
from ucb.stats import Estimate, Method, estimate


def run(model: str, tasks: Mapping[str, Sequence[int]], **changes: object) -> RunOutcome:
    """A run of several tasks by which problems were solved."""
    found = {}
    for name, passed in tasks.items():
        task = outcome(passed).tasks["t"]
        found[name] = replace(task, name=name)
    changes = {"where": model, "asked": {"style": "chat", "temperature": 0.0}, **changes}
    return replace(RunOutcome("", model, found), **changes)  # type: ignore[arg-type]


def ones(count: int, of: int = 100) -> list[int]:
    """The first `count` problems are solved."""
    return [int(n < count) for n in range(of)]


def models(board: Board) -> list[str]:
    """Return the models as the board lists them."""
    return [entry.setting.model for entry in board.entries]


def test_average_and_win_rate_are_the_big_code_leaderboards() -> None:
    """Mean pass@1 over columns; mean over columns of models - (rank - 1)."""
    board = build(
        [
            run("a", {"x": ones(90), "y": ones(10)}),
            run("b", {"x": ones(80), "y": ones(30)}),
            run("c", {"x": ones(20), "y": ones(20)}),
        ]
    )
    assert models(board) == ["b", "a", "c"]
    averages = [entry.average.value for entry in board.entries if entry.average]
    assert averages == pytest.approx([0.55, 0.5, 0.2])
    assert [entry.win_rate for entry in board.entries] == [2.5, 2.0, 1.5]


def test_equal_scores_share_the_better_rank_in_the_win_rate() -> None:
    """Two winners of one column both get all its points."""
    a, b = (Setting(name, "", "", None) for name in "ab")
    column = Column("x")
    assert win_rates({a: {column: 0.5}, b: {column: 0.5}}) == {a: 2.0, b: 2.0}


def test_models_that_cannot_be_told_apart_share_a_rank() -> None:
    """A rank counts the models whose interval lies wholly above."""
    a, b, c, d = (Setting(name, "", "", None) for name in "abcd")
    ranks = overlap_ranks({a: (0.7, 0.9), b: (0.6, 0.8), c: (0.4, 0.65), d: (0.1, 0.2)})
    assert ranks == {a: 1, b: 1, c: 2, d: 4}


def test_a_mean_over_fewer_columns_is_no_average() -> None:
    """A model without a benchmark keeps its scores and has neither average nor rank."""
    board = build([run("a", {"x": ones(50), "y": ones(50)}), run("b", {"x": ones(99)})])
    assert models(board) == ["a", "b"]
    last = board.entries[1]
    assert (last.average, last.win_rate, last.rank) == (None, None, None)
    assert last.cells[Column("x")].value.value == pytest.approx(0.99)
    only_x = build([run("a", {"x": ones(50), "y": ones(50)}), run("b", {"x": ones(99)})], ["x"])
    assert models(only_x) == ["b", "a"]


def protocol(**changes: object) -> Protocol:
    """The protocol of the fakes, with changes."""
    return replace(Protocol(1, "openai", "ab" * 32, 100), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mode": "bigcode"}, "not comparable: mode 'bigcode', not 'openai'"),
        ({"version": 0}, "not comparable: task version 0, not 1"),
        ({"data_sha256": "0" * 64}, "not comparable: other problems"),
        ({"problems": 90}, "not comparable: 90 problems, not 100"),
    ],
)
def test_other_protocols_are_marked_and_not_mixed(changes: dict[str, object], said: str) -> None:
    """The odd one is set aside with a reason; it changes no figure of the others."""
    fair = [run("a", {"x": ones(50)}), run("b", {"x": ones(40)})]
    odd = run("c", {"x": ones(100)})
    task = replace(odd.tasks["x"], protocol=protocol(**changes))
    if "problems" in changes:
        task = replace(task, tallies=dict(list(task.tallies.items())[:90]))
    board = build([*fair, replace(odd, tasks={"x": task})])
    assert board.entries == build(fair).entries
    (aside,) = board.aside
    assert (aside.run, aside.model, aside.task) == ("c", "c", "x")
    assert aside.reason.startswith(said)


def test_a_newer_task_version_retires_the_older_runs() -> None:
    """However many there are: the newest version is what is ranked."""
    old = [run(name, {"x": ones(50)}) for name in "abc"]
    new = run("d", {"x": ones(10)})
    task = replace(new.tasks["x"], protocol=protocol(version=2))
    board = build([*old, replace(new, tasks={"x": task})])
    assert models(board) == ["d"]
    assert {aside.reason for aside in board.aside} == {"not comparable: task version 1, not 2"}


def test_an_incomplete_run_is_marked() -> None:
    """Missing rows keep a run off the board, even as its only run."""
    half = run("a", {"x": ones(50)})
    task = replace(half.tasks["x"], protocol=protocol(problems=164))
    board = build([replace(half, tasks={"x": task}), run("b", {"x": ones(10)})])
    assert models(board) == ["b"]
    assert board.aside[0].reason == "incomplete: 64 verdicts are missing"
    assert board.protocols["x"].problems == 100


def test_the_newest_of_two_equal_runs_counts() -> None:
    """A repeat replaces the older run and says so; another setting is another line."""
    first = run("a", {"x": ones(10)}, where="old", started="2026-01-01")
    second = run("a", {"x": ones(20)}, where="new", started="2026-01-02")
    other = run("a", {"x": ones(30)}, where="hot", asked={"style": "chat", "temperature": 0.8})
    board = build([second, first, other])
    assert [e.cells[Column("x")].run for e in board.entries] == ["hot", "new"]
    assert board.aside[0][::3] == ("old", "run again in new")


def test_one_models_runs_make_one_line() -> None:
    """Benchmarks of one model in different folders come together, each with its own source."""
    board = build([run("a", {"x": ones(1)}, where="r1"), run("a", {"y": ones(2)}, where="r2")])
    (entry,) = board.entries
    assert {c.task: cell.run for c, cell in entry.cells.items()} == {"x": "r1", "y": "r2"}


def test_languages_are_columns() -> None:
    """A benchmark with several languages has one column each; with one, it has one itself."""
    many = {"language": {"go": estimate(ones(50)), "rust": estimate(ones(30))}}
    found = run("a", {"x": ones(40), "y": ones(40)})
    tasks = {**found.tasks, "x": replace(found.tasks["x"], splits=many)}
    board = build([replace(found, tasks=tasks)])
    assert board.columns == [Column("x", "go"), Column("x", "rust"), Column("y")]
    average = board.entries[0].average
    assert average is not None
    assert average.value == pytest.approx(0.4)


def test_the_languages_of_a_benchmark_do_not_narrow_the_average() -> None:
    """They ask the same problems: three of them are no surer than one; two benchmarks are."""
    one = Estimate(0.5, 0.4, 0.6, 100, Method.WILSON)
    found = run("a", {"x": ones(50)})
    split = {"language": dict.fromkeys(("go", "java", "rust"), one)}
    alone = build([replace(found, tasks={"x": replace(found.tasks["x"], splits=split)})])
    average = alone.entries[0].average
    assert average is not None
    assert (average.low, average.high) == pytest.approx((0.4, 0.6))
    two = build([run("a", {"x": ones(50), "y": ones(50)})]).entries[0].average
    single = build([run("a", {"x": ones(50)})]).entries[0].average
    assert two is not None
    assert single is not None
    assert two.high - two.low == pytest.approx((single.high - single.low) / 2**0.5, rel=1e-6)


def test_curves_need_samples_and_tokens() -> None:
    """pass@k up to the samples there are; pass@t where every problem can spend the tokens."""
    tallies = {f"p/{n}": Tally(20, 20, 20, n, n, 2000, 4000) for n in range(20)}
    task = TaskOutcome("x", protocol(problems=20), 20, tallies)
    (entry,) = build([RunOutcome("r", "a", {"x": task})]).entries
    assert list(entry.pass_at_k["x"]) == [1, 2, 5, 10, 20]
    # 20 samples cost 5,000 tokens, half a token for each of the prompt.
    assert list(entry.pass_at_t["x"]) == [125, 250, 500, 1000, 2000, 4000]
    values = [e.value for e in entry.pass_at_t["x"].values()]
    assert values == sorted(values)
    assert build([outcome([1, 0])]).entries[0].pass_at_t == {"t": {}}


def test_the_order_of_the_runs_does_not_matter() -> None:
    """A board is made from what the runs are, not from how they were listed."""
    found = [run(name, {"x": ones(n), "y": ones(3)}) for n, name in enumerate("abcd")]
    assert build(found) == build(found[::-1])
