"""What every sandbox promises, whatever its engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import sandboxes
from ucb.errors import SandboxError
from ucb.sandbox import Sandbox
from ucb.types import (
    NONCE,
    Ended,
    Execution,
    Key,
    Limits,
    Program,
    Stage,
    Step,
    StepResult,
    Tests,
)

_CHECK = ("python3", "-m", "py_compile", "main.py")
_RUN = ("python3", "main.py")
_SMALL = Limits(cpu=2, wall=20, memory=256)


@pytest.fixture(scope="module", params=sandboxes.ENGINES)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """One room for all tests of an engine."""
    yield from sandboxes.one_room(request.param)


def _execute(sandbox: Sandbox, program: Program) -> Execution:
    ((_, execution),) = sandbox.run([(Key("p", 0), program)])
    return execution


def _last(
    sandbox: Sandbox, source: str, *, limits: Limits = _SMALL, proof: bool = False
) -> StepResult:
    step = Step(Stage.PASSED, _RUN, limits, proof=proof)
    return _execute(sandbox, Program("python", {"main.py": source}, (step,))).steps[-1]


def test_a_program_is_what_it_would_be_alone(sandbox: Sandbox) -> None:
    """The warm interpreter looks like a fresh one to the program it runs."""
    source = """
import os, sys
print(__name__, sys.argv, sys.path[0] == os.getcwd() == os.path.dirname(__file__))
print(sorted(os.listdir()), [m for m in sys.modules if m.startswith("ucb")])
print(sys.flags.isolated, __builtins__.__name__, __spec__)
print(repr(exit)[:8], sys.stdin.read() == "", sys.stdout.encoding, sys.stderr.errors)
print(sys.getrecursionlimit() - 1000 <= 2, "__main__" in sys.modules, sys.orig_argv)
"""
    result = _last(sandbox, source)
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "__main__ ['main.py'] True",
        "['main.py'] []",
        "0 builtins None",
        "Use exit True utf-8 backslashreplace",
        "True True ['python3', 'main.py']",
    ]
    assert (result.ended, result.code) == (Ended.EXITED, 0)


def test_no_package_of_the_machine_is_seen(sandbox: Sandbox) -> None:
    """The standard library alone, in every engine: verdicts do not depend on what is installed."""
    source = """
import importlib.metadata, os, sys
print([os.listdir(path) for path in sys.path if path.endswith("-packages") and os.path.isdir(path)])
print([each.metadata["Name"] for each in importlib.metadata.distributions()])
try:
    import pip
except ImportError as error:
    print(error)
"""
    lines = _last(sandbox, source).stdout.splitlines()
    assert "pip" not in lines[0]
    assert lines[1:] == ["[]", "No module named 'pip'"]


@pytest.mark.parametrize(
    ("source", "code", "stderr"),
    [
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit('told')", 1, "told\n"),
        ("raise SystemExit", 0, ""),
        ("import os; os._exit(9)", 9, ""),
        ("import atexit; atexit.register(print, 'bye')", 0, ""),
        ("import threading, time; threading.Thread(target=time.sleep, args=(0.1,)).start()", 0, ""),
    ],
)
def test_exit_statuses_are_pythons(sandbox: Sandbox, source: str, code: int, stderr: str) -> None:
    """A program ends in the fork as it would in an interpreter of its own."""
    result = _last(sandbox, source)
    assert (result.ended, result.code, result.stderr) == (Ended.EXITED, code, stderr)
    if "atexit" in source:
        assert result.stdout == "bye\n"


def test_a_traceback_shows_the_program_only(sandbox: Sandbox) -> None:
    """An uncaught exception looks as it always does."""
    result = _last(sandbox, "def f():\n    1 / 0\nf()\n")
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].endswith('main.py", line 3, in <module>')
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "ucb" not in result.stderr


def test_modules_of_the_program_shadow_the_loaded_ones(sandbox: Sandbox) -> None:
    """A file named like a module that is loaded already is the one imported."""
    files = {
        "main.py": "import statistics, heapq, inner.part\nprint(statistics.mean, heapq.x)",
        "statistics.py": "mean = 'own'",
        "heapq.py": "x = 'own'",
        "inner/__init__.py": "",
        "inner/part.py": "y = 'own'",
    }
    program = Program("python", files, (Step(Stage.PASSED, _RUN, _SMALL),))
    assert _execute(sandbox, program).steps[0].stdout == "own own\n"


def test_steps_share_the_folder_and_stop_at_the_first_failure(sandbox: Sandbox) -> None:
    """A later step sees what an earlier one wrote; after a failure nothing runs."""
    steps = (
        Step(Stage.COMPILED, ("sh", "-c", "echo made > made; echo one"), _SMALL),
        Step(Stage.COMPILED, ("sh", "-c", "cat made >&2; exit 3"), _SMALL, must_fail=True),
        Step(Stage.TRIGGERED, ("sh", "-c", "cat made; kill -TERM $$"), _SMALL),
        Step(Stage.PASSED, ("sh", "-c", "echo never"), _SMALL),
    )
    results = _execute(sandbox, Program("python", {}, steps)).steps
    assert [(r.ended, r.code) for r in results] == [
        (Ended.EXITED, 0),
        (Ended.EXITED, 3),
        (Ended.SIGNALLED, 15),
    ]
    assert [r.stdout for r in results] == ["one\n", "", "made\n"]
    assert results[1].stderr == "made\n"


def test_a_step_that_must_fail_and_does_not_is_the_last(sandbox: Sandbox) -> None:
    """A test that passes on the buggy version ends the program."""
    steps = (
        Step(Stage.TRIGGERED, ("true",), _SMALL, must_fail=True),
        Step(Stage.PASSED, ("true",), _SMALL),
    )
    assert len(_execute(sandbox, Program("python", {}, steps)).steps) == 1


@pytest.mark.parametrize("argv", [_CHECK, (*_CHECK[:3], "sub/other.py")])
def test_a_syntax_check_is_a_step(sandbox: Sandbox, argv: tuple[str, ...]) -> None:
    """The check fails for a bad file, with the error on stderr, and nothing runs."""
    files = {"main.py": "print('ran')", "sub/other.py": "def f(:", argv[-1]: "def f(:"}
    steps = (Step(Stage.COMPILED, argv, _SMALL), Step(Stage.PASSED, _RUN, _SMALL))
    results = _execute(sandbox, Program("python", files, steps)).steps
    assert len(results) == 1
    assert results[0].code == 1
    assert f'File "{argv[-1]}", line 1' in results[0].stderr
    assert results[0].stderr.splitlines()[-1].startswith("SyntaxError: ")
    good = Program("python", {**files, argv[-1]: "print('ran')"}, steps)
    assert _execute(sandbox, good).steps[-1].stdout == "ran\n"
    assert len(_execute(sandbox, good).steps) == 2


def test_the_proof_is_the_nonce_and_nothing_else(sandbox: Sandbox) -> None:
    """It comes back through the descriptor or by name, and only whole and alone."""
    by_fd = f"import os; os.write(3, b'{NONCE}')"
    by_name = f"import os; open(os.environ['UCB_PROOF'], 'w').write('{NONCE}')"
    for source in (by_fd, by_name):
        assert _last(sandbox, source, proof=True).proved
    part = f"import os; os.write(3, b'{NONCE}'[:9])"
    for source in ("", part, f"{by_fd}; os.write(3, b'x')", "import os; os.write(3, b'x')"):
        assert not _last(sandbox, source, proof=True).proved


def test_any_command_can_prove_its_end(sandbox: Sandbox) -> None:
    """The channel is open to programs of every language, and only where it is asked for."""
    script = f"printf %s '{NONCE}' > $UCB_PROOF"
    for command in (script, script.replace("> $UCB_PROOF", ">&3")):
        step = Step(Stage.PASSED, ("sh", "run.sh"), _SMALL, proof=True)
        program = Program("python", {"run.sh": command}, (step,))
        assert _execute(sandbox, program).steps[0].proved
    without = Program(
        "python", {"run.sh": "echo >&3"}, (Step(Stage.PASSED, ("sh", "run.sh"), _SMALL),)
    )
    assert _execute(sandbox, without).steps[0].code != 0


def test_the_nonce_is_drawn_anew(sandbox: Sandbox) -> None:
    """No two executions have the same secret."""
    outputs = {_last(sandbox, f"print('{NONCE}')").stdout for _ in range(5)}
    assert len(outputs) == 5
    assert not any(NONCE in output for output in outputs)


def test_what_is_collected_comes_back(sandbox: Sandbox) -> None:
    """Files the program wrote are brought back by name, also after a failure."""
    source = "import os; os.mkdir('out'); open('out/a.txt', 'w').write('é'); raise SystemExit(1)"
    step = Step(Stage.PASSED, _RUN, _SMALL)
    program = Program("python", {"main.py": source}, (step,), ("out/a.txt", "out/b.txt", "main.py"))
    assert _execute(sandbox, program).files == {"out/a.txt": "é", "main.py": source}


def test_the_end_of_the_output_is_kept(sandbox: Sandbox) -> None:
    """Of much output the last bytes stay, and an honest amount stops nothing."""
    result = _last(
        sandbox,
        "print('a' * 5000 + 'end'); import sys; print('b', file=sys.stderr)",
        limits=Limits(cpu=2, wall=20, memory=256, output=1000),
    )
    assert result.ended is Ended.EXITED
    assert len(result.stdout) == 1000
    assert result.stdout.endswith("aend\n")
    assert result.stderr == "b\n"


def test_limits_are_told_apart(sandbox: Sandbox) -> None:
    """CPU, wall, memory and output each have a name."""
    small = Limits(cpu=1, wall=30, memory=128, output=1000)
    brief = Limits(cpu=1, wall=1, memory=128, output=1000)
    sources = {
        Ended.CPU: "while True: pass",
        Ended.MEMORY: "x = bytearray(1 << 40)",
        Ended.OUTPUT: "while True: print('x' * 1000)",
        Ended.SIGNALLED: "import os; os.abort()",
    }
    for ended, source in sources.items():
        assert _last(sandbox, source, limits=small).ended is ended
    assert _last(sandbox, "import time; time.sleep(60)", limits=brief).ended is Ended.WALL


def test_what_was_used_is_measured(sandbox: Sandbox) -> None:
    """CPU counts all processes, wall counts sleep, memory is the largest process's."""
    source = """
import os, time
block = bytearray(b"x" * (50 << 20))
for _ in range(2):
    if not os.fork():
        end = time.process_time() + 0.2
        while time.process_time() < end: pass
        os._exit(0)
for _ in range(2): os.wait()
time.sleep(0.3)
"""
    result = _last(sandbox, source)
    assert result.cpu >= 0.4
    assert result.wall >= 0.5
    assert 50 <= result.memory < 256


def test_a_step_may_spoil_the_next(sandbox: Sandbox) -> None:
    """What a program does to its own folder or files is its own fault, not the room's."""
    spoils = {"rm -rf /tmp/work": 126, "rm -f tool": 127, "chmod 0 .": 126}
    for spoil, code in spoils.items():
        steps = (
            Step(Stage.COMPILED, ("sh", "-c", f"cp /bin/true tool; {spoil}"), _SMALL),
            Step(Stage.PASSED, ("./tool",), _SMALL),
        )
        results = _execute(sandbox, Program("python", {"a": ""}, steps)).steps
        assert [result.code for result in results] == [0, code], spoil
        assert results[1].stderr


def test_a_missing_toolchain_is_no_verdict(sandbox: Sandbox) -> None:
    """A command that is not installed is the environment's fault."""
    program = Program("python", {}, (Step(Stage.COMPILED, ("no-such-compiler",), _SMALL),))
    with pytest.raises(SandboxError, match=r"p, sample 0: no-such-compiler: No such file"):
        _execute(sandbox, program)


def _split(sandbox: Sandbox, code: str, tests: Tests) -> StepResult:
    steps = (Step(Stage.COMPILED, _CHECK, _SMALL), Step(Stage.PASSED, _RUN, _SMALL, tests=tests))
    return _execute(sandbox, Program("python", {"main.py": code}, steps)).steps[-1]


def test_split_tests_report_what_happened(sandbox: Sandbox) -> None:
    """Who raised what, how many calls were answered, and where the tests stopped."""
    right = "def f(x):\n    print('hello')\n    return x + 1"
    result = _split(sandbox, right, Tests("assert f(1) == 2\nassert f(x=2) == 3", ("f",)))
    report = result.tests
    assert report is not None
    assert (report.finished, report.calls, report.error) == (True, 2, "")
    assert (result.ended, result.code, result.stdout) == (Ended.EXITED, 0, "hello\nhello\n")

    report = _split(sandbox, right, Tests("assert f(1) == 2\nassert f(2) == 4, 'no'", ("f",))).tests
    assert report is not None
    assert (report.finished, report.calls, report.error) == (False, 2, "AssertionError")
    assert not report.raised_by_candidate
    assert report.message == "no (line 2: assert f(2) == 4, 'no')"

    report = _split(sandbox, "def f(x):\n    return x / 0", Tests("f(1)", ("f",))).tests
    assert report is not None
    assert (report.error, report.raised_by_candidate) == ("ZeroDivisionError", True)

    report = _split(sandbox, "import nothing_here", Tests("f(1)", ("f",))).tests
    assert report is not None
    assert (report.error, report.raised_by_candidate) == ("ModuleNotFoundError", True)

    result = _split(sandbox, "import os; os._exit(0)", Tests("f(1)", ("f",)))
    assert result.tests is not None
    assert (result.tests.finished, result.tests.error, result.code) == (False, "", 0)


def test_split_tests_have_their_setup(sandbox: Sandbox) -> None:
    """Setup runs first and may define what calls then replace."""
    setup = "import math\ndef helper(x):\n    return 2 * x\ndef f(x):\n    return None"
    tests = Tests("assert f(2) == helper(1) + math.floor(0.5)", ("f",), setup)
    report = _split(sandbox, "def f(x):\n    return x", tests).tests
    assert report is not None
    assert report.finished


def test_tests_that_cannot_be_split_say_so(sandbox: Sandbox) -> None:
    """An argument that is no plain value ends the tests with an error of theirs."""
    report = _split(
        sandbox, "def f(g):\n    return g(1)", Tests("assert f(lambda x: x)", ("f",))
    ).tests
    assert report is not None
    assert (report.finished, report.error, report.raised_by_candidate) == (
        False,
        "Unsendable",
        False,
    )


def test_a_lost_judge_is_replaced(sandbox: Sandbox) -> None:
    """After tests that never end, the next program is judged as if nothing had been."""
    endless = Tests("f()\nwhile True: pass", ("f",))
    result = _split(sandbox, "def f(): return 1", endless)
    assert result.ended is Ended.CPU
    assert result.tests is not None
    assert not result.tests.finished
    report = _split(sandbox, "def f(): return 1", Tests("assert f() == 1", ("f",))).tests
    assert report is not None
    assert report.finished


def test_it_says_what_it_is(sandbox: Sandbox) -> None:
    """A run can be told from one in another engine or image."""
    described = sandbox.describe()
    assert described["engine"] in {"docker", "bubblewrap"}
    assert described["isolation"] in {"uid", "namespace"}
    assert described["version"][0].isdigit()


def test_each_program_draws_its_own_random_numbers(sandbox: Sandbox) -> None:
    """Programs are forks of one interpreter, and do not share its random state."""
    drawn = {_last(sandbox, f"import random; print(random.random())  # {n}").stdout for n in "ab"}
    assert len(drawn) == 2


def test_a_programs_own_forks_and_threads_work(sandbox: Sandbox) -> None:
    """What modules do at a fork happens for a program's own forks, as in a fresh interpreter."""
    source = """
import concurrent.futures, logging, os, random, threading
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    print(list(pool.map(abs, [-1, -2])))
print(threading.main_thread().native_id == os.getpid())
random.seed(1)
reader, writer = os.pipe()
if not os.fork():
    thread = threading.Thread(target=logging.getLogger().isEnabledFor, args=(10,))
    thread.start()
    thread.join()
    os.write(writer, str(random.random()).encode())
    os._exit(0)
os.wait()
print(float(os.read(reader, 100)) != random.random())
"""
    result = _last(sandbox, source)
    assert result.stderr == ""
    assert result.stdout == "[1, 2]\nTrue\nTrue\n"


def test_objects_of_a_program_are_freed_as_usual(sandbox: Sandbox) -> None:
    """What the warm interpreter has loaded lives for ever; what a program makes does not."""
    source = """
import weakref
class Thing: pass
thing = Thing()
thing.self = thing
seen = weakref.ref(thing)
del thing
import gc
gc.collect()
print(seen())
other = Thing()
seen = weakref.ref(other)
del other
print(seen())
"""
    assert _last(sandbox, source).stdout == "None\nNone\n"
