"""What a user sees after a run."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from tests.unit.report.builders import mixed, scores_of
from ucb.report.terminal import print_scores


def printed(*, terminal: bool, missing: int = 0) -> str:
    """Print the scores of the mixed run."""
    file = StringIO()
    console = Console(file=file, force_terminal=terminal, width=100, color_system="truecolor")
    ks = (1,) if missing else (1, 2)
    print_scores(console, {"humaneval": scores_of(mixed(), *ks, missing=missing)})
    return file.getvalue()


def test_a_pipe_gets_plain_aligned_text() -> None:
    """Without a terminal there are no colours, no boxes, no trailing blanks; columns stay whole."""
    text = printed(terminal=False)
    assert text.isascii()
    assert "\x1b" not in text
    lines = text.splitlines()
    assert lines == [line.rstrip() for line in lines]
    assert lines[0] == "humaneval  3 problems x 2 samples"
    pass_at_1 = next(line for line in lines if line.startswith("  pass@1 "))
    assert pass_at_1.split() == ["pass@1", "50.0%", "12.5", "-", "87.5"]
    assert any(line.split() == ["passed", "3", "50.0%"] for line in lines)
    assert any(line.split() == ["Tokens", "per", "second", "10"] for line in lines)


def test_a_terminal_gets_the_same_figures_in_colour() -> None:
    """On a terminal the figures come with colours and bars."""
    text = printed(terminal=True)
    assert "\x1b[" in text
    for figure in ("50.0%", "66.7%", "12.5 - 87.5", "wrong answer"):
        assert figure in text


def test_an_incomplete_run_says_so() -> None:
    """Scores over missing rows never stand without that sentence."""
    assert "2 of 8 rows are missing" in printed(terminal=False, missing=2)
    assert "missing" not in printed(terminal=False)
