"""
Text Generation Inference, written from the OpenAPI description of its router (3.3).

It checks what the router checks, with the router's words, limits and error types.
Each answer says what was asked, so that a test sees whose it is. `faults`, asked
before each question, may give another answer; only whole answers are counted.
A token is a letter.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.servers.api_stub import Fault, no_fault
from tests.servers.http import HTTPServer, Seen, Sent, as_json, events

TEXT = "    return 1\n"
KEEP_ALIVE = b": keep-alive\n\n"
SHA = "8f2e1d0c9b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e"


def refusal(status: int, message: str, kind: str, **more: Any) -> Sent:
    """Answer with an error as TGI writes it; `headers` may be given."""
    return as_json({"error": message, "error_type": kind}, status, **more)


def overloaded(**headers: str) -> Sent:
    """Answer that every slot is taken."""
    return refusal(429, "Model is overloaded", "overloaded", headers=headers)


def invalid(message: str) -> Sent:
    """Answer that the request is not valid."""
    return refusal(422, f"Input validation error: {message}", "validation")


class TGIStub(HTTPServer):
    """Answers `/info`, `/health`, `/generate`, `/generate_stream` and chats."""

    def __init__(self, faults: Fault = no_fault, *, model: str = "m", sha: str = SHA) -> None:
        super().__init__(self._asked)
        self.faults = faults
        self.latency = 0.0
        self.text = TEXT
        self.finish = "stop"
        """`length`, or anything else for the model's own end."""
        self.tokens = (7, 3)
        """Of every answer: in, out."""
        self.info: dict[str, Any] = {
            "model_id": model, "model_sha": sha, "model_dtype": "torch.float16",
            "version": "3.3.4", "router": "text-generation-router", "max_best_of": 2,
            "max_client_batch_size": 4, "max_concurrent_requests": 128,
            "max_input_tokens": 1000, "max_stop_sequences": 4, "max_total_tokens": 1024,
        }  # fmt: skip
        self.prompt_tokens: dict[str, int] = {}
        """Tokens of a prompt that holds this text."""
        self.seen: list[Seen] = []
        self.informed = 0
        """How often `/info` was asked for."""
        self.billed: Counter[str] = Counter()
        """Answers that were sent whole, by what was asked."""

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The bodies of the questions, in order."""
        return [seen.body for seen in self.seen]

    def _asked(self, seen: Seen) -> Sent:
        if seen.path == "/info":
            self.informed += 1
            return as_json(self.info)
        if seen.path == "/health":
            return Sent()
        number = len(self.seen)
        self.seen.append(seen)
        if (fault := self.faults(number, seen)) is not None:
            return fault
        answers = {
            "/generate": self._generate,
            "/generate_stream": self._stream,
            "/v1/chat/completions": self._chat,
        }
        if seen.path not in answers:
            return Sent(404)
        return answers[seen.path](seen.body)

    def _generate(self, body: dict[str, Any]) -> Sent:
        given = body["parameters"]
        if wrong := self._wrong(body["inputs"], given):
            return wrong
        self.billed[body["inputs"]] += 1
        answer: dict[str, Any] = {"generated_text": self._written(given["stop"])}
        if given.get("details"):
            answer["details"] = {
                **self._details(given), "prefill": [], "tokens": [], "top_tokens": None,
                "best_of_sequences": None,
            }  # fmt: skip
        headers = {"x-prompt-tokens": str(self.tokens[0]), "x-compute-type": "cpu"}
        return as_json(answer, headers=headers, delay=self.latency)

    def _stream(self, body: dict[str, Any]) -> Sent:
        given = body["parameters"]
        if given.get("best_of", 1) > 1:
            return invalid("`best_of` > 1 is not supported when streaming tokens")
        if wrong := self._wrong(body["inputs"], given):
            return wrong
        self.billed[body["inputs"]] += 1
        text = self._written(given["stop"])
        pieces: list[dict[str, Any]] = [
            {
                "index": index + 1,
                "token": {"id": ord(letter), "text": letter, "logprob": -0.1, "special": False},
                "generated_text": None,
                "details": None,
            }
            for index, letter in enumerate(text)
        ]
        end = {"id": 2, "text": "</s>", "logprob": -0.1, "special": True}
        details = {**self._details(given), "input_length": self.tokens[0]}
        pieces.append(
            {"index": len(text) + 1, "token": end, "generated_text": text, "details": details}
        )
        data = KEEP_ALIVE + events(list(pieces), end="")
        return Sent(200, data, kind="text/event-stream", delay=self.latency)

    def _chat(self, body: dict[str, Any]) -> Sent:
        content = next(m["content"] for m in body["messages"] if m["role"] == "user")
        given = {**body, "max_new_tokens": body["max_tokens"], "do_sample": body["temperature"] > 0}
        if not given["do_sample"]:
            del given["temperature"]  # The router reads 0 as greedy decoding here.
        if wrong := self._wrong(content, given):
            return wrong
        self.billed[content] += 1
        text = self._written(body["stop"])
        reason = "length" if self.finish == "length" else "stop"
        tokens_in, tokens_out = self.tokens
        usage = {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        }
        about = {"id": "", "created": 1, "model": self.info["model_id"], "system_fingerprint": ""}
        if not body.get("stream"):
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
            return as_json({**about, "choices": [choice], "usage": usage}, delay=self.latency)
        pieces: list[object] = []
        for letter, why in (*((letter, None) for letter in text), ("", reason)):
            delta = {"role": "assistant", "content": letter}
            choice = {"index": 0, "delta": delta, "finish_reason": why, "logprobs": None}
            pieces.append({**about, "choices": [choice], "usage": None})
        pieces.append({**about, "choices": [], "usage": usage})
        data = KEEP_ALIVE + events(pieces)
        return Sent(200, data, kind="text/event-stream", delay=self.latency)

    def _wrong(self, inputs: str, given: dict[str, Any]) -> Sent | None:
        """Return the refusal that the router's validation gives, in its order."""
        sampling, best_of = given["do_sample"], given.get("best_of", 1)
        if best_of > 1 and "seed" in given:
            return invalid("`seed` must not be set when `best_of` > 1")
        if best_of > 1 and not sampling:
            return invalid("you must use sampling when `best_of` is > 1")
        if best_of > self.info["max_best_of"]:
            return invalid(f"`best_of` must be <= {self.info['max_best_of']}. Given: {best_of}")
        if given.get("temperature", 1.0) <= 0:
            return invalid("`temperature` must be strictly positive")
        if not 0 < given.get("top_p", 0.5) < 1:
            return invalid("`top_p` must be > 0.0 and < 1.0")
        most = self.info["max_stop_sequences"]
        if len(given["stop"]) > most:
            return invalid(f"`stop` supports up to {most} stop sequences. Given: {given['stop']}")
        return self._too_long(inputs, given)

    def _too_long(self, inputs: str, given: dict[str, Any]) -> Sent | None:
        tokens = next((n for text, n in self.prompt_tokens.items() if text in inputs), 7)
        tokens = min(tokens, given.get("truncate", tokens))
        new, total = given["max_new_tokens"], self.info["max_total_tokens"]
        if tokens + new > total:
            return invalid(
                f"`inputs` tokens + `max_new_tokens` must be <= {total}. "
                f"Given: {tokens} `inputs` tokens and {new} `max_new_tokens`"
            )
        if tokens > (most := self.info["max_input_tokens"]):
            return invalid(f"`inputs` must have less than {most} tokens. Given: {tokens}")
        return None

    def _written(self, stops: list[str]) -> str:
        """Return the text up to and with the stop sequence that appears first."""
        ends = [at + len(stop) for stop in stops if (at := self.text.find(stop)) >= 0]
        return self.text[: min(ends)] if ends else self.text

    def _details(self, given: dict[str, Any]) -> dict[str, Any]:
        stopped = any(stop in self.text for stop in given["stop"])
        why = "length" if self.finish == "length" else "eos_token"
        return {
            "finish_reason": "stop_sequence" if stopped else why,
            "generated_tokens": self.tokens[1],
            "seed": given.get("seed"),
        }
