"""What tests are worth: the lines they run, and the faults they notice. Runs inside a room.

Everything here shares processes with the tests, which could forge it. So it decides nothing, but
for one thing: whether a function was run at all.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import time
import tokenize
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from math import ceil
from pathlib import Path
from types import CodeType
from typing import IO, Any, NamedTuple, NoReturn

import pytest

from ucb.project import testing

_SLOWER, _LEAST = 4.0, 2.0
"""Times the CPU seconds of the tests on the original, and seconds, that a mutant may take."""
_WALL = 4.0
"""Times its CPU seconds that a mutant may take on the wall, and seconds more."""
_LOOK = 0.005


class Covering:
    """
    A pytest plugin: coverage.py over one file, while tests run.

    What import and collection run does not count: nobody has tested it.
    """

    def __init__(self, file: str) -> None:
        import coverage  # noqa: PLC0415 (only steps that measure pay for it)

        self._path = str(Path(testing.PROJECT, file))
        self._measure = coverage.Coverage(
            data_file=None, config_file=False, branch=True, include=[self._path], messages=False
        )
        for option in ("report:exclude_lines", "report:partial_branches"):
            # A remark in the source says what its author did not want to test.
            self._measure.set_option(option, [])
        self._measure.set_option("run:disable_warnings", ["no-data-collected"])
        self._error: type[Exception] = coverage.CoverageException

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        """Watch one test, its fixtures included."""
        self._measure.start()
        yield
        self._measure.stop()

    def reached(self, first: int, last: int) -> bool:
        """Return whether a line between these, both included, was run."""
        lines = self._measure.get_data().lines(self._path) or ()
        return any(first <= line <= last for line in lines)

    def figures(self, first: int, last: int) -> dict[str, list[Any]]:
        """Return the lines and branches from `first` to `last` that were run, and that were not."""
        with tempfile.TemporaryDirectory() as scratch:
            place = Path(scratch, "coverage.json")
            try:
                self._measure.json_report(outfile=str(place))
                (told,) = json.loads(place.read_text(encoding="utf-8"))["files"].values()
            except (self._error, ValueError) as error:
                print(f"ucb: no coverage: {error}", file=sys.stderr)
                return {}
        found = {}
        for kind in ("executed", "missing"):
            found[f"{kind}_lines"] = [n for n in told[f"{kind}_lines"] if first <= n <= last]
            branches = [pair for pair in told[f"{kind}_branches"] if first <= pair[0] <= last]
            found[f"{kind}_branches"] = branches
        return found


class _End(NamedTuple):
    passed: frozenset[str]
    cpu: float


def notice(plan: dict[str, Any], group: Sequence[str], place: Path) -> None:
    """
    Run the tests of `group` against every mutant, and write to `place` which they notice.

    Every mutant has a process of its own, forked from this one, in which the file's code is the
    mutant's; the source on disk stays as it is. A mutant is noticed if a test that passes on the
    original, run the same way, does not: it fails, takes too long, or is cut off. Mutants that
    the time does not reach are not noticed.

    Args:
        plan: `file`; `span`, the lines that each of `texts` takes the place of; `cpu`, seconds.
        group: Tests or files of tests.
        place: Where a JSON list of true and false goes.

    """
    path = Path(testing.PROJECT, plan["file"])
    with tokenize.open(path) as stream:
        lines = stream.read().split("\n")
    first, last = plan["span"]
    original = _try(group, path, "\n".join(lines), plan["cpu"])
    passing = sorted(original.passed)
    limit = max(_LEAST, _SLOWER * original.cpu)
    left = plan["cpu"] - original.cpu
    noticed = [False] * len(plan["texts"])
    place.write_text(json.dumps(noticed), encoding="utf-8")
    for number, text in enumerate(plan["texts"]):
        if not passing or left < limit:
            return
        mutant = "\n".join([*lines[: first - 1], text.rstrip("\n"), *lines[last:]])
        end = _try(passing, path, mutant, limit, "--exitfirst")
        left -= end.cpu
        noticed[number] = not original.passed <= end.passed
        place.write_text(json.dumps(noticed), encoding="utf-8")


def _try(group: Sequence[str], path: Path, text: str, limit: float, *options: str) -> _End:
    """Run the tests with `text` as the code of a file; return those that passed."""
    with tempfile.TemporaryFile() as told:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if not pid:
            _serve(path, text)
            _child(group, limit, (*testing.SILENT, *testing.ANSWER, *options), told)
        cpu = _wait(pid, _WALL * (limit + 1))
        told.seek(0)
        passed = told.read().decode("utf-8", "replace")
    return _End(frozenset(passed.split("\0")[1:]), cpu)


def _child(group: Sequence[str], limit: float, options: Sequence[str], told: IO[bytes]) -> NoReturn:
    """Run tests out of sight, within `limit` CPU seconds, and write the names of those passed."""
    try:
        os.setpgid(0, 0)
        seconds = ceil(limit)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for fd in (1, 2):
            os.dup2(nowhere, fd)
        files = sorted({testing.file_of(name) for name in group})
        found = testing.run(files, frozenset(group), options=options)
        passed = [name for name, outcome in found.outcomes.items() if outcome == "passed"]
        told.write("".join(f"\0{name}" for name in passed).encode("utf-8", "replace"))
        told.flush()
    finally:
        os._exit(0)


def _serve(path: Path, text: str) -> None:
    """From now on, import `text` in the place of the source at `path`."""
    of_disk = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        if Path(self.path) == path:
            return compile(text, self.path, "exec", dont_inherit=True)
        return of_disk(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]


def _wait(pid: int, wall: float) -> float:
    """Wait for a child, at most `wall` seconds; end its group; return its CPU seconds."""
    deadline = time.monotonic() + wall
    while time.monotonic() < deadline:
        done, _, usage = os.wait4(pid, os.WNOHANG)
        if done:
            break
        time.sleep(_LOOK)
    else:
        os.kill(pid, signal.SIGKILL)
        _, _, usage = os.wait4(pid, 0)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return usage.ru_utime + usage.ru_stime
