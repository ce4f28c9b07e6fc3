"""What HumanEvalPack's kinds of question have in common: rows, extraction, programs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ucb import prompting
from ucb.data import Dataset
from ucb.extract import Extraction, Rule
from ucb.languages import language
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Problem, Program, Prompt, Style

# Its programs are HumanEval-X's. That folder is read before this one.
from ..humaneval_x.answers import answer  # noqa: TID252
from ..humaneval_x.programs import program  # noqa: TID252
from ..humaneval_x.published import Spoken  # noqa: TID252
from ..humaneval_x.task import completed, stub  # noqa: TID252
from .published import FIELDS, GIVEN, LIMITS, SHA256, SITE, STOPS

REPLY = (
    "Reply with the whole {{ unit }} in one code block, without a main program and without tests."
)
"""How a chat is told what to answer."""


class HumanEvalPack(Task):
    """A task over HumanEvalPack's rows, whose answers are functions that its tests call."""

    version = 1

    def __init__(self, kind: str, spoken: Spoken) -> None:
        super().__init__()
        suffix = spoken.suffix
        self.name = f"humanevalpack/{kind}-{suffix}"
        self._spoken = replace(
            spoken, stop=STOPS.get(suffix, spoken.stop), given=GIVEN.get(suffix, spoken.given)
        )
        self._data = Dataset(
            name=f"HumanEvalPack {suffix}",
            file=f"humanevalpack/humanevalpack-{suffix}.jsonl.gz",
            sha256=SHA256[suffix],
            url=f"{SITE}/{suffix}/data/humanevalpack.jsonl",
            fields=FIELDS,
            count=164,
        )

    @property
    def toolchain(self) -> str:
        """The folder in `sandboxes/` whose toolchain runs the answers."""
        return language(self._spoken.suffix).name

    def problems(self) -> Iterable[Problem]:
        for row in self._data.rows(self.data_file):
            yield Problem(row["task_id"], self.toolchain, row)

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        return prompting.prompt(self._question(problem), self._ask(style), style, self.user_prompt)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        question, spoken = self._question(problem), self._spoken
        if prompt.style is Style.CHAT:
            if spoken.suffix == "python":
                ask = replace(self._ask(Style.CHAT), strategy="answer")
                return prompting.code(question, ask, prompt, text, self.user_prompt)
            return answer(prompt.prefill + text, question.given, question.entry_point, spoken)
        if not text.strip():
            return Extraction("", (Rule.NO_CODE,))
        code = completed(question.given, text, spoken)
        return Extraction(
            code, () if code.startswith((question.given + text).rstrip()) else (Rule.CUT,)
        )

    def program(self, problem: Problem, code: str) -> Program:
        limits = LIMITS[self._spoken.suffix]
        return program(problem.row, self._spoken, code, _solution(problem), limits)

    def published_prompt(self, problem: Problem) -> str:
        return self._given(problem)

    def reference(self, problem: Problem) -> str | None:
        return _solution(problem)

    def stub(self, problem: Problem, body: str) -> str | None:
        return stub(str(problem.row["prompt"]), body, self._spoken)

    def declaration(self, problem: Problem) -> str:
        """Return the beginning of the file without the function's description."""
        main = "fn main(){}\n" if self._spoken.suffix == "rust" else ""
        return main + str(problem.row["declaration"])

    @abstractmethod
    def _given(self, problem: Problem) -> str:
        """Return the beginning of the file that an answer goes on from."""

    @abstractmethod
    def _ask(self, style: Style) -> Ask:
        """Return how the question is asked."""

    def _question(self, problem: Problem) -> Question:
        row, spoken = problem.row, self._spoken
        names: dict[str, Any] = {
            "task_id": problem.id,
            "name": row["entry_point"],
            "title": spoken.title,
            "unit": spoken.unit,
            "fence": spoken.fence,
        }
        return Question(self._given(problem), str(row["entry_point"]), names)


def with_names(question: Question, **names: Any) -> Question:
    """Return the question with more that its template may use."""
    return replace(question, names={**question.names, **names})


def _solution(problem: Problem) -> str:
    return str(problem.row["prompt"] + problem.row["canonical_solution"])
