"""What the documentation site has besides the pages in `docs/`.

Tables made from the code, and the files outside `docs/` that pages link to. Nothing here needs
MkDocs; `scripts/site_hooks.py` puts it into a build.
"""

from __future__ import annotations

import inspect
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import get_args

import click

from ucb import errors, plugins
from ucb.cli import cli
from ucb.commands import TITLES, Command
from ucb.commands import Group as CommandGroup
from ucb.config import Group as Settings
from ucb.config import RunConfig, flag, kinds
from ucb.languages import languages

ROOT = Path(__file__).parents[1]
DOCS = "docs"
OUTSIDE = "project"
"""The folder of the site for files that lie outside `docs/`."""

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_LINK = re.compile(r"(?<=\]\()[^)\s]+(?=[)\s])")
_MARKER = re.compile(r"^<!-- generated: ([\w-]+) -->$", re.MULTILINE)


def filled(text: str) -> str:
    """Put the tables in the places of their markers; raise `KeyError` for an unknown one."""
    return _MARKER.sub(lambda found: GENERATED[found[1]](), text)


def place(path: str) -> str:
    """Return where a file of the repository lies in the site's sources."""
    inside = path.removeprefix(f"{DOCS}/")
    return inside if inside != path else f"{OUTSIDE}/{path}"


def links(text: str, source: str) -> Iterator[str]:
    """Yield the repository's files that a page, the file `source` of it, links to."""
    for line in _prose(text):
        for found in _LINK.finditer(line):
            if target := _target(found[0], source):
                yield target


def relinked(text: str, source: str) -> str:
    """Return a page with its links to files outside `docs/`, or from there, put right."""
    start = posixpath.dirname(place(source))

    def put(found: re.Match[str]) -> str:
        target = _target(found[0], source)
        if target is None:
            return found[0]
        _, mark, anchor = found[0].partition("#")
        return posixpath.relpath(place(target), start) + mark + anchor

    lines = zip(text.splitlines(keepends=True), _prose(text), strict=True)
    return "".join(_LINK.sub(put, shown) if shown else line for line, shown in lines)


def outside(pages: Mapping[str, str]) -> dict[str, Path]:
    """
    Return the files outside `docs/` that pages link to, and those that these link to.

    `pages` are texts by path in the repository, and so are the files returned.
    """
    found: dict[str, Path] = {}
    left = list(pages.items())
    while left:
        source, text = left.pop()
        for target in links(text, source):
            if target.startswith(f"{DOCS}/") or target in found:
                continue
            found[target] = ROOT / target
            if target.endswith(".md"):
                left.append((target, found[target].read_text(encoding="utf-8")))
    return found


def _prose(text: str) -> Iterator[str]:
    """Yield the lines of a page, those of fenced blocks as empty."""
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            yield ""
        elif mark:
            fence = mark[1]
            yield ""
        else:
            yield line


def _target(link: str, source: str) -> str | None:
    """Return the repository's file that a relative link names, if there is one."""
    path = link.partition("#")[0]
    if not path or ":" in path or path.startswith("/"):
        return None
    found = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    return found if (ROOT / found).is_file() else None


def commands(
    command: click.Command = cli, path: tuple[str, ...] = ("ucb",)
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it, groups before what they hold."""
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from commands(inner, (*path, name))


def cli_page() -> str:
    """Return every command with its help, arguments and options."""
    return "\n\n".join(_command(path, command) for path, command in commands())


def _command(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(path))
    usage = " ".join((*path, *command.collect_usage_pieces(context)))
    parts = [f"## `{' '.join(path)}`", f"```text\n{usage}\n```", *_help(command)]
    rows = [
        (", ".join(f"`{name}`" for name in (*each.opts, *each.secondary_opts)), *_about(each))
        for each in command.params
        if isinstance(each, click.Option) and not each.hidden
    ]
    if rows:
        parts.append(_table(("option", "takes", "what it does"), rows))
    return "\n\n".join(parts)


def _help(command: click.Command) -> Iterator[str]:
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph:
            yield _plain(" ".join(paragraph.split()))
    if isinstance(command, Command | CommandGroup) and command.examples:
        yield "```sh\n" + "\n".join(command.examples) + "\n```"


def _about(option: click.Option) -> tuple[str, str]:
    if option.is_flag:
        takes = ""
    elif isinstance(option.type, click.Choice):
        takes = ", ".join(f"`{each}`" for each in option.type.choices)
    else:
        takes = (option.metavar or option.type.name).lower()
    text = option.help or ""
    if option.show_default and option.default not in (None, ()):
        shown = option.default
        told = ", ".join(map(str, shown)) if isinstance(shown, tuple) else str(shown)
        text = f"{text} [default: {told}]".strip()
    return takes, text


def config_page() -> str:
    """Return every setting of a run, by group, with its flag, type and default."""
    head = ("key", "flag", "type", "default", "what it does")
    parts = []
    for group in get_args(Settings):
        title = TITLES[group]
        rows = [
            (f"`{each.name}`", _flag(each.name), *_setting(each.name))
            for each in fields(RunConfig)
            if each.metadata["group"] == group
        ]
        parts.append(f"## {title}\n\n{_table(head, rows)}")
    return "\n\n".join(parts)


def _flag(name: str) -> str:
    return "arguments" if name == "tasks" else f"`--{flag(name)}`"


def _setting(name: str) -> tuple[str, str, str]:
    found = RunConfig.__dataclass_fields__[name]
    kind, several = kinds()[name]
    told = ", ".join(f"`{each}`" for each in found.metadata["choices"]) or _TYPES[kind]
    default = list(found.default) if several else found.default
    shown = "" if default in (None, "", []) else f"`{str(default).lower()}`"
    return f"array of {told}s" if several else told, shown, found.metadata["help"]


_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def exit_codes_page() -> str:
    """Return the exit codes of `ucb`, from the errors that have them."""
    rows = [("0", "", "Done.")]
    found = [
        each
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, errors.UCBError)
    ]
    for each in sorted(found, key=lambda error: (error.exit_code, len(error.__mro__))):
        summary = inspect.cleandoc(each.__doc__ or "").partition("\n")[0]
        rows.append((str(each.exit_code), f"`{each.__name__}`", summary))
    rows += [
        ("130", "", "Interrupted (Ctrl-C); the same command does the rest."),
        ("143", "", "Terminated (SIGTERM); the same command does the rest."),
    ]
    return _table(("code", "error", "meaning"), rows)


def benchmarks_page() -> str:
    """Return every benchmark with its version, modes and what it asks."""
    rows = []
    for each in plugins.tasks().values():
        summary = inspect.cleandoc(type(each).__doc__ or "").partition("\n")[0]
        modes = ", ".join(f"`{mode}`" for mode in each.modes)
        rows.append((f"`{each.name}`", str(each.version), modes, summary))
    return _table(("benchmark", "version", "modes", "what it asks"), rows)


def languages_page() -> str:
    """Return every sandbox with the names it goes by and how its programs run."""
    rows = []
    for each in languages().values():
        runs = "; ".join(f"`{' '.join(mode.run)}`" for mode in each.modes.values())
        rows.append((f"`{each.name}`", ", ".join(f"`{name}`" for name in each.aliases), runs))
    return _table(("sandbox", "also called", "runs"), rows)


GENERATED: Mapping[str, Callable[[], str]] = {
    "benchmarks": benchmarks_page,
    "cli": cli_page,
    "config": config_page,
    "exit-codes": exit_codes_page,
    "languages": languages_page,
}
"""By the name in the marker `<!-- generated: NAME -->`."""


def _table(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_plain(cell) for cell in line)} |" for line in lines)


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
