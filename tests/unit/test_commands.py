"""Every command of the tree takes the same flags, has examples that parse, and a place in help."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ucb.cli import cli
from ucb.commands import Command, Group
from ucb.errors import UCBError, exit_codes

README = Path(__file__).parents[2] / "README.md"


def tree(group: Group = cli, path: str = "ucb") -> Iterator[tuple[str, click.Command]]:
    """Yield every group and command with the words that call it."""
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, Group):
            yield from tree(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


TREE = dict(tree())
EXAMPLES = [
    pytest.param(path, line, id=line)
    for path, command in TREE.items()
    for line in getattr(command, "examples", ())
]


@pytest.mark.parametrize("path", TREE)
def test_every_command_takes_the_shared_flags(path: str) -> None:
    """A script need not know which command has them; a short flag means one thing everywhere."""
    command = TREE[path]
    assert isinstance(command, Command | Group)
    words = [word for param in command.params for word in param.opts]
    assert {"--json", "-q", "--quiet", "-v", "--verbose"} <= set(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize("path", TREE)
def test_help_has_a_sentence_options_and_examples(path: str) -> None:
    """Of every command, also of those with fifty flags, whose flags stand under headings."""
    done = CliRunner().invoke(cli, [*path.split()[1:], "--help"], catch_exceptions=False)
    assert done.exit_code == 0
    assert re.search(r"^  [A-Z].*", done.stdout, re.MULTILINE)
    assert "\nExamples:\n  " in done.stdout
    assert "\nEverywhere:\n" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    assert len([line for line in done.stdout.splitlines() if line.startswith("  --json ")]) == 1


def test_the_flags_of_a_run_stand_under_headings() -> None:
    """In the order in which a user thinks of them."""
    shown = CliRunner().invoke(cli, ["run", "--help"]).stdout
    headings = re.findall(r"^(\w.*):$", shown, re.MULTILINE)
    assert headings == [
        "What is asked",
        "The model",
        "How answers are drawn",
        "Where programs run",
        "Several machines",
        "The run",
        "Options",
        "Everywhere",
        "Examples",
    ]


def test_the_main_help_lists_every_command_once_and_whole() -> None:
    """In sections; no sentence is cut off at the edge of the screen."""
    shown = CliRunner().invoke(cli, ["--help"]).stdout
    sections = shown.partition("\nEverywhere:")[0]
    listed = re.findall(r"^  ([a-z][a-z-]*) +[A-Z]", sections, re.MULTILINE)
    assert sorted(listed) == sorted(cli.commands)
    assert "..." not in sections.partition("\n")[2]
    assert shown.index("\nMeasure:") < shown.index("\nLook:") < shown.index("\nCompare:")


@pytest.mark.parametrize(("path", "line"), EXAMPLES)
def test_every_example_parses(
    path: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An example whose flag was renamed would be worse than none."""
    monkeypatch.chdir(tmp_path)
    line = re.sub(r'^eval "\$\((.*?)\)".*', r"\1", line).partition(" > ")[0]
    program, *words = shlex.split(line, comments=True)
    assert program == "ucb"
    for place, word in enumerate(words[:-1]):
        if word == "--config":  # It must be there.
            file = tmp_path / words[place + 1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    command: click.Command | None = cli
    context, called = click.Context(cli), "ucb"
    while isinstance(command, Group):
        name, command, words = command.resolve_command(context, words)
        called = f"{called} {name}"
    assert command is not None
    command.make_context(called, words)
    assert path in ("ucb", "ucb generate") or called.startswith(path), "of another command"


def test_exit_codes_are_documented_and_distinct() -> None:
    """The README's table has each code once; so has the command, with a sentence."""
    codes = [kind.exit_code for kind in UCBError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    table = README.read_text(encoding="utf-8").partition("## Exit codes")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE)
    documented = [int(code) for row in rows for code in row.split(",")]
    assert documented == sorted(documented)
    assert documented == list(exit_codes())
    done = CliRunner().invoke(cli, ["exit-codes", "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)["codes"]
    assert {int(code) for code in told} == set(documented)
    assert all(sentence.endswith(".") for sentence in told.values())
