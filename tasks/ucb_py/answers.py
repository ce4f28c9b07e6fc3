"""From a reply to one function's source, and from that back into its file."""

from __future__ import annotations

import ast
import re
import warnings

from ucb.extract import Extraction, Rule, answer

_BLANK = re.compile(r"\s*(#.*)?")


def of_chat(text: str, given: str, name: str) -> Extraction:
    """
    Return the function `name` that a chat's reply defines, without indentation.

    Args:
        text: The reply.
        given: The function as it was shown: a reply of a body alone goes behind its signature.
        name: Of a method, the last part.

    """
    found = answer(text, given, name)
    function = _definition(found.code, name)
    return Extraction(function or found.code, found.rules)


def of_completion(text: str, signature: str, name: str) -> Extraction:
    """
    Return the function that goes on from its indented `signature`, without indentation.

    It ends at the first line that is indented as the signature is, or less, and that does not
    stand inside a string or between brackets.
    """
    indent = _indent_of(signature)
    body = _until_outdented(signature, text, indent).rstrip()
    if not body.strip():
        return Extraction("", (Rule.NO_CODE,))
    rules = (Rule.CUT,) if body != text.rstrip() else ()
    code = shifted(f"{signature.rstrip()}\n{body}\n", -indent)
    return Extraction(_definition(code, name) or code, rules)


def _until_outdented(signature: str, text: str, indent: int) -> str:
    """Return the body: up to the first outdented line before which all is Python, or the first."""
    lines = text.split("\n")
    ends = [
        number
        for number, line in enumerate(lines)
        if number and line.strip() and not _BLANK.fullmatch(line) and _indent_of(line) <= indent
    ]
    outer = "if 1:\n" if indent else ""
    for end in [*ends, len(lines)]:
        body = "\n".join(lines[:end])
        if body.strip() and _parsed(f"{outer}{signature.rstrip()}\n{body}\n") is not None:
            return body
    return "\n".join(lines[: ends[0]] if ends else lines)


def shifted(code: str, by: int) -> str:
    """Indent code by so many spaces more, or less; what a string holds stays as it is."""
    inside = _in_strings(code)
    lines = []
    for number, line in enumerate(code.split("\n"), 1):
        if number in inside or not line.strip():
            lines.append(line)
        elif by >= 0:
            lines.append(" " * by + line)
        else:
            lines.append(line[min(-by, _indent_of(line)) :])
    return "\n".join(lines)


def header(function: str) -> str:
    """Return a function's decorators and signature, without the body: source that ends in `:`."""
    node = _only(function)
    lines = function.split("\n")
    if node is None or node.body[0].lineno == node.lineno:
        return lines[0]
    last = node.body[0].lineno - 1
    while last > node.lineno and not lines[last - 1].split("#")[0].rstrip().endswith(":"):
        last -= 1
    return "\n".join(lines[:last])


def documented(function: str) -> str:
    """Return a function down to its docstring, without the rest of its body or a line end."""
    node = _only(function)
    if node is None or ast.get_docstring(node, clean=False) is None:
        return header(function)
    return "\n".join(function.split("\n")[: node.body[0].end_lineno])


def with_body(function: str, body: str) -> str:
    """Return a function, without indentation, with another body."""
    return f"{header(function)}\n{body}"


def _only(function: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    tree = _parsed(function)
    for node in tree.body if tree else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return node
    return None


def _definition(code: str, name: str) -> str:
    """Return the last function or method of this name in code that parses, else nothing."""
    tree = _parsed(code)
    if tree is None:
        return ""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    # One inside another function is not the one that was asked for.
    inner = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for each in ast.walk(node)
        if each is not node
    }
    outer = [node for node in found if id(node) not in inner]
    if not outer:
        return ""
    node = outer[-1]
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    lines = code.split("\n")[first - 1 : node.end_lineno]
    return shifted("\n".join(lines) + "\n", -node.col_offset)


def _parsed(code: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _in_strings(code: str) -> set[int]:
    """Return the lines that begin inside a string, where code parses at some indentation."""
    flat = code if _indent_of(code) == 0 else f"if 1:\n{code}"
    tree = _parsed(flat)
    offset = 0 if flat is code else 1
    return {
        line - offset
        for node in (ast.walk(tree) if tree else ())
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }


def _indent_of(text: str) -> int:
    """Return the columns before the first word; a tab counts as one, as in a slice."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return len(first) - len(first.lstrip())
