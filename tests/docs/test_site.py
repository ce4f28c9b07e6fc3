"""The documentation site builds without a broken link, and needs nothing but itself."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from scripts import site_pages
from tests.docs.blocks import ROOT
from ucb import errors, plugins
from ucb.config import RunConfig, flag


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site; skip, and say so, where MkDocs is not installed."""
    missing = [
        name
        for name in ("mkdocs", "material", "mkdocstrings")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        problem = f"{', '.join(missing)} of the extra `docs` is not installed"
        if os.environ.get("UCB_REQUIRE_DOCS") == "1":
            pytest.fail(f"{problem}, and UCB_REQUIRE_DOCS=1")
        pytest.skip(problem)
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


class _Loads(HTMLParser):
    """Collects what a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "img", "iframe", "source"}:
            self.found.append(given.get("src") or "")
        elif tag == "link" and given.get("rel") not in {"canonical", "next", "prev"}:
            self.found.append(given.get("href") or "")


def test_a_page_loads_nothing_from_elsewhere(site: Path) -> None:
    """Fonts, scripts and pictures come with the site."""
    for page in site.rglob("*.html"):
        parser = _Loads()
        parser.feed(page.read_text(encoding="utf-8"))
        assert [link for link in parser.found if "//" in link] == [], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?https?:", sheet.read_text()), sheet


def test_what_is_generated_is_there(site: Path) -> None:
    """The reference has every command, setting, exit code and type; files outside `docs/` too."""
    pages = {
        name: (site / "reference" / f"{name}.html").read_text(encoding="utf-8")
        for name in ("cli", "config", "exit-codes", "types")
    }
    for path, _ in site_pages.commands():
        assert f"<code>{' '.join(path)}</code>" in pages["cli"]
    for each in fields(RunConfig):
        assert f"<code>{each.name}</code>" in pages["config"]
    assert "<code>BudgetReached</code>" in pages["exit-codes"]
    for name in (
        "ucb.types.Verdict",
        "ucb.task.Task",
        "ucb.sandbox.Sandbox",
        "ucb.errors.UCBError",
    ):
        assert f'id="{name}"' in pages["types"]
    assert (site / "project" / "tasks" / "humaneval" / "index.html").is_file()
    assert (site / "project" / "ci-templates" / "github" / "action.yml").is_file()


def test_the_tables_follow_the_code() -> None:
    """Every option, setting, exit code, benchmark and sandbox is in its table."""
    cli = site_pages.cli_page()
    for _, command in site_pages.commands():
        for option in command.params:
            if isinstance(option, click.Option):
                assert f"`{option.opts[0]}`" in cli
    config = site_pages.config_page()
    for each in fields(RunConfig):
        assert f"| `{each.name}` |" in config
        assert each.name == "tasks" or f"`--{flag(each.name)}`" in config
        assert each.metadata["help"].replace("<", "&lt;") in config
    codes = site_pages.exit_codes_page()
    assert f"| {errors.Regression.exit_code} | `Regression` |" in codes
    benchmarks = site_pages.benchmarks_page()
    assert all(f"| `{name}` |" in benchmarks for name in plugins.tasks())
    assert "| `python` |" in site_pages.languages_page()


def test_an_unknown_marker_is_a_mistake() -> None:
    """A page cannot ask for a table that nobody makes."""
    assert site_pages.filled("<!-- generated: exit-codes -->").startswith("| code |")
    with pytest.raises(KeyError):
        site_pages.filled("<!-- generated: nothing -->")


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(path, id=path.stem)
        for path in sorted((ROOT / "docs" / "benchmarks").glob("*.md"))
        if not path.stem.endswith(("-counts", "-datasheet")) and path.stem != "index"
    ],
)
def test_a_benchmark_says_where_it_stands(page: Path) -> None:
    """Paper, licence, protocol and our number beside the published one stand at the top."""
    title, empty, head, _, row, *_ = page.read_text(encoding="utf-8").splitlines()
    assert title.startswith("# ")
    assert not empty
    assert head == "| Paper | Licence | Protocol | Ours | Published |"
    paper, licence, _, ours, published = (cell.strip() for cell in row.strip("|").split(" | "))
    assert "arxiv.org" in paper or paper.startswith("none")
    assert licence
    assert re.search(r"\d|not measured", ours)
    assert published


@pytest.mark.parametrize(
    ("source", "link", "put"),
    [
        ("docs/gate.md", "../ci-templates/gitlab.yml", "project/ci-templates/gitlab.yml"),
        (
            "docs/benchmarks/mbpp.md",
            "../../tasks/mbpp/README.md",
            "../project/tasks/mbpp/README.md",
        ),
        ("docs/benchmarks/mbpp.md", "../languages.md#adding-one", "../languages.md#adding-one"),
        ("README.md", "docs/gate.md#rules", "../gate.md#rules"),
        ("README.md", "results/leaderboard.csv", "results/leaderboard.csv"),
        ("docs/gate.md", "https://example.org/docs/gate.md", "https://example.org/docs/gate.md"),
        ("docs/gate.md", "nowhere.md", "nowhere.md"),
    ],
)
def test_links_out_of_docs_are_put_right(source: str, link: str, put: str) -> None:
    """What is a link on a forge is one on the site; what is none stays, and the build says so."""
    assert site_pages.relinked(f"See [it]({link}) here.\n", source) == f"See [it]({put}) here.\n"


def test_a_fence_is_left_alone() -> None:
    """What stands in a block is no link."""
    text = "```text\n[it](../README.md)\n```\n[it](../README.md)\n"
    assert site_pages.relinked(text, "docs/x.md").endswith("[it](project/README.md)\n")
    assert "[it](../README.md)\n```" in site_pages.relinked(text, "docs/x.md")


def test_files_outside_bring_what_they_link_to() -> None:
    """A page outside `docs/` is read for links too."""
    found = site_pages.outside({"docs/x.md": "[it](../README.md)"})
    assert {"README.md", "results/leaderboard.csv"} <= found.keys()
    assert all(path.is_file() for path in found.values())
