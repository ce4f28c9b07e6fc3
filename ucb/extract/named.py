"""The code of a chat's reply by the name it must define, in languages without a parser here."""

from __future__ import annotations

import re
from typing import NamedTuple

from ucb.extract.found import Rule
from ucb.syntax.markdown import blocks

_THOUGHT = "</think>"


class Named(NamedTuple):
    """A reply's code, before anything in it is mended."""

    code: str
    """Empty where the reply has none."""
    rules: tuple[str, ...]
    named: bool
    """Whether the name is in it; else it can only be the function's body."""


def named_code(text: str, name: str) -> Named:
    """
    Return the longest fenced block of a reply that has `name`, or else the longest.

    A reply without a fence is code itself if it has the name. What stands before the end
    of a model's reasoning is no answer.
    """
    _, mark, reply = text.rpartition(_THOUGHT)
    rules: list[str] = [Rule.REASONING] if mark else []
    found = [block for block in blocks(reply) if block.fenced]
    # One that only calls it, to show it, is shorter than its definition.
    using = [block for block in found if uses(block.text, name)]
    block = max(using or found, key=lambda block: len(block.text), default=None)
    if block is None:
        has = uses(reply, name)
        return Named(reply if has else "", (*rules, Rule.NO_FENCE), has)
    rules.append(Rule.FENCED)
    if not block.closed:
        rules.append(Rule.UNCLOSED)
    if len(found) > 1:
        rules.append(Rule.SEVERAL)
    return Named(block.text if block.text.strip() else "", tuple(rules), bool(using))


def uses(code: str, name: str) -> bool:
    """Whether a name stands in code as a word; Lisps have words with hyphens."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code) is not None
