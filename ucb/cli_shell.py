"""The commands about the command line itself: completion and exit codes."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class
from rich.table import Table

from ucb import terminal
from ucb.commands import command
from ucb.errors import ConfigError
from ucb.errors import exit_codes as known_codes

_SHELLS = ("bash", "zsh", "fish")


@command(
    short_help="Print the script that lets a shell complete.",
    examples=(
        'eval "$(ucb completion bash)"                   # in ~/.bashrc',
        'eval "$(ucb completion zsh)"                    # in ~/.zshrc, behind compinit',
        "ucb completion fish > ~/.config/fish/completions/ucb.fish",
    ),
)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, flags, tasks, runs and models."""
    kind = get_completion_class(shell)
    if kind is None:
        raise ConfigError(f"This version of click has no completion for {shell}. Update it.")
    script = kind(ctx.find_root().command, {}, "ucb", "_UCB_COMPLETE").source()
    terminal.say(script)
    terminal.answer(shell=shell, script=script)


@command("exit-codes", examples=("ucb exit-codes", "ucb exit-codes --json"))
def exit_codes() -> None:
    """Say what the exit codes of `ucb` mean."""
    table = Table("code", "meaning")
    for code, meaning in known_codes().items():
        table.add_row(str(code), meaning)
    terminal.show(table)
    terminal.answer(codes={str(code): meaning for code, meaning in known_codes().items()})
