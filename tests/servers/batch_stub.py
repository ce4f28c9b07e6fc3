"""The stub with batch jobs, OpenAI's and Anthropic's, that end when a test says so."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.servers.api_stub import Stub
from tests.servers.http import Seen, Sent, as_json


class BatchStub(Stub):
    """Runs each request of a job through the stub's own answers once the job has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, list[dict[str, Any]]] = {}
        """The lines of each job, in OpenAI's form."""
        self.looks = 0
        """How often a job's state was asked for; it has ended at the look after `ready`."""
        self.ready = 0
        self.status = "completed"
        self.left_out: set[str] = set()
        """Questions that an ended job has no result for."""
        self._files: dict[str, bytes] = {}

    def _asked(self, seen: Seen) -> Sent:
        path = seen.path.partition("?")[0]
        if path == "/v1/files":
            return self._upload(seen)
        if found := re.fullmatch(r"/v1/files/([\w-]+)/content", path):
            return Sent(200, self._files[found[1]], kind="application/octet-stream")
        if path == "/v1/batches":
            lines = self._files[seen.body["input_file_id"]].decode().splitlines()
            return self._created([json.loads(line) for line in lines], self._openai)
        if found := re.fullmatch(r"/v1/batches/([\w-]+)", path):
            return self._looked(found[1], self._openai)
        if path == "/v1/messages/batches":
            rows = seen.body["requests"]
            asked = [
                {"custom_id": r["custom_id"], "url": "/v1/messages", "body": r["params"]}
                for r in rows
            ]
            return self._created(asked, self._anthropic)
        if found := re.fullmatch(r"/v1/messages/batches/([\w-]+)", path):
            return self._looked(found[1], self._anthropic)
        if found := re.fullmatch(r"/v1/messages/batches/([\w-]+)/results", path):
            return self._results(found[1])
        return super()._asked(seen)

    def _upload(self, seen: Seen) -> Sent:
        name = f"file-{len(self._files)}"
        # Of a multipart form: the part that is lines of JSON.
        lines = [line for line in seen.raw.splitlines() if line.startswith(b"{")]
        self._files[name] = b"\n".join(lines)
        return as_json({"id": name, "object": "file", "bytes": 1, "created_at": 1,
                        "filename": "f", "purpose": "batch", "status": "processed"})  # fmt: skip

    def _created(self, lines: list[dict[str, Any]], shown: Any) -> Sent:
        job = f"job-{len(self.jobs)}"
        self.jobs[job] = lines
        return as_json(shown(job, ended=False))

    def _looked(self, job: str, shown: Any) -> Sent:
        self.looks += 1
        return as_json(shown(job, ended=self.looks > self.ready))

    def _answers(self, job: str) -> list[tuple[str, Sent]]:
        return [
            (line["custom_id"], super(BatchStub, self)._asked(
                Seen("POST", line["url"], {}, json.dumps(line["body"]).encode())
            ))
            for line in self.jobs[job]
            if not any(name in json.dumps(line) for name in self.left_out)
        ]  # fmt: skip

    def _openai(self, job: str, *, ended: bool) -> dict[str, Any]:
        about: dict[str, Any] = {
            "id": job, "object": "batch", "endpoint": "/v1/chat/completions",
            "input_file_id": "f", "completion_window": "24h", "created_at": 1,
            "status": self.status if ended else "in_progress",
            "request_counts": {"total": len(self.jobs[job]), "completed": 0, "failed": 0},
        }  # fmt: skip
        if ended and self.status == "failed":
            about["errors"] = {"object": "list", "data": [{"message": "the file is empty"}]}
        elif ended:
            about["output_file_id"] = f"out-{job}"
            self._files[f"out-{job}"] = "\n".join(
                json.dumps({
                    "custom_id": name, "error": None,
                    "response": {"status_code": sent.status, "body": json.loads(sent.body)},
                })
                for name, sent in self._answers(job)
            ).encode()  # fmt: skip
        return about

    def _anthropic(self, job: str, *, ended: bool) -> dict[str, Any]:
        total = len(self.jobs[job])
        counts = {"processing": 0 if ended else total, "succeeded": total if ended else 0,
                  "errored": 0, "canceled": 0, "expired": 0}  # fmt: skip
        return {
            "id": job, "type": "message_batch", "created_at": "2026-01-01T00:00:00Z",
            "expires_at": "2026-01-02T00:00:00Z", "request_counts": counts,
            "processing_status": "ended" if ended else "in_progress",
            "results_url": f"{self.root}/v1/messages/batches/{job}/results" if ended else None,
        }  # fmt: skip

    def _results(self, job: str) -> Sent:
        rows = []
        for name, sent in self._answers(job):
            body = json.loads(sent.body)
            good = {"type": "succeeded", "message": body}
            result = good if sent.status == 200 else {"type": "errored", "error": body}
            rows.append(json.dumps({"custom_id": name, "result": result}))
        return Sent(200, "\n".join(rows).encode(), kind="application/x-jsonl")
