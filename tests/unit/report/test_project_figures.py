"""What project tasks add to a report, the same in every kind of it."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.unit.report.builders import RUN, mixed, sample
from ucb.classify import Figure
from ucb.metrics import Scheme, score
from ucb.passat import TokenRule
from ucb.report.csv import write_csv
from ucb.report.figures import by_tokens, headline, lines, overview, rates
from ucb.report.html import write_report
from ucb.report.model import Sample, TaskReport
from ucb.report.terminal import print_scores
from ucb.scores import Scores
from ucb.types import Stage


def scored(samples: list[Sample], *ks: int, scheme: Scheme) -> Scores:
    """Score samples as a task with this scheme."""
    return score(
        [each.verdict for each in samples],
        [each.completion for each in samples],
        ks or (1,),
        expected=[each.key for each in samples],
        scheme=scheme,
    )


def covering() -> Scores:
    """Scores of three problems of two samples: those that passed cover half of their lines."""
    samples = [
        replace(each, verdict=replace(each.verdict, measures={"line_coverage": 0.5}))
        if each.verdict.passed
        else each
        for each in mixed()
    ]
    defined = {f"p/{n}" for n in range(3)}
    groups = {"package": {"p/0": "rich", "p/1": "rich", "p/2": "attrs"}}
    scheme = Scheme(measures={"line_coverage": defined}, groups=groups, budgets=(70, 140))
    return scored(samples, 1, 2, scheme=scheme)


def deciding() -> Scores:
    """Scores of a model that calls three of four problems defective, and one answer unreadable."""
    samples = []
    for n, (bad, answer) in enumerate([(1, 1), (0, 1), (0, 0), (1, None)]):
        stage = Stage.NOTHING if answer is None else Stage.COMPILED
        made = sample(f"bug {n // 2}@{n % 2}", 0, Stage.PASSED if answer == bad else stage)
        measures = {"defective": float(bad), "likelihood": 0.25 * n}
        measures |= {} if answer is None else {"answered": float(answer)}
        samples.append(replace(made, verdict=replace(made.verdict, measures=measures)))
    names = [each.key.problem for each in samples]
    groups = {"package": dict(zip(names, ("rich", "rich", "attrs", "attrs"), strict=True))}
    clusters = {name: name.partition("@")[0] for name in names}
    return scored(samples, scheme=Scheme(clusters=clusters, groups=groups))


def printed(scores: Scores) -> list[list[str]]:
    """Print scores where there is no screen, and return the words of each line."""
    file = StringIO()
    print_scores(Console(file=file, width=100), {"t": scores})
    return [line.split() for line in file.getvalue().splitlines()]


def text_of(path: Path, scores: Scores) -> str:
    """Write the page of one task and return it."""
    write_report(path / "r.html", RUN, [TaskReport("t", scores, ())])
    return (path / "r.html").read_text(encoding="utf-8")


def rows_of(path: Path, scores: Scores) -> dict[str, dict[str, str]]:
    """Write the CSV of one task and return its rows by metric."""
    write_csv(path / "scores.csv", "run", {"t": scores})
    with (path / "scores.csv").open(newline="", encoding="utf-8") as file:
        return {row["metric"]: row for row in csv.DictReader(file)}


def test_the_terminal_shows_measures_stages_and_budgets() -> None:
    """A mean that counts failures as nothing, beside that of the samples that ran."""
    found = printed(covering())
    line = next(words for words in found if words[:2] == ["line", "coverage"])
    assert line[2] == "25.0%"
    assert line[-5:] == ["3", "50.0%", "of", "3", "samples"]
    assert ["compiled@2", "66.7%", "20.8", "-", "93.9"] in found
    assert ["line", "coverage", "by", "package"] in found
    assert ["pass@t", "(ucb-paper)"] in found
    assert ["140", "tokens", "3", "100%", "66.7%", "66.7%"] in [w[:6] for w in found]


def test_the_terminal_shows_a_classification() -> None:
    """Accuracy stands once, with the interval that heeds which problems belong together."""
    found = printed(deciding())
    assert ["accuracy", "50.0%"] in [words[:2] for words in found]
    assert ["Matthews", "correlation", "0.500"] in [words[:3] for words in found]
    assert ["Defective,", "called", "sound", "0"] in found
    assert ["accuracy", "by", "package"] in found
    assert not any(words[:1] in (["pass@1"], ["passed"]) for words in found[:8])


def test_the_page_shows_the_same(tmp_path: Path) -> None:
    """Cards for measures, classes, pass@t and groups."""
    page = text_of(tmp_path, covering())
    for shown in ("Line coverage", "25.0%", "pass@t (ucb-paper)", "line coverage by package"):
        assert shown in page
    assert "k = 2" in page
    page = text_of(tmp_path, deciding())
    for shown in ("<h3>accuracy</h3>", "Area under ROC", "Sound, called defective", "0.500"):
        assert shown in page
    assert "pass@1" not in page


def test_the_csv_has_every_figure(tmp_path: Path) -> None:
    """Stages by k, pass@t by rule and stage, measures and classes, each with its interval."""
    rows = rows_of(tmp_path, covering())
    assert float(rows["measure:line_coverage"]["value"]) == 0.25
    assert float(rows["measure:line_coverage:given"]["value"]) == 0.5
    assert float(rows["package:attrs:line_coverage"]["value"]) == 0.5
    assert float(rows["stage:compiled@2"]["value"]) == pytest.approx(2 / 3)
    assert float(rows["pass@t:140:ucb-paper:passed"]["value"]) == pytest.approx(2 / 3)
    rows = rows_of(tmp_path, deciding())
    assert rows["classification:mcc"]["unit"] == "correlation"
    assert rows["classification:recall"]["unit"] == "share"
    assert float(rows["classification:recall"]["value"]) == 1
    assert float(rows["package:rich"]["value"]) == 0.5


def test_a_task_stands_for_itself_by_one_figure() -> None:
    """Accuracy for one that classifies, else pass@k; the table of tasks adds the measures."""
    found = headline(deciding())
    assert found is not None
    assert (found[0], found[1].value) == ("accuracy", 0.5)
    assert [label for label, _ in overview(deciding())] == ["accuracy"]
    assert [label for label, _ in overview(covering())] == ["pass@1", "pass@2", "line coverage"]
    assert [label for label, _ in rates(deciding())] == ["extracted", "compiled"]


def test_a_correlation_is_no_share() -> None:
    """It may be negative: a decimal without a bar, and so is the area under a curve."""
    plain = [line.label for line in lines(deciding()) if line.share is None]
    assert plain == ["Matthews correlation", "area under ROC"]


def test_pass_at_t_of_single_samples_is_not_shown() -> None:
    """It is pass@1 over the problems whose only sample is long; the data has it."""
    both = covering()
    assert list(by_tokens(both)) == ["ucb-paper", "ucb-code"]
    assert by_tokens(replace(both, samples=1)) == {}
    paper = both.pass_at_t[TokenRule.PAPER]
    chat = replace(both, pass_at_t={TokenRule.PAPER: paper, TokenRule.CODE: paper})
    assert list(by_tokens(chat)) == ["ucb-paper, ucb-code"]


def test_likelihoods_are_reported_where_all_have_one() -> None:
    """Of four problems at 0, 0.25, 0.5 and 0.75: two pairs of four in order, two answers right."""
    classification = deciding().classification
    assert classification is not None
    assert classification.figures[Figure.AUC].value == 0.5
    assert classification.figures[Figure.ACCURACY_AT_HALF].value == 0.5
