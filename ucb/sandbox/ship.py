"""The agent's sources, as they are sent to a room."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

_PACKAGE = "ucb.sandbox.agent"
_MODULES = (
    "forking", "frames", "kernel", "seccomp", "values", "serve", "scratch", "projects", "candidate",
    "zygote", "watch", "judge", "step", "compiler", "broker", "main",
)  # fmt: skip
"""In the order of their imports."""

BOOTSTRAP = """
import os, sys
fresh = frozenset(sys.modules)
held_back = []
os.register_at_fork = lambda **hook: held_back.append(hook)
def take(size):
    data = b""
    while len(data) < size:
        part = os.read(0, size - len(data))
        if not part:
            os._exit(0)
        data += part
    return data
import json
for name, source in json.loads(take(int.from_bytes(take(4), "big"))):
    module = sys.modules[name] = type(sys)(name)
    module.__path__ = []
    above, _, last = name.rpartition(".")
    if above:
        setattr(sys.modules[above], last, module)
    exec(compile(source, "<" + name + ">", "exec"), module.__dict__)
start = module.main
del module, source, take, above, last, name
job = start(fresh, held_back)
if job:
    job()
"""
"""What `python3 -c` runs in the room: it reads the agent from stdin and starts it."""


@cache
def agent() -> bytes:
    """The agent as one message: names and sources of its modules, packages first."""
    parts = _PACKAGE.split(".")
    modules = [(".".join(parts[: end + 1]), "") for end in range(len(parts))]
    folder = files(_PACKAGE)
    for name in _MODULES:
        source = (folder / f"{name}.py").read_text(encoding="utf-8")
        modules.append((f"{_PACKAGE}.{name}", source))
    data = json.dumps(modules).encode()
    return len(data).to_bytes(4, "big") + data
