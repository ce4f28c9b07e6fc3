"""CodeUJB's tasks over rows of our own."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from tests import codeujb_rows
from ucb import plugins
from ucb.task import Task
from ucb.types import Problem

TASKS = sorted(codeujb_rows.NAMES)
WRITING = [name for name in TASKS if name != "defectdetection"]


def module(name: str) -> ModuleType:
    """A module of the tasks' own, known once tasks are loaded."""
    plugins.tasks()
    return sys.modules[f"ucb_tasks.codeujb.{name}"]


def task(name: str, data: Path, mode: str = "", **options: Any) -> Task:
    """One of the tasks over these rows."""
    return plugins.task(f"codeujb/{name}").configured(mode=mode, data=data, **options)


def first(asked: Task) -> Problem:
    """The first problem."""
    return next(iter(asked.problems()))
