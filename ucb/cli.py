"""The command line: what `ucb` consists of, and how it ends."""

from __future__ import annotations

import signal
import sys
from typing import NamedTuple

import click

from ucb import (
    cli_check,
    cli_data,
    cli_doctor,
    cli_explain,
    cli_gate,
    cli_look,
    cli_mine,
    cli_new,
    cli_run,
    cli_sandbox,
    cli_shell,
    terminal,
)
from ucb.commands import Group
from ucb.errors import INTERRUPTED, TERMINATED, UCBError

_STORED = "What is done is stored; the same command does the rest."


class _Terminated(BaseException):
    """SIGTERM arrived."""


class _End(NamedTuple):
    """How a command that did not do its work has ended."""

    code: int
    said: str


def main() -> None:
    """Run `ucb`: a user's mistake is one sentence and an exit code."""
    signal.signal(signal.SIGTERM, _on_term)
    end = _run()
    if end.said and "--json" in sys.argv[1:]:
        terminal.failed(end.said, end.code)
    sys.exit(end.code)


def _run() -> _End:
    try:
        # Non-standalone, click returns the code of `ctx.exit`, as `--help` does, or None.
        code = cli.main(prog_name="ucb", standalone_mode=False)
    except UCBError as error:
        print(f"ucb: {error}", file=sys.stderr)
        return _End(error.exit_code, str(error))
    except click.ClickException as error:
        error.show()
        return _End(error.exit_code, error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _stopped("interrupted", INTERRUPTED)
    except _Terminated:
        return _stopped("terminated", TERMINATED)
    except BrokenPipeError:
        return _End(0, "")  # `ucb … | head` has read enough.
    return _End(code if isinstance(code, int) else 0, "")


def _stopped(how: str, code: int) -> _End:
    print(f"ucb: {how}. {_STORED}", file=sys.stderr)
    return _End(code, f"{how.capitalize()}. {_STORED}")


def _on_term(_number: int, _frame: object) -> None:
    raise _Terminated


@click.group(
    cls=Group,
    sections={
        "Before the first run": (
            cli_doctor.doctor,
            cli_look.list_,
            cli_data.data,
            cli_sandbox.sandbox,
        ),
        "Measure": (cli_run.run, cli_run.generate, cli_run.evaluate, cli_gate.watch),
        "Look": (
            cli_run.report,
            cli_look.show,
            cli_look.replay,
            cli_explain.explain_score,
            cli_look.export,
            cli_gate.publish,
        ),
        "Compare": (
            cli_gate.compare_,
            cli_gate.leaderboard,
            cli_gate.baseline_,
            cli_gate.gate_,
        ),
        "Trust": (cli_check.check, cli_check.selftest_),
        "Extend": (cli_new.new, cli_mine.mine),
        "The command line itself": (cli_shell.completion, cli_shell.exit_codes),
    },
    examples=(
        "ucb doctor                                       # what works on this machine",
        "ucb run humaneval --model smollm2-135m           # ask, execute, judge, report",
        "ucb run humaneval --model ./checkpoint --samples 20 --temperature 0.2 --k 1,10",
        "ucb evaluate humaneval --samples-file samples.jsonl",
        "ucb compare results/new results/old",
    ),
    epilog="`ucb COMMAND --help` has examples of each; `ucb exit-codes` says how one can end.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="ucb", prog_name="ucb")
def cli() -> None:
    """Measure what a code model can do by running what it wrote."""
