"""
The line: generate, evaluate, as one stream.

A completion is executed as soon as it arrives, while others are still being
generated. Generation runs in the caller's thread, where interrupts arrive and
accelerators like to be; execution and judging run in one thread beside it.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import NamedTuple, Self

from ucb.backends import Backend
from ucb.keys import Keys
from ucb.sandbox import Sandbox
from ucb.store import TaskFolder
from ucb.task import Task
from ucb.types import (
    Completion,
    Key,
    Problem,
    Program,
    Reason,
    Request,
    Sampling,
    Stage,
    Style,
    Verdict,
)

Advance = Callable[[str], None]
"""Called with `generated` or `judged` after each row."""

_AHEAD = 256  # Completions waiting for execution: enough to never idle, small in memory.


def wanted(problems: Sequence[Problem], samples: int) -> Keys:
    """Return every (problem, sample) of a run, in order."""
    return Keys.grid((problem.id for problem in problems), samples)


def requests(
    task: Task,
    problems: Sequence[Problem],
    style: Style,
    sampling: Sampling,
    done: Container[Key],
) -> Iterator[Request]:
    """Yield what is still to be asked, in the order of the dataset."""
    for problem in problems:
        prompt = task.prompt(problem, style)
        for sample in range(sampling.samples):
            if (key := Key(problem.id, sample)) not in done:
                yield Request(key, prompt, sampling)


def generate(
    backend: Backend, asked: Iterable[Request], folder: TaskFolder
) -> Iterator[Completion]:
    """Request → Completion, each stored before it is passed on."""
    for completion in backend.generate(asked):
        folder.add_completion(completion)
        yield completion


def evaluate(
    task: Task,
    problems: Mapping[str, Problem],
    style: Style,
    completions: Iterable[Completion],
    sandbox: Sandbox,
) -> Iterator[Verdict]:
    """
    Completion → code → Program → Execution → Verdict, in any order.

    An answer that the task decides by reading, or that has no code, reaches no
    sandbox. Completions of problems that are not in `problems` are passed over.
    Memory is bounded by what the sandbox takes ahead.
    """
    task.prepare(list(problems.values()), sandbox.run)
    read = (
        _read(task, problems[completion.key.problem], style, completion)
        for completion in completions
        if completion.key.problem in problems
    )
    if not task.executes:  # Nothing waits for a sandbox: each verdict leaves as it comes.
        yield from (each for each in read if isinstance(each, Verdict))
        return
    waiting: dict[Key, _Waiting] = {}
    settled: deque[Verdict] = deque()

    def programs() -> Iterator[tuple[Key, Program]]:
        for each in read:
            if isinstance(each, Verdict):
                settled.append(each)
            else:
                waiting[each.key] = each
                yield each.key, each.program

    for key, execution in sandbox.run(programs()):
        _, program, rules = waiting.pop(key)
        verdict = task.judge(problems[key.problem], program, key, execution)
        yield replace(verdict, rules=rules)
        while settled:
            yield settled.popleft()
    yield from settled


class _Waiting(NamedTuple):
    """An answer that must run."""

    key: Key
    program: Program
    rules: tuple[str, ...]


def _read(task: Task, problem: Problem, style: Style, completion: Completion) -> Verdict | _Waiting:
    """Return the verdict of an answer that need not run, or what must run."""
    code, rules = extracted(task, problem, style, completion)
    if decided := task.decide(problem, code, completion):
        return replace(decided, rules=rules)
    if not code.strip():
        return Verdict(completion.key, Stage.NOTHING, Reason.NO_CODE, rules=rules)
    return _Waiting(completion.key, task.program(problem, code), rules)


def extracted(
    task: Task, problem: Problem, style: Style, completion: Completion
) -> tuple[str, tuple[str, ...]]:
    """Return the code of a completion and the extraction rules that fired."""
    if completion.code is not None:
        return completion.code, ()
    found = task.extract(problem, task.prompt(problem, style), completion.text)
    return found.code, found.rules


class Judging:
    """
    Judges completions in a thread of its own while the caller generates more.

    Use it as a context manager. An error of the sandbox or the store stops the
    thread and is raised by the next `put`, or at the end.
    """

    def __init__(
        self,
        task: Task,
        problems: Mapping[str, Problem],
        style: Style,
        sandbox: Sandbox,
        folder: TaskFolder,
        advance: Advance,
    ) -> None:
        self._line = (task, problems, style)
        self._sandbox = sandbox
        self._folder = folder
        self._advance = advance
        self._queue: queue.Queue[Completion | None] = queue.Queue(_AHEAD)
        self._error: BaseException | None = None
        self._abandoned = False
        self._thread = threading.Thread(target=self._work, name="ucb-judging", daemon=True)

    def put(self, completion: Completion) -> None:
        """Hand over a completion; wait while too many are waiting."""
        while True:
            if self._error is not None:
                raise self._error
            try:
                self._queue.put(completion, timeout=0.2)
            except queue.Full:
                continue
            return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._abandoned = error is not None
        while self._thread.is_alive():
            try:
                self._queue.put(None, timeout=0.2)
                break
            except queue.Full:
                continue
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def _arrivals(self) -> Iterator[Completion]:
        while (completion := self._queue.get()) is not None:
            if self._abandoned:
                return
            yield completion

    def _work(self) -> None:
        task, problems, style = self._line
        try:
            for verdict in evaluate(task, problems, style, self._arrivals(), self._sandbox):
                self._folder.add_verdict(verdict)
                self._advance("judged")
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it.
            self._error = error


def run_task(
    task: Task,
    problems: Sequence[Problem],
    style: Style,
    sampling: Sampling,
    folder: TaskFolder,
    *,
    backend: Backend | None,
    sandbox: Sandbox | None,
    advance: Advance,
) -> None:
    """
    Bring a task's rows up to date: ask for what is missing, judge what is unjudged.

    Without a backend only stored completions are judged; without a sandbox
    completions are only generated. Every row is stored as it comes, so that the
    same call after an interruption does the rest.
    """
    keys = wanted(problems, sampling.samples)
    done, judged = folder.stored()
    asked = requests(task, problems, style, sampling, done)
    if sandbox is None:
        if backend is not None:
            for _ in generate(backend, asked, folder):
                advance("generated")
        return
    by_id = {problem.id: problem for problem in problems}
    with Judging(task, by_id, style, sandbox, folder, advance) as judging:
        if done.first_missing(judged) is not None:
            for completion in list_unjudged(folder, keys, judged):
                judging.put(completion)
        if backend is not None and done.common(keys) < len(keys):
            for completion in generate(backend, asked, folder):
                advance("generated")
                judging.put(completion)


def list_unjudged(
    folder: TaskFolder, keys: Container[Key], judged: Container[Key]
) -> Iterator[Completion]:
    """Yield the stored completions of this run that have no verdict yet."""
    for completion in folder.completions():
        if completion.key in keys and completion.key not in judged:
            yield completion
