"""
OpenAI's and Anthropic's APIs, written from their published reference, with a memory for bills.

Each answer says what was asked, so that a test sees whose it is. `faults`, asked
before each question, may give another answer; only whole answers are billed.

    python -m tests.servers.api_stub --latency 0.1     # for benchmarks: prints its URL
"""

from __future__ import annotations

import argparse
import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.servers.http import HTTPServer, Seen, Sent, as_json, events

Fault = Callable[[int, Seen], Sent | None]
"""From the question's number, from 0, and the request, to what is answered instead."""
TEXT = "    return 1\n"


def no_fault(_number: int, _seen: Seen) -> Sent | None:
    """Answer every question."""
    return None


class Stub(HTTPServer):
    """Answers chats, completions and messages, streamed or not, and batch jobs of OpenAI's."""

    def __init__(self, faults: Fault = no_fault, *, latency: float = 0.0) -> None:
        super().__init__(self._asked)
        self.faults = faults
        self.latency = latency
        self.text = TEXT
        self.finish = "stop"
        self.seen: list[Seen] = []
        self.billed: Counter[str] = Counter()
        """Answers that were sent whole, by what was asked."""
        self.tokens = (7, 3)
        """Of every answer: in, out."""
        self.likely: dict[str, float] | None = None
        """Log-probabilities of the first token, told to who asks; None for a server without."""
        self.one_shape = False
        """Tell them in the shape of chats everywhere, as llama.cpp does."""

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The bodies of the questions, in order."""
        return [seen.body for seen in self.seen]

    def _asked(self, seen: Seen) -> Sent:
        number = len(self.seen)
        self.seen.append(seen)
        if (fault := self.faults(number, seen)) is not None:
            return fault
        answers = {
            "/v1/chat/completions": self._chat,
            "/v1/completions": self._completion,
            "/v1/messages": self._message,
        }
        answer = answers.get(seen.path.partition("?")[0])
        if answer is None:
            return as_json({"error": {"message": f"no {seen.path} here"}}, 404)
        self.billed[asked(seen.body)] += int(seen.body.get("n", 1))
        return answer(seen.body)

    def _chat(self, body: dict[str, Any]) -> Sent:
        whole = {
            "id": "c", "object": "chat.completion", "created": 1,
            "model": f"{body['model']}-served",
            "usage": self._usage(body),
            "choices": [
                {"index": i, "finish_reason": self.finish,
                 "message": {"role": "assistant", "content": self.text},
                 "logprobs": self._told(body, chat=True)}
                for i in range(body.get("n", 1))
            ],
        }  # fmt: skip
        return self._sent(body, whole, "delta", "chat.completion.chunk")

    def _completion(self, body: dict[str, Any]) -> Sent:
        whole = {
            "id": "c", "object": "text_completion", "created": 1,
            "model": f"{body['model']}-served",
            "usage": self._usage(body),
            "choices": [
                {"index": i, "finish_reason": self.finish, "text": self.text,
                 "logprobs": self._told(body, chat=False)}
                for i in range(body.get("n", 1))
            ],
        }  # fmt: skip
        return self._sent(body, whole, "text", "text_completion")

    def _sent(self, body: dict[str, Any], whole: dict[str, Any], what: str, name: str) -> Sent:
        if not body.get("stream"):
            return as_json(whole, delay=self.latency)
        pieces: list[object] = []
        half = len(self.text) // 2
        for choice in whole["choices"]:
            for text, finish in ((self.text[:half], None), (self.text[half:], self.finish)):
                piece = {"delta": {"content": text}} if what == "delta" else {"text": text}
                told = {} if finish else {"logprobs": choice["logprobs"]}
                row = {"index": choice["index"], "finish_reason": finish, **told, **piece}
                pieces.append({**whole, "object": name, "usage": None, "choices": [row]})
        pieces.append({**whole, "object": name, "choices": []})
        return Sent(200, events(pieces), kind="text/event-stream", delay=self.latency)

    def _told(self, body: dict[str, Any], *, chat: bool) -> dict[str, Any] | None:
        if not body.get("logprobs") or self.likely is None:
            return None
        most = int(body["top_logprobs"] if chat else body["logprobs"])
        best = sorted(self.likely.items(), key=lambda each: -each[1])[:most]
        if not chat and not self.one_shape:
            return {"tokens": [best[0][0]], "top_logprobs": [dict(best)]}
        likely = [{"token": token, "logprob": log, "bytes": None} for token, log in best]
        return {"content": [{**likely[0], "top_logprobs": likely}], "refusal": None}

    def _usage(self, body: dict[str, Any]) -> dict[str, int]:
        count = int(body.get("n", 1))
        tokens_in, tokens_out = self.tokens
        return {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out * count,
            "total_tokens": tokens_in + tokens_out * count,
        }

    def _message(self, body: dict[str, Any]) -> Sent:
        tokens_in, tokens_out = self.tokens
        reason = {"stop": "end_turn", "length": "max_tokens"}.get(self.finish, self.finish)
        usage = {"input_tokens": tokens_in, "output_tokens": tokens_out}
        message = {
            "id": "m", "type": "message", "role": "assistant", "model": f"{body['model']}-served",
            "content": [{"type": "text", "text": self.text}],
            "stop_reason": reason, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        if not body.get("stream"):
            return as_json(message, delay=self.latency)
        stream: list[object] = [
            {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}},
            {"type": "content_block_start", "index": 0,
             "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0,
             "delta": {"type": "text_delta", "text": self.text}},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None},
             "usage": usage},
            {"type": "message_stop"},
        ]  # fmt: skip
        data = events(stream, end="", names=True)
        return Sent(200, data, kind="text/event-stream", delay=self.latency)


def asked(body: dict[str, Any]) -> str:
    """Return the text of a question."""
    if "prompt" in body:
        return str(body["prompt"])
    content = next(m["content"] for m in body["messages"] if m["role"] == "user")
    return str(content if isinstance(content, str) else content[0]["text"])


def failure(status: int, message: str, **more: Any) -> Sent:
    """Answer with an error as both APIs write it; `headers` may be given."""
    headers = more.pop("headers", {})
    error = {"message": message, **more}
    return as_json({"type": "error", "error": error}, status, headers=headers)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0)
    with Stub(latency=parser.parse_args().latency) as stub:
        print(json.dumps({"root": stub.root}), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
