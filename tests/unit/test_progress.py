"""Progress: bars on a terminal, and lines that survive a log file everywhere else."""

from __future__ import annotations

import os
import pty
import select
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ucb import progress
from ucb.progress import Progress


def count(console: Console, total: int = 5) -> None:
    """Count from one to the total."""
    with Progress("humaneval", {"judged": (1, total)}, console) as shown:
        for _ in range(total - 1):
            shown.advance("judged")


@pytest.mark.parametrize("colours", [False, True])
def test_a_log_file_gets_whole_lines(tmp_path: Path, colours: bool) -> None:
    """At the start and at the end, also where colours are forced; nothing that moves a cursor."""
    path = tmp_path / "log"
    with path.open("w", encoding="utf-8") as file:
        count(Console(file=file, force_terminal=colours or None, width=20))
    assert path.read_text(encoding="utf-8") == ("humaneval: 1/5 judged\nhumaneval: 5/5 judged\n")


def test_lines_come_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more than one in each period, however many are counted."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    file = StringIO()
    with Progress("t", {"judged": (0, 60)}, Console(file=file)) as shown:
        for _ in range(60):
            now[0] += 1.0
            shown.advance("judged")
    lines = file.getvalue().splitlines()
    assert lines == [f"t: {n}/60 judged" for n in (0, 15, 30, 45, 60, 60)]


def test_a_quiet_console_gets_nothing() -> None:
    """`--quiet`."""
    file = StringIO()
    count(Console(file=file, quiet=True))
    assert file.getvalue() == ""


def test_a_terminal_gets_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are drawn anew in their place."""
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "CI"):
        monkeypatch.delenv(name, raising=False)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as file:
        count(Console(file=file, width=80))
        file.flush()
        shown = b""
        while b"5/5" not in shown:  # As long as there is more of it.
            assert select.select([ours], [], [], 10)[0], shown
            shown += os.read(ours, 1 << 16)
    os.close(ours)
    assert b"humaneval: judged" in shown
    assert b"\x1b[" in shown
