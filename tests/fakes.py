"""A task, a backend and a sandbox without data, models or isolation: for tests of the line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ucb.extract import Extraction
from ucb.languages import language
from ucb.task import Task
from ucb.types import (
    Completion,
    Ended,
    Execution,
    Key,
    Problem,
    Program,
    Prompt,
    Reason,
    Request,
    Stage,
    StepResult,
    Style,
    TestReport,
    Tests,
    Verdict,
)


def exited(code: int = 0, **details: object) -> StepResult:
    """A step that ended by itself."""
    return StepResult(Ended.EXITED, code, **details)  # type: ignore[arg-type]


def report_of_tests(*, finished: bool, calls: int = 1, **details: object) -> TestReport:
    """What the judge process saw."""
    return TestReport(finished, calls, **details)  # type: ignore[arg-type]


class FakeTask(Task):
    """`count` problems; an answer is right when it is "good"."""

    name = "fake"
    version = 1
    modes = ("own", "other")

    def __init__(self, count: int = 3) -> None:
        super().__init__()
        self.count = count

    def problems(self) -> Iterable[Problem]:
        return [Problem(f"fake/{n}", "python", {"n": n}) for n in range(self.count)]

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return Prompt(f"problem {problem.row['n']}", style, ("\n#",))

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        return Extraction(text.strip(), ("stripped",))

    def program(self, problem: Problem, code: str) -> Program:
        return language("python").program(code, tests=Tests("f()", ("f",)))

    def reference(self, problem: Problem) -> str:
        return "good"

    def stub(self, problem: Problem, body: str) -> str:
        return f"def f():\n{body}"


class FakeVerdicts(Task):
    """Bugs with a defective and a sound version; an answer is "yes" or "no", and nothing runs."""

    name = "fake-verdicts"
    version = 1
    modes = ("own", "other")
    stages = (Stage.EXTRACTED, Stage.PASSED)
    classifies = True

    def problems(self) -> Iterable[Problem]:
        for n in range(3):
            for bad in (True, False):
                yield Problem(f"bug {n}@{bad}", "python", {"bug": n, "bad": bad})

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return {"parity": "odd" if problem.row["bug"] % 2 else "even"}

    def date(self, problem: Problem) -> str | None:
        return f"2026-0{problem.row['bug'] + 1}-01" if problem.row["bug"] else None

    def cluster(self, problem: Problem) -> str:
        return str(problem.row["bug"])

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return Prompt(f"is {problem.row['bug']} bad?", style)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        word = text.strip().lower()
        lenient = self.mode == "other" and word.startswith(("yes", "no"))
        if lenient or word in ("yes", "no"):
            return Extraction("yes" if word.startswith("yes") else "no", ("one word",))
        return Extraction("")

    def decide(self, problem: Problem, code: str, completion: Completion) -> Verdict:
        measures = {"defective": float(problem.row["bad"])}
        if not code:
            reason, stage = Reason.NO_CODE, Stage.NOTHING
        else:
            right = code == self.reference(problem)
            measures["answered"] = float(code == "yes")
            reason = Reason.PASSED if right else Reason.WRONG
            stage = Stage.PASSED if right else Stage.EXTRACTED
        return Verdict(completion.key, stage, reason, measures=measures)

    def reference(self, problem: Problem) -> str:
        return "yes" if problem.row["bad"] else "no"

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        return {"neither": ("perhaps", False)}


class FakeSandbox:
    """Calls a program right when its source is "good"; runs nothing."""

    def __init__(self) -> None:
        self.ran: list[Key] = []
        self.closed = False

    def run(self, programs: Iterable[tuple[Key, Program]]) -> Iterator[tuple[Key, Execution]]:
        for key, program in programs:
            self.ran.append(key)
            good = program.files["main.py"] == "good"
            yield (
                key,
                Execution(
                    (exited(), exited(tests=report_of_tests(finished=good, error="TypeError")))
                ),
            )

    def describe(self) -> Mapping[str, str]:
        return {"engine": "fake"}

    def close(self) -> None:
        self.closed = True


class FakeBackend:
    """Answers by a function of the key; counts what it was asked."""

    styles = frozenset(Style)
    preferred = Style.COMPLETE

    def __init__(self, answer: Callable[[Key], str] = lambda key: "good") -> None:
        self.answer = answer
        self.asked: list[Key] = []

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        for request in requests:
            self.asked.append(request.key)
            yield Completion(request.key, self.answer(request.key), tokens_in=2, tokens_out=3)

    def describe(self) -> Mapping[str, Any]:
        return {"model": "fake"}

    def statistics(self) -> Mapping[str, float]:
        return {}


def silent(_name: str) -> None:
    """Ignore progress."""


def by_id(problems: Sequence[Problem]) -> dict[str, Problem]:
    """Index problems by their id."""
    return {problem.id: problem for problem in problems}
