"""The head of a Go file: its package, and what it imports and must use."""

from __future__ import annotations

import re

_PACKAGE = re.compile(r"^package[ \t]+\w+[^\n]*\n?", re.MULTILINE)
_IMPORT = re.compile(
    r'^import\s*(?:\((.*?)\)|((?:[\w.]+\s+)?"[^"\n]+"))[ \t;]*\n?', re.DOTALL | re.MULTILINE
)
_SPEC = re.compile(r'(?:([\w.]+)\s+)?"([^"\n]+)"')
_NOT_CODE = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | "(?:\\.|[^"\\\n])*" | `[^`]*` | '(?:\\.|[^'\\\n])+'""",
    re.DOTALL | re.VERBOSE,
)

Spec = tuple[str, str]
"""A name, often none, and a path."""


def headed(code: str, prompt: str, before: str) -> str:
    """
    Return `code` with the package of `prompt`, and the imports of both.

    `before` is the code as it was before a part was cut. An import that only that
    part used is dropped, since Go compiles no file with one; any other that is
    not used is the code's own mistake, and stays.
    """
    body, own = _PACKAGE.sub("", _IMPORT.sub("", code), count=1), _specs(code)
    wanted = _specs(prompt) | {each for each in own if _uses(body, each) or not _uses(before, each)}
    lines = [f'    {name} "{path}"' if name else f'    "{path}"' for name, path in sorted(wanted)]
    package = _PACKAGE.search(prompt)
    head = package[0] if package else ""
    return "\n".join([head, "import (", *lines, ")", "", body.lstrip("\n")])


def complete(code: str, prompt: str) -> bool:
    """Whether `code` has the package and the imports of `prompt`."""
    return _PACKAGE.search(code) is not None and _specs(prompt) <= _specs(code)


def _specs(code: str) -> set[Spec]:
    given = "\n".join(many or one for many, one in _IMPORT.findall(code))
    return set(_SPEC.findall(re.sub(r"//[^\n]*", "", given)))


def _uses(code: str, spec: Spec) -> bool:
    name, path = spec
    called = name or next(
        part for part in reversed(path.split("/")) if not re.fullmatch(r"v\d+", part)
    )
    return re.search(rf"\b{re.escape(called)}\.", _NOT_CODE.sub(" ", code)) is not None
