"""Reply in, code out that stands in the place a DS-1000 problem leaves open."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ucb.errors import DataError
from ucb.extract import Extraction, Rule, until
from ucb.syntax.markdown import blocks
from ucb.syntax.python import Source, regions

_OPEN, _CLOSE, _THOUGHT = "<code>", "</code>", "</think>"
_HEADER = re.compile(r"^([ \t]*)def[ \t]+(\w+)[^\n]*:[ \t]*\n\Z", re.MULTILINE)
_CONTEXT = re.compile(r'^exec_context = r"""(.*?)"""$', re.MULTILINE | re.DOTALL)
_INSERT = "[insert]"


@dataclass(frozen=True, slots=True)
class Place:
    """The program around the place that the answer takes."""

    before: str
    after: str

    @classmethod
    def of(cls, code_context: str) -> Place:
        """Find the place in a dataset row's `code_context`; raise `DataError` if it has none."""
        found = _CONTEXT.search(code_context)
        if found is None:
            raise DataError("A row's code_context has no exec_context: it is not DS-1000's format.")
        before, _, after = found[1].partition(_INSERT)
        return cls(before, after)

    @property
    def function(self) -> str:
        """Return the name of the function whose body is asked for; empty for none."""
        header = _HEADER.search(self.before)
        return header[2] if header else ""

    def filled(self, code: str) -> str:
        """Return the whole program."""
        return self.before + code + self.after

    def fits(self, code: str) -> bool:
        """Whether `code` makes the program valid Python, inside the function if there is one."""
        lines = [line for line in code.split("\n") if line.strip() and line[0] != "#"]
        if not lines or (self.function and lines[0][0] not in " \t"):
            return False
        return Source(self.filled(code)).ok


def upstream(text: str) -> Extraction:
    """Cut the reply as DS-1000's own `test_ds1000.py` does, in its order."""
    code = until(until(text, (_CLOSE,)).replace("```python", ""), ("```",))
    code = until(code, ("\nEND SOLUTION",)).replace(_OPEN, "")
    return Extraction(code, () if code == text else (Rule.CUT,))


def snippet(place: Place, text: str, stop: Sequence[str], given: str, *, chat: bool) -> Extraction:
    """
    Return the code of a reply.

    Of what may be meant, the first that makes the problem's program valid Python
    is taken: for a continuation, the text up to a stop sequence as it is; for an
    answer, what stands between `<code>` tags, then the longest fenced block, then
    the text; in the end Python among the prose. Indentation that was lost, a body
    given as a whole function, and a block indented as a whole are mended only
    where the program is not Python otherwise, and is after it. If nothing fits,
    the first is judged as it is.

    Args:
        place: Where the code goes.
        text: The reply.
        stop: What ends a continuation.
        given: The prompt, which a reply may repeat.
        chat: Whether the reply is an answer, not a continuation.

    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    before: tuple[str, ...] = ()
    if _THOUGHT in text:
        text, before = text.rpartition(_THOUGHT)[2], (Rule.REASONING,)
    if given.strip() and text.lstrip().startswith(given.strip()):
        text, before = text.lstrip().removeprefix(given.strip()), (*before, Rule.REPEATED)
    meant = [each for each in _meant(text, stop, chat=chat) if each.code.strip()]
    for each in meant:
        for mended in _mends(place, each):
            if place.fits(mended.code):
                return Extraction(mended.code, (*before, *mended.rules))
    if not meant or (chat and Rule.NO_FENCE in meant[0].rules):
        return Extraction("", (*before, Rule.NO_CODE))
    return Extraction(meant[0].code, (*before, *meant[0].rules))


def _meant(text: str, stop: Sequence[str], *, chat: bool) -> Iterator[Extraction]:
    """Yield what the model may mean by its code, the likeliest first."""
    cut = until(text, stop)
    plain = Extraction(cut, () if cut == text else (Rule.CUT,))
    if not chat:
        yield plain
    if _OPEN in text:
        inner, closed, _ = text.rpartition(_OPEN)[2].partition(_CLOSE)
        yield from _fenced(inner)
        yield Extraction(inner.removeprefix("\n"), () if closed else (Rule.UNCLOSED,))
    elif chat and _CLOSE in text:
        yield Extraction(text.partition(_CLOSE)[0], (Rule.CUT,))
    yield from _fenced(text)
    if chat:
        yield Extraction(cut, (*plain.rules, Rule.NO_FENCE))
    found = sorted(regions(text), key=len, reverse=True)
    yield from (Extraction(each, (Rule.NO_FENCE,)) for each in found[:1])


def _fenced(text: str) -> Iterator[Extraction]:
    """Yield the fenced blocks: Python before others, the longest first."""
    found = [block for block in blocks(text) if block.fenced]
    python = [b for b in found if not b.language or b.language.startswith(("py", "ipy"))]
    several = (Rule.SEVERAL,) if len(found) > 1 else ()
    for block in sorted(python or found, key=lambda block: len(block.text), reverse=True):
        rules = (Rule.FENCED, *(() if block.closed else (Rule.UNCLOSED,)), *several)
        inner = block.text.removeprefix(f"{_OPEN}\n")
        yield Extraction(until(inner, (_CLOSE,)), rules)


def _mends(place: Place, found: Extraction) -> Iterator[Extraction]:
    """Yield the code as it is, then with what may have been lost."""
    yield found
    if not place.function:
        yield Extraction(textwrap.dedent(found.code), (*found.rules, Rule.DEDENTED))
        return
    if (body := _body(found.code, place.function)) is not None:
        yield Extraction(body, (*found.rules, Rule.SIGNATURE))
    lines = found.code.strip("\n").split("\n")
    first = "\n".join(["    " + lines[0].lstrip(), *lines[1:]]) + "\n"
    yield Extraction(first, (*found.rules, Rule.FIRST_LINE))
    indented = textwrap.indent(textwrap.dedent(found.code), "    ")
    yield Extraction(indented, (*found.rules, Rule.INDENTED))


def _body(code: str, name: str) -> str | None:
    """Return the body of the function `name` in `code`, with the imports around it."""
    source = Source(code)
    definition = source.definition(name)
    if definition is None or definition.kinds != ("function",):
        return None
    lines = source.slice(definition).split("\n")
    signatures = ("\n".join(lines[:end]) for end in range(1, len(lines)))
    whole = (Source(f"{signature}\n    pass").ok for signature in signatures)
    end = next((end for end, ok in enumerate(whole, 1) if ok), len(lines))
    imports = "".join(source.slice(each) for each in source.statements if each.kinds == ("import",))
    body = textwrap.dedent("\n".join(lines[end:]))
    return textwrap.indent(imports + body, "    ")
