"""Rows in the schema that CodeUJB has published, made of an installation's bugs.

The prompts ask in words of our own for what the published ones ask for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from ucb.defects4j.bugs import Bug, Place

Row = dict[str, Any]
DATASETS = {
    "complete": "code_ujb_complete",
    "testgen": "code_ujb_testgen",
    "testgenissue": "code_ujb_testgenissue",
    "defectdetection": "code_ujb_defectdetection",
    "repair": "code_ujb_repair",
}
"""The name of each task's dataset: that of its file, without the ending."""
_TESTS = 3
"""Tests of a function to write, at most."""


def complete(bug: Bug, place: Place, tests: Sequence[str]) -> Row:
    """A documented function, to be written from its comment and signature."""
    ask = f"// Write the function `{place.method.name}` of this Java class.\n"
    return {
        **_base(bug, "complete", place),
        **_prompts(ask, place),
        **_span(place),
        "function": place.code,
        "source_dir": bug.sources,
        "testmethods": list(tests[:_TESTS]),
    }


def testgen(bug: Bug, place: Place, test: str, classes: Sequence[str]) -> Row:
    """A documented test, to be written from its comment and signature."""
    ask = f"// Write the test `{place.method.name}` for {', '.join(classes)}.\n"
    return {
        **_base(bug, "testgen", place),
        **_prompts(ask, place),
        **_span(place),
        "function": place.code,
        "source_dir": bug.tests,
        "testmethods": [test],
        "classmethods": [
            {"be_test_class_name": owner, "be_test_function_name": name}
            for owner in classes
            for name in sorted(place.method.calls)
        ],
    }


def testgenissue(bug: Bug, fixed: Place, buggy: Place, test: str, told: str) -> Row:
    """A test to be written from a report."""
    report = "\n".join(f"// {line}".rstrip() for line in told.strip().splitlines())
    ask = f"{report}\n// Write the test `{fixed.method.name}` that shows it.\n\n"
    signature = _signature(fixed)
    return {
        **_base(bug, "testgenissue", fixed),
        "prompt_complete": f"{ask}{fixed.indent}{signature.strip()} {{\n",
        "prompt_complete_without_signature": ask,
        "prompt_chat": "Write a test that shows this fault, in this method alone.\n\n"
        f"{told.strip()}\n\n```java\n{signature.strip()} {{\n```\n",
        "function": fixed.code,
        "source_dir": bug.tests,
        "location": fixed.path,
        "testmethod": test,
        "classes_modified": list(bug.modified),
        **_span(fixed, "_fixed"),
        **_span(buggy, "_buggy"),
    }


def repair(bug: Bug, fixed: Place, buggy: Place) -> Row:
    """A function to be repaired."""
    ask = "// Repair this function.\n\n// Buggy Function\n{}\n\n// Fixed Function\n"
    return {
        **_base(bug, "repair", buggy),
        "prompt_complete": ask.format(buggy.code),
        "prompt_chat": "This function has a bug. Write it without, whole and in one code block.\n\n"
        f"```java\n{buggy.code}\n```\n",
        **_span(buggy),
        "function": buggy.code,
        "fix": fixed.code,
        "source_dir": bug.sources,
        "testmethods": list(bug.triggers),
    }


def detections(bug: Bug, fixed: Place, buggy: Place) -> list[Row]:
    """The function with its bug and without, each to be told apart."""
    ask = (
        "{}\n\n// Does this function have a defect?\nA. Yes, it has defects\n"
        "B. No, it doesn't have defects\nAnswer:"
    )
    return [
        {
            **_base(bug, f"defectdetection {place is buggy}", place),
            "prompt_complete": ask.format(place.code),
            "prompt_chat": 'Say "A. Yes, it has defects" or "B. No, it doesn\'t have defects" of '
            f"this function.\n\n```java\n{place.code}\n```\n",
            **_span(place),
            "function": place.code,
            "fix": fixed.code,
            "defective": place is buggy,
            "source_dir": bug.sources,
            "testmethods": list(bug.triggers),
        }
        for place in (buggy, fixed)
    ]


def _base(bug: Bug, task: str, place: Place) -> Row:
    about = f"{task} {bug.project}-{bug.number} {place.path} {place.method.signed}"
    return {
        "task_id": hashlib.sha256(about.encode()).hexdigest(),
        "project": bug.project,
        "bug_id": bug.number,
        "function_signature": _signature(place),
        "function_name": place.method.name,
        "comment": place.comment,
        "indent": place.indent,
    }


def _span(place: Place, end: str = "") -> Row:
    return {
        f"location{end}": place.path, f"source{end}": place.text,
        f"start{end}": place.method.first - 1, f"end{end}": place.method.last - 1,
    }  # fmt: skip


def _signature(place: Place) -> str:
    return place.method.head.removesuffix("{")


def _prompts(ask: str, place: Place) -> Row:
    commented = f"{ask}\n{place.comment}\n"
    head = f"{place.indent}{_signature(place)}{{\n"
    return {
        "prompt_complete": f"{commented}{head}",
        "prompt_complete_with_comment": commented,
        "prompt_chat": f"{ask.removeprefix('// ')}\n```java\n{place.comment}\n{head}```\n",
    }
