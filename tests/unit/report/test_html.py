"""The page holds every sample, asks for nothing, and lets no text of a model become markup."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.unit.report.builders import RUN, mixed, report_of, sample, scores_of
from ucb.errors import StoreError
from ucb.report.html import write_report
from ucb.report.model import Sample, TaskReport
from ucb.report.payload import FIELD, Payload, unpack
from ucb.stats import estimate
from ucb.types import Stage

ODD = "\u2028\u2029\x00\u202e ' \" ` \\u003c"
HOSTILE = (
    "</script><script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"
    "<!--<script>--> ]]> {{ 7*7 }} {% raw %} &lt;b&gt; " + ODD
)


class Page(HTMLParser):
    """What a browser's parser would see: elements with their attributes and texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.styles: list[str] = []
        self.text = ""
        self._raw: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._raw.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a script or a style."""
        if tag in ("script", "style"):
            self._raw.clear()

    def handle_data(self, data: str) -> None:
        """Keep a text with what it is the text of."""
        if not self._raw:
            self.text += data
        elif self._raw[0][0] == "script":
            self.scripts.append((self._raw[0][1], data))
        else:
            self.styles.append(data)

    def bodies(self) -> list[list[str]]:
        """Return the texts of every sample, as the page's script would unpack them."""
        chunks = [data for attrs, data in self.scripts if attrs.get("class") == "body"]
        return [row for chunk in chunks for row in unpack(chunk)]


def page(path: Path, *tasks: TaskReport, **run: object) -> Page:
    """Write a report and parse it."""
    write_report(path / "report.html", {**RUN, **run}, tasks)
    return Page((path / "report.html").read_text(encoding="utf-8"))


def hostile_sample(problem: str) -> Sample:
    """Make a sample with markup in all of its texts."""
    bad = HOSTILE
    return sample(
        problem,
        0,
        Stage.COMPILED,
        prompt=bad,
        text=bad,
        code=bad,
        output=bad,
        detail=bad,
        program=bad,
    )


def test_the_scores_stand_in_the_page_without_any_script(tmp_path: Path) -> None:
    """Model, scores, intervals, reasons, usage and configuration are text of the page."""
    text = page(tmp_path, report_of("humaneval", mixed(), 1, 2)).text
    for shown in ("org/tiny-coder", "bubblewrap", "2026-03-04 05:06 UTC", "50.0%", "12.5 - 87.5"):
        assert shown in text
    for shown in ("Wrong answer", "Tokens per second", "versions / torch", "pass@2", "Passed"):
        assert shown in text


def test_every_sample_is_in_the_page(tmp_path: Path) -> None:
    """Prompt, reply, code, output and tests of every sample come back unchanged and in order."""
    samples = [
        sample("p/1", 0, prompt="Äsk\n", text="über", code="def f():\n\treturn 1", output="ok\n"),
        sample("p/1", 1, Stage.NOTHING, prompt="ask", text="", code=""),
    ]
    assert page(tmp_path, report_of("t", samples)).bodies() == [
        ["Äsk\n", "über", "def f():\n\treturn 1", "ok\n", "f()"],
        ["ask", "", "", "", "f()"],
    ]


def test_hostile_texts_come_back_but_never_as_markup(tmp_path: Path) -> None:
    """Whatever a model, a dataset or a configuration holds, the page has the same elements."""
    bad = [hostile_sample(HOSTILE), *mixed()[1:2]]
    good = [sample("p", 0, Stage.COMPILED), *mixed()[1:2]]
    names = {"name": "org/m", "more": {"key": "value"}}
    harmless = page(tmp_path, report_of("task", good), model=names, config={})
    names = {"name": HOSTILE, "more": {HOSTILE: HOSTILE}}
    hostile = page(tmp_path, report_of(HOSTILE, bad), model=names, config={})
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in harmless.elements]
    assert not [name for _, attrs in hostile.elements for name in attrs if name.startswith("on")]
    assert hostile.bodies()[0] == [HOSTILE] * 5


def test_a_lone_surrogate_is_shown_as_an_escape(tmp_path: Path) -> None:
    """Half a character, which a model can write, neither fails the report nor the browser."""
    broken = sample("p\ud800", 0, text="a\udc80b", output="\ud83d")
    seen = page(tmp_path, report_of("t\ud800", [broken]), model="m\ud800", config={})
    assert seen.bodies() == [["ask", "a\\udc80b", "x = 1", "\\ud83d", "f()"]]
    assert "m\\ud800 on t\\ud800" in seen.text


def test_the_page_may_load_and_run_nothing_else(tmp_path: Path) -> None:
    """Its policy allows the one script and the one style by hash, and it names no address."""
    seen = page(tmp_path, report_of("t", mixed()))
    policy = next(a["content"] for _, a in seen.elements if a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "require-trusted-types-for 'script'" in policy
    executable = [text for attrs, text in seen.scripts if attrs.get("type") != "text/plain"]
    for kind, texts in (("script-src", executable), ("style-src", seen.styles)):
        assert len(texts) == 1
        digest = base64.b64encode(hashlib.sha256(texts[0].encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    attributes = {name for _, attrs in seen.elements for name in attrs}
    assert not attributes & {"src", "style", "srcdoc", "action", "formaction", "xlink:href"}
    links = [attrs["href"] or "" for _, attrs in seen.elements if "href" in attrs]
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(", executable[0])


def test_the_index_names_every_sample(tmp_path: Path) -> None:
    """The columns of the table have a value per sample, and chunks start where they say."""
    reports = [report_of("a", mixed()), report_of("b", mixed()[:2])]
    scripts = page(tmp_path, *reports).scripts
    index = unpack(next(data for attrs, data in scripts if attrs.get("id") == "index"))
    assert {len(column) for column in index["columns"].values()} == {8}
    assert index["names"]["task"] == ["a", "b"]
    assert index["columns"]["task"] == [0] * 6 + [1] * 2
    assert index["columns"]["cost"] == [None] * 8
    assert index["starts"] == [0]


def test_the_measures_of_a_sample_are_in_the_page(tmp_path: Path) -> None:
    """Beside the other facts of a sample, by name."""
    made = sample("p", 0)
    measured = replace(made.verdict, measures={"line_coverage": 2 / 3, "answered": 1.0})
    report = report_of("t", [replace(made, verdict=measured), sample("p", 1)])
    scripts = page(tmp_path, report).scripts
    index = unpack(next(data for attrs, data in scripts if attrs.get("id") == "index"))
    assert index["names"]["measures"] == ["answered 1, line_coverage 0.667", ""]
    assert index["columns"]["measures"] == [0, 1]


def test_samples_are_read_as_a_stream() -> None:
    """Chunks leave while samples are still being read, so memory does not grow with their texts."""
    read = 0

    def samples() -> Iterator[Sample]:
        nonlocal read
        for number in range(300):
            read += 1
            yield sample("p", number, text=str(number) * 10_000)

    payload = Payload([TaskReport("t", scores_of([sample("p", 0)]), samples())])
    bodies = payload.bodies()
    first = unpack(next(bodies))
    assert read == len(first) < 100
    rest = [unpack(body) for body in bodies]
    starts = unpack(payload.index())["starts"]
    assert starts[:2] == [0, len(first)]
    assert len(starts) == 1 + len(rest)
    assert len(first) + sum(map(len, rest)) == 300


def test_endless_texts_are_cut_and_say_so(tmp_path: Path) -> None:
    """Of a long answer the beginning is kept, of a long output the end, with a note."""
    flood = sample("p", 0, text="a" * (FIELD + 1234), output="b" * FIELD + "end")
    _, text, _, output, _ = page(tmp_path, report_of("t", [flood])).bodies()[0]
    assert text.endswith("a\n[1,234 characters left out]")
    assert output.startswith("[3 characters left out]\nb")
    assert output.endswith("end")


def test_an_incomplete_run_says_so(tmp_path: Path) -> None:
    """Scores over missing rows never stand without that sentence."""
    assert "2 of 8 rows are missing." in page(tmp_path, report_of("t", mixed(), missing=2)).text
    assert "missing" not in page(tmp_path, report_of("t", mixed())).text


def test_a_curve_needs_several_k(tmp_path: Path) -> None:
    """pass@k by k is drawn when there is more than one k."""
    assert "the band is" in page(tmp_path, report_of("t", mixed(), 1, 2)).text
    assert "the band is" not in page(tmp_path, report_of("t", mixed(), 1)).text


@pytest.mark.parametrize("run", [{}, {"model": "m"}, {"started": "yesterday", "extra": [1, 2]}])
def test_no_key_of_a_run_is_needed(tmp_path: Path, run: dict[str, object]) -> None:
    """A run.json of another version still makes a report."""
    write_report(tmp_path / "report.html", run, [report_of("t", mixed())])
    assert "</html>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_same_run_makes_the_same_bytes(tmp_path: Path) -> None:
    """A report made again is the same file."""
    for name in ("a.html", "b.html"):
        write_report(tmp_path / name, RUN, [report_of("t", mixed(), 1, 2)])
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_report_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    """Trouble while samples are read neither harms an older report nor leaves a torn one."""
    path = tmp_path / "report.html"
    path.write_text("old")

    def torn() -> Iterator[Sample]:
        yield sample("p", 0)
        raise StoreError("row 2 is damaged")

    task = replace(report_of("t", mixed()), samples=torn())
    with pytest.raises(StoreError, match="damaged"):
        write_report(path, RUN, [task])
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    assert path.read_text() == "old"


def test_languages_are_shown_where_there_are_several(tmp_path: Path) -> None:
    """A split has a line per group; a task without one has no such card."""
    split = {"language": {"go": estimate([1, 0]), "rust": estimate([1, 1])}}
    report = report_of("t", mixed())
    text = page(tmp_path, replace(report, scores=replace(report.scores, splits=split))).text
    assert "pass@1 by language" in text
    assert "rust" in text
    assert "pass@1 by" not in page(tmp_path, report_of("t", mixed())).text


def test_a_page_that_leaves_samples_out_counts_them() -> None:
    """Of six that are scored it is given four, as from a run of very many."""
    payload = Payload([TaskReport("t", scores_of(mixed()), iter(mixed()[:4]))])
    list(payload.bodies())
    assert unpack(payload.index())["left_out"] == 2


def test_a_page_has_an_end_however_large_its_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many packed characters no more samples are read."""
    monkeypatch.setattr("ucb.report.payload.PAGE", 1)
    monkeypatch.setattr("ucb.report.payload._CHUNK", 1)
    payload = Payload([TaskReport("t", scores_of(mixed()), iter(mixed()))])
    assert len(list(payload.bodies())) == 1
    index = unpack(payload.index())
    assert (index["left_out"], index["columns"]["sample"]) == (5, [0])
