"""Where the agent starts: it splits into broker and zygote."""

from __future__ import annotations

import contextlib
import os
import platform
import socket

from ucb.sandbox.agent import forking, frames, kernel, projects, seccomp, zygote
from ucb.sandbox.agent.broker import Broker
from ucb.sandbox.agent.candidate import Room


def main(fresh: frozenset[str], held_back: forking.Hooks) -> zygote.Job | None:
    """
    Serve the host on stdin and stdout until it hangs up.

    In a program's process this returns instead, with what runs the program.
    `fresh` names the modules a fresh interpreter has loaded, `held_back` is what
    modules have asked to be called at every fork.
    """
    settings = frames.unpack(frames.read_frame(0))
    if settings["cpu"] is not None:
        # An engine on another machine may not have it; then any will do.
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {settings["cpu"]})
    if settings["isolation"] == "uid":
        # Only mount(2) can bound the number of files where the engine cannot.
        for target, options in settings["tmpfs"].items():
            flags = kernel.MS_NOSUID | kernel.MS_NODEV
            kernel.mount("tmpfs", target, "tmpfs", flags, options)
    kernel.drop_capabilities(tuple(settings["capabilities"]))
    kernel.set_dumpable(False)
    program = seccomp.program()
    room = Room(
        settings["isolation"], settings["uid"], settings["processes"], settings["file_mib"],
        program, fresh, frozenset(settings["preload"]), held_back, settings["tmpfs"],
        projects.Projects(settings["isolation"]) if settings["projects"] else None,
    )  # fmt: skip
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        ours.close()
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.close(null)
        return zygote.serve(theirs, room)
    theirs.close()
    judge_uid = settings["uid"] + 1 if settings["isolation"] == "uid" else 0
    frames.write_frame(1, frames.pack({"python": platform.python_version()}))
    Broker(room, ours, pid, judge_uid, program, settings["compiler"]).serve()
    return None
