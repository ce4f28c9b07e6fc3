"""
What CodeUJB's harness makes of a reply, with all that is wrong in it: the mode `ucb`.

Quotes toggle, whatever stands before them; braces in comments and characters count; lengths are
those of fields that were stripped before they were asked. See docs/benchmarks/codeujb.md.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from ucb.errors import ConfigError
from ucb.extract import Extraction
from ucb.extract import Rule as Extracted

from .published import Published

NOT_FOUND = "Can not find target function in answer!"
_PATIENCE = 60.0
"""Seconds for parsing one file; the harness has this limit for tests from issues alone."""
_DEFECT = (
    "Yes, it has defect", "Yes", "has defect", "there are potential defects",
    "is potentially flawed", "There are defects", "There are several issue",
    "there is a potential defect",
)  # fmt: skip
_DEFECT_PATTERNS = (
    r"here.*?potential issue", r"here.*?potential defect", r"There.*?a few issue",
    r"there.*?a few issue",
)  # fmt: skip
_SOUND = (
    "no defects", "No, it doesn't have defects", "No", "doesn't have defect",
    "do not have defect", "do not has defect", "this function is not flawed",
)  # fmt: skip
_SOUND_PATTERNS = (
    r"doesn't has defect", r"here are no.*?defect", r"do not see.*?defect", r"don't see.*?defect",
)  # fmt: skip
_CUT_AT = (
    "Yes, it has defect", "Yes", "has defect", "No, it doesn't have defects", "No",
    "doesn't have defect", "do not have defect", "do not has defect", "doesn't has defect",
)  # fmt: skip
"""In the order in which they are looked for: the first that is there, not the earliest."""
_STREAM_ENDS = ("Yes, it has defects", "No, it doesn't have defects")


def of_completion(published: Published, row: Mapping[str, Any], asked: str, text: str) -> str:
    """
    Return the function of a completion.

    The harness sees prompt and completion as one text. It cuts off as many characters as the
    row's field has, although the prompt was stripped: where the field begins or ends with
    whitespace, it cuts off as much more. Then the text ends with its first block.
    """
    prefix = "" if published.suffix == "repair" else f"{row['function_signature']}{{\n"
    end = block_end(prefix + text)
    streamed = text if end is None else text[: max(1, end - len(prefix))]
    return first_block((asked + streamed)[len(row[published.cut]) :])


def of_chat(published: Published, row: Mapping[str, Any], text: str) -> tuple[str, bool]:
    """Return the function of a chat's answer, and whether its name was found in it."""
    signature = str(row["function_signature"])
    before, sub = clean_signature(signature.strip() if published.stripped else signature)
    if sub not in text:
        return f"{NOT_FOUND}\n\n{text}", False
    # Up to where the name comes again, if it does.
    return before + sub + first_block(text.split(sub)[1] if sub else text), True


def extracted(
    published: Published, row: Mapping[str, Any], asked: str, text: str, *, chat: bool
) -> Extraction:
    """Return the function of a reply, and the rules of `ucb.extract` that fit what was done."""
    if chat:
        code, found = of_chat(published, row, text)
        return Extraction(code, () if found else ("function not found",))
    code = of_completion(published, row, asked, text)
    whole = (asked + text)[len(row[published.cut]) :]
    return Extraction(code, () if code == whole else (Extracted.CUT,))


def block_end(text: str) -> int | None:
    """Return the place behind the first block, as the harness counts; None if it does not end."""
    depth, inside, quoted = 0, False, False
    for place, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif char == "{" and not quoted:
            depth += 1
            inside = True
        elif char == "}" and not quoted:
            depth -= 1
        if inside and depth == 0:
            return place + 1
    return None


def first_block(text: str) -> str:
    """Return a text up to the end of its first block; all of it if that does not end."""
    return text[: block_end(text)]


def clean_signature(signature: str) -> tuple[str, str]:
    """
    Return what stands before a function's name as a line of its own, and what is searched for.

    Line comments go with the end of their line. The first word of a signature that begins
    with an annotation is that line; the rest, up to the first parenthesis, is searched for.
    """
    bare = re.sub(r"//[^\n]*(?:\n|\Z)", "", signature)
    if not bare.startswith("@"):
        return "", bare.split("(")[0]
    # The harness counts to the last character where there is no whitespace.
    first = re.search(r"[ \n]", bare)
    end = first.start() if first else len(bare) - 1
    return f"{bare[:end]}\n", bare[end:].strip().split("(")[0].strip()


def answer_of(row: Mapping[str, Any], asked: str, text: str, *, chat: bool) -> str:
    """Return an answer about a defect: up to the first phrase that is looked for and there."""
    for phrase in _STREAM_ENDS:
        text = text[: text.index(phrase) + len(phrase)] if phrase in text else text
    if not chat:
        text = (asked + text)[len(row["prompt_complete"]) :]
    for phrase in _CUT_AT:
        if phrase in text:
            return text.split(phrase)[0] + phrase
    return text


def label(answer: str) -> tuple[bool | None, str]:
    """
    Return whether an answer is taken to say "defective", and the phrase that decided.

    None is the harness's "error". Phrases of a defect come first: "No, it has defects" is one.
    """
    for defective, phrases, patterns in (
        (True, _DEFECT, _DEFECT_PATTERNS),
        (False, _SOUND, _SOUND_PATTERNS),
    ):
        for phrase in phrases:
            if phrase in answer:
                return defective, phrase
        for pattern in patterns:
            if found := re.search(pattern, answer):
                return defective, found[0]
    return None, ""


def parses(*sources: str) -> bool:
    """
    Return whether javalang, the parser of the harness, takes each source for a Java file.

    It knows Java 8. It may take very long over a broken file, and so has a process of its own.
    Raises `ConfigError` where it is not installed.
    """
    if find_spec("javalang") is None:
        raise ConfigError(
            "CodeUJB's mode ucb parses Java with javalang, as the published harness does: "
            "pip install 'ucb[codeujb]'."
        )
    return all(_parses(source) for source in sources)


_PARSE = """\
import sys, warnings
warnings.simplefilter("ignore")
import javalang
text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
javalang.parser.Parser(javalang.tokenizer.tokenize(text)).parse()
"""


@lru_cache(maxsize=64)
def _parses(source: str) -> bool:
    try:
        done = subprocess.run(
            [sys.executable, "-c", _PARSE],
            input=source.encode("utf-8", "surrogatepass"),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
