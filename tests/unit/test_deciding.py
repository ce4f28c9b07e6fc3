"""A task whose answers are judged by reading them, from its replies to its report."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.fakes import FakeSandbox, FakeTask, FakeVerdicts, by_id
from ucb import exports, planning, plugins
from ucb.check import check
from ucb.cli import cli
from ucb.errors import ConfigError, SandboxError
from ucb.run import evaluate
from ucb.sandbox.select import Unneeded
from ucb.scores import Scores
from ucb.task import Task
from ucb.types import Completion, Key, Problem, Program, Reason, Stage, Style, Verdict

TASK = FakeVerdicts()
PROBLEMS = list(TASK.problems())
REPLIES = ("Yes", "yes", "no", "No", "perhaps", "yes, it has")
"""To the problems in order: right, wrong, wrong, right, and two that cannot be read."""


def completions(task: FakeTask | FakeVerdicts, *texts: str) -> list[Completion]:
    """Answer the problems in order."""
    problems = zip(task.problems(), texts, strict=False)
    return [Completion(Key(problem.id, 0), text) for problem, text in problems]


def judged(*texts: str) -> list[Verdict]:
    """Judge answers where no sandbox is."""
    found = completions(TASK, *texts)
    return list(evaluate(TASK, by_id(PROBLEMS), Style.CHAT, found, Unneeded()))


def test_decided_answers_need_no_sandbox() -> None:
    """Each gets the task's verdict, with the rules of its extraction."""
    found = judged(*REPLIES)
    assert [v.reason for v in found] == [
        Reason.PASSED, Reason.WRONG, Reason.WRONG, Reason.PASSED, Reason.NO_CODE, Reason.NO_CODE,
    ]  # fmt: skip
    assert found[1].rules == ("one word",)
    assert found[1].measures == {"defective": 0.0, "answered": 1.0}
    assert found[5].measures == {"defective": 0.0}


def test_verdicts_leave_as_answers_come() -> None:
    """A run that is stopped has judged what was answered until then."""
    taken: list[Key] = []

    def answers() -> Iterator[Completion]:
        for completion in completions(TASK, "yes", "no"):
            taken.append(completion.key)
            yield completion

    stream = evaluate(TASK, by_id(PROBLEMS), Style.CHAT, answers(), Unneeded())
    assert next(stream).key == taken[-1]
    assert len(taken) == 1


class Half(FakeTask):
    """Decides what is "wrong" by reading it; runs the rest."""

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict | None:
        if code == "wrong":
            return Verdict(completion.key, Stage.EXTRACTED, Reason.WRONG, detail="read")
        return None


def test_what_is_decided_does_not_run() -> None:
    """A task may decide some answers; the others run, and blank ones have no code."""
    task, sandbox = Half(4), FakeSandbox()
    found = completions(task, "good", "wrong", " ", "bad")
    verdicts = {
        v.key.problem: v
        for v in evaluate(task, by_id(list(task.problems())), Style.CHAT, found, sandbox)
    }
    assert [key.problem for key in sandbox.ran] == ["fake/0", "fake/3"]
    assert verdicts["fake/0"].passed
    assert (verdicts["fake/1"].detail, verdicts["fake/1"].rules) == ("read", ("stripped",))
    assert verdicts["fake/2"].reason is Reason.NO_CODE
    assert not verdicts["fake/3"].passed


class Undecided(FakeVerdicts):
    """Forgets to decide, and has no program."""

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict | None:  # type: ignore[override]
        return None


def test_a_task_must_decide_or_have_a_program() -> None:
    """An author who forgets both reads which task it is."""
    task = Undecided()
    assert not task.executes
    assert FakeTask().executes
    with pytest.raises(ConfigError, match="fake-verdicts runs no programs"):
        list(evaluate(task, by_id(PROBLEMS), Style.CHAT, completions(task, "yes"), Unneeded()))


def test_every_benchmark_has_a_way_to_a_verdict() -> None:
    """Each runs programs or decides by reading; measures of one that classifies are its own."""
    known = plugins.tasks().values()
    assert known
    for task in known:
        assert task.executes or type(task).decide is not Task.decide, task.name
        assert not (task.classifies and task.measures), task.name


def test_a_program_never_runs_without_a_sandbox() -> None:
    """What stands in for a sandbox refuses the first program, and describes nothing."""
    empty = Unneeded()
    assert list(empty.run([])) == []
    with pytest.raises(SandboxError, match="p has a program to run"):
        list(empty.run([(Key("p", 0), Program("python", {}, ()))]))
    assert empty.describe() == {}
    empty.close()


def test_controls_of_such_a_task() -> None:
    """Its references pass and the other answers it knows do not."""
    found = {control.name: control for control in check(TASK, PROBLEMS, Unneeded())}
    assert {name: (c.passed, c.total, c.ok) for name, c in found.items()} == {
        "reference": (6, 6, True),
        "neither": (0, 6, True),
    }


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the fake task, and let no sandbox open."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(plugins, "tasks", lambda: {TASK.name: TASK})
    monkeypatch.setattr(planning, "open_sandbox", refuse)


def ucb(*words: str | Path) -> Result:
    """Run a command of the line in this process."""
    return CliRunner().invoke(cli, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def run(closed: None, tmp_path: Path) -> Path:
    """Judge a file of answers as a run."""
    rows = [
        {"problem": problem.id, "sample": 0, "text": text}
        for problem, text in zip(PROBLEMS, REPLIES, strict=True)
    ]
    path = tmp_path / "samples.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    out = tmp_path / "run"
    done = ucb("evaluate", TASK.name, "--samples-file", path, "--out", out)
    assert done.exit_code == 0
    assert "accuracy, readable answers" in done.output
    return out


def test_a_run_is_judged_and_reported_without_a_sandbox(run: Path) -> None:
    """Scores, report and run.json are there; no engine is named, since none was used."""
    assert "sandbox" not in json.loads((run / "run.json").read_text())
    stored = json.loads((run / TASK.name / "scores.json").read_text())
    scores = Scores.from_json(stored)
    assert scores.classification is not None
    assert scores.classification.counts == (1, 1, 1, 1, 2)
    assert scores.classification.clusters == 3
    assert scores.dates["bug 2@True"] == "2026-03-01"
    assert "bug 0@True" not in scores.dates
    assert {name: e.value for name, e in scores.splits["parity"].items()} == {
        "even": 0.25,
        "odd": 0.5,
    }
    assert "accuracy by parity" in (run / "report.html").read_text()


def test_scores_can_be_of_late_problems_alone(run: Path) -> None:
    """Those that became public on a day or later; the run's own files stay as they are."""
    before = (run / TASK.name / "scores.json").read_bytes()
    done = ucb("report", run, "--since", "2026-03-01", "--json")
    found = Scores.from_json(json.loads(done.stdout)["scores"][TASK.name])
    assert (found.problems, found.pass_at[1].value) == (2, 0.0)
    assert (run / TASK.name / "scores.json").read_bytes() == before
    assert "Report:" not in ucb("report", run, "--since", "2026-02-01").output
    with pytest.raises(ConfigError, match="no problem that is known to be of 2027-01-01"):
        ucb("report", run, "--since", "2027-01-01")


def test_other_budgets_can_be_asked_for(run: Path) -> None:
    """A t below 1 is a sentence; replies of a file do not say their tokens, so there is none."""
    done = ucb("report", run, "--t", "50", "--json")
    assert json.loads(done.stdout)["scores"][TASK.name]["pass_at_t"] == {}
    with pytest.raises(ConfigError, match="Use --t 1 or more"):
        ucb("report", run, "--t", "0")


def test_one_answer_can_be_shown_and_judged_again(run: Path) -> None:
    """There are no tests to show, and the verdict is stable."""
    shown = ucb("show", run, TASK.name, "bug 0@False").output
    assert "is 0 bad?" in shown
    assert "wrong answer" in shown
    assert "answered: 1" in shown
    again = ucb("replay", run, TASK.name, "bug 0@False")
    assert again.exit_code == 0
    assert "stage extracted, judged by nothing" in again.output


def test_the_command_checks_it(closed: None) -> None:
    """`ucb check` opens no sandbox for it."""
    done = ucb("check", TASK.name)
    assert done.exit_code == 0
    assert "6/6" in done.output


def test_another_mode_is_explained(run: Path) -> None:
    """What it reads otherwise and which verdicts that changes; there are no limits to speak of."""
    done = ucb("explain-score", run, "--mode", "other")
    lines = done.output.splitlines()
    assert "  extraction: 1 of 6 completions give other code" in lines
    assert "  verdicts: 0 of 6 change (0 more pass, 0 fewer)" in lines
    assert not any("limits" in line for line in lines)


def test_the_scores_can_be_published_as_csv(run: Path, tmp_path: Path) -> None:
    """`ucb publish --as csv`: one row per task and metric."""
    done = ucb("publish", run, "--as", "csv", "--to", tmp_path / "scores.csv")
    assert done.exit_code == 0
    with (tmp_path / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["metric"]: row for row in csv.DictReader(file)}
    assert float(rows["classification:accuracy"]["value"]) == pytest.approx(2 / 6)
    assert rows["classification:accuracy"]["task"] == TASK.name


def test_trackers_and_tables_get_its_figures(run: Path) -> None:
    """A column per measure, and the classification with the ends of its intervals."""
    rows = list(exports.rows(run))
    assert [row["measure_answered"] for row in rows] == [1.0, 1.0, 0.0, 0.0, None, None]
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    exports.write_parquet(run, run / "rows.parquet")
    table = parquet.read_table(run / "rows.parquet")
    assert str(table.schema.field("measure_answered").type) == "double"
    assert table.to_pylist() == rows
    found = exports.scored(run)
    name = f"{TASK.name}/accuracy"
    assert found[name] == pytest.approx(2 / 6)
    assert found[f"{name}_low"] < found[name] < found[f"{name}_high"]


def test_a_run_without_scores_has_no_csv(run: Path, tmp_path: Path) -> None:
    """A sentence says how to make them."""
    (run / TASK.name / "scores.json").unlink()
    with pytest.raises(ConfigError, match="Run `ucb report"):
        exports.write_csv(run, tmp_path / "scores.csv")
    assert exports.scored(run) == {}
