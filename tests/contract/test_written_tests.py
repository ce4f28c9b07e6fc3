"""Tests that a model writes are judged and measured by running them in their project."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract import projects, sandboxes
from tests.contract.ordinary import ordinary_user
from ucb import plugins
from ucb.project import measures, store
from ucb.run import evaluate
from ucb.sandbox import Sandbox
from ucb.task import Task
from ucb.types import Completion, Key, Reason, Stage, Style, Verdict

_SOURCE = """def sign(x):
    \"\"\"Say which side of nought x is on.\"\"\"
    if x > 0:
        return 1
    if x < 0:
        return -1
    return 0


USED = sign(1), sign(-1), sign(0)
"""
_BUGGY = _SOURCE.replace("x < 0", "x < -1")
_TESTS = """
import pytest
from demo import sign

EVERY = [-1, 0, 1]

@pytest.mark.parametrize("x", [1, -1, pytest.param(5, marks=pytest.mark.xfail)])
def test_sides(x):
    assert sign(x) == x

def test_nought(nought):
    assert sign(nought) == 0

def test_below():
    assert sign(-1) == -1

def test_unrelated():
    assert False
"""
_CONFTEST = "import pytest\n\n@pytest.fixture\ndef nought():\n    return 0\n"
_HELPERS = "import helper_of_helpers\n\nNUMBERS = [-1, 0, 1]\n"
_ROW: dict[str, Any] = {
    "id": "demo/2.0/demo.py:sign", "package": "demo", "qualname": "sign", "occurrence": 0,
    "file": "demo.py", "span": [1, 7], "lines": 5, "branching": True, "licence": "MIT",
    "triggers": ["tests/test_demo.py::test_below", "tests/test_demo.py::test_nought"],
    "others": ["tests/test_demo.py::test_sides[5]", "tests/test_demo.py::test_unrelated"],
    "new": {"version": "2.0", "file": "demo-2.0.tar.gz", "sha256": "2" * 64, "uploaded": None},
    "roots": [""], "modules": ["demo"], "tests": ["tests"], "environment": "", "passing": 4,
    "cpu": 0.5,
}  # fmt: skip
_BUG = {
    **_ROW, "triggers": ["tests/test_demo.py::test_below", "tests/test_demo.py::test_sides[-1]"],
    "old": {**_ROW["new"], "version": "1.0", "sha256": "1" * 64}, "old_file": "demo.py",
    "old_span": [1, 7], "changelog": None, "raised": ["AssertionError", "KeyError"],
    "report": "The sign of -1 is told to be 0, or there is an OverflowError.",
}  # fmt: skip
_TOP = "import os\nimport sys\nimport pytest\nfrom demo import sign\n\n\n"
_GOOD = "@pytest.mark.parametrize('x', [-1, 0, 1])\ndef test_sign(x):\n    assert sign(x) == x\n"


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A function and a bug of one project, whose two releases are in the store."""
    for cache in projects.cache(tmp_path_factory):
        for version, source in (("1.0", _BUGGY), ("2.0", _SOURCE)):
            folder = store() / "trees" / f"demo-{version}-{version[0] * 12}"
            files = {
                "demo.py": source, "tests/test_demo.py": _TESTS, "tests/conftest.py": _CONFTEST,
                "tests/helpers.py": _HELPERS, "tests/helper_of_helpers.py": "",
                "setup.cfg": "[tool:pytest]\npython_functions = check\n",
            }  # fmt: skip
            projects.write(folder, files)
        (cache / "functions.jsonl").write_text(json.dumps(_ROW) + "\n")
        (cache / "bugs.jsonl").write_text(json.dumps(_BUG) + "\n")
        yield cache


@pytest.fixture(scope="module", params=sandboxes.ENGINES)
def sandbox(request: pytest.FixtureRequest, sets: Path) -> Iterator[Sandbox]:
    """One room that has the store."""
    yield from projects.one_room(request.param)


@pytest.fixture
def testgen(sets: Path) -> Task:
    """The task of writing tests for a function."""
    return plugins.task("ucb-py/testgen").configured(data=sets / "functions.jsonl")


@pytest.fixture
def issue(sets: Path) -> Task:
    """The task of writing a test from a report."""
    return plugins.task("ucb-py/issue_testgen").configured(data=sets / "bugs.jsonl")


def _verdict(task: Task, sandbox: Sandbox, code: str | None) -> Verdict:
    (problem,) = task.problems()
    assert code is not None
    answers = [Completion(Key(problem.id, 0), "", code=code)]
    (verdict,) = evaluate(task, {problem.id: problem}, Style.COMPLETE, answers, sandbox)
    return verdict


def _test(body: str) -> str:
    return f"{_TOP}def test_answer():\n    {body}\n"


@pytest.mark.parametrize(
    ("code", "stage", "reason"),
    [
        ("def test_answer(: pass", Stage.EXTRACTED, Reason.SYNTAX),
        ("import nothing_such\n" + _test("assert sign(1) == 1"), Stage.EXTRACTED, Reason.COMPILE),
        (f"{_TOP}def check():\n    assert sign(1) == 1\n", Stage.EXTRACTED, Reason.NO_TESTS),
        (_TOP + "pytest.skip('no', allow_module_level=True)", Stage.EXTRACTED, Reason.NO_TESTS),
        (_TOP + "os._exit(0)", Stage.EXTRACTED, Reason.STOPPED_EARLY),
        (_TOP + "sys.exit(0)", Stage.EXTRACTED, Reason.NO_TESTS),
        (_test("assert True"), Stage.COMPILED, Reason.WRONG),
        # What import and collection run is no test of it.
        (_test("assert ONE == 1").replace("\n\n\n", "\nONE = sign(1)\n"),
         Stage.COMPILED, Reason.WRONG),
        (_test("assert sign(1) == 2"), Stage.COMPILED, Reason.WRONG),
        (_test("sign(1); os._exit(0)"), Stage.COMPILED, Reason.STOPPED_EARLY),
        (_test("sign(1); sys.exit(0)"), Stage.COMPILED, Reason.WRONG),
        (_test("sign(1); pytest.exit('done', returncode=0)"), Stage.COMPILED, Reason.NO_TESTS),
        (_test("sign(1); pytest.skip('later')"), Stage.COMPILED, Reason.WRONG),
        (_test("sign(1); pytest.xfail('later')"), Stage.COMPILED, Reason.WRONG),
        (_GOOD.join([_TOP + "@pytest.mark.xfail\n", ""]), Stage.COMPILED, Reason.WRONG),
        (_TOP + _GOOD + "\n\ndef test_more(fixture_of_none):\n    pass\n",
         Stage.COMPILED, Reason.WRONG),
        # The project's own tests of the function are not there to be had.
        (_TOP + "from test_demo import *\n", Stage.EXTRACTED, Reason.NO_TESTS),
    ],
)  # fmt: skip
def test_only_tests_that_pass_and_run_the_function_pass(
    testgen: Task, sandbox: Sandbox, code: str, stage: Stage, reason: Reason
) -> None:
    """Whatever else they do: skipping, exiting, expecting to fail, testing nothing."""
    verdict = _verdict(testgen, sandbox, code)
    assert (verdict.stage, verdict.reason) == (stage, reason), verdict
    assert verdict.measures == {}


@pytest.mark.parametrize(
    ("code", "lines", "branches", "least", "most"),
    [
        (_TOP + _GOOD, 1.0, 1.0, 0.8, 1.0),
        (_test("assert sign(3) == 1"), 2 / 5, 1 / 4, 0.1, 0.7),
        (_test("sign(3)"), 2 / 5, 1 / 4, 0.0, 0.0),
        # The source on disk is the release's, whatever mutant runs.
        (_test("sign(3); assert 'x > 0' in open('demo.py').read()"), 2 / 5, 1 / 4, 0.0, 0.0),
        (_test("sign(3); import inspect; assert 'x > 0' in inspect.getsource(sign)"),
         2 / 5, 1 / 4, 0.0, 0.0),
        (_test("from helpers import NUMBERS as x; assert list(map(sign, x)) == x")
         .replace("answer()", "answer(nought)"), 1.0, 1.0, 0.8, 1.0),
        # What the project's test files hold besides tests is there.
        (_test("from test_demo import EVERY as x; assert list(map(sign, x)) == x"),
         1.0, 1.0, 0.8, 1.0),
        # By pytest's names or by unittest's custom, whatever the project's own.
        (f"{_TOP}class SignTest:\n    def test_it(self): assert sign(3) == 1\n",
         2 / 5, 1 / 4, 0.1, 0.7),
    ],
)  # fmt: skip
def test_tests_are_measured_by_what_they_run_and_notice(
    testgen: Task, sandbox: Sandbox, code: str, lines: float, branches: float,
    least: float, most: float,
) -> None:  # fmt: skip
    """Lines and branches of the function's body, and faults put into it."""
    verdict = _verdict(testgen, sandbox, code)
    assert verdict.passed, verdict
    found = dict(verdict.measures)
    assert least <= found.pop(measures.MUTATION) <= most
    assert found == {measures.LINES: lines, measures.BRANCHES: branches}


@pytest.mark.parametrize(
    "again",
    ["os.kill(os.getppid(), 9)", "os._exit(0)", "assert False"],
)
def test_measuring_takes_no_pass_away(testgen: Task, sandbox: Sandbox, again: str) -> None:
    """Tests that do otherwise when they are measured have no score, and have passed."""
    body = f"""assert sign(1) == 1
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_name != "notice":
        frame = frame.f_back
    if frame is not None:
        {again}"""
    verdict = _verdict(testgen, sandbox, _test(body))
    assert verdict.passed, verdict
    assert verdict.measures[measures.MUTATION] == 0.0
    assert verdict.measures[measures.LINES] == 2 / 5


def test_the_projects_own_tests_pass(testgen: Task, issue: Task, sandbox: Sandbox) -> None:
    """As one file, without the project's other tests: the reference of both tasks."""
    for task in (testgen, issue):
        (problem,) = task.problems()
        code = task.reference(problem)
        assert code is not None
        assert "test_below" in code
        assert "def test_unrelated" not in code
        assert "def test_sides" not in code
        verdict = _verdict(task, sandbox, code)
        assert verdict.passed, verdict
        expected = {measures.DIFF: 1.0} if task is issue else {measures.LINES: 4 / 5}
        assert expected.items() <= verdict.measures.items()


@pytest.mark.parametrize(
    ("code", "stage", "reason"),
    [
        (_TOP + _GOOD, Stage.PASSED, Reason.PASSED),
        (_test("assert sign(-1) == -1"), Stage.PASSED, Reason.PASSED),
        (_test("if sign(-1) == 0: pytest.fail('wrong')"), Stage.PASSED, Reason.PASSED),
        # Exceptions that the triggers raise, or that the report names.
        (_test("if sign(-1) == 0: raise KeyError"), Stage.PASSED, Reason.PASSED),
        (_test("if sign(-1) == 0: raise OverflowError"), Stage.PASSED, Reason.PASSED),
        (_test("if sign(-1) == 0: raise OSError"), Stage.COMPILED, Reason.ERROR),
        (_test("if sign(-1) == 0: raise ImportError"), Stage.COMPILED, Reason.ERROR),
        (_test("if sign(-1) == 0: os._exit(1)"), Stage.COMPILED, Reason.ERROR),
        (_test("if sign(-1) == 0: sys.exit(1)"), Stage.COMPILED, Reason.ERROR),
        (_test("assert sign(-1) == 5"), Stage.TRIGGERED, Reason.WRONG),
        (_test("assert sign(1) == 1"), Stage.COMPILED, Reason.NOT_TRIGGERED),
        (_test("assert True"), Stage.COMPILED, Reason.NOT_TRIGGERED),
        (_test("assert 'x < 0' in open('demo.py').read()"), Stage.TRIGGERED, Reason.WRONG),
        ("import nothing_such\n" + _test("assert False"), Stage.EXTRACTED, Reason.COMPILE),
        ("assert __import__('demo').sign(-1)\n" + _test("pass"), Stage.COMPILED, Reason.ERROR),
        ("def test_answer(: pass", Stage.EXTRACTED, Reason.SYNTAX),
        (_TOP + "from test_demo import *\n", Stage.EXTRACTED, Reason.NO_TESTS),
        # The first run leaves a mark, which the second one does not find.
        (_test("sign(1); new = not os.path.exists('/tmp/m'); open('/tmp/m', 'w'); assert not new"),
         Stage.TRIGGERED, Reason.WRONG),
        (_test("sign(1); m = '/tmp/work/m'; new = not os.path.exists(m); open(m, 'w'); "
               "assert not new"), Stage.TRIGGERED, Reason.WRONG),
    ],
)  # fmt: skip
def test_a_test_fails_with_the_bug_and_passes_without(
    issue: Task, sandbox: Sandbox, code: str, stage: Stage, reason: Reason
) -> None:
    """By an assertion or an exception that shows the bug, and by running the function."""
    verdict = _verdict(issue, sandbox, code)
    assert (verdict.stage, verdict.reason) == (stage, reason), verdict
    assert verdict.measures == ({measures.DIFF: 1.0} if verdict.passed else {})


def test_a_test_that_never_ends_is_none(
    testgen: Task, issue: Task, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither with the bug, where that could be the bug, nor without."""
    shared = sys.modules["ucb_tasks.ucb_py.shared"]
    monkeypatch.setattr(shared, "_LEAST", 1.0)
    for task in (testgen, issue):
        verdict = _verdict(task, sandbox, _test("sign(1)\n    while True: pass"))
        assert (verdict.stage, verdict.reason) == (Stage.COMPILED, Reason.TIMEOUT)


_AS_USER = """
import json
from ucb.project import measures
from ucb.project.suite import Project, Suite, Target
from ucb.sandbox.select import open_sandbox
from ucb.types import Key

key, changed, mutants = Key("p", 0), {"tests/test_new.py": CODE}, MUTANTS
target = Target("sign", "demo.py", (1, 7), (3, 7))
suite = Suite(Project(TREE), {"new": ["tests/test_new.py"]}, target=target, mutants=mutants)
steps = suite.collects("new", changed), suite.covers("new", changed), suite.notices("new", changed)
with_one_room = open_sandbox("bubblewrap", 1, deduplicate=False)
assert with_one_room.describe()["isolation"] == "namespace", with_one_room.describe()
program = suite.program(*steps, collect=measures.FILES)
((_, execution),) = with_one_room.run([(key, program)])
with_one_room.close()
verdict = measures.judged(program, key, execution, 2)
found = {**measures.coverage(execution), **measures.mutation_score(execution, mutants)}
print(json.dumps([verdict.reason, verdict.output, found]))
"""


@pytest.mark.bubblewrap
@pytest.mark.skipif(os.geteuid() != 0, reason="not root: the other tests are the ordinary user's")
def test_an_ordinary_user_measures_the_same(sets: Path) -> None:
    """There every program is in namespaces of its own."""
    sandboxes.require("bubblewrap")
    function = _SOURCE.partition("\n\n\n")[0]
    mutants = tuple(function.replace("return", word) for word in ("return 3 +", "return 0 +"))
    told = {"CODE": _TOP + _GOOD, "MUTANTS": mutants, "TREE": f"demo-2.0-{'2' * 12}"}
    script = _AS_USER
    for name, value in told.items():
        script = script.replace(name, repr(value))
    with ordinary_user(sets) as user:
        done = user.python(script)
    if "is for Python 3.11" in done.stderr:
        pytest.skip("the interpreter that an ordinary user may run is not Python 3.11")
    assert done.returncode == 0, done.stderr
    reason, output, found = json.loads(done.stdout)
    assert reason == "passed", output
    expected = {measures.LINES: 1.0, measures.BRANCHES: 1.0, measures.MUTATION: 0.5}
    assert found == expected
