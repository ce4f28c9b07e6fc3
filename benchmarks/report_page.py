"""
How fast the run report is in a browser: `python -m benchmarks.report_page [SAMPLES]`.

Writes a report of 164 problems x 200 samples (32,800, or as many as asked),
opens it in headless Chromium and prints how long it takes until the table
stands, and until it is sorted, filtered and searched. Each figure is the median
of five.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.browser import Page, browsing
from tests.unit.report.builders import RUN, sample, scores_of
from ucb.report.html import write_report
from ucb.report.model import Sample, TaskReport
from ucb.types import Stage

PROBLEMS, SAMPLES, TIMES = 164, 200, 5
WORDS = ("return", "for", "value", "total", "number", "list", "sorted", "index", "while", "result")

TIMED = """
new Promise((done) => {{
    const start = performance.now();
    {action};
    document.body.offsetHeight;
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
}})
"""


def samples(count: int) -> Iterator[Sample]:
    """Samples of the size that models write, with every stage among them."""
    pick = random.Random(0)
    stages = (Stage.PASSED, Stage.COMPILED, Stage.COMPILED, Stage.EXTRACTED, Stage.NOTHING)
    for number in range(count):
        words = " ".join(pick.choices(WORDS, k=60))
        lines = (f"    x_{pick.randrange(10**6)} = {pick.random():.9f} + values" for _ in range(12))
        code = "\n".join([f"def solve_{number}(values):", *lines])
        problem, place = f"HumanEval/{number % PROBLEMS}", number // PROBLEMS
        texts = {"prompt": words, "text": code, "code": code, "output": words[:200]}
        tests = "\n".join(f"    assert solve([{number % PROBLEMS}]) == {n}" for n in range(25))
        yield sample(problem, place, pick.choice(stages), **texts, program=tests)


def median(page: Page, action: str) -> float:
    """Run an action several times and return its median in milliseconds, with the drawing."""
    return statistics.median(page.run(TIMED.format(action=action)) for _ in range(TIMES))


def main() -> None:
    """Write, open, measure, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PROBLEMS * SAMPLES
    with tempfile.TemporaryDirectory() as folder, browsing(Path(folder) / "profile") as page:
        path = Path(folder) / "report.html"
        scores = scores_of(list(samples(count)))
        start = time.monotonic()
        write_report(path, RUN, [TaskReport("humaneval", scores, samples(count))])
        print(f"{count:,} samples, {path.stat().st_size / 2**20:.1f} MiB")
        print(f"write   {time.monotonic() - start:6.1f} s")
        page.screen(1280)
        ready = "document.querySelector('#rows tr')"
        opens = [page.open(path, ready) for _ in range(TIMES)]
        print(f"open    {statistics.median(opens):6.0f} ms")
        for name in ("problem", "reason", "detail", "cpu"):
            action = f"document.querySelector('th[data-column={name}] button').click()"
            print(f"sort    {median(page, action):6.0f} ms  by {name}")
        choose = "const s = document.getElementById('reason'); s.value = 'passed'"
        action = f"{choose}; s.dispatchEvent(new Event('change'))"
        print(f"filter  {median(page, action):6.0f} ms  by outcome")
        status = "document.getElementById('status').textContent"
        page.run("document.querySelector('#filters button[type=reset]').click()")
        page.wait(f"{status} === '{count:,} samples'")
        start = time.monotonic()
        page.run("document.getElementById('query').value = 'solve_17('")
        page.run("document.getElementById('query').dispatchEvent(new Event('input'))")
        page.wait(f"{status} === '1 of {count:,} samples'")
        print(f"search  {1000 * (time.monotonic() - start):6.0f} ms  in all texts")


if __name__ == "__main__":
    main()
