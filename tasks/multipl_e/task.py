"""MultiPL-E: HumanEval and MBPP translated to many languages (https://arxiv.org/abs/2208.08227)."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ucb import prompting
from ucb.data import Dataset
from ucb.extract import Extraction, Rule, until
from ucb.languages import language
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Problem, Program, Prompt, Style

from . import goimports
from .answers import answer
from .published import FIELDS, LANGUAGES, REVISION, ROWS, SELF_TESTS, Translation

CHAT = """\
Complete the {{ title }} function below. Reply with the whole {{ unit }} in one code block, \
without a main program and without tests.

```{{ fence }}
{{ given | trim }}
```
"""
# The published harness strips the prompt before it asks, and runs it unstripped.
_COMPLETE = Ask("{{ given | trim }}")
_CHAT = Ask(CHAT)

_CLOSING = re.compile(r"\A\s*\}\s*\n")
"""Many translations' tests begin with the brace that ends the function: a stop token cuts it."""
_SELF_TEST = "HumanEval_53_add"


class MultiPLE(Task):
    """Write a function of one language from its translated signature and description."""

    version = 1
    modes = ("multipl-e",)

    def __init__(self, source: str, translation: Translation) -> None:
        super().__init__()
        suffix = translation.suffix
        self.name = f"multipl-e/{source}-{suffix}"
        self._translation = translation
        count, sha256 = ROWS[source][suffix]
        self._data = Dataset(
            name=f"MultiPL-E {source}-{suffix}",
            file=f"multipl-e/{source}-{suffix}.jsonl.gz",
            sha256=sha256,
            hub=(
                "nuprl/MultiPL-E",
                f"{source}-{suffix}/test-00000-of-00001.parquet",
                REVISION,
            ),
            fields=FIELDS,
            count=count,
        )

    def problems(self) -> Iterable[Problem]:
        for row in self._data.rows(self.data_file):
            yield Problem(row["name"], language(self._translation.suffix).name, row)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        stop = () if style is Style.CHAT else tuple(problem.row["stop_tokens"])
        ask = _CHAT if style is Style.CHAT else Ask(_COMPLETE.text, stop)
        return prompting.prompt(self._question(problem), ask, style, self.user_prompt)

    def published_prompt(self, problem: Problem) -> str:
        return str(problem.row["prompt"])

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        row = problem.row
        if prompt.style is Style.CHAT:
            return answer(
                prompt.prefill + text,
                self._given(problem),
                _closing(row["tests"]),
                self._translation,
            )
        cut = until(text, row["stop_tokens"])
        if not cut.strip():
            return Extraction("", (Rule.NO_CODE,))
        code = self._given(problem) + cut + "\n" + _closing(row["tests"])
        return Extraction(code, () if cut == text else (Rule.CUT,))

    def program(self, problem: Problem, code: str) -> Program:
        tests = str(problem.row["tests"])
        suite = tests.removeprefix(_closing(tests))
        return language(problem.language).program(
            code.rstrip("\n") + "\n", suite=suite, mode=self._translation.mode
        )

    def reference(self, problem: Problem) -> None:  # noqa: ARG002 - the dataset has none.
        return None

    def stub(self, problem: Problem, body: str) -> str:
        code = f"{self._given(problem)}{body}\n{_closing(problem.row['tests'])}"
        if not self._translation.imports or "os." not in body:
            return code
        # A body alone can import nothing, and nothing that a prompt imports ends a program.
        return goimports.headed(f'import "os"\n{code}', code, code)

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        """Upstream's self-test of its runners, which has no home but `$UCB_DATA_DIR`."""
        suffix = self._translation.suffix
        file = f"multipl-e/self-test/{suffix}-davinci-0.2-keep-HumanEval53.json"
        if problem.id != _SELF_TEST or not Path(os.environ.get("UCB_DATA_DIR", ""), file).is_file():
            return {}
        pinned = Dataset("MultiPL-E's self-test", file, SELF_TESTS[suffix])
        right, broken = json.loads(pinned.path().read_text(encoding="utf-8"))["completions"]
        return {"self-test, right": (right, True), "self-test, broken": (broken, False)}

    def _given(self, problem: Problem) -> str:
        """The prompt, with what its file has wrong for every problem put right."""
        find, put = self._translation.mend
        return re.sub(find, put, str(problem.row["prompt"]), flags=re.MULTILINE)

    def _question(self, problem: Problem) -> Question:
        spoken = self._translation
        names = {"title": spoken.title, "unit": spoken.unit, "fence": spoken.fence}
        return Question(self._given(problem), "", {"name": problem.id, **names})


def _closing(tests: str) -> str:
    """Return the brace that the tests begin with, for the function before them; often none."""
    found = _CLOSING.match(tests)
    return found[0] if found else ""


TASKS = [MultiPLE(source, LANGUAGES[suffix]) for source, rows in ROWS.items() for suffix in rows]
