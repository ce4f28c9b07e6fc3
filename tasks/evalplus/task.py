"""EvalPlus: HumanEval and MBPP with many more tests (https://arxiv.org/abs/2305.01210)."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ucb import plainjson, prompting
from ucb.data import Dataset, cache_dir
from ucb.errors import DataError
from ucb.extract import Extraction
from ucb.files import replacing
from ucb.languages import language
from ucb.prompting import Ask, Protocol, Question
from ucb.task import Run, Task
from ucb.types import (
    Key,
    Limits,
    Problem,
    Program,
    Prompt,
    Stage,
    Step,
    Style,
    Tests,
)  # fmt: skip

from .inputs import SHAPES

log = logging.getLogger("ucb")

_HERE = Path(__file__).parent
_FIELDS = (
    "task_id", "prompt", "entry_point", "canonical_solution", "base_input", "plus_input", "atol",
)  # fmt: skip
_RELEASES = "https://github.com/evalplus"
HUMANEVAL = Dataset(
    name="HumanEval+ v0.1.10",
    file="evalplus/HumanEvalPlus-v0.1.10.jsonl.gz",
    sha256=(
        "272720b90ac375502c8ed23cd791c2a93dfb22a911641a494da74a426c09f101",
        "42526ec0e7d5f3ee0b06d6ced98f8c8bae3d76519151bfb3d36f79010645bd7f",
    ),
    url=f"{_RELEASES}/humanevalplus_release/releases/download/v0.1.10/HumanEvalPlus.jsonl.gz",
    fields=_FIELDS,
    count=164,
)
MBPP = Dataset(
    name="MBPP+ v0.2.0",
    file="evalplus/MbppPlus-v0.2.0.jsonl.gz",
    sha256=(
        "af43697e8791c4c149bdfd6b489d8b5412507551ac20e28a439f650b8225db63",
        "b54e762755248ca411b523c917fa9f93c07b5ff2966bf60b3917b853926a3dad",
    ),
    url=f"{_RELEASES}/mbppplus_release/releases/download/v0.2.0/MbppPlus.jsonl.gz",
    fields=_FIELDS,
    count=378,
)

_STOPS = (
    "<|endoftext|>", "<|endofmask|>", "</s>", "\nif __name__", "\ndef main(", "\nprint(",
)  # fmt: skip
_COMPLETE_STOPS = {
    "humaneval-plus": ("\ndef ", "\nclass ", "\nimport ", "\nfrom ", "\nassert "),
    "mbpp-plus": ('\n"""', "\nassert"),
}
_CHAT = """\
Please provide a self-contained Python script that solves the following problem in a markdown \
code block:
```
{{ given | trim }}
```
"""
_PREFILL = """\
Below is a Python script with a self-contained function that solves the problem and passes \
corresponding tests:
```python
"""
_OWN_CHAT = """\
Write a self-contained Python program for this task. Reply with the whole program in one code block.

```python
{{ given | trim }}
```
"""
# By the function asked for; the others must return what the reference returns.
_RULES = {
    "humaneval-plus": {"find_zero": "find zero"},
    "mbpp-plus": {
        "are_equivalent": "anything",
        "sum_div": "or zero",
        "surface_Area": "surface area",
        "digit_distance_nums": "digit distance",
        **dict.fromkeys(
            (
                "similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly",
                "larg_nnum", "intersection_array", "find_dissimilar", "Diff",
            ),
            "sets",
        ),
        **dict.fromkeys(("check_str", "text_match_three", "text_starta_endb"), "not none"),
    },
}  # fmt: skip
_WANT_INPUTS = frozenset({"surface area", "digit distance", "find zero"})

# EvalPlus gives each call the larger of these, on the wall; here it is CPU time.
_LEAST_SECONDS, _FACTOR = 1.0, 4.0
_MOST_SECONDS = 60.0
"""CPU seconds of one suite, at most."""
_MEMORY = 4096
"""MiB, as in EvalPlus. The reference of Mbpp/255 needs more than 1024."""
_REFERENCE_LIMITS = Limits(cpu=300.0, wall=900.0, memory=_MEMORY, output=64 << 20)
_MOST_AT_ONCE = 512
"""Calls that are asked for at a time."""
_SUITES = ("base", "plus")


class _Suite(NamedTuple):
    """One of a problem's two sets of inputs, with what the reference made of it."""

    inputs: str
    """As `plainjson`, like the next."""
    expected: str
    seconds: tuple[float, ...]
    """CPU seconds that each call may take."""
    chunks: tuple[int, ...]
    """Calls made together; together they are the inputs."""


class EvalPlus(Task):
    """Write a function that passes the published tests and EvalPlus's many more."""

    version = 1
    modes = ("evalplus", "ucb")
    stages = (Stage.EXTRACTED, Stage.COMPILED, Stage.BASE, Stage.PASSED)

    def __init__(self, name: str, data: Dataset) -> None:
        super().__init__()
        self.name = name
        self._data = data
        self._suites: dict[str, tuple[Problem, Mapping[str, _Suite]]] = {}
        stops = _STOPS + _COMPLETE_STOPS[name]
        limits = Limits()  # Each problem has its own.
        self._protocols = {
            "evalplus": Protocol(
                Ask("{{ given | trim }}\n", stops, strategy="sanitized"),
                Ask(_CHAT, (*_STOPS, "\n```\n"), _PREFILL, "sanitized"),
                limits,
            ),
            "ucb": Protocol(
                Ask("{{ given | trim }}\n", stops), Ask(_OWN_CHAT, strategy="answer"), limits
            ),
        }

    def problems(self) -> Iterable[Problem]:
        for row in self._data.rows(self.data_file):
            yield Problem(row["task_id"], "python", row)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = self._protocols[self.mode].ask(style)
        return prompting.prompt(_question(problem), ask, style, self.user_prompt)

    def published_prompt(self, problem: Problem) -> str:
        return str(problem.row["prompt"])

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        ask = self._protocols[self.mode].ask(prompt.style)
        return prompting.code(_question(problem), ask, prompt, text, self.user_prompt)

    def reference(self, problem: Problem) -> str:
        return str(problem.row["prompt"] + problem.row["canonical_solution"])

    def stub(self, problem: Problem, body: str) -> str:
        return f"def {problem.row['entry_point']}(*arguments):\n{body}"

    def shown(self, problem: Problem, code: str) -> str:  # noqa: ARG002
        name = problem.row["entry_point"]
        calls = (
            f"{name}(*{arguments!r})"
            for suite in _SUITES
            for arguments in self._arguments(problem, suite)[:_SHOWN]
        )
        return "\n".join(call if len(call) <= 200 else f"{call[:200]}…" for call in calls)

    def prepare(self, problems: Sequence[Problem], run: Run) -> None:
        """Run the reference of each problem once; keep what it returned beside the downloads."""
        missing = {p.id: p for p in problems if not self._expected_file(p).is_file()}
        if not missing:
            return
        log.info("Computing expected outputs of %d problems of %s", len(missing), self.name)
        programs = ((Key(p.id, 0), self._reference_program(p)) for p in missing.values())
        for key, execution in run(programs):
            found = execution.files.get("expected.json")
            if execution.steps[-1].code or found is None:
                raise DataError(
                    f"The reference of {key.problem} does not run on its own inputs: "
                    f"{execution.steps[-1].stderr.strip()[-300:]}"
                )
            path = self._expected_file(missing[key.problem])
            with replacing(path) as stream:
                stream.write(found)

    def program(self, problem: Problem, code: str) -> Program:
        plain = language(problem.language).program(code)
        suites = self._judged(problem)
        head = json.dumps(problem.row["entry_point"])
        older_sum = json.dumps(self._rule(problem) == "find zero")
        check, run = plain.steps
        # One problem has no inputs of one kind; its other inputs decide alone.
        named = [name for name in _SUITES if suites[name].chunks]
        steps = (
            replace(
                run,
                proves=Stage.PASSED if name == named[-1] else Stage.BASE,
                argv=(run.argv[0], "driver.py", name),
                proof=False,
                limits=_limits(suites[name]),
                tests=self._tests(problem, name, suites[name]),
            )
            for name in named
        )
        return Program(
            plain.toolchain,
            files={
                "main.py": code,
                "driver.py": _inside("driver.py"),
                "plainjson.py": _source_of_plainjson(),
                "results.py": _inside("results.py"),
                **{
                    f"{name}.json": f"[{head}, {each.inputs}, {list(each.seconds)}, {older_sum}]"
                    for name, each in suites.items()
                },
            },
            steps=(check, *steps),
        )

    def _tests(self, problem: Problem, name: str, suite: _Suite) -> Tests:
        rule = self._rule(problem)
        given = suite.inputs if rule in _WANT_INPUTS else "[]"
        source = (
            f"# The inputs `{name}` of {problem.id}.\n"
            f"EXPECTED = loads({suite.expected!r})\nINPUTS = loads({given!r})\n"
            f"run_suite(run, EXPECTED, {suite.chunks!r}, "
            f"Oracle({rule!r}, {problem.row['atol']!r}, INPUTS))\n"
        )
        # The same for all problems, so that a judge compiles it once.
        setup = f"{_source_of_plainjson()}\n{_without_future(_inside('oracle.py'))}\n"
        return Tests(source, ("run",), setup)

    def _judged(self, problem: Problem) -> Mapping[str, _Suite]:
        """Return what was prepared; read once, as a problem may have many samples."""
        known, suites = self._suites.get(problem.id, (None, {}))
        if known is problem:
            return suites
        path = self._expected_file(problem)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            suites = {name: self._suite(problem, name, found[name]) for name in _SUITES}
        except (OSError, ValueError, KeyError) as error:
            raise DataError(
                f"The expected outputs of {problem.id} are not in {path}: {error}. "
                f"Run `ucb check {self.name}` to compute them."
            ) from error
        self._suites[problem.id] = problem, suites
        return suites

    def _suite(self, problem: Problem, name: str, found: Mapping[str, Any]) -> _Suite:
        seconds = tuple(max(_LEAST_SECONDS, _FACTOR * took) for took in found["seconds"])
        return _Suite(
            inputs=plainjson.dumps(self._arguments(problem, name)),
            expected=f"[{', '.join(found['outputs'])}]",
            seconds=seconds,
            chunks=tuple(_chunks(len(found["outputs"]))),
        )

    def _rule(self, problem: Problem) -> str:
        return _RULES[self.name].get(problem.row["entry_point"], "")

    def _arguments(self, problem: Problem, suite: str) -> list[Any]:
        shape = SHAPES.get(problem.id, list)
        return [shape(arguments) for arguments in problem.row[f"{suite}_input"]]

    def _reference_program(self, problem: Problem) -> Program:
        name = problem.row["entry_point"]
        argv = ("python3", "reference.py", name, self._rule(problem))
        return Program(
            problem.language,
            files={
                "main.py": self.reference(problem),
                "reference.py": _inside("reference.py"),
                "results.py": _inside("results.py"),
                "plainjson.py": _source_of_plainjson(),
                **{
                    f"{name}.json": plainjson.dumps(self._arguments(problem, name))
                    for name in _SUITES
                },
            },
            steps=(Step(Stage.PASSED, argv, _REFERENCE_LIMITS),),
            collect=("expected.json",),
        )

    def _expected_file(self, problem: Problem) -> Path:
        """Return where a problem's outputs are kept: by all that they depend on."""
        made_of = json.dumps(
            [
                problem.row,
                *map(_inside, ("reference.py", "results.py")),
                _source_of_plainjson(),
            ]
        )
        digest = hashlib.sha256(made_of.encode()).hexdigest()
        return cache_dir() / "expected" / self.name / f"{digest[:32]}.json"


_SHOWN = 20
"""Inputs of each suite that a report shows."""


def _question(problem: Problem) -> Question:
    row = problem.row
    return Question(row["prompt"], row["entry_point"], {"task_id": row["task_id"]})


def _limits(suite: _Suite) -> Limits:
    cpu = min(_MOST_SECONDS, sum(suite.seconds)) + 1.0
    return Limits(cpu=cpu, wall=3 * cpu, memory=_MEMORY)


def _chunks(count: int) -> Iterator[int]:
    """Divide so many calls: few at first."""
    size = 1
    while count > 0:
        yield min(size, count)
        count -= size
        size = min(8 * size, _MOST_AT_ONCE)


@cache
def _inside(name: str) -> str:
    return (_HERE / "inside" / name).read_text(encoding="utf-8")


def _without_future(source: str) -> str:
    """Let a text follow another one that begins with the same `__future__` import."""
    return source.replace("from __future__ import annotations\n", "")


@cache
def _source_of_plainjson() -> str:
    return Path(plainjson.__file__).read_text(encoding="utf-8")


TASKS = [EvalPlus("humaneval-plus", HUMANEVAL), EvalPlus("mbpp-plus", MBPP)]
