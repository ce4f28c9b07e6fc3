"""The fenced blocks of the documentation, and what the comments above them say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
SHELL = ("sh", "bash", "console")
_DIRECTIVE = re.compile(r"<!-- (parsed|exits|follows|checkout)(?:: (.*?))? -->", re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    page: str
    """The page's path in the repository."""
    line: int
    kind: str
    """The word behind the fence."""
    text: str
    title: str = ""
    """The file that the reader is to write; empty for none."""
    parsed: str = ""
    """Why the block is not run; empty for one that is."""
    exits: int = 0
    """The status that running it must end with."""

    @property
    def where(self) -> str:
        """The page and the line of the fence."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its blocks in order."""

    path: str
    blocks: tuple[Block, ...]
    follows: str = ""
    """The page whose files this one goes on with."""
    checkout: bool = False
    """Whether its commands are for the root of a checkout."""
    indented: tuple[int, ...] = ()
    """Lines of code without a fence."""

    @property
    def runs(self) -> bool:
        """Whether any command of it is to be run."""
        return any(block.kind in SHELL and not block.parsed for block in self.blocks)


def pages() -> Iterator[Page]:
    """Read every page for users and contributors."""
    outside = [path for name in ("README.md", "CONTRIBUTING.md") if (path := ROOT / name).is_file()]
    for path in [*outside, *sorted((ROOT / "docs").rglob("*.md"))]:
        yield read(path)


def read(path: Path) -> Page:
    """Read a page; raise `ValueError` for a comment that is nearly a directive."""
    name = path.relative_to(ROOT).as_posix()
    blocks: list[Block] = []
    indented: list[int] = []
    about = {"follows": "", "checkout": None}
    above: dict[str, str] = {}
    for token in MarkdownIt().parse(path.read_text(encoding="utf-8")):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "html_block":
            found = {each[1]: each[2] or "" for each in _DIRECTIVE.finditer(token.content)}
            about |= {key: found.pop(key) for key in tuple(found) if key in about}
            above = found
            continue
        if token.type == "code_block":
            indented.append(line)
        if token.type == "fence":
            title = _TITLE.search(token.info)
            blocks.append(
                Block(
                    name,
                    line,
                    kind=(token.info.split() or [""])[0],
                    text=token.content,
                    title=title[1] if title else "",
                    parsed=" ".join(above.pop("parsed", "").split()),
                    exits=int(above.pop("exits", "0")),
                )
            )
        if above:
            raise ValueError(f"{name}:{line}: the comment above belongs to no block.")
    return Page(
        name,
        tuple(blocks),
        follows=about["follows"] or "",
        checkout=about["checkout"] is not None,
        indented=tuple(indented),
    )
