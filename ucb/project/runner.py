"""Runs a project's tests inside a room: `main.py` of the programs that `ucb.project.suite` makes.

    main.py import            the project's modules can be imported
    main.py collect GROUP     the group's files are Python, and hold a test
    main.py pass GROUP        the group's tests were all run, and all passed
    main.py cover GROUP       the same, and one of them ran the function; coverage.json
    main.py all               no test fails that passes in the release, and none is missing
    main.py fail GROUP        one of them failed as a test does, and none of them otherwise
    main.py report [GROUP]    report.json: what came of every test, or of the group's
    main.py notice GROUP      mutants.json: which faults in the function the group's tests notice

Success is exit status 0 and the nonce on descriptor 3. `suite.json` says where the project is and
what is in a group: names of tests, or of files that every test counts of.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ucb.project import measuring, testing
from ucb.project.testing import Outcomes, file_of

PROOF = "{{UCB_NONCE}}"
_SHOWN = 20
_KEPT = ("main.py", "suite.json", "ucb", "coverage.json")


def _say(word: str, lines: Sequence[str]) -> None:
    for line in lines[:_SHOWN]:
        print(f"ucb: {word}: {line}", file=sys.stderr)
    if len(lines) > _SHOWN:
        print(f"ucb: {word}: and {len(lines) - _SHOWN} more", file=sys.stderr)


def _tests(group: Sequence[str], found: Outcomes) -> list[str]:
    """The tests of a group: those named, and all of a file that is named."""
    files = {name for name in group if "::" not in name}
    named = [name for name in group if "::" in name]
    return [*named, *(name for name in found.collected if file_of(name) in files)]


def _collected(group: Sequence[str], found: Outcomes) -> bool:
    broken = [f"{name}: {reason}" for name, reason in found.broken.items()]
    _say("broken", broken)
    tests = _tests(group, found)
    if not broken and not tests:
        _say("failed", ["any test (not found)"])
    return bool(tests) and not broken


def _passed(group: Sequence[str], found: Outcomes) -> bool:
    tests = _tests(group, found)
    wrong = [
        f"{name} ({found.raised.get(name) or found.outcomes.get(name, 'not found')})"
        for name in tests
        if found.outcomes.get(name) != "passed" and (name in found.outcomes or not found.stopped)
    ]
    # In a release a test that is marked to fail and passes is the project's own affair.
    files = set(group)
    wrong += [f"{name} (marked to fail)" for name in found.excused if file_of(name) in files]
    _say("failed", wrong if tests else ["any test (not found)"])
    return bool(tests) and not wrong


def _covered(suite: dict[str, Any], group: Sequence[str], place: Path) -> bool:
    """Passed, and while a test ran so did a line of the function's body."""
    target = suite["target"]
    covering = measuring.Covering(target["file"])
    found = _run(group, plugins=[covering])
    if not _passed(group, found):
        return False
    if not covering.reached(*target["body"]):
        _say("failed", [f"{target['name']} (no test runs it)"])
        return False
    figures = covering.figures(*target["body"])
    place.write_text(json.dumps(figures), encoding="utf-8")
    return True


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
    tests = _tests(group, found)
    odd = [name for name in tests if found.outcomes.get(name) not in {"passed", "failed"}]
    _say("broken", [*found.broken, *odd])
    failed = [name for name in tests if found.outcomes.get(name) == "failed"]
    good = [
        name for name in failed if found.raised.get(name) in {"AssertionError", "Failed", *expected}
    ]
    _say(
        "failed otherwise",
        [f"{name} ({found.raised.get(name)})" for name in set(failed) - set(good)],
    )
    if not failed:
        _say("not triggered", tests)
    return bool(good) and len(good) == len(failed) and not odd and not found.broken


def _run(group: Sequence[str], **more: Any) -> Outcomes:
    return testing.run(sorted({file_of(name) for name in group}), frozenset(group), **more)


def _done(action: str, suite: dict[str, Any], group: Sequence[str], work: Path) -> bool:
    """Do what is asked of a group, and say whether it is as it should be."""
    if action == "collect":
        for name in group:
            # A syntax error is told as the interpreter tells it.
            compile(Path(name).read_bytes(), name, "exec", dont_inherit=True)
        return _collected(group, _run(group, options=["--collect-only"]))
    if action == "cover":
        return _covered(suite, group, work / "coverage.json")
    if action == "notice":
        measuring.notice(suite["mutants"], group, work / "mutants.json")
        return True
    if action == "pass":
        return _passed(group, _run(group, decides=lambda _: True))
    return _triggered(group, _run(group), suite["expected"])


def main() -> int:
    """Do what the arguments say; return the exit status."""
    suite = json.loads(Path("suite.json").read_text(encoding="utf-8"))
    work = Path.cwd()
    action, names = sys.argv[1], sys.argv[2:]
    testing.forget(_KEPT)
    testing.enter(suite)
    if action == "import":
        for module in suite["modules"]:
            importlib.import_module(module)
        return 0
    if action == "all":
        others = frozenset(suite["others"])
        found = testing.run(suite["tests"], None, decides=lambda name: name not in others)
        return int(not _unharmed(suite, found))
    group = suite["groups"][names[0]] if names else None
    if action == "report":
        files = suite["tests"] if group is None else sorted({file_of(name) for name in group})
        wanted = None if group is None else frozenset(group)
        found = testing.run(files, wanted, options=testing.SILENT)
        (work / "report.json").write_text(json.dumps(found.message()), encoding="utf-8")
        return 0
    return int(not _done(action, suite, group or (), work))


if __name__ == "__main__":
    _status = main()
    sys.stdout.flush()
    if not _status and "UCB_PROOF" in os.environ:
        os.write(3, PROOF.encode())
    # A project may have left threads that never end.
    os._exit(_status)
