"""Which methods of a Java release were bugs in the one before, found by running its tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import projects, sandboxes
from ucb.mine.java.changed import candidates
from ucb.mine.java.trial import Failed, Trial
from ucb.sandbox import Sandbox

pytestmark = pytest.mark.docker

_DEMO, _MORE = "src/main/java/demo/Demo.java", "src/main/java/demo/More.java"
_NEW = {
    _DEMO: """
package demo;

class Demo {
    int bug(int x) {
        int y = x;
        return 2 * y;
    }

    int quiet(int x) {
        int y = x;
        return y;
    }

    int helped(int x) {
        int y = x;
        return More.help(y);
    }
}
""",
    _MORE: """
package demo;

class More {
    static int help(int x) {
        int y = x;
        return y + 1;
    }
}
""",
    "src/test/java/demo/DemoTest.java": """
package demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DemoTest {
    @Test
    void bug() {
        assertEquals(6, new Demo().bug(3));
    }

    @Test
    void helped() {
        assertEquals(4, new Demo().helped(3));
    }

    @Test
    void never() {
        assertEquals(1, 2);
    }
}
""",
    "src/test/java/demo/OtherTest.java": "package demo;\nclass OtherTest { no.such.Library x; }\n",
}
_OLD = {
    _DEMO: _NEW[_DEMO]
    .replace("2 * y", "y + 2")
    .replace("return y;", "return y + 0;")
    .replace("More.help(y)", "More.aid(y)"),
    _MORE: _NEW[_MORE].replace("help", "aid"),
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One room, with an empty store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UCB_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield from sandboxes.room_of("java-projects")


def test_a_bug_is_what_tests_notice(sandbox: Sandbox, tmp_path: Path) -> None:
    """What they do not notice, and what does not fit the new release, is counted."""
    before, after = tmp_path / "old", tmp_path / "new"
    projects.write(before, _OLD)
    projects.write(after, _NEW)
    dropped: Counter[str] = Counter()
    found = list(candidates(before, after, dropped))
    trial = Trial(before, after, "demo", sandbox.run)
    (bug,) = trial.confirm(found, dropped)
    assert bug.candidate.name == "Demo.bug(int)"
    assert bug.triggers == ("demo.DemoTest#bug",)
    assert bug.raised == ("org.opentest4j.AssertionFailedError",)
    assert trial.left_out == ["src/test/java/demo/OtherTest.java"]
    assert trial.passing == {"demo.DemoTest#bug", "demo.DemoTest#helped"}
    assert dropped == {Failed.NO_TRIGGER: 1, Failed.COMPILE: 1}


def test_a_release_that_does_not_compile_has_no_bugs(sandbox: Sandbox, tmp_path: Path) -> None:
    """Its candidates are counted as what could not be tried."""
    before, after = tmp_path / "old", tmp_path / "new"
    projects.write(before, _OLD)
    projects.write(after, {**_NEW, _MORE: "package demo;\nclass More { no.such.Library x; }\n"})
    dropped: Counter[str] = Counter()
    found = list(candidates(before, after, dropped))
    assert list(Trial(before, after, "broken", sandbox.run).confirm(found, dropped)) == []
    assert dropped[Failed.NO_SUITE] == len(found) > 0
