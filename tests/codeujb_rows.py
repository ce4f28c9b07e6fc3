"""Rows of our own in the published schema of CodeUJB, over the project of the stub `defects4j`.

Not copied from the dataset: the prompts are in words of our own, and the project is ours.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STUB = Path(__file__).parent / "stub_defects4j"
_TILL = STUB / "framework" / "projects" / "Till"
Row = dict[str, Any]
INDENT = "    "
NAMES = {
    "complete": "code_ujb_complete",
    "testgen": "code_ujb_testgen",
    "testgenissue": "code_ujb_testgenissue",
    "repair": "code_ujb_repair",
    "defectdetection": "code_ujb_defectdetection",
}
MONEY = "src/main/java/org/till/Money.java"
TILL = "src/main/java/org/till/Till.java"
MONEY_TEST = "src/test/java/org/till/MoneyTest.java"
TILL_TEST = "src/test/java/org/till/TillTest.java"
BUGS = json.loads((_TILL / "bugs.json").read_text(encoding="utf-8"))


def text(path: str) -> str:
    """Return a file of the fixed version."""
    return (_TILL / "tree" / path).read_text(encoding="utf-8")


def buggy(bug: str) -> str:
    """Return the file that a bug is in, with it."""
    told = BUGS[bug]
    return text(told["file"]).replace(told["find"], told["put"])


def function(source: str, head: str) -> tuple[str, int, int]:
    """Return a function's lines, and the numbers of the first and the last, from 0."""
    lines = source.split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith(f"{INDENT}{head}"))
    end = next(n for n in range(start, len(lines)) if lines[n] == f"{INDENT}}}")
    return "\n".join(lines[start : end + 1]), start, end


def complete(bug: str, head: str, name: str, path: str, tests: list[str], comment: str) -> Row:
    """Return a row of writing a function."""
    source = text(path)
    found, start, end = function(source, head)
    return {
        **_every(f"write {name}", bug),
        **_prompts(f"Write the function `{name}`.", comment, f"{INDENT}{head} {{\n"),
        "function_signature": f"{head} ", "function_name": name, "function": found,
        "comment": comment, "indent": INDENT, "testmethods": tests, "source_dir": "src/main/java",
        "location": path, "source": source, "start": start, "end": end,
    }  # fmt: skip


def testgen(bug: str, head: str, name: str, path: str, classes: list[str]) -> Row:
    """Return a row of writing a test for a class."""
    comment = f"{INDENT}/** Checks it. */"
    made = complete(bug, head, name, path, [_test(path, name)], comment)
    return {
        **made,
        **_every(f"test {name}", bug),
        "source_dir": "src/test/java",
        "classmethods": [
            {"be_test_class_name": each, "be_test_function_name": "sum"} for each in classes * 2
        ],
    }


def testgenissue(bug: str, head: str, name: str, path: str) -> Row:
    """Return a row of writing a test from a report."""
    source = text(path)
    found, start, end = function(source, head)
    ask = f"// TILL-{bug}: an amount comes out wrong.\n// Write the test `{name}`.\n\n"
    row: Row = {
        **_every(f"show {name}", bug),
        "prompt_complete": f"{ask}{INDENT}{head} {{\n",
        "prompt_complete_without_signature": ask,
        "prompt_chat": f"TILL-{bug}: an amount comes out wrong.\n\n```java\n{head} {{\n```\n",
        "function_signature": head, "function_name": name, "function": found, "indent": INDENT,
        "testmethod": _test(path, name), "classes_modified": BUGS[bug]["modified"],
        "location": path, "source_dir": "src/test/java",
    }  # fmt: skip
    for side in ("fixed", "buggy"):
        row |= {
            f"location_{side}": path, f"source_{side}": source,
            f"start_{side}": start, f"end_{side}": end,
        }  # fmt: skip
    return row


def repair(bug: str, head: str, name: str) -> Row:
    """Return a row of repairing a function."""
    path, source = BUGS[bug]["file"], buggy(bug)
    wrong, start, end = function(source, head)
    right, _, _ = function(text(path), head)
    ask = "// Repair the function\n\n// Buggy Function\n{}\n\n// Fixed Function\n"
    return {
        **_every(f"repair {name}", bug),
        "prompt_complete": ask.format(wrong),
        "prompt_chat": f"Repair this:\n\n```java\n{wrong}\n```\n",
        "function_signature": f"{head} ", "function": wrong, "fix": right,
        "testmethods": BUGS[bug]["trigger"], "source_dir": "src/main/java", "location": path,
        "source": source, "start": start, "end": end,
    }  # fmt: skip


def defectdetection(bug: str, head: str, *, defective: bool) -> Row:
    """Return a row of telling whether a function has a defect."""
    source = buggy(bug) if defective else text(BUGS[bug]["file"])
    shown, start, end = function(source, head)
    right, _, _ = function(text(BUGS[bug]["file"]), head)
    return {
        **_every(f"defect {head} {defective}", bug),
        "prompt_complete": f"{shown}\nIs it wrong?\nA. Yes, it has defects\n"
        "B. No, it doesn't have defects\nAnswer:",
        "prompt_chat": "Say \"A. Yes, there are defects\" or \"B. No, there are no defects\".\n\n"
        f"```java\n{shown}\n```\n",
        "function_signature": head, "function": shown, "fix": right, "defective": defective,
        "location": BUGS[bug]["file"], "source": source, "start": start, "end": end,
        "testmethods": BUGS[bug]["trigger"], "source_dir": "src/main/java",
    }  # fmt: skip


SUM = "public static int sum(int[] values)"
CHANGE = "public static int change(int given, int[] prices)"


def rows(task: str) -> list[Row]:
    """Return the rows of one of the five tasks, such as `repair`."""
    total = f"{INDENT}/**\n{INDENT} * Adds all amounts of a list; nothing is 0.\n{INDENT} */"
    made = {
        "complete": [
            complete("1", SUM, "sum", MONEY, ["org.till.MoneyTest::testSumOfAll",
                     "org.till.MoneyTest::testSumOfNothing "], total),
            complete("2", CHANGE, "change", TILL, ["org.till.TillTest::testExactly"],
                     f"{INDENT}/** Says what is given back. */"),
        ],
        "testgen": [
            testgen("1", "public void testSumOfAll()", "testSumOfAll", MONEY_TEST,
                    ["org.till.Money"]),
        ],
        "testgenissue": [
            testgenissue("1", "public void testSumOfAll()", "testSumOfAll", MONEY_TEST),
            testgenissue("2", "public void testExactly()", "testExactly", TILL_TEST),
        ],
        "repair": [repair("1", SUM, "sum"), repair("2", CHANGE, "change")],
        "defectdetection": [
            defectdetection(bug, head, defective=defective)
            for bug, head in (("1", SUM), ("2", CHANGE))
            for defective in (True, False)
        ],
    }  # fmt: skip
    return made[task]


def write(folder: Path) -> Path:
    """Write all rows into a folder under the datasets' names, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for task, name in NAMES.items():
        lines = "".join(f"{json.dumps(row)}\n" for row in rows(task))
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def _every(task: str, bug: str) -> Row:
    return {"task_id": task.replace(" ", "-"), "project": "Till", "bug_id": bug}


def _prompts(ask: str, comment: str, head: str) -> Row:
    with_comment = f"// {ask}\n\n{comment}\n"
    return {
        "prompt_complete": f"{with_comment}{head}",
        "prompt_complete_with_comment": with_comment,
        "prompt_chat": f"{ask}\n\n```java\n{comment}\n{head}```\n",
    }


def _test(path: str, name: str) -> str:
    owner = path.removeprefix("src/test/java/").removesuffix(".java").replace("/", ".")
    return f"{owner}::{name}"
