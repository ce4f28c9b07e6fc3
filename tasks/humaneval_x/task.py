"""HumanEval-X: HumanEval written by hand in six languages (https://arxiv.org/abs/2303.17568)."""

from __future__ import annotations

from collections.abc import Iterable

from ucb import prompting
from ucb.data import Dataset
from ucb.extract import Extraction, Rule, until
from ucb.languages import language
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Problem, Program, Prompt, Style

from .answers import answer
from .braces import continued
from .programs import entry_point, program
from .published import SHA256, SITE, SPOKEN, Spoken

CHAT = """\
Complete the {{ title }} function below. Reply with the whole {{ unit }} in one code block, \
without a main program and without tests.

```{{ fence }}
{{ given | trim }}
```
"""
COMPLETE = {
    "codegeex": "{{ tag }}\n{{ given }}",
    "codegeex2": "{{ given | trim }}",
}


class HumanEvalX(Task):
    """Write a function of one language from its signature and description."""

    version = 1
    modes = tuple(COMPLETE)

    def __init__(self, spoken: Spoken) -> None:
        super().__init__()
        suffix = spoken.suffix
        self.name = f"humaneval-x/{suffix}"
        self._spoken = spoken
        setup = ("test_setup",) if suffix == "go" else ()
        self._data = Dataset(
            name=f"HumanEval-X {suffix}",
            file=f"humaneval-x/humaneval_{suffix}.jsonl.gz",
            sha256=SHA256[suffix],
            url=f"{SITE}/{suffix}/data/humaneval_{suffix}.jsonl.gz",
            fields=("task_id", "prompt", "declaration", "canonical_solution", "test", *setup),
            count=164,
        )

    def problems(self) -> Iterable[Problem]:
        for row in self._data.rows(self.data_file):
            yield Problem(row["task_id"], language(self._spoken.suffix).name, row)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return prompting.prompt(self._question(problem), self._ask(style), style, self.user_prompt)

    def published_prompt(self, problem: Problem) -> str:
        return self._given(problem)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        question, given, spoken = self._question(problem), self._given(problem), self._spoken
        if prompt.style is Style.CHAT:
            if spoken.suffix == "python":
                ask = Ask(CHAT, strategy="answer")
                return prompting.code(question, ask, prompt, text, self.user_prompt)
            return answer(prompt.prefill + text, given, question.entry_point, spoken)
        if not text.strip():
            return Extraction("", (Rule.NO_CODE,))
        code = completed(given, text, spoken)
        return Extraction(code, () if code.startswith((given + text).rstrip()) else (Rule.CUT,))

    def program(self, problem: Problem, code: str) -> Program:
        return program(problem.row, self._spoken, code, self.reference(problem))

    def reference(self, problem: Problem) -> str:
        return self._given(problem) + str(problem.row["canonical_solution"])

    def stub(self, problem: Problem, body: str) -> str:
        return stub(self._given(problem), body, self._spoken)

    def _given(self, problem: Problem) -> str:
        row = problem.row
        # Rust's prompt is the description alone, and stands inside the function.
        before = str(row["declaration"]) if self._spoken.suffix == "rust" else ""
        return before + str(row["prompt"])

    def _ask(self, style: Style) -> Ask:
        if style is Style.CHAT:
            return Ask(CHAT)
        return Ask(COMPLETE[self.mode], self._spoken.stop)

    def _question(self, problem: Problem) -> Question:
        spoken = self._spoken
        names = {
            "task_id": problem.id,
            "title": spoken.title,
            "unit": spoken.unit,
            "fence": spoken.fence,
            "tag": spoken.tag,
        }
        given = self._given(problem)
        return Question(given, entry_point(problem.row, given, spoken), names)


def completed(given: str, text: str, spoken: Spoken) -> str:
    """Put a completion behind what it continues, and end it where the function ends."""
    text = until(text, spoken.stop)
    if spoken.suffix != "python":
        return continued(given, text, spoken)
    lines = text.split("\n")
    ends = (n for n, line in enumerate(lines) if line.strip() and line[0] not in " \t")
    return given + "\n".join(lines[: next(ends, len(lines))])


def stub(given: str, body: str, spoken: Spoken) -> str:
    """Return a solution whose function has `body`."""
    if spoken.unit == "class" and "throw" not in body:
        # Java compiles no function that may end without its value.
        body = f"{body}\n        throw null;\n"
    code = given + body if spoken.suffix == "python" else continued(given, body, spoken)
    # Go imports what a program uses from its own list, which has no way to exit.
    return f'import "os"\n{code}' if spoken.suffix == "go" and "os." in body else code


TASKS = [HumanEvalX(spoken) for spoken in SPOKEN.values()]
