"""What every page shares: escaping templates, one style, one script, and no way out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ucb.report import figures
from ucb.report.charts import curve


def render(
    template: str, *, styles: Sequence[str], scripts: Sequence[str], **values: Any
) -> Iterator[str]:
    """
    Yield the parts of a page made from files of the templates folder.

    The page allows itself no request, no script but its own and no way to turn
    text into markup (Content-Security-Policy), whatever `values` hold.
    """
    folder = files("ucb.report") / "templates"
    style, script = (
        "\n".join((folder / name).read_text(encoding="utf-8").rstrip("\n") for name in names)
        for names in (styles, scripts)
    )
    return (
        _environment()
        .get_template(template)
        .generate(
            policy=_policy(style, script),
            # Both are files of this package, and hashed as they stand.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            **values,
        )
    )


@cache  # Compiling a template takes longer than filling it for a small run.
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ucb.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    return environment


_FILTERS: Mapping[str, Any] = {
    "percent": figures.percent,
    "interval": figures.interval,
    "count": figures.number,
    "stages": figures.stages,
    "headline": figures.headline,
    "overview": figures.overview,
    "lines": figures.lines,
    "confusion": figures.confusion,
    "by_tokens": figures.by_tokens,
    "splits": figures.splits,
    "usage": figures.usage,
    "audit": figures.audit,
    "incomplete": figures.incomplete,
    "method": figures.METHODS.__getitem__,
    "curve": curve,
}


def _policy(style: str, script: str) -> str:
    """Only these very bytes may style and run; nothing may be loaded or sent anywhere."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_source(style)}'",
            f"script-src '{_source(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
