"""
Whether a sandbox can be trusted: programs that attack, fail or behave, and what they must get.

The cases are data, `sandboxes/<language>/hostile.toml`. Every case goes through
the same language, sandbox and judge as a model's answer; a probe in the same
room then looks for anything that was left.
"""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ucb.errors import DataError, SandboxError
from ucb.judge import judge
from ucb.languages import SANDBOXES, Language, language
from ucb.sandbox import Sandbox
from ucb.types import Execution, Key, Limits, Program, Reason, Tests

FORMS = ("split", "nonce")
_CANARY = "UCB_CANARY_TOKEN"
"""In the environment while the suite runs; no program may see it."""
_NEST, _SUM = 20_000, 500_000


@dataclass(frozen=True, slots=True)
class Case:
    """One program, judged in one form."""

    name: str
    kind: str
    """`must fail`, `must be labelled`, `must survive` or `must pass`."""
    form: str
    """`split`: tests in a process of their own. `nonce`: inside, and proved to reach their end."""
    reasons: tuple[Reason, ...]
    """The verdicts that are right."""
    programs: tuple[Program, ...]
    """What runs in the room, in this order: the case is the last but one, the probe the last."""
    collected: Mapping[str, str]
    """What must be brought back, and nothing else."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a case."""

    name: str
    kind: str
    form: str
    expected: str
    got: str
    ok: bool
    detail: str = ""


def cases(name: str = "python") -> list[Case]:
    """Read the cases of a language; raise `DataError` if it has none."""
    path = SANDBOXES / name / "hostile.toml"
    if not path.is_file():
        raise DataError(f"{path} is missing: {name} has no hostile suite.")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [
        _case(language(name), table, {**table, **entry}, form)
        for entry in table["case"]
        for form in entry.get("forms", FORMS)
    ]


def selftest(sandbox: Sandbox, chosen: Iterable[Case] | None = None) -> Iterator[Row]:
    """
    Yield a row per case (by default all of Python's) as each is done, and one for the host.

    Give it a sandbox of one room that does not deduplicate: only then does the
    probe look at what the case left.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ucb-canary-"))
        canary = Path(folder) / "canary"
        canary.write_text("alive", encoding="utf-8")
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        server.setblocking(False)
        os.environ[_CANARY] = "canary"
        stack.callback(os.environ.pop, _CANARY, None)
        words = {"{CANARY}": str(canary), "{PORT}": str(server.getsockname()[1])}
        for case in cases() if chosen is None else chosen:
            yield _run(sandbox, case, words)
        yield _host(canary, server)


def _case(tongue: Language, table: Mapping[str, Any], entry: Mapping[str, Any], form: str) -> Case:
    reasons = entry.get(f"reason_{form}", entry.get("reason"))
    names = [reasons] if isinstance(reasons, str) else reasons
    limits = Limits(**entry["limits"])
    program = _program(tongue, entry["code"], entry, form, limits)
    probe = _program(tongue, table["probe"]["code"], table["probe"], "split", Limits(wall=60))
    before = (
        [_program(tongue, entry["before"], entry, "split", limits)] if "before" in entry else []
    )
    return Case(
        entry["name"],
        entry["kind"],
        form,
        tuple(Reason(name) for name in names),
        (*before, replace(program, collect=tuple(entry.get("collect", ()))), probe),
        entry.get("collected", {}),
    )


def _program(
    tongue: Language, code: str, entry: Mapping[str, Any], form: str, limits: Limits
) -> Program:
    code = code.replace("{NEST}", "(" * _NEST + "0" + ")" * _NEST)
    code = code.replace("{SUM}", "+1" * _SUM).replace("{SURROGATE}", "\ud800")
    if form == "split":
        tests = Tests(entry["tests"], tuple(entry["calls"]))
        return tongue.program(code, tests=tests, limits=limits)
    return tongue.program(f"{code}\n{entry['tests']}", limits=limits)


def _run(sandbox: Sandbox, case: Case, words: Mapping[str, str]) -> Row:
    expected = " or ".join(case.reasons)
    programs = [_filled(program, words) for program in case.programs]
    keyed = [(Key(case.name, index), program) for index, program in enumerate(programs)]
    try:
        done = dict(sandbox.run(keyed))
    except SandboxError as error:
        return Row(
            case.name, case.kind, case.form, expected, "not run", ok=False, detail=str(error)
        )
    verdicts = [judge(program, key, done[key]) for key, program in keyed]
    hostile, probe = verdicts[-2], verdicts[-1]
    detail = f"{hostile.detail}\n{hostile.output}".strip()
    ok = hostile.reason in case.reasons
    if not probe.passed:
        ok, detail = False, f"it left something behind: {probe.detail} {probe.output}"
    if not _collected(case, done[keyed[-2][0]]):
        ok, detail = False, f"collected {sorted(done[keyed[-2][0]].files)}"
    return Row(case.name, case.kind, case.form, expected, str(hostile.reason), ok, detail)


def _collected(case: Case, execution: Execution) -> bool:
    return dict(execution.files) == dict(case.collected)


def _filled(program: Program, words: Mapping[str, str]) -> Program:
    files = dict(program.files)
    for word, value in words.items():
        files = {name: text.replace(word, value) for name, text in files.items()}
    return replace(program, files=files)


def _host(canary: Path, server: socket.socket) -> Row:
    """Whether anything reached the host."""
    reached = []
    if canary.read_text(encoding="utf-8") != "alive":
        reached.append("the canary file was changed")
    with contextlib.suppress(BlockingIOError):
        server.accept()[0].close()
        reached.append("a program connected to the host")
    got = "; ".join(reached) or "untouched"
    return Row("the host", "must survive", "", "untouched", got, ok=not reached)
