"""
Errors a user can act on. The CLI prints the message and exits with the code.

* UCBError (1)
  - ConfigError (2)      the request makes no sense; nothing was run
    + UnknownName (2)    no such task, backend, language or sandbox
  - BackendError (3)     the model could not be loaded or reached
  - SandboxError (4)     the environment broke; says nothing about the model
  - DataError (5)        a dataset or samples file is missing or damaged
  - StoreError (6)       the run folder cannot be read or written
  - Incomplete (7)       rows are missing; what is there is kept
  - CheckFailed (8)      `ucb check` or `ucb selftest` found a wrong verdict
  - Regression (9)       `ucb gate`: the candidate is worse than allowed
  - NotComparable (10)   two runs were made so differently that no difference means anything
  - BudgetReached (11)   the run may spend no more; what is done is kept
  - NotReady (12)        `ucb doctor`: this machine lacks what is needed

130 is an interrupt (Ctrl-C) and 143 a SIGTERM, as in a shell; 1 is a fault of UCB's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import ClassVar


class UCBError(Exception):
    """The root: a sentence for the user and an exit code."""

    exit_code: ClassVar[int] = 1


class ConfigError(UCBError):
    """The request makes no sense; nothing was run."""

    exit_code = 2


class UnknownName(ConfigError):
    """There is no such task, backend, language or sandbox."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        close = get_close_matches(name, known, cutoff=0.5)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."
        super().__init__(f"No {kind} named {name!r}. {hint}")


class BackendError(UCBError):
    """The model could not be loaded or reached."""

    exit_code = 3


class SandboxError(UCBError):
    """The environment broke; this says nothing about the model."""

    exit_code = 4


class DataError(UCBError):
    """A dataset or a samples file is missing or damaged."""

    exit_code = 5


class StoreError(UCBError):
    """The run folder cannot be read or written."""

    exit_code = 6


class Incomplete(UCBError):
    """Rows are missing; what is there is kept."""

    exit_code = 7


class CheckFailed(UCBError):
    """`ucb check`, `selftest` or `replay` found a verdict that is wrong."""

    exit_code = 8


class Regression(UCBError):
    """`ucb gate`: the candidate is worse than it may be."""

    exit_code = 9


class NotComparable(UCBError):
    """Two runs were made so differently that no difference between them means anything."""

    exit_code = 10


class BudgetReached(UCBError):
    """`--max-cost` or `--max-tokens-total` is reached; what is done is kept."""

    exit_code = 11


class NotReady(UCBError):
    """`ucb doctor`: this machine lacks what is needed; its findings say what to do."""

    exit_code = 12


INTERRUPTED, TERMINATED = 130, 143


def exit_codes() -> Mapping[int, str]:
    """Return what each exit code of `ucb` means, in one sentence."""
    found = {0: "Done.", UCBError.exit_code: "A fault of UCB's own; please report it."}
    found |= {kind.exit_code: _sentence(kind) for kind in UCBError.__subclasses__()}
    again = "The same command does the rest."
    return dict(
        sorted(
            {**found, INTERRUPTED: f"Interrupted. {again}", TERMINATED: f"Stopped. {again}"}.items()
        )
    )


def _sentence(kind: type) -> str:
    return " ".join((kind.__doc__ or "").split())
