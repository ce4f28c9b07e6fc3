"""A model in several processes, here on the CPU named twice."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.backends.conftest import request
from ucb.backends.hf import open_hf
from ucb.errors import BackendError
from ucb.types import Key, Request

pytestmark = pytest.mark.slow

torch = pytest.importorskip("torch")
hf_parallel = pytest.importorskip("ucb.backends.hf_parallel")

PROMPTS = ["def add(a, b):\n", "class Point:", "for index", "if x > 3:\n    " * 60, "x", "print("]


def asked(samples: int, **options: Any) -> list[Request]:
    """A request for each prompt and sample."""
    return [
        request(text, f"p/{index}", sample, **options)
        for index, text in enumerate(PROMPTS)
        for sample in range(samples)
    ]


def texts(backend: Any, requests: list[Request]) -> dict[Key, str]:
    """What the backend wrote, by key; each key once."""
    done = list(backend.generate(requests))
    assert len({each.key for each in done}) == len(done)
    return {each.key: each.text for each in done}


@pytest.fixture(scope="module")
def two(llama: Path) -> Iterator[Any]:
    """Two processes with the whole model each."""
    backend: Any = open_hf(str(llama), device="cpu,cpu", batch_size=4)
    yield backend
    backend.close()


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_same_as_one_process(llama: Path, two: Any, temperature: float) -> None:
    """Two processes share the requests and write what one would."""
    requests = asked(1 if temperature == 0 else 3, temperature=temperature)
    expected = texts(open_hf(str(llama), device="cpu", batch_size=4), requests)
    assert texts(two, requests) == expected
    figures = two.statistics()
    assert figures["generated_tokens"] > 0
    assert figures["batch_size"] == 4
    assert len(two._figures) == 2  # Both have worked.


def test_description(llama: Path, two: Any) -> None:
    """The devices are described beside what one process says of the model."""
    alone = open_hf(str(llama), device="cpu", batch_size=4).describe()
    about = dict(two.describe())
    assert about.pop("devices") == ["cpu", "cpu"]
    assert about.pop("parallel") == "data"
    assert about == alone


def test_nothing_asked_starts_nothing(llama: Path) -> None:
    """Without requests no process is started."""
    backend: Any = open_hf(str(llama), device="cpu,cpu")
    assert list(backend.generate([])) == []
    assert backend._teams == []
    assert backend.statistics() == {}


def test_an_early_end_leaves_no_process(two: Any) -> None:
    """A generator that is closed half-way ends its processes; asked again, they start anew."""
    done = two.generate(asked(4, temperature=0.8, max_tokens=60))
    next(done)
    processes = [team._processes[0] for team in two._teams]
    done.close()
    assert not any(process.is_alive() for process in processes)
    assert len(texts(two, asked(1))) == len(PROMPTS)


def test_dead_processes_are_reported_and_their_requests_redone(
    llama: Path, two: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Of two processes one is killed: the other does the rest. When both are, the run stops."""
    requests = asked(4, temperature=0.8, max_tokens=60)
    expected = texts(open_hf(str(llama), device="cpu", batch_size=4), requests)
    with caplog.at_level(logging.WARNING, logger="ucb"):
        done = two.generate(requests)
        first = next(done)
        os.kill(two._teams[1]._processes[0].pid, signal.SIGKILL)
        rest = list(done)
    assert len(rest) == len(requests) - 1
    assert {each.key: each.text for each in [first, *rest]} == expected
    assert "1 on cpu ended unexpectedly (killed by signal 9)" in caplog.text

    done = two.generate(requests)
    next(done)
    os.kill(two._teams[0]._processes[0].pid, signal.SIGKILL)
    with pytest.raises(BackendError, match=r"signal 9\). .* the same command does the rest"):
        list(done)


@pytest.mark.parametrize("parallel", ["data", "tensor"])
def test_a_model_that_cannot_be_loaded(llama: Path, tmp_path: Path, parallel: str) -> None:
    """What a process says about weights that it cannot read reaches the user."""
    for file in llama.iterdir():
        kept = 200 if file.suffix == ".safetensors" else None
        (tmp_path / file.name).write_bytes(file.read_bytes()[:kept])
    backend = open_hf(str(tmp_path), device="cpu,cpu", parallel=parallel)
    with pytest.raises(BackendError, match=r"On cpu: .* cannot be loaded"):
        list(backend.generate(asked(1)))


def test_a_share_that_kills_is_left(caplog: pytest.LogCaptureFixture) -> None:
    """Requests that two processes died over are left undone, each with a line."""
    share = hf_parallel.Share(asked(1)[:2])
    share.leave()
    assert caplog.text.count("is left undone: 2 processes died over it") == 2


def test_a_slice_of_every_layer(llama: Path) -> None:
    """Two processes that hold half of every layer each write what one whole model would."""
    requests = asked(2, temperature=0.5)
    expected = texts(open_hf(str(llama), device="cpu", batch_size=4), requests)
    backend: Any = open_hf(str(llama), device="cpu,cpu", parallel="tensor", batch_size=4)
    try:
        assert texts(backend, requests) == expected
        assert backend.describe()["parallel"] == "tensor"
        assert len(backend._teams[0]._processes) == 2
    finally:
        backend.close()


def test_some_layers_each(llama: Path) -> None:
    """Where there is only a CPU all layers are on it, and completions are as ever."""
    requests = asked(1)
    expected = texts(open_hf(str(llama), device="cpu", batch_size=8), requests)
    assert texts(open_hf(str(llama), parallel="layers", batch_size=8), requests) == expected


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"device": "cpu,abacus"}, "Use auto, all"),
        ({"device": "cpu,cuda:99"}, "no device 'cuda:99'"),
        ({"parallel": "pipeline"}, "data, layers, tensor"),
    ],
)
def test_mistakes_get_a_sentence(llama: Path, options: Any, words: str) -> None:
    """A device that is not here, or no way of using several, is said before anything starts."""
    with pytest.raises(BackendError, match=words):
        open_hf(str(llama), **options)
