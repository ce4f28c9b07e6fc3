"""What tests of CodeUJB's tasks share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import codeujb_rows
from tests.unit.codeujb.asking import module
from ucb.task import Task


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with rows of our own for all five tasks."""
    return codeujb_rows.write(tmp_path / "rows")


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Let working copies be names; return the list of those asked for."""
    asked: list[tuple[str, str, str]] = []

    def tree(self: object, task: Task, row: dict[str, Any], version: str) -> str:
        asked.append((row["project"], row["bug_id"], version))
        return f"tree-{version}"

    monkeypatch.setattr(module("shared").WorkingTrees, "tree", tree)
    return asked
