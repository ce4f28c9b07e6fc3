"""UCB-Py: work inside real Python projects, on what their release history holds."""

from __future__ import annotations

from . import detection, generation, issue_testgen, repair, testgen

TASKS = [detection.TASK, generation.TASK, issue_testgen.TASK, repair.TASK, testgen.TASK]
