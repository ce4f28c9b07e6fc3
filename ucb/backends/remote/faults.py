"""
Why a call brought no answer, sorted by what to do about it.

* Fault
  - Passing         a server error, a timeout, a dropped connection: try again
    + Unreachable   nothing listens there
    + Busy          too many requests: slow down, then try again
  - Overflow        the prompt, or prompt and answer, exceed the context window
  - Unanswerable    this request will never be answered; others may be

What no retry mends for any request (a wrong key, an unknown model) is a
`ucb.errors.BackendError`.
"""

from __future__ import annotations


class Fault(Exception):
    """The root. The message ends a sentence: "… is left undone: <message>."."""


class Passing(Fault):
    """
    Another attempt may succeed.

    `billed` says that the server may have made, and charged for, an answer
    that never arrived whole.
    """

    def __init__(self, message: str, *, billed: bool = False) -> None:
        super().__init__(message)
        self.billed = billed


class Unreachable(Passing):
    """The server cannot be connected to."""


class Busy(Passing):
    """
    The server asks for fewer requests.

    `retry_after` is the pause it asks for, in seconds; None if it names none.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Overflow(Fault):
    """
    The context window is too small.

    `room` is how many new tokens it leaves beside the prompt, where the server says.
    """

    def __init__(self, message: str, room: int | None = None) -> None:
        super().__init__(message)
        self.room = room


class Unanswerable(Fault):
    """The server refuses this request, whatever the attempt."""
