"""Every block of the documentation is run, or parsed where the page says why it is not run."""

from __future__ import annotations

import ast
import json
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import click
import jinja2
import pytest
import yaml

from tests.contract.sandboxes import require
from tests.docs import parsing, running
from tests.docs.blocks import ROOT, SHELL, Block, Page, pages
from ucb import config, gatefile, languages
from ucb.errors import UCBError

PAGES = {page.path: page for page in pages()}
BLOCKS = [block for page in PAGES.values() for block in page.blocks]
TEXTS = ("text", "awk", "dockerfile")
"""Blocks that show something and do nothing."""


def by_kind(*kinds: str) -> list[object]:
    """Return the blocks of these kinds as parameters with readable names."""
    return [pytest.param(each, id=each.where) for each in BLOCKS if each.kind in kinds]


@pytest.fixture(scope="session")
def follow(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], running.Reader]:
    """Return a function that follows a page once, after the page that it goes on from."""
    done: dict[str, running.Reader] = {}

    def follow_once(path: str) -> running.Reader:
        if path not in done:
            page = PAGES[path]
            before = follow_once(_beside(page)) if page.follows else None
            home = tmp_path_factory.mktemp(Path(path).stem)
            reader = running.reader(home, before, checkout=page.checkout)
            reader.follow(page)
            done[path] = reader
        return done[path]

    return follow_once


def _beside(page: Page) -> str:
    return (Path(page.path).parent / page.follows).as_posix()


@pytest.mark.bubblewrap
@pytest.mark.parametrize("path", [page.path for page in PAGES.values() if page.runs])
def test_a_page_can_be_followed(path: str, follow: Callable[[str], running.Reader]) -> None:
    """From top to bottom: its files are written, its commands run, what they say is true."""
    require("bubblewrap")
    follow(path)


@pytest.mark.parametrize("block", by_kind(*SHELL))
def test_a_command_exists(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options, arguments, tasks, modes, extras, targets and files are there, run or not."""
    monkeypatch.chdir(tmp_path)
    own = parsing.made_by(PAGES[block.page].blocks)
    written = {each.title: each.text for each in PAGES[block.page].blocks if each.title}
    for name, text in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = list(parsing.commands(parsing.shell_of(block)))
    assert found, f"{block.where} holds no command"
    for words in found:
        if not block.parsed and (words[0] not in ("ucb", "make") or written.keys() & set(words)):
            continue  # Running it says more.
        try:
            parsing.check(words, own)
        except (click.ClickException, UCBError) as error:
            said = error.format_message() if isinstance(error, click.ClickException) else error
            pytest.fail(f"{block.where}: {' '.join(words)}: {said}")


def test_every_mark_has_a_reason() -> None:
    """A block that is not run says why, in words."""
    for block in BLOCKS:
        if block.parsed:
            assert len(block.parsed.split()) >= 3, block.where


def test_no_block_hides() -> None:
    """Every block says what it is, and none is made by indentation."""
    known = {*SHELL, *TEXTS, "toml", "yaml", "json", "jsonl", "python", "jinja"}
    assert [block.where for block in BLOCKS if block.kind not in known] == []
    assert [(page.path, page.indented) for page in PAGES.values() if page.indented] == []


@pytest.mark.parametrize("block", by_kind("toml"))
def test_a_toml_block_is_taken(block: Block, tmp_path: Path) -> None:
    """A run's settings, a gate's rules and a language are read by what reads the user's."""
    table = tomllib.loads(block.text)
    file = tmp_path / "shown" / Path(block.title or "shown.toml").name
    file.parent.mkdir()
    file.write_text(block.text)
    if table.keys() <= {each.name for each in fields(config.RunConfig)}:
        config.merged(config.load(file), {})
    elif "rule" in table:
        gatefile.load(file)
    elif file.name == "language.toml":
        languages.load(file)
    else:
        assert file.name != "run.toml"


@pytest.mark.parametrize("block", by_kind("python", "yaml", "json", "jsonl", "jinja"))
def test_other_blocks_parse(block: Block) -> None:
    """Python, YAML, JSON and Jinja are what they say they are."""
    parse: dict[str, Callable[[str], object]] = {
        "python": ast.parse,
        "yaml": yaml.safe_load,
        "json": json.loads,
        "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
        "jinja": jinja2.Environment().parse,
    }
    parse[block.kind](block.text)


def test_a_console_is_compared() -> None:
    """`…` stands for anything, and nothing else does."""
    ((command, told),) = running.transcript("$ ucb list\nbackends: hf…\nlanguages: …\n")
    assert command == "ucb list"
    assert running.matches(told, "backends: hf, tgi\nlanguages: go\n")
    assert not running.matches(told, "backends: tgi\nlanguages: go\n")


@pytest.mark.parametrize(
    ("script", "wrong"),
    [
        ("ucb run humaneval --modle x", "No such option"),
        ("ucb compare results/a", "Missing argument"),
        ("ucb run humanevl --model x", "Did you mean 'humaneval'?"),
        ("ucb run humaneval --model x --k 10", "Raise --samples"),
        ("ucb run humaneval --model x --mode opnai", "Did you mean 'openai'?"),
        ("ucb run humaneval --model x --max-cost 1", "takes no"),
        ("ucb watch checkpoints humanevl --model x", "Did you mean 'humaneval'?"),
        ("cd x && A=1 ucb lst", "No such command"),
        ("cd x; make runn", "no target 'runn'"),
        ("pip install 'ucb[hff]'", "no extra 'hff'"),
        ("python benchmarks/none.py", "no file"),
        ("python -m benchmarks.none", "no module"),
        ("frobnicate", "how to check"),
    ],
)
def test_a_wrong_command_is_found(
    script: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the check of commands is for."""
    monkeypatch.chdir(tmp_path)
    *before, last = parsing.commands(script)
    own = parsing.made_by([])
    for words in before:
        parsing.check(words, own)
    with pytest.raises((click.ClickException, UCBError, AssertionError)) as raised:
        parsing.check(last, own)
    error = raised.value
    said = error.format_message() if isinstance(error, click.ClickException) else str(error)
    assert wrong in said


def test_a_failing_block_fails(tmp_path: Path) -> None:
    """A command that ends with another status than the page says is found, with its place."""
    reader = running.reader(tmp_path / "machine")
    with pytest.raises(AssertionError, match=r"p\.md:3 ended with 7, not 0"):
        reader.run("exit 7", Block("p.md", 3, "sh", "exit 7"))
    reader.run("exit 7", Block("p.md", 3, "sh", "exit 7", exits=7))


def test_bash_is_here() -> None:
    """The blocks are bash's, which a reader's machine has."""
    assert shutil.which("bash")
    assert ROOT.joinpath("docs", "index.md").is_file()
