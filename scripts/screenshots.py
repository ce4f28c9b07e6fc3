"""Take the pictures of the documentation: `python -m scripts.screenshots RUN`.

Opens the report of a run and the leaderboard beside it in headless Chromium and
saves `docs/images/{report,leaderboard}-{light,dark,narrow}.png`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser import Page, browsing

IMAGES = Path(__file__).parents[1] / "docs" / "images"
LOOKS = {"light": (1280, False), "dark": (1280, True), "narrow": (390, False)}


def report(page: Page, path: Path, look: str) -> None:
    """The report's top. A sample is not shown: its text is the benchmark's."""
    page.open(path, "document.querySelector('#rows tr')")
    page.screenshot(IMAGES / f"report-{look}.png", whole=False)


def main() -> None:
    """Open, look, save."""
    run = Path(sys.argv[1]).resolve()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile, browsing(Path(profile)) as page:
        for look, (width, dark) in LOOKS.items():
            page.screen(width, dark=dark)
            report(page, run / "report.html", look)
            board = run.parent / "leaderboard.html"
            page.open(board, "document.documentElement.dataset.ready")
            page.screenshot(IMAGES / f"leaderboard-{look}.png")
    for image in sorted(IMAGES.glob("*.png")):
        print(f"{image}  {image.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
