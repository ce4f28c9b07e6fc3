"""The code blocks of a Markdown text, as CommonMark has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt


@dataclass(frozen=True, slots=True)
class Block:
    """A code block."""

    text: str
    """Its lines, without the indentation of a list or the marks of a quotation around them."""
    language: str
    """The first word behind the fence, in lower case; empty for none."""
    fenced: bool
    """Between fences; otherwise it is a block by its indentation."""
    closed: bool
    """Its closing fence is there. Without one, a block runs to the end of what holds it."""


def blocks(text: str) -> tuple[Block, ...]:
    """Return the code blocks of a text, in order."""
    lines = text.split("\n")
    found = []
    for token in _parser().parse(text):
        if token.type == "code_block":
            found.append(Block(token.content, "", fenced=False, closed=True))
        elif token.type == "fence" and token.map is not None:
            first, end = token.map
            # A quotation's marks may stand before the closing fence.
            last = lines[end - 1].strip(" \t>") if first < end - 1 <= len(lines) else ""
            closed = last.startswith(token.markup) and not last.strip(token.markup[0])
            words = token.info.strip(" {.}").split()
            language = words[0].strip("{.}").lower() if words else ""
            found.append(Block(token.content, language, fenced=True, closed=closed))
    return tuple(found)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    # A fence right below a line such as `<answer>` is code to whoever wrote it;
    # to CommonMark it is part of an HTML block.
    parser.disable("html_block")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser
