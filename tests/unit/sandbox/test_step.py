"""What a step says when it is over."""

from __future__ import annotations

import os
import socket

from ucb.sandbox.agent import step


def test_a_judge_that_was_lost_is_still_known_to_be_after_the_results() -> None:
    """The next program needs another: one that is about to die would be its verdict."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        agents = step.Agents(ours, -1, theirs, -1, -1)
        asides = step.Asides(lambda: False, lambda: None)
        limits = {"cpu": 1.0, "wall": 1.0, "memory": 1, "output": 10}
        tests = {"source": "", "calls": [], "setup": ""}
        over = step.Step(agents, 1, {"warm": True}, [], [limits], tests, asides)
        over._out, over._err, over._proof = step._Sink(10), step._Sink(10), None
        over._open_at = over._ended_at = 0.0
        over._ended = {"status": 9, "cpu": 0.0, "memory": 0, "fault": ""}
        over._report = step._judge_died()
        (result,) = over._results()
        for sink in (over._out, over._err):
            os.close(sink.reader)
            os.close(sink.writer)
        assert "lost" not in result["tests"]
        assert over.judge_lost
