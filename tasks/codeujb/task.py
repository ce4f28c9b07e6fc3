"""CodeUJB, or CoderUJB: work in the projects of Defects4J (https://arxiv.org/abs/2403.19287)."""

from __future__ import annotations

from .defectdetection import Detection
from .published import COMPLETE, REPAIR
from .rewriting import Rewriting
from .testgen import TestGeneration
from .testgenissue import IssueTestGeneration

TASKS = [
    Rewriting(COMPLETE, "function"),
    Detection(),
    Rewriting(REPAIR, "fix"),
    TestGeneration(),
    IssueTestGeneration(),
]
