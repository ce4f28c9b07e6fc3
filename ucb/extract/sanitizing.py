"""EvalPlus's way from a reply to code (https://github.com/evalplus/evalplus, `sanitize`).

It is offered for parity. It can destroy right code: decorated definitions,
functions without `return`, top-level statements and later definitions of a name
are dropped.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from ucb.extract.found import Extraction, Rule
from ucb.syntax.python import parsed

_IMPORTS = {"import_statement", "import_from_statement"}
_DEFINITIONS = {"class_definition", "function_definition"}


def sanitized(text: str, entry_point: str = "") -> Extraction:
    """
    Return the imports of the longest run of lines that is Python, and what it defines.

    Of the definitions those that `entry_point` reaches by name are kept, all
    without an `entry_point`, and the first of several of one name. Where none
    is left, the run of lines is the answer.
    """
    run = _longest_program(text)
    rules: tuple[str, ...] = (Rule.LINES,) if run != text else ()
    kept = _kept(run, entry_point).strip()
    if kept and kept != run.strip():
        rules += (Rule.DEMO,)
    code = kept or run
    return Extraction(code, rules) if code.strip() else Extraction("", (Rule.NO_CODE,))


def _longest_program(text: str) -> str:
    """Return the first run of two lines or more that is Python and has most lines with text."""
    lines = text.split("\n")
    written = [bool(line.strip()) for line in lines]
    best, most = (0, 0), 0
    for start in range(len(lines)):
        if sum(written[start:]) <= most:
            break
        for end in range(len(lines), start + 1, -1):
            count = sum(written[start:end])
            if count <= most:
                break
            if end - start > 1 and _is_python("\n".join(lines[start:end])):
                # Shorter runs from here hold as many lines with text only if the rest is blank.
                best, most = (start, _shortest(lines, written, start, end)), count
                break
    return "\n".join(lines[best[0] : best[1] or 1])


def _shortest(lines: Sequence[str], written: Sequence[bool], start: int, end: int) -> int:
    """Return the first end with as many written lines at which the run is Python, too."""
    count = sum(written[start:end])
    for sooner in range(start + 2, end):
        if sum(written[start:sooner]) == count and _is_python("\n".join(lines[start:sooner])):
            return sooner
    return end


def _is_python(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(code)
        except (SyntaxError, MemoryError, ValueError, RecursionError):
            return False
    return True


def _kept(code: str, entry_point: str) -> str:
    imports: list[Node] = []
    defined: dict[str, Node] = {}
    for node in parsed(code).children:
        if node.type in _IMPORTS:
            imports.append(node)
            continue
        what = _defining(node)
        if what is not None and (name := _name(what)) not in defined:
            defined[name] = what
    wanted = _reached(entry_point, defined) if entry_point else set(defined)
    nodes = [*imports, *(node for name, node in defined.items() if name in wanted)]
    return "\n".join(_text(node) for node in nodes)


def _defining(node: Node) -> Node | None:
    """Return the definition or assignment that a top-level statement is, if it counts as one."""
    if node.type == "function_definition":
        returns = any(each.type == "return_statement" for each in _walk(node))
        return node if returns else None
    if node.type in _DEFINITIONS:
        return node
    if node.type == "expression_statement" and node.children[0].type == "assignment":
        return node.children[0]
    return None


def _reached(entry_point: str, defined: Mapping[str, Node]) -> set[str]:
    found, queue = {entry_point}, [entry_point]
    while queue:
        node = defined.get(queue.pop())
        names = (
            {_text(each) for each in _walk(node) if each.type == "identifier"} if node else set()
        )
        queue += names - found
        found |= names
    return found


def _name(node: Node) -> str:
    """Return the first plain name of a definition; empty for none, such as `a.b = 1`."""
    return next((_text(each) for each in node.children if each.type == "identifier"), "")


def _walk(node: Node) -> Iterator[Node]:
    stack = list(node.children)
    while stack:
        each = stack.pop()
        yield each
        stack += each.children


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
