"""
Checkouts and seconds per sample of Defects4J bugs: stored working copies beside the ancestor's way.

    python benchmarks/codeujb.py DEFECTS4J Lang-1 Csv-1 [--samples 5] [--sandbox auto]

DEFECTS4J is what `--defects4j` takes: a folder, a command or an image. Every sample is the fixed
version itself with its triggering tests, so that both ways must find that they pass. CodeUJB's
harness checks a bug out for each sample and lets its tests compile all of it; here a version is
checked out and built once, copied for each sample, and only the changed class is compiled.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from ucb.defects4j.bugs import Bug, read
from ucb.defects4j.copies import WorkingCopies, pristine
from ucb.defects4j.installation import Installation
from ucb.defects4j.suite import TOOLCHAIN
from ucb.project import TREES, store
from ucb.sandbox import Sandbox
from ucb.sandbox.select import open_sandbox
from ucb.types import Key

_ANEW = """set -e
defects4j checkout -p {project} -v {number}f -w {place} >&2
for test in {tests}; do defects4j test -w {place} -t "$test"; done
"""


def ours(sandbox: Sandbox, bug: Bug) -> float:
    """Judge one sample in a copy of the stored working copy; return wall seconds."""
    path = f"{bug.sources}/{bug.modified[0].partition('$')[0].replace('.', '/')}.java"
    # Other bytes, as a model's answer has.
    changed = {path: (pristine(bug.fixed.tree, path) or "") + f"// {time.monotonic_ns()}\n"}
    program = bug.fixed.program(
        bug.fixed.compiles(changed), bug.fixed.passes(bug.triggers, changed)
    )
    started = time.perf_counter()
    ((_, execution),) = sandbox.run([(Key("p", 0), program)])
    if not execution.steps[-1].proved:
        raise SystemExit(f"{bug.project}-{bug.number}: the fixed version does not pass")
    return time.perf_counter() - started


def anew(installation: Installation, bug: Bug) -> float:
    """Judge one sample as the ancestor does; return wall seconds."""
    with tempfile.TemporaryDirectory() as folder:
        place = "/tmp/p" if installation.image else f"{folder}/p"
        tests = " ".join(bug.triggers)
        script = _ANEW.format(project=bug.project, number=bug.number, place=place, tests=tests)
        started = time.perf_counter()
        said = installation.output(script, what=f"{bug.project}-{bug.number}")
    if said.count("Failing tests: 0") != len(bug.triggers):
        raise SystemExit(f"{bug.project}-{bug.number}: the fixed version does not pass")
    return time.perf_counter() - started


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("defects4j")
    parser.add_argument("bugs", nargs="+")
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--sandbox", default="auto")
    asked = parser.parse_args()
    installation = Installation.open(asked.defects4j)
    brought = {TOOLCHAIN: installation.brought()}
    sandbox = open_sandbox(asked.sandbox, 1, deduplicate=False, brought=brought)
    print("bug          samples  checkouts here  there  s/sample here  there  ratio  first")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["UCB_CACHE_DIR"] = cache
        for name in asked.bugs:
            project, _, number = name.rpartition("-")
            started = time.perf_counter()
            bug = read(WorkingCopies(installation), project, number, sandbox.run)
            first = time.perf_counter() - started
            pairs = [(ours(sandbox, bug), anew(installation, bug)) for _ in range(asked.samples)]
            here, there = (statistics.median(column) for column in zip(*pairs, strict=True))
            made = len(list(Path(store() / TREES).glob(f"defects4j-{project}-{number}[fb]-*")))
            print(
                f"{name:12} {asked.samples:7} {made:15} {asked.samples:6} {here:14.2f} "
                f"{there:6.2f} {there / here:6.1f} {first:6.1f}"
            )
    sandbox.close()


if __name__ == "__main__":
    main()
