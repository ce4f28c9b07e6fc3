"""
What makes a fork of the warm interpreter cheap.

Two things cost more than the fork itself. Modules ask Python to call them in
every child, and a child that only reads an object still writes its reference
count, for which the kernel copies the page that it lies on.
"""

from __future__ import annotations

import ctypes
import gc
import os
import posix
import random
import sys
import threading
import types
from typing import Any

_IMMORTAL = 0xFFFFFFFF
"""The lower half of a reference count that CPython 3.12 and 3.13 never change (PEP 683)."""
_VERSIONS = ((3, 12), (3, 13))

Hooks = list[dict[str, Any]]


def settle(held_back: Hooks) -> None:
    """
    Do in a program's process what the hooks would have done, and register them for its own forks.

    The bootstrap has replaced `os.register_at_fork` by one that only keeps the hooks.

    The zygote has one thread and holds no lock, so of all that the standard library's
    hooks repair only the seed and the thread's number were in need of it.
    """
    os.register_at_fork = posix.register_at_fork
    for hook in held_back:
        os.register_at_fork(**hook)
    random.seed()
    threading.main_thread()._set_native_id()  # type: ignore[attr-defined]  # noqa: SLF001


def immortalize() -> int:
    """
    Stop counting references to what exists now; return for how many objects that is new.

    Where the interpreter's layout is not known to allow it, nothing is done and 0 returned.
    """
    known = sys.implementation.name == "cpython" and sys.version_info[:2] in _VERSIONS
    # Another build (free-threaded, debug) lays objects out differently.
    if not known or sys.abiflags or sys.byteorder != "little" or sys.maxsize < 1 << 62:
        return 0
    waiting: list[Any] = [gc.get_objects(), sys.modules]
    own, done = id(waiting), 0
    # Builtin types are immortal from the start; what hangs on them is not.
    kinds = [object]
    for kind in kinds:
        waiting.append(vars(kind))
        kinds += type.__subclasses__(kind)
    while waiting:
        for each in _referents(waiting.pop()):
            count = ctypes.c_uint32.from_address(id(each))
            # A frame is freed when its call returns, whatever its count.
            if count.value != _IMMORTAL and id(each) != own and type(each) is not types.FrameType:
                count.value = _IMMORTAL
                done += 1
                waiting.append(each)
    return done


def _referents(value: Any) -> list[Any]:
    if isinstance(value, types.CodeType):
        # The garbage collector does not look into code.
        return [
            value.co_consts, value.co_names, value.co_name, value.co_qualname,
            value.co_filename, value.co_linetable, value.co_exceptiontable,
        ]  # fmt: skip
    return gc.get_referents(value)
