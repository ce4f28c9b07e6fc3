"""Whole commands and whole projects on real Ray nodes: stopped, killed, and taken up again."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.contract import projects, ray_cluster
from tests.end_to_end.commands import ucb
from tests.ray_nodes import RayNode, RayNodes, below
from ucb import plugins
from ucb.backends.models import find
from ucb.cluster.backend import RayBackend
from ucb.cluster.sandbox import RaySandbox
from ucb.errors import SandboxError
from ucb.judge import judge
from ucb.languages import language
from ucb.project import store
from ucb.project.suite import Project, Suite
from ucb.sandbox import Sandbox, bubblewrap
from ucb.sandbox.select import open_sandbox
from ucb.types import Completion, Key, Program, Reason, Request, Sampling, Style, Tests

pytestmark = ray_cluster.MARKS

_PROBLEMS, _SAMPLES = 30, 4
_ENVIRONMENT = "e" * 64
_PATIENCE = 400.0
"""Seconds that anything may take; the ceiling is for a machine under load."""


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """An empty folder for each node: their disks."""
    return [tmp_path_factory.mktemp(name) for name in ("one", "two")]


@pytest.fixture(scope="module")
def nodes(caches: list[Path]) -> Iterator[RayNodes]:
    """A cluster of a head that runs nothing and two nodes with disks of their own."""
    with ray_cluster.joined() as found:
        added = [found.add(each.name, {"UCB_CACHE_DIR": str(each)}) for each in caches]
        found.wait(ray_cluster.ray(), *added)
        yield found


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers to HumanEval, no two alike: half of them slow, the others at once or broken."""
    kinds = (
        "{right}    # {n}\n",
        "    import time\n    time.sleep(0.4)\n    return {n}\n",
        "    return (\n# {n}\n",
        "    import time\n    time.sleep(0.4)\n    raise KeyError({n})\n",
    )
    rows = []
    for number, problem in enumerate(list(plugins.task("humaneval").problems())[:_PROBLEMS]):
        right = problem.row["canonical_solution"]
        for sample in range(_SAMPLES):
            n = 1000 + _SAMPLES * number + sample
            text = kinds[(number + sample) % len(kinds)].format(right=right, n=n)
            rows.append({"task_id": problem.id, "completion": text})
    path = tmp_path_factory.mktemp("answers") / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


class _Command:
    """`ucb run` over a file of answers, in a process of its own."""

    def __init__(self, answers: Path, out: Path, *more: str) -> None:
        self.out = out
        self._command = [
            sys.executable, "-m", "ucb", "run", "humaneval", "--backend", "replay",
            "--samples-file", str(answers), "--limit", str(_PROBLEMS), "--out", str(out),
            "--sandbox", "bubblewrap", "--workers", "2", *more,
        ]  # fmt: skip

    def start(self, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip

    def finish(self) -> str:
        return _end_of(self.start(), 0)

    def rows(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Return the verdicts that are stored; each must be there once."""
        with suppress(FileNotFoundError):
            text = (self.out / "humaneval" / "verdicts.jsonl").read_text()
            # The last line may be on its way to the disk.
            found = [json.loads(line) for line in text.split("\n")[:-1]]
            assert max(Counter((r["problem"], r["sample"]) for r in found).values(), default=1) == 1
            return {(r["problem"], r["sample"]): r for r in found}
        return {}

    def wait(self, process: subprocess.Popen[str], rows: int) -> None:
        """Wait until so many verdicts are stored."""
        _wait(lambda: process.poll() is not None or len(self.rows()) >= rows)
        if process.poll() is not None:
            raise AssertionError(process.communicate()[0])


def _end_of(process: subprocess.Popen[str], code: int) -> str:
    output, _ = process.communicate(timeout=_PATIENCE)
    assert process.returncode == code, output
    assert "Traceback" not in output
    return output


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def _verdicts(command: _Command) -> dict[tuple[str, int], Any]:
    """Return what does not depend on a clock."""
    rows = command.rows()
    assert len(rows) == _PROBLEMS * _SAMPLES
    kept = ("stage", "reason", "detail", "rules", "judge", "output")
    return {key: {name: row.get(name) for name in kept} for key, row in rows.items()}


@pytest.fixture(scope="module")
def alone(answers: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Any]:
    """The verdicts of the run without a cluster."""
    command = _Command(answers, tmp_path_factory.mktemp("alone") / "run")
    command.finish()
    return _verdicts(command)


def _process(pid: int) -> tuple[str, int] | None:
    """Return what a process calls itself and when it began; None if it is gone."""
    try:
        name = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if stat[0] == "Z" else (name, int(stat[19]))


def _at_work(nodes: RayNodes) -> dict[tuple[int, int], str]:
    """Return the actors on the nodes and all that is in their rooms: name by pid and beginning."""
    found = {}
    for node in nodes.running():
        for pid in below(node.process.pid):
            about = _process(pid)
            if about is None or "ProgramNode" not in about[0]:
                continue
            for each in below(pid):
                if (told := _process(each)) is not None:
                    found[each, told[1]] = told[0]
    return found


def _gone(working: dict[tuple[int, int], str]) -> bool:
    now = {(pid, _process(pid)) for pid, _ in working}
    return not {(pid, about[1]) for pid, about in now if about} & working.keys()


def test_a_run_that_is_stopped_and_killed(
    nodes: RayNodes, answers: Path, alone: dict[tuple[str, int], Any], tmp_path: Path
) -> None:
    """SIGTERM, Ctrl-C, kill -9: nothing goes on on the nodes, the same command does the rest."""
    run = _Command(answers, tmp_path / "run", "--cluster", nodes.address)
    for number, code, said in (
        (signal.SIGTERM, 143, "ucb: terminated. What is done is stored; the same command does"),
        (signal.SIGINT, 130, "ucb: interrupted. What is done is stored; the same command does"),
        (signal.SIGKILL, -9, ""),
    ):
        before = len(run.rows())
        run.wait(process := run.start(), before + 3)
        working = _at_work(nodes)
        assert any("ProgramNode" in name for name in working.values())
        assert any("bwrap" in name for name in working.values())
        process.send_signal(number)
        assert said in _end_of(process, code)
        assert before < len(run.rows()) < _PROBLEMS * _SAMPLES
        _wait(lambda: _gone(working))  # noqa: B023 (called before the next)
        _wait(lambda: not _at_work(nodes))
    run.finish()
    assert _verdicts(run) == alone
    # What is stored is judged again by the other command.
    done = ucb("evaluate", run.out, "--again", "--cluster", nodes.address)
    assert done.returncode == 0, done.stderr
    assert _verdicts(run) == alone


@pytest.mark.parametrize("driver", ["client", "address"])
def test_a_head_that_is_lost(
    answers: Path, alone: dict[tuple[str, int], Any], tmp_path: Path, driver: str
) -> None:
    """Either kind of driver ends with a sentence before Ray ends it; one machine does the rest."""
    # Ray gives the head up a third of a minute after it fell silent, its client at once.
    soon = {
        "RAY_gcs_rpc_server_reconnect_timeout_s": "21",
        "RAY_CLIENT_RECONNECT_GRACE_PERIOD": "4",
    }
    with ray_cluster.started() as cluster:
        cluster.add("only")
        address = getattr(cluster, driver)
        run = _Command(answers, tmp_path / "run", "--cluster", address, "--workers", "1")
        run.wait(process := run.start(soon), 3)
        cluster.kill_head()
        assert "ucb: The head of the cluster is lost: " in _end_of(process, 4)
    assert 3 <= len(run.rows()) < len(alone)
    rest = _Command(answers, run.out)
    rest.finish()
    assert _verdicts(rest) == alone


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """A project in the driver's store, which needs a package of its environment."""
    for _ in projects.cache(tmp_path_factory):
        tests = "from demo import double\nfrom helper import four\n"
        tests += "def test_double():\n    assert (double(2), double(3)) == (four, 6)\n"
        files = {"demo.py": "def double(x):\n    return 2 * x\n", "tests/test_demo.py": tests}
        projects.write(store() / "trees" / "demo-1", files)
        projects.write(store() / "env" / _ENVIRONMENT / "site", {"helper.py": "four = 4\n"})
        about = Project("demo-1", environment=_ENVIRONMENT, modules=("demo",))
        yield Suite(about, {"all": ["tests/test_demo.py::test_double"]})


def _in_a_project(suite: Suite, count: int) -> dict[Key, Program]:
    """Return programs, no two alike: right, wrong, broken."""
    bodies = ("2 * x", "x + 2", "(")
    made = {}
    for n in range(count):
        changed = {"demo.py": f"def double(x):\n    return {bodies[n % 3]}  # {n}\n"}
        program = suite.program(suite.imports(changed), suite.passes("all", changed))
        made[Key(f"p/{n}", 0)] = program
    return made


def _judged(sandbox: Sandbox, programs: Mapping[Key, Program]) -> dict[Key, tuple[Any, ...]]:
    found = {}
    for key, execution in sandbox.run(programs.items()):
        assert key not in found
        verdict = judge(programs[key], key, execution)
        found[key] = (verdict.stage, verdict.reason, verdict.detail)
    return found


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="projects are for Python 3.11")
def test_a_project_is_sent_to_nodes_that_lack_it(
    nodes: RayNodes, caches: list[Path], project: Suite
) -> None:
    """With its environment and what runs its tests; once, and never again."""
    parts = [f"trees/{project.project.tree}", f"env/{_ENVIRONMENT}", "env/runner"]
    stores = [cache / "projects" for cache in caches]
    assert not any((there / part).exists() for there in stores for part in parts)
    programs = _in_a_project(project, 12)
    alone = open_sandbox("bubblewrap", 2)
    expected = _judged(alone, programs)
    alone.close()
    assert Counter(r for _, r, _ in expected.values()) == dict.fromkeys(
        (Reason.PASSED, Reason.WRONG, Reason.SYNTAX), 4
    )
    marks: dict[tuple[Path, str], int] = {}
    for again in (False, True):
        sandbox = RaySandbox(nodes.address, "bubblewrap", 2)
        sending = sandbox._fleet._crew.given.__self__  # type: ignore[attr-defined]
        try:
            assert _judged(sandbox, programs) == expected
            # Until both have worked: one may have come late.
            end = time.monotonic() + _PATIENCE
            more = 12
            while not all((there / part).is_dir() for there in stores for part in parts):
                assert time.monotonic() < end
                more += 12
                _judged(sandbox, dict(list(_in_a_project(project, more).items())[-12:]))
        finally:
            sandbox.close()
        assert sorted(sending._sent) == ([] if again else sorted(parts))
        now = {(there, part): (there / part).stat().st_ino for there in stores for part in parts}
        marks = marks or now
        assert now == marks


def _plain(stop: Callable[[], bool]) -> Iterator[tuple[Key, Program]]:
    """Programs, no two alike, until it is enough."""
    end = time.monotonic() + _PATIENCE
    for n in itertools.count():
        if stop():
            return
        assert time.monotonic() < end
        tests = Tests(f"assert f(1) == {1 + n}\n", ("f",))
        source = f"def f(x):\n    return x + {n}\n"
        yield Key(f"p/{n}", 0), language("python").program(source, tests=tests)


def _other_engine(folder: Path) -> dict[str, str]:
    """Return the environment of a node whose bubblewrap is of another version."""
    wrapper = folder / "bwrap"
    wrapper.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && {{ echo bubblewrap 9.8.7; exit; }}\n'
        f'exec {bubblewrap.find()} "$@"\n'
    )
    wrapper.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_a_node_with_another_engine(
    nodes: RayNodes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One that comes later is left out with a warning; a run does not begin with it."""
    other: list[RayNode] = []

    def told() -> bool:
        # Not before there is work to go on with.
        if not other and sandbox._fleet.dispatch.members:
            other.append(nodes.add("other", _other_engine(tmp_path)))
            nodes.wait(ray_cluster.ray(), *other)
        return any(m.startswith("Going on without the node") for m in caplog.messages)

    sandbox = RaySandbox(nodes.address, "bubblewrap", 2)
    try:
        assert all(execution.steps for _, execution in sandbox.run(_plain(told)))
        assert sandbox.describe()["version"] != "9.8.7"
    finally:
        sandbox.close()
    (said,) = [m for m in caplog.messages if m.startswith("Going on without the node")]
    assert f"the node {other[0].address} (" in said
    assert " differ in version: '9.8.7', not " in said

    sandbox = RaySandbox(nodes.address, "bubblewrap", 2)
    try:
        with pytest.raises(SandboxError, match=r"differ in version: .*9\.8\.7") as refused:
            list(sandbox.run(_plain(lambda: False)))
        assert f"node {other[0].address} (" in str(refused.value)
    finally:
        sandbox.close()
        other[0].kill()


@pytest.mark.model
def test_a_real_model_on_two_nodes(nodes: RayNodes) -> None:
    """Its completions are those of one machine, though one of the nodes is lost half-way."""
    pytest.importorskip("torch", reason="the hf extra is not installed: pip install 'ucb[hf]'")
    lost = nodes.running()[-1]
    # By its path: a node without a network has no package index.
    options = {
        "model": str(find("smollm2-135m").gguf), "device": "cpu", "batch_size": 2,
    }  # fmt: skip
    task = plugins.task("humaneval")
    asked = [
        Request(Key(each.id, 0), task.prompt(each, Style.CHAT), Sampling(max_tokens=8))
        for each in list(task.problems())[:10]
    ]
    expected = {c.key: c.text for c in plugins.backend("hf", **options).generate(asked)}
    backend = RayBackend(nodes.address, "hf", options)
    dispatch = backend._fleet.dispatch
    done: list[Completion] = []
    killed = False
    try:
        end = time.monotonic() + _PATIENCE
        while len(dispatch.members) < len(nodes.running()):
            assert time.monotonic() < end
            assert not list(backend._fleet.answers(1.0))
        for completion in backend.generate(asked):
            done.append(completion)
            if not killed and dispatch.held(f"{lost.id}/0"):
                killed = True
                lost.kill()
    finally:
        backend.close()
    assert killed
    assert Counter(c.key for c in done) == Counter(request.key for request in asked)
    assert {c.key: c.text for c in done} == expected
    assert len(set(expected.values())) > 1
