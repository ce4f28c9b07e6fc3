"""The compiler that stays in a room says what the command says, and nothing gets out of hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.contract import sandboxes
from ucb.judge import judge
from ucb.languages import language
from ucb.sandbox import Sandbox
from ucb.types import Execution, Key, Limits, Program, Reason, Verdict

pytestmark = pytest.mark.docker

_KEY = Key("p", 0)
_GOOD = "class Problem { public static void main(String[] args) { System.out.print(6 * 7); } }\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One room, so that all programs meet the same compiler."""
    yield from sandboxes.room_of("java")


def _program(source: str, mode: str = "run", **compile_limits: float) -> Program:
    """Compile and run `source`, which needs no proof."""
    program = language("java").program(source, suite="}}", mode=mode)
    first, last = program.steps
    limits = replace(first.limits, **compile_limits)
    steps = (replace(first, limits=limits), replace(last, proof=False, limits=Limits(memory=2048)))
    return replace(program, files={"Problem.java": source}, steps=steps)


def _run(sandbox: Sandbox, program: Program) -> tuple[Verdict, Execution]:
    ((_, execution),) = sandbox.run([(_KEY, program)])
    return judge(program, _KEY, execution), execution


def _goes_on(sandbox: Sandbox) -> bool:
    """Whether the next program is unharmed."""
    return _run(sandbox, _program(_GOOD))[1].steps[-1].stdout == "42"


_TEXTS = {
    "right": _GOOD,
    "a note": "import java.util.*;\nclass Problem { List l = new ArrayList(); "
    "void f() { l.add(1); }\n public static void main(String[] a) {} }\n",
    "a warning": "class Problem { public static void main(String[] a) { "
    "Thread.currentThread().stop(); } }\n",
    "two errors": "class Problem {\n    int f() { return x; }\n\n    long g() { retrun 1; }\n}\n",
    "types": 'class Problem {\n\tint f(String s) { return "é" + s.size(); }\n}\n',
    "another file": "public class Other {}\n",
    "no such package": "import com.google.common.collect.*;\nclass Problem {}\n",
    "no end": "class Problem {",
    "a character": "class Problem { char c = '\\u0000'; int # = 1; }\n",
    "windows": "class Problem {\r\n    int x = 1\r\n}\r\n",
    "many errors": "class Problem {\n" + "".join(f"  int a{i} = b;\n" for i in range(120)) + "}\n",
    "no UTF-8": 'class Problem { String s = "\ud800"; }\n',
    "a module": "module a.b {}\n",
}


@pytest.mark.parametrize("name", _TEXTS)
def test_it_says_what_the_command_says(sandbox: Sandbox, name: str) -> None:
    """Status and every character of the text are those of javac without options."""
    said = [_run(sandbox, _program(_TEXTS[name], mode))[1].steps[0] for mode in ("run", "plain")]
    assert said[0].code == said[1].code
    assert said[0].stdout == said[1].stdout
    assert said[0].stderr == said[1].stderr


def test_programs_share_no_classes(sandbox: Sandbox) -> None:
    """What one program defines, in its package or another, the next one does not find."""
    defines = "package own; class Helper { static int f() { return 1; } }\nclass Problem {}\n"
    uses = "package own; class Problem { int f() { return Helper.f(); } }\n"
    assert _run(sandbox, _program(defines))[1].steps[0].code == 0
    assert _run(sandbox, _program(uses))[0].reason is Reason.COMPILE


def test_a_package_has_its_folder(sandbox: Sandbox) -> None:
    """Classes of inner, anonymous and packaged kinds are all there when the program runs."""
    inner = _GOOD.replace("6 * 7", "new Object() { int f() { return new In().g(); } }.f()")
    inner = inner.rstrip()[:-1] + " static class In { int g() { return 42; } } }\n"
    assert _run(sandbox, _program(inner))[1].steps[-1].stdout == "42"
    program = _program("package a.b;\n" + _GOOD)
    last = replace(program.steps[1], argv=("java", "-cp", ".", "a.b.Problem"))
    packaged = replace(program, steps=(program.steps[0], last))
    assert _run(sandbox, packaged)[1].steps[-1].stdout == "42"


def test_a_slow_source_is_a_compile_timeout(sandbox: Sandbox) -> None:
    """More source than can be compiled ends at the step's limit."""
    methods = "".join(f"  String f{i}(String a) {{ return a + {i} + a; }}\n" for i in range(8000))
    source = "".join(f"class C{i} {{\n{methods}}}\n" for i in range(8))
    assert _run(sandbox, _program(source, cpu=2.0))[0].reason is Reason.COMPILE_TIMEOUT
    assert _goes_on(sandbox)


def test_a_source_that_takes_much_memory_is_called_so(sandbox: Sandbox) -> None:
    """A constant that doubles with each line ends as it does in javac."""
    doubles = "".join(f"  static final String a{i + 1} = a{i} + a{i};\n" for i in range(22))
    source = f'class Problem {{\n  static final String a0 = "{"x" * 1000}";\n{doubles}}}\n'
    verdict, execution = _run(sandbox, _program(source))
    assert verdict.reason is Reason.MEMORY
    assert len(execution.steps) == 1
    assert _goes_on(sandbox)


def test_a_deep_source_is_a_compile_error(sandbox: Sandbox) -> None:
    """What overflows the compiler's stack is reported as javac reports it."""
    deep = f"class Problem {{ int x = {'(' * 20000}1{')' * 20000}; }}\n"
    verdict, execution = _run(sandbox, _program(deep))
    assert verdict.reason is Reason.COMPILE
    assert "StackOverflowError" in execution.steps[0].stderr
    assert _goes_on(sandbox)


_HOSTILE = """
import java.nio.file.*;
class Problem {
    public static void main(String[] args) throws Exception {
        for (Path path : Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            String command;
            try {
                command = Files.readString(path.resolve("cmdline"));
            } catch (java.io.IOException gone) {
                continue;
            }
            if (!command.contains("compiler.jar")) continue;
            String pid = path.getFileName().toString();
            System.out.print("found " + pid);
            for (String file : new String[] {"mem", "environ", "maps", "fd", "fd/0", "cwd/."}) {
                try {
                    if (file.equals("fd")) Files.newDirectoryStream(path.resolve(file));
                    else Files.newInputStream(path.resolve(file)).read();
                    System.out.print(", read " + file);
                } catch (java.io.IOException refused) {
                }
            }
            for (String signal : new String[] {"-KILL", "-STOP"}) {
                Process kill = new ProcessBuilder("/bin/sh", "-c", "kill " + signal + " " + pid)
                    .redirectErrorStream(true).start();
                if (kill.waitFor() == 0) System.out.print(", sent " + signal);
            }
        }
    }
}
"""


def test_a_program_cannot_reach_it(sandbox: Sandbox) -> None:
    """It is there and stays the same; no program signals it or reads its memory."""
    said = [_run(sandbox, _program(_HOSTILE + "//" * i))[1].steps[-1].stdout for i in range(2)]
    assert said[0].startswith("found ")
    assert said[0].split()[1].isdigit(), said
    assert said[0] == said[1]


def test_annotation_processors_are_not_run(sandbox: Sandbox) -> None:
    """A processor that a program brings is text, whatever its files declare."""
    source = (
        "import javax.annotation.processing.*; import java.util.*;\n"
        "import javax.lang.model.element.*;\n"
        '@SupportedAnnotationTypes("*") public class Problem extends AbstractProcessor {\n'
        '  static { System.err.println("processor"); System.out.println("processor"); }\n'
        "  public boolean process(Set<? extends TypeElement> a, RoundEnvironment r)"
        " { return true; }\n"
        "  public static void main(String[] args) {}\n}\n"
    )
    service = "META-INF/services/javax.annotation.processing.Processor"
    program = _program(source)
    program = replace(program, files={**program.files, service: "Problem\n"})
    for _ in range(2):
        verdict, execution = _run(sandbox, program)
        assert verdict.passed
        assert not execution.steps[0].stdout + execution.steps[0].stderr
        assert execution.steps[1].stdout == "processor\n"
