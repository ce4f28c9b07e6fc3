"""Where a changelog tells what is new in a version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from packaging.version import InvalidVersion, Version

from ucb.mine.functions import Span
from ucb.mine.sdist import Tree

_VERSION = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+(?:[.-]?[a-z]\w*)?)(?!\w|\.\d)", re.IGNORECASE)
_MARKDOWN = re.compile(r"(#{1,6})\s+\S")
_UNDERLINE = re.compile(r"([=\-~^*\"#+.'`:_])\1{2,}\s*")
# A line that begins with a version, for changelogs without headings: a paragraph's or a list's.
_PLAIN = re.compile(
    r"(?P<bullet>[-*+]\s+)?(\*\*|__)?(version|release)?\s*\[?v?\d+(\.\d+)+[\w.]*\]?(\*\*|__)?"
    r"(?=\s*($|[:(,/*–-]|\d{4}|released))",  # noqa: RUF001 (the dash that some changelogs have)
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*([-*+•]|\d+[.)])\s+\S")
_LONGEST = 120  # Characters of a heading.


@dataclass(frozen=True, slots=True)
class Section:
    """What a changelog says about one version."""

    file: str
    """Relative to the tree's root."""
    span: Span


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int
    kind: str
    level: int
    text: str

    def names(self, version: Version) -> bool:
        return any(found == version for found in _versions(self.text))


def section(tree: Tree, version: str) -> Section | None:
    """
    Return the section of a version in the first changelog of a release that has one.

    A section begins at a heading with the version's number and ends above the next heading of
    the same or a higher level, or of another version. A file of a folder of changelogs that is
    named for the version is a section as a whole.
    """
    wanted = Version(version)
    named = {path: list(_versions(_stem(path))) for path in tree.changelogs}
    for path in (path for path, versions in named.items() if wanted in versions):
        lines = _lines(tree.root / path)
        return Section(path, Span(1, _last_filled(lines, 1, len(lines))))
    for path in (path for path, versions in named.items() if not versions):
        if (span := _find(_lines(tree.root / path), wanted)) is not None:
            return Section(path, span)
    return None


def entry(tree: Tree, told: Section, qualname: str) -> Section | None:
    """
    Return the one entry of a section that names a function, or else its class.

    A name counts as a word of its own that is written as code is: with an underscore, a bracket
    or a dot beside it, in quotation marks, or with a capital inside. None if several
    entries name it: which of them tells of the change is then not known.
    """
    lines = _lines(tree.root / told.file)
    entries = list(_entries(lines, told.span))
    for name in reversed(qualname.split(".")):
        written = _as_code(name)
        found = [
            span for span in entries if written.search("\n".join(lines[span.first - 1 : span.last]))
        ]
        if found:
            return Section(told.file, found[0]) if len(found) == 1 else None
    return None


def _as_code(name: str) -> re.Pattern[str]:
    escaped = re.escape(name)
    if "_" in name.strip("_") or re.search(r"[a-z][A-Z]", name):
        return re.compile(rf"(?<!\w){escaped}(?!\w)")
    return re.compile(rf"(?<=[`'\".:]){escaped}(?!\w)|(?<!\w){escaped}(?=[`(.]\w|[`(])")


def _entries(lines: list[str], span: Span) -> Iterator[Span]:
    """Yield the items of lists in a section, and its paragraphs, without headings."""
    first = 0
    for number in range(span.first, span.last + 1):
        line = lines[number - 1]
        begins = _ITEM.match(line) is not None
        # A paragraph of an item is indented below it.
        ends = not line.strip() or _MARKDOWN.match(line) or _UNDERLINE.fullmatch(line)
        if first and (begins or ends):
            yield Span(first, number - 1)
            first = 0
        if not first and not ends:
            first = number
    if first:
        yield Span(first, span.last)


def _stem(path: str) -> str:
    """Return a file's name without its suffix, in words."""
    return re.sub(r"[_-]", " ", PurePosixPath(path).stem)


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _find(lines: list[str], version: Version) -> Span | None:
    for headings in (list(_headings(lines)), list(_plain(lines))):
        for at, heading in enumerate(headings):
            if not heading.names(version):
                continue
            following = (
                later.line - 1
                for later in headings[at + 1 :]
                if later.level <= heading.level or list(_versions(later.text))
            )
            last = next(following, len(lines))
            return Span(heading.line, _last_filled(lines, heading.line, last))
    return None


def _headings(lines: list[str]) -> Iterator[_Heading]:
    """Yield the headings of Markdown and reStructuredText."""
    levels: dict[str, int] = {}
    fenced = False
    for number, line in enumerate(lines, 1):
        fenced ^= line.startswith("```")
        below = lines[number] if number < len(lines) else ""
        if fenced or not line.strip() or len(line) > _LONGEST:
            continue
        if match := _MARKDOWN.match(line):
            yield _Heading(number, "markdown", len(match[1]), line)
        elif (under := _UNDERLINE.fullmatch(below)) and not _UNDERLINE.fullmatch(line):
            if line.lstrip().startswith(("|", "+")):
                continue  # A table.
            over = number > 1 and lines[number - 2].startswith(under[1] * 3)
            level = levels.setdefault(f"{under[1]}{over}", len(levels) + 1)
            yield _Heading(number, "underlined", level, line)


def _plain(lines: list[str]) -> Iterator[_Heading]:
    """Yield the lines that begin with a version, below a blank line or in a list."""
    for number, line in enumerate(lines, 1):
        match = _PLAIN.match(line)
        if match is None or len(line) > _LONGEST:
            continue
        if match["bullet"] or number == 1 or not lines[number - 2].strip():
            yield _Heading(number, "plain", 1, match[0])


def _versions(text: str) -> Iterator[Version]:
    for match in _VERSION.finditer(text):
        try:
            yield Version(match[1])
        except InvalidVersion:
            continue


def _last_filled(lines: list[str], first: int, last: int) -> int:
    """Return the last line of a span that is neither blank nor the next heading's overline."""
    while last > first and (not lines[last - 1].strip() or _is_rule(lines, first, last)):
        last -= 1
    return last


def _is_rule(lines: list[str], first: int, last: int) -> bool:
    return last > first + 1 and _UNDERLINE.fullmatch(lines[last - 1]) is not None
