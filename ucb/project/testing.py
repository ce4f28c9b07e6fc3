"""One run of pytest in a project, and what came of every test. Runs inside a room.

Only the standard library, pytest and the project's own hypothesis are imported, so that its
packages decide what it sees. Beside `runner`, this file stands in the folder of every program of
`ucb.project.suite`.
"""

from __future__ import annotations

import builtins
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PROJECT = "/tmp/project"  # noqa: S108 (the room's own)
REACHED = "_ucb_reached"
"""The builtin that numbered places call, in sources that are to be watched."""
_SCRATCH = ("/tmp", "/dev/shm")  # noqa: S108 (the room's own)
_OPTIONS = (
    # A project's own options may name plugins that are not here, or turn warnings into errors
    # that a newer interpreter gives.
    "-o", "addopts=", "-o", "filterwarnings=", "-o", "xfail_strict=false", "-p", "no:cacheprovider",
    "-p", "no:faulthandler", "-q", "--no-header",
    # One file that cannot be collected says nothing of the tests in another.
    "--continue-on-collection-errors", "--disable-warnings",
)  # fmt: skip
SILENT = ("--tb=no",)
"""Options for runs in which many tests may fail and nobody reads why: tracebacks cost more."""
ANSWER = ("-o", "python_functions=test", "-o", "python_classes=Test *Test *Tests")
"""Options for tests that are not the project's, whose own may be called only otherwise."""
_MISSING = re.compile(r"No module named '(\w+)")


class Outcomes:
    """A pytest plugin: runs the wanted tests only, and remembers what came of each."""

    def __init__(
        self, wanted: frozenset[str] | None, decides: Callable[[str], bool] | None = None
    ) -> None:
        self._wanted = wanted
        self._decides = decides
        self.stopped = False
        """A test has failed that decides, so that the tests behind it were not run."""
        self.collected: list[str] = []
        """The tests that were to be run."""
        self.outcomes: dict[str, str] = {}
        """`passed`, `skipped`, `failed` or `error` (outside the test's own function)."""
        self.excused: set[str] = set()
        """Tests that are marked to fail, whatever came of them."""
        self.raised: dict[str, str] = {}
        """The type of the exception that ended a test."""
        self.hits: dict[str, list[int]] = {}
        """Which of the numbered places each test has reached."""
        self.broken: dict[str, str] = {}
        """What could not be collected, and the last line of why."""
        self.missing: set[str] = set()
        """Modules for want of which it could not."""
        self._reached: set[int] = set()
        setattr(builtins, REACHED, self._reached.add)

    def pytest_configure(self) -> None:
        """Have hypothesis draw the same examples every time, however long they take."""
        if find_spec("hypothesis") is not None:
            from hypothesis import HealthCheck, settings  # noqa: PLC0415 (the project's own, if any)

            settings.register_profile(
                "ucb",
                # What the project's own profile says besides.
                parent=settings(),
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=[*settings().suppress_health_check, HealthCheck.too_slow],
            )
            settings.load_profile("ucb")

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[Any]) -> None:
        """Keep the wanted tests: those named, and those of a file that is named."""
        wanted = self._wanted
        if wanted is not None:
            others = [item for item in items if not wanted & {item.nodeid, file_of(item.nodeid)}]
            gone = {item.nodeid for item in others}
            items[:] = [item for item in items if item.nodeid not in gone]
            config.hook.pytest_deselected(items=others)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what is to be run."""
        self.collected = [item.nodeid for item in session.items]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be collected."""
        if report.failed:
            told = str(report.longrepr)
            self.broken[report.nodeid] = told.strip().rpartition("\n")[2].removeprefix("E ").strip()
            self.missing.update(_MISSING.findall(told))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note which places a test reaches."""
        self._reached.clear()
        yield
        if self._reached:
            self.hits[item.nodeid] = sorted(self._reached)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Note what came of a test."""
        result = yield
        report = result.get_result()
        name = item.nodeid
        if hasattr(report, "wasxfail"):
            self.excused.add(name)
        if report.failed:
            self.outcomes[name] = "failed" if report.when == "call" else "error"
            if call.excinfo is not None:
                self.raised[name] = call.excinfo.typename
            if self._decides is not None and self._decides(name):
                self.stopped = True
                item.session.shouldfail = "decided"
        elif report.skipped:
            self.outcomes.setdefault(name, "skipped")
        elif report.when == "call":
            self.outcomes.setdefault(name, "passed")

    def message(self) -> dict[str, Any]:
        """All of it, for the host."""
        return {
            "outcomes": self.outcomes,
            "raised": self.raised,
            "hits": self.hits,
            "broken": list(self.broken),
            "missing": sorted(self.missing),
        }


def file_of(name: str) -> str:
    """Return the file of a test's name; of a file's name, itself."""
    return name.partition("::")[0]


def enter(suite: dict[str, Any]) -> None:
    """Be in the project, with what it needs and nothing of this folder."""
    os.chdir(PROJECT)
    own = [str(Path(PROJECT, root)) for root in suite["roots"]]
    if suite["environment"]:
        own.append(f"/projects/env/{suite['environment']}/site")
    # What the interpreter has installed besides is different on every machine.
    shared = [
        path for path in sys.path[1:] if not path.endswith(("site-packages", "dist-packages"))
    ]
    sys.path[:] = [*own, *shared]
    before = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join([*own, *filter(None, before)])
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def forget(kept: Sequence[str]) -> None:
    """
    Remove what an earlier step of the program has left: tests must not know of each other.

    `kept` are the entries of the program's own folder, the working directory, that stay.
    """
    work = Path.cwd()
    places = [each for folder in _SCRATCH for each in Path(folder).iterdir()]
    places = [each for each in places if each not in {work, Path(PROJECT)}]
    for place in [*places, *(each for each in work.iterdir() if each.name not in kept)]:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place, ignore_errors=True)
        else:
            # What another user has put there is no test's doing.
            with suppress(OSError):
                place.unlink()


def run(
    files: Sequence[str],
    wanted: frozenset[str] | None,
    *,
    plugins: Sequence[object] = (),
    options: Sequence[str] = ("--tb=short",),
    decides: Callable[[str], bool] | None = None,
) -> Outcomes:
    """Run the tests in these files, or the wanted ones of them, until one fails that decides."""
    found = Outcomes(wanted, decides)
    whole = ANSWER if wanted and not any("::" in name for name in wanted) else ()
    argv = [*_OPTIONS, *whole, *options, f"--rootdir={PROJECT}", *files]
    pytest.main(argv, plugins=[found, *plugins])
    return found
