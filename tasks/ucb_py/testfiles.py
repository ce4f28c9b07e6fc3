"""Test files as answers: how they begin, what a reply holds of one, and where it stands."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from ucb.extract import Extraction, Rule, answer
from ucb.project import TREES, own_tests, store
from ucb.project.suite import Suite, Target
from ucb.types import Prompt, Style
from ucb.work.kit import Texts

from . import shared

GROUP = "answer"


@dataclass(frozen=True, slots=True)
class Stand:
    """An answer's place in a project, and what is not there for it to find."""

    file: str
    blanked: Mapping[str, str]
    """The files of the project's own tests of the function, without tests."""


def stand(row: Mapping[str, Any], texts: Texts) -> Stand:
    """Return where the answer to a row stands: beside the project's own tests of the function."""
    near, _ = _own(texts.tree, tuple(row["triggers"]), tuple(row["others"]))
    root = store() / TREES / texts.tree
    file = own_tests.place(root, near, row["tests"])
    return Stand(file, own_tests.blanked(root, reaching(row), {row["file"]}))


def suite(row: Mapping[str, Any], texts: Texts, stand: Stand) -> Suite:
    """Return the project, with the answer as its one group and the function as its target."""
    groups = {GROUP: [stand.file]}
    return replace(shared.suite(row, texts), groups=groups, target=target(row, texts))


def names(row: Mapping[str, Any], texts: Texts) -> dict[str, str]:
    """Return what a prompt may say of the test file that it asks for."""
    place = stand(row, texts).file
    return {"place": place, "module": shared.module(row), "begun": header(row)}


def reaching(row: Mapping[str, Any]) -> list[str]:
    """Return the project's own tests that run a row's function, as far as the row tells."""
    return sorted({*row.get("reaching", ()), *row["triggers"]})


def reference(row: Mapping[str, Any], texts: Texts) -> str | None:
    """Return the project's own tests that need the function, as far as one file holds them."""
    return _own(texts.tree, tuple(row["triggers"]), tuple(row["others"]))[1]


@lru_cache(maxsize=64)
def _own(tree: str, triggers: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, str | None]:
    """Return the file that holds most of the triggers, and the triggers in it as one file.

    The next file, where tests are inherited from another, or expect their own file's name in
    what they test; without the functions of which some test does not always pass.
    """
    files = own_tests.files_of(triggers)
    for file in files:
        path = store() / TREES / tree / file
        if file.endswith(".py") and path.is_file():
            inside, unsteady = (
                [name for name in names if name.startswith(f"{file}::")]
                for names in (triggers, others)
            )
            text = path.read_text(encoding="utf-8", errors="replace")
            found = own_tests.only(text, inside, unsteady)
            if found is not None and path.name not in found:
                return file, found
    return next(iter(files), ""), None


def target(row: Mapping[str, Any], texts: Texts) -> Target:
    """Return the function that the tests are for, as it is in the release."""
    first, last = row["span"]
    function = _definition(texts.fixed)
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    begin = body[0] if body else function.body[0]
    lines = [begin.lineno, *(each.lineno for each in getattr(begin, "decorator_list", []))]
    return Target(row["qualname"], row["file"], (first, last), (first + min(lines) - 1, last))


def fixed_lines(row: Mapping[str, Any], texts: Texts) -> set[int]:
    """
    Return the statements that the fix put in or changed: the file's numbers of their first lines.

    Where it took something away, those are the statements next to the gap.
    """
    buggy, fixed = (text.rstrip().split("\n") for text in (texts.buggy, texts.fixed))
    matcher = SequenceMatcher(None, buggy, fixed, autojunk=False)
    differing: set[int] = set()
    for kind, _, _, start, end in matcher.get_opcodes():
        if kind == "delete":
            differing |= {start, start + 1}
        elif kind != "equal":
            differing.update(range(start + 1, end + 1))
    statements = _first_lines(_definition(texts.fixed), differing)
    return {row["span"][0] + line - 1 for line in statements}


def header(row: Mapping[str, Any]) -> str:
    """Return how a test file begins that a model goes on with."""
    name = str(row["qualname"]).partition(".")[0]
    return f"import pytest\n\nfrom {shared.module(row)} import {name}\n\n\ndef test_"


def of_reply(prompt: Prompt, text: str, begun: str) -> Extraction:
    """
    Return the test file of a reply: a chat's longest code block, or what goes on from `begun`.

    A completion ends where the file stops being Python.
    """
    if prompt.style is Style.CHAT:
        return answer(prompt.prefill + text)
    if not text.strip():
        return Extraction("", (Rule.NO_CODE,))
    # A user's own prompt may end otherwise.
    whole = (begun if prompt.text.endswith(begun) else "") + text
    code = _python(whole)
    return Extraction(code, () if code.rstrip() == whole.rstrip() else (Rule.CUT,))


def _python(text: str) -> str:
    """
    Return the beginning of a text that is Python, up to a line's end.

    A statement at the top level that goes on behind it is left out, unless it is the first
    function: half a test tests something else.
    """
    lines = text.split("\n")
    end = len(lines)
    while (tree := _parsed("\n".join(lines[:end]))) is None:
        end = min(end - 1, _broken_at("\n".join(lines[:end])) - 1)
    rest = next((line for line in lines[end:] if line.strip()), "")
    code = "\n".join(lines[:end])
    if not rest[:1].isspace() or not tree.body:
        return code
    last = tree.body[-1]
    earlier = any(isinstance(each, ast.FunctionDef | ast.ClassDef) for each in tree.body[:-1])
    if not earlier:
        return code
    first = min([last.lineno, *(each.lineno for each in getattr(last, "decorator_list", []))])
    return "\n".join(lines[: first - 1])


def _broken_at(text: str) -> int:
    """Return the line at which a text stops being Python; the last where that is not told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError as error:
            return error.lineno or text.count("\n") + 1
        except (ValueError, RecursionError, MemoryError):
            pass
    return text.count("\n") + 1


def _parsed(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _definition(function: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Parse a release's own function; its lines keep their numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(function)
    return next(
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _first_lines(function: ast.AST, lines: Collection[int]) -> Iterable[int]:
    """Yield the first line of every statement that has one of these lines to itself."""
    for node in ast.walk(function):
        if node is function or not isinstance(node, ast.stmt | ast.ExceptHandler):
            continue
        inner = getattr(node, "body", None)
        last = inner[0].lineno - 1 if inner else node.end_lineno or node.lineno
        if any(node.lineno <= line <= max(last, node.lineno) for line in lines):
            yield node.lineno
