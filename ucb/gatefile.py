"""A gate's TOML file: `alpha`, `ignore`, …, and a `[[rule]]` for each rule."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ucb.errors import ConfigError
from ucb.gate import Config, Rule
from ucb.outcomes import is_rate

_NUMBERS = ("minimum", "maximum", "margin", "relative_margin", "alpha", "most_unstable")
_FLAGS = ("significant", "ignore_unstable")
_LISTS = ("ignore", "allow")


def load(path: Path) -> Config:
    """
    Read the rules of a gate.

    Raises `ConfigError`, naming the file and the key, for a key that is not
    known or a value that makes no sense: a gate with a mistake in it is closed.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The gate {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(f"The gate {path} is damaged: {error}.") from error
    rules = table.pop("rule", None)
    where = str(path)
    if rules is not None and not (
        isinstance(rules, list) and rules and all(isinstance(rule, dict) for rule in rules)
    ):
        raise ConfigError(f"{where}: write each rule as a [[rule]] table.")
    settings = _checked(where, table, [f.name for f in fields(Config) if f.name != "rules"])
    if rules is not None:
        settings["rules"] = tuple(_rule(f"{where}, rule {n}", r) for n, r in enumerate(rules, 1))
    config = Config(**settings)
    if not 0 < config.alpha < 1:
        raise ConfigError(f"{where}: alpha must be between 0 and 1, not {config.alpha:g}.")
    return config


def _rule(where: str, table: Mapping[str, Any]) -> Rule:
    rule = Rule(**_checked(where, table, [f.name for f in fields(Rule)]))
    for name in ("margin", "relative_margin"):
        value = getattr(rule, name)
        if value is not None and value < 0:
            raise ConfigError(f"{where}: {name} must not be negative, as {value:g} is.")
    if not is_rate(rule.metric) and not (
        rule.absolute or rule.margin is not None or rule.relative_margin is not None
    ):
        raise ConfigError(
            f"{where}: {rule.metric} needs a minimum, a maximum, a margin or a relative_margin."
        )
    return rule


def _checked(where: str, table: Mapping[str, Any], known: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        if name not in known:
            close = get_close_matches(name, known)
            hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."
            raise ConfigError(f"{where}: {name!r} is not a setting of a gate. {hint}")
        found[name] = _typed(where, name, value)
    return found


def _typed(where: str, name: str, value: Any) -> Any:
    if name in _NUMBERS:
        wanted, right = "a number", type(value) in (int, float)
    elif name in _FLAGS:
        wanted, right = "true or false", type(value) is bool
    elif name in _LISTS:
        wanted = "a list of texts"
        right = isinstance(value, list) and all(isinstance(each, str) for each in value)
    else:
        wanted, right = "a text", isinstance(value, str)
    if not right:
        raise ConfigError(f"{where}: {name} must be {wanted}, not {value!r}.")
    return tuple(value) if name in _LISTS else value
