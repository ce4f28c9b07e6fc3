"""Functions of a module, their places, and which of them really changed."""

from __future__ import annotations

import ast
import textwrap
from collections import Counter
from pathlib import Path

import pytest

import ucb
from ucb.mine.functions import Function, Module, Span, changed, read_module, read_source
from ucb.mine.normal import Rule, first_rule

SOURCE = '''\
import os

if os.name == "nt":
    def where(): return 1
else:
    def where():
        """Tell where."""

        # A remark.
        here = os.getcwd()

        return here

class Outer:
    class Inner:
        @property
        def value(
            self,  # :
        ) -> int:
            # Why.
            return self._value
        @value.setter
        def value(self, value):
            def nested(): pass
            self._value = value

    async def go(self): """Go."""
'''


def function(text: str) -> Function:
    """Return the only function of a text."""
    (found,) = Module("m.py", textwrap.dedent(text)).functions
    return found


def outcome(old: str, new: str, around: str = "") -> str:
    """Return `changed`, or the rule that drops the change of a function between two texts."""
    texts = [f"{around}\n{textwrap.dedent(text)}" for text in (old, new)]
    dropped: Counter[str] = Counter()
    found = list(changed(Module("m.py", texts[0]), Module("m.py", texts[1]), dropped))
    assert len(found) + dropped.total() <= 1
    return "changed" if found else next(iter(dropped), "same")


def body(before: str, after: str, around: str = "") -> str:
    """Return `outcome` for the bodies of a function with some parameters."""
    old, new = (f"def f(x, y=None):\n{textwrap.indent(each, '    ')}\n" for each in (before, after))
    return outcome(old, new, around)


def test_functions_are_found_with_their_places() -> None:
    """Classes and conditions are looked into, functions are not; decorators are inside."""
    found = {
        (each.qualname, each.occurrence): (each.span.first, each.span.last)
        for each in Module("m.py", SOURCE).functions
    }
    assert found == {
        ("where", 0): (4, 4),
        ("where", 1): (6, 12),
        ("Outer.Inner.value", 0): (16, 21),
        ("Outer.Inner.value", 1): (22, 25),
        ("Outer.go", 0): (27, 27),
    }


def test_the_code_is_what_stands_below_the_docstring() -> None:
    """Comments above the first statement are code; a body on the header's line is none."""
    found = [each.code for each in Module("m.py", SOURCE).functions]
    assert found == [None, Span(8, 12), Span(20, 21), Span(24, 25), None]
    assert [each.code_lines for each in Module("m.py", SOURCE).functions] == [0, 2, 1, 2, 0]


@pytest.mark.slow
def test_every_function_of_this_project_is_whole() -> None:
    """A function's lines parse to the function, and its code ends where it ends."""
    folder = Path(ucb.__file__).parent
    count = 0
    for path in sorted(folder.rglob("*.py")):
        module = read_module(folder, path.relative_to(folder).as_posix())
        assert module is not None
        for each in module.functions:
            # A method's lines are a block at whatever indentation they have.
            block = f"if 1:\n{each.text}" if each.text[0] == " " else each.text
            (top,) = ast.parse(block).body
            again = top.body[0] if isinstance(top, ast.If) else top
            assert ast.dump(again) == ast.dump(each.node)
            assert each.code is None or each.span.first < each.code.first <= each.code.last
            assert each.code is None or each.code.last == each.span.last
            assert first_rule(each.node, each.node) is Rule.FORMATTING
            count += 1
    assert count > 500


def test_globals_are_what_the_body_looks_up() -> None:
    """Locals, parameters, decorators, annotations and attributes are no globals."""
    text = """
    @decorated
    def f(a: Hint, b=DEFAULT) -> Hint:
        import inside
        local: Other = [item for item in a if item.attribute]
        def nested():
            return local, OUTSIDE, b
        global STATE
        STATE = len(local)
        return inside, nested, os.path
    """
    assert function(text).globals == {"OUTSIDE", "len", "os"}


def test_a_modules_names_are_what_it_binds_anywhere() -> None:
    """Conditions, loops and `global` in a function bind names of the module."""
    text = """
import a.b, c as d
from e import f
try:
    from g import h
except ImportError:
    h = None
for i in (): pass
class J: k = 1
def l():
    global m
    m = n = 1
"""
    assert Module("m.py", text).names == {"a", "d", "f", "h", "i", "J", "l", "m"}
    assert "*" in Module("m.py", "from a import *").names


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("return x", "return  (x)  # This.", Rule.FORMATTING),
        ("return 'x'", 'return u"x"', Rule.FORMATTING),
        ('"""Old."""\nreturn x', '"""New."""\nreturn x', Rule.FORMATTING),
        ("def g():\n    '''a'''\n    return 1\nreturn g", "def g():\n    return 1\nreturn g",
         Rule.FORMATTING),
        ("z = 1\nreturn z", "z: int = 1\nreturn z", Rule.TYPING),
        ("return x", "z: int\nreturn x", Rule.TYPING),
        ("return x", "return t.cast('list[int]', x)", Rule.TYPING),
        ("return x", "if TYPE_CHECKING:\n    import a\nreturn x", Rule.TYPING),
        ("if 1: return x", "if 1:\n    z: int\n    return x", Rule.TYPING),
        ("def g(a): return a\nreturn g", "def g(a: int) -> int: return a\nreturn g", Rule.TYPING),
        ("import os\nreturn x", "return x", Rule.IMPORTS),
        ("if x:\n    import os\nreturn x", "if x:\n    from . import os\nreturn x", Rule.IMPORTS),
        ("return '1.2.3'", "return '1.3.0'", Rule.VERSION),
        ("raise ValueError('a')", "raise ValueError(f'b {x}')", Rule.MESSAGE),
        ("raise ValueError('a %s' % x)", "raise ValueError('b {}'.format(x))", Rule.MESSAGE),
        ("m = 'a' + x\nraise ValueError(m)", "m = 'b'\nraise ValueError(m)", Rule.MESSAGE),
        ("assert x, 'a'", "assert x, 'b'", Rule.MESSAGE),
        ("self.logger.info('a', x)", "self.logger.info('b', x)", Rule.MESSAGE),
        ("warnings.warn('a', E)", "warnings.warn('b', E)", Rule.MESSAGE),
        ("return f'a {x:.1f}'", "return f'b {x:.1f}'", Rule.FSTRING),
        ("import os\nraise E('a')", "z: int\nraise E('b')", Rule.MESSAGE),
        ("pass", "return x", Rule.UNWRITTEN),
        ("'''That.'''", "return x", Rule.UNWRITTEN),
        ("raise NotImplementedError", "return x", Rule.UNWRITTEN),
        ("raise NotImplementedError('f')", "return x", Rule.UNWRITTEN),
        ("return lost(x)", "return x", Rule.GLOBALS),
    ],
)  # fmt: skip
def test_what_is_no_bug_has_a_name(before: str, after: str, expected: Rule) -> None:
    """A change that a rule explains is counted under it."""
    assert body(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return x", "return y"),
        ("return 'a'", "return 'b'"),
        ("return {'a': x}", "return {'b': x}"),
        ("return f'{x}'", "return f'{y}'"),
        ("return f'{x:.1f}'", "return f'{x:.2f}'"),
        ("raise ValueError('a')", "raise TypeError('a')"),
        ("raise KeyError(x)", "raise KeyError(y)"),
        ("assert x, 'a'", "assert y, 'a'"),
        ("m = 'a'\nreturn m", "m = 'b'\nreturn m"),
        ("x.info('a')", "x.info('b')"),
        ("if x:\n    return y", "return y"),
        ("import os\nreturn x", "import os\nreturn y"),
        ("return int(x)", "return len(x)"),
        ("raise NotImplementedError(x)\nreturn x", "return x"),
        ("return kept(x)", "return x"),
        ("return __name__", "return x"),
    ],
)
def test_what_may_be_a_bug_is_kept(before: str, after: str) -> None:
    """No rule explains away what a test could see."""
    assert body(before, after, around="def kept(x): return 1\n") == "changed"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("def f(a): return 1", "def f(b): return 2", Rule.SIGNATURE),
        ("def f(a=1): return 1", "def f(a=2): return 2", Rule.SIGNATURE),
        ("def f(a): return 1", "def f(a, *, b): return 2", Rule.SIGNATURE),
        ("def f(a): return 1", "async def f(a): return 2", Rule.SIGNATURE),
        ("def f(a): return 1", "@cache\ndef f(a): return 2", Rule.SIGNATURE),
        ("def f(a): return 1", "def f(a: int) -> int: return 2", "changed"),
        ("def f(a): return 1", "def f(a: int) -> int: return 1", Rule.TYPING),
        ("@overload\ndef f(a): 1", "@overload\ndef f(a): 2", Rule.TYPING),
        ("def get_version(): return a.b", "def get_version(): return a.c", Rule.VERSION),
        ("if a:\n def f(): return 1", "def f(): return 2", Rule.PLACE),
        ("if a:\n def f(): return 1", "if a:\n def f(): return 2", "changed"),
        ("def f(a): return 1", "def g(a): return 2", "same"),
        ("def f(a): return 1", "def f(a): return 1", "same"),
        ("class A:\n def f(self): return 1", "class B:\n def f(self): return 2", "same"),
        ("class A:\n def f(self): return 1", "class A:\n def f(self): return 2", "changed"),
    ],
)
def test_functions_belong_together_by_name_and_header(old: str, new: str, expected: str) -> None:
    """Annotations are no part of the header; defaults and decorators are."""
    assert outcome(old, new, around="a = 1\n") == expected


def test_functions_of_one_name_are_told_apart() -> None:
    """A property's setter is compared with the setter, a second definition with the second."""
    old = "class A:\n @property\n def a(self): return 1\n @a.setter\n def a(self, x): self.x = 1\n"
    new = old.replace("self.x = 1", "self.x = 2")
    ((before, after),) = changed(Module("m", old), Module("m", new), Counter())
    assert (before.occurrence, after.occurrence) == (1, 1)
    old = "if a:\n def f(): return 1\nelse:\n def f(): return 2\n"
    ((before, after),) = changed(
        Module("m", old), Module("m", old.replace("return 2", "return 3")), Counter()
    )
    assert (before.occurrence, after.occurrence) == (1, 1)
    assert before.text.strip() == "def f(): return 2"


def test_a_star_import_may_bring_any_name() -> None:
    """What a module lacks cannot be told then."""
    assert body("return lost(x)", "return x", around="from a import *\n") == "changed"


def test_a_file_is_read_as_it_declares(tmp_path: Path) -> None:
    """Its encoding and its line ends are Python's to tell; what cannot be read is None."""
    (tmp_path / "a.py").write_bytes(
        b"# coding: latin-1\r\nx = '\xe9'\r\n\r\ndef f():\r\n  pass\r\n"
    )
    assert read_source(tmp_path / "a.py") == "# coding: latin-1\nx = 'é'\n\ndef f():\n  pass\n"
    module = read_module(tmp_path, "a.py")
    assert module is not None
    assert module.functions[0].text == "def f():\n  pass\n"
    (tmp_path / "b.py").write_bytes(b"x = '\xe9'\n")
    (tmp_path / "c.py").write_text("print 'Python 2'\n")
    (tmp_path / "d.py").write_text("x = '\0'\n")
    for name in ("b.py", "c.py", "d.py", "missing.py"):
        assert read_module(tmp_path, name) is None


def test_a_form_feed_ends_no_line() -> None:
    """Spans count lines as Python does."""
    module = Module("m.py", "x = 1\n\x0c\ndef f():\n    return 1\n\n\x0cdef g():\n    return 2\n")
    assert [each.span for each in module.functions] == [Span(3, 4), Span(6, 7)]
    assert module.functions[1].text == "\x0cdef g():\n    return 2\n"


def test_reading_old_code_warns_of_nothing() -> None:
    """An invalid escape in a mined file is not the user's business."""
    assert Module("m.py", "def f(x):\n    return '\\d' is x\n").functions[0].globals == set()
