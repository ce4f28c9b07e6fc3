"""Programs and executions across the pipe."""

from __future__ import annotations

import json

import pytest

from ucb.errors import SandboxError
from ucb.sandbox import wire
from ucb.types import Ended, Limits, Program, Stage, Step, StepResult, TestReport, Tests, Tree


def test_a_program_is_said_in_full() -> None:
    """Every limit and every flag reaches the agent."""
    tests = Tests("assert f() == 1", ("f",), "import math")
    step = Step(Stage.PASSED, ("python3", "main.py"), Limits(1, 2, 3, 4), tests=tests)
    message = json.loads(
        json.dumps(wire.encode(Program("python", {"main.py": "x\ud800"}, (step,), ("a/b",))))
    )
    assert message["files"] == {"main.py": "x\ud800"}
    assert message["collect"] == ["a/b"]
    (said,) = message["steps"]
    assert [said[name] for name in ("cpu", "wall", "memory", "output")] == [1, 2, 3, 4]
    assert said["argv"] == ["python3", "main.py"]
    assert said["tests"] == {"source": "assert f() == 1", "calls": ["f"], "setup": "import math"}
    assert not said["proof"]
    assert not said["must_fail"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "", "a\0b"])
@pytest.mark.parametrize("place", ["files", "collect", "tree", "changed"])
def test_a_path_out_of_the_folder_is_refused(path: str, place: str) -> None:
    """No program writes or reads outside its own folder through us."""
    argv = ("true",)
    program = {
        "files": Program("python", {path: ""}, ()),
        "collect": Program("python", {}, (), (path,)),
        "tree": Program("python", {}, (Step(Stage.PASSED, argv, tree=Tree(path)),)),
        "changed": Program("python", {}, (Step(Stage.PASSED, argv, tree=Tree("a", {path: ""})),)),
    }[place]
    with pytest.raises(SandboxError, match="inside a program's folder"):
        wire.encode(program)


def test_an_answer_is_an_execution() -> None:
    """What the agent says becomes the types' own words."""
    report = {
        "finished": True,
        "calls": 3,
        "error": "",
        "raised_by_candidate": False,
        "message": "",
    }
    answer = {
        "steps": [
            {"ended": "exited", "code": 0, "cpu": 0.12345, "wall": 1.0},
            {
                "ended": "signalled", "code": 11, "cpu": 0.0, "wall": 1.0, "stdout": "out",
                "stderr": "err", "memory": 7, "proved": True, "tests": report,
            },
        ],
        "files": {"a": "b"},
    }  # fmt: skip
    execution = wire.decode(answer)
    assert execution.files == {"a": "b"}
    assert execution.steps[0] == StepResult(Ended.EXITED, 0, cpu=0.1235, wall=1.0)
    assert execution.steps[1] == StepResult(
        Ended.SIGNALLED, 11, "out", "err", 0.0, 1.0, 7, proved=True, tests=TestReport(True, 3)
    )
