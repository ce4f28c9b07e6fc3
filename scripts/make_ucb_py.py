"""Makes the set of UCB-Py of mined folders and what their readers decided.

    python scripts/make_ucb_py.py mined --reviews reviews.jsonl

writes `bugs.jsonl`, `functions.jsonl`, `environments.json` and `reviews.jsonl` of `tasks/ucb_py`,
and the tables of counts in docs/benchmarks/ucb-py-counts.md.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ucb.mine.work import spread

_HOME = Path(__file__).resolve().parent.parent
_SET = _HOME / "tasks" / "ucb_py"
_COUNTS = _HOME / "docs" / "benchmarks" / "ucb-py-counts.md"
_SHARE = 0.1
"""Of a task's problems, that one package may have at most."""
_LONGEST = 120
"""Lines of a function, in either version: an answer has to repeat it."""
Row = dict[str, Any]


def main() -> None:
    """Write the set and its counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("mined", type=Path, nargs="+", help="Folders of `ucb mine`.")
    parser.add_argument("--reviews", type=Path, nargs="+", required=True)
    arguments = parser.parse_args()
    folders: Sequence[Path] = arguments.mined
    # One bug may have been found in several folders: the first says it.
    found = reversed(list(_rows(folder / "bugs.jsonl" for folder in folders)))
    mined = sorted({row["id"]: row for row in found}.values(), key=_id)
    reviews = {each["id"]: each for each in _rows(arguments.reviews)}
    read = [row for row in mined if row["id"] in reviews]
    kept = [_with_report(row, reviews) for row in read if reviews[row["id"]]["keep"]]
    short = [row for row in kept if _fits(row)]
    bugs = _evenly(short)
    written = list(_rows(folder / "functions.jsonl" for folder in folders))
    functions = _evenly([row for row in written if _fits(row)])
    _store("bugs.jsonl", bugs)
    _store("functions.jsonl", functions)
    _store("reviews.jsonl", [_review(reviews[row["id"]]) for row in read])
    wheels: dict[str, Any] = {}
    for folder in folders:
        wheels |= json.loads((folder / "environments.json").read_text(encoding="utf-8"))
    used = sorted({row["environment"] for row in (*bugs, *functions)} - {""})
    text = json.dumps({name: wheels[name] for name in used}, indent=1, sort_keys=True)
    (_SET / "environments.json").write_text(text + "\n", encoding="utf-8")
    parts = [
        _history(folders, mined),
        _reading(mined, [reviews[row["id"]] for row in read], kept, short, bugs),
        _documented(folders, written, len(functions)),
        _tasks(bugs, functions),
        _packages(bugs, functions),
    ]
    _COUNTS.write_text("# UCB-Py: counts\n\n" + "\n\n".join(parts) + "\n", encoding="utf-8")


def _evenly(rows: Sequence[Row]) -> list[Row]:
    """
    Return rows of which no package has more than its share.

    The first of every package come first, so that the first few are of many packages.
    """
    by_package: dict[str, list[Row]] = {}
    for row in rows:
        by_package.setdefault(row["package"], []).append(row)
    most = max(map(len, by_package.values()), default=0)
    while most > 1:
        total = sum(min(most, len(inside)) for inside in by_package.values())
        if most <= _SHARE * total:
            break
        most -= 1
    kept = [spread(sorted(inside, key=_id), most) for _, inside in sorted(by_package.items())]
    return [each for rank in zip_longest(*kept) for each in rank if each is not None]


def _fits(row: Row) -> bool:
    spans = [row["span"], row.get("old_span", row["span"])]
    return all(last - first < _LONGEST for first, last in spans)


def _id(row: Row) -> str:
    return str(row["id"])


def _with_report(row: Row, reviews: Mapping[str, Row]) -> Row:
    report = reviews[row["id"]].get("report")
    # The set's reports are its own; a changelog's entry often tells the fix.
    told = {name: value for name, value in row.items() if name not in {"reaching", "entry"}}
    return {**told, "report": report} if report else told


def _review(review: Row) -> Row:
    return {name: review[name] for name in ("id", "keep", "kind", "reason")}


def _history(folders: Sequence[Path], mined: Sequence[Row]) -> str:
    """Tell what became of the functions that changed."""
    last = {row["package"]: row for row in _rows(folder / "packages.jsonl" for folder in folders)}
    pairs = list(_rows(folder / "pairs.jsonl" for folder in folders))
    unrun, run = Counter[str](), Counter[str]()
    for row in last.values():
        unrun.update(row["dropped"])
    for row in pairs:
        run.update(row["dropped"])
    candidates, tried = _sum(pairs, "candidates"), _sum(pairs, "tried")
    return "\n".join((
        "## Changed functions",
        "",
        (f"{len(last)} packages were asked; {len(pairs)} pairs of releases of "
        f"{len({row['package'] for row in pairs})} were run."),
        "",
        _table(("not run, because", "number"), sorted(unrun.items())),
        "",
        (f"{candidates:,} functions were left; {tried:,} of them were tried, the others are of "
        "releases with more than were wanted."),
        "",
        _table(("tried, and dropped because", "number"), sorted(run.items())),
        "",
        (f"{_sum(pairs, 'confirmed'):,} were confirmed, and {len(mined):,} of these kept: so many "
        "of a package at most as were asked for, from all its files alike."),
    ))  # fmt: skip


def _reading(
    mined: Sequence[Row],
    reviews: Sequence[Row],
    kept: Sequence[Row],
    short: Sequence[Row],
    used: Sequence[Row],
) -> str:
    """Tell what reading them dropped."""
    kinds = Counter(each["kind"] for each in reviews if not each["keep"])
    return "\n".join((
        "## Reading",
        "",
        f"{len(reviews):,} of {len(mined):,} were read, each with its tests.",
        "",
        _table(("dropped as", "number"), sorted(kinds.items())),
        "",
        (f"{len(kept):,} were kept. {len(kept) - len(short)} of them are longer than {_LONGEST} "
        f"lines, and {len(short) - len(used)} would give a package more than {_SHARE:.0%}: "
        f"{len(used):,} are in the set."),
    ))  # fmt: skip


def _documented(folders: Sequence[Path], written: Sequence[Row], used: int) -> str:
    """Tell what became of the functions of newest releases."""
    releases = list(_rows(folder / "releases.jsonl" for folder in folders))
    dropped = Counter[str]()
    for row in releases:
        dropped.update(row.get("dropped", {}))
    return "\n".join((
        "## Documented functions",
        "",
        (f"The newest usable releases of {sum('release' in row for row in releases)} packages were "
        "read."),
        "",
        _table(("dropped because", "number"), sorted(dropped.items())),
        "",
        (f"{_sum(releases, 'candidates'):,} were left, {_sum(releases, 'tried'):,} of them tried, "
        f"{_sum(releases, 'confirmed'):,} confirmed and {len(written):,} kept, evenly; {used:,} "
        "are in the set."),
    ))  # fmt: skip


def _tasks(bugs: Sequence[Row], functions: Sequence[Row]) -> str:
    told = [row for row in bugs if row.get("report")]
    sizes = (
        ("repair", bugs), ("detection", [*bugs, *bugs]), ("issue_testgen", told),
        ("generation", functions), ("testgen", functions),
    )  # fmt: skip
    rows = []
    for name, inside in sizes:
        packages = Counter(row["package"] for row in inside)
        largest = max(packages.values(), default=0) / max(len(inside), 1)
        rows.append((name, len(inside), len(packages), f"{largest:.1%}"))
    return "## Tasks\n\n" + _table(("task", "problems", "packages", "largest package"), rows)


def _packages(bugs: Sequence[Row], functions: Sequence[Row]) -> str:
    licences = {row["package"]: row["licence"] for row in (*functions, *bugs)}
    fixed = Counter(row["package"] for row in bugs)
    told = Counter(row["package"] for row in bugs if row.get("report"))
    recent = Counter(row["package"] for row in bugs if (row["new"]["uploaded"] or "") >= "2026")
    written = Counter(row["package"] for row in functions)
    rows = [
        (name, licence, fixed[name], recent[name], told[name], written[name])
        for name, licence in sorted(licences.items())
    ]
    head = ("package", "licence", "bugs", "fixed in 2026", "with a report", "functions")
    return "## Packages\n\n" + _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def _sum(rows: Iterable[Row], name: str) -> int:
    return sum(row.get(name, 0) for row in rows)


def _rows(paths: Iterable[Path]) -> Iterator[Row]:
    for path in paths:
        if path.is_file():
            yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _store(name: str, rows: Iterable[Row]) -> None:
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    (_SET / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
