"""The module of an Elixir reply, by the name that the tests call."""

from __future__ import annotations

import re

_OPENS = re.compile(r"^([ \t]*)defmodule[ \t]+([\w.]+)[ \t]+do\b", re.MULTILINE)
_CALLED = re.compile(r"^[ \t]*def candidate\(.*$", re.MULTILINE)
"""How the tests call a function of any name."""


def housed(code: str, prompt: str, name: str, module: str) -> str:
    """Return `code` with `name` inside of `module`, called as the tests of `prompt` call it."""
    own = next((found for found in _OPENS.finditer(code) if _holds(code, found, name)), None)
    if own is None:
        code = f"defmodule {module} do\n{code.rstrip()}\nend\n"
    elif own[2] != module:
        code = re.sub(rf"(?<![\w.]){re.escape(own[2])}(?!\w)", module, code)
    called = _CALLED.search(prompt)
    if called and not _CALLED.search(code):
        code = re.sub(rf"(\bdefmodule {module} do\b)", rf"\1\n{called[0]}", code, count=1)
    return code


def _holds(code: str, opened: re.Match[str], name: str) -> bool:
    end = re.compile(rf"^{opened[1]}end\b", re.MULTILINE).search(code, opened.end())
    inside = code[opened.end() : end.start() if end else None]
    return re.search(rf"\bdefp?[ \t]+{re.escape(name)}(?![\w?!])", inside) is not None
