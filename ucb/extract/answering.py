"""The answer of a chat: the program in it, whatever stands around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ucb.extract.continuing import SIGNATURE, as_body
from ucb.extract.found import Extraction, Rule
from ucb.syntax.markdown import Block, blocks
from ucb.syntax.pruning import joined, with_preamble, without_demo
from ucb.syntax.python import Source, regions

_THOUGHT = "</think>"
_WHOLE, _BROKEN, _STUB, _NONE = 3, 2, 1, 0


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
            if (body := as_body(prompt, block.text)) is not None:
                rules = (*_fence_rules(group, block), Rule.BODY, *body.rules)
                return _Found(body.code, rules)
    for text in (reply.text, _leading_body(reply.text), *reversed(reply.regions)):
        if _is_idle(text) or Source(text).ok:
            continue
        if (body := as_body(prompt, text.strip("\n") + "\n")) is not None:
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
    lines = SIGNATURE.search(reply.text)
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
        broken = any(match[1] == name for match in SIGNATURE.finditer(text))
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
