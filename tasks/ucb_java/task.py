"""UCB-Java: work inside real Java projects of UCB's own making."""

from __future__ import annotations

from . import detection, generation, issue_testgen, repair, testgen

TASKS = [detection.TASK, generation.TASK, issue_testgen.TASK, repair.TASK, testgen.TASK]
