"""A gate's decision: Markdown for people, JUnit XML for CI servers, JSON for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ucb.gate import Check, Decision
from ucb.outcomes import FIGURES
from ucb.report import compared
from ucb.report.figures import number, percent
from ucb.report.terminal import print_wide

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def verdict(decision: Decision) -> str:
    """Return the decision in one sentence."""
    failed = [check for check in decision.checks if not check.passed]
    total = len(decision.checks)
    if not failed:
        return f"The gate is open: {total} of {total} checks passed."
    return f"The gate is closed: {len(failed)} of {total} checks failed."


def markdown(decision: Decision) -> str:
    """Return the decision as Markdown that GitHub and GitLab show."""
    baseline = decision.baseline
    against = f" against {compared.escaped(baseline.where)}" if baseline is not None else ""
    lines = [
        f"## {'✅' if decision.passed else '❌'} {verdict(decision)}",
        "",
        f"{compared.escaped(decision.candidate.where)}{against}",
        "",
        f"| | {' | '.join(_COLUMNS)} |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {'✅' if check.passed else '❌'} | {' | '.join(map(compared.escaped, cells))} |"
            for check, cells in rows(decision)
        ),
        "",
        *(
            f"- **{compared.escaped(check.task)}, {compared.escaped(check.metric)}**: "
            f"{compared.escaped(reason)}"
            for check in decision.checks
            for reason in check.reasons
        ),
        *(f"- {compared.escaped(note)}" for note in decision.notes),
        *(f"- {sentence}" for sentence in _how(decision)),
        "",
    ]
    for check in decision.checks:
        if check.comparison is not None and baseline is not None:
            lines += compared.changes(check.comparison, decision.candidate, baseline)
    return "\n".join(lines).rstrip() + "\n"


_COLUMNS = (
    "Benchmark",
    "Metric",
    "Candidate",
    "Baseline",
    "Difference (95% interval)",
    "Allowed drop",
    "p",
    "Detectable drop",
)


def rows(decision: Decision) -> Iterator[tuple[Check, list[str]]]:
    """Yield each check with its figures as texts, in the order of the Markdown table."""
    for check in decision.checks:
        yield check, [check.task, check.metric, *_values(check), *_statistics(check)]


def _values(check: Check) -> list[str]:
    write = number if check.metric in FIGURES else percent
    before = "" if check.baseline is None else write(check.baseline)
    if check.comparison is not None:
        d = check.comparison.difference
        ends = f"{compared.points(d.low)} to {compared.points(d.high)}"
        change = f"{compared.points(d.value)} ({ends})"
    elif check.baseline:
        change = f"{check.value / check.baseline - 1:+.1%}"
    else:
        change = ""
    return [write(check.value), before, change]


def _statistics(check: Check) -> list[str]:
    if check.comparison is None:
        return ["", "", ""]
    seen = "" if check.detectable is None else f"{100 * check.detectable:.1f}"
    p = "" if check.p is None else compared.p_value(check.p)
    return [f"{100 * check.tolerated:.1f}", p, seen]


def _how(decision: Decision) -> Iterator[str]:
    if any(check.p is not None for check in decision.checks):
        yield (
            "A rate fails on a drop that is significant (p, one-sided and adjusted for the number "
            f"of tests, at most {decision.alpha:g}) and larger than the allowed drop. The last "
            "column is the true drop, in points, that would have failed 80% of runs like these."
        )


def print_decision(console: Console, decision: Decision) -> None:
    """Print the decision as a table, and in a sentence why."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("", *_COLUMNS):
        justify: Literal["left", "right"] = "left" if len(table.columns) < 3 else "right"
        table.add_column(name, no_wrap=True, justify=justify)
    for check, cells in rows(decision):
        sign = Text("passed", "green") if check.passed else Text("FAILED", "bold red")
        table.add_row(sign, *map(Text, cells))
    why = [
        f"{check.task}, {check.metric}: {reason}"
        for check in decision.checks
        for reason in check.reasons
    ]
    print_wide(
        console,
        table,
        *(Text(reason, style="red") for reason in why),
        *(Text(note, style="yellow") for note in decision.notes),
        Text(verdict(decision), style="bold"),
    )


def to_json(decision: Decision) -> str:
    """Return the decision as JSON, with every figure and every problem won and lost."""
    data = {
        "passed": decision.passed,
        "verdict": verdict(decision),
        "candidate": decision.candidate.where,
        "baseline": decision.baseline.where if decision.baseline is not None else None,
        "alpha": decision.alpha,
        "notes": list(decision.notes),
        "checks": [_check(check) for check in decision.checks],
    }
    return json.dumps(data, indent=2) + "\n"


def _check(check: Check) -> dict[str, Any]:
    return {
        "task": check.task,
        "metric": check.metric,
        "passed": check.passed,
        "reasons": list(check.reasons),
        "value": check.value,
        "baseline": check.baseline,
        "tolerated": check.tolerated,
        "p": check.p,
        "detectable": check.detectable,
        "comparison": compared.to_json(check.comparison) if check.comparison is not None else None,
    }


def junit(decision: Decision) -> str:
    """Return the decision as JUnit XML: a test case per check."""
    failures = sum(not check.passed for check in decision.checks)
    suite = ET.Element(
        "testsuite",
        name="ucb gate",
        tests=str(len(decision.checks)),
        failures=str(failures),
        errors="0",
        skipped="0",
    )
    for check, cells in rows(decision):
        case = ET.SubElement(
            suite, "testcase", classname=_xml(f"ucb.{check.task}"), name=_xml(check.metric)
        )
        if not check.passed:
            failure = ET.SubElement(case, "failure", message=_xml(" ".join(check.reasons)))
            failure.text = _xml(_lost(check))
        output = ET.SubElement(case, "system-out")
        shown = zip(_COLUMNS, cells, strict=True)
        output.text = _xml("\n".join(f"{name}: {cell}" for name, cell in shown if cell))
    root = ET.Element("testsuites", tests=str(len(decision.checks)), failures=str(failures))
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _lost(check: Check) -> str:
    lost = check.comparison.lost if check.comparison is not None else ()
    return "\n".join(f"lost: {change.problem}" for change in lost)


def _xml(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
