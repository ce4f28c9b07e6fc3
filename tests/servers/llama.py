"""
llama.cpp's own server with SmolLM2-135M, in a process that a test may kill.

    python -m tests.servers.llama [PORT]     # prints the server's URL, serves until killed
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ucb.backends.models import find

MODEL = "smollm2-135m"


@dataclass(slots=True)
class Llama:
    """A server's process and its address."""

    process: subprocess.Popen[str]
    root: str

    def kill(self) -> None:
        """End the process without a chance to say goodbye."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(port: int = 0) -> Iterator[Llama]:
    """Start the server and wait until it answers; kill it in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.llama", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        root = process.stdout.readline().strip()
        assert root, "the server did not start"
        yield Llama(process, root)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def main() -> None:
    """Serve until killed."""
    import xllamacpp  # noqa: PLC0415

    params = xllamacpp.CommonParams()
    params.model.path = str(find(MODEL).gguf)
    params.model_alias = {MODEL}
    params.port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    params.n_parallel, params.n_ctx = 2, 4096
    # Its threads wait by spinning: more than one would starve the tests on a small machine.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.warmup = False
    params.verbosity = -1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
