"""transformers' own OpenAI-compatible server, with SmolLM2-135M in floats."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.llama import MODEL
from ucb.backends.models import find


def save_model(folder: Path) -> None:
    """Write the built-in model's weights, as floats, in the form that the server reads."""
    import torch  # noqa: PLC0415
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig  # noqa: PLC0415

    source = find(MODEL)
    assert source.gguf is not None
    where, file = source.location, source.gguf.name
    model = AutoModelForCausalLM.from_pretrained(
        where,
        gguf_file=file,
        dtype=torch.float32,
        quantization_config=GgufConfig(dequantize=True),
    )
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(where, gguf_file=file).save_pretrained(folder)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder's model and yield the server's URL once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [
        sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder),
        "--device", "cpu", "--dtype", "float32", "--port", str(port),
    ]  # fmt: skip
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    root = f"http://127.0.0.1:{port}"
    try:
        while not _answers(f"{root}/health"):
            assert process.poll() is None, "the server did not start"
            time.sleep(0.2)
        yield root
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
