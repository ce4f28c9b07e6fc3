"""A Java project of one class that tests put beside sets of one row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ucb.project.java.suite import prepare
from ucb.syntax.java import shifted

FILE = "src/main/java/org/shop/Basket.java"
FIXED = '''\
/**
 * Adds {@code count} things at {@code price}, if there are any.
 *
 * @return how much all of them cost
 */
@Deprecated
public int add(int price, int count) {
    // Issue 12: nothing costs nothing.
    if (count == 0) {
        return 0;
    }
    String text = """
  }
        """;
    return Price.times(price, count) + text.length() - text.length();
}
'''
BUGGY = FIXED.replace("count == 0", "count <= 1").replace("Price.times", "Price.once")
TOML = f'''\
file = "{FILE}"
method = "Basket.add(int, int)"
report = """
One thing costs nothing. new Basket().add(3, 1) should be 3 and no SumException.
It is 0.
"""
cause = "One is taken for none."
kind = "boundary"
buggy = \'\'\'
{shifted(BUGGY.partition("*/" + chr(10))[2], 4)}\'\'\'
'''
SOURCE = f"""\
package org.shop;

import java.util.ArrayList;
import java.util.List;

/** What is bought. */
public class Basket {{
    private final List<Integer> sums = new ArrayList<>();

{shifted(FIXED, 4)}
    /** All of it. */
    int total() {{
        return sums.stream().mapToInt(sum -> sum).sum();
    }}
}}
"""
PRICE = """\
package org.shop;

final class Price {
    private Price() {}

    static int times(int price, int count) {
        return price * count;
    }

    static int once(int price, int count) {
        return price;
    }

    static int shown(Basket basket) {
        return basket.add(1, 2);
    }
}
"""
TESTS = """\
package org.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BasketTest {
    private static int helped() {
        return 1;
    }

    @Test
    void one() {
        assertEquals(3, new Basket().add(3, helped()));
    }

    @Test
    void none() {
        assertEquals(0, new Basket().add(3, 0));
    }

    @Nested
    class Total {
        @Test
        void two() {
            assertEquals(8, new Basket().add(4, 2));
        }
    }
}
"""


def put(folder: Path, **more: Any) -> Path:
    """Write the project and both sets into a folder, and return it."""
    root = folder / "projects" / "shop"
    for path, text in {
        FILE: SOURCE,
        "src/main/java/org/shop/Price.java": PRICE,
        "src/test/java/org/shop/BasketTest.java": TESTS,
        "bugs/one.toml": TOML,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    first = SOURCE.split("\n").index("    /**") + 1
    row = {
        "id": "shop/one", "project": "shop", "package": "org.shop", "file": FILE,
        "tree": prepare(root, "shop"), "qualname": "Basket.add", "parameters": ["int", "int"],
        "span": [first, first + FIXED.count("\n") - 1], "branching": True,
        "triggers": ["org.shop.BasketTest#one"], "raised": ["org.opentest4j.AssertionFailedError"],
        "others": [], "passing": 3, "cpu": 1.5, **more,
    }  # fmt: skip
    report = "One thing costs nothing, and no SumException."
    bug = {**row, "kind": "boundary", "report": report, "bug": "one"}
    triggers = ["org.shop.BasketTest#one", "org.shop.BasketTest$Total#two"]
    function = {**row, "id": "shop/Basket.add(int,int)", "triggers": triggers}
    (folder / "bugs.jsonl").write_text(json.dumps(bug) + "\n")
    (folder / "functions.jsonl").write_text(json.dumps(function) + "\n")
    return folder
