"""The replay backend."""

from __future__ import annotations

from tests.unit.backends.conftest import request
from ucb.backends.replay import ReplayBackend
from ucb.types import Completion, Key


def test_answers_by_key() -> None:
    """A request gets the stored completion of its problem and sample, whatever the prompt."""
    stored = [Completion(Key("a", 0), "zero"), Completion(Key("a", 1), "one")]
    answers = list(ReplayBackend(stored).generate([request("y", "a", 1), request("x", "a", 0)]))
    assert [answer.text for answer in answers] == ["zero", "one"]


def test_missing_is_not_answered() -> None:
    """A request without a stored completion yields no row."""
    backend = ReplayBackend([Completion(Key("a", 0), "zero")])
    assert list(backend.generate([request("x", "b"), request("x", "a", 1)])) == []


def test_later_completion_wins() -> None:
    """Of two rows with one key the one appended later counts."""
    stored = [Completion(Key("a", 0), "old"), Completion(Key("a", 0), "new")]
    assert [c.text for c in ReplayBackend(stored).generate([request("x", "a")])] == ["new"]
