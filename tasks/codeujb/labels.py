"""Which of yes and no an answer about a defect says: the mode `strict`."""

from __future__ import annotations

import re

from ucb.extract import Extraction
from ucb.extract import Rule as Extracted
from ucb.extract.yesno import NO, YES, Rule, read

LETTER = "letter"
"""A rule: the answer begins with the letter of one of the two that the prompt offers."""
_OFFERED = re.compile(r"\bA\. Yes\b.*\bB\. No\b", re.DOTALL)
_MARKS = re.compile(r"[*_`\"]")
_CHOSEN = re.compile(
    r"[\s#>(\[-]*(?:(?:the |my |final )*answer(?: is)?\s{0,3}:?\s{0,3})?[(\[]?"
    r"(?P<letter>[AB])(?=[.):\]]|\s*(?:\Z|\n))[.):\]]{0,2}\s*(?P<word>yes|no)?\b",
    re.IGNORECASE,
)
_ARE = re.compile(
    r"\bthere (?:are|is) (?:an? |some |several |potential |multiple |one )*defects?\b",
    re.IGNORECASE,
)
_ARE_NOT = re.compile(r"\bthere (?:are|is) (?:no|not any) (?:\w+ )?defects?\b", re.IGNORECASE)
_THOUGHT = "</think>"


def offers_letters(prompt: str) -> bool:
    """Whether a prompt offers `A. Yes` and `B. No`, as the published ones do."""
    return _OFFERED.search(prompt) is not None


def label(text: str, *, letters: bool) -> Extraction:
    """
    Return `yes`, `no` or nothing as the code of an answer, and the rule that found it.

    With `letters`, an answer may begin with `A` for yes and `B` for no; one whose letter and
    word differ says both. Otherwise the rules are those of `ucb.extract.yesno`, and last
    `There are defects` and `There are no defects`.
    """
    said = _MARKS.sub("", text.rpartition(_THOUGHT)[2])
    thought = (Extracted.REASONING,) if _THOUGHT in text else ()
    if letters and (chosen := _CHOSEN.match(said)):
        word = YES if chosen["letter"].upper() == "A" else NO
        if chosen["word"] and chosen["word"].lower() != word:
            return Extraction("", (*thought, Rule.BOTH))
        return Extraction(word, (*thought, LETTER))
    found = read(text)
    if Rule.UNREADABLE not in found.rules:
        return found
    positive, negative = _ARE.search(said), _ARE_NOT.search(said)
    if bool(positive) == bool(negative):
        return Extraction("", (*thought, Rule.BOTH)) if positive else found
    return Extraction(YES if positive else NO, (*thought, Rule.SENTENCE))
