"""The scalac that stays in a room says what the command says; the rest is test_compiler.py's."""

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
_GOOD = "object Problem { def main(args: Array[String]): Unit = print(6 * 7) }\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One room, so that all programs meet the same compiler."""
    yield from sandboxes.room_of("scala")


def _program(source: str, mode: str = "run") -> Program:
    """Compile and run `source`, which needs no proof."""
    program = language("scala").program(source, suite="}}", mode=mode)
    first, last = program.steps
    steps = (first, replace(last, proof=False, limits=Limits(memory=2048)))
    return replace(program, files={"Problem.scala": source}, steps=steps)


def _run(sandbox: Sandbox, program: Program) -> tuple[Verdict, Execution]:
    ((_, execution),) = sandbox.run([(_KEY, program)])
    return judge(program, _KEY, execution), execution


_MACRO = """
import scala.language.experimental.macros
import scala.reflect.macros.blackbox.Context
object Problem {
  def made(c: Context): c.Tree = { import c.universe._; println("made"); q"1" }
  def one: Int = macro made
  def main(args: Array[String]): Unit = print(one)
}
"""
_TEXTS = {
    "right": _GOOD,
    "a warning": "object Problem { def f(x: Int) = x match { case y => y; case _ => 0 } }\n",
    "a summary of warnings": "object Problem { def f = readInt; def g(x: { def h: Int }) = x.h }\n",
    "two errors": 'object Problem {\n\tdef f: Int = "é"\n\n  def g: Long = undefined\n}\n',
    "no end": "object Problem {\n",
    "windows": "object Problem {\r\n  val x: Int = nothing\r\n}\r\n",
    "no such package": "import com.google.common.collect._\nobject Problem\n",
    "of the compiler's own program": "object Problem { val x = Compiler; val y: InMemory }\n",
    "a macro of its own": _MACRO,
    "no UTF-8": 'object Problem { val s = "\ud800" }\n',
}


@pytest.mark.parametrize("name", _TEXTS)
def test_it_says_what_the_command_says(sandbox: Sandbox, name: str) -> None:
    """Status and every character of the text are those of scalac without options."""
    said = [_run(sandbox, _program(_TEXTS[name], mode))[1].steps[0] for mode in ("run", "plain")]
    assert said[0].code == said[1].code
    assert said[0].stdout == said[1].stdout
    assert said[0].stderr == said[1].stderr


def test_programs_share_no_classes(sandbox: Sandbox) -> None:
    """What one program defines, in its package or another, the next one does not find."""
    defines = "package own { object Helper { def f = 1 } }\nobject Own\nobject Problem\n"
    for uses in ("object Problem { own.Helper.f }\n", "object Problem { Own }\n"):
        assert _run(sandbox, _program(defines))[1].steps[0].code == 0
        assert _run(sandbox, _program(uses))[0].reason is Reason.COMPILE


def test_a_package_has_its_folder(sandbox: Sandbox) -> None:
    """Classes of inner, anonymous and packaged kinds are all there when the program runs."""
    made = "List(1, 2).map(x => new Inner { def y = x }).map(_.y + b.Of.it).sum"
    source = (
        f"trait Inner {{ def y: Int }}\n{_GOOD.replace('6 * 7', made)}"
        "package b { object Of { def it = 3 } }\n"
    )
    assert _run(sandbox, _program(source))[1].steps[-1].stdout == "9"


def test_a_deep_source_is_a_compile_error(sandbox: Sandbox) -> None:
    """What overflows the stack is reported as scalac reports it; the next program is unharmed."""
    deep = f"object Problem {{ val x = {'(' * 20000}1{')' * 20000} }}\n"
    verdict, execution = _run(sandbox, _program(deep))
    assert verdict.reason is Reason.COMPILE
    assert "StackOverflowError" in execution.steps[0].stderr
    assert _run(sandbox, _program(_GOOD))[1].steps[-1].stdout == "42"
