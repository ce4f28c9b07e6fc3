"""The function of a reply, told from the text around it by its syntax: the mode `strict`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ucb.extract import Extraction, Rule
from ucb.syntax.java import Source, block_end
from ucb.syntax.markdown import Block, blocks
from ucb.types import Prompt

_THOUGHT = "</think>"
_OPEN, _CLOSE = "class Members {\n", "\n}\n"
_ANNOTATION = re.compile(r"@[\w.]+")
_LEXED = re.compile(
    r'//[^\n]*|/\*.*?\*/|"""(?:\\.|[^\\])*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|[(){;]',
    re.DOTALL,
)
_MOST = 100
"""Functions of a name that are looked at in one piece of a reply: the last ones."""
ANNOTATED = "annotation restored"
"""A rule: the reply left out the annotation that the signature begins with, such as `@Test`."""


class Named(NamedTuple):
    """What a function's signature says of it."""

    signature: str
    """Without comments."""
    name: str
    parameters: tuple[str, ...]
    """Their types."""

    @property
    def annotation(self) -> str:
        """The annotations that it begins with; empty without."""
        found = _ANNOTATION.match(self.signature)
        if found is None:
            return ""
        # Behind the last annotation stands a modifier or a type.
        rest = self.signature
        while found := _ANNOTATION.match(rest := rest.lstrip()):
            rest = rest[found.end() :]
            if rest.lstrip().startswith("(") and (end := _parentheses_end(rest)):
                rest = rest[end:]
        return self.signature[: len(self.signature) - len(rest)].strip()


class Found(NamedTuple):
    """A function in a text, by its places."""

    start: int
    """Where the line of its first annotation or modifier begins, or it itself in a longer line."""
    body: int
    """Behind its `{`."""
    same: bool
    """Its parameters are those that were asked for."""


def named(signature: str) -> Named:
    """Return what a signature says: the name before the parentheses of its parameters."""
    bare = re.sub(r"//[^\n]*|/\*.*?\*/", " ", signature, flags=re.DOTALL).strip()
    for method in Source(f"{_OPEN}{bare} {{}}{_CLOSE}").methods:
        return Named(bare, method.name, method.parameters)
    found = re.findall(r"(\w+)\s*\(", _ANNOTATION.sub("", bare))
    return Named(bare, found[0] if found else "", ())


def of_completion(prompt: Prompt, asked: str, cut: str, signature: str, text: str) -> Extraction:
    """
    Return the function of a completion, up to where its block ends.

    Args:
        prompt: What was asked.
        asked: The row's own prompt; a user's may be another.
        cut: The part of it that the function stands behind.
        signature: The function's.
        text: What the model wrote.

    """
    if not text.strip():
        return Extraction("", (Rule.NO_CODE,))
    target, whole = named(signature), text
    if prompt.text == asked:
        begun = asked.removeprefix(cut.strip()).lstrip("\n")
        whole = begun + text
        if begun.endswith("{"):  # The function's own, which needs not be looked for.
            return _cut(whole, Found(0, len(begun), same=True))
    if (found := _first(whole, target)) is None and prompt.text != asked:
        whole = f"{signature.rstrip()} {{{text}"
        found = _first(whole, target)
    # Where not even its beginning is a function, it will be judged so.
    return _cut(whole, found) if found else Extraction(whole)


def of_chat(signature: str, text: str) -> Extraction:
    """
    Return the function of a chat's answer, wherever in it that stands.

    Of several, the last whole one with the parameters asked for: models correct themselves
    downwards. A block that is a function's body gets the signature.
    """
    _, thought, said = text.rpartition(_THOUGHT)
    rules: list[str] = [Rule.REASONING] if thought else []
    target = named(signature)
    fenced = [block for block in blocks(said) if block.fenced and block.text.strip()]
    best: tuple[tuple[bool, bool], str, Block | None] | None = None
    for block, piece in [*((each, each.text) for each in fenced), (None, said)]:
        if block is None and best is not None:
            break
        for found in list(functions(piece, target))[-_MOST:]:
            code, whole = _taken(piece, found)
            rank = whole, found.same
            if best is None or rank >= best[0]:
                best = rank, code, block
    if best is None:
        return _body(fenced, target, rules)
    _, code, block = best
    if block is None:
        rules.append(Rule.NO_FENCE)
    else:
        rules += [Rule.FENCED, *([] if block.closed else [Rule.UNCLOSED])]
        rules += [Rule.SEVERAL] if len(fenced) > 1 else []
    annotation = target.annotation
    if annotation and not _ANNOTATION.search(code[: code.find("{")]):
        code = f"{annotation}\n{code}"
        rules.append(ANNOTATED)
    return Extraction(code, tuple(rules))


def functions(text: str, target: Named) -> Iterator[Found]:
    """Yield the functions of a name in a text, in order; by their look where it is no Java."""
    found = list(_parsed(text, target))
    yield from found or _looked(text, target)


def with_body(function: str, body: str) -> str:
    """Return a function with another body: lines that are indented already."""
    found = next(iter(_all(function)), None)
    if found is None:
        return function
    target = found[2]
    indent = function[: len(function) - len(function.lstrip())].rpartition("\n")[2]
    return f"{function[: target.body]}\n{body.rstrip()}\n{indent}}}"


def is_file(text: str) -> bool:
    """Whether a text is a Java file: whole, and with its functions in types."""
    source = Source(text)
    return source.ok and bool(source.types) and all(each.owner for each in source.methods)


def _cut(whole: str, found: Found) -> Extraction:
    code, _ = _taken(whole, found)
    return Extraction(code, () if whole.rstrip().endswith(code.rstrip()) else (Rule.CUT,))


def _first(text: str, target: Named) -> Found | None:
    found = list(functions(text, target))
    return next((each for each in found if each.same), next(iter(found), None))


def _taken(text: str, found: Found) -> tuple[str, bool]:
    """Return a function's text, and whether it has an end."""
    end = block_end(text[found.body :])
    if end is None:
        return text[found.start :].rstrip(), False
    return text[found.start : found.body + end], True


def _body(fenced: list[Block], target: Named, rules: list[str]) -> Extraction:
    """Return the longest block as the body of the function, if it can be one."""
    block = max(fenced, key=lambda each: len(each.text), default=None)
    if block is None:
        return Extraction("", (*rules, Rule.NO_CODE))
    code = f"{target.signature} {{\n{block.text.rstrip()}\n}}"
    if not target.signature or not Source(f"{_OPEN}{code}{_CLOSE}").ok:
        return Extraction(block.text, (*rules, Rule.FENCED))
    return Extraction(code, (*rules, Rule.FENCED, Rule.BODY))


def _parsed(text: str, target: Named) -> Iterator[Found]:
    for name, parameters, found in _all(text):
        if name == target.name:
            yield found._replace(same=_alike(parameters, target.parameters))


def _all(text: str) -> Iterator[tuple[str, tuple[str, ...], Found]]:
    """Yield the functions that a parser sees, in a file or among members without a class."""
    found = list(_seen(text, 0)) if Source(text).types else []
    yield from found or _seen(f"{_OPEN}{text}{_CLOSE}", len(_OPEN))


def _seen(text: str, shift: int) -> Iterator[tuple[str, tuple[str, ...], Found]]:
    """Yield the functions of a text that begins with `shift` characters of our own."""
    starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
    for method in Source(text).methods:
        line = starts[method.first - 1]
        place = text.find(method.head, line)
        if place >= shift and method.head.endswith("{"):
            start = place if text[line:place].strip() else line
            body = place + len(method.head) - shift
            yield method.name, method.parameters, Found(start - shift, body, same=True)


def _looked(text: str, target: Named) -> Iterator[Found]:
    """Yield what looks like a function of the name: parentheses and a block behind it."""
    if not target.name:
        return
    blocks_behind = _blocks_behind(text)
    for name in re.finditer(rf"\b{re.escape(target.name)}\s*(?=\()", text):
        line = text.rfind("\n", 0, name.start()) + 1
        if re.search(r"[=.;(){}\"'`]|\b(?:new|return|throw)\b", text[line : name.start()]):
            continue
        if body := blocks_behind.get(name.end()):
            while line and _line_above(text, line).startswith("@"):
                line = text.rfind("\n", 0, line - 1) + 1
            yield Found(line, body, same=True)


def _line_above(text: str, line: int) -> str:
    return text[text.rfind("\n", 0, line - 1) + 1 : line].strip()


def _blocks_behind(text: str) -> dict[int, int]:
    """Return, by the place of a `(`, the place behind the `{` that its `)` is followed by."""
    found: dict[int, int] = {}
    opened: list[int] = []
    closed: int | None = None
    for token in _LEXED.finditer(text):
        if token[0] == "{" and closed is not None:
            found[closed] = token.end()
        if token[0] in "(){;":
            closed = None
        if token[0] == "(":
            opened.append(token.start())
        elif token[0] == ")" and opened:
            closed = opened.pop()
    return found


def _parentheses_end(text: str) -> int | None:
    depth = 0
    for token in _LEXED.finditer(text):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if token[0] == ")" and depth == 0:
            return token.end()
    return None


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return [_simple(each) for each in one] == [_simple(each) for each in other]


def _simple(kind: str) -> str:
    """Return a type's name without its package and what it is a type of."""
    while (bare := re.sub(r"<[^<>]*>", "", kind)) != kind:
        kind = bare
    return re.sub(r"^(?:\w+\.)+(?=\w)", "", kind).replace("...", "[]")


def restored(row: Mapping[str, Any], field: str, function: str) -> str:
    """Return the completion that makes a function out of a row's prompt and the text behind it."""
    prompt, cut = str(row["prompt_complete"]).strip(), str(row[field]).strip()
    begun = prompt.removeprefix(cut).strip()
    pattern = r"\s*".join(re.escape(word) for word in re.findall(r"\w+|[^\w\s]", begun))
    found = re.match(rf"\s*{pattern}", function)
    return function[found.end() :] if begun and found else f"\n{function}"
