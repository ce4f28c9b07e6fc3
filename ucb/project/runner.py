"""Runs a project's tests inside a room: `main.py` of the programs that `ucb.project.suite` makes.

    main.py import            the project's modules can be imported
    main.py pass GROUP        the group's tests were all run, and all passed
    main.py all               no test fails that passes in the release, and none is missing
    main.py fail GROUP        one of them failed as a test does, and none of them otherwise
    main.py report [GROUP]    report.json: what came of every test, or of the group's

Success is exit status 0 and the nonce on descriptor 3. `suite.json` says where the
project is and which tests are in a group. Only the standard library and pytest are
imported, so that a project's own packages decide what it sees.
"""

from __future__ import annotations

import builtins
import importlib
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

PROOF = "{{UCB_NONCE}}"
REACHED = "_ucb_reached"
"""The builtin that numbered places call, in sources that are to be watched."""
PROJECT = "/tmp/project"  # noqa: S108 (the room's own)
_OPTIONS = (
    # A project's own options may name plugins that are not here, or turn warnings into errors
    # that a newer interpreter gives.
    "-o", "addopts=", "-o", "filterwarnings=", "-o", "xfail_strict=false", "-p", "no:cacheprovider",
    "-p", "no:faulthandler", "-q", "--no-header",
    # One file that cannot be collected says nothing of the tests in another.
    "--continue-on-collection-errors", "--tb=short", "--disable-warnings",
)  # fmt: skip
_SHOWN = 20
_MISSING = re.compile(r"No module named '(\w+)")


class Outcomes:
    """A pytest plugin: runs the wanted tests only, and remembers what came of each."""

    def __init__(self, wanted: frozenset[str] | None) -> None:
        self._wanted = wanted
        self.outcomes: dict[str, str] = {}
        """`passed`, `skipped`, `failed` or `error` (outside the test's own function)."""
        self.raised: dict[str, str] = {}
        """The type of the exception that ended a test."""
        self.hits: dict[str, list[int]] = {}
        """Which of the numbered places each test has reached."""
        self.broken: list[str] = []
        """What could not be collected."""
        self.missing: set[str] = set()
        """Modules for want of which it could not."""
        self._reached: set[int] = set()
        setattr(builtins, REACHED, self._reached.add)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[Any]) -> None:
        """Keep the wanted tests."""
        if self._wanted is not None:
            others = [item for item in items if item.nodeid not in self._wanted]
            items[:] = [item for item in items if item.nodeid in self._wanted]
            config.hook.pytest_deselected(items=others)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be collected."""
        if report.failed:
            self.broken.append(report.nodeid)
            self.missing.update(_MISSING.findall(str(report.longrepr)))

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
        if report.failed:
            self.outcomes[name] = "failed" if report.when == "call" else "error"
            if call.excinfo is not None:
                self.raised[name] = call.excinfo.typename
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
            "broken": self.broken,
            "missing": sorted(self.missing),
        }


def _say(word: str, lines: Sequence[str]) -> None:
    for line in lines[:_SHOWN]:
        print(f"ucb: {word}: {line}", file=sys.stderr)
    if len(lines) > _SHOWN:
        print(f"ucb: {word}: and {len(lines) - _SHOWN} more", file=sys.stderr)


def _enter(suite: dict[str, Any]) -> None:
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


def _run(files: Sequence[str], wanted: frozenset[str] | None) -> Outcomes:
    found = Outcomes(wanted)
    pytest.main([*_OPTIONS, f"--rootdir={PROJECT}", *files], plugins=[found])
    return found


def _passed(group: Sequence[str], found: Outcomes) -> bool:
    wrong = [
        f"{name} ({found.raised.get(name) or found.outcomes.get(name, 'not found')})"
        for name in group
        if found.outcomes.get(name) != "passed"
    ]
    _say("failed", wrong if group else ["any test (not found)"])
    return bool(group) and not wrong


def _unharmed(suite: dict[str, Any], found: Outcomes) -> bool:
    """No test fails but those that always or sometimes do, and as many pass as should."""
    others = set(suite["others"])
    wrong = [
        f"{name} ({found.raised.get(name) or outcome})"
        for name, outcome in found.outcomes.items()
        if outcome in {"failed", "error"} and name not in others
    ]
    passed = sum(
        outcome == "passed" and name not in others for name, outcome in found.outcomes.items()
    )
    if passed < suite["passing"] and not wrong:
        wrong = [f"{suite['passing'] - passed} of {suite['passing']} tests (not found)"]
    _say("failed", wrong)
    return not wrong and passed > 0


def _triggered(group: Sequence[str], found: Outcomes, expected: Sequence[str]) -> bool:
    """A test has failed by an assertion or an expected exception, and nothing is broken."""
    odd = [name for name in group if found.outcomes.get(name) not in {"passed", "failed"}]
    _say("broken", [*found.broken, *odd])
    failed = [name for name in group if found.outcomes.get(name) == "failed"]
    good = [
        name for name in failed if found.raised.get(name) in {"AssertionError", "Failed", *expected}
    ]
    _say(
        "failed otherwise",
        [f"{name} ({found.raised.get(name)})" for name in set(failed) - set(good)],
    )
    if not failed:
        _say("not triggered", group)
    return bool(good) and len(good) == len(failed) and not odd and not found.broken


def main() -> int:
    """Do what the arguments say; return the exit status."""
    suite = json.loads(Path("suite.json").read_text(encoding="utf-8"))
    work = Path.cwd()
    action, names = sys.argv[1], sys.argv[2:]
    _enter(suite)
    if action == "import":
        for module in suite["modules"]:
            importlib.import_module(module)
        return 0
    group = suite["groups"][names[0]] if names else None
    files = suite["tests"] if group is None else sorted({name.split("::")[0] for name in group})
    found = _run(files, None if group is None else frozenset(group))
    if action == "report":
        (work / "report.json").write_text(json.dumps(found.message()), encoding="utf-8")
        return 0
    if action == "all":
        return int(not _unharmed(suite, found))
    if action == "pass":
        return int(not _passed(group or (), found))
    return int(not _triggered(group or (), found, suite.get("expected", ())))


if __name__ == "__main__":
    _status = main()
    sys.stdout.flush()
    if not _status and "UCB_PROOF" in os.environ:
        os.write(3, PROOF.encode())
    # A project may have left threads that never end.
    os._exit(_status)
