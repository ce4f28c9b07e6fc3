"""A gate's file: what it can say, and that a mistake in it keeps the gate shut."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from ucb.errors import ConfigError
from ucb.gate import Config, Rule
from ucb.gatefile import load


def written(path: Path, text: str) -> Path:
    """Write a gate's file."""
    file = path / "gate.toml"
    file.write_text(text)
    return file


def test_everything_can_be_said(tmp_path: Path) -> None:
    """Settings of the gate and of each rule come back as they stand."""
    text = """
        alpha = 0.01
        ignore = ["HumanEval/12"]
        allow = ["max_tokens"]
        ignore_unstable = false
        most_unstable = 1
        [[rule]]
        task = "humaneval*"
        metric = "pass@10"
        margin = 0.02
        relative_margin = 0.1
        minimum = 0.1
        [[rule]]
        metric = "truncated"
        maximum = 0.05
        significant = false
    """
    assert load(written(tmp_path, text)) == Config(
        rules=(
            Rule("humaneval*", "pass@10", minimum=0.1, margin=0.02, relative_margin=0.1),
            Rule(metric="truncated", maximum=0.05, significant=False),
        ),
        alpha=0.01,
        ignore=("HumanEval/12",),
        ignore_unstable=False,
        most_unstable=1,
        allow=("max_tokens",),
    )


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    """pass@1 of every benchmark must not drop significantly."""
    assert load(written(tmp_path, "")) == Config()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("alfa = 0.1", "'alfa' is not a setting of a gate. Did you mean 'alpha'?"),
        ("alpha = 0", "alpha must be between 0 and 1"),
        ("alpha = true", "alpha must be a number, not True"),
        ("ignore = 'x'", "ignore must be a list of texts"),
        ("[rule]\nmetric = 'pass@1'", "write each rule as a"),
        ("[[rule]]\nmargn = 0.1", "rule 1: 'margn' is not a setting.*'margin'"),
        ("[[rule]]\nmargin = -0.1", "margin must not be negative"),
        ("[[rule]]\nmetric = 'pas@1'", "No metric named 'pas@1'"),
        ("[[rule]]\nmetric = 'truncated'", "truncated needs a minimum"),
        ("[[rule]]\nsignificant = 'no'", "significant must be true or false"),
        ("rule = [", "is damaged"),
    ],
)
def test_a_mistake_is_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    """The file, the rule, the key and what it must be; never a gate that checks less."""
    with pytest.raises(ConfigError, match=said):
        load(written(tmp_path, text))


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """A gate whose file is gone is not an open gate."""
    with pytest.raises(ConfigError, match=r"gate\.toml cannot be read"):
        load(tmp_path / "gate.toml")


GUIDE = Path(__file__).parents[2] / "docs" / "gate.md"


def test_the_guide_shows_every_setting_and_is_right(tmp_path: Path) -> None:
    """The example of the documentation is a valid gate and leaves out only what is optional."""
    example = GUIDE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    config = load(written(tmp_path, example))
    assert len(config.rules) == 3
    settings = {field.name for kind in (Config, Rule) for field in fields(kind)} - {"rules"}
    assert {name for name in settings if f"{name} = " not in example} == set()
