"""What people and CI servers read of a decision."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from tests.results import outcome
from ucb.compare import compare
from ucb.gate import Config, Decision, Rule, decide
from ucb.outcomes import Failure
from ucb.report import compared, gates

HOSTILE = "p|<img src=x> [a](b) `c` *d* \x1b"


def decision(*, drop: int = 10, name: str = "t") -> Decision:
    """A gate over a benchmark that lost some of sixty, and a figure that holds."""
    a = outcome([int(n < 60 - drop) for n in range(100)], figures={"truncated": 0.25})
    b = outcome([int(n < 60) for n in range(100)], where="baselines/b.json")
    failures = {f"p/{n}": Failure(0, "timeout") for n in range(50, 60)}
    task = replace(a.tasks["t"], name=name, failures=failures)
    candidate = replace(a, tasks={name: task}, where="results/new run")
    baseline = replace(b, tasks={name: replace(b.tasks["t"], name=name)}, folder=False)
    rules = (Rule(), Rule(metric="truncated", maximum=0.5))
    return decide(candidate, baseline, Config(rules))


def test_markdown_says_what_why_and_how_sure() -> None:
    """A headline, a table that is a table, the reason, the reach of the gate, and links."""
    text = gates.markdown(decision())
    assert text.startswith("## ❌ The gate is closed: 1 of 2 checks failed.\n")
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert "| ❌ | t | pass@1 | 50.0% | 60.0% | -10.0 (" in text
    assert "- **t, pass@1**: Fell by 10.0 points from 60.0% to 50.0% (p = 0.00098)." in text
    assert "80% of runs like these" in text
    assert "- [p/50](results/new%20run/report.html#/t/p%2F50/0): 100% to 0%, timeout" in text


def test_an_open_gate_says_so() -> None:
    """Without a drop the same table has a green headline and no list."""
    text = gates.markdown(decision(drop=0))
    assert text.startswith("## ✅ The gate is open: 2 of 2 checks passed.\n")
    assert "<details>" not in text


def test_names_cannot_write_markdown() -> None:
    """A name with markup in it neither breaks the table nor becomes HTML."""
    text = gates.markdown(decision(name=HOSTILE))
    assert "<img" not in text
    table = [re.sub(r"\\.", "", line) for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1


def test_junit_has_a_case_per_check() -> None:
    """Failures carry the sentence and the lost problems, whatever characters names have."""
    root = ET.fromstring(gates.junit(decision(name=HOSTILE)))
    assert root.attrib == {"tests": "2", "failures": "1"}
    cases = root.findall("./testsuite/testcase")
    assert [case.get("name") for case in cases] == ["pass@1", "truncated"]
    failure = cases[0].find("failure")
    assert failure is not None
    assert "Fell by 10.0 points" in (failure.get("message") or "")
    assert "lost: p/50" in (failure.text or "")
    assert cases[1].find("failure") is None
    assert "Candidate: 0.25" in (cases[1].findtext("system-out") or "")


def test_json_has_everything() -> None:
    """Each check with its figures, and each problem won or lost."""
    data = json.loads(gates.to_json(decision()))
    assert (data["passed"], data["baseline"]) == (False, "baselines/b.json")
    check = data["checks"][0]
    assert check["p"] == pytest.approx(2**-10)
    assert check["comparison"]["lost"][0] == {
        "problem": "p/50", "before": 1.0, "after": 0.0, "sample": 0, "reason": "timeout",
    }  # fmt: skip
    assert len(check["comparison"]["lost"]) == 10


def test_a_log_gets_the_same_figures() -> None:
    """Outside a terminal nothing is coloured or cut off."""
    file = StringIO()
    gates.print_decision(Console(file=file, width=40), decision())
    text = file.getvalue()
    assert "\x1b" not in text
    assert "-10.0 (" in text
    assert text.rstrip().endswith("The gate is closed: 1 of 2 checks failed.")


def test_a_comparison_lists_and_counts(tmp_path: object) -> None:
    """Markdown and terminal list twenty problems and say how many more; JSON has all."""
    a, b = outcome([0] * 30 + [1]), outcome([1] * 30 + [0])
    found = compare(a.tasks["t"], b.tasks["t"])
    text = compared.markdown([found], a, b, ["They were asked differently."])
    assert "and 10 more" in text
    assert "- They were asked differently." in text
    assert len(compared.to_json(found)["lost"]) == 30
    file = StringIO()
    compared.print_comparison(Console(file=file), [found], a, b, [])
    lines = file.getvalue().splitlines()
    assert lines[1].split()[:4] == ["t", "pass@1", "3.2%", "96.8%"]
    assert "and 10 more; --json lists all" in file.getvalue()
