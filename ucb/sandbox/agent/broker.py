"""Programs in, results out: the room's end of the conversation with the host."""

from __future__ import annotations

import os
import re
import select
import socket
from typing import Any, NamedTuple

from ucb.sandbox.agent import frames, judge, projects, watch
from ucb.sandbox.agent.candidate import Room
from ucb.sandbox.agent.compiler import Compiled, Compiler
from ucb.sandbox.agent.step import Agents, Asides, Broken, Step

_TOGETHER = 8
"""Answers in one write, at most."""
_IMPORTED = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
_COMPILE = ["python3", "-m", "py_compile"]


class _Placed(NamedTuple):
    """The project that is in place, and what the compiler said of it."""

    tree: dict[str, Any] | None
    compiled: Compiled | None


class Outbox:
    """
    Answers on their way to the host.

    Each write wakes every process between the room and the host, which costs as much
    as the judge does. So answers wait while the next program is here already: at
    most for `_TOGETHER` of them, or until a program takes longer than most.
    """

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def put(self, answer: dict[str, Any]) -> None:
        """Send `answer`, now or with the next ones."""
        self._held.append(frames.framed(frames.pack(answer)))
        if len(self._held) == _TOGETHER or not select.select([0], [], [], 0)[0]:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        held, self._held = self._held, []
        if held:
            frames.write_all(1, b"".join(held))


class Broker:
    """Runs one program at a time and answers with one frame each."""

    def __init__(
        self,
        room: Room,
        zygote: socket.socket,
        zygote_pid: int,
        judge_uid: int,
        judge_filter: bytes,
        compiler: dict[str, Any] | None = None,
    ) -> None:
        self._room = room
        self._agents = Agents(zygote, zygote_pid, None, -1, -1)
        self._judge_uid = judge_uid
        self._judge_filter = judge_filter
        self._steps = 0
        self._outbox = Outbox()
        self._oom_kills = watch.oom_kills()
        self._compiler = (
            Compiler(**compiler, seccomp=judge_filter, meanwhile=self._wait) if compiler else None
        )

    def serve(self) -> None:
        """Answer the host until it hangs up, or the room is no longer fit."""
        while True:
            try:
                program = frames.unpack(frames.read_frame(0))
            except frames.Closed:
                return
            try:
                answer = self._run(program)
            except (Broken, frames.Closed) as error:
                answer = {"trouble": str(error) or type(error).__name__, "retire": True}
            self._outbox.put(answer)
            if answer.get("retire"):
                self._outbox.flush()
                return

    def _run(self, program: dict[str, Any]) -> dict[str, Any]:
        nonce = os.urandom(16).hex()
        mark = program["nonce"]
        files = {name: text.replace(mark, nonce) for name, text in program["files"].items()}
        results, made, groups = self._compile(_groups(program["steps"]), files)
        swept, fault, placed, fresh = False, "", _Placed(None, None), True
        for index, group in enumerate(groups):
            last = index == len(groups) - 1 and not program["collect"]
            if group[0]["tree"] not in (None, placed.tree):
                placed = self._place(group[0], files)
            if placed.compiled and self._compiler and self._compiler.serves(group[0]):
                done = [{**placed.compiled.result}]
            else:
                step = self._step(group, *((files, made) if fresh else ({}, {})), fresh=fresh)
                done = step.run(proof=group[-1]["proof"], last=last)
                self._after(step)
                swept, fault, fresh = last, step.fault, False
            for result, asked in zip(done, group):  # noqa: B905 (3.9)
                result["proved"] = asked["proof"] and result.get("proof") == nonce
                result.pop("proof", None)
            results += done
            if len(done) < len(group) or not _succeeded(group[-1], done[-1]):
                break
        found = self._collect(program) if program["collect"] else {}
        if not swept:
            fault = self._ask({"do": "end", "n": self._steps})["fault"]
        answer: dict[str, Any] = {"steps": results, "files": found}
        return {**answer, "retire": fault} if fault else answer

    def _place(self, step: dict[str, Any], files: dict[str, str]) -> _Placed:
        """Have the project of a step put in place, with what the compiler makes of it."""
        tree, compiled = step["tree"], self._build(step)
        made = compiled.made if compiled else {}
        message = {
            "do": "place", "n": self._steps, "tree": {**tree, "made": made},
            "modules": _imported(files),
        }  # fmt: skip
        if trouble := self._ask(message)["fault"]:
            raise Broken(trouble)
        return _Placed(tree, compiled)

    def _build(self, step: dict[str, Any]) -> Compiled | None:
        if self._compiler is None or self._room.projects is None:
            return None
        try:
            compiled = self._compiler.build(step, self._room.projects.read)
        except projects.Missing as error:
            raise Broken(str(error)) from None
        self._agents = self._agents._replace(compiler_pid=self._compiler.pid)
        if compiled is None:
            # If the kernel has killed it, that is not held against the program.
            self._memory_ran_out()
        return compiled

    def _compile(
        self, groups: list[list[dict[str, Any]]], files: dict[str, str]
    ) -> tuple[list[dict[str, Any]], dict[str, str], list[list[dict[str, Any]]]]:
        """What the compiler says to the first step, what it made, and what is left to run."""
        first = groups[0][0]
        if self._compiler is None or len(groups) < 2 or first["proof"] or first["tree"]:
            return [], {}, groups
        compiled = self._compiler.compile(first, files)
        self._agents = self._agents._replace(compiler_pid=self._compiler.pid)
        if compiled is None:
            # If the kernel has killed it, that is not held against the program.
            self._memory_ran_out()
            return [], {}, groups
        result = {**compiled.result, "proved": False}
        return [result], compiled.made, groups[1:] if _succeeded(first, result) else []

    def _step(
        self,
        group: list[dict[str, Any]],
        files: dict[str, str],
        made: dict[str, str],
        *,
        fresh: bool,
    ) -> Step:
        asked = group[-1]
        argv = asked["argv"]
        self._steps += 1
        compiles = group[0]["argv"][:3] == _COMPILE and len(group[0]["argv"]) == 4
        runs = len(argv) > 1 and argv[0] == "python3" and argv[1].endswith(".py")
        tests = asked["tests"]
        order = {
            "argv": argv[2:] if compiles and not runs else argv,
            "env": {"UCB_PROOF": "/dev/fd/3"} if asked["proof"] else {},
            "files": files, "made": made, "fresh": fresh, "warm": compiles or runs,
            "compile": compiles, "run": runs, "serve": tests is not None,
            "cpu": sum(step["cpu"] for step in group),
            "memory": [step["memory"] for step in group],
        }  # fmt: skip
        if tests is not None:
            if not runs:
                raise Broken("tests that call functions need a Python program")
            tests = {**tests, "memory": asked["memory"]}
            self._need_judge()
        asides = Asides(self._memory_ran_out, self._outbox.flush)
        return Step(self._agents, self._steps, order, _imported(files), group, tests, asides)

    def _wait(self) -> None:
        """Between looks at the compiler: what is done is sent, a host that is gone is noticed."""
        self._outbox.flush()
        hung_up = select.poll()
        hung_up.register(0, 0)
        if hung_up.poll(0):
            os._exit(0)

    def _memory_ran_out(self) -> bool:
        before, self._oom_kills = self._oom_kills, watch.oom_kills()
        return self._oom_kills > before

    def _need_judge(self) -> None:
        if self._agents.judge is not None:
            return
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if not pid:
            judge.start(theirs, self._judge_uid, self._judge_filter)
        theirs.close()
        self._agents = self._agents._replace(judge=ours, judge_pid=pid)

    def _after(self, step: Step) -> None:
        if step.judge_lost and self._agents.judge is not None:
            self._agents.judge.close()
            os.waitpid(self._agents.judge_pid, 0)
            self._agents = self._agents._replace(judge=None, judge_pid=-1)

    def _collect(self, program: dict[str, Any]) -> dict[str, str]:
        most = program["steps"][-1]["output"]
        reader, writer = os.pipe2(os.O_CLOEXEC)
        message = {"do": "collect", "paths": program["collect"], "most": most}
        frames.send(self._agents.zygote, frames.pack(message), (writer,))
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            found: dict[str, str] = frames.unpack(pipe.read())
        return found

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        frames.send(self._agents.zygote, frames.pack(message))
        answer: dict[str, Any] = frames.unpack(frames.receive(self._agents.zygote))
        if "gone" in answer:
            raise Broken(f"the supervisor ended with wait status {answer['gone']}")
        return answer


def _imported(files: dict[str, str]) -> list[str]:
    """The top-level names that sources import."""
    return sorted({name for text in files.values() for name in _IMPORTED.findall(text)})


def _groups(steps: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """A syntax check and the run of the same file share a process: one fork for both."""
    if len(steps) >= 2:
        first, second = steps[:2]
        plain = not (first["must_fail"] or first["proof"] or first["tests"])
        if (
            plain
            and first["argv"][:3] == _COMPILE
            and second["argv"][:1] + first["argv"][3:] == second["argv"][:2]
            and second["argv"][0] == "python3"
        ):
            return [steps[:2], *([step] for step in steps[2:])]
    return [[step] for step in steps]


def _succeeded(asked: dict[str, Any], result: dict[str, Any]) -> bool:
    if result["ended"] != "exited":
        return False
    tests = result["tests"]
    good = result["code"] == 0
    good = good and (result["proved"] or not asked["proof"])
    good = good and (tests is None or (tests["finished"] and tests["calls"] > 0))
    return bool(good) is not asked["must_fail"]
