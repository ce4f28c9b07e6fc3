"""What a run folder may go on with."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from ucb.config import MOVES_SCORES, RunConfig
from ucb.errors import ConfigError, StoreError
from ucb.resuming import FORMAT, MAY_DIFFER, going_on, same_model, same_tools

CONFIG = RunConfig(tasks=("t",), model="m", style="complete", samples=2, temperature=0.5)
TASK = {"version": 3, "mode": "own", "data_sha256": "ab" * 32}
ABOUT: dict[str, Any] = {
    "format": FORMAT,
    "config": CONFIG.to_json(),
    "tasks": {"t": {**TASK, "problems": 5}},
    "model": {"model": "m", "revision": "c0ffee", "device": "cpu", "torch": "2.9"},
    "sandbox": {"engine": "docker", "tools java": "3.0.1"},
}
HERE = Path("run")


def test_every_setting_either_moves_scores_or_may_differ() -> None:
    """One of the two, and nothing is forgotten."""
    assert {*MOVES_SCORES, *MAY_DIFFER} == {each.name for each in fields(RunConfig)}
    assert not set(MOVES_SCORES) & set(MAY_DIFFER)


def test_the_same_again_goes_on() -> None:
    """With the settled style, and tasks that the new command does not name."""
    again = replace(CONFIG, style="auto", tasks=("u",))
    assert going_on(ABOUT, again, {"u": TASK}, HERE) == replace(CONFIG, tasks=("t", "u"))


@pytest.mark.parametrize("name", MOVES_SCORES)
def test_what_moves_scores_is_refused_by_its_name(name: str) -> None:
    """Both values are told."""
    about = {**ABOUT, "config": {**ABOUT["config"], name: "another"}}
    with pytest.raises(ConfigError, match=f"--{name.replace('_', '-')} 'another' and this command"):
        going_on(about, CONFIG, {"t": TASK}, HERE)


@pytest.mark.parametrize(("name", "value"), [("workers", 7), ("device", "cuda"), ("k", (2,))])
def test_what_does_not_is_not(name: str, value: object) -> None:
    """A run may go on elsewhere, and faster."""
    config = replace(CONFIG, **{name: value})
    assert getattr(going_on(ABOUT, config, {"t": TASK}, HERE), name) == value


def test_every_difference_is_told() -> None:
    """Not one at a time."""
    with pytest.raises(ConfigError, match=r"--seed 0 .* 9; --temperature|--temperature .*--seed"):
        going_on(ABOUT, replace(CONFIG, seed=9, temperature=0.9), {"t": TASK}, HERE)
    with pytest.raises(ConfigError, match=r"version 3 -> 4; data_sha256 abababababab… -> cd"):
        going_on(ABOUT, CONFIG, {"t": {**TASK, "version": 4, "data_sha256": "cd" * 32}}, HERE)


def test_a_changed_task_says_how_to_judge_what_is_stored() -> None:
    """The command is given."""
    with pytest.raises(ConfigError, match=r"evaluate t --samples-file run/t/completions.jsonl"):
        going_on(ABOUT, CONFIG, {"t": {**TASK, "mode": "other"}}, HERE)


def test_a_folder_of_a_newer_ucb_is_left_alone() -> None:
    """Its rows might mean something else."""
    with pytest.raises(StoreError, match="has format 2 and this UCB writes format 1"):
        going_on({**ABOUT, "format": 2}, CONFIG, {"t": TASK}, HERE)


def test_another_commit_of_the_model_is_another_model() -> None:
    """And another device or library is not."""
    same_model(ABOUT, {"model": "m", "revision": "c0ffee", "device": "cuda", "torch": "3"}, HERE)
    same_model({}, {"model": "m", "revision": "beef"}, HERE)
    with pytest.raises(ConfigError, match="revision c0ffee -> beef"):
        same_model(ABOUT, {"model": "m", "revision": "beef"}, HERE)


def test_verdicts_of_other_tools_are_not_mixed() -> None:
    """The engine may change; the user's own tools may not."""
    same_tools(ABOUT, {"engine": "bubblewrap", "tools java": "3.0.1"}, HERE)
    with pytest.raises(
        ConfigError, match=r"tools java 3.0.1 -> 2.0.0\. `ucb evaluate run --again`"
    ):
        same_tools(ABOUT, {"engine": "docker", "tools java": "2.0.0"}, HERE)
