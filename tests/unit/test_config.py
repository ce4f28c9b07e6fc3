"""One configuration: flags, files and fields."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from ucb.cli import cli
from ucb.commands import EVERYWHERE
from ucb.config import MODEL_OPTIONS, MOVES_SCORES, RunConfig, kinds, load, merged
from ucb.errors import ConfigError


def test_every_field_is_a_flag_of_ucb_run() -> None:
    """A flag, a TOML key and a field share one name."""
    options = [each for each in cli.commands["run"].params if isinstance(each, click.Option)]
    flags = {each.name for each in options if getattr(each, "group", "") != EVERYWHERE}
    assert flags - {"config", "dry_run"} == set(kinds()) - {"tasks"}


def test_every_field_has_help_and_a_group() -> None:
    """No setting is undocumented."""
    for each in RunConfig.__dataclass_fields__.values():
        assert each.metadata["help"].endswith((".", ")")), each.name
        assert each.metadata["group"]


def test_lists_of_fields_name_fields() -> None:
    """What moves scores and what opens a model are fields that exist."""
    assert set(MOVES_SCORES) | set(MODEL_OPTIONS) <= set(kinds())


def test_flags_win_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    """Flags > TOML > defaults."""
    file = tmp_path / "c.toml"
    file.write_text('tasks = ["humaneval"]\nsamples = 5\ntemperature = 1\nk = [1, 5]\n')
    config = merged(load(file), {"temperature": 0.2})
    assert (config.tasks, config.samples, config.temperature) == (("humaneval",), 5, 0.2)
    assert (config.k, config.top_p) == ((1, 5), 1.0)


def test_run_json_is_a_configuration(tmp_path: Path) -> None:
    """A run can be repeated from what it wrote."""
    config = RunConfig(tasks=("humaneval",), samples=4, temperature=0.8, k=(1, 4), limit=None)
    file = tmp_path / "run.json"
    file.write_text(json.dumps({"config": config.to_json(), "ucb": "0"}))
    assert merged(load(file), {}) == config


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sample = 5", "'sample' is not a setting. Did you mean 'samples'?"),
        ('samples = "5"', "samples must be a value of type int, not '5'"),
        ("samples = true", "samples must be a value of type int, not True"),
        ('sandbox = "vm"', "sandbox must be one of auto, docker, bubblewrap, not 'vm'"),
        ("samples = ", "is damaged"),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    """The file, the key and what it should be are named."""
    file = tmp_path / "c.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert sentence in str(caught.value)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"k": (1, 10)}, "pass@10 needs 10 samples per problem and --samples is 1"),
        ({"samples": 5}, "would be the same completion 5 times"),
        ({"samples": 0}, "--samples must be at least 1, not 0"),
        ({"limit": 0}, "--limit must be at least 1"),
        ({"temperature": -1.0}, "--temperature must not be negative"),
        ({"top_p": 0.0}, "--top-p must be above 0"),
        ({"k": (0,)}, "--k takes numbers from 1 on"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(fields: dict[str, object], sentence: str) -> None:
    """Nothing is asked and nothing is run for a configuration that cannot be meant."""
    with pytest.raises(ConfigError) as caught:
        RunConfig(**fields)  # type: ignore[arg-type]
    assert sentence in str(caught.value)
