"""
Samples as data inside a page.

What a model wrote is hostile: nothing of it may be read as markup. So it enters
the page only as base64 of compressed JSON, in which no markup can be written,
and the page's script puts it on the screen as text. The samples are cut into
chunks that the page unpacks one at a time, so neither writer nor reader ever
holds all of them.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from ucb.report.model import Sample, TaskReport
from ucb.types import Stage

FIELD = 50_000
"""Characters of one text that a report shows; the run folder holds all of it."""
PAGE = 128 << 20
"""Characters of packed samples; a page that has so many shows no more."""
_CHUNK = 1 << 20  # Characters: a few milliseconds to unpack.
_DETAIL = 200


class Payload:
    """The samples of some tasks, packed while they are read. Read `bodies` first, then `index`."""

    def __init__(self, tasks: Sequence[TaskReport]) -> None:
        self._tasks = tasks
        self._rows = 0
        self._starts: list[int] = []
        self._names: dict[str, dict[str, int]] = {name: {} for name in _NAMED}
        self._columns: dict[str, list[float | None]] = {name: [] for name in (*_NAMED, *_NUMBERS)}

    def bodies(self) -> Iterator[str]:
        """Yield chunks of `[prompt, text, code, output, program]` rows."""
        chunk: list[list[str]] = []
        size = written = 0
        for task, sample in self._samples():
            if not chunk:
                self._starts.append(self._rows)
            body = _body(sample)
            chunk.append(body)
            self._add(task.name, sample)
            self._rows += 1
            size += sum(map(len, body))
            if size >= _CHUNK:
                yield (packed := pack(chunk))
                written += len(packed)
                chunk, size = [], 0
                if written >= PAGE:
                    return
        if chunk:
            yield pack(chunk)

    def _samples(self) -> Iterator[tuple[TaskReport, Sample]]:
        return ((task, sample) for task in self._tasks for sample in task.samples)

    def index(self) -> str:
        """Return what the table shows of every sample, by column, and where each chunk starts."""
        return pack(
            {
                "starts": self._starts,
                "left_out": sum(task.scores.present for task in self._tasks) - self._rows,
                "stages": [stage.name.lower() for stage in Stage],
                "names": {column: list(names) for column, names in self._names.items()},
                "columns": self._columns,
            }
        )

    def _add(self, task: str, sample: Sample) -> None:
        verdict, completion = sample.verdict, sample.completion
        named = {
            "task": _printable(task),
            "problem": _printable(sample.key.problem),
            "reason": verdict.reason.value,
            "detail": _printable(verdict.detail[:_DETAIL]),
            "finish": completion.finish.value,
            "judge": verdict.judge,
            "rules": ", ".join(verdict.rules),
            "measures": ", ".join(f"{k} {v:.3g}" for k, v in sorted(verdict.measures.items())),
        }
        for column, name in named.items():
            names = self._names[column]
            self._columns[column].append(names.setdefault(name, len(names)))
        numbers = (
            sample.key.sample,
            int(verdict.stage),
            completion.tokens_in,
            completion.tokens_out,
            completion.seconds,
            completion.cost,
            verdict.cpu,
        )
        for column, number in zip(_NUMBERS, numbers, strict=True):
            self._columns[column].append(number)


_NAMED = ("task", "problem", "reason", "detail", "finish", "judge", "rules", "measures")
_NUMBERS = ("sample", "stage", "tokens_in", "tokens_out", "seconds", "cost", "cpu")


def pack(value: Any) -> str:
    """Return JSON's own types as base64 of zlib of ASCII JSON."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"))).decode("ascii")


def unpack(text: str) -> Any:
    """Read what `pack` wrote."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def _body(sample: Sample) -> list[str]:
    output = _printable(sample.verdict.output)
    texts = [_head(text) for text in (sample.prompt, sample.completion.text, sample.code)]
    program = _head(sample.program)
    if len(output) > FIELD:
        output = f"[{len(output) - FIELD:,} characters left out]\n{output[-FIELD:]}"
    return [*texts, output, program]


def _head(text: str) -> str:
    text = _printable(text)
    if len(text) <= FIELD:
        return text
    return f"{text[:FIELD]}\n[{len(text) - FIELD:,} characters left out]"


def _printable(text: str) -> str:
    """The text with lone surrogates, which no browser can be relied on to take, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
