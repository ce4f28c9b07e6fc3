"""A run as one HTML page that opens offline: scores above, every sample below."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ucb.files import replacing
from ucb.report import figures
from ucb.report.model import TaskReport
from ucb.report.page import render
from ucb.report.payload import Payload

SHOWN = 40_000
"""Samples that a page shows, at most: a browser must still open it. The others are counted."""

_HEADLINE = ("backend", "sandbox", "started", "ucb")
"""What the top of the page says of a run, in this order, where the run says it."""


def write_report(path: Path, run: Mapping[str, Any], tasks: Sequence[TaskReport]) -> None:
    """
    Write the report of a run.

    `run` is what `run.json` holds; every key of it is shown, and no key is
    needed. The samples of each task are read once and never held together. The
    page allows itself no request, no script but its own and no way to turn text
    into markup (Content-Security-Policy), whatever the samples hold. Raises
    `StoreError` when the disk refuses; an older report is then still there.
    """
    with replacing(path) as file:
        for part in _page(run, tasks):
            file.write(part)


def _page(run: Mapping[str, Any], tasks: Sequence[TaskReport]) -> Iterator[str]:
    return render(
        "report.html.jinja",
        styles=("report.css", "run.css"),
        scripts=("report.js",),
        title=_option(run, "model") or _named(run.get("model")) or "Run",
        headline=_headline(run),
        groups=_groups(run),
        raw=json.dumps(run, indent=2, ensure_ascii=False, default=str),
        tasks=tasks,
        payload=Payload(tasks),
    )


def _headline(run: Mapping[str, Any]) -> figures.Facts:
    facts = []
    for name in _HEADLINE:
        text = _named(run.get(name)) or _option(run, name)
        if text:
            facts.append((_label(name), _when(text) if name == "started" else text))
    return facts


def _option(run: Mapping[str, Any], name: str) -> str:
    config = run.get("config")
    return _named(config.get(name)) if isinstance(config, Mapping) else ""


def _named(value: Any) -> str:
    """The name of a thing that is described by a text or by a mapping."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("name", "model", "engine") if value.get(key)), "")
    return str(value) if value else ""


def _when(text: str) -> str:
    """Write a moment to the minute in UTC; a text that is no moment stays as it is."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return text


def _groups(run: Mapping[str, Any]) -> list[tuple[str, figures.Facts]]:
    """Every key of the run as labelled facts: single values first, then a group per mapping."""
    single = [(_label(k), _text(v)) for k, v in run.items() if not isinstance(v, Mapping)]
    groups = [("Run", single)] if single else []
    for key, value in run.items():
        if isinstance(value, Mapping):
            groups.append((_label(key), list(_flat(value))))
    return [(label, facts) for label, facts in groups if facts]


def _flat(values: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        label = f"{within}{str(key).replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{label} / ")
        else:
            yield label, _text(value)


def _label(name: str) -> str:
    words = name.replace("_", " ")
    return "UCB" if words == "ucb" else words[:1].upper() + words[1:]


def _text(value: Any) -> str:
    if value is None or value in ("", [], ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return str(value)
