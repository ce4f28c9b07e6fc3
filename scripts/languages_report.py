"""Write the report of `make test-all-languages`: `python -m scripts.languages_report JUNIT REPORT`.

JUNIT is what `pytest --junit-xml` wrote. The report says of every language which image
was tested and how many programs got the verdict that they must have.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as Xml
from collections import Counter
from pathlib import Path

from ucb.sandbox import docker, images

_CASE = re.compile(r"\[(\w+) \((\w+)\): (.*)\]")
"""A test's name holds the language, the mode and the case."""


def report(junit: Path) -> tuple[str, bool]:
    """Return the report as Markdown, and whether every test passed."""
    (suite,) = Xml.parse(junit).getroot()  # noqa: S314 (pytest wrote it here)
    right: Counter[tuple[str, str]] = Counter()
    wrong: dict[tuple[str, str], list[str]] = {}
    for test in suite:
        found = _CASE.search(test.get("name", ""))
        if found is None:
            continue
        name, mode, case = found.groups()
        wrong.setdefault((name, mode), [])
        if any(child.tag in {"failure", "error", "skipped"} for child in test):
            wrong[name, mode].append(case)
        else:
            right[name, mode] += 1
    count = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    minutes = float(suite.get("time", "0")) / 60
    lines = [
        "# Controls of every language",
        "",
        "Programs that must pass, fail or be labelled, each judged in its image, by the fast",
        "command (`run`) and the published one (`plain`). Written by `make test-all-languages`.",
        "",
        f"{suite.get('timestamp', '')[:10]}, Docker {docker.version()}, {minutes:.0f} min: "
        + ", ".join(f"{number} {name}" for name, number in count.items())
        + ".",
        "",
        "| language | mode | image | right verdicts | wrong or not run |",
        "|---|---|---|---|---|",
    ]
    for (name, mode), cases in sorted(wrong.items()):
        total = right[name, mode] + len(cases)
        lines.append(
            f"| {name} | {mode} | `{images.tag(name)}` | {right[name, mode]} of {total} "
            f"| {', '.join(cases) or 'none'} |"
        )
    good = not any(wrong.values()) and not count["failures"] and not count["errors"]
    return "\n".join(lines) + "\n", good


def main() -> None:
    """Write REPORT; exit with 1 if a test failed."""
    text, good = report(Path(sys.argv[1]))
    Path(sys.argv[2]).write_text(text, encoding="utf-8")
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
