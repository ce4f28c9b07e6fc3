"""The GitHub Action and the GitLab template, by running their steps as the runners do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.end_to_end.test_gate_cli import ANSWERS, bash, samples_file, with_ucb
from tests.results import solved, write_run

TEMPLATES = Path(__file__).parents[2] / "ci-templates"
ACTION = yaml.safe_load((TEMPLATES / "github" / "action.yml").read_text())
JOB = yaml.safe_load((TEMPLATES / "gitlab.yml").read_text())[".ucb-gate"]


def github(folder: Path, **given: str) -> tuple[int, str, str]:
    """Run the action's steps; return the exit code, the outputs and the step summary."""
    inputs = {name: about["default"] for name, about in ACTION["inputs"].items()} | given
    output, summary = folder / "output", folder / "summary"
    environment = with_ucb(folder) | {
        "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary),
    }  # fmt: skip
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash"
        if condition := step.get("if"):
            name = re.fullmatch(r"inputs\.(\w+) != ''", condition)
            assert name, condition
            if not inputs[name[1]]:
                continue
        own = {key: expanded(text, inputs) for key, text in step["env"].items()}
        if code := bash(step["run"], folder, environment | own):
            break
    texts = (file.read_text() if file.exists() else "" for file in (output, summary))
    return code, *texts


def expanded(text: str, inputs: Mapping[str, str]) -> str:
    """Put an input in the place of its expression."""
    found = re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", text)
    assert found, text
    return inputs[found[1]]


def gitlab(folder: Path, **given: str) -> int:
    """Run the job's scripts as one, with its variables."""
    variables: dict[str, Any] = JOB["variables"] | given
    script = "\n".join([*JOB["before_script"], *JOB["script"]])
    return bash(script, folder, with_ucb(folder) | variables)


def test_no_input_is_part_of_a_script() -> None:
    """A pull request cannot smuggle a command in through an input."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]


@pytest.mark.parametrize(("count", "code", "sign"), [(60, 0, "✅"), (40, 9, "❌")])
def test_the_action_gates_a_run(tmp_path: Path, count: int, code: int, sign: str) -> None:
    """The job's page shows the decision, the outputs name it, the exit code is the gate's."""
    write_run(tmp_path / "results" / "candidate", {"t": solved(count, 100)})
    write_run(tmp_path / "base", {"t": solved(60, 100)})
    done, output, summary = github(tmp_path, install="", baseline="base")
    assert done == code
    assert output == f"code={code}\njunit=results/candidate/gate.xml\n"
    assert summary.startswith(f"## {sign} ")
    tree = ET.parse(tmp_path / "results" / "candidate" / "gate.xml")
    assert tree.getroot().get("failures") == str(int(code > 0))


def test_the_action_says_when_nothing_was_decided(tmp_path: Path) -> None:
    """An incomplete run fails the job with its own code, and the page says why."""
    about = {"tasks": {"t": {"problems": 100}}}
    write_run(tmp_path / "results" / "candidate", {"t": solved(1, 50)}, about=about)
    write_run(tmp_path / "base", {"t": solved(60, 100)})
    done, output, summary = github(tmp_path, install="", baseline="base")
    assert (done, output.splitlines()[0]) == (7, "code=7")
    assert "has decided nothing" in summary
    assert "50 verdicts of t are missing" in summary


@pytest.mark.bubblewrap
def test_the_action_evaluates_and_gates(tmp_path: Path) -> None:
    """From answers to a closed gate in one job, with a rule of the repository."""
    problems, samples = samples_file(tmp_path, ANSWERS)
    (tmp_path / "gate.toml").write_text("[[rule]]\nminimum = 0.9\n")
    arguments = f"humaneval --data {problems} --samples-file {samples} --sandbox bubblewrap"
    done, _, summary = github(tmp_path, install="", arguments=arguments, gate="gate.toml")
    assert done == 9
    assert "0.6667 is below the minimum of 0.9." in summary


@pytest.mark.parametrize(("count", "code"), [(60, 0), (40, 9)])
def test_the_gitlab_job_gates_a_run(tmp_path: Path, count: int, code: int) -> None:
    """Its scripts leave every artifact the job declares, also when the gate closes."""
    run = write_run(tmp_path / "results" / "candidate", {"t": solved(count, 100)})
    (run / "report.html").write_text("made by ucb run")
    write_run(tmp_path / "base", {"t": solved(60, 100)})
    assert gitlab(tmp_path, UCB_INSTALL="", UCB_BASELINE="base") == code
    artifacts = JOB["artifacts"]
    for path in (*artifacts["paths"], artifacts["reports"]["junit"]):
        assert (tmp_path / path).is_file(), path
    assert artifacts["when"] == "always"


@pytest.mark.bubblewrap
def test_the_gitlab_job_evaluates(tmp_path: Path) -> None:
    """From answers to an open gate, under the owner's rule."""
    problems, samples = samples_file(tmp_path, ANSWERS)
    (tmp_path / "gate.toml").write_text("[[rule]]\nminimum = 0.5\n")
    arguments = f"humaneval --data {problems} --samples-file {samples} --sandbox bubblewrap"
    done = gitlab(tmp_path, UCB_INSTALL="", UCB_ARGUMENTS=arguments, UCB_GATE="gate.toml")
    assert done == 0
    assert (tmp_path / "results" / "candidate" / "report.html").stat().st_size > 1000
