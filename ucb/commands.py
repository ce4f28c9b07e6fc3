"""What every command has: `--json`, `--quiet`, `--verbose`, options in groups, and examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from ucb import terminal

EVERYWHERE = "Everywhere"
TITLES = {
    "what": "What is asked",
    "model": "The model",
    "sampling": "How answers are drawn",
    "execution": "Where programs run",
    "cluster": "Several machines",
    "output": "The run",
    "": "Options",
    EVERYWHERE: EVERYWHERE,
}
"""The headings of options in a command's help, by group and in this order."""


class Setting(click.Option):
    """An option that a command's help shows under the heading of its group."""

    def __init__(self, *args: Any, group: str = "", **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.group = group


class _Shared(click.Command):
    """The flags and the help that commands and groups share."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.examples = tuple(examples)
        """Command lines, as a user types them; `#` and what follows is a comment."""
        self.params += [
            _everywhere("--json", "as_json", "Print one JSON object and nothing else."),
            _everywhere("-q", "--quiet", "Only results and errors."),
            _everywhere("-v", "--verbose", "Say what is being done."),
        ]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under the headings of their groups."""
        found: dict[str, list[tuple[str, str]]] = {group: [] for group in TITLES}
        for param in self.get_params(ctx):
            if record := param.get_help_record(ctx):
                last = param.name in ("help", "version") or "--help" in param.opts
                group = EVERYWHERE if last else getattr(param, "group", "")
                found[group].append(record)
        for group, records in found.items():
            if records:
                with formatter.section(TITLES[group]):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, as they are typed, and then the epilog."""
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")
        super().format_epilog(ctx, formatter)


class Command(_Shared):
    """A command that prints through `ucb.terminal`."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it, printing as the flags here and before the command's name say."""
        with terminal.speaking(
            quiet=bool(ctx.meta.get("ucb.quiet")),
            verbose=bool(ctx.meta.get("ucb.verbose")),
            as_json=bool(ctx.meta.get("ucb.as_json")),
        ):
            return super().invoke(ctx)


class Group(_Shared, click.Group):
    """Commands under one name; its help lists them in sections, in the order of use."""

    def __init__(
        self,
        *args: Any,
        sections: Mapping[str, Sequence[click.Command]] | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(*args, **attributes)
        self.sections = dict(sections or {})
        for command in (each for section in self.sections.values() for each in section):
            self.add_command(command)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, and then the options."""
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the sections."""
        del ctx
        return [each.name or "" for section in self.sections.values() for each in section]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with a line for each command."""
        del ctx
        width = max(len(name) for name in self.commands)
        for title, commands in self.sections.items():
            with formatter.section(title):
                limit = formatter.width - formatter.current_indent - width - 4
                formatter.write_dl(
                    [((c.name or "").ljust(width), c.get_short_help_str(limit)) for c in commands]
                )


def command(
    name: str | None = None, *, examples: Sequence[str], **attributes: Any
) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command of `ucb`, with examples of its use."""
    return click.command(name, cls=Command, examples=examples, **attributes)


def _everywhere(*words: str) -> Setting:
    *names, text = words
    return Setting(
        names, is_flag=True, expose_value=False, help=text, group=EVERYWHERE, callback=_remember
    )


def _remember(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[f"ucb.{param.name}"] = True
