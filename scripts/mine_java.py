"""
Look for Java bugs in the release history of Debian's source packages, on a Debian machine.

    python scripts/mine_java.py --out FOLDER libcommons-codec-java libcommons-lang3-java

Of every pair of a package's releases that neighbouring suites have, the methods whose bodies
changed are tried by the rules of `ucb.mine.java.trial`. `FOLDER/bugs.jsonl` holds what is
confirmed, and `FOLDER/pairs.jsonl` one line for each pair with the counts at every filter; a pair
that has its line is not tried again.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections import Counter
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from ucb.errors import DataError
from ucb.mine.java.changed import candidates, laid_out
from ucb.mine.java.debian import Release, Sources
from ucb.mine.java.trial import Trial
from ucb.mine.sdist import unpack
from ucb.sandbox.select import open_sandbox
from ucb.task import Run

log = logging.getLogger("ucb")


def append(path: Path, row: dict[str, Any]) -> None:
    """Add a line to a file."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def tree(sources: Sources, release: Release, folder: Path) -> Path:
    """Return a release with Maven's layout, fetched and unpacked if need be."""
    name = f"{release.package}-{release.upstream}"
    target = folder / "trees" / name
    if not target.is_dir():
        plain = folder / "plain" / name
        top = (
            unpack(sources.archive(release), plain) if not plain.is_dir() else next(plain.iterdir())
        )
        if not laid_out(top, target):
            raise DataError(f"{name} has no sources and tests where they are looked for.")
    return target


def mine(
    before: Path, after: Path, run: Run, most: int
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the bugs of a pair as rows, and the pair's own."""
    dropped: Counter[str] = Counter()
    found = list(candidates(before, after, dropped))
    if len(found) > most:
        dropped["not tried"] = len(found) - most
    trial = Trial(before, after, after.name, run)
    rows = []
    for each in trial.confirm(found[:most], dropped):
        log.info("%s: %s", after.name, each.candidate.name)
        rows.append({"old": before.name, "new": after.name, **asdict(each)})
    told = {
        "old": before.name, "new": after.name, "candidates": len(found), "bugs": len(rows),
        "passing": len(trial.passing), "left_out": trial.left_out, "dropped": dict(dropped),
    }  # fmt: skip
    return rows, told


def main() -> None:
    """Mine the packages that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--mirror", default="", help="of Debian; by default this machine's own")
    parser.add_argument("--most", type=int, default=60, help="candidates of a pair that are tried")
    parser.add_argument("--sandbox", default="docker")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    asked.out.mkdir(parents=True, exist_ok=True)
    pairs = asked.out / "pairs.jsonl"
    lines = pairs.read_text("utf-8").splitlines() if pairs.is_file() else []
    done = {(row["old"], row["new"]) for row in map(json.loads, lines)}
    sources = Sources((asked.out / "apt").resolve(), mirror=asked.mirror)
    sandbox = open_sandbox(asked.sandbox, 1, deduplicate=False)
    for package in asked.packages:
        trees = []
        for release in sources.releases(package):
            try:
                trees.append(tree(sources, release, asked.out))
            except DataError as error:
                log.info("%s %s: %s", package, release.version, error)
        for before, after in pairwise(dict.fromkeys(trees)):
            if (before.name, after.name) not in done:
                rows, told = mine(before, after, sandbox.run, asked.most)
                for row in rows:
                    append(asked.out / "bugs.jsonl", row)
                append(pairs, told)
                log.info("%s", json.dumps(told))
    sandbox.close()


if __name__ == "__main__":
    main()
