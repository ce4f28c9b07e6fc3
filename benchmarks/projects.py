"""
Seconds per program of a whole project: pytest that rooms keep warm beside one that starts anew.

    python benchmarks/projects.py [PACKAGE ...] [--rounds 5] [--sandbox docker]

Each package's newest release with tests is fetched, put into the store, and its smallest and
whole suites are run in turns in one room: by a fork of the interpreter that has pytest loaded,
and by a new interpreter in the same room. CPU seconds depend less on a busy machine than wall
seconds do. The first lines tell what materialising took.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from ucb.errors import DataError
from ucb.mine.index import PackageIndex
from ucb.mine.prepare import prepare
from ucb.mine.releases import Trees
from ucb.project import TREES, store
from ucb.project.suite import REPORT, Project, Suite
from ucb.sandbox import Sandbox
from ucb.sandbox.select import open_sandbox
from ucb.types import Key, Limits, Program

PACKAGES = ("funcy", "voluptuous", "boltons", "sqlparse", "more-itertools")
LIMITS = Limits(cpu=600, wall=1800, memory=4096, output=1 << 23)
WARM, COLD = None, 0
"""Hash seeds: with one of its own a program gets an interpreter of its own."""


def materialised(package: str, folder: Path) -> Project:
    """Put a package's newest release with tests into the store, and print what that took."""
    index = PackageIndex()
    trees = Trees(index, folder)
    started = time.perf_counter()
    for release in reversed(index.releases(package)):
        tree = trees.tree(release)
        if tree.tests and tree.sources:
            project = prepare(release, tree).project
            seconds = time.perf_counter() - started
            files = [path for path in (store() / TREES / project.tree).rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files) / (1 << 20)
            print(
                f"{package} {release.version}: {seconds:.1f} s, {len(files)} files, {size:.1f} MiB"
            )
            return project
    raise DataError(f"No release of {package} has tests.")


def run(sandbox: Sandbox, program: Program) -> tuple[float, float, dict[str, str]]:
    """Return CPU seconds, wall seconds and the outcome of every test."""
    started = time.perf_counter()
    ((_, execution),) = sandbox.run([(Key("p", 0), program)])
    wall = time.perf_counter() - started
    report = json.loads(execution.files.get(REPORT, '{"outcomes": {}}'))
    return execution.steps[-1].cpu, wall, report["outcomes"]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sandbox", default="auto")
    asked = parser.parse_args()
    sandbox = open_sandbox(asked.sandbox, 1, deduplicate=False)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in asked.packages:
            project = materialised(package, Path(scratch))
            outcomes = run(sandbox, Suite(project).report({}, limits=LIMITS))[2]
            passing = sorted(name for name, outcome in outcomes.items() if outcome == "passed")
            for label, group in (("one test", passing[:1]), ("all tests", passing)):
                suite = Suite(project, {"group": group})
                taken: dict[int | None, list[tuple[float, float]]] = {WARM: [], COLD: []}
                for _ in range(asked.rounds):
                    for seed, sums in taken.items():
                        program = suite.report({}, "group", limits=LIMITS, seed=seed)
                        cpu, wall, found = run(sandbox, program)
                        if {found.get(name) for name in group} != {"passed"}:
                            raise SystemExit(f"{package}: not every test passes again")
                        sums.append((cpu, wall))
                warm, cold = (
                    [statistics.median(column) for column in zip(*sums, strict=True)]
                    for sums in taken.values()
                )
                rows.append(
                    f"{package:16} {label:9} {len(group):6} {warm[0]:9.2f} {cold[0]:9.2f} "
                    f"{cold[0] / warm[0]:6.1f} {warm[1]:10.2f} {cold[1]:10.2f}"
                )
    sandbox.close()
    print("package          suite      tests  warm CPU  cold CPU  ratio  warm wall  cold wall")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
