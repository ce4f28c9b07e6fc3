"""The pool over rooms that run nothing: order, retries, sharing, confirmation."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ucb.errors import SandboxError
from ucb.sandbox import room, workers
from ucb.sandbox.engine import Command, RoomSpec
from ucb.sandbox.pool import Pool
from ucb.types import Ended, Execution, Key, Limits, Program, Stage, Step

_SAID = """echo "docker: no such network.

Run 'docker run --help' for more information" >&2; exit 125"""
"""How a client of Docker ends that cannot open a room."""
_STAYS = """
import runpy, time
try:
    runpy.run_path({!r}, run_name="__main__")
finally:
    time.sleep(600)
"""
"""An agent that does not end when the host has closed its stdin."""
_AGENT = Path(__file__).with_name("fake_agent.py")


class _Engine:
    """Opens rooms that are plain processes, and counts them."""

    name = "fake"

    def __init__(self, log: Path, *, broken: bool = False) -> None:
        self.rooms: list[RoomSpec] = []
        self.log = log
        self._broken = broken
        self.away = 0
        """It will be away for so many looks at it."""

    def room(self, spec: RoomSpec) -> Command:
        self.rooms.append(spec)
        argv = (
            ["sh", "-c", _SAID]
            if self._broken or self.away
            else [sys.executable, str(_AGENT), str(self.log)]
        )
        return Command(argv, {})

    def check(self) -> None:
        if self.away:
            self.away -= 1
            raise SandboxError("The engine is away.")

    def describe(self) -> Mapping[str, str]:
        return {"engine": self.name}

    def sweep(self) -> int:
        return 0


@pytest.fixture
def engine(tmp_path: Path) -> _Engine:
    """An engine whose log is the test's own."""
    return _Engine(tmp_path / "log")


def _program(text: str, memory: int = 1024, toolchain: str = "python") -> Program:
    step = Step(Stage.PASSED, ("python3", "main.py"), Limits(memory=memory))
    return Program(toolchain, {"main.py": text}, (step,))


def _keyed(*texts: str) -> list[tuple[Key, Program]]:
    return [(Key(text, index), _program(text)) for index, text in enumerate(texts)]


@pytest.fixture
def pool(engine: _Engine) -> Iterator[Pool]:
    """Two rooms that deduplicate."""
    pool = Pool(engine, 2)
    yield pool
    pool.close()


def test_every_program_is_answered_once(pool: Pool) -> None:
    """All keys come back, whatever the order."""
    done = dict(pool.run(_keyed(*(f"p{i}" for i in range(200)))))
    assert sorted(key.sample for key in done) == list(range(200))


def test_equal_programs_run_once(pool: Pool, engine: _Engine) -> None:
    """Equal programs share an execution, within a run and between runs."""
    keyed = [(Key("p", i), _program("same")) for i in range(50)]
    done = dict(pool.run(keyed))
    again = dict(pool.run(keyed))
    assert len(done) == len(again) == 50
    assert len({execution.steps[0].stdout for execution in [*done.values(), *again.values()]}) == 1
    assert engine.log.read_text().count("begin") == 1


def test_sharing_can_be_switched_off(engine: _Engine) -> None:
    """Without deduplication every program runs."""
    pool = Pool(engine, 1, deduplicate=False)
    list(pool.run([(Key("p", i), _program("same")) for i in range(5)]))
    pool.close()
    assert engine.log.read_text().count("begin") == 5


def test_a_timeout_is_confirmed_once_and_alone(pool: Pool, engine: _Engine) -> None:
    """It runs a second time, after everything else, with nothing beside it."""
    texts = ["time1", "slow1", "time2", *(f"p{i}" for i in range(20)), "slow2"]
    done = {key.problem: execution for key, execution in pool.run(_keyed(*texts))}
    assert set(done) == set(texts)
    assert done["time1"].steps[0].ended is Ended.CPU
    lines = engine.log.read_text().splitlines()
    assert lines.count("begin time1") == lines.count("begin time2") == 2
    last = lines[-4:]
    assert [line.split()[0] for line in last] == ["begin", "end", "begin", "end"]
    assert last[0].split()[1] == last[1].split()[1]
    assert all("time" in line for line in last)


def test_a_program_that_breaks_rooms_is_retried_then_left_undone(
    pool: Pool, engine: _Engine
) -> None:
    """Three fresh rooms, then a sentence; the others are not affected."""
    done: dict[Key, Execution] = {}
    with pytest.raises(SandboxError, match="first: fail, sample 3: the room broke"):
        _collect(pool, _keyed("a", "b", "c", "fail", "d", "e"), done)
    assert sorted(key.problem for key in done) == ["a", "b", "c", "d", "e"]
    assert engine.log.read_text().count("begin fail") == 3


def test_a_room_that_dies_is_replaced(pool: Pool, engine: _Engine) -> None:
    """A room that ends without a word counts as broken too, and loses no other program."""
    done: dict[Key, Execution] = {}
    with pytest.raises(SandboxError, match="die, sample 0"):
        _collect(pool, _keyed("die", *(f"p{i}" for i in range(30))), done)
    assert len(done) == 30
    # A room that is lost with several programs blames none: they run again, each alone.
    assert engine.log.read_text().count("begin die") in (3, 4)


def test_a_lost_room_is_blamed_on_the_program_that_ended_it(engine: _Engine) -> None:
    """Answers that were still in the room are lost with it, and their programs are not blamed."""
    pool = Pool(engine, 1)
    done: dict[Key, Execution] = {}
    texts = ["slow", *(f"held{i}" for i in range(6)), "die", *(f"p{i}" for i in range(30))]
    with pytest.raises(SandboxError, match="die, sample 7"):
        _collect(pool, _keyed(*texts), done)
    pool.close()
    assert sorted(key.problem for key in done) == sorted(set(texts) - {"die"})


def _collect(pool: Pool, keyed: list[tuple[Key, Program]], done: dict[Key, Execution]) -> None:
    """Keep what was done, although the run ends with an error."""
    iterator = pool.run(keyed)
    while pair := next(iterator, None):
        done[pair[0]] = pair[1]


def test_a_room_that_asks_for_it_is_recycled(pool: Pool, engine: _Engine) -> None:
    """After an answer that retires the room, the next program gets a fresh one."""
    done = dict(pool.run(_keyed("retire1", "p", "retire2", "q")))
    assert len(done) == 4
    assert len(engine.rooms) >= 2


def test_rooms_fit_their_programs(engine: _Engine) -> None:
    """A room serves one toolchain and one class of memory."""
    pool = Pool(engine, 1)
    programs = [_program("a"), _program("b", 3000), _program("c", 3001), _program("d", 1, "java")]
    list(pool.run((Key("p", i), program) for i, program in enumerate(programs)))
    pool.close()
    assert set(engine.rooms) == {
        RoomSpec("python", 1024),
        RoomSpec("python", 4096),
        RoomSpec("java", 1024),
    }
    assert len(engine.rooms) == 3


def test_the_input_is_read_no_further_than_needed(pool: Pool) -> None:
    """Memory does not depend on how many programs there are."""
    read = 0

    def programs() -> Iterator[tuple[Key, Program]]:
        nonlocal read
        for index in range(10_000):
            read += 1
            yield Key("p", index), _program(f"p{index}")

    for answered, _ in enumerate(pool.run(programs())):
        assert read - answered < 200
        if answered == 500:
            break


def test_a_run_that_is_abandoned_does_not_disturb_the_next(pool: Pool) -> None:
    """Programs nobody waits for are dropped."""
    for _ in pool.run(_keyed(*(f"slow{i}" for i in range(40)))):
        break
    done = dict(pool.run(_keyed("x", "y")))
    assert sorted(key.problem for key in done) == ["x", "y"]


def test_results_are_yielded_while_the_input_goes_on(pool: Pool) -> None:
    """A result does not wait for the end of the input."""
    seen: list[str] = []

    def programs() -> Iterator[tuple[Key, Program]]:
        for index in range(300):
            yield Key("p", index), _program(f"p{index}")
        assert seen

    for key, _ in pool.run(programs()):
        seen.append(key.problem)
    assert len(seen) == 300


def test_no_room_at_all_is_one_sentence(tmp_path: Path) -> None:
    """When nothing can run, the run ends with the reason, which is not the last line said."""
    pool = Pool(_Engine(tmp_path / "log", broken=True), 2)
    with pytest.raises(
        SandboxError, match=r"^No room could be opened: the room ended: docker: no such network\.$"
    ):
        list(pool.run(_keyed("a", "b")))
    pool.close()


def test_a_room_that_neither_ends_nor_can_be_removed_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that hangs removes nothing; the run does not hang with it."""
    monkeypatch.setattr(room, "_CLOSING", 0.05)
    monkeypatch.setattr(room, "_REMOVING", 0.05)
    argv = [sys.executable, "-c", _STAYS.format(str(_AGENT)), str(tmp_path / "log")]
    opened = room.Room(Command(argv, {}, remove=("sleep", "600")))
    opened.close()
    assert opened._process.poll() == -signal.SIGKILL


def test_an_engine_that_comes_back_is_waited_for(
    engine: _Engine, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be away for longer than a room is tried for; no program is left undone."""
    monkeypatch.setattr(workers, "_PAUSE", 0.001)
    engine.away = 50
    assert len(dict(pool.run(_keyed("a", "b")))) == 2
    assert engine.away == 0
    assert len(engine.rooms) <= 4


def test_an_engine_that_stays_away_is_one_sentence(
    engine: _Engine, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with what the engine says, and can go on when that is back."""
    monkeypatch.setattr(workers, "_PAUSE", 0.001)
    monkeypatch.setattr(workers, "_PATIENCE", 0.01)
    engine.away = 1_000_000
    with pytest.raises(
        SandboxError,
        match=r"^No room could be opened for 0 seconds: The engine is away\. Run again",
    ):
        list(pool.run(_keyed("a", "b")))
    engine.away = 0
    assert len(dict(pool.run(_keyed("a", "b")))) == 2


def test_an_error_of_the_input_is_the_callers(pool: Pool) -> None:
    """What the input raises comes out as it is, and the pool goes on."""

    def programs() -> Iterator[tuple[Key, Program]]:
        yield Key("p", 0), _program("p")
        raise KeyError("input")

    with pytest.raises(KeyError, match="input"):
        list(pool.run(programs()))
    assert len(list(pool.run(_keyed("again")))) == 1


def test_closing_ends_rooms_and_threads(engine: _Engine) -> None:
    """Nothing is left, and a closed pool says so."""
    before = threading.active_count()
    pool = Pool(engine, 3)
    list(pool.run(_keyed("a", "b", "c")))
    pool.close()
    assert threading.active_count() == before
    with pytest.raises(SandboxError, match="closed"):
        list(pool.run(_keyed("a")))


def test_closing_does_not_wait_for_programs(engine: _Engine) -> None:
    """Close in the middle of a run ends it."""
    pool = Pool(engine, 2)
    for _ in pool.run(_keyed(*(f"slow{i}" for i in range(100)))):
        break
    pool.close()
    assert engine.log.read_text().count("begin") < 100


def test_a_program_with_no_steps_left_is_no_timeout(pool: Pool) -> None:
    """A plain exit is yielded at once and runs once."""
    ((_, execution),) = pool.run(_keyed("plain"))
    assert execution.steps[0].ended is Ended.EXITED
