"""The DS-1000 sandbox: its libraries, and a judge that an answer cannot reach.

`make test-ds1000` builds the image (2.8 GB) and runs these tests; without the image they skip.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ucb import plugins
from ucb.errors import SandboxError
from ucb.languages import language
from ucb.run import evaluate
from ucb.sandbox import Sandbox, bubblewrap, docker, images
from ucb.sandbox.engine import RoomSpec
from ucb.sandbox.select import open_sandbox
from ucb.task import Task
from ucb.types import Completion, Key, Problem, Program, Reason, Style, Verdict

pytestmark = pytest.mark.docker

TASK: Task = plugins.task("ds1000")
CONTEXT = '''
{imports}
SECRET = "treasure-of-the-" + "tests-31415926"


def generate_test_case(test_case_id):
    return {given}, {expected}


def exec_test(result, ans):
    {compare}
    return 1


exec_context = r"""
{imports}
a = test_input
[insert]
"""


def test_execution(solution: str):
    code = exec_context.replace("[insert]", solution)
    for i in range(2):
        test_input, expected_result = generate_test_case(i + 1)
        test_env = {{"test_input": test_input}}
        exec(code, test_env)
        assert exec_test(test_env["result"], expected_result)
'''


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One room with DS-1000's image."""
    missing = ""
    if not docker.available():
        missing = "no Docker engine answers"
    elif images.digest("ds1000") is None:
        missing = "the ds1000 image is not built (`ucb sandbox build ds1000`)"
    if missing and os.environ.get("UCB_REQUIRE_DS1000") == "1":
        pytest.fail(f"{missing}, and UCB_REQUIRE_DS1000=1")
    if missing:
        pytest.skip(missing)
    opened = open_sandbox("docker", 1, deduplicate=False)
    yield opened
    opened.close()


def problem(
    imports: str = "import numpy as np",
    given: str = "np.array([3, 1, 2])",
    expected: str = "np.array([1, 2, 3])",
    compare: str = "np.testing.assert_array_equal(result, ans)",
    library: str = "Numpy",
) -> Problem:
    metadata = {"problem_id": 0, "library": library, "perturbation_type": "Origin"}
    context = CONTEXT.format(imports=imports, given=given, expected=expected, compare=compare)
    row = {"prompt": "", "reference_code": "", "code_context": context, "metadata": metadata}
    return Problem("DS-1000/0", "ds1000", row)


def verdict(sandbox: Sandbox, code: str, asked: Problem) -> Verdict:
    """Judge one answer."""
    answers = [Completion(Key(asked.id, 0), "", code=code)]
    return next(iter(evaluate(TASK, {asked.id: asked}, Style.COMPLETE, answers, sandbox)))


FRAMES = "import pandas as pd, numpy as np, datetime"
VALUES = [
    ("", "[(1, 2.5, None), {'a': {1, 2}}, b'x', 'é', 1j, range(3), True]"),
    ("import datetime as d", "[d.date(2020, 1, 2), d.datetime(2020, 1, 2), d.timedelta(1)]"),
    ("import numpy as np", "np.arange(6, dtype='<i4').reshape(2, 3)"),
    ("import numpy as np", "np.array([1, 'a', None, (2,)], dtype=object)"),
    ("import numpy as np", "[np.float32(1.5), np.datetime64('2020-01-02'), np.str_('x')]"),
    ("import numpy as np", "np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])"),
    (FRAMES, "pd.DataFrame({'a': [1, 2], 'b': ['x', None], 'c': [1.5, np.nan]}, index=[5, 6])"),
    (FRAMES, "pd.DataFrame({'a': pd.to_datetime(['2020-01-02', None]), 'b': [True, False]})"),
    (FRAMES, "pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([('a', 1), ('b', 2)]))"),
    (FRAMES, "pd.DataFrame({'a': [1]}).iloc[:0]"),
    (FRAMES, "pd.DataFrame([[1, 2], [3, 4]], columns=['a', 'a'])"),
    (FRAMES, "pd.Series(pd.Categorical(['x', 'y', 'x'], ['y', 'x'], ordered=True), name='n')"),
    (FRAMES, "pd.Series([1, None], dtype='Int64')"),
    (FRAMES, "pd.Series(pd.date_range('2020', periods=3, freq='D', tz='Europe/Paris'))"),
    (FRAMES, "pd.Series([1, 2], index=pd.date_range('2020', periods=2, freq='M'))"),
    (FRAMES, "pd.Series([1, 2], index=pd.period_range('2020', periods=2, freq='Q'))"),
    (FRAMES, "pd.Series([pd.Timestamp('2020'), pd.NaT, pd.Timedelta('1h')], dtype=object)"),
    (FRAMES, "pd.cut(pd.Series([1, 5]), [0, 2, 9])"),
]


@pytest.mark.parametrize(("imports", "value"), VALUES)
def test_a_value_reaches_the_tests_as_it_was(sandbox: Sandbox, imports: str, value: str) -> None:
    """Pickled by the tests' own process before and after, it has the same types and content."""
    compare = "import pickle; assert shown(result) == shown(ans), (result, ans)"
    helper = (
        "\ndef shown(v):\n"
        "    if hasattr(v, 'dtypes') and hasattr(v, 'index'):\n"
        "        return repr(v), str(v.dtypes), repr(v.index), repr(getattr(v, 'columns', None))\n"
        "    return repr(v), str(type(v)), str(getattr(v, 'dtype', ''))\n"
    )
    asked = problem(imports + helper, "None", value, compare)
    assert verdict(sandbox, f"result = {value}", asked).reason is Reason.PASSED


LIBRARIES = [
    ("import numpy as np", "np.array([3, 1, 2])", "np.sort(a)"),
    ("import pandas as pd", "pd.DataFrame({'x': [2, 1]})", "a.sort_values('x')"),
    ("from scipy import sparse", "sparse.eye(3, format='csr')", "(a * 2).tocsc()"),
    ("import sklearn.datasets", "sklearn.datasets.load_iris()", "a.data.mean(axis=0)"),
    ("import torch", "torch.arange(4.0)", "a.reshape(2, 2) @ a.reshape(2, 2)"),
    ("import tensorflow as tf", "tf.constant([[1.0, 2.0]])", "tf.transpose(a) * tf.Variable(2.0)"),
    ("import statsmodels.api as sm", "[[1, 2], [3, 4]]", "sm.add_constant(a)"),
    ("import xgboost, numpy", "numpy.eye(4)", "xgboost.XGBRegressor().fit(a, a[0]).predict(a)"),
    ("import gensim", "'one two'", "list(gensim.utils.tokenize(a))"),
    ("import yaml", "'a: [1, 2]'", "yaml.safe_load(a)"),
    ("import seaborn", "'penguins'", "seaborn.load_dataset(a).shape"),
]


@pytest.mark.parametrize(("imports", "given", "answer"), LIBRARIES)
def test_every_library_works_on_both_sides(
    sandbox: Sandbox, imports: str, given: str, answer: str
) -> None:
    """Its inputs reach the answer, and its results the tests, in separate processes."""
    expected = f"(lambda a: {answer})({given})"
    compare = "assert type(result) is type(ans) and repr(result) == repr(ans), (result, ans)"
    asked = problem(imports, given, expected, compare)
    found = verdict(sandbox, f"result = {answer}", asked)
    assert (found.reason, found.judge) == (Reason.PASSED, "split"), found.output


def test_a_figure_is_judged_where_it_was_drawn(sandbox: Sandbox) -> None:
    """Matplotlib draws without a screen, and the tests see the current axes."""
    compare = "assert plt.gca().get_title() == ans"
    asked = problem("import matplotlib.pyplot as plt", "None", "'t'", compare, "Matplotlib")
    found = verdict(sandbox, "plt.title('t')\nresult = None", asked)
    assert (found.reason, found.judge) == (Reason.PASSED, "nonce"), found.output
    assert verdict(sandbox, "result = None", asked).reason is Reason.WRONG


PATCHED = """
np.testing.assert_array_equal = lambda *a: None
result = 0
"""
REPLACED = """
import builtins
builtins.AssertionError = KeyError
builtins.exec = print
result = 0
"""
EQUAL = """
class E:
    def __eq__(self, other): return True
    def __array__(self, *a): return np.array([1, 2, 3])
result = E()
"""
EQUAL_ARRAY = """
class E(np.ndarray):
    def __eq__(self, other): return True
    def __array_function__(self, *a): return True
result = np.zeros(3).view(E)
"""
DESCRIPTORS = """
import os
for fd in range(3, 64):
    try:
        os.write(fd, b"0" * 32)
    except OSError:
        pass
os._exit(0)
"""
PARENT = """
import os
for fd in range(16):
    open(f"/proc/{os.getppid()}/fd/{fd}", "wb")
result = 0
"""
MEMORY = """
import os
open(f"/proc/{os.getppid()}/mem", "rb")
result = 0
"""
PICKLE = """
import plain
class E:
    def __reduce__(self):
        return exec, ("import os; os.write(3, open('tests.py').read()[-40:])",)
plain._encode = lambda value: E()
result = 0
"""
SPELLED = """
import os
for fd in range(3, 16):
    try:
        os.write(fd, b"{{UCB_NONCE}}")
    except OSError:
        pass
os._exit(0)
"""
HOSTILE = {
    "exits": ("import sys; sys.exit(0)", {Reason.STOPPED_EARLY}),
    "exits hard": ("import os; os._exit(0)", {Reason.STOPPED_EARLY}),
    "exits late": ("import atexit, os; atexit.register(os._exit, 0)\nresult = 0", {Reason.WRONG}),
    "crashes": ("import os; os.abort()", {Reason.CRASH}),
    "patches the comparison": (PATCHED, {Reason.WRONG}),
    "replaces builtins": (REPLACED, {Reason.WRONG}),
    "equals everything": (EQUAL, {Reason.ERROR}),
    "an array that equals everything": (EQUAL_ARRAY, {Reason.ERROR}),
    "writes to every descriptor": (DESCRIPTORS, {Reason.STOPPED_EARLY, Reason.ERROR}),
    "opens the descriptors of its parent": (PARENT, {Reason.ERROR}),
    "reads its parent's memory": (MEMORY, {Reason.ERROR}),
    "sends a pickle that runs": (PICKLE, {Reason.ERROR}),
    "kills the tests": ("import os; os.kill(os.getppid(), 9)\nresult = 0", {Reason.CRASH}),
    "never ends": ("while True: pass", {Reason.TIMEOUT}),
    "takes all memory": ("result = np.ones(1 << 33)", {Reason.MEMORY}),
}


@pytest.mark.parametrize("library", ["Numpy", "Matplotlib"])
def test_the_secret_cannot_be_spelled(sandbox: Sandbox, library: str) -> None:
    """Not even where the answer shares its process with the tests."""
    found = verdict(sandbox, SPELLED, problem(library=library))
    assert found.reason is Reason.STOPPED_EARLY


@pytest.mark.parametrize("name", HOSTILE)
def test_an_attack_is_no_pass(sandbox: Sandbox, name: str) -> None:
    """It fails with its own reason, and the room goes on to judge the next answer."""
    code, reasons = HOSTILE[name]
    found = verdict(_Quick(sandbox), code, problem())
    assert found.reason in reasons, (found.reason, found.output)
    assert verdict(sandbox, "result = np.sort(a)", problem()).reason is Reason.PASSED


class _Quick:
    """A sandbox that gives DS-1000's programs a second instead of a minute."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __getattr__(self, name: str) -> object:
        return getattr(self._sandbox, name)

    def run(self, programs: Iterator[tuple[Key, Program]]) -> Iterator[tuple[Key, object]]:
        for key, program in programs:
            quick = [replace(s, limits=replace(s.limits, cpu=3.0)) for s in program.steps]
            yield from self._sandbox.run([(key, replace(program, steps=tuple(quick)))])


HUNT = """
import gc, os, sys
BACKWARDS = "62951413-stset"
def hunt():
    frame = sys._getframe()
    while frame:
        yield from map(repr, [*frame.f_locals.values(), *frame.f_globals.values()])
        frame = frame.f_back
    yield from (repr(each)[:200000] for each in gc.get_objects() if type(each) in (dict, list, str))
    for folder, _, names in os.walk("/tmp"):
        for name in names:
            yield open(os.path.join(folder, name), errors="replace").read()
found = [text for text in hunt() if BACKWARDS[::-1] in text]
assert not found, found[0][:500]
result = np.sort(a)
"""


def test_the_tests_are_nowhere_to_be_found(sandbox: Sandbox) -> None:
    """Not in frames, live objects or files: the expected values cannot be looked up."""
    found = verdict(sandbox, HUNT, problem())
    assert found.reason is Reason.PASSED, found.output


def test_seeds_of_the_inputs_hold_for_the_answer(sandbox: Sandbox) -> None:
    """An answer goes on with the random numbers where the tests' inputs left off."""
    for imports, seed, draw in (
        ("import numpy as np", "np.random.seed(7)", "float(np.random.rand())"),
        ("import random", "random.seed(7)", "random.random()"),
        ("import torch", "torch.manual_seed(7)", "float(torch.rand(1))"),
    ):
        expected = f"[{seed}, {draw}, {seed}][1]"
        asked = problem(imports, "None", expected, "assert result == ans, (result, ans)")
        assert verdict(sandbox, f"result = {draw}", asked).reason is Reason.PASSED


def test_the_versions_are_the_published_ones(sandbox: Sandbox) -> None:
    """As environment.yml of DS-1000 pins them."""
    pins = {
        "gensim": "4.3.2", "matplotlib": "3.8.4", "numpy": "1.26.4", "pandas": "1.5.3",
        "seaborn": "0.13.2", "scikit-learn": "1.4.0", "scipy": "1.12.0", "statsmodels": "0.14.1",
        "tensorflow-cpu": "2.16.1", "torch": "2.2.0", "xgboost": "2.0.3",
    }  # fmt: skip
    asked = problem("import numpy", "None", repr(pins), "assert result == ans, result")
    versions = f"{{name: version(name) for name in {list(pins)}}}"
    code = f"from importlib.metadata import version\nresult = {versions}"
    found = verdict(sandbox, code, asked)
    assert found.reason is Reason.PASSED, found.output


@pytest.mark.data
@pytest.mark.usefixtures("data_dir")
def test_references_pass_and_controls_do_not(sandbox: Sandbox) -> None:
    """Forty problems of all libraries; `ucb check ds1000` does all of them."""
    some = {each.id: each for each in list(TASK.problems())[::25]}
    bodies = language("ds1000").bodies
    for name in ("reference", *bodies):
        codes = {
            key: TASK.reference(p) if name == "reference" else TASK.stub(p, bodies[name])
            for key, p in some.items()
        }
        answers = [Completion(Key(key, 0), "", code=code) for key, code in codes.items()]
        verdicts = list(evaluate(TASK, some, Style.COMPLETE, answers, sandbox))
        wrong = [v.key.problem for v in verdicts if v.passed is not (name == "reference")]
        assert (name, wrong) == (name, [])


@pytest.mark.bubblewrap
def test_bubblewrap_says_that_it_has_not_these_libraries() -> None:
    """A host without them must not judge, and the sentence says what to do."""
    if not bubblewrap.available():
        pytest.skip("bubblewrap does not work here")
    with pytest.raises(SandboxError, match="ucb sandbox build ds1000"):
        bubblewrap.Bubblewrap().room(RoomSpec("ds1000", 1024))
