"""Candidates between the releases of an index on loopback, and targets of one release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.unit.mine.packages import Site, sdist
from ucb.mine.functions import Span, read_module
from ucb.mine.normal import Rule
from ucb.mine.releases import Candidate, Skip, Trees, candidates, targets

TEST = {"tests/test_toy.py": "def test_toy(): assert True\n"}
MIT = "License: MIT"


def module(body: str) -> str:
    """Return a module with one function and something above it."""
    return f'"""Toy."""\n\ndef add(a, b):\n    return {body}\n'


class Toy:
    """A package in the making on an index."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site = site
        self.folder = folder
        self.dropped: Counter[str] = Counter()

    def release(
        self,
        version: str,
        files: dict[str, str],
        licence: str = MIT,
        *,
        tests: bool = True,
        told: dict[str, str] | None = None,
    ) -> None:
        """Publish a version with these files, and tests unless told otherwise."""
        everything = {**(TEST if tests else {}), **files}
        data = sdist("toy", version, everything, licence)
        self.site.add("toy", f"toy-{version}.tar.gz", data, **(told or {}))

    def candidates(self, *, python: str = "3.11", since: date | None = None) -> Iterator[Candidate]:
        """Yield the candidates among what is published."""
        with self.site.index() as index:
            trees = Trees(index, self.folder)
            releases = index.releases("toy")
            yield from candidates(trees, releases, self.dropped, python=python, since=since)

    def left_out(self) -> dict[str, int]:
        """Return what was counted."""
        return dict(+self.dropped)


@pytest.fixture
def toy(site: Site, tmp_path: Path) -> Toy:
    """Return a package without releases."""
    return Toy(site, tmp_path / "trees")


def test_a_changed_function_is_a_candidate(toy: Toy) -> None:
    """It says where both bodies are, in whose files, and where the changelog tells of it."""
    toy.release("1.0", {"toy.py": "\n" + module("a - b")})
    toy.release("1.1", {"src/toy.py": module("a + b"), "NEWS": "1.1\n---\n\n* add() adds.\n"})
    (found,) = toy.candidates()
    assert (found.old.version, found.new.version) == ("1.0", "1.1")
    assert (found.old_file, found.old_span) == ("toy.py", Span(4, 5))
    assert (found.file, found.span) == ("src/toy.py", Span(3, 4))
    assert (found.qualname, found.occurrence) == ("add", 0)
    assert found.changelog is not None
    assert (found.changelog.file, found.changelog.span) == ("NEWS", Span(1, 4))
    tree = toy.folder / found.old.sha256 / "toy-1.0"
    old = read_module(tree, found.old_file)
    assert old is not None
    assert found.old_span.of(old.lines) == "def add(a, b):\n    return a - b\n"
    assert toy.left_out() == {}


def test_newest_pairs_come_first_and_are_fetched_as_they_are_reached(toy: Toy) -> None:
    """A caller who has enough does not pay for the rest."""
    for version, body in (("1.0", "1"), ("1.1", "2"), ("1.10", "3")):
        toy.release(version, {"toy.py": module(body)})
    found = toy.candidates()
    first = next(found)
    assert (first.old.version, first.new.version) == ("1.1", "1.10")
    assert "/files/toy-1.0.tar.gz" not in toy.site.asked
    assert [(each.old.version, each.new.version) for each in found] == [("1.0", "1.1")]
    assert "/files/toy-1.0.tar.gz" in toy.site.asked


def test_the_same_change_counts_once(toy: Toy) -> None:
    """A maintenance branch may undo and redo it between its versions."""
    for version, body in (("1.0", "1"), ("1.1", "2"), ("1.2", "1"), ("1.3", "2")):
        toy.release(version, {"toy.py": module(body)})
    found = [(each.old.version, each.new.version) for each in toy.candidates()]
    assert found == [("1.2", "1.3"), ("1.1", "1.2")]
    assert toy.left_out() == {Skip.TWICE: 1}


def test_only_releases_after_a_date_are_asked_for(toy: Toy) -> None:
    """The day is the new release's; one without a time is not known to be late enough."""
    for version, when in (
        ("1.0", "2026-01-01T00:00:00Z"), ("1.1", "2026-05-31T23:59:59Z"),
        ("1.2", "2026-06-01T00:00:00Z"), ("1.3", None),
    ):  # fmt: skip
        told = {"upload-time": when} if when else {}
        toy.release(version, {"toy.py": module(version)}, told=told)
    found = [each.new.version for each in toy.candidates(since=date(2026, 6, 1))]
    assert found == ["1.2"]
    assert toy.left_out() == {Skip.BEFORE: 1, Skip.NO_TIME: 1}


def test_a_yanked_release_is_stepped_over(toy: Toy) -> None:
    """Its neighbours are a pair."""
    toy.release("1.0", {"toy.py": module("1")})
    toy.release("1.1", {"toy.py": module("2")}, told={"yanked": "broken"})
    toy.release("1.2", {"toy.py": module("3")})
    assert [(each.old.version, each.new.version) for each in toy.candidates()] == [("1.0", "1.2")]
    assert toy.left_out() == {Skip.YANKED: 1}


@pytest.mark.parametrize(
    ("admitted", "count"),
    [("", 1), (">=3.8", 1), (">=3.11.4", 1), ("<3.12", 1), (">=3.12", 0), ("<3", 0), ("junk", 0)],
)
def test_both_releases_admit_the_python(toy: Toy, admitted: str, count: int) -> None:
    """Whichever of the two does not, the pair is left out and nothing is fetched."""
    toy.release("1.0", {"toy.py": module("1")}, told={"requires-python": admitted})
    toy.release("1.1", {"toy.py": module("2")})
    assert len(list(toy.candidates())) == count
    assert toy.left_out() == ({} if count else {Skip.PYTHON: 1})
    assert count or not [path for path in toy.site.asked if path.startswith("/files")]


def test_pairs_that_cannot_be_used_are_counted(toy: Toy) -> None:
    """Each reason has its name."""
    toy.release("1.0", {"toy.py": module("1")}, tests=False)
    toy.release("1.1", {"toy.py": module("2")})
    toy.release("1.2", {"toy.py": module("3")}, "License: GPL")
    toy.release("1.3", {"docs/a.txt": ""})
    toy.release("1.4", {"toy.py": module("4")})
    toy.site.files["toy-1.4.tar.gz"] = b"damaged"
    assert list(toy.candidates()) == []
    assert toy.left_out() == {
        Skip.NO_TESTS: 1, Skip.LICENCE: 1, Skip.NO_SOURCES: 1, Skip.UNPACKED: 1,
    }  # fmt: skip


def test_files_that_cannot_be_used_are_counted(toy: Toy) -> None:
    """Other projects' files, Python 2's, and tests give nothing; rules are counted with them."""
    for version, body in (("1.0", "1"), ("1.1", "2")):
        files = {
            "toy/__init__.py": f'def f():\n    """{body}"""\n',
            "toy/_vendor/six.py": module(body),
            "toy/two.py": f"print {body}\n",
            "toy/tests/test_a.py": f"def test_a(): assert {body}\n",
            "toy/same.py": module("0"),
            f"toy/only{body}.py": module(body),
        }
        toy.release(version, files)
    assert list(toy.candidates()) == []
    assert toy.left_out() == {Skip.VENDORED: 1, Skip.UNREADABLE: 1, Rule.FORMATTING: 1}


def test_targets_are_documented_and_do_something(toy: Toy) -> None:
    """The lines below the docstring are where a model's own would go."""
    text = '''\
def told(a):
    """Return what is told of a."""
    # First.
    b = a

    c = b
    return c

def short(a):
    """Return what is told of a."""
    return a

def silent(a):
    b = a
    c = b
    return c

def brief(a):
    """Return a."""
    b = a
    c = b
    return c

def planned(a):
    """Return what will be told."""
    raise NotImplementedError

def version():
    """Return the version of this."""
    a = 1
    b = a
    return b
'''
    files = {"toy/__init__.py": text, "toy/vendor/a.py": text, "toy/two.py": "print 1\n"}
    toy.release("1.0", files)
    with toy.site.index() as index:
        (release,) = index.releases("toy")
        tree = Trees(index, toy.folder).tree(release)
    (found,) = targets(release, tree, toy.dropped)
    assert (found.file, found.qualname, found.span) == ("toy/__init__.py", "told", Span(1, 7))
    assert (found.code, found.code_lines) == (Span(3, 7), 3)
    assert toy.left_out() == {
        Skip.FEW_LINES: 1, Skip.NO_DOCSTRING: 2, Rule.UNWRITTEN: 1, Rule.VERSION: 1,
        Skip.VENDORED: 1, Skip.UNREADABLE: 1,
    }  # fmt: skip
    asked = [each.qualname for each in targets(release, tree, Counter(), docstring=0, lines=1)]
    assert asked == ["told", "short", "silent", "brief"]
