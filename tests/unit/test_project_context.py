"""What a model is shown around a function: never the function, never more than the budget."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ucb.project.context import CHARACTERS_PER_TOKEN, Context, Place, Strategy, context

_FILE = '''"""Shapes."""

import math
from demo import other

LIMIT = 3


def far(x):
    """Far away. Of no use."""
    for y in range(x):
        x += y * y - x
    return x - 1


class Shape:
    """Something with an area."""

    kind = "shape"

    def area(self, scale):
        # How large it is.
        return helper(scale) * math.pi

    @property
    def name(self):
        """Its name.

        Long.
        """
        return self.kind.title()


def helper(x):
    """Help."""
    return other.measure(x) + LIMIT


def user(shape):
    return shape.area(1)
'''
_OTHER = '''def measure(x):
    """Measure."""
    return x * 2


def aside(x):
    return 0


class Board:
    def total(self, shapes):
        return sum(shape.area(2) for shape in shapes)
'''
_BROKEN = "def measure(x) return\n"
_PLACES = {
    node.name: Place("demo/shapes.py", node.lineno - len(node.decorator_list), node.end_lineno or 0)
    for node in ast.walk(ast.parse(_FILE))
    if isinstance(node, ast.FunctionDef)
}


def _context(name: str, strategy: Strategy, tokens: int = 10_000) -> Context:
    others = {"demo/other.py": _OTHER, "demo/broken.py": _BROKEN, "demo/shapes.py": _FILE}
    return context(lambda: others, "demo/shapes.py", _FILE, _PLACES[name], strategy, tokens)


def test_a_file_is_shown_around_the_function() -> None:
    """With room for all of it, every other line is there."""
    found = _context("helper", Strategy.FILE)
    definition = 'def helper(x):\n    """Help."""\n    return other.measure(x) + LIMIT\n'
    assert found.before + definition + found.after == _FILE + "\n"
    assert found.others == {}


def test_a_class_is_shown_without_the_rest_of_its_file() -> None:
    """The imports, the class and its other methods; of a function, the imports alone."""
    found = _context("area", Strategy.CLASS)
    lines = [line.strip() for line in found.before.split("\n") if line]
    assert lines == [
        "import math", "from demo import other", "class Shape:",
        '"""Something with an area."""', 'kind = "shape"',
    ]  # fmt: skip
    assert "self.kind.title()" in found.after
    assert "helper" not in found.after
    imports = "import math\nfrom demo import other\n"
    assert _context("helper", Strategy.CLASS).before == imports


def test_a_project_brings_what_is_called_and_what_calls() -> None:
    """Definitions of other files, by name; a file that does not parse is no obstacle."""
    assert _context("helper", Strategy.PROJECT).others == {
        "demo/other.py": 'def measure(x):\n    """Measure."""\n    return x * 2\n'
    }
    assert _context("area", Strategy.PROJECT).others == {
        "demo/other.py": "class Board:\n\n    def total(self, shapes):\n"
        "        return sum(shape.area(2) for shape in shapes)\n"
    }


def test_a_small_budget_shows_signatures_first_and_the_nearest_longest() -> None:
    """What is called is shown in full before what is not; then functions go, the farthest first."""
    found = _context("area", Strategy.FILE, 110)
    assert "return other.measure(x) + LIMIT" in found.after
    assert 'def far(x):\n    """Far away. Of no use."""\n    ...' in found.before
    least = _context("area", Strategy.FILE, 72)
    assert "far" not in least.before
    assert "class Shape:" in least.before


@given(st.sampled_from(sorted(_PLACES)), st.sampled_from(Strategy), st.integers(60, 400))
def test_the_function_is_never_shown_and_the_budget_holds(
    name: str, strategy: Strategy, tokens: int
) -> None:
    """Whatever is asked for; and the file's two halves are Python with the function between."""
    found = _context(name, strategy, tokens)
    place = _PLACES[name]
    text = "\n".join(_FILE.split("\n")[place.first - 1 : place.last])
    parts = [found.before, found.after, *found.others.values(), *found.others]
    assert not any(text in part for part in parts)
    assert sum(map(len, parts)) <= tokens * CHARACTERS_PER_TOKEN or found.others == {}
    ast.parse(f"{found.before}{text}\n{found.after}")


_TABLES = (
    '"""Words.\n\n' + "They are many.\n" * 40 + '"""\n\nimport re\n\n'
    + "SMALL = {1: 2}\n\nÜMLAUTE: dict[str, str] = {\n" + '    "ä": "ae",\n' * 200 + "}\n\n"
    + "class Words:\n    known = [\n" + '        "word",\n' * 300 + "    ]\n\n"
    + "    def find(self, x):\n        return SMALL[x]\n\n"
    + "    def other(self):\n        return 1\n\n"
    + "for each in SMALL:\n" + "    print(each)\n" * 50
)  # fmt: skip


@pytest.mark.parametrize("tokens", [400, 100, 20])
def test_tables_are_shortened_before_functions_go(tokens: int) -> None:
    """A module of data does not push the budget aside; what is left is still Python."""
    first = _TABLES[: _TABLES.index("    def find")].count("\n") + 1
    place = Place("a.py", first, first + 1)
    found = context(dict, "a.py", _TABLES, place, Strategy.FILE, tokens)
    assert len(found.before) + len(found.after) <= max(tokens, 40) * CHARACTERS_PER_TOKEN
    text = "\n".join(_TABLES.split("\n")[first - 1 : first + 1])
    ast.parse(f"{found.before}{text}\n{found.after}")
    assert "import re" in found.before
    if tokens == 100:
        assert '"""Words...."""\n' in found.before
    if tokens == 400:
        assert "SMALL = {1: 2}\n" in found.before
        assert "ÜMLAUTE: dict[str, str] = ...\n" in found.before
        assert "    known = ...\n" in found.before
        assert "return 1" in found.after


def test_a_place_without_a_function_is_refused() -> None:
    """A span of another edition of the file is no function."""
    with pytest.raises(ValueError, match="no function in lines 2 to 3"):
        context(dict, "a.py", _FILE, Place("a.py", 2, 3), Strategy.FILE, 100)


def test_a_function_is_found_in_whatever_block_it_is() -> None:
    """Where a module says what it does without a package, or on another platform."""
    text = """try:
    import fast
    def width(x):
        return fast.width(x)
except ImportError:
    def width(x):
        return 1
else:
    def quick(): return True
with fast.lock:
    def locked(): pass
for kind in fast.kinds:
    def one(): pass
match fast.name:
    case "a":
        def matched(): pass
"""
    for first, last in ((3, 4), (6, 7), (9, 9), (11, 11), (13, 13), (16, 16)):
        found = context(dict, "a.py", text, Place("a.py", first, last), Strategy.FILE, tokens=1_000)
        shown = (found.before + found.after).split("\n")
        gone = text.split("\n")[first - 1 : last]
        assert shown.count(gone[0]) == text.split("\n").count(gone[0]) - 1
