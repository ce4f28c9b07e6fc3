"""What a command has printed and written is read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.defects4j import runner
from ucb.defects4j.runner import Done, Failed


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (["Failing tests: 0"], 0),
        (["a log", "Failing tests: 2", "  - a.B::c", "  - a.B"], 2),
        (["Failing tests: 0", "Failing tests: 1", "  - a.B::c"], 1),
        (["Failing tests: 1"], None),
        (["Failing tests: 0", "  - a.B::c"], None),
        (["Failing tests: 0", "and more"], None),
        (["Failing tests: -1"], None),
        ([], None),
    ],
)
def test_the_count_and_its_list_must_agree(lines: list[str], count: int | None) -> None:
    """Text behind the count, or another number of names, is no result."""
    if count is None:
        with pytest.raises(Failed, match="stopped early"):
            runner._counted(Done(0, lines))
    else:
        assert runner._counted(Done(0, lines)) == count


def test_the_listeners_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Methods that were started, what failed and by which exception, and a cut-off machine."""
    monkeypatch.setattr(runner, "PLACE", tmp_path)
    (tmp_path / "all_tests").write_text("one(a.B)\ntwo[3](a.B)\nnot a test\n")
    (tmp_path / "failing_tests").write_text(
        "--- a.B::one\njava.lang.AssertionError: no: yes\n\tat a.B.one(B.java:3)\n--- a.C\nx.Y\n"
    )
    found = runner._tested()
    assert found.ran == ["a.B::one", "a.B::two"]
    assert found.failed == {"a.B::one": "java.lang.AssertionError", "a.C": "x.Y"}
    assert not found.cut
    (tmp_path / "failing-tests.txt").write_text("--- a.B:one\n")
    assert runner._tested().cut


def test_coverage_is_exact_where_there_are_counts() -> None:
    """The printed share has one digit; nothing to cover has none."""
    lines = [
        "       Lines total: 3", "     Lines covered: 1", "  Conditions total: 0",
        "Conditions covered: 0", "     Line coverage: 33.3%", "Condition coverage: 0.0%",
    ]  # fmt: skip
    figures = runner._figures(lines)
    assert runner._share(figures, "Line") == 1 / 3
    assert runner._share(figures, "Condition") is None
    assert runner._share(runner._figures(lines[4:]), "Line") == pytest.approx(0.333)


@pytest.mark.parametrize("text", ["", "<coverage>", '<!DOCTYPE c [<!ENTITY a "b">]><coverage/>'])
def test_a_report_that_is_none_has_no_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """A missing, damaged or treacherous one is the same as none."""
    monkeypatch.setattr(runner, "PLACE", tmp_path)
    (tmp_path / "coverage.xml").write_text(text)
    assert runner._lines() is None
