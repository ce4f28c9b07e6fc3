"""Flags of the command line, made from the fields of `RunConfig`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from ucb import completing, plugins
from ucb.commands import Setting
from ucb.config import RunConfig, flag, kinds, load, merged

Command = TypeVar("Command", bound=Callable[..., Any])

_NOT_FLAGS = ("tasks",)  # Given as arguments.


def config_options(*groups: str) -> Callable[[Command], Command]:
    """Add a flag for every field of the given groups of `RunConfig`, and `--config`."""

    def decorate(command: Command) -> Command:
        for each in reversed(fields(RunConfig)):
            if each.name in _NOT_FLAGS or each.metadata["group"] not in groups:
                continue
            command = _option(each.name, each.metadata, each.default)(command)
        return click.option(
            "--config",
            cls=Setting,
            group="output" if "output" in groups else groups[0],
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="TOML file of these settings, or a run.json. Flags win.",
        )(command)

    return decorate


def _option(name: str, metadata: Any, default: Any) -> Callable[[Command], Command]:
    kind, several = kinds()[name]
    text = metadata["help"]
    shown = ",".join(map(str, default)) if several else default
    if shown not in (None, "", False):
        text = f"{text} [default: {shown}]"
    option_type: Any = Numbers(kind) if several else kind
    word = f"--{flag(name)}"
    if metadata["choices"]:
        option_type = click.Choice(metadata["choices"])
    if kind is bool:
        option_type, word = None, f"--{flag(name)}/--no-{flag(name)}"
    return click.option(
        word,
        name,
        cls=Setting,
        group=metadata["group"],
        type=option_type,
        default=None,
        help=text,
        shell_complete=completing.OF_SETTINGS.get(name),
    )


class Numbers(click.ParamType[Any]):
    """Values separated by commas."""

    name = "list"

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Turn the flag's text into a tuple of numbers."""
        if isinstance(value, tuple):
            return value
        try:
            return tuple(self._kind(part) for part in str(value).split(",") if part)
        except ValueError:
            self.fail(f"{value!r} is not a list of numbers such as 1,10.", param, ctx)


def settings(tasks: tuple[str, ...], config: Path | None, flags: dict[str, Any]) -> RunConfig:
    """Build the configuration from a file and the flags that were given; flags win.

    Raises what `ucb.config.load` does, and `UnknownName` for a task that is none.
    """
    over = {name: value for name, value in flags.items() if value is not None}
    if tasks:
        over["tasks"] = tasks
    found = merged(load(config) if config else {}, over)
    # `ucb-py` stands for all five tasks of that family.
    names = [task.name for name in found.tasks for task in plugins.family(name)]
    return replace(found, tasks=tuple(dict.fromkeys(names)))
