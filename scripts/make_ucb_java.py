"""Makes the set of UCB-Java of the projects beside its tasks, by running their tests.

    python -m scripts.make_ucb_java [PROJECT...]

writes `bugs.jsonl` and `functions.jsonl` of `tasks/ucb_java` and the tables of counts in
docs/benchmarks/ucb-java-counts.md, and says of everything that it leaves out why. What was run
before is kept in the cache, so that a change of one project does not run the others again.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ucb import plugins
from ucb.errors import DataError
from ucb.fetch import cache_dir
from ucb.judge import judge
from ucb.mine.work import spread
from ucb.project import splice
from ucb.project.java.suite import REPORT, Project, Suite, prepare
from ucb.sandbox import Sandbox
from ucb.sandbox.select import open_sandbox
from ucb.syntax.java import Method, Source, shifted, without_comments
from ucb.types import Ended, Execution, Key, Program
from ucb.work.kit import Kit

_HOME = Path(__file__).resolve().parent.parent
_SET = _HOME / "tasks" / "ucb_java"
_COUNTS = _HOME / "docs" / "benchmarks" / "ucb-java-counts.md"
_ROUNDS = 2
"""Runs of every edition, which must tell the same."""
_DOCUMENTED, _WRITTEN, _MOST_TRIGGERS = 20, 3, 60
"""Characters of Javadoc and lines of code that a method to be written must have, and how many
tests may fail without it."""
_WORDS = range(30, 121)
"""Words of a report."""
_BRANCHES = re.compile(r"\b(?:if|for|while|do|case)\b|&&|\|\||\?(?![\s]*(?:extends|super|>|,))")
Row = dict[str, Any]


class Refused(Exception):
    """Why something is not in the set: a filter's name, and what more there is to say."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why} ({detail})" if detail else why)
        self.why = why


@dataclass(frozen=True)
class Outcome:
    """What came of a project's tests in one edition, the same in every round."""

    failed: Mapping[str, str]
    """The types of exceptions by the tests that they ended."""
    tests: frozenset[str]
    cpu: float


@dataclass
class Made:
    """What one project gives."""

    name: str
    bugs: list[Row] = field(default_factory=list)
    functions: list[Row] = field(default_factory=list)
    tests: int = 0
    lines: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Candidate:
    """A method and another text for it."""

    id: str
    path: str
    source: Source
    method: Method
    text: str
    """The file with the other text in the method's place."""
    told: Row
    """What its row says besides."""
    most: int = sys.maxsize
    """Tests that may fail with it."""

    @property
    def changed(self) -> dict[str, str]:
        """What is changed of the project."""
        return {self.path: self.text}


class Runs:
    """Editions of projects, run so often as is wanted; what was run is kept."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._folder = cache_dir() / "ucb-java-runs"
        self._folder.mkdir(parents=True, exist_ok=True)

    def fill(self, programs: Iterable[Program]) -> None:
        """Run what was not run before."""
        missing = {each.digest(): each for each in programs if not self._path(each).is_file()}
        rounds = range(_ROUNDS)
        keys = [(Key(name, n), each) for name, each in missing.items() for n in rounds]
        found: dict[str, list[Row]] = {}
        for key, execution in self._sandbox.run(keys):
            told = found.setdefault(key.problem, [])
            told.append(_told(execution))
            if len(told) == _ROUNDS:
                path = self._path(missing[key.problem])
                path.write_text(json.dumps(told), encoding="utf-8")

    def outcome(self, program: Program) -> Outcome:
        """Return what came of all tests; raise `Refused` if nothing did, or not always the same."""
        self.fill([program])
        return _agreed(json.loads(self._path(program).read_text(encoding="utf-8")))

    def passes(self, programs: Sequence[Program]) -> list[bool]:
        """Return which of these pass; what was run before is not run again."""
        missing = {each.digest(): each for each in programs if not self._path(each).is_file()}
        keys = [(Key(name, 0), each) for name, each in missing.items()]
        for key, execution in self._sandbox.run(keys):
            program = missing[key.problem]
            passed = judge(program, key, execution).passed
            self._path(program).write_text(json.dumps(passed), encoding="utf-8")
        return [json.loads(self._path(each).read_text(encoding="utf-8")) for each in programs]

    def _path(self, program: Program) -> Path:
        return self._folder / f"{program.digest()}.json"


def _told(execution: Execution) -> Row:
    step = execution.steps[-1]
    lines = [line for line in step.stderr.splitlines() if line.strip()] or ["nothing was said"]
    report = execution.files.get(REPORT)
    return {
        "ended": step.ended,
        "error": next((line for line in lines if "error:" in line), lines[-1])[:200],
        "report": None if report is None or step.code else json.loads(report),
        "cpu": step.cpu,
    }


def _agreed(rounds: Sequence[Row]) -> Outcome:
    for each in rounds:
        if each["ended"] != Ended.EXITED:
            raise Refused("ran into a limit", each["ended"])
        if each["report"] is None or each["report"]["broken"]:
            raise Refused("does not compile", each["error"])
    told = [each["report"]["outcomes"] for each in rounds]
    if any(each != told[0] for each in told):
        raise Refused("not the same twice")
    report = rounds[0]["report"]
    failed = {name: report["raised"].get(name, "") for name in told[0] if told[0][name] != "passed"}
    cpu = max(each["cpu"] for each in rounds)
    return Outcome(failed, frozenset(told[0]), round(cpu, 2))


class Maker:
    """The rows of one project."""

    def __init__(self, root: Path, runs: Runs, most: int) -> None:
        # Tasks are plugins: their modules are there once they are loaded.
        plugins.tasks()
        self._rows = importlib.import_module("ucb_tasks.ucb_java.rows")
        self._answers = importlib.import_module("ucb_tasks.ucb_java.answers")
        self._kit: Kit = importlib.import_module("ucb_tasks.ucb_java.kit").KIT
        self._root, self._runs, self._most = root, runs, most
        self._tree = prepare(root, root.name)
        self._sources = {
            path: Source(text) for path, text in self._rows.sources(self._tree).items()
        }
        self._suite = Suite(Project(self._tree))
        self.made = Made(root.name)

    def make(self) -> Made:
        """Return the project's rows; raise `Refused` for a project without a sound suite."""
        whole = self._runs.outcome(self._suite.report({}))
        if whole.failed or not whole.tests:
            raise Refused("tests of the project fail", ", ".join(sorted(whole.failed)))
        made = self.made
        made.tests = len(whole.tests)
        made.lines = sum(_code_lines(source.text) for source in self._sources.values())
        documented = list(self._functions())
        chosen = spread(documented, self._most)
        made.dropped["functions: more than are wanted"] = len(documented) - len(chosen)
        found = {"bugs": list(self._bugs()), "functions": chosen}
        candidates = [each for some in found.values() for each in some]
        self._runs.fill(self._suite.report(each.changed) for each in candidates)
        for kind, kept in (("bugs", made.bugs), ("functions", made.functions)):
            rows = []
            for each in found[kind]:
                with self._telling(kind, each.id):
                    rows.append(self._row(each, whole))
            proved = self._runs.passes([self._reference(row) for row in rows])
            for row, passed in zip(rows, proved, strict=True):
                with self._telling(kind, row["id"]):
                    if not passed:
                        raise Refused("its own tests do not do alone")
                    kept.append(row)
        return made

    def _reference(self, row: Row) -> Program:
        """Return what decides about the project's own tests as an answer."""
        kit = self._kit
        texts = kit.texts(_SET / "any.jsonl", row)
        own = kit.own_tests(row, texts) or ""
        if "bug" in row:
            return kit.shows(row, texts, own, row["raised"])
        return kit.covers(row, texts, own)

    @contextmanager
    def _telling(self, kind: str, name: str) -> Iterator[None]:
        try:
            yield
        except Refused as error:
            self.made.dropped[f"{kind}: {error.why}"] += 1
            if error.why not in {"undocumented", "short"}:
                print(f"{name}: {error}", flush=True)

    def _bugs(self) -> Iterator[Candidate]:
        for name in sorted(path.stem for path in (self._root / "bugs").glob("*.toml")):
            self.made.seen["bugs"] += 1
            with self._telling("bugs", f"{self._root.name}/{name}"):
                yield self._bug(name)

    def _functions(self) -> Iterator[Candidate]:
        for path, source in self._sources.items():
            for method in source.methods:
                if not method.constructor and method.head.endswith("{"):
                    self.made.seen["functions"] += 1
                    with self._telling("functions", f"{self._root.name}/{method.signed}"):
                        yield self._function(path, source, method)

    def _bug(self, name: str) -> Candidate:
        try:
            told = self._rows.bug(self._root, name)
        except DataError as error:
            raise Refused("cannot be read", str(error)) from error
        lacking = {"file", "method", "report", "kind", "buggy", "cause"} - set(told)
        if lacking:
            raise Refused("incomplete", ", ".join(sorted(lacking)))
        source = self._sources.get(told["file"])
        method = source.method(told["method"]) if source else None
        if source is None or method is None:
            raise Refused("no such method", f"{told['method']} in {told['file']}")
        words = len(told["report"].split())
        if words not in _WORDS:
            raise Refused("report too short or too long", f"{words} words")
        fixed = _text(source, method)
        buggy = self._rows.with_bug(fixed, told["buggy"])
        self._check_pair(fixed, buggy)
        more = {"kind": told["kind"], "report": " ".join(told["report"].split()), "bug": name}
        text = _spliced(source, method, buggy)
        return Candidate(f"{self._root.name}/{name}", told["file"], source, method, text, more)

    def _check_pair(self, fixed: str, buggy: str) -> None:
        found = Source(buggy)
        if not found.ok or len(found.methods) != 1:
            raise Refused("not one method")
        one, other = self._answers.only(fixed), found.methods[0]
        if _packed(one.head) != _packed(other.head):
            raise Refused("another signature", other.head)
        if _packed(without_comments(one.body)) == _packed(without_comments(other.body)):
            raise Refused("the same code")

    def _function(self, path: str, source: Source, method: Method) -> Candidate:
        if len(_plain(method.javadoc)) < _DOCUMENTED:
            raise Refused("undocumented")
        lines = _code_lines(method.body)
        if lines < _WRITTEN:
            raise Refused("short")
        header = self._answers.header(_text(source, method))
        unwritten = f"{header}\n    throw new UnsupportedOperationException();\n}}\n"
        text = _spliced(source, method, unwritten)
        name = f"{self._root.name}/{method.signed}"
        return Candidate(name, path, source, method, text, {"lines": lines}, _MOST_TRIGGERS)

    def _row(self, each: Candidate, whole: Outcome) -> Row:
        outcome = self._runs.outcome(self._suite.report(each.changed))
        if outcome.tests != whole.tests:
            raise Refused("tests are lost")
        if not outcome.failed:
            raise Refused("no test fails")
        if len(outcome.failed) > each.most:
            raise Refused("too many tests fail", str(len(outcome.failed)))
        method = each.method
        return {
            "id": each.id,
            "project": self._root.name,
            "package": each.source.package,
            "tree": self._tree,
            "file": each.path,
            "span": [method.top, method.last],
            "qualname": method.qualname,
            "parameters": list(method.parameters),
            "branching": bool(_BRANCHES.search(without_comments(method.body))),
            "triggers": sorted(outcome.failed),
            "raised": sorted({each for each in outcome.failed.values() if each}),
            "others": [],
            "passing": len(whole.tests),
            "cpu": whole.cpu,
            **each.told,
        }


def _spliced(source: Source, method: Method, function: str) -> str:
    """Return the file with another text in a method's place."""
    text = shifted(function, _indent(source, method))
    return splice(source.text, method.top, method.last, text)


def _text(source: Source, method: Method) -> str:
    lines = source.text.split("\n")[method.top - 1 : method.last]
    return shifted("\n".join(lines) + "\n", -_indent(source, method))


def _indent(source: Source, method: Method) -> int:
    line = source.text.split("\n")[method.first - 1]
    return len(line) - len(line.lstrip(" "))


def _code_lines(text: str) -> int:
    return sum(bool(line.strip()) for line in without_comments(text).split("\n"))


def _plain(javadoc: str) -> str:
    return " ".join(re.sub(r"/\*\*|\*/|^\s*\*", "", javadoc, flags=re.MULTILINE).split())


def _packed(code: str) -> str:
    return "".join(code.split())


def main() -> None:
    """Write the set and its counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("projects", nargs="*", help="Only these: nothing is written then.")
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument(
        "--most",
        type=int,
        default=24,
        help="Methods of a project that are tried, from all its files.",
    )
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    folders = sorted(path.parent for path in (_SET / "projects").glob("*/project.toml"))
    wanted = [each for each in folders if not asked.projects or each.name in asked.projects]
    sandbox = open_sandbox(asked.sandbox, asked.workers, deduplicate=False)
    try:
        made = list(_made(wanted, Runs(sandbox), asked.most))
    finally:
        sandbox.close()
    bugs = _in_turns([each.bugs for each in made])
    functions = _in_turns([each.functions for each in made])
    counts = _counts(made, bugs, functions)
    print(counts)
    if not asked.projects:
        _store("bugs.jsonl", bugs)
        _store("functions.jsonl", functions)
        _COUNTS.write_text(counts, encoding="utf-8")


def _made(folders: Iterable[Path], runs: Runs, most: int) -> Iterator[Made]:
    for folder in folders:
        try:
            made = Maker(folder, runs, most).make()
        except (Refused, DataError) as error:
            print(f"{folder.name}: {error}", flush=True)
            continue
        print(f"{made.name}: {len(made.bugs)} bugs, {len(made.functions)} methods", flush=True)
        yield made


def _in_turns(projects: Sequence[Sequence[Row]]) -> list[Row]:
    """Return all rows; the first of every project come first, so that a few are of many."""
    return [row for rank in zip_longest(*projects) for row in rank if row is not None]


def _counts(made: Sequence[Made], bugs: Sequence[Row], functions: Sequence[Row]) -> str:
    dropped, seen = Counter[str](), Counter[str]()
    for each in made:
        dropped.update(each.dropped)
        seen.update(each.seen)
    kinds = sorted({row["kind"] for row in bugs})
    noticed = Counter(len(row["triggers"]) for row in bugs)
    sizes = (
        ("repair", len(bugs)), ("detection", 2 * len(bugs)), ("issue_testgen", len(bugs)),
        ("generation", len(functions)), ("testgen", len(functions)),
    )  # fmt: skip
    per = [
        (each.name, each.lines, each.tests, len(each.bugs), len(each.functions)) for each in made
    ]
    parts = (
        "# UCB-Java: counts",
        "Written by `scripts/make_ucb_java.py`.",
        "## Tasks\n\n" + _table(("task", "problems"), sizes),
        "## Projects\n\n"
        + _table(("project", "lines of code", "tests", "bugs", "methods to write"), per),
        f"## Filters\n\n{seen['bugs']} bugs and {seen['functions']} methods were tried.",
        _table(("dropped because", "number"), sorted(dropped.items())),
        "## Bugs\n\nThey are, in their authors' words, of these kinds: " + ", ".join(kinds) + ".",
        _table(("tests that notice", "bugs"), sorted(noticed.items())),
    )
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def _store(name: str, rows: Iterable[Row]) -> None:
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    (_SET / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
