"""The nouns of a run, in the order they flow.

Everything here is frozen: a stage reads one noun and returns the next, and
nothing downstream can change what happened upstream. This module imports
nothing of UCB.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

NONCE = "{{UCB_NONCE}}"
"""Stands, in the files of a program, for a secret drawn anew at each execution."""


class Style(StrEnum):
    """How a model is asked: to continue a file, or to answer a message."""

    COMPLETE = "complete"
    CHAT = "chat"


class Key(NamedTuple):
    """Names one sample of one problem; every stored row carries it."""

    problem: str
    sample: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One question of a benchmark."""

    id: str
    language: str
    """The folder in `sandboxes/` whose toolchain runs the answers."""
    row: Mapping[str, Any]
    """The dataset row, untouched. Only the problem's own task reads it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is asked."""

    text: str
    """The text to continue, or the user's message."""
    style: Style
    stop: tuple[str, ...] = ()
    """Generation ends before the earliest of these; the text returned excludes it."""
    system: str = ""
    """The system message of a chat; empty for none."""
    prefill: str = ""
    """How the assistant's turn begins, where the backend can prefill one.
    A completion's text does not repeat it."""
    suffix: str = ""
    """What stands behind the place to be filled, for a model that has tokens for that
    (fill in the middle); others continue `text` alone."""
    choices: tuple[str, ...] = ()
    """Answers whose likelihood is asked for beside the text, such as `yes` and `no`."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How completions are drawn."""

    samples: int = 1
    """Completions per problem."""
    temperature: float = 0.0
    """0 is greedy decoding."""
    top_p: float = 1.0
    max_tokens: int = 1024
    """New tokens per completion, at most."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One completion to be made."""

    key: Key
    prompt: Prompt
    sampling: Sampling


class Finish(StrEnum):
    """Why a completion ended."""

    STOP = "stop"
    """A stop sequence, or the model's own end of text."""
    LENGTH = "length"
    """`max_tokens` or the context window was reached: the answer is cut off."""
    REFUSED = "refused"
    """A content filter or a refusal of the provider; the text may be empty."""
    UNKNOWN = "unknown"
    """A sample read from a file that does not say."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote."""

    key: Key
    text: str
    finish: Finish = Finish.STOP
    tokens_in: int | None = None
    tokens_out: int | None = None
    seconds: float | None = None
    """Wall seconds; for a batch, its duration shared by the tokens of each row."""
    cost: float | None = None
    """US dollars."""
    code: str | None = None
    """The whole source file, for a sample that was brought as one: nothing is
    extracted from `text` then."""
    choices: Mapping[str, float] | None = None
    """The natural logarithm of the probability that the completion begins with each of the
    prompt's choices, large or small and with a space before it or without; where the backend
    tells. One that a server does not count among the likely ones is left out."""


class Stage(IntEnum):
    """How far a sample got. Ordered, so rates are comparisons."""

    NOTHING = 0
    EXTRACTED = 1
    COMPILED = 2
    BASE = 3
    """Tasks that add tests to a published benchmark only: the published ones pass."""
    TRIGGERED = 4
    """Project tasks only: the test fails on the buggy version."""
    PASSED = 5


class Reason(StrEnum):
    """Why a sample got no further; for a pass, `PASSED`."""

    PASSED = "passed"
    WRONG = "wrong answer"
    ERROR = "error"
    NO_CODE = "no code"
    SYNTAX = "syntax error"
    COMPILE = "compile error"
    COMPILE_TIMEOUT = "compile timeout"
    TIMEOUT = "timeout"
    MEMORY = "out of memory"
    OUTPUT = "too much output"
    CRASH = "crash"
    STOPPED_EARLY = "stopped early"
    NO_TESTS = "no tests ran"
    NOT_TRIGGERED = "bug not triggered"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one step may use. Exceeding one ends the step and is the program's own fault."""

    cpu: float = 10.0
    """CPU seconds, user and system, of all processes together."""
    wall: float = 30.0
    """Wall seconds: a generous ceiling for a program that sleeps or is starved."""
    memory: int = 1024
    """MiB."""
    output: int = 1 << 20
    """Bytes kept of stdout and of stderr each; the end is kept. More is drained
    and dropped; past 64 times this, the step is stopped."""


@dataclass(frozen=True, slots=True)
class Tests:
    """Python tests that call the candidate's functions from a process of their own.

    The step's program runs apart and receives only arguments; its results
    arrive here as plain values. So it can neither read the expected values nor
    return an object that claims to equal them.
    """

    __test__ = False  # Not a pytest class.

    source: str
    """Run to its end without an exception, and with at least one call: passed."""
    calls: tuple[str, ...]
    """Names of the candidate's functions, bound in `source` to calls to them."""
    setup: str = ""
    """Trusted source run before `calls` are bound: the helpers that tests use."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole project that a step finds beside the program's own folder.

    It is read-only for the program, which can so edit neither tests nor
    configuration, unless it is a `copy`. Nothing of the untouched snapshot is within its reach.
    """

    name: str
    """A snapshot in the store of projects; the name holds the content's digest."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Relative path to text: what stands in the place of the snapshot's own files."""
    copy: str = ""
    """Not empty: the program owns what it finds and may write there, as builds do. A step whose
    tree equals that of the step before it goes on with what that has left; another word here
    gives it an untouched one. Files keep their times of change, but for `files`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and the stage its success proves."""

    proves: Stage
    argv: tuple[str, ...]
    limits: Limits = Limits()
    must_fail: bool = False
    """For a generated test, which must fail on the buggy version."""
    proof: bool = False
    """The program must write the nonce to its proof channel (file descriptor 3,
    `$UCB_PROOF`) at the end of its tests: exit status 0 alone is not a pass."""
    tests: Tests | None = None
    """Judge this Python program by calling it, instead of by its exit status."""
    labels: tuple[tuple[Reason, str], ...] = ()
    """What a failure is called: the first regular expression found in stderr
    (multi-line mode) gives the reason. Labels explain a failure; they never make a pass."""
    tree: Tree | None = None
    """The project as it is for this step; the steps before it may have had another."""


@dataclass(frozen=True, slots=True)
class Program:
    """Everything a sandbox needs; nothing about models or metrics."""

    toolchain: str
    """The folder in `sandboxes/` whose image or host tools run it."""
    files: Mapping[str, str]
    """Relative path to text. `NONCE` in a text is replaced at each execution."""
    steps: tuple[Step, ...]
    collect: tuple[str, ...] = ()
    """Relative paths to bring back, such as a coverage report."""

    def digest(self) -> str:
        """Return the content address: equal programs have equal digests (sha256, hex)."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


class Ended(StrEnum):
    """How a step ended."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    CPU = "cpu"
    """Stopped at its CPU seconds."""
    WALL = "wall"
    """Stopped at its wall seconds."""
    MEMORY = "memory"
    OUTPUT = "output"
    """Stopped for writing without end."""


@dataclass(frozen=True, slots=True)
class TestReport:
    """What the judge process saw while it ran `Tests`."""

    __test__ = False  # Not a pytest class.

    finished: bool
    """The end of the tests was reached without an exception."""
    calls: int
    """Calls answered by the candidate."""
    error: str = ""
    """The type of the exception that ended the tests, such as `AssertionError`;
    empty when the candidate's process ended first."""
    raised_by_candidate: bool = False
    """`error` came out of the candidate's code, not of the tests."""
    message: str = ""
    """The exception's text, or where the tests stopped."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What happened to one step."""

    ended: Ended
    code: int
    """Exit status, or the signal's number."""
    stdout: str = ""
    stderr: str = ""
    cpu: float = 0.0
    """CPU seconds used."""
    wall: float = 0.0
    """Wall seconds used."""
    memory: int = 0
    """Peak resident memory of the largest process, MiB; 0 when unknown."""
    proved: bool = False
    """The nonce came back on the proof channel."""
    tests: TestReport | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """Results for the steps that ran; a failing step is the last one."""

    steps: tuple[StepResult, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    """What `Program.collect` found."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one sample earned."""

    key: Key
    stage: Stage
    reason: Reason
    detail: str = ""
    """The exception's type, the signal's name, the compiler's first line."""
    judge: str = ""
    """How it was judged: `split` (tests in a process of their own), `nonce`
    (the end of the tests was proved), `status` (exit status alone) or `answer`
    (compared with the right one; nothing ran)."""
    cpu: float = 0.0
    """CPU seconds of all steps."""
    rules: tuple[str, ...] = ()
    """What extraction did to the reply, for the audit."""
    output: str = ""
    """The end of what the last step wrote, for people to read."""
    measures: Mapping[str, float] = field(default_factory=dict)
    """Numbers only some tasks have, such as line coverage."""
    lines: Mapping[str, str] = field(default_factory=dict)
    """By class or file, the lines that the sample's tests ran and did not, as `ucb.pooling` writes
    them: for the few measures that are of all samples of a problem together."""

    @property
    def passed(self) -> bool:
        """Whether the sample solved its problem."""
        return self.stage is Stage.PASSED
