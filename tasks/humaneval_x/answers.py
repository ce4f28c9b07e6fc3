"""The code of a chat's reply, in the languages with braces."""

from __future__ import annotations

import re

from ucb.extract import Extraction, Rule, named_code

from .braces import block_end, continued
from .published import Spoken

_CLASS = re.compile(r"^(?:(?:abstract|final|static)\s+)*class\s+(\w+)[^{;]*(?=\{)", re.MULTILINE)
_PUBLIC = re.compile(r"^public\s+(?=(?:\w+\s+)*(?:class|interface|enum|record)\b)", re.MULTILINE)
_WRAPPER = "Solution"


def answer(text: str, prompt: str, name: str, spoken: Spoken) -> Extraction:
    """
    Return the whole program that a reply gives, ready for tests to stand behind it.

    The block that has the function `name` is taken; a block without it is the
    function's body, and goes behind the prompt. A main program of the reply's own is
    dropped, and what the prompt begins the file with and the reply left out is put
    back. A Java class that holds the function is called as the tests call it.
    """
    code, told, named = named_code(text, name)
    rules = [*told]
    if not code:
        return Extraction("", (*rules, Rule.NO_CODE))
    if not named:
        return Extraction(continued(prompt, code, spoken), (*rules, Rule.BODY))
    kept = _without_main(code, spoken)
    if kept != code:
        rules.append(Rule.DEMO)
    if spoken.unit == "class":
        kept = _in_class(kept, name, spoken)
    head = _head(kept, prompt, spoken)
    if head:
        rules.append(Rule.PREAMBLE)
    return Extraction(f"{head}{kept.rstrip()}\n", tuple(rules))


def _head(code: str, prompt: str, spoken: Spoken) -> str:
    """Return the lines that the prompt's file begins with and the code has nowhere."""
    if not spoken.head:
        return ""
    lines = [line.strip() for line in prompt.splitlines() if re.match(spoken.head, line.strip())]
    present = {"".join(line.split()) for line in code.splitlines()}
    missing = [line for line in lines if "".join(line.split()) not in present]
    if spoken.suffix != "rust":
        return "".join(f"{line}\n" for line in missing)
    # Names that come with a `*` give way to those that the reply brings by itself.
    given = "".join(f"    pub {line}\n" for line in missing)
    return f"mod given {{\n{given}}}\nuse given::*;\n" if given else ""


def _without_main(code: str, spoken: Spoken) -> str:
    while spoken.main and (found := re.search(spoken.main, code, re.MULTILINE)):
        end = block_end(code, found.end(), spoken)
        code = code[: found.start()] + ("" if end is None else code[end:].lstrip("\n"))
    return code


def _in_class(code: str, name: str, spoken: Spoken) -> str:
    """Return the code with the class that defines `name` called as the tests do, or with one."""
    code = _PUBLIC.sub("", code)
    defining = rf"\b{re.escape(name)}\s*\([^;{{}}]*\)[^;{{}}]*\{{"
    classes = [
        (found, block_end(code, found.end(), spoken) or len(code))
        for found in _CLASS.finditer(code)
    ]
    for found, end in classes:
        if re.search(defining, code[found.start() : end]):
            # A demonstration in a class of its own would clash with nothing, but may not compile.
            others = [(other, to) for other, to in classes if other[1] == "Main" != found[1]]
            for other, to in reversed(others):
                code = code[: other.start()] + code[to:]
            return re.sub(rf"\b{found[1]}\b", _WRAPPER, code)
    lines = code.splitlines()
    imports = [line for line in lines if re.match(r"import\b", line)]
    body = [line for line in lines if line not in imports]
    return "\n".join([*imports, f"class {_WRAPPER} {{", *body, "}"])
