"""A program in a whole project sees it as it should be, and can change and learn nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract import projects, sandboxes
from tests.contract.ordinary import ordinary_user
from ucb.errors import SandboxError
from ucb.judge import judge
from ucb.project import store
from ucb.project.suite import REPORT, Project, Suite
from ucb.sandbox import Sandbox
from ucb.types import Execution, Key, Program, Reason, Stage, Verdict

_SOURCE = "def double(x):\n    return 2 * x\n"
_BUGGY = "def double(x):\n    return x + 2\n"
_TESTS = """
import os
import pytest
from demo import double

def test_small():
    assert double(2) == 4

@pytest.mark.parametrize("x", [3, 4])
def test_large(x):
    assert double(x) == 2 * x

def test_broken():
    raise OSError("always")

@pytest.mark.skip
def test_skipped():
    pass
"""
_SMALL, *_LARGE = [
    f"tests/test_demo.py::{name}" for name in ("test_small", "test_large[3]", "test_large[4]")
]
_ATTACKS = [
    "open('/tmp/project/tests/test_demo.py', 'w').write('def test_small(): pass')",
    "os.unlink('/tmp/project/tests/test_demo.py')",
    "open('/tmp/project/conftest.py', 'w').write('')",
    "os.rename('/tmp/project', '/tmp/other')",
    "os.chmod('/tmp/project/tests', 0o777)",
    "open('/tmp/project/tests/new.py', 'w')",
    "open('/projects/trees/demo-1/demo.py').read()",
    "os.listdir('/projects/trees') or 1 / 0",
    "open('/projects/env/runner/site/pytest/__init__.py', 'a')",
]
_KEY = Key("p", 0)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store with one project."""
    for folder in projects.cache(tmp_path_factory):
        files = {"demo.py": _SOURCE, "tests/test_demo.py": _TESTS}
        projects.write(store() / "trees" / "demo-1", files)
        yield folder


@pytest.fixture(scope="module", params=sandboxes.ENGINES)
def sandbox(request: pytest.FixtureRequest, cache: Path) -> Iterator[Sandbox]:
    """One room that has the store."""
    yield from projects.one_room(request.param)


def _attacking(attack: str) -> str:
    return f"import os\ndef double(x):\n    {attack}\n    return 2 * x\n"


def _suite(**groups: list[str]) -> Suite:
    return Suite(Project("demo-1", modules=("demo",)), groups)


def _run(sandbox: Sandbox, program: Program) -> tuple[Verdict, Execution]:
    ((_, execution),) = sandbox.run([(_KEY, program)])
    return judge(program, _KEY, execution), execution


def _verdict(sandbox: Sandbox, source: str, group: list[str]) -> Verdict:
    suite, changed = _suite(all=group), {"demo.py": source}
    return _run(sandbox, suite.program(suite.imports(changed), suite.passes("all", changed)))[0]


@pytest.mark.parametrize(
    ("source", "group", "stage", "reason"),
    [
        (_SOURCE, [_SMALL, *_LARGE], Stage.PASSED, Reason.PASSED),
        (_BUGGY, [_SMALL], Stage.PASSED, Reason.PASSED),
        (_BUGGY, [_SMALL, *_LARGE], Stage.COMPILED, Reason.WRONG),
        ("def double(x) return x\n", [_SMALL], Stage.EXTRACTED, Reason.SYNTAX),
        ("import nothing_such\n", [_SMALL], Stage.EXTRACTED, Reason.COMPILE),
        (_SOURCE, ["tests/test_demo.py::test_skipped"], Stage.COMPILED, Reason.WRONG),
        (_SOURCE, ["tests/test_demo.py::test_gone"], Stage.COMPILED, Reason.NO_TESTS),
        (_SOURCE, [], Stage.COMPILED, Reason.NO_TESTS),
        ("import os\nos._exit(0)\n", [_SMALL], Stage.EXTRACTED, Reason.STOPPED_EARLY),
        (_SOURCE.replace("return", "import os; os._exit(0); return"), [_SMALL],
         Stage.COMPILED, Reason.STOPPED_EARLY),
        ("def double(x):\n    raise SystemExit(0)\n", [_SMALL], Stage.COMPILED, Reason.WRONG),
    ],
)  # fmt: skip
def test_the_tests_of_a_group_decide(
    sandbox: Sandbox, source: str, group: list[str], stage: Stage, reason: Reason
) -> None:
    """All of them, run and passed; a skipped, missing or cut-off one is no pass."""
    verdict = _verdict(sandbox, source, group)
    assert (verdict.stage, verdict.reason) == (stage, reason), verdict


@pytest.mark.parametrize("attack", _ATTACKS)
def test_nothing_of_the_project_can_be_changed_or_looked_up(sandbox: Sandbox, attack: str) -> None:
    """Neither tests nor configuration, nor the snapshot, which holds the answer."""
    verdict = _verdict(sandbox, _attacking(attack), [_SMALL])
    assert not verdict.passed, verdict
    assert verdict.reason is Reason.WRONG
    assert "Error" in verdict.output, verdict


_AS_USER = """
import json
from ucb.judge import judge
from ucb.project.suite import Project, Suite
from ucb.sandbox.select import open_sandbox
from ucb.types import Key

suite, key = Suite(Project("demo-1", modules=("demo",)), {"all": [GROUP]}), Key("p", 0)
with_one_room = open_sandbox("bubblewrap", 1, deduplicate=False)
assert with_one_room.describe()["isolation"] == "namespace", with_one_room.describe()
for source in SOURCES:
    program = suite.program(suite.passes("all", {"demo.py": source}))
    ((_, execution),) = with_one_room.run([(key, program)])
    verdict = judge(program, key, execution)
    print(json.dumps([verdict.reason, verdict.output]))
with_one_room.close()
"""


@pytest.mark.bubblewrap
@pytest.mark.skipif(os.geteuid() != 0, reason="not root: the other tests are the ordinary user's")
def test_an_ordinary_user_has_the_same_walls(cache: Path) -> None:
    """Programs and agent are one user there: mounts keep the project and the store from them."""
    sandboxes.require("bubblewrap")
    sources = [_SOURCE, *map(_attacking, _ATTACKS)]
    script = _AS_USER.replace("GROUP", repr(_SMALL)).replace("SOURCES", repr(sources))
    with ordinary_user(cache) as user:
        done = user.python(script)
    if "is for Python 3.11" in done.stderr:
        pytest.skip("the interpreter that an ordinary user may run is not Python 3.11")
    assert done.returncode == 0, done.stderr
    (good, _), *others = [json.loads(line) for line in done.stdout.splitlines()]
    assert good == "passed"
    assert len(others) == len(_ATTACKS)
    assert [
        other for other in others if other[0] != "wrong answer" or "Error" not in other[1]
    ] == []


def test_every_step_has_its_own_version(sandbox: Sandbox) -> None:
    """A test that fails on one version and passes on the other has found the bug."""
    suite = _suite(new=_LARGE)
    steps = suite.fails("new", {"demo.py": _BUGGY}), suite.passes("new", {"demo.py": _SOURCE})
    assert _run(sandbox, suite.program(*steps))[0].passed
    steps = suite.fails("new", {}), suite.passes("new", {})
    verdict = _run(sandbox, suite.program(*steps))[0]
    assert verdict.reason is Reason.NOT_TRIGGERED


@pytest.mark.parametrize("body", ["raise OSError", "import nothing_such", "1 +"])
def test_a_test_that_is_broken_finds_no_bug(sandbox: Sandbox, body: str) -> None:
    """Only an assertion, or an exception that the report names, counts as finding it."""
    suite = _suite(new=["tests/test_new.py::test_new"])
    changed = {"tests/test_new.py": f"def test_new():\n    {body}\n", "demo.py": _BUGGY}
    verdict = _run(sandbox, suite.program(suite.fails("new", changed)))[0]
    assert not verdict.passed
    assert verdict.stage is Stage.EXTRACTED


def test_an_expected_exception_finds_the_bug(sandbox: Sandbox) -> None:
    """What the report says is raised is as good as an assertion."""
    suite = Suite(
        Project("demo-1"), {"new": ["tests/test_demo.py::test_broken"]}, expected=("OSError",)
    )
    assert _run(sandbox, suite.program(suite.fails("new", {})))[1].steps[-1].proved


@pytest.mark.parametrize(
    ("source", "passing", "others", "reason"),
    [
        (_SOURCE, 3, ("tests/test_demo.py::test_broken",), Reason.PASSED),
        (_BUGGY, 3, ("tests/test_demo.py::test_broken",), Reason.WRONG),
        (_SOURCE, 3, (), Reason.WRONG),
        (_SOURCE, 4, ("tests/test_demo.py::test_broken",), Reason.NO_TESTS),
        (_SOURCE, 0, (_SMALL, *_LARGE, "tests/test_demo.py::test_broken"), Reason.ERROR),
    ],
)
def test_all_tests_are_those_that_pass_in_the_release(
    sandbox: Sandbox, source: str, passing: int, others: tuple[str, ...], reason: Reason
) -> None:
    """One that never passed is no obstacle; one that is gone is, and none at all is no pass."""
    suite = Suite(Project("demo-1"), others=others, passing=passing)
    verdict = _run(sandbox, suite.program(suite.passes_all({"demo.py": source})))[0]
    assert verdict.reason is reason, verdict


def test_the_first_failure_that_decides_ends_the_run(sandbox: Sandbox) -> None:
    """Tests behind it are neither run nor called missing; one that never passes ends nothing."""
    report = _suite(all=[*_LARGE]).report({"demo.py": _BUGGY}, "all")
    every = json.loads(_run(sandbox, report)[1].files[REPORT])["outcomes"]
    assert set(every) == set(_LARGE)
    changed = {"demo.py": _BUGGY}
    others = ("tests/test_demo.py::test_broken",)
    known = Suite(_suite().project, {"all": [_SMALL, *_LARGE]}, others, 3)
    for step in (known.passes("all", changed), known.passes_all(changed)):
        verdict = _run(sandbox, known.program(step))[0]
        assert verdict.reason is Reason.WRONG
        assert _LARGE[0] in verdict.output
        assert _LARGE[1] not in verdict.output
        assert "not found" not in verdict.output
    assert _run(sandbox, known.program(known.passes_all({})))[0].passed


_HYPOTHESIS = """
class HealthCheck:
    too_slow = "too slow"

class settings:
    suppress_health_check = ("the project's",)
    registered = {}
    loaded = None

    @classmethod
    def register_profile(cls, name, parent=None, **told):
        cls.registered[name] = {"own": isinstance(parent, cls), **told}

    @classmethod
    def load_profile(cls, name):
        cls.loaded = cls.registered[name]
"""
_STEADY = """
from hypothesis import settings

def test_examples_are_the_same_every_time():
    assert settings.loaded == {
        "own": True, "derandomize": True, "database": None, "deadline": None,
        "suppress_health_check": ["the project's", "too slow"],
    }
"""


def test_a_projects_hypothesis_neither_draws_by_chance_nor_looks_at_the_clock(
    sandbox: Sandbox,
) -> None:
    """Its settings are there before the first module of tests is imported."""
    files = {"demo.py": _SOURCE, "hypothesis.py": _HYPOTHESIS, "tests/test_steady.py": _STEADY}
    suite = _suite(all=["tests/test_steady.py::test_examples_are_the_same_every_time"])
    verdict, _ = _run(sandbox, suite.program(suite.passes("all", files)))
    assert verdict.passed, verdict


def test_a_report_says_what_came_of_every_test(sandbox: Sandbox) -> None:
    """Outcomes, exceptions, and which tests reach a numbered place."""
    watched = "def double(x):\n    _ucb_reached(7)\n    return 2 * x\n"
    _, execution = _run(sandbox, _suite().report({"demo.py": watched}))
    report = json.loads(execution.files[REPORT])
    outcomes = {name.split("::")[1]: outcome for name, outcome in report["outcomes"].items()}
    assert outcomes == {
        "test_small": "passed", "test_large[3]": "passed", "test_large[4]": "passed",
        "test_broken": "failed", "test_skipped": "skipped",
    }  # fmt: skip
    assert report["raised"] == {"tests/test_demo.py::test_broken": "OSError"}
    assert report["hits"] == {name: [7] for name in (_SMALL, *_LARGE)}


def test_the_next_program_finds_the_project_untouched(sandbox: Sandbox) -> None:
    """What one program's version was is gone when another begins."""
    for source, passed in ((_SOURCE, True), (_BUGGY, False), (_SOURCE, True)):
        assert _verdict(sandbox, source, _LARGE).passed is passed


def test_a_snapshot_that_is_missing_is_trouble_and_no_verdict(sandbox: Sandbox) -> None:
    """The model is not to blame for a store that is not filled."""
    suite = Suite(Project("gone-1"), {"all": [_SMALL]})
    with pytest.raises(SandboxError, match="gone-1"):
        list(sandbox.run([(_KEY, suite.program(suite.passes("all", {})))]))
