"""What the tasks share: rows, prompts, stop sequences, programs and working copies."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from ucb import prompting
from ucb.defects4j.copies import Copy, WorkingCopies
from ucb.defects4j.installation import Installation
from ucb.defects4j.suite import TOOLCHAIN
from ucb.languages import Brought
from ucb.prompting import Ask, Question
from ucb.task import Task
from ucb.types import Completion, Problem, Prompt, Reason, Stage, Style, Verdict

from . import ancestor
from .functions import is_file, named
from .published import UCB, Published
from .rows import Row, rows

_ANSWERS = frozenset({"function", "fix", "defective", "source", "source_fixed", "source_buggy"})
"""Fields that hold what is asked for."""


def problems(task: Task, published: Published) -> Iterable[Problem]:
    """Yield a dataset's problems; raise `DataError` for a row that is none."""
    for row in rows(published, task.data_file):
        yield Problem(str(row["task_id"]), TOOLCHAIN, row)


def groups(problem: Problem) -> Mapping[str, str]:
    """Return the problem's project."""
    return {"project": str(problem.row["project"])}


def bug(problem: Problem) -> str:
    """Return the name of the problem's bug, such as `Lang-1`."""
    return f"{problem.row['project']}-{problem.row['bug_id']}"


def asked(row: Row, style: Style) -> str:
    """Return the published prompt, stripped as the published harness does."""
    return str(row["prompt_chat" if style is Style.CHAT else "prompt_complete"]).strip()


def prompt(task: Task, published: Published, problem: Problem, style: Style) -> Prompt:
    """
    Ask as published, or by a user's template over the row's fields.

    The fields that hold the answer are no names of a template, but for the function that is to be
    repaired.
    """
    row = problem.row
    names = {name: value for name, value in row.items() if name not in _ANSWERS}
    if published.suffix == "repair":
        names["function"] = row["function"]
    name = named(str(row.get("function_signature", ""))).name
    question = Question(asked(row, style), name, names)
    ask = Ask("{{ given }}", stop=stops(task.mode, published, row, style))
    return prompting.prompt(question, ask, style, task.user_prompt)


def stops(mode: str, published: Published, row: Row, style: Style) -> tuple[str, ...]:
    """
    Return what ends a completion.

    CodeUJB lists stop words and gives them to no model. They would also cut an anonymous class at
    its first `public`: in the mode `strict` they count at the beginning of a line that is indented
    as the function itself is, where it can only be over. A chat has none.
    """
    if style is Style.CHAT or mode == UCB:
        return ()
    if published.suffix == "repair":
        return published.stop_words
    if not asked(row, style).endswith("{"):
        return ()
    source, start = (row.get(name, row.get(f"{name}_fixed", "")) for name in ("source", "start"))
    line = source.split("\n")[start or 0]
    indent = line[: len(line) - len(line.lstrip())]
    words = dict.fromkeys(word.strip() for word in published.stop_words)
    return tuple(f"\n{indent}{word}" for word in words)


def spliced(row: Row, code: str, side: Literal["", "_fixed", "_buggy"] = "") -> dict[str, str]:
    """Return the row's file with `code` in the place of the lines `start` to `end`.

    They are counted from 0, and both are replaced.
    """
    lines = row[f"source{side}"].split("\n")
    start, end = row[f"start{side}"], row[f"end{side}"]
    text = "\n".join([*lines[:start], *code.split("\n"), *lines[end + 1 :]])
    return {row[f"location{side}"]: text}


def unparsed(mode: str, completion: Completion, *files: Mapping[str, str]) -> Verdict | None:
    """Return the verdict of an answer that makes no Java file; None for one that does."""
    texts = [text for each in files for text in each.values()]
    right = ancestor.parses(*texts) if mode == UCB else all(map(is_file, texts))
    if right:
        return None
    return Verdict(completion.key, Stage.NOTHING, Reason.SYNTAX, judge="answer")


class WorkingTrees:
    """Working copies by where Defects4J is; tasks that differ in nothing else share them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: dict[str, WorkingCopies] = {}

    def tree(self, task: Task, row: Row, version: Literal["f", "b"]) -> str:
        """Return the name of a version's working copy in the store, made if need be.

        The mode `ucb` has it unbuilt: its time limits are meant to include compilation.
        """
        copy = Copy(str(row["project"]), str(row["bug_id"]), version)
        return self._copies(task).tree(copy, built=task.mode != UCB)

    def make(self, task: Task, found: Iterable[Problem], versions: str = "f") -> None:
        """Make all working copies that problems need; raise `DataError` if any cannot be had."""
        wanted = [
            Copy(str(each.row["project"]), str(each.row["bug_id"]), "b" if v == "b" else "f")
            for each in found
            for v in versions
        ]
        self._copies(task).trees(wanted, built=task.mode != UCB)

    def brought(self, task: Task) -> Mapping[str, Brought]:
        """Return the user's Defects4J; raise `ConfigError` with what is missing of it."""
        return {TOOLCHAIN: self._copies(task).installation.brought()}

    def _copies(self, task: Task) -> WorkingCopies:
        with self._lock:
            if task.defects4j not in self._opened:
                opened = WorkingCopies(Installation.open(task.defects4j))
                self._opened[task.defects4j] = opened
            return self._opened[task.defects4j]


def listed(row: Row, name: str) -> list[str]:
    """Return a list of names of a row, each without edge whitespace."""
    value: Any = row[name]
    return [str(each).strip() for each in value]
