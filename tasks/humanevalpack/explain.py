"""Two tasks in turn: to describe a function, and to write it again from the description."""

from __future__ import annotations

from collections.abc import Iterable

from ucb.data import sharded_rows
from ucb.errors import ConfigError, DataError
from ucb.extract import Extraction, Rule, until
from ucb.prompting import Ask, Question
from ucb.rows import completion_from_row
from ucb.types import Problem, Program, Prompt, Style

from ..humaneval_x.published import Spoken  # noqa: TID252
from .pack import REPLY, HumanEvalPack, with_names

_IN_WORDS = "Provide a concise natural language description of the code using at most"
DESCRIBE = f"{{{{ (solution ~ '\\n{_IN_WORDS} ' ~ most ~ ' characters.') | trim }}}}"
DESCRIBE_CHAT = f"""\
```{{{{ fence }}}}
{{{{ solution | trim }}}}
```

{_IN_WORDS} {{{{ most }}}} characters.
"""
_TO_WRITE = "Write functional code in {{ title }} according to the description."
EXPLAIN = f"{{{{ description }}}}\n{_TO_WRITE}\n\n{{{{ given | trim }}}}"
EXPLAIN_CHAT = f"""\
{{{{ description }}}}

{_TO_WRITE} {REPLY} It begins so:

```{{{{ fence }}}}
{{{{ given | trim }}}}
```
"""
_TOLD = 20
"""A line of the solution longer than this may not stand in its description."""


class Describe(HumanEvalPack):
    """Say in words what a function does: for `explain`, with nothing to run."""

    modes = ("instruct",)

    def __init__(self, spoken: Spoken) -> None:
        super().__init__("describe", spoken)

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:  # noqa: ARG002
        said = description(problem, text, self._spoken.stop)
        return Extraction(said, () if said.strip() else (Rule.NO_CODE,))

    def program(self, problem: Problem, code: str) -> Program:  # noqa: ARG002
        explain = self.name.replace("describe", "explain")
        raise ConfigError(
            f"{self.name} has nothing to run. Use `ucb generate {self.name}`, and "
            f"--data RUN/{self.name}/completions.jsonl with {explain}."
        )

    def reference(self, problem: Problem) -> None:  # noqa: ARG002
        return None

    def stub(self, problem: Problem, body: str) -> None:  # noqa: ARG002
        return None

    def _given(self, problem: Problem) -> str:
        return self.declaration(problem)

    def _ask(self, style: Style) -> Ask:
        return Ask(DESCRIBE_CHAT) if style is Style.CHAT else Ask(DESCRIBE, self._spoken.stop)

    def _question(self, problem: Problem) -> Question:
        solution = self.declaration(problem) + str(problem.row["canonical_solution"])
        most = len(str(problem.row["docstring"]))
        return with_names(super()._question(problem), solution=solution, most=most)


class Explain(HumanEvalPack):
    """Write a function from a model's description of it: `--data` has the descriptions."""

    modes = ("instruct",)

    def __init__(self, spoken: Spoken) -> None:
        super().__init__("explain", spoken)

    def problems(self) -> Iterable[Problem]:
        """Yield a problem for every description, in the order of the file."""
        if self.data_file is None:
            describe = self.name.replace("explain", "describe")
            raise DataError(
                f"{self.name} asks with a model's descriptions. Make them with `ucb generate "
                f"{describe}`, and give --data RUN/{describe}/completions.jsonl."
            )
        rows = {row["task_id"]: row for row in self._data.rows()}
        language = self._spoken.suffix
        for file, number, row in sharded_rows(self.data_file):
            where = f"{file}, line {number}"
            made = completion_from_row(row, where)
            name, sample = made.key
            if name not in rows:
                raise DataError(f"{where}: HumanEvalPack {language} has no problem {name!r}.")
            plain = Problem(name, self.toolchain, rows[name])
            said = description(plain, made.text, self._spoken.stop)
            key = f"{name}#{sample}" if sample else name
            yield Problem(key, self.toolchain, {**rows[name], "description": said})

    def _given(self, problem: Problem) -> str:
        return self.declaration(problem)

    def _ask(self, style: Style) -> Ask:
        return Ask(EXPLAIN_CHAT) if style is Style.CHAT else Ask(EXPLAIN, self._spoken.stop)

    def _question(self, problem: Problem) -> Question:
        said = problem.row["description"]
        return with_names(super()._question(problem), description=said)


def description(problem: Problem, text: str, stop: tuple[str, ...]) -> str:
    """
    Return what the published harness keeps of a description.

    At most as many characters as the docstring has, up to a stop sequence, and
    without lines of the solution.
    """
    row = problem.row
    said = until(text.strip()[: len(str(row["docstring"]))], stop).rstrip()
    for line in map(str.strip, str(row["canonical_solution"]).split("\n")):
        if len(line) > _TOLD:
            said = said.replace(line, "")
    return said
