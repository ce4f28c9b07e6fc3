"""What there is in a file of a Java project, for `ucb.project.context`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from ucb.project.sources import Definition, Source, Statement
from ucb.syntax import java
from ucb.syntax.java import Method, Type

_COMMON = """
    abs accept add addAll addLast all any append apply asList ceil charAt chars clear close collect
    compare compareTo compute computeIfAbsent contains containsKey count counting distinct divide
    empty endsWith entry entrySet equals equalsIgnoreCase filter findFirst flatMap floor flush
    forEach format get getAsInt getClass getKey getMessage getName getOrDefault getValue group
    groupingBy hasNext hash hashCode identity ifPresent indexOf insert intValue isBlank isEmpty
    isPresent iterator join joining keySet lastIndexOf length limit lines list longValue lookingAt
    map mapToInt matcher matches max merge min multiply name negate next noneMatch now of
    ofNullable or orElse orElseGet orElseThrow ordinal parse parseInt parseLong peek poll pop print
    printf println push put putAll putIfAbsent read remove removeIf repeat replace replaceAll
    requireNonNull reverse reversed run setLength setScale signum size skip sort sorted split start
    startsWith stream strip sublist substring subtract sum test toArray toList toLowerCase toMap
    toSet toString toUpperCase trim unmodifiableList valueOf values write
"""
"""Methods of the JDK's most used classes."""


class JavaSource(Source):
    """One parsed Java file."""

    common = frozenset(_COMMON.split())

    def __init__(self, path: str, text: str) -> None:
        """Raise `SyntaxError` for what is not Java."""
        super().__init__(path, text)
        self._source = java.Source(text)
        if not self._source.ok:
            raise SyntaxError(f"{path} is not Java")

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Methods and constructors with their Javadoc, but for those inside others, in order."""
        return tuple(self._definition(each) for each in self._source.methods)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Fields, constants and initialisers with their Javadoc, and that of types, in order."""
        spans = [(each.top, each.first, each.last) for each in self._source.members]
        found = [
            Statement(top, last, len(self.text(top, last)), self._shortened(first, last))
            for top, first, last in spans
        ]
        for each in self._source.types:
            if each.top < each.first:
                size = len(self.text(each.top, each.first - 1))
                found.append(Statement(each.top, each.first - 1, size, self._told(each.top)))
        return tuple(sorted(found, key=lambda each: (each.first, each.last)))

    @cached_property
    def outlines(self) -> tuple[Definition, ...]:
        """The file's outermost types: their headers, fields and signatures."""
        found = []
        for each in self._source.types:
            if "." not in each.name:
                text = self._outline(each, frozenset())
                found.append(
                    Definition(
                        self.path, each.name, each.first, each.last, "", text, text, frozenset()
                    )
                )
        return tuple(found)

    def frame(self, target: Definition) -> set[int]:
        """Return the lines of the imports, of a method's type, and of the headers around it."""
        lines = set(self._source.preamble)
        around = [each for each in self._source.types if each.first <= target.first <= each.last]
        for each in around[:-1]:
            lines.update((*range(each.top, each.opens + 1), each.last))
        lines.update(range(around[-1].top, around[-1].last + 1) if around else ())
        return lines

    def excerpt(self, definitions: Sequence[Definition]) -> str:
        """Return some methods of the file inside their types, or whole types in outline."""
        outlined = {each.name for each in definitions if each in self.outlines}
        chosen = frozenset(each for each in definitions if each not in self.outlines)
        shown = []
        for kind in self._source.types:
            if "." in kind.name:
                continue
            inside = frozenset(each for each in chosen if kind.first <= each.first <= kind.last)
            if kind.name in outlined:
                shown.append(self._outline(kind, inside))
            elif inside:
                shown.append(self._only(kind, inside))
        return "\n".join(shown)

    def _only(self, kind: Type, methods: frozenset[Definition]) -> str:
        """The methods below their types' headers."""
        lines = [self.text(kind.first, kind.opens)]
        owner = kind.name
        for each in sorted(methods, key=lambda each: each.first):
            if each.owner not in {owner, kind.name}:
                lines.append(f"    // In {each.owner}:")
            owner = each.owner
            lines += [each.full, ""]
        return "\n".join([*lines[:-1], "}", ""])

    def _outline(self, kind: Type, whole: frozenset[Definition]) -> str:
        """A type with its methods as signatures, but for those that are shown whole."""
        starts = {each.first: each for each in self.definitions}
        tops = {each.top for each in self._source.members if each.top < each.first}
        inside = self._documentation()
        lines = []
        line = kind.first
        while line <= kind.last:
            each = starts.get(line)
            if each is not None:
                lines.append(each.full if each in whole else each.stub)
                line = each.last + 1
                continue
            if line not in inside or line in tops:
                lines.append(self._told(line) if line in tops else self.lines[line - 1])
            line += 1
        kept = [each for each in lines if each.strip()]
        return "\n".join([*kept, ""])

    def _documentation(self) -> set[int]:
        """The lines of the Javadoc of fields and types."""
        members, types = self._source.members, self._source.types
        spans = [(each.top, each.first) for each in members]
        spans += [(each.top, each.first) for each in types]
        return {line for top, first in spans for line in range(top, first)}

    def _definition(self, method: Method) -> Definition:
        full = self.text(method.top, method.last)
        stub = self._stub(method)
        return Definition(
            self.path, method.name, method.top, method.last, method.owner, full,
            min(full, stub, key=len), method.calls, method.types,
        )  # fmt: skip

    def _stub(self, method: Method) -> str:
        """The Javadoc's first sentence, and the signature as it is written."""
        indent = re.match(r"\s*", self.lines[method.first - 1])
        margin = indent[0] if indent else ""
        told = self._told(method.top) if method.top < method.first else ""
        ends = " ... }" if method.head.endswith("{") else ""
        return f"{told}\n{margin}{method.head}{ends}" if told else f"{margin}{method.head}{ends}"

    def _told(self, line: int) -> str:
        """The first sentence of the Javadoc that begins on a line, in one line."""
        comment = "\n".join(self.lines[line - 1 :]).partition("*/")[0]
        margin = comment[: len(comment) - len(comment.lstrip())]
        words = " ".join(_words(comment))
        first = re.match(r".*?[.!?](?=\s|$)", words)
        return f"{margin}/** {first[0] if first else words} */"

    def _shortened(self, first: int, last: int) -> str:
        """A field without its value."""
        line = self.lines[first - 1]
        before, equals, _ = line.partition("=")
        if last == first or not equals:
            return ""
        return f"{before}= ...;"


@lru_cache(maxsize=256)
def read(path: str, text: str) -> JavaSource:
    """Return a parsed file; a project's are asked for again and again. Raises as `JavaSource`."""
    return JavaSource(path, text)


def _words(comment: str) -> Iterator[str]:
    for line in comment.split("\n"):
        word = line.strip().removeprefix("/**").lstrip("*").strip()
        if word.startswith("@"):
            return
        if word:
            yield word
