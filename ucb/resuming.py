"""
Whether a run folder may go on: nothing that moves a score may differ from when it began.

What a run was asked, of which model, with which problems, is compared with what
`run.json` says; every difference is named. What may differ is `MAY_DIFFER`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ucb.config import MOVES_SCORES, RunConfig, flag
from ucb.errors import ConfigError, StoreError

FORMAT = 1
"""Of the rows and of `run.json`. Raised when an older UCB would misread them."""

MAY_DIFFER: Mapping[str, str] = {
    "tasks": "tasks may be added; those that are there stay",
    "limit": "more problems may be asked",
    "samples": "more samples may be drawn",
    "device": "what it changes of the number format is compared as the model's `dtype`",
    "parallel": "decides where layers lie, not what they compute",
    "batch_size": "it is lowered while a run goes on, where memory does not suffice",
    "trust_remote_code": "the model's own commit is compared",
    "base_url": "the model that a server names is compared",
    "concurrency": "how fast",
    "samples_per_request": "how fast",
    "stream": "how answers travel",
    "batch_api": "how answers travel",
    "request_timeout": "an answer that does not come leaves no row",
    "cache": "where an answer comes from that was given before",
    "max_cost": "when to stop",
    "max_tokens_total": "when to stop",
    "price_in": "what is counted as spent",
    "price_out": "what is counted as spent",
    "sandbox": "verdicts are the same in every engine",
    "workers": "verdicts are the same with any number",
    "defects4j": "where it is may differ; its version is compared once something is judged",
    "out": "the folder may have been moved",
    "k": "computed from the stored rows",
    "allow_missing": "computed from the stored rows",
}
"""The fields of `RunConfig` that a run may go on with otherwise, each with the reason."""

_IDENTITY = (
    "backend", "model", "revision", "sha256", "architecture",
    "parameters", "dtype", "quantization", "adapter", "template",
)  # fmt: skip
"""What of a backend's description says which model it is. Devices, versions of libraries and
servers' addresses are not among them; a figure that one side lacks is not compared."""


def going_on(
    about: Mapping[str, Any],
    config: RunConfig,
    tasks: Mapping[str, Mapping[str, Any]],
    path: Path,
) -> RunConfig:
    """
    Return the configuration that a stored run goes on with: the settled style, all its tasks.

    `about` is its `run.json`, `tasks` what each task of the new command says of
    itself. Raises `ConfigError` naming every field that differs in what moves
    scores, and `StoreError` for a folder of a newer UCB.
    """
    if (found := about.get("format", FORMAT)) != FORMAT:
        raise StoreError(
            f"{path} has format {found} and this UCB writes format {FORMAT}. Use the UCB that "
            f"made it ({about.get('ucb', 'a newer one')}), or choose another --out."
        )
    before = about.get("config", {})
    if config.style == "auto":
        config = replace(config, style=before.get("style", "auto"))
    if told := list(_settings(before, config)):
        raise ConfigError(
            f"{path} was started with {'; '.join(told)}. "
            "Mixing them would give one score for two things: choose another --out."
        )
    stored = about.get("tasks", {})
    for name, new in tasks.items():
        if name in stored and (told := list(_differences(stored[name], new))):
            raise ConfigError(
                f"{path} was started with another {name}: {'; '.join(told)}. Choose another --out; "
                f"to judge the stored completions as the task is now: `ucb evaluate {name} "
                f"--samples-file {path / name / 'completions.jsonl'} "
                f"--style {before.get('style', 'complete')} --out OTHER`."
            )
    # A run that goes on with fewer tasks still holds the others.
    return replace(config, tasks=tuple(dict.fromkeys([*stored, *config.tasks])))


def same_model(about: Mapping[str, Any], model: Mapping[str, Any], path: Path) -> None:
    """Raise `ConfigError` when the stored completions are of another model than `model`."""
    before = about.get("model", {})
    both = [name for name in _IDENTITY if before.get(name) and model.get(name)]
    if told := list(_differences(before, {name: model[name] for name in both})):
        raise ConfigError(
            f"The completions in {path} are another model's: {'; '.join(told)}. Choose another "
            "--out, or give the same model: --revision names a commit, --dtype a number format."
        )


def same_tools(about: Mapping[str, Any], sandbox: Mapping[str, str], path: Path) -> None:
    """Raise `ConfigError` when stored verdicts were made with other tools of the user's own."""
    before = about.get("sandbox", {})
    own = {name: version for name, version in sandbox.items() if name.startswith("tools ")}
    if told := list(_differences(before, {n: own[n] for n in own if n in before})):
        raise ConfigError(
            f"The verdicts in {path} were made with other tools: {'; '.join(told)}. "
            f"`ucb evaluate {path} --again` judges every completion with those of now."
        )


def _settings(before: Mapping[str, Any], config: RunConfig) -> Iterator[str]:
    for name in MOVES_SCORES:
        # A field that an older run's file lacks had its default then.
        old = before.get(name, RunConfig.__dataclass_fields__[name].default)
        new = getattr(config, name)
        if old != new:
            yield f"--{flag(name)} {old!r} and this command says {new!r}"


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name, value in new.items():
        if old.get(name) != value:
            yield f"{name} {_short(old.get(name))} -> {_short(value)}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:12]}…"
