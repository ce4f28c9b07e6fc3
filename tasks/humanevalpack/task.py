"""HumanEvalPack: to write, repair and explain functions (https://arxiv.org/abs/2308.07124)."""

from __future__ import annotations

from collections.abc import Mapping

from ucb.prompting import Ask, Question
from ucb.types import Problem, Style

from ..humaneval_x.published import SPOKEN, Spoken  # noqa: TID252
from .explain import Describe, Explain
from .pack import REPLY, HumanEvalPack, with_names

SYNTHESIZE = {
    "instruct": "{{ (instruction | trim ~ '\\n\\n' ~ given) | trim }}",
    "continue": "{{ given | trim }}",
}
FIX = "{{ (given ~ buggy ~ shown ~ '\\nFix bugs in ' ~ name ~ '.\\n\\n' ~ given) | trim }}"
SYNTHESIZE_CHAT = f"""\
{{{{ instruction | trim }}}}

{REPLY} It begins so:

```{{{{ fence }}}}
{{{{ given | trim }}}}
```
"""
FIX_CHAT = f"""\
```{{{{ fence }}}}
{{{{ (given ~ buggy ~ shown) | trim }}}}
```

Fix bugs in {{{{ name }}}}. {REPLY}
"""


class Synthesize(HumanEvalPack):
    """Write a function from an instruction."""

    modes = tuple(SYNTHESIZE)

    def __init__(self, spoken: Spoken) -> None:
        super().__init__("synthesize", spoken)

    def _given(self, problem: Problem) -> str:
        return str(problem.row["prompt"])

    def _ask(self, style: Style) -> Ask:
        if style is Style.CHAT:
            return Ask(SYNTHESIZE_CHAT)
        return Ask(SYNTHESIZE[self.mode], self._spoken.stop)

    def _question(self, problem: Problem) -> Question:
        return with_names(super()._question(problem), instruction=problem.row["instruction"])


class Fix(HumanEvalPack):
    """Repair a function that has one bug, shown with its tests or with its description."""

    modes = ("tests", "docs")

    def __init__(self, spoken: Spoken) -> None:
        super().__init__("fix", spoken)

    def groups(self, problem: Problem) -> Mapping[str, str]:
        return {"bug type": str(problem.row["bug_type"])}

    def known(self, problem: Problem) -> Mapping[str, tuple[str, bool]]:
        return {"buggy solution": (str(problem.row["buggy_solution"]), False)}

    def _given(self, problem: Problem) -> str:
        return str(problem.row["prompt"]) if self.mode == "docs" else self.declaration(problem)

    def _ask(self, style: Style) -> Ask:
        return Ask(FIX_CHAT) if style is Style.CHAT else Ask(FIX, self._spoken.stop)

    def _question(self, problem: Problem) -> Question:
        question, row = super()._question(problem), problem.row
        shown = "" if self.mode == "docs" else f"\n{row['test']}"
        return with_names(question, buggy=row["buggy_solution"], shown=shown)


TASKS = [
    kind(spoken) for kind in (Synthesize, Fix, Describe, Explain) for spoken in SPOKEN.values()
]
