"""A compiler of whole projects: each is shown once, and then what steps have changed of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ucb.sandbox.agent import seccomp
from ucb.sandbox.agent.compiler import Compiled, Compiler
from ucb.sandbox.agent.projects import Missing

_FAKE = str(Path(__file__).with_name("fake_compiler.py"))
_CHECK, _RUN = ["cc", "check"], ["run", "--fast"]


class _Store:
    """Untouched projects, and how often they were read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, name: str) -> dict[str, bytes]:
        self.read.append(name)
        if name == "gone":
            raise Missing(name)
        return {"main.x": b"error" if name == "broken" else b"good", "other.x": b"\xff"}


@pytest.fixture
def store() -> _Store:
    """A store that nobody has read."""
    return _Store()


@pytest.fixture
def compiler() -> Iterator[Compiler]:
    """A compiler that has not started yet."""
    argv = [sys.executable, _FAKE]
    made = Compiler(argv, [_CHECK], 0, seccomp.program(), lambda: None, [_RUN])
    yield made
    made.close()


def _step(name: str, word: str, argv: list[str]) -> dict[str, Any]:
    tree = {"name": name, "files": {"main.x": word}}
    return {"argv": argv, "cpu": 60.0, "wall": 180.0, "output": 1000, "tree": tree}


def _built(
    compiler: Compiler, store: _Store, name: str, word: str = "good", argv: list[str] = _CHECK
) -> Compiled | None:
    return compiler.build(_step(name, word, argv), store)


def _number(compiled: Compiled | None) -> str:
    assert compiled is not None
    return str(compiled.result["stdout"])[0]


def test_a_project_is_shown_once(compiler: Compiler, store: _Store) -> None:
    """Its first request only shows it; steps ask from the second on."""
    assert _number(_built(compiler, store, "a")) == "2"
    assert _number(_built(compiler, store, "a")) == "3"
    assert _number(_built(compiler, store, "b")) == "5"
    assert store.read == ["a", "b"]


def test_what_runs_a_project_has_it_compiled_too(compiler: Compiler, store: _Store) -> None:
    """The beginning of the command decides; any other is left to itself."""
    compiled = _built(compiler, store, "a", argv=[*_RUN, "pass", "group"])
    assert compiled is not None
    assert compiled.made == {"out/main.o": bytes(range(256)).decode("latin-1")}
    assert not compiler.serves(_step("a", "good", [*_RUN, "pass"]))
    assert compiler.serves(_step("a", "good", _CHECK))
    assert _built(compiler, store, "b", argv=["run", "--slow", "pass"]) is None
    assert store.read == ["a"]


def test_an_error_in_an_edition_is_its_own(compiler: Compiler, store: _Store) -> None:
    """Status and text are the step's; the next edition has nothing of it."""
    compiled = _built(compiler, store, "a", "error")
    assert compiled is not None
    assert (compiled.result["code"], compiled.result["stderr"]) == (1, "main.x: error")
    assert _number(_built(compiler, store, "a")) == "3"


def test_a_project_that_does_not_compile_is_left_to_the_command(
    compiler: Compiler, store: _Store
) -> None:
    """It is not shown again, and others are served."""
    assert _built(compiler, store, "broken") is None
    assert _built(compiler, store, "broken") is None
    assert _number(_built(compiler, store, "a")) == "3"
    assert store.read == ["broken", "a"]


def test_a_compiler_that_is_lost_is_shown_everything_again(
    compiler: Compiler, store: _Store
) -> None:
    """What the one before knew is gone with it."""
    assert _number(_built(compiler, store, "a")) == "2"
    assert _built(compiler, store, "a", "die") is None
    assert compiler.pid == -1
    assert _number(_built(compiler, store, "a")) == "2"
    assert store.read == ["a", "a"]


def test_a_project_that_is_missing_is_said(compiler: Compiler, store: _Store) -> None:
    """That is the room's trouble, and no answer."""
    with pytest.raises(Missing, match="gone"):
        _built(compiler, store, "gone")
