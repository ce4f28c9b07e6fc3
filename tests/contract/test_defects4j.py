"""What `defects4j` says of a changed working copy, and nothing else, decides."""

from __future__ import annotations

import base64
import json
import os
import pickle
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract import defects4j, sandboxes
from tests.contract.defects4j import Rooms
from tests.contract.ordinary import ordinary_user
from ucb.defects4j.suite import COVERAGE, OBSERVED, TOOLCHAIN, Suite, program
from ucb.judge import judge
from ucb.languages import language
from ucb.project import TREES, store
from ucb.types import Execution, Key, Limits, Reason, Stage, Step, Tree, Verdict

_MONEY, _TILL = (f"src/main/java/org/till/{name}.java" for name in ("Money", "Till"))
_TESTS = "src/test/java/org/till/MoneyTest.java"
_SUM, _PLUS = (f"org.till.MoneyTest::test{name}" for name in ("SumOfAll", "Plus"))
_SOURCE = defects4j.text(_MONEY)
_KEY = Key("p", 0)
_SOON = Limits(cpu=3, wall=5, memory=4096)


@pytest.fixture(scope="module", params=sandboxes.ENGINES)
def rooms(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rooms]:
    """One room with the stub."""
    yield from defects4j.rooms(request.param, tmp_path_factory)


def _run(rooms: Rooms, *steps: Step, collect: tuple[str, ...] = ()) -> tuple[Verdict, Execution]:
    wanted = program(*steps, collect=collect)
    ((_, execution),) = rooms.sandbox.run([(_KEY, wanted)])
    return judge(wanted, _KEY, execution), execution


def _body(line: str) -> str:
    """The project with one other line in `Money.plus`, which every test of sums calls."""
    return _SOURCE.replace("return a + b;", line)


@pytest.mark.parametrize(
    ("source", "stage", "reason"),
    [
        (_SOURCE, Stage.PASSED, Reason.PASSED),
        (_body("return b + a;"), Stage.PASSED, Reason.PASSED),
        (_SOURCE.replace("(amount + 1) / 2", "amount"), Stage.TRIGGERED, Reason.WRONG),
        (_body("return a - b;"), Stage.COMPILED, Reason.WRONG),
        (_body("return a + b"), Stage.EXTRACTED, Reason.SYNTAX),
        (_SOURCE.rstrip()[:-1], Stage.EXTRACTED, Reason.SYNTAX),
        (_body("return twice(a);"), Stage.EXTRACTED, Reason.COMPILE),
        (_body("System.exit(0);\n        return 0;"), Stage.COMPILED, Reason.STOPPED_EARLY),
        (_body("while (true) {\n            int c = 1;\n        }\n        return 0;"),
         Stage.COMPILED, Reason.TIMEOUT),
        (_body("Thread.sleep(60000);\n        return a + b;"), Stage.COMPILED, Reason.TIMEOUT),
    ],
)  # fmt: skip
def test_compiling_named_tests_and_all_tests(
    rooms: Rooms, source: str, stage: Stage, reason: Reason
) -> None:
    """Each of the three is a command, and the first that does not succeed is where it ends."""
    suite, changed = Suite(rooms.tree("1")), {_MONEY: source}
    verdict, _ = _run(
        rooms,
        suite.compiles(changed),
        suite.passes([_SUM, _PLUS], changed, limits=_SOON),
        suite.passes_all(changed),
    )
    assert (verdict.stage, verdict.reason) == (stage, reason), verdict


@pytest.mark.parametrize(
    ("tests", "reason"),
    [
        ([], Reason.NO_TESTS),
        (["org.till.MoneyTest::testNothing"], Reason.WRONG),
        (["org.till.NoTest::testSum"], Reason.WRONG),
        ([_SUM], Reason.PASSED),
    ],
)
def test_tests_that_do_not_run_are_no_pass(rooms: Rooms, tests: list[str], reason: Reason) -> None:
    """None named, a method that is missing, a class that is: nothing was shown."""
    verdict, _ = _run(rooms, Suite(rooms.tree("1")).passes(tests, {}))
    assert verdict.reason is reason, verdict


def _test_of(body: str) -> Mapping[str, str]:
    head = "package org.till;\n\npublic class NewTest extends TestCase {\n"
    text = f"{head}    public void testNew() {{\n        {body}\n    }}\n}}\n"
    return {"src/test/java/org/till/NewTest.java": text}


@pytest.mark.parametrize(
    ("body", "buggy", "fixed"),
    [
        ("assertEquals(3, Money.sum(new int[] {1, 2}));", Reason.PASSED, Reason.PASSED),
        ("assertEquals(2, Money.sum(new int[] {1, 2}));", Reason.NOT_TRIGGERED, Reason.WRONG),
        ("assertEquals(4, Money.sum(new int[] {1, 2}));", Reason.PASSED, Reason.WRONG),
        ("assertEquals(1, Money.total(2));", Reason.COMPILE, Reason.COMPILE),
        ("assertEquals(1, 1)", Reason.SYNTAX, Reason.SYNTAX),
        ("System.exit(0);", Reason.STOPPED_EARLY, Reason.STOPPED_EARLY),
        ("Thread.sleep(60000);", Reason.TIMEOUT, Reason.TIMEOUT),
    ],
)
def test_a_bug_is_triggered_by_a_test_that_fails_by_itself(
    rooms: Rooms, body: str, buggy: Reason, fixed: Reason
) -> None:
    """A timeout, an exit or a test that does not compile has found nothing."""
    name, changed = "org.till.NewTest::testNew", _test_of(body)
    failing = Suite(rooms.tree("1", "b")).fails(name, changed, limits=_SOON)
    passing = Suite(rooms.tree("1")).passes([name], changed, limits=_SOON)
    found = [_run(rooms, step)[0].reason for step in (failing, passing)]
    # What does not compile is an error of this step, whose stage is a later one.
    expected = [Reason.ERROR if each is Reason.COMPILE else each for each in (buggy, fixed)]
    assert found == expected


@pytest.mark.parametrize("thrown", ["NoClassDefFoundError", "NoSuchMethodError"])
def test_classes_that_do_not_fit_trigger_nothing(rooms: Rooms, thrown: str) -> None:
    """The test is broken then, whatever the version."""
    changed = _test_of(f'throw new {thrown}("x");')
    step = Suite(rooms.tree("1", "b")).fails("org.till.NewTest::testNew", changed)
    verdict, _ = _run(rooms, step)
    assert verdict.reason is Reason.NOT_TRIGGERED
    assert thrown in verdict.detail


def _coverage(execution: Execution) -> dict[str, object]:
    found: dict[str, object] = json.loads(execution.files[COVERAGE])
    return found


def test_coverage_is_what_the_command_has_counted(rooms: Rooms) -> None:
    """Exact shares, and every line with whether it was run."""
    step = Suite(rooms.tree("1")).covers(_PLUS, ["org.till.Money"], {})
    verdict, execution = _run(rooms, step, collect=(COVERAGE,))
    assert verdict.passed, verdict
    found = _coverage(execution)
    lines = found.pop("lines")
    assert found == {"line_coverage": 1 / 8, "condition_coverage": 0.0}
    assert isinstance(lines, list)
    assert [line for line in lines if line[3]] == [
        ["org.till.Money", "org/till/Money.java", 7, True]
    ]
    assert len(lines) == 8


def test_without_conditions_their_coverage_is_nothing(rooms: Rooms) -> None:
    """Not 0, which would say that none was met."""
    method = "    public static int one() {\n        return 1;\n    }\n"
    coin = f"package org.till;\n\npublic class Coin {{\n{method}}}\n"
    changed = {"src/main/java/org/till/Coin.java": coin}
    changed |= _test_of("assertEquals(1, Coin.one());")
    step = Suite(rooms.tree("1")).covers("org.till.NewTest::testNew", ["org.till.Coin"], changed)
    verdict, execution = _run(rooms, step, collect=(COVERAGE,))
    assert verdict.passed, verdict
    assert _coverage(execution)["condition_coverage"] is None


@pytest.mark.parametrize(
    ("bug", "test", "classes", "reason"),
    [
        ("1", "org.till.MoneyTest::testHalf", ["org.till.Till"], Reason.WRONG),
        ("1", "org.till.MoneyTest::testNothing", ["org.till.Money"], Reason.WRONG),
        ("4", "org.till.MoneyTest::testHalf", ["org.till.Money"], Reason.ERROR),
        ("1", "org.till.MoneyTest::testHalf", ["org.till.Nothing"], Reason.ERROR),
    ],
    ids=["no line", "no test", "no coverage.xml", "no class"],
)
def test_nothing_covered_is_no_success(
    rooms: Rooms, bug: str, test: str, classes: list[str], reason: Reason
) -> None:
    """No line was run, no test was, no report was written, or there was nothing to measure."""
    step = Suite(rooms.tree(bug)).covers(test, classes, {})
    verdict, execution = _run(rooms, step, collect=(COVERAGE,))
    assert verdict.reason is reason, verdict
    assert COVERAGE not in execution.files


def test_what_is_observed_is_written_down_whatever_it_is(rooms: Rooms) -> None:
    """Failures, errors and timeouts end nothing; a command may wait for those before it."""
    suite, good = Suite(rooms.tree("1", built=False)), Suite(rooms.tree("1", "b", built=False))
    slow = {_MONEY: _body("Thread.sleep(60000);\n        return 0;")}
    _, execution = _run(
        rooms,
        suite.observes(_SUM, {}, 60),
        good.observes(_SUM, {}, 60),
        suite.observes(_SUM, slow, 2),
        suite.observes(_SUM, {_MONEY: _body("return a +")}, 60),
        suite.observes(None, {}, 60, classes=["org.till.Money"]),
        suite.observes(None, {}, 60, unless_failed=True),
        collect=(OBSERVED,),
    )
    found = json.loads(execution.files[OBSERVED])
    assert [each and each["exit"] for each in found] == [0, 0, None, 255, 0, None]
    assert found[0]["last"] == ["Failing tests: 0"]
    assert found[1]["last"][-1] == "  - org.till.TillTest::testExactly" or found[1]["last"] == [
        "Failing tests: 1", f"  - {_SUM}",
    ]  # fmt: skip
    assert found[4]["line_coverage"] == 1.0
    assert found[4]["condition_coverage"] == 0.5
    assert len(found[4]["lines"]) == 8
    assert found[5] is None


def test_logs_larger_than_a_pipe_hold_nothing_up(rooms: Rooms) -> None:
    """Two hundred kilobytes on both channels, when tests run and when a build fails."""
    suite = Suite(rooms.tree("3"))
    assert _run(rooms, suite.passes([_SUM], {}))[0].reason is Reason.PASSED
    verdict, execution = _run(rooms, suite.compiles({_MONEY: _body("return none();")}))
    assert verdict.reason is Reason.COMPILE
    assert len(execution.steps[0].stderr) > 200_000


def test_only_the_changed_class_is_compiled(rooms: Rooms) -> None:
    """The classes of the stored copy are as new as their sources were when they were built."""
    _, execution = _run(rooms, Suite(rooms.tree("1")).compiles({_MONEY: _body("return b + a;")}))
    assert "Compiling 1 source files" in execution.steps[0].stderr
    _, execution = _run(rooms, Suite(rooms.tree("1")).compiles({}))
    assert "Compiling" not in execution.steps[0].stderr


@pytest.mark.parametrize("built", [True, False])
def test_what_breaks_other_classes_does_not_compile(rooms: Rooms, built: bool) -> None:
    """The verdict is that of compiling everything: `Till` calls what `Money` no longer has."""
    changed = {_MONEY: _SOURCE.replace("int sum(", "int total(")}
    tests = {_TESTS: defects4j.text(_TESTS).replace("Money.sum", "Money.total")}
    step = Suite(rooms.tree("1", built=built)).compiles({**changed, **tests})
    assert _run(rooms, step)[0].reason is Reason.COMPILE


def test_another_signature_compiles_everything_and_passes(rooms: Rooms) -> None:
    """What fits together passes, and was compiled together."""
    more = "    public static int none() {\n        return 0;\n    }\n"
    changed = {_MONEY: _SOURCE.replace("    /** Half", f"{more}\n    /** Half")}
    suite = Suite(rooms.tree("1"))
    verdict, execution = _run(rooms, suite.compiles(changed), suite.passes_all(changed))
    assert verdict.passed
    assert "Compiling 2 source files" in execution.steps[0].stderr


def _shell(tree: str, script: str, copy: str = "tests") -> Step:
    found = language(TOOLCHAIN)
    return Step(Stage.COMPILED, ("sh", "-c", script), found.limits, tree=Tree(tree, {}, copy))


def test_a_copy_is_the_programs_own_until_it_asks_for_another(rooms: Rooms) -> None:
    """It may write there; `passes_all` finds nothing of that, and neither does the next program."""
    tree = rooms.tree("1")
    spoil = _shell(tree, f"echo > /tmp/project/{_TILL} && rm -r /tmp/project/target")
    suite = Suite(tree)
    assert _run(rooms, spoil, suite.passes_all({}))[0].passed
    assert _run(rooms, spoil, suite.passes([_SUM], {}))[0].reason is not Reason.PASSED
    assert _run(rooms, suite.passes([_SUM], {}))[0].reason is Reason.PASSED


def test_the_store_stays_out_of_reach(rooms: Rooms) -> None:
    """The fixed version lies there beside the buggy one."""
    verdict, _ = _run(rooms, _shell(rooms.tree("1"), "! ls /projects/trees/*"))
    assert verdict.passed or verdict.stage is Stage.COMPILED, verdict


_HOSTILE = """#!/bin/sh
# What a test could do that has the rights of a test.
case "$1" in
test) ;;
*) exit 0 ;;
esac
cat /tmp/work/main.py >&2
for process in /proc/[0-9]*; do
  cat "$process/environ" "$process/fd/3" >&2
  echo forged > "$process/fd/3"
done
ls -l /proc/$PPID/fd >&2
echo 'raise SystemExit("hijacked")' > /tmp/work/json.py
echo 'print("hijacked")' > /tmp/work/main.py
echo 'echo hijacked' > "$HOME/.antrc"
[ "$HOME" = /tmp ] && echo 'the home of all' >&2
(sleep 300; echo 'Failing tests: 0') &
: > /tmp/project/failing_tests
echo 'testPlus(org.till.MoneyTest)' > /tmp/project/all_tests
[ -n "$3" ] && echo 'Failing tests: 0'
"""


@pytest.mark.bubblewrap
def test_tests_can_neither_read_nor_outlive_what_judges_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nonce, its channel, its file and its process are not theirs; their processes end."""
    sandboxes.require("bubblewrap")
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))
    defects4j.equipped(monkeypatch)
    (store() / TREES / "till-1").mkdir(mode=0o755)
    names = (_PLUS, _PLUS, "org.till.MoneyTest::testHalf")
    steps = [Suite("till-1").passes([name], {}, proves=Stage.COMPILED) for name in names]
    # Not below /tmp, which rooms have for themselves.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        command = Path(folder, "framework", "bin", "defects4j")
        command.parent.mkdir(parents=True)
        command.write_text(_HOSTILE)
        command.chmod(0o755)
        brought = {TOOLCHAIN: defects4j.Installation.open(folder).brought()}
        sandbox = defects4j.open_sandbox("bubblewrap", 1, deduplicate=False, brought=brought)
        try:
            ((_, execution),) = sandbox.run([(_KEY, program(*steps))])
        finally:
            sandbox.close()
    first, second, third = execution.steps
    assert [each.proved for each in execution.steps] == [True, True, False]
    assert first.wall < 60
    assert "PROOF =" not in first.stderr + second.stderr
    assert "hijacked" not in first.stderr + second.stderr + second.stdout
    assert "the home of all" not in first.stderr
    assert "no tests" in third.stderr


_AS_USER = """
import base64, pickle
from ucb.sandbox.select import open_sandbox
from ucb.types import Key

brought, programs = pickle.loads(base64.b64decode(PICKLED))
rooms = open_sandbox("bubblewrap", 1, brought=brought)
assert rooms.describe()["isolation"] == "namespace", rooms.describe()
for number, program in enumerate(programs):
    ((_, execution),) = rooms.run([(Key("p", number), program)])
    print(len(execution.steps), [step.proved for step in execution.steps])
rooms.close()
"""


@pytest.mark.bubblewrap
@pytest.mark.skipif(os.geteuid() != 0, reason="not root: the other tests are the ordinary user's")
def test_an_ordinary_user_gets_the_same_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs and agent are one user there, and a copy is writable all the same."""
    sandboxes.require("bubblewrap")
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path))
    defects4j.equipped(monkeypatch)
    installation = defects4j.Installation.open(str(defects4j.folder()))
    suite = Suite(defects4j.WorkingCopies(installation).tree(defects4j.Copy("Till", "1", "f")))
    programs = [
        program(suite.compiles(each), suite.passes([_SUM], each), suite.passes_all(each))
        for each in ({_MONEY: _SOURCE}, {_MONEY: _body("return a - b;")})
    ]
    sent = base64.b64encode(pickle.dumps(({TOOLCHAIN: installation.brought()}, programs)))
    with ordinary_user(tmp_path) as user:
        done = user.python(_AS_USER.replace("PICKLED", repr(sent)))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["3 [True, True, True]", "2 [True, False]"]


def test_limits_are_of_one_command(rooms: Rooms) -> None:
    """Of several tests each may take them, and one that takes more is a timeout."""
    slow = _body("Thread.sleep(400);\n        return a + b;")
    suite, limits = Suite(rooms.tree("1")), replace(_SOON, wall=5.0)
    names = [_PLUS, _SUM, "org.till.TillTest::testChange", "org.till.TillTest::testExactly"]
    verdict, _ = _run(rooms, suite.passes(names, {_MONEY: slow}, limits=limits))
    assert verdict.reason is Reason.PASSED
    never = _body("Thread.sleep(60000);\n        return a + b;")
    verdict, _ = _run(rooms, suite.passes(names, {_MONEY: never}, limits=limits))
    assert verdict.reason is Reason.TIMEOUT
