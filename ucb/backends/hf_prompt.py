"""From a prompt to the tokens a local model reads."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from ucb.backends import choices
from ucb.backends.fim import fim_of
from ucb.backends.templates import TEMPLATES, Template
from ucb.errors import BackendError, UnknownName
from ucb.types import Prompt, Style

log = logging.getLogger("ucb")

END_OF_TEXT = frozenset(
    {
        "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<|end|>", "</s>",
        "<end_of_turn>", "<|endofmask|>", "<|EOT|>", "<\uff5cend\u2581of\u2581sentence\uff5c>",
    }
)  # fmt: skip
"""Special tokens that end a text whether or not the model's configuration says so:
many configurations name only one of the two their model writes."""


class PromptEncoder:
    """
    Writes prompts as one model's tokens.

    `template` is `auto` for the tokenizer's own chat template, a name of
    `TEMPLATES`, or the path of a Jinja file. Raises `UnknownName` for any other.
    """

    def __init__(self, tokenizer: Any, template: str = "auto") -> None:
        self._tokenizer = tokenizer
        # The tokenizer's own template writes its special tokens itself.
        self._own = template == "auto"
        self._template = self._chosen(template)
        self.name = template if self._template else "none"
        """What `describe` tells about the template."""
        self._merges_system = False

    @property
    def chats(self) -> bool:
        """Whether the model can be asked in a chat."""
        return self._template is not None

    def tokens(self, prompt: Prompt) -> list[int]:
        """
        Return the prompt's token ids, with a beginning-of-text token if the model has one.

        Raises:
            BackendError: a chat was asked for and there is no template, or the
                template does not take the conversation.

        """
        special = prompt.style is Style.COMPLETE or not self._own
        ids: list[int] = self._tokenizer(self.text(prompt), add_special_tokens=special)["input_ids"]
        return ids or [self._first_token()]

    def forms(self, prompt: Prompt) -> dict[str, tuple[tuple[int, ...], ...]]:
        """
        Return the tokens that count as each of the prompt's choices: see `choices.forms`.

        A form that the tokenizer would join with the end of the prompt is none, nor is one that
        begins with another. A choice without a form is left out.
        """
        if not prompt.choices:
            return {}
        before, text = self.tokens(prompt), self.text(prompt)
        special = prompt.style is Style.COMPLETE or not self._own
        found = {}
        for choice in prompt.choices:
            texts = [text + form for form in choices.forms(choice)]
            whole = self._tokenizer(texts, add_special_tokens=special)["input_ids"]
            behind = {tuple(ids[len(before) :]) for ids in whole if ids[: len(before)] == before}
            if alone := tuple(sorted(each for each in behind - {()} if not _longer(each, behind))):
                found[choice] = alone
        return found

    def text(self, prompt: Prompt) -> str:
        """Return what the model reads, as text: see `tokens`."""
        if prompt.suffix:
            return self._around_gap(prompt)
        if prompt.style is Style.COMPLETE:
            return prompt.text
        if self._template is None:
            raise BackendError(
                "The model has no chat template. Use --style complete, or name a template: "
                f"{', '.join(TEMPLATES)}."
            )
        return self._rendered(prompt, self._template) + prompt.prefill

    def stops(self, prompt: Prompt) -> tuple[tuple[str, ...], frozenset[int]]:
        """Return the texts and the special tokens that end a completion of this prompt."""
        stops = prompt.stop
        if prompt.style is Style.CHAT and self._template is not None:
            stops += self._template.stop
        special = set(self._tokenizer.all_special_tokens)
        named = END_OF_TEXT & special | set(stops) & special
        ids = {self._tokenizer.convert_tokens_to_ids(token) for token in named}
        if self._tokenizer.eos_token_id is not None:
            ids.add(self._tokenizer.eos_token_id)
        # A special token is not decoded, so as a text it would never be found.
        return tuple(stop for stop in stops if stop not in special), frozenset(ids)

    def _rendered(self, prompt: Prompt, template: Template) -> str:
        user = [{"role": "user", "content": prompt.text}]
        system = [{"role": "system", "content": prompt.system}] if prompt.system else []
        merged = [{"role": "user", "content": f"{prompt.system}\n\n{prompt.text}"}]
        try:
            if self._merges_system and system:
                return self._apply(merged, template)
            return self._apply(system + user, template)
        except TemplateError as error:
            if not system or self._merges_system:
                raise BackendError(f"The chat template refuses the prompt: {error}.") from error
        log.info("The chat template takes no system message; it is put before the user's")
        self._merges_system = True
        return self._rendered(prompt, template)

    def _around_gap(self, prompt: Prompt) -> str:
        vocabulary = self._tokenizer.get_vocab()
        fim = fim_of(lambda token: token in vocabulary)
        if fim is None or prompt.style is not Style.COMPLETE:
            raise BackendError(
                "The model has no tokens that mark a gap to fill. Use a mode of the benchmark "
                "that asks for a completion."
            )
        return fim.text(prompt.text, prompt.suffix)

    def _apply(self, messages: list[dict[str, str]], template: Template) -> str:
        text: str = self._tokenizer.apply_chat_template(
            messages, chat_template=template.jinja, tokenize=False, add_generation_prompt=True
        )
        return text

    def _chosen(self, template: str) -> Template | None:
        if template == "auto":
            own = self._tokenizer.chat_template
            # Several templates in one tokenizer: the one for plain chats is "default".
            own = own.get("default") if isinstance(own, dict) else own
            return Template(own) if own else None
        if template in TEMPLATES:
            return TEMPLATES[template]
        if template.endswith((".jinja", ".jinja2")):
            try:
                return Template(Path(template).read_text(encoding="utf-8"))
            except OSError as error:
                raise BackendError(f"{template} cannot be read: {error.strerror}.") from error
        raise UnknownName("chat template", template, ["auto", *TEMPLATES])

    def _first_token(self) -> int:
        """Return the token that stands for an empty prompt."""
        for token in (self._tokenizer.bos_token_id, self._tokenizer.eos_token_id):
            if token is not None:
                return int(token)
        return 0


def _longer(form: tuple[int, ...], others: Iterable[tuple[int, ...]]) -> bool:
    """Whether a form begins with another one."""
    return any(each and each != form and form[: len(each)] == each for each in others)
