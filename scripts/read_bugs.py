"""Shows mined bugs for a person to read: what changed, and the tests that noticed.

    python scripts/read_bugs.py mined/bugs.jsonl --package boltons

What the reader decides goes into a file of reviews, which `scripts/make_ucb_py.py` reads.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ucb.mine.restore import Restorer, bugs

_TESTS, _LINES = 3, 45


def main() -> None:
    """Print the bugs that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("bugs", type=Path)
    parser.add_argument("--package", action="append", help="Only of these packages.")
    parser.add_argument("--reviews", type=Path, action="append", help="Not those in these files.")
    arguments = parser.parse_args()
    done = {
        json.loads(line)["id"]
        for path in arguments.reviews or ()
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    kept = Restorer(arguments.bugs.with_name("environments.json"))
    for row in bugs(arguments.bugs):
        if row["id"] not in done and row["package"] in (arguments.package or [row["package"]]):
            print("\n".join(_told(kept, row)))


def _told(kept: Restorer, row: Mapping[str, Any]) -> Iterator[str]:
    tree, old = kept.tree(row["package"], row["new"]), kept.tree(row["package"], row["old"])
    fixed = kept.function(tree, row["file"], row["span"]).splitlines()
    buggy = kept.function(old, row["old_file"], row["old_span"]).splitlines()
    yield f"{'=' * 20} {row['id']}"
    yield from list(difflib.unified_diff(buggy, fixed, "buggy", "fixed", n=12, lineterm=""))[2:]
    yield f"--- {len(row['triggers'])} triggers, by {sorted(set(row['raised']))}:"
    shown = dict.fromkeys(name.partition("[")[0] for name in row["triggers"])
    for name in list(shown)[:_TESTS]:
        file, *path = name.split("::")
        yield f"# {name}"
        yield from _test(kept.source(tree, file), path)[:_LINES]


def _test(text: str, path: list[str]) -> list[str]:
    """Return the lines of a test, or nothing for one that is made at run time."""
    nodes: list[ast.stmt] = ast.parse(text).body
    found: ast.stmt | None = None
    for name in path:
        found = next((each for each in nodes if getattr(each, "name", "") == name), None)
        nodes = getattr(found, "body", [])
    if found is None or found.end_lineno is None:
        return []
    decorated = getattr(found, "decorator_list", [])
    first = min([found.lineno, *(each.lineno for each in decorated)])
    return text.splitlines()[first - 1 : found.end_lineno]


if __name__ == "__main__":
    main()
