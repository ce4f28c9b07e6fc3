"""
What is printed where.

A result goes to stdout, and everything else (progress, notes, warnings, errors) to stderr. With
`--json` stdout gets one JSON object and nothing else: what a command has told `answer`, also
when it fails.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.logging import RichHandler

log = logging.getLogger("ucb")

_WIDE = 160


@dataclass(slots=True)
class _State:
    """How the command that runs was asked to speak; a process has one stdout."""

    quiet: bool = False
    as_json: bool = False
    answer: dict[str, Any] = field(default_factory=dict)


_state = _State()


@contextmanager
def speaking(
    *, quiet: bool = False, verbose: bool = False, as_json: bool = False
) -> Iterator[None]:
    """
    Print as the user asked for inside this context.

    With `as_json`, what anything else writes to stdout goes to stderr, and the answer is printed
    at the end. After an exception it is left to `failed`.
    """
    _state.quiet, _state.as_json, _state.answer = quiet, as_json, {}
    _log(quiet=quiet, verbose=verbose)
    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        yield
    if as_json:
        _print(_state.answer)


def failed(sentence: str, code: int) -> None:
    """Print, as JSON, why a command has ended and what it had to answer until then."""
    _print({**_state.answer, "error": sentence, "exit_code": code})


def answer(**fields: Any) -> None:
    """Add to what `--json` prints: JSON's own types, and paths."""
    _state.answer.update(fields)


def say(text: object = "") -> None:
    """Print a line of the result for people; nothing with `--json`."""
    if not _state.as_json:
        click.echo(text)


def note(text: object) -> None:
    """Tell how things go, on stderr; nothing with `--quiet`."""
    if not _state.quiet:
        click.echo(text, err=True)


def show(*parts: RenderableType) -> None:
    """Print a table or other parts of the result for people; nothing with `--json`."""
    for part in parts:
        wide().print(part, highlight=False)


def for_people() -> int | None:
    """Return where a process that is started writes its stdout: None for where this one does."""
    return sys.__stderr__.fileno() if _state.as_json and sys.__stderr__ else None


def stdout() -> Console:
    """Return the console for results that people read; one that drops them with `--json`."""
    return Console(file=StringIO(), quiet=True) if _state.as_json else Console()


def wide() -> Console:
    """Return `stdout`, whose tables are not squeezed where there is no screen."""
    console = stdout()
    return console if console.is_terminal or console.quiet else Console(width=_WIDE)


def stderr() -> Console:
    """Return the console for progress and notes; one that drops them with `--quiet`."""
    return Console(stderr=True, quiet=_state.quiet)


def _print(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, indent=2, default=str))


def _log(*, quiet: bool, verbose: bool) -> None:
    level = logging.INFO if verbose else logging.ERROR if quiet else logging.WARNING
    console = Console(stderr=True)
    handler: logging.Handler
    if console.is_terminal:
        handler = RichHandler(console=console, show_path=False, show_time=False)
        handler.setFormatter(logging.Formatter("%(message)s"))
    else:
        # One line each, never wrapped: a log file is searched.
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    log.setLevel(logging.ERROR if quiet else logging.INFO)
    # It tells every request, with the URL as it is, which may hold a password.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
