"""Models that run here, with torch and transformers."""

from __future__ import annotations

import logging
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
import transformers

from ucb.backends.hf_adapter import describe_adapter
from ucb.backends.hf_batch import Batch, batches
from ucb.backends.hf_decode import Decoder, granule
from ucb.backends.hf_load import (
    Loading,
    is_out_of_memory,
    load_model,
    load_tokenizer,
    pinned,
    quantization_of,
)
from ucb.backends.hf_prompt import PromptEncoder
from ucb.backends.hf_stop import Row, Text
from ucb.errors import BackendError
from ucb.types import Completion, Finish, Request, Style

log = logging.getLogger("ucb")

_ROWS = {"cpu": 64, "mps": 16}
_ROWS_ON_ACCELERATOR = 64


def rows_on(device: torch.device, asked: int | None) -> int:
    """Return how many completions are decoded together, at first."""
    return asked or _ROWS.get(device.type, _ROWS_ON_ACCELERATOR)


class HFBackend:
    """
    A model of the Hugging Face kind: from the hub, a folder, a GGUF file, or built in.

    The same requests give the same completions on one machine, and a request's
    completion does not depend on which others are made with it, in what order,
    or whether a run was interrupted, as long as the batch size, device and
    library versions stay. `describe()["batch_invariant"]` says whether this
    machine's arithmetic was seen to allow that.

    Args:
        how: Which model, and how it is loaded.
        batch_size: Completions decoded together; by default 64, 16 on
            Apple GPUs. Halved, with a warning, while memory does not suffice.
        template: `auto`, a name of `ucb.backends.templates.TEMPLATES`, or the
            path of a Jinja file.

    Raises:
        UnknownName: no such template.
        BackendError: the tokenizer cannot be loaded. The weights are loaded
            with the first request, and raise then.

    """

    def __init__(
        self, how: Loading, *, batch_size: int | None = None, template: str = "auto"
    ) -> None:
        self._how = how = pinned(how)
        self._device = how.place()
        self._size = rows_on(self._device, batch_size)
        self._tokenizer = load_tokenizer(how)
        self._prompts = PromptEncoder(self._tokenizer, template)
        self.styles = frozenset(Style) if self._prompts.chats else frozenset({Style.COMPLETE})
        self.preferred = Style.CHAT if self._prompts.chats else Style.COMPLETE
        self._model: Any = None
        self._ends: frozenset[int] = frozenset()
        self._granule, self._invariant = 0, False
        self._tokens, self._prompt_tokens, self._seconds = 0, 0, 0.0

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """
        Yield a completion for each request; all requests are read before the first.

        A prompt that leaves no room in the model's window gets an empty
        completion that ended by `Finish.LENGTH`, and a warning.

        Raises:
            BackendError: the model cannot be loaded, a chat is asked of a model
                without a template, or not even one completion fits in memory.

        """
        self._load()
        left: dict[int, Row] = {}
        for request in requests:
            row = self._row(request)
            if row is None:
                yield Completion(request.key, "", Finish.LENGTH, tokens_out=0, seconds=0.0)
            else:
                left[id(row)] = row
        while left:
            self._settle()
            try:
                for batch in batches(list(left.values()), self._size):
                    for row in self._decoded(batch):
                        del left[id(row)]
                        yield row.completion()
            except (RuntimeError, MemoryError) as error:
                self._back_off(error)
            for row in left.values():
                row.restart()

    def shares(self, requests: Iterable[Request]) -> Iterator[tuple[Request, ...]]:
        """Divide requests into the batches that `generate` makes of them; loads nothing."""
        unread = Text(self._tokenizer, (), ())
        rows = (
            Row(each, tuple(self._prompts.tokens(each.prompt)), 1, frozenset(), unread)
            for each in requests
        )
        for batch in batches(rows, self._size):
            yield tuple(row.request for row in batch.rows)

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model; loads it if need be."""
        self._load()
        self._settle()
        source = self._how.source
        config = self._model.config
        about = {
            "backend": "hf",
            "model": source.name,
            "revision": self._how.revision if not source.local else None,
            "sha256": source.sha256,
            "architecture": type(self._model).__name__,
            "parameters": self._model.num_parameters(),
            "dtype": str(self._model.dtype).removeprefix("torch."),
            "quantization": quantization_of(self._how, config),
            "device": self._device_name(),
            "adapter": describe_adapter(self._model, self._how.adapter)
            if self._how.adapter
            else None,
            "template": self._prompts.name,
            "batch_size": self._size,
            "batch_invariant": self._invariant,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        }
        return {name: value for name, value in about.items() if value is not None}

    def statistics(self) -> Mapping[str, float]:
        """Return the work so far; memory is the device's, or this process's on a CPU, in MiB."""
        if not self._tokens:
            return {}
        return {
            "generated_tokens": self._tokens,
            "prompt_tokens": self._prompt_tokens,
            "seconds": round(self._seconds, 3),
            "tokens_per_second": round(self._tokens / self._seconds, 2),
            "peak_memory_mib": round(self._peak_memory() / 2**20, 1),
            "batch_size": self._size,
        }

    def _load(self) -> None:
        if self._model is not None:
            return
        self._model = load_model(self._how)
        given = self._model.generation_config
        ends = given.eos_token_id if given.eos_token_id is not None else []
        self._ends = frozenset([ends] if isinstance(ends, int) else ends)
        # A penalty or a temperature that comes with the model is not the benchmark's.
        self._model.generation_config = transformers.GenerationConfig()

    def _settle(self) -> None:
        """Find the numbers of rows to decode in, at a batch size that fits in memory."""
        while not self._granule:
            try:
                self._granule, self._invariant = granule(self._model, self._size)
            except (RuntimeError, MemoryError) as error:
                self._back_off(error)

    def _row(self, request: Request) -> Row | None:
        prompt = self._prompts.tokens(request.prompt)
        window = getattr(self._model.config.get_text_config(), "max_position_embeddings", None)
        limit = request.sampling.max_tokens
        if window is not None:
            limit = min(limit, window - len(prompt))
        if limit < 1:
            log.warning(
                "%s, sample %d: its prompt of %d tokens fills the model's window of %s; "
                "its completion is empty",
                *request.key,
                len(prompt),
                window,
            )
            return None
        stops, ends = self._prompts.stops(request.prompt)
        text = Text(self._tokenizer, prompt, stops)
        forms = self._prompts.forms(request.prompt)
        longest = max((len(form) for each in forms.values() for form in each), default=0)
        if window is not None and len(prompt) + longest > window:
            forms = {}
        return Row(request, tuple(prompt), limit, ends | self._ends, text, forms)

    def _decoded(self, batch: Batch) -> Iterator[Row]:
        pad = self._tokenizer.pad_token_id
        decoder = Decoder(self._model, self._granule, 0 if pad is None else pad)
        rows = decoder.decode(batch)
        while True:
            started = time.perf_counter()
            row = next(rows, None)
            # What the caller does between two rows is not this model's time.
            self._seconds += time.perf_counter() - started
            if row is None:
                return
            self._tokens += len(row.tokens)
            self._prompt_tokens += len(row.prompt)
            yield row

    def _back_off(self, error: BaseException) -> None:
        """Halve the batch size after running out of memory; raise any other error."""
        if not is_out_of_memory(error):
            raise error
        if self._how.ranks > 1:
            # The other processes may have had enough memory, and would wait for this one.
            raise BackendError(
                f"{self._how.source.name} runs out of memory. Lower --batch-size from "
                f"{self._size}: with --parallel tensor it is not lowered automatically."
            ) from error
        if self._size == 1:
            raise BackendError(
                f"{self._how.source.name} runs out of memory with a single completion. Lower "
                "--max-tokens, try --quantization int8 or --dtype bfloat16, or a smaller model."
            ) from error
        self._size //= 2
        log.warning("Out of memory: going on with batches of %d", self._size)
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        self._granule = 0

    def _device_name(self) -> str:
        if self._device.type == "cuda":
            return f"cuda ({torch.cuda.get_device_name(self._device)})"
        return str(self._device.type)

    def _peak_memory(self) -> int:
        if self._device.type == "cuda":
            return int(torch.cuda.max_memory_allocated(self._device))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
