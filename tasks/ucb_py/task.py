"""UCB-Py: work inside real Python projects, on what their release history holds."""

from __future__ import annotations

from .detection import Detection
from .generation import Generation
from .issue_testgen import IssueTestGeneration
from .repair import Repair
from .testgen import TestGeneration

TASKS = [Detection(), Generation(), IssueTestGeneration(), Repair(), TestGeneration()]
