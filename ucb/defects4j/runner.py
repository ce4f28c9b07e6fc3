"""Carries out `defects4j` in a room: `main.py` of the programs that `ucb.defects4j.suite` makes.

    main.py compile                     sources and tests compile
    main.py pass TEST...                each of these tests ran, and none failed
    main.py all                         tests ran, and none failed
    main.py fail TEST                   the test ran, and failed by itself
    main.py cover TEST CLASS...         it passed, and ran a line of the classes; coverage.json
    main.py observe ORDER               what came of a command; observed.json
    main.py report                      which relevant tests ran and which failed; report.json

`--rebuild` before the action has every source compiled again, `--seconds` bounds each command.
Success is exit status 0 and the nonce on descriptor 3. What decides is the status of the command
and the files that its listener of tests writes, never the text that a test prints. While tests
run, neither this file nor this process can be read by them, and nothing of theirs outlives the
command.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as Xml

PROOF = "{{UCB_NONCE}}"
PLACE = Path("/tmp/project")  # noqa: S108 (the room's own)
_PR_SET_DUMPABLE = 4
_KEPT, _SHOWN = 1 << 16, 20
_LARGEST = 64 << 20
_REBUILT = ".ucb-rebuilt"
_LISTENERS = ("failing_tests", "all_tests", "failing-tests.txt")
"""What the listener of tests writes: in the tests' virtual machine, and, where that has ended too
soon, by default names in Ant's, which then makes a test of it that has failed."""
_COUNT = re.compile(r"Failing tests: (\d+)")
_FIGURE = re.compile(r"\s*(Lines|Conditions|Line|Condition) (total|covered|coverage): ([\d.]+)%?")
_FAILED = re.compile(r"--- ([^:\s]+)(?:::(\S+))?")
_STARTED = re.compile(r"(.+?)(?:\[.*\])?\((.+)\)\s*")
_BROKEN = frozenset({
    "ClassNotFoundException", "NoClassDefFoundError", "NoSuchMethodError", "NoSuchFieldError",
    "IncompatibleClassChangeError", "UnsupportedClassVersionError", "ClassFormatError",
    "VerifyError",
})  # fmt: skip
"""What is thrown where classes do not fit together: no failure of a test."""


class Failed(Exception):
    """What was to be shown does not hold; the text says why, for stderr."""


class Done(NamedTuple):
    """A command that has ended."""

    status: int | None
    """None after its seconds were over."""
    lines: list[str]
    """The last ones of its stdout, without blank ones."""


class Tested(NamedTuple):
    """What the listener of tests has written."""

    ran: list[str]
    """Names of methods that were started."""
    failed: dict[str, str]
    """The type of the exception of each test, or whole class, that failed."""
    cut: bool
    """Whether a virtual machine ended before its tests: Ant's own process says so."""


def main() -> int:
    """Do what the arguments say; return the exit status."""
    rebuild, seconds, action, words = _arguments(sys.argv[1:])
    # What a test runs can then neither read this process nor use its descriptors.
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if rebuild:
        _touch_sources()
    actions: dict[str, Callable[[], None]] = {
        "compile": lambda: _succeeded(_run(["compile", "-w", str(PLACE)], seconds)),
        "pass": lambda: _pass_each(words, seconds),
        "all": lambda: _pass(None, seconds),
        "fail": lambda: _fail(words[0], seconds),
        "cover": lambda: _cover(words[0], words[1:], seconds),
        "observe": lambda: _observe(json.loads(words[0])),
        "report": lambda: _report(seconds),
    }
    try:
        actions[action]()
    except Failed as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _arguments(words: list[str]) -> tuple[bool, float | None, str, list[str]]:
    rebuild, seconds = False, None
    while words[0].startswith("--"):
        option = words.pop(0)
        if option == "--rebuild":
            rebuild = True
        else:
            seconds = float(words.pop(0))
    return rebuild, seconds, words[0], words[1:]


def _touch_sources() -> None:
    """Make every source newer than its classes, once in a copy."""
    mark = PLACE / _REBUILT
    if not mark.exists():
        for path in PLACE.rglob("*.java"):
            path.touch()
        mark.touch()


# What is to be shown


def _pass_each(names: list[str], seconds: float | None) -> None:
    if not names:
        raise Failed("ucb: no tests: none was named")
    for name in names:
        _pass(name, seconds)


def _pass(name: str | None, seconds: float | None) -> None:
    """Run a test, or all of them; raise `Failed` unless tests ran and none failed."""
    done, found = _test(name, seconds)
    _succeeded(done, found)
    count = _counted(done)
    if found.failed or count:
        told = [f"{each} ({why})" for each, why in found.failed.items()] or [f"{count} tests"]
        raise Failed("\n".join(f"ucb: failed: {each}" for each in told[:_SHOWN]))
    _has_run(name, found)


def _fail(name: str, seconds: float | None) -> None:
    """Run a test; raise `Failed` unless it ran and failed by itself."""
    done, found = _test(name, seconds)
    _succeeded(done, found)
    if not _counted(done):
        _has_run(name, found)
        raise Failed(f"ucb: not triggered: {name} passes")
    why = found.failed.get(name)
    if why is None:
        other = next(iter(found.failed), "something else")
        raise Failed(f"ucb: not triggered: not {name} has failed, but {other}")
    if why.rpartition(".")[2] in _BROKEN:
        raise Failed(f"ucb: not triggered: {name} is broken ({why})")
    _has_run(name, found)


def _cover(name: str, classes: list[str], seconds: float | None) -> None:
    """Measure a test; raise `Failed` unless it passed and ran a line of the classes."""
    done, found = _coverage(name, classes, seconds)
    _succeeded(done, found)
    if found.failed:
        raise Failed(f"ucb: failed: {name} ({next(iter(found.failed.values()))})")
    _has_run(name, found)
    figures = _figures(done.lines)
    lines = _lines()
    if lines is None or "Line coverage" not in figures:
        raise Failed("ucb: `defects4j coverage` has left no coverage.xml or printed no result")
    line, condition = _share(figures, "Line"), _share(figures, "Condition")
    if not line:
        raise Failed(f"ucb: failed: {name} runs no line of {', '.join(classes)}")
    message = {"line_coverage": line, "condition_coverage": condition, "lines": lines}
    Path("coverage.json").write_text(json.dumps(message), encoding="utf-8")


def _observe(order: dict[str, Any]) -> None:
    """Run a command and append to `observed.json` what came of it."""
    path = Path("observed.json")
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    clean = all(
        each is not None and each["exit"] == 0 and each["last"][-1:] == ["Failing tests: 0"]
        for each in before
    )
    seen: dict[str, Any] | None = None
    if order["unless_failed"] and not clean:
        pass
    elif order["classes"] is None:
        done, _ = _test(order["test"], order["seconds"])
        seen = {"exit": done.status, "last": done.lines[-2:]}
    else:
        done, _ = _coverage(order["test"], order["classes"], order["seconds"])
        figures = _figures(done.lines[-2:])
        percents = [figures.get(f"{kind} coverage") for kind in ("Line", "Condition")]
        line, condition = [None if each is None else each / 100 for each in percents]
        seen = {
            "exit": done.status, "last": done.lines[-2:], "line_coverage": line,
            "condition_coverage": condition, "lines": _lines(),
        }  # fmt: skip
    # Whole and new: a test may have written there.
    path.unlink(missing_ok=True)
    path.write_text(json.dumps([*before, seen]), encoding="utf-8")


def _report(seconds: float | None) -> None:
    """Run the tests that matter for the bug, and write down what came of each."""
    done, found = _test(None, seconds, "-r")
    _succeeded(done, found)
    message = {"ran": found.ran, "failed": found.failed}
    Path("report.json").write_text(json.dumps(message), encoding="utf-8")


def _succeeded(done: Done, found: Tested | None = None) -> None:
    if done.status is None:
        raise Failed("ucb: timeout: the seconds of one command are over")
    if done.status:
        raise Failed(f"ucb: `defects4j` ended with status {done.status}")
    if found and found.cut:
        raise Failed("ucb: stopped early: the tests' virtual machine ended before they did")


def _counted(done: Done) -> int:
    """Return what the last count of failing tests says; only their names may follow it."""
    for place, line in reversed(list(enumerate(done.lines))):
        if found := _COUNT.fullmatch(line.strip()):
            rest = done.lines[place + 1 :]
            if all(each.startswith("  - ") for each in rest) and len(rest) == int(found[1]):
                return int(found[1])
            break
    raise Failed("ucb: stopped early: `defects4j test` has not said how many tests fail")


def _has_run(name: str | None, found: Tested) -> None:
    # A method that is inherited runs under the name of another class.
    methods = {each.partition("::")[2] for each in found.ran}
    if not methods or (name and name.partition("::")[2] not in methods):
        raise Failed(f"ucb: no tests: {name or 'any'} (not run)")


# Commands


def _test(name: str | None, seconds: float | None, *options: str) -> tuple[Done, Tested]:
    _forget(*_LISTENERS)
    which = options if name is None else ("-t", name)
    done = _run(["test", "-w", str(PLACE), *which], seconds)
    return done, _tested()


def _coverage(
    name: str | None, classes: Sequence[str], seconds: float | None
) -> tuple[Done, Tested]:
    _forget(*_LISTENERS, "coverage.xml", "summary.csv")
    which = [] if name is None else ["-t", name]
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "increment.txt")
        listed.write_text("".join(f"{each}\n" for each in classes), encoding="utf-8")
        done = _run(["coverage", "-w", str(PLACE), *which, "-i", str(listed)], seconds)
    return done, _tested()


def _run(words: list[str], seconds: float | None) -> Done:
    """Run `defects4j` to its end or to that of its seconds; leave no process of it."""
    until = None if seconds is None else time.monotonic() + seconds
    # What older virtual machines call the home of a user whom the system does not know; tests of
    # what a machine says of itself expect that it exists.
    (PLACE / "?").mkdir(exist_ok=True)
    with _hidden(), tempfile.TemporaryDirectory() as home:
        # A folder of its own: what one command's tests leave there, the next would obey.
        process = subprocess.Popen(
            ["defects4j", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**{k: v for k, v in os.environ.items() if k != "UCB_PROOF"}, "HOME": home},
        )
        try:
            kept, status = _drained(process, until)
        finally:
            _end_all()
            process.wait()
    text = kept.decode("utf-8", "replace")
    sys.stdout.write(text)
    return Done(status, [line.rstrip() for line in text.splitlines() if line.strip()])


def _drained(process: subprocess.Popen[bytes], until: float | None) -> tuple[bytes, int | None]:
    """Read stdout while the command runs, and return the end of it, and the status."""
    kept, status = bytearray(), None
    pipe = process.stdout
    if pipe is None:
        raise OSError("no pipe")
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if selector.select(0.1):
                part = os.read(pipe.fileno(), _KEPT)
                kept += part
                del kept[:-_KEPT]
                if not part:
                    break
            elif process.poll() is not None:
                # Something it has started holds the pipe open, and would for ever.
                _end_all()
            if until is not None and time.monotonic() > until:
                return bytes(kept), None
    left = None if until is None else max(0.0, until - time.monotonic())
    with suppress(subprocess.TimeoutExpired):
        status = process.wait(left)
    return bytes(kept), status


def _end_all() -> None:
    """End every other process of this user in the room, wherever it has got to."""
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


@contextmanager
def _hidden() -> Iterator[None]:
    """Take this file, which holds the nonce, away while others of this user can read it."""
    own = Path(__file__)
    text = own.read_bytes()
    own.unlink()
    try:
        yield
    finally:
        if own.is_dir() and not own.is_symlink():
            shutil.rmtree(own)
        own.unlink(missing_ok=True)
        own.write_bytes(text)


def _forget(*names: str) -> None:
    for name in names:
        (PLACE / name).unlink(missing_ok=True)


# What it has left


def _tested() -> Tested:
    ran = [
        f"{found[2]}::{found[1]}"
        for line in _read("all_tests").splitlines()
        if (found := _STARTED.fullmatch(line))
    ]
    failed: dict[str, str] = {}
    lines = _read("failing_tests").splitlines()
    for place, line in enumerate(lines):
        if found := _FAILED.match(line):
            name = "::".join(filter(None, found.groups()))
            after = lines[place + 1] if place + 1 < len(lines) else ""
            failed[name] = after.partition(":")[0].strip() or "failed"
    return Tested(ran, failed, bool(_read("failing-tests.txt").strip()))


def _read(name: str) -> str:
    path = PLACE / name
    if not path.is_file() or path.is_symlink():
        return ""
    with path.open("rb") as file:
        return file.read(_LARGEST).decode("utf-8", "replace")


def _figures(lines: list[str]) -> dict[str, float]:
    found = filter(None, map(_FIGURE.fullmatch, lines))
    return {f"{each[1]} {each[2]}": float(each[3]) for each in found}


def _share(figures: dict[str, float], kind: str) -> float | None:
    """Return a coverage from 0 to 1, exactly where there are counts; None of nothing."""
    total, covered = figures.get(f"{kind}s total"), figures.get(f"{kind}s covered")
    if total is None or covered is None:
        return figures.get(f"{kind} coverage", 0.0) / 100
    return covered / total if total else None


def _lines() -> list[list[Any]] | None:
    """Return class, file, number and whether it was run of every line; None without a report."""
    text = _read("coverage.xml")
    if not text or "<!ENTITY" in text:
        return None
    try:
        root = Xml.fromstring(text)  # noqa: S314 (without entities)
    except Xml.ParseError:
        return None
    return [
        [
            each.get("name", ""),
            each.get("filename", ""),
            int(line.get("number", "0")),
            int(line.get("hits", "0")) > 0,
        ]
        for each in root.iter("class")
        for line in each.iterfind("lines/line")
    ]


if __name__ == "__main__":
    _status = main()
    sys.stdout.flush()
    if not _status and "UCB_PROOF" in os.environ:
        os.write(3, PROOF.encode())
    sys.exit(_status)
