"""The leaderboard's page and table: complete, traceable, the same bytes each time."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import asdict
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.browser import Page, browsing, need_chromium
from tests.results import solved, write_run
from ucb import runs
from ucb.leaderboard import Board, build
from ucb.report.board import print_board, write_csv, write_page
from ucb.stats import estimate

HOSTILE = "</script><script>document.title='pwned'</script><img src=x onerror=alert(1)>"
LANGUAGES = {
    name: asdict(estimate([1.0] * good + [0.0] * (40 - good)))
    for name, good in (("go", 10), ("java", 20), ("rust", 30))
}


def results(folder: Path) -> Path:
    """Make four models on two benchmarks, one of them in three languages, and an odd run."""
    for number, (model, good) in enumerate(
        (("org/small", 20), ("org/large", 120), ("org/middle", 70), (HOSTILE, 10))
    ):
        samples = [[n < good, n < good - 5, n < good + 10] for n in range(164)]
        write_run(
            folder / f"run {number}",
            {"humaneval": samples, "many": samples[:120]},
            model=model,
            splits={"many": {"language": LANGUAGES}},
            about={"model": {"parameters": 10 ** (8 + number)}},
        )
    for number in range(3):
        (folder / f"run {number}" / "report.html").write_text("made by ucb run")
    write_run(folder / "limited", {"humaneval": solved(5, 10)}, limit=10)
    return folder


def board_of(folder: Path) -> Board:
    """Rank what lies in a folder."""
    return build([runs.read(path) for path in runs.find([folder])])


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the leaderboard of `results`."""
    folder = results(tmp_path_factory.mktemp("results"))
    write_page(folder / "leaderboard.html", board_of(folder))
    return folder / "leaderboard.html"


def test_the_same_runs_make_the_same_bytes(tmp_path: Path) -> None:
    """Made again, even from another place, page and table do not change."""
    folder = results(tmp_path / "results")
    seen = []
    for _ in range(2):
        board = board_of(folder)
        write_csv(folder / "leaderboard.csv", board)
        write_page(folder / "leaderboard.html", board)
        files = (folder / "leaderboard.csv", folder / "leaderboard.html")
        seen.append([file.read_bytes() for file in files])
        folder = folder.rename(tmp_path / "moved")
    assert seen[0] == seen[1]


def test_every_figure_of_the_table_names_its_run(tmp_path: Path) -> None:
    """Each row of the CSV has a run folder, which holds exactly that score."""
    folder = results(tmp_path)
    write_csv(folder / "leaderboard.csv", board_of(folder))
    with (folder / "leaderboard.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    scores = [row for row in rows if row["metric"] == "pass@1" and row["benchmark"] == "humaneval"]
    assert len(scores) == 4
    for row in scores:
        outcome = runs.read(folder / row["run"])
        tallies = outcome.tasks["humaneval"].tallies.values()
        assert float(row["value"]) == pytest.approx(sum(t.passed for t in tallies) / 3 / 164)
        assert outcome.model == row["model"]
    (odd,) = [row for row in rows if row["note"]]
    assert (odd["run"], odd["note"]) == ("limited", "not comparable: 10 problems, not 164")


def test_links_lead_to_reports(page_file: Path) -> None:
    """Links are relative and quoted, so that the folder can be moved; none leads nowhere."""
    links = set(re.findall(r'href="([^"]*)"', page_file.read_text(encoding="utf-8")))
    assert links == {f"run%20{number}/report.html" for number in range(3)}


def test_names_never_become_markup(page_file: Path) -> None:
    """A model's name with markup in it is shown as text."""
    html = page_file.read_text(encoding="utf-8")
    assert HOSTILE not in html
    assert html.count("<script") == 2
    assert "default-src &#39;none&#39;" in html


@pytest.fixture(scope="module")
def page(page_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Open the leaderboard in Chromium."""
    need_chromium()
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        opened.screen(1280)
        opened.open(page_file, "document.documentElement.dataset.ready")
        yield opened


NAMES = """
    [...document.querySelectorAll('#board tbody tr')]
        .filter((line) => !line.hidden)
        .map((line) => line.dataset.name)
"""


def first_words(page: Page) -> list[str]:
    """Return the models as they are listed."""
    return [name.split(" ")[0].split("<")[0] for name in page.run(NAMES)]


def test_a_click_sorts(page: Page) -> None:
    """A column sorts down, then up; the model's name sorts up first."""
    head = "document.querySelector('th[data-key=\"%s\"] button').click()"
    page.run(head % "size")
    assert first_words(page) == ["", "org/middle", "org/large", "org/small"]
    page.run(head % "size")
    assert first_words(page) == ["org/small", "org/large", "org/middle", ""]
    page.run(head % "c0")
    assert first_words(page) == ["org/large", "org/middle", "org/small", ""]
    assert page.run("document.querySelector('th[data-key=c0]').ariaSort") == "descending"


def test_the_filter_keeps_what_matches(page: Page) -> None:
    """Words of the filter must all be in the line; clearing shows all."""
    page.run("document.getElementById('query').value = 'ORG l'")
    page.run("document.getElementById('query').dispatchEvent(new Event('input'))")
    assert sorted(first_words(page)) == ["org/large", "org/middle", "org/small"]
    assert page.run("document.getElementById('status').textContent") == "3 of 4 lines"
    page.run("document.querySelector('#filters button').click()")
    page.wait("document.getElementById('status').textContent === '4 lines'")


def test_the_charts_are_drawn(page: Page) -> None:
    """A point per model, a line per model, a cell per language; other axes draw anew."""
    count = "document.querySelectorAll('%s').length"
    assert page.run(count % "#scatter svg g.point") == 4
    assert page.run(count % "#curves svg path.series") == 4
    assert page.run(count % ".heat td") == 12
    before = page.run("document.getElementById('scatter').textContent")
    page.run("document.getElementById('scatter-x').selectedIndex = 1")
    page.run("document.getElementById('scatter-x').dispatchEvent(new Event('change'))")
    assert page.run("document.getElementById('scatter').textContent") != before


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_nothing_sticks_out(page: Page, width: int, *, dark: bool) -> None:
    """At any width the page itself does not scroll sideways; only its tables may."""
    page.screen(width, dark=dark)
    assert page.run("document.documentElement.scrollWidth") <= width


def test_the_page_is_quiet(page: Page) -> None:
    """After all this: no message on the console, no request but the file itself."""
    page.run("document.querySelector('#theme').click()")
    assert page.said == []
    assert [url for url in page.asked if not url.startswith("file:")] == []
    assert len(page.asked) == 1
    assert page.run("document.title") == "Leaderboard - UCB"


@pytest.mark.parametrize("terminal", [True, False])
def test_many_benchmarks_are_printed_as_lines(tmp_path: Path, *, terminal: bool) -> None:
    """Where a line of all benchmarks does not fit, each has a line, and nothing is cut."""
    tasks = {f"a benchmark with a long name {n:02}": [[True], [n % 2 == 0]] for n in range(30)}
    write_run(tmp_path / "run", tasks, model="org/[bold]model")
    out = StringIO()
    print_board(Console(file=out, width=80, force_terminal=terminal), board_of(tmp_path))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).splitlines()
    assert "org/[bold]model" in lines[0]
    assert [line.split()[-1] for line in lines if "long name" in line] == ["100%", "50.0%"] * 15
    assert "…" not in out.getvalue()


def test_a_few_benchmarks_are_columns(tmp_path: Path) -> None:
    """Runs are the lines of a board that fits."""
    out = StringIO()
    print_board(Console(file=out, width=100), board_of(results(tmp_path)))
    head, *lines = out.getvalue().splitlines()
    assert head.split()[:2] == ["model", "rank"]
    assert any(line.lstrip().startswith("org/large") for line in lines)
