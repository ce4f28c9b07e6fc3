"""A compiler that stays: its answers are taken where they are surely the command's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ucb.errors import ConfigError
from ucb.languages import language, load
from ucb.sandbox.agent import seccomp
from ucb.sandbox.agent.compiler import Compiled, Compiler
from ucb.sandbox.agent.step import Broken
from ucb.sandbox.engine import RoomSpec, settings

_FAKE = str(Path(__file__).with_name("fake_compiler.py"))
_CHECK = ["cc", "-o", "main", "main.x"]


def _compiler(*arguments: str) -> tuple[Compiler, list[None]]:
    looks: list[None] = []
    argv = [sys.executable, _FAKE, *arguments]
    made = Compiler(argv, [_CHECK], 0, seccomp.program(), lambda: looks.append(None))
    return made, looks


@pytest.fixture
def compiler() -> Iterator[Compiler]:
    """A compiler that has not started yet."""
    made, _ = _compiler()
    yield made
    made.close()


def _step(**changes: Any) -> dict[str, Any]:
    return {"argv": _CHECK, "cpu": 60.0, "wall": 180.0, "output": 1000, **changes}


def _asked(compiler: Compiler, word: str, **changes: Any) -> Compiled | None:
    return compiler.compile(_step(**changes), {"main.x": word, "other.x": "\ud800"})


def test_what_it_makes_comes_back(compiler: Compiler) -> None:
    """Its output and the bytes of its files are those of the step."""
    compiled = _asked(compiler, "good")
    assert compiled is not None
    assert compiled.result["code"] == 0
    assert compiled.result["ended"] == "exited"
    assert compiled.result["cpu"] > 0
    assert compiled.result["memory"] > 0
    assert compiled.result["stdout"] == "1 -o\0main\0main.x"
    assert compiled.made == {"out/main.o": bytes(range(256)).decode("latin-1")}


def test_an_error_is_the_sources(compiler: Compiler) -> None:
    """A status of 1 is the command's, with its text; as much is kept as the step keeps."""
    compiled = _asked(compiler, "error", output=5)
    assert compiled is not None
    assert (compiled.result["code"], compiled.result["stderr"]) == (1, "error")
    assert compiled.made == {}


def test_it_stays(compiler: Compiler) -> None:
    """One process answers for many programs."""
    said = [_asked(compiler, "good") for _ in range(3)]
    assert [each.result["stdout"][0] for each in said if each] == ["1", "2", "3"]


def test_another_command_is_not_its_own(compiler: Compiler) -> None:
    """A step that it does not serve is left to its command, and starts nothing."""
    assert _asked(compiler, "good", argv=["cc", "main.x"]) is None
    assert compiler.pid == -1


@pytest.mark.parametrize(
    "word",
    [
        "die", "strange", "-1", "256", "outside", "absolute", "nul", "long", "over", "under",
        "through", "twice", "half", "large", "many",
    ],
)  # fmt: skip
def test_what_is_no_good_answer_is_left_to_the_command(compiler: Compiler, word: str) -> None:
    """No verdict comes of it; the process is replaced, and the next program is unharmed."""
    assert _asked(compiler, word) is None
    assert compiler.pid == -1
    compiled = _asked(compiler, "good")
    assert compiled is not None
    assert compiled.result["stdout"][0] == "1"


@pytest.mark.parametrize(("word", "limit"), [("hang", "wall"), ("drip", "wall"), ("spin", "cpu")])
def test_a_late_answer_is_left_to_the_command(word: str, limit: str) -> None:
    """The step's own limits hold; what waits meanwhile is looked after."""
    compiler, looks = _compiler()
    assert _asked(compiler, "good") is not None
    pid = compiler.pid
    assert _asked(compiler, word, **{limit: 0.3}) is None
    assert looks or word == "drip"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_compiler_that_does_not_start_is_the_rooms_trouble() -> None:
    """It is said, with what it wrote, and is no verdict."""
    with pytest.raises(Broken, match="no such library"):
        _asked(_compiler("--broken")[0], "good")
    absent = Compiler(["/absent"], [_CHECK], 0, seccomp.program(), lambda: None)
    with pytest.raises(Broken, match="No such file"):
        _asked(absent, "good")


def test_it_is_only_where_programs_cannot_reach_it() -> None:
    """It has a user that neither programs nor the judge have, or there is none."""
    own = settings(RoomSpec("java", 1024), "uid", [])
    assert own["compiler"]["uid"] == own["uid"] + 2
    assert own["uid"] % 4 == 0
    assert settings(RoomSpec("java", 1024), "namespace", [])["compiler"] is None
    assert settings(RoomSpec("python", 1024), "uid", [])["compiler"] is None


def test_it_serves_the_commands_of_its_modes() -> None:
    """The plain mode of Java runs javac, and the other what stands for it."""
    java = language("java")
    assert java.compiler is not None
    served = java.compiler.serves
    assert java.program("", suite="}}", mode="run").steps[0].argv in served
    assert java.program("", suite="}}", mode="plain").steps[0].argv not in served


_TABLE = """
file = "main.x"
[mode.run]
check = ["cc", "{file}"]
run = ["{stem}"]
[compiler]
"""


def test_a_compiler_is_data(tmp_path: Path) -> None:
    """Another toolchain names its process, its memory and its modes."""
    file = tmp_path / "language.toml"
    file.write_text(_TABLE + 'argv = ["ccd"]\nmemory = 64\nmodes = ["run"]')
    compiler = load(file).compiler
    assert compiler is not None
    assert compiler.memory == 64
    assert compiler.message() == {"argv": ["ccd"], "serves": [["cc", "main.x"]], "runs": []}


def test_a_compiler_of_projects_is_for_what_runs_them_too(tmp_path: Path) -> None:
    """What it makes of a project is there for the commands that run the project's tests."""
    file = tmp_path / "language.toml"
    table = 'argv = ["ccd"]\nmemory = 64\nmodes = ["run"]'
    file.write_text(f"projects = true\n{_TABLE}{table}")
    compiler = load(file).compiler
    assert compiler is not None
    assert compiler.message()["runs"] == [["main"]]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('argv = ["ccd"]\nmemory = 64', "'modes' is missing"),
        ('argv = ["ccd"]\nmemory = 64\nmodes = ["test"]', "'test' is no mode"),
        ('argv = ["ccd"]\nmemory = 64\nmodes = ["run"]\nspeed = 1', "speed"),
    ],
)
def test_a_wrong_compiler_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    """The file and what is wrong in it are named."""
    file = tmp_path / "language.toml"
    file.write_text(_TABLE + text)
    with pytest.raises(ConfigError, match=sentence) as caught:
        load(file)
    assert str(file) in str(caught.value)
