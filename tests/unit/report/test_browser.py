"""The run report in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Page, browsing, need_chromium
from tests.unit.report.builders import RUN, mixed, report_of, sample
from tests.unit.report.test_html import hostile_sample
from ucb.report.html import write_report
from ucb.types import Stage

READY = """
    document.querySelector('#rows tr') || document.getElementById('trouble')?.hidden === false
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Start a browser for all tests."""
    need_chromium()
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        opened.screen(1280)
        yield opened


@pytest.fixture
def report(page: Page, tmp_path: Path) -> Page:
    """Open the report of a run with every stage and two k."""
    write_report(tmp_path / "report.html", RUN, [report_of("t", mixed(), 1, 2)])
    page.open(tmp_path / "report.html", READY)
    return page


def column(page: Page, number: int) -> list[str]:
    """Return the texts of one column of the samples."""
    cells = f"document.querySelectorAll('#rows td:nth-child({number})')"
    return list(page.run(f"[...{cells}].map((cell) => cell.textContent)"))


def choose(page: Page, name: str, value: str, event: str) -> None:
    """Put a value into a field as a person would."""
    field = f"document.getElementById('{name}')"
    page.run(f"{field}.value = '{value}'; {field}.dispatchEvent(new Event('{event}'))")


def test_the_table_shows_and_sorts_the_samples(report: Page) -> None:
    """Every sample is listed by problem; a click on a head sorts, another turns it round."""
    assert column(report, 1) == ["p/0", "p/0", "p/1", "p/1", "p/2", "p/2"]
    for way in (1, -1):
        report.run("document.querySelector('th[data-column=stage] button').click()")
        order = ["nothing", "extracted", "compiled", "passed", "passed", "passed"]
        assert column(report, 5) == order[::way]


def test_filters_and_search_find_samples(report: Page) -> None:
    """By outcome, by stage and by a word of any text."""
    choose(report, "reason", "passed", "change")
    report.wait("document.getElementById('status').textContent === '3 of 6 samples'")
    choose(report, "query", "p/2", "input")
    report.wait("document.getElementById('status').textContent === '2 of 6 samples'")
    report.run("document.querySelector('#filters button[type=reset]').click()")
    report.wait("document.getElementById('status').textContent === '6 samples'")


def test_a_sample_opens_and_has_an_address(report: Page) -> None:
    """A click opens prompt, reply, code, tests, output; its address can be sent; Escape closes."""
    report.run("document.querySelector('#rows tr:nth-child(2) button').click()")
    report.wait("document.getElementById('sample').open")
    assert report.run("location.hash") == "#/t/p%2F0/1"
    titles = report.run("[...document.querySelectorAll('#sample h3')].map((e) => e.textContent)")
    assert titles == ["Extracted code", "Program output", "Tests", "Completion", "Prompt"]
    assert report.run("document.querySelectorAll('#sample code .t-n').length") == 1
    report.run("document.getElementById('close').click()")
    report.wait("!document.getElementById('sample').open")


def test_the_curve_is_drawn(report: Page) -> None:
    """pass@k has a point for each k, in its frame."""
    assert report.run("document.querySelectorAll('.curve circle').length") == 2
    box = report.run("document.querySelector('.curve .line').getBoundingClientRect().width")
    assert box > 50


def test_the_page_is_quiet(report: Page) -> None:
    """After all this: no message on the console, no request but the file itself."""
    assert report.said == []
    assert {url.split(":")[0] for url in report.asked} == {"file"}


def test_hostile_samples_are_shown_as_text(page: Page, tmp_path: Path) -> None:
    """An opened sample shows its markup as text; nothing of it runs or becomes an element."""
    write_report(tmp_path / "report.html", RUN, [report_of("t", [hostile_sample("p")])])
    page.open(tmp_path / "report.html", "document.querySelector('dialog[open] pre')", "#/t/p/0")
    text = page.run("document.documentElement.textContent")
    assert text.count("</script><script>document.title='pwned'</script>") >= 5
    assert page.run("document.querySelectorAll('img').length") == 0
    assert page.run("document.title") == "org/tiny-coder on t - UCB"


def test_thousands_of_samples_are_shown_by_pages(page: Page, tmp_path: Path) -> None:
    """The table holds a page of rows, however many samples there are; the last is reachable."""
    stages = (Stage.PASSED, Stage.COMPILED, Stage.NOTHING)
    many = [sample(f"p/{n // 20}", n % 20, stages[n % 3]) for n in range(4000)]
    write_report(tmp_path / "report.html", RUN, [report_of("t", many)])
    page.open(tmp_path / "report.html", READY)
    assert page.run("document.querySelectorAll('#rows tr').length") == 100
    assert page.run("document.getElementById('page').textContent") == "Page 1 of 40"
    page.run("location.hash = '#/t/p%2F199/19'")
    page.wait("document.getElementById('sample').open")
    assert page.run("document.getElementById('sample-title').textContent") == "p/199"
