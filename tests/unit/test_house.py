"""The house map in CONTRIBUTING.md and the layers in .importlinter: every module has its place."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ucb"
GENERAL = {"cli_*": "cli_"}
"""Rows of several modules, and how their names begin."""


def modules() -> set[str]:
    """Return the modules and packages directly in `ucb`, but for the entry points of Python."""
    files = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    return files | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def mapped() -> list[str]:
    """Return the names in the first column of the map; `cli_*` stands for the modules it fits."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("## The house")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]
    found = []
    for name in names:
        if name in GENERAL:
            found += sorted(each for each in modules() if each.startswith(GENERAL[name]))
        else:
            found.append(name.rstrip("/"))
    return found


def layered() -> list[str]:
    """Return the modules of the layers, without the package's name."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    layers = parser["importlinter:contract:direction"]["layers"]
    return [name.removeprefix("ucb.") for name in re.split(r"[\s|]+", layers) if name]


def test_every_module_has_one_row_in_the_map() -> None:
    """And every row is of something that exists."""
    assert sorted(mapped()) == sorted(modules())


def test_every_module_has_one_layer() -> None:
    """A module without one could import anything."""
    assert sorted(layered()) == sorted(modules())


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_module_says_why_it_exists(path: Path) -> None:
    """In a docstring: its one reason, that the map repeats in a few words."""
    text = path.read_text(encoding="utf-8")
    assert not text or text.startswith(('"""', 'r"""')), path
