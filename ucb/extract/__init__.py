"""
Reply in, whole source file out.

Two kinds of reply: the continuation of a file (`continuation`) and the answer of
a chat (`answer`); `STRATEGIES` names these and what published harnesses do
instead. Nothing here raises, whatever the text, and nothing here judges: code
that is wrong stays as wrong as the model wrote it. What is mended is named in
`Extraction.rules`, one rule per mend, so that a score can say how much of it is
owed to the extraction.
"""

from ucb.extract.answering import answer
from ucb.extract.continuing import continuation, raw, stops, until
from ucb.extract.found import Extraction, Rule
from ucb.extract.named import named_code, uses
from ucb.extract.sanitizing import sanitized
from ucb.extract.strategies import STRATEGIES, Asked, Strategy

__all__ = [
    "STRATEGIES",
    "Asked",
    "Extraction",
    "Rule",
    "Strategy",
    "answer",
    "continuation",
    "named_code",
    "raw",
    "sanitized",
    "stops",
    "until",
    "uses",
]
