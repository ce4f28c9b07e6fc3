"""Two versions of a function without what tells them apart from outside their bodies' code.

Comments go, since a fix is often explained, and with them runs of blank lines. A docstring stays
where the other version has the same one. Both have one signature: mined versions differ in its
annotations and its layout at most, and those of an older release may name what the file no
longer imports. All else is as it was written.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings

_Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def alike(old: str, new: str) -> tuple[str, str]:
    """Return two versions of a function, without indentation, each so far as it may be shown.

    Both get the new one's decorators and signature. Raises what `ast.parse` does for text that is
    no Python.
    """
    kept = set(_docstrings(old).values()) & set(_docstrings(new).values())
    one, other = _shown(old, kept), _shown(new, kept)
    (_, body), (signature, _) = _halves(one), _halves(other)
    return (signature + body if signature and body else one), other


def _shown(function: str, kept: set[str]) -> str:
    bare = without_comments(function)
    lines = bare.split("\n")
    dropped: set[int] = set()
    empty: set[int] = set()
    for node, text in _docstrings(bare).items():
        if text in kept:
            continue
        first, last = node.body[0].lineno, node.body[0].end_lineno or 0
        dropped.update(range(first, last + 1))
        if len(node.body) == 1:
            empty.add(first)
        elif not lines[last].strip():  # The blank line below it.
            dropped.add(last + 1)
    shown = []
    for number, line in enumerate(lines, 1):
        if number in empty:
            shown.append(f"{line[: len(line) - len(line.lstrip())]}pass")
        elif number not in dropped:
            shown.append(line)
    return "\n".join(shown)


def _halves(bare: str) -> tuple[str, str]:
    """Return decorators and signature, and the body; nothing if they share a line."""
    lines = [f"{line}\n" for line in bare.split("\n")]
    first = _parsed(bare).body[0]
    if not isinstance(first, _Documented):
        return "", ""
    begin = first.body[0]
    row = min([begin.lineno, *(each.lineno for each in getattr(begin, "decorator_list", ()))])
    if lines[row - 1][: begin.col_offset].strip():
        return "", ""
    return "".join(lines[: row - 1]), "".join(lines[row - 1 :]).removesuffix("\n")


def without_comments(code: str) -> str:
    """Return Python without comments, and with one blank line where several followed each other.

    What strings hold stays. Raises what `tokenize` does for text that is no Python.
    """
    cut: dict[int, int] = {}
    blank: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            cut[row] = column
        elif token.type == tokenize.NL and not token.line.strip():
            blank.add(row)
    lines: list[str] = []
    after_blank = False
    for row, line in enumerate(code.split("\n"), 1):
        rest = line[: cut[row]].rstrip() if row in cut else line
        if row in cut and not rest:
            continue
        if row in blank:
            if not after_blank:
                lines.append("")
            after_blank = True
            continue
        lines.append(rest)
        after_blank = False
    return "\n".join(lines)


def _docstrings(code: str) -> dict[_Documented, str]:
    """Return docstrings as they are written, by what they document.

    One that shares a line with code is none.
    """
    tree = _parsed(code)
    lines = code.split("\n")
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, _Documented) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            above = lines[first.lineno - 1][: first.col_offset].strip()
            shared = len(node.body) > 1 and node.body[1].lineno == first.end_lineno
            if not above and not shared:
                found[node] = "\n".join(lines[first.lineno - 1 : first.end_lineno])
    return found


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)
