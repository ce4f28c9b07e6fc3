"""A Java project with tests, in a store, and rooms for its programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import projects
from ucb.judge import judge
from ucb.project.java.suite import Project, Suite, Target, prepare
from ucb.sandbox import Sandbox
from ucb.types import Execution, Key, Limits, Program, Verdict

COUNTER, LIMITS = "src/main/java/demo/Counter.java", "src/main/java/demo/Limits.java"
LEVEL, TEST = "src/main/java/demo/Level.java", "src/test/java/demo/CounterTest.java"
OLD, NEW = "src/test/java/demo/OldTest.java", "src/test/java/demo/NewTest.java"
FILES = {
    COUNTER: """
package demo;

public class Counter {
    private int value;

    public int add(int by) {
        if (value + by > Limits.MOST) {
            return value;
        }
        value += by;
        return value;
    }

    public Level level() {
        return Level.of(value);
    }
}
""",
    LIMITS: """
package demo;

public class Limits {
    public static final int MOST = 10;

    public static class Inner {
        public String name() {
            return "inner";
        }
    }

    public String name(Object value) {
        return "object";
    }

    public Object made() {
        Object first = new Object() {
            @Override
            public String toString() {
                return "first";
            }
        };
        return first;
    }
}
""",
    LEVEL: """
package demo;

public enum Level {
    LOW, HIGH;

    static Level of(int value) {
        return value > 5 ? HIGH : LOW;
    }
}
""",
    TEST: """
package demo;

import static org.junit.jupiter.api.Assertions.*;

import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CounterTest {
    static final int FIRST = 3;

    @Test
    void small() {
        assertEquals(FIRST, new Counter().add(FIRST));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 10})
    void large(int by) {
        assertEquals(by, new Counter().add(by));
    }

    @Test
    void levels() {
        assertEquals(0, new Counter().level().ordinal());
        assertEquals("object", new Limits().name("x"));
        assertEquals("first", new Limits().made().toString());
    }

    @Nested
    class Full {
        @Test
        void stays() {
            assertEquals(0, new Counter().add(11));
        }
    }

    @Test
    void broken() {
        throw new IllegalStateException("always");
    }

    @Disabled
    @Test
    void skipped() {
    }
}
""",
    OLD: """
package demo;

import static org.junit.Assert.assertEquals;

public class OldTest {
    @org.junit.Test
    public void most() {
        assertEquals("inner", new Limits.Inner().name());
        assertEquals(3, CounterTest.FIRST);
    }
}
""",
    "src/main/resources/greeting.txt": "hello",
}
T = "demo.CounterTest"
SMALL, LARGE, BROKEN = f"{T}#small", f"{T}#large", f"{T}#broken"
BUGGY = FILES[COUNTER].replace("value += by;", "value = by % 4;")
_KEY = Key("p", 0)


def stored(factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the project's name in a store of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UCB_CACHE_DIR", str(factory.mktemp("cache")))
        root = factory.mktemp("demo")
        projects.write(root, FILES)
        yield prepare(root, "demo")


def suite(tree: str) -> Suite:
    """Return the project's tests, of which one never passes."""
    groups = {"one": [SMALL], "two": [SMALL, LARGE], "class": [T], "new": ["demo.NewTest"]}
    target = Target("Counter.add", COUNTER, (8, 12))
    return Suite(Project(tree), groups, others=(BROKEN,), passing=5, target=target)


def run(sandbox: Sandbox, program: Program) -> tuple[Verdict, Execution]:
    """Return the verdict of a program, and what it comes from."""
    ((_, execution),) = sandbox.run([(_KEY, program)])
    return judge(program, _KEY, execution), execution


def passing(
    sandbox: Sandbox, suite: Suite, text: str, group: str = "two", **more: float
) -> Verdict:
    """Return the verdict of another text of `COUNTER`, by the tests of a group."""
    changed = {COUNTER: text}
    limits = Limits(memory=2048, **more)  # type: ignore[arg-type]
    steps = suite.compiles(changed), suite.passes(group, changed, limits=limits)
    return run(sandbox, suite.program(*steps))[0]
