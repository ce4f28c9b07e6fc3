"""DS-1000: 1,000 data science problems from Stack Overflow (https://arxiv.org/abs/2211.11501)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from ucb import prompting
from ucb.data import Dataset
from ucb.extract import Extraction
from ucb.languages import language
from ucb.prompting import Ask, Protocol, Question
from ucb.task import Task
from ucb.types import NONCE, Execution, Key, Limits, Problem, Program, Prompt, Style, Verdict

from .extraction import Place, snippet, upstream

DATA = Dataset(
    name="DS-1000",
    file="ds1000/ds1000.jsonl.gz",
    sha256="e8c6daa9d7223976bce0296644f3933f78d7f47830669ff05cd61da62c6ba9b3",
    url="https://github.com/xlang-ai/DS-1000/raw/main/data/ds1000.jsonl.gz",
    fields=("prompt", "reference_code", "code_context", "metadata"),
    count=1000,
)

SYSTEM = (
    "Write a short code following the given format and indentation. Place the executable code "
    "between <code> and </code> tags, without any other non-executable things."
)
PUBLISHED_STOPS = ("</code>", "# SOLUTION END")
STOPS = (*PUBLISHED_STOPS, "\nEND SOLUTION")

# 120 s on the wall is the published limit. References take 8 s of CPU at most.
_PUBLISHED = Limits(cpu=120.0, wall=360.0, memory=4096)
_USUAL = Limits(cpu=60.0, wall=180.0, memory=4096)
_GIVEN = "{{ given }}"

PROTOCOLS = {
    # The published prompts, and extraction that keeps code that is right.
    "ucb": Protocol(Ask(_GIVEN, STOPS), Ask(_GIVEN), _USUAL),
    # As DS-1000's repository runs its simplified format of April 2024.
    "ds-1000": Protocol(Ask(_GIVEN, PUBLISHED_STOPS), Ask(_GIVEN), _PUBLISHED),
    # The paper's second form, for models that see what follows the place.
    "insertion": Protocol(Ask(_GIVEN, STOPS), Ask(_GIVEN), _USUAL),
}

TOGETHER = frozenset({932, 933, 934, 935})
"""Problems whose result is an optimizer with its parameters: no plain data."""
_IMPORT = re.compile(r"^(?:import|from)\s+([\w.]+)", re.MULTILINE)
_INSIDE = Path(__file__).parent / "inside"


class DS1000(Task):
    """Write the few lines that a program lacks."""

    name = "ds1000"
    version = 1
    modes = tuple(PROTOCOLS)

    def problems(self) -> Iterable[Problem]:
        for row in DATA.rows(self.data_file):
            yield Problem(f"DS-1000/{row['metadata']['problem_id']}", "ds1000", row)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        metadata = problem.row["metadata"]
        return {"library": metadata["library"], "perturbation": metadata["perturbation_type"]}

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = PROTOCOLS[self.mode].ask(style)
        asked = prompting.prompt(_question(problem), ask, style, self.user_prompt)
        if style is Style.CHAT and self.user_prompt is None:
            return replace(asked, system=SYSTEM)
        if style is Style.COMPLETE and self.mode == "insertion":
            return replace(asked, suffix=_behind(problem))
        return asked

    def published_prompt(self, problem: Problem) -> str:  # noqa: ARG002
        """Return nothing: the code of a sample is what stands in the place, and not the prompt."""
        return ""

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        if self.mode == "ds-1000" and self.user_prompt is None:
            return upstream(text)
        return snippet(
            _place(problem.row["code_context"]),
            text,
            prompt.stop,
            problem.row["prompt"],
            chat=prompt.style is Style.CHAT,
        )

    def program(self, problem: Problem, code: str) -> Program:
        # An answer that spells the word would be told the secret.
        code = code.replace(NONCE, "?")
        context = problem.row["code_context"]
        checks = ["test_execution(code)"]
        if "test_string(" in context:
            checks.append("test_string(code)")
        tests = f"{context}\ncode = {code!r}\n" + "\n".join(checks) + "\n"
        limits = PROTOCOLS[self.mode].limits
        whole = language(problem.language).program(tests, limits=limits)
        files = {**whole.files, "answer.py": _place(context).filled(code)}
        if _is_apart(problem):
            main = f"import apart\n\napart.main({_libraries(context)!r})\n"
            files |= {"tests.py": files["main.py"], "main.py": main, **_inside()}
        return replace(whole, files=files)

    def shown(self, problem: Problem, code: str) -> str:
        files = self.program(problem, code).files
        return files.get("tests.py", files["main.py"])

    def judge(self, problem: Problem, program: Program, key: Key, execution: Execution) -> Verdict:
        verdict = super().judge(problem, program, key, execution)
        if verdict.judge == "nonce" and _is_apart(problem):
            return replace(verdict, judge="split")
        return verdict

    def reference(self, problem: Problem) -> str:
        return str(problem.row["reference_code"])

    def stub(self, problem: Problem, body: str) -> str:
        inside = _place(problem.row["code_context"]).function
        return "".join(f"    {line}" for line in body.splitlines(True)) if inside else body


def _question(problem: Problem) -> Question:
    row = problem.row
    names = {"library": row["metadata"]["library"], "problem_id": row["metadata"]["problem_id"]}
    return Question(row["prompt"], "", names)


def _behind(problem: Problem) -> str:
    """Return what closes the place that the prompt has opened."""
    opening = problem.row["prompt"].rstrip().rpartition("\n")[2].strip()
    closing = {"<code>": "</code>\nEND SOLUTION", "### BEGIN SOLUTION": "</code>"}
    return f"\n{closing.get(opening, '# SOLUTION END')}\n"


def _is_apart(problem: Problem) -> bool:
    """Whether the answer runs in a process of its own. A figure cannot leave its process."""
    metadata = problem.row["metadata"]
    return metadata["library"] != "Matplotlib" and metadata["problem_id"] not in TOGETHER


@cache
def _place(code_context: str) -> Place:
    return Place.of(code_context)


def _libraries(code_context: str) -> tuple[str, ...]:
    """Return the modules that the tests import first."""
    head = code_context.partition("\ndef ")[0]
    return tuple(dict.fromkeys(_IMPORT.findall(head)))


@cache
def _inside() -> Mapping[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(_INSIDE.glob("*.py"))}


TASKS = [DS1000()]
