"""Answers kept by what was asked, so that none is paid for twice."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from ucb.backends.remote.wire import Call
from ucb.errors import DataError, StoreError
from ucb.files import replacing
from ucb.rows import completion_from_row, completion_to_row
from ucb.types import Completion, Request

log = logging.getLogger("ucb")


def content_key(kind: str, url: str, model: str, call: Call, request: Request) -> str:
    """
    Name one answer by everything that decides it (sha256, hex).

    That is the protocol, the server, the model, the whole question, the run's
    seed and the sample's number; not the key, the benchmark or the run.
    """
    asked = [kind, url, model, call.body, request.sampling.seed, request.key.sample]
    text = json.dumps(asked, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Cache:
    """A folder of answers. Several runs may use it at the same time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str, request: Request) -> Completion | None:
        """Return an answer as this request's completion; None if none is there, or a torn one."""
        try:
            row = json.loads(self._path(key).read_bytes())
            stored = completion_from_row({**row["answer"], **_row_key(request)})
            whole = row["sha256"] == _digest(row["answer"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, DataError):
            whole = False
        if not whole:
            log.warning("A damaged answer in %s is asked for again", self._folder)
            return None
        return stored

    def put(self, key: str, completion: Completion) -> None:
        """Keep an answer; a disk that refuses is a warning, since the answer itself is there."""
        row = completion_to_row(completion)
        answer = {name: value for name, value in row.items() if name not in ("problem", "sample")}
        try:
            with replacing(self._path(key)) as file:
                file.write(json.dumps({"answer": answer, "sha256": _digest(answer)}))
        except StoreError as error:
            log.warning("An answer is not cached: %s", error)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def _row_key(request: Request) -> dict[str, object]:
    return {"problem": request.key.problem, "sample": request.key.sample}


def _digest(answer: object) -> str:
    text = json.dumps(answer, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
