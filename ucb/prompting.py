"""
How a model is asked: published protocols as data, and a user's own prompt in their place.

A prompt is a Jinja template over the fields of a problem's dataset row, and what
the task adds to them. A user's template (`--prompt FILE`) sees the same names, so
that prompt designs can be compared like models.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ucb.errors import ConfigError
from ucb.extract import STRATEGIES, Asked, Extraction
from ucb.syntax.python import Source
from ucb.types import Limits, Prompt, Style


@dataclass(frozen=True, slots=True)
class Ask:
    """How one protocol asks in one style, and what it makes of the reply."""

    text: str
    """A Jinja template."""
    stop: tuple[str, ...] = ()
    prefill: str = ""
    """A Jinja template; the beginning of the assistant's turn."""
    strategy: str = "continuation"
    """A name of `ucb.extract.STRATEGIES`."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a published harness measures: its prompts, stop sequences, extraction and limits."""

    complete: Ask
    chat: Ask
    limits: Limits
    few_shot: int = 0
    """Solved examples before the question, unless the user asks for another number."""

    def ask(self, style: Style) -> Ask:
        """Return how a style is asked."""
        return self.chat if style is Style.CHAT else self.complete


@dataclass(frozen=True, slots=True)
class UserPrompt:
    """
    A prompt that a user wrote, in the place of a protocol's.

    Besides writing the prompt, the template may set three variables at its top
    level: `system`, `prefill` and `stop` (a list, in the place of the protocol's).
    """

    text: str
    name: str = "prompt"

    @classmethod
    def read(cls, path: Path) -> UserPrompt:
        """Read a template; raise `ConfigError` if it cannot be read or is none."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The prompt {path} cannot be read: {error}.") from error
        prompt = cls(text, str(path))
        prompt.compiled()
        return prompt

    @property
    def sha256(self) -> str:
        """Return the checksum of the text, for the record of a run."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def compiled(self) -> jinja2.Template:
        """Return the template; raise `ConfigError` for a mistake in it."""
        try:
            return _compiled(self.text)
        except jinja2.TemplateSyntaxError as error:
            raise ConfigError(f"{self.name}, line {error.lineno}: {error.message}.") from error

    def ask(self, names: Mapping[str, Any], style: Style, stop: tuple[str, ...]) -> Prompt:
        """Return the prompt for one problem; raise `ConfigError` for a name it does not have."""
        try:
            module = self.compiled().make_module(dict(names))
        except jinja2.TemplateError as error:
            known = ", ".join(sorted(names))
            raise ConfigError(f"{self.name}: {error}. A prompt may use {known}.") from error
        stops = getattr(module, "stop", None)
        return Prompt(
            str(module),
            style,
            stop if stops is None else tuple(map(str, stops)),
            system=str(getattr(module, "system", "")),
            prefill=str(getattr(module, "prefill", "")) if style is Style.CHAT else "",
        )


@dataclass(frozen=True, slots=True)
class Question:
    """A problem as a prompt may use it."""

    given: str
    """The Python to complete, without instructions; empty for none."""
    entry_point: str
    names: Mapping[str, Any] = field(default_factory=dict)
    """What a template may use besides `given` and `entry_point`."""


def prompt(question: Question, ask: Ask, style: Style, user: UserPrompt | None = None) -> Prompt:
    """Ask a question as a protocol does, or as a user's own template does."""
    names = {**question.names, "given": question.given, "entry_point": question.entry_point}
    if user is not None:
        return user.ask({**names, "style": style.value}, style, ask.stop)
    prefill = _compiled(ask.prefill).render(names) if ask.prefill else ""
    return Prompt(_compiled(ask.text).render(names), style, ask.stop, prefill=prefill)


def code(
    question: Question, ask: Ask, asked: Prompt, text: str, user: UserPrompt | None = None
) -> Extraction:
    """Return the code of a reply, as the protocol finds it; behind a user's prompt, as UCB does."""
    chat = asked.style is Style.CHAT
    about = Asked(
        continued="" if chat else asked.text,
        given=question.given,
        prefill=asked.prefill,
        stop=asked.stop,
        entry_point=question.entry_point,
    )
    strategy = ask.strategy
    if user is not None:
        # A prompt that ends inside the function is continued; any other is answered.
        inside = not chat and Source(asked.text).definition(question.entry_point) is not None
        strategy = "continuation" if inside else "answer"
    return STRATEGIES[strategy](about, text)


@cache
def _compiled(text: str) -> jinja2.Template:
    # Sandboxed, since a template may come with a model or from a web page.
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
    return environment.from_string(text)
