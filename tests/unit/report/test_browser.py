"""The page in a real browser. Skipped where Chromium is not installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.report.builders import RUN, mixed, report_of
from tests.unit.report.test_html import Page, hostile_sample
from ucb.report.html import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt install chromium)")


def opened(path: Path, profile: Path, fragment: str = "") -> Page:
    """Open a file in headless Chromium and return the document after its scripts have run."""
    command = [
        CHROMIUM or "",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        f"--user-data-dir={profile}",
        "--virtual-time-budget=10000",
        "--dump-dom",
        path.as_uri() + fragment,
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return Page(done.stdout.decode("utf-8", "replace"))


def test_the_table_shows_the_samples(tmp_path: Path) -> None:
    """The script runs under the page's own policy and lists every sample."""
    write_report(tmp_path / "report.html", RUN, [report_of("t", mixed())])
    seen = opened(tmp_path / "report.html", tmp_path / "profile")
    assert "6 samples" in seen.text
    assert len([attrs for tag, attrs in seen.elements if tag == "tr" and "data-row" in attrs]) == 6


def test_hostile_samples_are_shown_as_text(tmp_path: Path) -> None:
    """An opened sample shows its markup as text; nothing of it runs or becomes an element."""
    write_report(tmp_path / "report.html", RUN, [report_of("t", [hostile_sample("p")])])
    seen = opened(tmp_path / "report.html", tmp_path / "profile", "#/t/p/0")
    assert seen.text.count("</script><script>document.title='pwned'</script>") >= 5
    assert ("dialog", True) in [(tag, "open" in attrs) for tag, attrs in seen.elements]
    assert not [tag for tag, _ in seen.elements if tag == "img"]
    assert "pwned - UCB" not in seen.text
    assert seen.text.lstrip().startswith("org/tiny-coder on t - UCB")
