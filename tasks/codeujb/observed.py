"""What came of the commands of a program in the mode `ucb`, and the rules that it judges by."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ucb.defects4j.suite import OBSERVED
from ucb.judge import shown
from ucb.types import Execution, Key, Reason, Stage, Verdict

from . import coverage

_NONE_FAIL = "Failing tests: 0"
_SOME_FAIL = re.compile(r"Failing tests: [1-9]\d*$")


@dataclass(frozen=True, slots=True)
class Command:
    """One `defects4j` command."""

    ran: bool = False
    status: int | None = None
    """Its exit status; None if it ran out of time."""
    last: tuple[str, ...] = ()
    """The last two lines of its stdout, or as many as there are."""
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def timed_out(self) -> bool:
        """Whether it was stopped."""
        return self.ran and self.status is None

    @property
    def broke(self) -> bool:
        """Whether its status was not 0: the harness takes that for a compile error."""
        return self.ran and self.status not in (0, None)

    @property
    def passed(self) -> bool:
        """Whether it ended by itself, and the last line says that no test failed."""
        return self.status == 0 and bool(self.last) and self.last[-1] == _NONE_FAIL

    @property
    def failed(self) -> bool:
        """Whether it ended by itself, and says that a test failed: the rule of `strict`."""
        return self.status == 0 and any(_SOME_FAIL.match(line) for line in self.last)

    @property
    def covered(self) -> dict[str, float]:
        """The coverage that it printed, from 0 to 1; nothing where it did not end by itself."""
        if self.status != 0:
            return {}
        found = {name: self.told.get(name) for name in (coverage.LINES, coverage.CONDITIONS)}
        return {name: float(value or 0.0) for name, value in found.items()}

    @property
    def lines(self) -> dict[str, str]:
        """The lines that it ran and did not; nothing where it did not end by itself."""
        return coverage.lines(self.told) if self.status == 0 else {}


def commands(execution: Execution, count: int) -> list[Command]:
    """Return what came of `count` commands; one of which nothing is known ran out of time."""
    try:
        told = json.loads(execution.files.get(OBSERVED, "[]"))
    except (ValueError, RecursionError):
        told = []
    entries = told[:count] if isinstance(told, list) else []
    found = [_command(each) for each in entries]
    return found + [Command(ran=True)] * (count - len(found))


def verdict(
    key: Key,
    execution: Execution,
    stage: Stage,
    reason: Reason,
    detail: str = "",
    measures: Mapping[str, float] | None = None,
    lines: Mapping[str, str] | None = None,
) -> Verdict:
    """Return a verdict of the mode `ucb`: by exit status and stdout alone."""
    return Verdict(
        key,
        stage,
        reason,
        detail=detail,
        judge="status",
        cpu=round(sum(each.cpu for each in execution.steps), 4),
        output=shown(execution.steps[-1]) if execution.steps else "",
        measures=measures or {},
        lines=lines or {},
    )


def _command(entry: Any) -> Command:
    if not isinstance(entry, dict):
        return Command()
    status, last = entry.get("exit"), entry.get("last")
    lines = [str(line).rstrip("\r\n") for line in last] if isinstance(last, list) else []
    return Command(True, status if isinstance(status, int) else None, tuple(lines), entry)
