"""Which of yes and no a reply says."""

from __future__ import annotations

import re
from enum import StrEnum

from ucb.extract.found import Extraction
from ucb.extract.found import Rule as Extracted

YES, NO = "yes", "no"


class Rule(StrEnum):
    """What an answer was read from, or why it was not."""

    FIRST = "first word"
    """The reply begins with the word."""
    LABELLED = "labelled"
    """A line is a label such as `Answer:` and the word, and all such lines agree."""
    SENTENCE = "sentence"
    """A sentence says that the function has, or has not, a defect, and none says otherwise."""
    BOTH = "both answers"
    """The reply says both."""
    UNREADABLE = "unreadable"
    """The reply says neither."""


_MARKS = re.compile(r"[*_`~\"]|(?<!\w)'|'(?!\w)")
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_LABEL = (
    r"(?:(?:the |my |final )*(?:answer|verdict|defective|defect)"
    r"(?: is| \(yes or no\))?(?:\s{0,3}[:=-]\s{0,3}|\s{1,3}))"
)
"""Its whitespace is bounded, and so is the time that a reply of nothing else takes."""
_WORD = r"(?P<word>yes|no)(?!\w|-\w)"
_OTHER = r"\W{1,3}(?:(?:or|and)\W+)?(?!(?P=word)\b)(?:yes|no)\b"
"""The other word next to it, as where the question is repeated."""
_BEGIN = rf"[\s#>(\[-]*{_LABEL}?[(\[]?"
_FIRST = re.compile(rf"{_BEGIN}{_WORD}(?!{_OTHER})", re.IGNORECASE)
_BOTH = re.compile(rf"{_BEGIN}{_WORD}{_OTHER}", re.IGNORECASE)
_LABELLED = re.compile(
    rf"^[ \t#>-]*{_LABEL}[(\[]?{_WORD}[)\].!]*[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_DEFECT = r"(?!no\b|not\b)(?:[\w-]+ )?(?:defect|bug|flaw)s?\b(?!-)"
_SUBJECT = (
    r"(?<!if )(?<!whether )\b(?:it|this|(?:the|this) (?:\S+ )??"
    r"(?:function|method|code|implementation)(?: \S+)??)"
)
_HAS = re.compile(
    rf"{_SUBJECT} (?:is (?:defective|buggy|flawed)\b|"
    r"(?:has|does have|contains|does contain) (?:an? |one |two |several |some |multiple )?"
    rf"{_DEFECT})",
    re.IGNORECASE,
)
_HAS_NOT = re.compile(
    rf"{_SUBJECT} (?:(?:is not|isn't) (?:defective|buggy|flawed)\b|"
    rf"(?:has|contains) no {_DEFECT}|"
    rf"(?:does not|doesn't) (?:have|contain) (?:an? |any )?{_DEFECT}|"
    r"is (?:bug-free|defect-free|free (?:of|from) (?:bug|defect|flaw)s))",
    re.IGNORECASE,
)
_THOUGHT, _THINKING = "</think>", "<think>"


def read(text: str) -> Extraction:
    """
    Return `yes`, `no` or nothing as the code of a reply, and the rule that found it.

    Marks of emphasis and quotation do not count, nor does reasoning up to `</think>`. The rules
    are tried in the order of `Rule`; the first word decides whatever follows it, but where the
    reply begins with both words.
    """
    _, thought, said = text.rpartition(_THOUGHT)
    if not thought and said.lstrip().startswith(_THINKING):  # It was cut off before it answered.
        return Extraction("", (Rule.UNREADABLE,))
    rules = (Extracted.REASONING,) if thought else ()
    word, rule = _word(_MARKS.sub("", said.translate(_QUOTES)))
    return Extraction(word, (*rules, rule))


def _word(said: str) -> tuple[str, Rule]:
    if first := _FIRST.match(said):
        return first["word"].lower(), Rule.FIRST
    if words := {match["word"].lower() for match in _LABELLED.finditer(said)}:
        return (words.pop(), Rule.LABELLED) if len(words) == 1 else ("", Rule.BOTH)
    if _BOTH.match(said):
        return "", Rule.BOTH
    positive, negative = _HAS.search(said), _HAS_NOT.search(said)
    if positive and negative:
        return "", Rule.BOTH
    if positive or negative:
        return YES if positive else NO, Rule.SENTENCE
    return "", Rule.UNREADABLE
