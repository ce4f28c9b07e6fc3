"""MBPP: short Python programs from one sentence and three tests (https://arxiv.org/abs/2108.07732)."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ucb import prompting
from ucb.data import Dataset
from ucb.extract import Extraction
from ucb.languages import language
from ucb.prompting import Ask, Protocol, Question
from ucb.task import Task
from ucb.types import Limits, Problem, Program, Prompt, Style, Tests

_SITE = "https://raw.githubusercontent.com/google-research/google-research/master/mbpp"
FULL = Dataset(
    name="MBPP",
    file="mbpp/mbpp.jsonl.gz",
    sha256=(
        "2809de2a637dffecb4bd58128bcfe1250d0a335779b019956b7f3c28f646e4a6",
        "ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f",
    ),
    url=f"{_SITE}/mbpp.jsonl",
    fields=("task_id", "text", "code", "test_list", "test_setup_code"),
    count=974,
)
SANITIZED = Dataset(
    name="MBPP sanitized",
    file="mbpp/sanitized-mbpp.json.gz",
    sha256=(
        "0eb858cb58bf7086e5d0cfb944d2e75155936dd84d8235d887523637f7af4890",
        "ca95deaa9a01ef0a6f439f88bcf0dd3db3563d22f22aad6cae04ebb9a8d8c8e9",
    ),
    url=f"{_SITE}/sanitized-mbpp.json",
    fields=("task_id", "prompt", "code", "test_list", "test_imports"),
    count=427,
)
# The paper's split: 1 to 10 are for prompts, 511 to 600 for validation, the rest for training.
TEST = range(11, 511)
_EXAMPLES = (2, 3, 4, 1, 5, 6, 7, 8, 9, 10)
"""Problems to solve before a question: the paper's three, then the others it set aside."""

_TESTS = "{{ tests | join('\\n') }}"
FEW_SHOT = (
    "{% macro ask(text, tests) %}"
    "You are an expert Python programmer, and here is your task: {{ text }} "
    f"Your code should pass these tests:\n\n{_TESTS}\n[BEGIN]\n"
    "{% endmacro %}"
    "{% for each in examples %}"
    "{{ ask(each.text, each.tests) }}{{ each.CODE }}\n[DONE]\n\n"
    "{% endfor %}{{ ask(text, tests) }}"
)
_DOCSTRING = '"""\n{{ text }}\n{{ tests[0] }}\n"""\n'
# Without examples unless the user asks for some.
DOCSTRING = (
    '{% for each in examples %}"""\n{{ each.text }}\n{{ each.tests[0] }}\n"""\n'
    f"{{{{ each.code }}}}\n\n{{% endfor %}}{_DOCSTRING}"
)
_SOLVED = """\
{% for each in examples %}\
Example: {{ each.text }}

```python
{{ each.code }}
```

{% endfor %}\
"""
CHAT = f"""\
{_SOLVED}{{{{ text }}}} Your code must pass these tests:

```python
{_TESTS}
```

Reply with the whole program in one code block.
"""
LM_EVAL_CHAT = (
    "{% macro ask(text, tests) %}"
    "You are an expert Python programmer, and here is your task:\n{{ text }}\n"
    f"Your code should pass these tests:\n{_TESTS}"
    "{% endmacro %}"
    "{% for each in examples %}"
    "{{ ask(each.text, each.tests) }}\n```python\n{{ each.published }}\n```\n\n"
    "{% endfor %}{{ ask(text, tests) }}"
)
EVALPLUS_CHAT = f"""\
{_SOLVED}\
Please provide a self-contained Python script that solves the following problem in a markdown \
code block:
```
{_DOCSTRING.strip()}
```
"""
EVALPLUS_PREFILL = """\
Below is a Python script with a self-contained function that solves the problem and passes \
corresponding tests:
```python
"""
BIGCODE_STOPS = ("\nclass", "\nassert", '\n"""', "\nprint", "\nif", "\n<|/", "\n```")
EVALPLUS_STOPS = (
    "<|endoftext|>", "<|endofmask|>", "</s>", "\nif __name__", "\ndef main(", "\nprint(",
)  # fmt: skip

# bigcode's and lm-eval's limit is 3 s on the wall, EvalPlus's depends on the solution;
# here it is CPU time, so that a busy machine fails nobody. The solution of Mbpp/123
# takes more than 3 s.
_LIMITS = Limits(cpu=10.0, wall=30.0)
_THREE_SECONDS = Limits(cpu=3.0, wall=9.0)
_OWN_CHAT = Ask(CHAT, strategy="answer")
PROTOCOLS = {
    # The paper's three-shot prompt.
    "google": Protocol(
        Ask(FEW_SHOT.replace("CODE", "code"), ("[DONE]",), strategy="alone"),
        _OWN_CHAT, _LIMITS, few_shot=3,
    ),
    # `mbpp` and `mbpp_instruct`; examples keep the line endings of the data.
    "lm-eval": Protocol(
        Ask(FEW_SHOT.replace("CODE", "published"), ("[DONE]",), strategy="alone"),
        Ask(LM_EVAL_CHAT, (), "\n```python\n", "first block"),
        _THREE_SECONDS, few_shot=3,
    ),
    "bigcode": Protocol(Ask(DOCSTRING, BIGCODE_STOPS, strategy="stops"), _OWN_CHAT, _THREE_SECONDS),
    # EvalPlus asks so; its own tests are the task `mbpp-plus`.
    "evalplus": Protocol(
        Ask(DOCSTRING, (*EVALPLUS_STOPS, '\n"""', "\nassert"), strategy="sanitized"),
        Ask(EVALPLUS_CHAT, (*EVALPLUS_STOPS, "\n```\n"), EVALPLUS_PREFILL, "sanitized"),
        _LIMITS,
    ),
}  # fmt: skip


class Mbpp(Task):
    """Write a program from a sentence and its tests."""

    version = 1
    modes = tuple(PROTOCOLS)
    most_examples = len(_EXAMPLES) - 1  # A problem is no example for itself.

    def __init__(self, name: str, data: Dataset, wanted: range) -> None:
        super().__init__()
        self.name = name
        self._data = data
        self._wanted = wanted

    def problems(self) -> Iterable[Problem]:
        rows = list(self._data.rows(self.data_file))
        examples = {row["task_id"]: _example(row) for row in rows if row["task_id"] in _EXAMPLES}
        for row in rows:
            if row["task_id"] in self._wanted or self.data_file is not None:
                shown = [examples[n] for n in _EXAMPLES if n in examples and n != row["task_id"]]
                yield Problem(f"Mbpp/{row['task_id']}", "python", {**row, "examples": shown})

    def prompt(self, problem: Problem, style: Style) -> Prompt:
        ask = PROTOCOLS[self.mode].ask(style)
        return prompting.prompt(self._question(problem, style), ask, style, self.user_prompt)

    def published_prompt(self, problem: Problem) -> str:
        return self.configured(mode="bigcode").prompt(problem, Style.COMPLETE).text

    def extract(self, problem: Problem, prompt: Prompt, text: str) -> Extraction:
        ask = PROTOCOLS[self.mode].ask(prompt.style)
        question = self._question(problem, prompt.style)
        return prompting.code(question, ask, prompt, text, self.user_prompt)

    def program(self, problem: Problem, code: str) -> Program:
        suite = _suite(problem)
        limits = PROTOCOLS[self.mode].limits
        if not suite.apart:
            return language(problem.language).program(
                f"{code}\n\n{suite.setup}\n{suite.source}", limits=limits
            )
        tests = Tests(suite.source, suite.functions, suite.setup)
        return language(problem.language).program(code, tests=tests, limits=limits)

    def reference(self, problem: Problem) -> str:
        return str(problem.row["code"])

    def stub(self, problem: Problem, body: str) -> str:
        names = _suite(problem).functions
        return "\n".join(f"def {name}(*arguments):\n{body}" for name in names)

    def _question(self, problem: Problem, style: Style) -> Question:
        row = problem.row
        count = PROTOCOLS[self.mode].few_shot if self.few_shot is None else self.few_shot
        if style is Style.CHAT and self.few_shot is None and self.mode != "lm-eval":
            count = 0
        names = {
            "task_id": row["task_id"],
            "text": _text(row),
            "tests": row["test_list"],
            "examples": row["examples"][:count],
        }
        return Question("", _suite(problem).functions[-1], names)


@dataclass(frozen=True, slots=True)
class _Suite:
    """How one problem is tested."""

    source: str
    setup: str
    functions: tuple[str, ...]
    """What the tests call, the function asked for last."""
    apart: bool
    """Tests can run in another process: all they pass and get are plain values."""


def _suite(problem: Problem) -> _Suite:
    row = problem.row
    setup = "\n".join([*row.get("test_imports", ()), row.get("test_setup_code", "")]).strip()
    return _read(str(row["code"]), "\n".join(row["test_list"]), setup)


@cache
def _read(code: str, tests: str, setup: str) -> _Suite:
    solution = _parsed(code)
    used = {n.id for n in ast.walk(_parsed(f"{setup}\n{tests}")) if isinstance(n, ast.Name)}
    defined = {
        node.name: type(node)
        for node in solution.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in used
    }
    functions = tuple(name for name, kind in defined.items() if kind is ast.FunctionDef)
    # One problem's tests use a module that only its solution imports.
    imports = [ast.unparse(n) for n in solution.body if isinstance(n, ast.Import | ast.ImportFrom)]
    needed = [line for line in imports if used & set(line.replace(",", " ").split())]
    return _Suite(
        source=f"{tests}\n",
        setup="\n".join([*needed, setup]).strip(),
        functions=functions,
        apart=len(functions) == len(defined) and not _passes_classes(tests, functions),
    )


def _passes_classes(tests: str, functions: tuple[str, ...]) -> bool:
    """Whether tests give the candidate a class, such as `int`: it has no plain value."""
    calls = [
        node
        for node in ast.walk(_parsed(tests))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in functions
    ]
    given = (getattr(argument, "id", "") for call in calls for argument in call.args)
    return any(isinstance(getattr(builtins, name, None), type) for name in given)


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def _text(row: Mapping[str, Any]) -> str:
    return str(row["text"] if "text" in row else row["prompt"])


def _example(row: Mapping[str, Any]) -> dict[str, Any]:
    published = str(row["code"])
    plain = published.replace("\r\n", "\n")
    return {"text": _text(row), "tests": row["test_list"], "code": plain, "published": published}


TASKS = [
    Mbpp("mbpp", FULL, TEST),
    Mbpp("mbpp-all", FULL, range(1, 975)),
    Mbpp("mbpp-sanitized", SANITIZED, range(1, 975)),
]
