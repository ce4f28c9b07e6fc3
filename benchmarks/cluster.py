"""
How far programs scale over the nodes of a Ray cluster.

    python benchmarks/cluster.py kill --programs 10000     one of two nodes is killed half-way
    python benchmarks/cluster.py table --programs 2000     programs per second by workers and nodes
    python benchmarks/cluster.py driver --programs 20000   what it costs the driver to feed nodes
    python benchmarks/cluster.py driver --actors 64        the same with as many as on 64 nodes
    python benchmarks/cluster.py model                     what follows for 1 to 1,000 nodes

The nodes are on this machine, as root with an address of their own each, so a
table on two cores shows what a node costs, not what a second machine brings.
`driver` takes the programs' time away: its nodes answer at once.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.ray_nodes import RayNode, RayNodes
from ucb.cluster import sandbox as cluster_sandbox
from ucb.cluster.connection import Node
from ucb.cluster.dispatch import _BATCH
from ucb.cluster.fleet import Place
from ucb.cluster.programs import ProgramNode
from ucb.cluster.sandbox import RaySandbox
from ucb.cluster.serving import Answer, Reply, Serving, Task
from ucb.judge import judge
from ucb.plugins import task
from ucb.sandbox import Sandbox
from ucb.sandbox.select import open_sandbox
from ucb.types import Ended, Execution, Key, Problem, Program, StepResult, TestReport

_WORKERS, _NODES = (1, 2, 4), (1, 2)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)
_WRONG = "    return None\n"


class Instant(ProgramNode):
    """A node whose programs take no time, and all pass."""

    def hello(self) -> Reply:
        """Say that it is ready; open nothing."""
        self._serving = Serving(_at_once, 2 * self._workers)
        return Reply(about=self._about(), workers=self._workers)


def _at_once(tasks: Iterator[Task | None]) -> Iterator[Answer]:
    for each in tasks:
        if each is not None:
            passed = StepResult(Ended.EXITED, 0, tests=TestReport(finished=True, calls=1))
            yield Answer(each.number, Execution((passed,) * len(each.work.steps)))


def _programs(count: int) -> Iterator[tuple[Key, Program, Problem]]:
    """Yield HumanEval's references and as many wrong answers, no two of them equal."""
    benchmark = task("humaneval")
    problems = list(benchmark.problems())
    for number in range(count):
        problem = problems[number % len(problems)]
        code = benchmark.reference(problem) or ""
        if number // len(problems) % 2:
            code = benchmark.stub(problem, _WRONG)
        program = benchmark.program(problem, f"{code}\n# {number}\n")
        yield Key(problem.id, number // len(problems)), program, problem


def _verdicts(sandbox: Sandbox, count: int, at: dict[int, Any] | None = None) -> dict[Key, Any]:
    """Judge programs; `at` holds what is done after so many of them were handed over."""
    waiting: dict[Key, Program] = {}
    found: dict[Key, Any] = {}

    def source() -> Iterator[tuple[Key, Program]]:
        for number, (key, program, _) in enumerate(_programs(count)):
            if at and number in at:
                at[number]()
            waiting[key] = program
            yield key, program

    for key, execution in sandbox.run(source()):
        verdict = judge(waiting.pop(key), key, execution)
        if key in found:
            raise SystemExit(f"{key} was answered twice")
        found[key] = (verdict.stage.name, str(verdict.reason), verdict.detail)
    return found


@contextmanager
def _cluster(count: int) -> Iterator[tuple[str, list[RayNode]]]:
    """Start nodes, and connect to them; yield the address and the nodes."""
    with RayNodes() as nodes:
        os.environ.update(nodes.environment)
        import ray  # noqa: PLC0415 (after the environment it reads)

        ray.init(address=nodes.address, log_to_driver=False, logging_level="ERROR")
        try:
            started = [nodes.add(f"n{number}") for number in range(count)]
            nodes.wait(ray, *started)
            yield nodes.address, started
        finally:
            ray.shutdown()  # First: a driver whose head is gone is ended by Ray.


def kill(programs: int, engine: str, workers: int) -> dict[str, Any]:
    """Judge on two nodes, one of which is killed half-way; compare with this machine alone."""
    with _cluster(2) as (address, (first, second)):
        sandbox = RaySandbox(address, engine, workers)
        started = time.perf_counter()
        found = _verdicts(sandbox, programs, {programs // 2: second.kill})
        seconds = time.perf_counter() - started
        sandbox.close()
    alone = open_sandbox(engine, workers)
    started = time.perf_counter()
    expected = _verdicts(alone, programs)
    single = time.perf_counter() - started
    alone.close()
    different = [key for key in expected if found.get(key) != expected[key]]
    return {
        "programs": programs,
        "verdicts": len(found),
        "missing": len(expected.keys() - found.keys()),
        "different": len(different),
        "reasons": Counter(reason for _, reason, _ in found.values()),
        "seconds": round(seconds, 1),
        "seconds on one machine": round(single, 1),
        "addresses": [first.address, second.address],
        "peak MiB of the driver": _peak(),
    }


def table(programs: int, engine: str) -> list[dict[str, Any]]:
    """Measure programs per second for each number of workers and nodes."""
    rows = []
    for count in _NODES:
        with _cluster(count) as (address, _):
            for workers in _WORKERS:
                sandbox = RaySandbox(address, engine, workers)
                _verdicts(sandbox, 20 * workers * count)  # Rooms open and the windows grow.
                started = time.perf_counter()
                done = len(_verdicts(sandbox, programs))
                rate = done / (time.perf_counter() - started)
                sandbox.close()
                rows.append({"nodes": count, "workers": workers, "per second": round(rate, 1)})
                print(rows[-1], flush=True)
    return rows


def driver(programs: int, workers: int, actors: int) -> dict[str, Any]:
    """
    Measure what the driver feeds to nodes that answer at once, and what it costs in CPU.

    To the driver a node is an actor, so that several on one node are to it as many nodes.
    """
    cluster_sandbox.ProgramNode = Instant  # type: ignore[misc]
    # What a node is decided by is no option of UCB's.
    cluster_sandbox._everywhere = partial(_several, actors // 2)  # noqa: SLF001
    with _cluster(2) as (address, _):
        sandbox = RaySandbox(address, "bubblewrap", workers)
        fleet = sandbox._fleet  # noqa: SLF001
        while len(fleet.dispatch.members) < actors:  # Each is a process that starts.
            _verdicts(sandbox, 500)
        _verdicts(sandbox, 500)
        heard = mock.Mock(wraps=fleet._heard)  # noqa: SLF001
        fleet._heard = heard  # type: ignore[method-assign]  # noqa: SLF001
        before, started = time.process_time(), time.perf_counter()
        done = len(_verdicts(sandbox, programs))
        wall, cpu = time.perf_counter() - started, time.process_time() - before
        sandbox.close()
    return {
        "actors": actors,
        "programs": done,
        "messages": heard.call_count,
        "per second": round(done / wall, 1),
        "CPU ms of the driver per program": round(1000 * cpu / done, 3),
        "peak MiB of the driver": _peak(),
    }


def _several(each: int, nodes: Iterable[Node]) -> list[Place]:
    return [Place(node, number) for node in nodes for number in range(each)]


def extrapolated(
    rate: float, program_ms: float, message_ms: float, nodes: Sequence[int]
) -> list[dict[str, Any]]:
    """
    Return what so many nodes do: the lesser of their rates together and what the driver feeds.

    `rate` is of one node, in programs per second; the others are CPU milliseconds of the
    driver per program and per message. A message takes at most 32 programs, and at worst one:
    many nodes that all wait for work come near to that. It leaves out networks, and nodes that
    are lost.
    """
    fed = [1000 / (program_ms + message_ms / each) for each in (1, _BATCH)]
    return [
        {
            "nodes": count,
            "wanted": round(count * rate, 1),
            "done, at least and at best": [round(min(count * rate, each)) for each in fed],
            "of the nodes' time used": [round(min(1.0, e / (count * rate)), 3) for e in fed],
        }
        for count in nodes
    ]


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def main() -> None:
    """Measure what the command line asks for, and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("kill", "table", "driver", "model"))
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=1, help="per node; `table` tries several")
    parser.add_argument("--actors", type=int, default=2, help="for `driver`, an even number")
    parser.add_argument("--engine", default="bubblewrap", choices=("docker", "bubblewrap"))
    parser.add_argument("--program-ms", type=float, default=0.2, help="for `model`")
    parser.add_argument("--message-ms", type=float, default=0.64, help="for `model`")
    parser.add_argument("--node-rates", type=float, nargs="+", default=[320.0, 20.0, 2.0])
    given = parser.parse_args()
    if given.what == "kill":
        print(json.dumps(kill(given.programs, given.engine, given.workers), indent=2))
    elif given.what == "table":
        print(json.dumps(table(given.programs, given.engine), indent=2))
    elif given.what == "driver":
        print(json.dumps(driver(given.programs, given.workers, given.actors), indent=2))
    else:
        for rate in given.node_rates:
            print(f"\n{rate:g} programs per second and node:")
            for row in extrapolated(rate, given.program_ms, given.message_ms, _SIZES):
                print(json.dumps(row))


if __name__ == "__main__":
    main()
