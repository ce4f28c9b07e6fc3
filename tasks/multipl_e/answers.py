"""The code of a chat's reply, in languages that UCB has no parser for."""

from __future__ import annotations

import re

from ucb.extract import Extraction, Rule, named_code, uses

from . import goimports, modules
from .published import Translation

_NAME = re.compile(r"\(define \((\S+)|^([\w.]+) <- function|^([\w']+)(?: \w+)* =$|(\w+)\s*\(")
"""The function asked for, in the last line of a prompt."""
_KEYWORD = re.compile(r"^ *(?:def|sub) (\w+[?!]?)", re.MULTILINE)
"""The function asked for, where more may follow: a docstring, the arguments' names."""
_SKIPPED = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])' | [{}]""",
    re.DOTALL | re.VERBOSE,
)


def answer(text: str, prompt: str, closing: str, spoken: Translation) -> Extraction:
    """
    Return the whole program that a reply gives, ready for tests to stand behind it.

    The block that defines the function asked for is taken; a block without it
    is the function's body, and goes behind the prompt. What a reply's own main
    program, or a line that ends a file, would break is dropped; a name that the
    tests declare too is changed; what the prompt began the file with and the
    reply left out is put back. `closing` ends the function of a body, and is
    what the tests do without.
    """
    name = entry_point(prompt)
    code, rules, named = named_code(text, name)
    if not code:
        return Extraction("", (*rules, Rule.NO_CODE))
    if not named:
        body = _without_brace(code) if closing else code
        return Extraction(prompt + body + "\n" + closing, (*rules, Rule.BODY))
    whole, mended = _whole(code, prompt, name, spoken)
    return Extraction(whole, (*rules, *mended))


def entry_point(prompt: str) -> str:
    """Return the name of the function that a prompt ends in the beginning of."""
    if defined := _KEYWORD.findall(prompt):
        return str(defined[-1])
    found = _NAME.search(prompt.rstrip().rpartition("\n")[2])
    return next(filter(None, found.groups())) if found else ""


def _whole(code: str, prompt: str, name: str, spoken: Translation) -> tuple[str, tuple[str, ...]]:
    rules: list[str] = []
    kept = _without_main(code, spoken.main) if spoken.main else code
    if spoken.drop:
        kept = re.sub(spoken.drop, "", kept, flags=re.MULTILINE)
    if kept != code:
        rules.append(Rule.DEMO)
    if spoken.clash and (clash := re.search(spoken.clash, kept, re.MULTILINE)):
        # Not where it is quoted: the name of a module.
        kept = re.sub(rf"(?<!['\"/:])\b{clash[1]}\b", f"own_{clash[1]}", kept)
    if spoken.unit == "module":
        kept = modules.housed(kept, prompt, name, spoken.wrapper)
    elif spoken.wrapper:
        kept = _opened(kept, name, spoken.unit, spoken.wrapper)
    if spoken.imports and kept.strip():
        lacking = not goimports.complete(kept, prompt)
        return goimports.headed(kept, prompt, code), (*rules, *[Rule.PREAMBLE] * lacking)
    missing = _missing(kept, prompt, spoken) if spoken.head else []
    if missing:
        kept = "\n".join([*missing, kept])
        rules.append(Rule.PREAMBLE)
    return kept, tuple(rules)


def _missing(code: str, prompt: str, spoken: Translation) -> list[str]:
    """Return the lines and types that the prompt's file begins with and the code has nowhere."""
    lines = [line.strip() for line in prompt.splitlines() if re.match(spoken.head, line.strip())]
    present = {"".join(line.split()) for line in code.splitlines()}
    types = re.finditer(spoken.types, prompt, re.MULTILINE | re.DOTALL) if spoken.types else ()
    absent = [
        found[0]
        for found in types
        if not re.search(rf"\b(?:union|struct|class|enum|using)\s+{found[1]}\b", code)
    ]
    # A type needs the includes in front of it, wherever the code has its own.
    return [line for line in lines if absent or "".join(line.split()) not in present] + absent


def _without_main(code: str, header: str) -> str:
    while found := re.search(header, code, re.MULTILINE):
        end = _end_of_block(code, found.end())
        if end is None:
            return code[: found.start()]
        code = code[: found.start()] + code[end:].lstrip("\n")
    return code


def _end_of_block(code: str, start: int) -> int | None:
    """Return where the first block from `start` on ends; None if it does not."""
    depth = 0
    for found in _SKIPPED.finditer(code, start):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
            if depth <= 0:
                return found.end()
    return None


def _without_brace(body: str) -> str:
    """Drop the brace that ends the function, where the body of a reply has it."""
    depths = 0
    for found in _SKIPPED.finditer(body):
        depths += {"{": 1, "}": -1}.get(found[0], 0)
        if depths < 0:
            return body[: found.start()]
    return body


def _opened(code: str, name: str, unit: str, wrapper: str) -> str:
    """Return the code with the unit that holds `name` called `wrapper`, last and not closed."""
    for found in re.finditer(rf"^[^\n{{]*\b{unit}\s+(\w+)[^{{]*\{{", code, re.MULTILINE):
        end = _end_of_block(code, found.end() - 1)
        inside = code[found.start() : end]
        if not uses(inside, name):
            continue
        behind = "" if end is None else code[end:].strip()
        body = inside if end is None else inside[:-1]
        before = code[: found.start()] + (behind + "\n" if behind else "")
        return re.sub(rf"\b{found[1]}\b", wrapper, before + body)
    return f"{unit} {wrapper} {{\n{code}"
