"""Check a command without running it: its options, arguments, files and names exist."""

from __future__ import annotations

import importlib.util
import itertools
import re
import shlex
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from tests.docs.blocks import ROOT, Block
from ucb import options, plugins
from ucb.cli import cli
from ucb.config import RunConfig
from ucb.errors import UnknownName
from ucb.sandbox import images

_OPERATORS = {";", "&", "&&", "|", "||"}
_REDIRECTIONS = {"<", ">", ">>", "<<", ">&", "&>"}
_KEYWORDS = {"do", "then", "else", "time", "exec"}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_BRACES = re.compile(r"(.*?)\{([^{}]*,[^{}]*)\}(.*)", re.DOTALL)
_FIELDS = {each.name for each in fields(RunConfig)}
# Nothing of UCB's own that could be wrong.
_TRUSTED = {
    ".", "apt-get", "cat", "cd", "cp", "curl", "docker", "done", "echo", "export", "fi", "for",
    "git", "gzip", "jq", "ls", "mawk", "mkdir", "rm", "rsync", "scp", "source", "srun", "ssh",
    "sysctl", "tar", "test", "unset",
}  # fmt: skip


def commands(script: str) -> Iterator[list[str]]:
    """Split a script into simple commands, without variables in front and redirections."""
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";<>|&")
        lexer.whitespace_split = True
        words: list[str] = []
        for token in [*lexer, ";"]:
            if token not in _OPERATORS:
                words += _expanded(token)
                continue
            while words and (words[0] in _KEYWORDS or _ASSIGNMENT.match(words[0])):
                words.pop(0)
            if words:
                yield _without_redirections(words)
            words = []


def _expanded(word: str) -> Iterator[str]:
    found = _BRACES.fullmatch(word)
    if not found:
        yield word
        return
    for each in found[2].split(","):
        yield from _expanded(found[1] + each + found[3])


def _without_redirections(words: list[str]) -> list[str]:
    kept: list[str] = []
    given = iter(words)
    for word in given:
        if word.strip("&0123456789") in _REDIRECTIONS or word in _REDIRECTIONS:
            next(given, None)
        else:
            kept.append(word)
    return kept


def shell_of(block: Block) -> str:
    """Return the commands of a block; of a console's, what stands behind the prompts."""
    if block.kind != "console":
        return block.text
    return "".join(
        line[2:] for line in block.text.splitlines(keepends=True) if line.startswith("$ ")
    )


def check(words: list[str], own: Mapping[str, set[str]]) -> None:
    """
    Check one command; raise `click.ClickException` or `AssertionError` with what is wrong.

    `own` names the tasks, backends and sandboxes that the page itself makes.
    """
    name, *arguments = words
    name = Path(name).name if name.startswith((".venv/", "$")) else name
    if name == "sudo":
        check(arguments, own)
    elif name == "eval":
        for inner in commands(" ".join(arguments).removeprefix("$(").removesuffix(")")):
            check(inner, own)
    elif name in _CHECKS:
        _CHECKS[name](arguments, own)
    else:
        assert name in _TRUSTED, f"nobody knows how to check {name!r}"


def _make(arguments: list[str], _: object) -> None:
    targets = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for word in arguments:
        assert _ASSIGNMENT.match(word) or word in targets, f"make has no target {word!r}"


def _pip(arguments: list[str], _: object) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for word in arguments:
        found = re.search(r"(?:^ucb|^\.|/)\[([\w,-]+)\]$", word)
        for extra in found[1].split(",") if found else ():
            assert extra in project["optional-dependencies"], f"there is no extra {extra!r}"


def _python(arguments: list[str], _: object) -> None:
    if arguments[0] == "-m":
        assert importlib.util.find_spec(arguments[1]), f"there is no module {arguments[1]}"
    elif not arguments[0].startswith("-"):
        assert (ROOT / arguments[0]).is_file(), f"there is no file {arguments[0]}"


def _pytest(arguments: list[str], _: object) -> None:
    for word in arguments:
        if word.startswith("tests/"):
            assert (ROOT / word).exists(), f"there is no {word}"


def _ucb(arguments: list[str], own: Mapping[str, set[str]]) -> None:
    for word, after in itertools.pairwise(arguments):
        if word in {"--config", "--reports"}:  # click asks whether it is there.
            Path(after).parent.mkdir(parents=True, exist_ok=True)
            Path(after).touch()
    context = _context(arguments)
    if context.info_name == "watch":
        _ucb(["run", *context.params["arguments"]], own)
    if context.info_name == "build":
        unknown = set(context.params["names"]) - {*images.toolchains(), *own["sandboxes"]}
        assert not unknown, f"there is no sandbox {unknown}"
    _settings(context, own)


def _context(arguments: list[str]) -> click.Context:
    """Parse a command line as click does, without calling what it names."""
    context = cli.make_context("ucb", list(arguments))
    command: click.Command = cli
    rest = arguments
    while isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        name, inner, rest = command.resolve_command(context, rest)
        assert inner is not None
        command, context = inner, inner.make_context(name, list(rest), parent=context)
    return context


def _settings(context: click.Context, own: Mapping[str, set[str]]) -> None:
    """Check the settings of a run, and that its tasks, modes and backends are there."""
    given = {key: value for key, value in context.params.items() if key in _FIELDS}
    tasks = _tasks(context, given)
    given.pop("tasks", None)
    if not given:
        return
    file = context.params.get("config")
    if file is not None and not file.stat().st_size:
        return  # What stands in it is not shown.
    ours = tuple(name for name in tasks if name not in own["tasks"])
    config = options.settings(ours, file, given)
    for name in config.tasks:
        plugins.task(name).configured(mode=config.mode, few_shot=config.few_shot)
    if config.backend in own["backends"]:
        return
    if config.backend not in plugins.backends():
        raise UnknownName("backend", config.backend, plugins.backends())
    taken = plugins._parameters(plugins._opener(config.backend)) or set()
    refused = set(config.model_options()) - taken - {"model"}
    assert not refused or config.samples_file, f"{config.backend} takes no {refused}"


def _tasks(context: click.Context, given: Mapping[str, Any]) -> Iterable[str]:
    if context.info_name == "data":
        for name in context.params["names"]:
            plugins.family(name)
    if context.info_name == "evaluate" and given.get("samples_file"):
        return (context.params["target"],)
    return given.get("tasks") or context.params.get("tasks") or ()


_CHECKS: Mapping[str, Callable[[list[str], Mapping[str, set[str]]], None]] = {
    "make": _make,
    "pip": _pip,
    "pytest": _pytest,
    "python": _python,
    "python3": _python,
    "ucb": _ucb,
}


def made_by(blocks: Iterable[Block]) -> dict[str, set[str]]:
    """Return the tasks, backends and sandboxes that a page makes, by entry points and folders."""
    own: dict[str, set[str]] = {"tasks": set(), "backends": set(), "sandboxes": set()}
    for block in blocks:
        if block.title.endswith("/Dockerfile"):
            own["sandboxes"].add(Path(block.title).parent.name)
        if block.kind == "toml":
            points = tomllib.loads(block.text).get("project", {}).get("entry-points", {})
            for kind, names in own.items():
                names.update(points.get(f"ucb.{kind}", ()))
    return own
