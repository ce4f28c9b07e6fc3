"""Finding a version's section in changelogs of every make."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.mine.packages import pkg_info, write_tree
from ucb.mine.changelog import Section, entry, section
from ucb.mine.functions import Span
from ucb.mine.sdist import describe

MARKDOWN = """\
# Changelog

## [1.10.0] - 2026-01-01

### Fixed

- That, as of 1.2.0.

## v1.2.0

```
## 9.9
```
- This

## 1.1
"""
UNDERLINED = """\
=========
Changes
=========

Version 1.10
------------

Released today.

Fixes
~~~~~
* That

Version 1.2
-----------
* This

Older versions
--------------
"""
OVERLINED = """\
-----
 1.10
-----

* That

----
 1.2
----
* This
"""
LISTED = """\
Notes
- 1.10: That,
  and that since 1.2.
- 1.2: This
- 1.1.1: More
"""
PLAIN = """\
1.10 *2026-01-01*
- That
- as in
  1.2.0

1.2
- This
"""
TABLE = """\
1.2 things
| 1.10 | a |
|------|---|

**1.2** (2026-01-01)

- This
"""


def find(tmp_path: Path, version: str, **files: str) -> Section | None:
    """Look for a version in a tree of these files."""
    tree = describe(write_tree(tmp_path, {"PKG-INFO": pkg_info("toy", "1"), **files}))
    return section(tree, version)


@pytest.mark.parametrize(
    ("text", "ten", "two"),
    [
        (MARKDOWN, (3, 7), (9, 14)),
        (UNDERLINED, (5, 12), (14, 16)),
        (OVERLINED, (2, 5), (8, 10)),
        (LISTED, (2, 3), (4, 4)),
        (PLAIN, (1, 4), (6, 7)),
        (TABLE, None, (5, 7)),
    ],
)
def test_a_section_ends_above_the_next_one(
    tmp_path: Path, text: str, ten: tuple[int, int] | None, two: tuple[int, int]
) -> None:
    """Versions are compared as versions, and those inside a section are no headings."""
    for version, span in (("1.10.0", ten), ("1.2", two)):
        expected = Section("CHANGES", Span(*span)) if span else None
        assert find(tmp_path, version, CHANGES=text) == expected
    assert find(tmp_path, "1.1.0.1", CHANGES=text) is None


def test_the_first_file_that_has_it_counts(tmp_path: Path) -> None:
    """A short changelog at the top may leave the past to the documentation."""
    files = {"CHANGES.md": "# 2.0\n\nSee docs.\n", "docs/history.md": "# 2.0\n\n# 1.2\n\nThis\n"}
    assert find(tmp_path, "1.2", **files) == Section("docs/history.md", Span(3, 5))
    assert find(tmp_path, "2.0", **files) == Section("CHANGES.md", Span(1, 3))


@pytest.mark.parametrize("name", ["release-1.2.md", "v1.2.0.txt", "toy_1.2.rst"])
def test_a_file_of_its_own_is_a_section(tmp_path: Path, name: str) -> None:
    """Some projects write a file per release."""
    files = {
        f"docs/change_log/{name}": "Title\n\nThis\n\n",
        "docs/change_log/release-1.1.md": "1.2",
    }
    assert find(tmp_path, "1.2", **files) == Section(f"docs/change_log/{name}", Span(1, 3))


NAMED = """\
2.0
===

Shapes and their find_all were mended by Ann.

- `Square.area` is no longer negative (#12),
  however small.
- Square.name() and Circle.name() tell the truth.
- Find what is there. The area is larger.
* The parser_of shapes takes a `Circle`.

  It takes it twice.
1. Round shapes.
"""


@pytest.mark.parametrize(
    ("qualname", "span"),
    [
        ("Square.area", Span(6, 7)),
        ("parser_of", Span(10, 10)),
        ("find_all", Span(4, 4)),
        ("Circle.radius", None),
        ("name", Span(8, 8)),
        ("find", None),
        ("Round.width", None),
        ("Parser.feed", None),
    ],
)
def test_an_entry_names_its_function(tmp_path: Path, qualname: str, span: Span | None) -> None:
    """As code, in one entry alone; a word of the language is no name."""
    files = {"PKG-INFO": pkg_info("demo", "2.0"), "demo.py": "", "CHANGES.txt": NAMED}
    tree = describe(write_tree(tmp_path / "demo-2.0", files))
    told = section(tree, "2.0")
    assert told is not None
    found = entry(tree, told, qualname)
    assert found == (span and Section("CHANGES.txt", span))
