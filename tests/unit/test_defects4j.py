"""Defects4J is found where the user says, or a sentence says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.defects4j import installation
from ucb.defects4j.installation import Installation, State, check, look
from ucb.defects4j.rebuilding import needs_rebuilding, outline
from ucb.defects4j.suite import TOOLCHAIN, Suite, program
from ucb.errors import ConfigError, SandboxError
from ucb.languages import Brought, language
from ucb.project import TREES, store
from ucb.sandbox import bubblewrap, docker
from ucb.sandbox.engine import RoomSpec
from ucb.types import Stage

_STUB = Path(__file__).parents[1] / "stub_defects4j"
_WORKS = {
    "tool": ["java", "perl", "git", "tar", "svn"], "python": ["3.11"], "command": ["/d/defects4j"],
    "version": ["v3.0.1"], "java": ['openjdk version "11.0.2" 2019-01-15'], "works": [""],
}  # fmt: skip


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with stand-ins for the tools that the stub looks for."""
    monkeypatch.setenv("PATH", f"{_STUB / 'tools'}:/usr/bin:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    look.cache_clear()
    return _STUB


@pytest.mark.parametrize("place", [".", "framework/bin/defects4j"])
def test_a_folder_or_its_command_is_an_installation(tools: Path, place: str) -> None:
    """Either names the folder that rooms are to show."""
    found = Installation.open(str(tools / place))
    assert (found.home, found.image) == (tools, "")
    assert found.state.version == "v2.0.1"
    brought = found.brought()
    assert brought.folders[0] == tools
    assert brought.path[0] == str(tools / "framework" / "bin")


def test_the_path_is_looked_at_where_nothing_is_named(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a shell would find it; without one, the sentence links to the instructions."""
    with pytest.raises(ConfigError, match=r"no defects4j command on the PATH.*github\.com/rjust"):
        Installation.open()
    monkeypatch.setenv("PATH", f"{tools / 'framework' / 'bin'}:{tools / 'tools'}:/usr/bin:/bin")
    assert Installation.open().home == tools


def test_a_path_that_is_none_is_no_image(tmp_path: Path) -> None:
    """What begins like a path is one, and an empty folder has no command."""
    with pytest.raises(ConfigError, match="no such file or folder"):
        Installation.open(str(tmp_path / "gone"))
    with pytest.raises(ConfigError, match="is in framework/bin of its folder"):
        Installation.open(str(tmp_path))


def test_what_is_missing_is_told_in_sentences(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it at once, so that one visit to a package manager is enough."""
    monkeypatch.setattr(installation, "look", lambda *_: State(("No perl.", "No java.")))
    with pytest.raises(ConfigError, match=r"cannot be used \(.*\): No perl. No java."):
        Installation.open(str(tools))


@pytest.mark.parametrize(
    ("change", "image", "sentence"),
    [
        ({"tool": ["perl", "git", "tar", "svn"]}, "", "no java on the PATH of this machine"),
        ({"tool": ["java", "perl", "git", "tar"]}, "i", "no svn on the PATH of the image"),
        ({"python": []}, "i", "The image has no python3"),
        ({"python": ["3.8"]}, "i", "Python 3.8, and rooms need 3.9"),
        ({"command": None}, "i", "no defects4j on the PATH of the image"),
        ({"works": None, "said": ["Run init.sh!"]}, "", "it says: Run init.sh!"),
        ({"java": ['openjdk version "1.8.0_402"']}, "", "made for Java 11, and this is Java 8"),
        ({"version": ["v2.0.1"]}, "", "made for Java 8, and this is Java 11"),
    ],
)
def test_each_thing_that_is_missing_has_a_sentence(
    change: dict[str, list[str] | None], image: str, sentence: str
) -> None:
    """Of the image or of this machine, whichever was looked at."""
    found = {key: value for key, value in {**_WORKS, **change}.items() if value is not None}
    state = installation._judged(found, image)
    assert sentence in " ".join(state.missing + state.notes)


def test_a_check_collects_the_sentences(tools: Path, tmp_path: Path) -> None:
    """Without an exception, whether nothing is found or something that works."""
    assert "no such file or folder" in check(str(tmp_path / "gone")).missing[0]
    assert check(str(tools)).missing == ()


def test_what_works_has_nothing_to_complain_of() -> None:
    """No sentence, whatever the version of Java where that of Defects4J is not known."""
    assert installation._judged(_WORKS, "i") == State((), (), "v3.0.1", _WORKS["java"][0])
    assert not installation._judged({**_WORKS, "version": [""]}, "").notes


def test_checkouts_of_other_installations_have_other_names() -> None:
    """Another image, another version or another Java may build something else."""
    states = State(version="v2.0.1"), State(version="v3.0.1"), State(version="v3.0.1", java="17")
    names = {Installation(image, None, state).identity() for image in "ab" for state in states}
    assert len(names) == 6


def test_engines_refuse_what_they_cannot_show(tmp_path: Path) -> None:
    """Docker shows no folders of this machine, bubblewrap no images; nobody shows nothing."""
    spec, folder, image = RoomSpec(TOOLCHAIN, 1024), Brought("", (tmp_path,)), Brought("some:image")
    engine = docker.Docker.__new__(docker.Docker)
    engine._images, engine._brought = {}, {TOOLCHAIN: folder}
    with pytest.raises(SandboxError, match="Use --sandbox bubblewrap, or name an image"):
        engine.room(spec)
    other = bubblewrap.Bubblewrap.__new__(bubblewrap.Bubblewrap)
    other._brought = {TOOLCHAIN: image}
    with pytest.raises(SandboxError, match="only Docker can use"):
        other._own(TOOLCHAIN)
    other._brought = {TOOLCHAIN: Brought("", (Path("/tmp/d4j"),))}
    with pytest.raises(SandboxError, match="is below /tmp"):
        other._own(TOOLCHAIN)
    other._brought = {}
    with pytest.raises(SandboxError, match="none were named"):
        other._own(TOOLCHAIN)
    assert other._own("python") == Brought()


_BEFORE = """class A {
    int x = 1;
    /** One. */
    int one(int a) { return a; }
    A() { x = 2; }
}
"""


@pytest.mark.parametrize(
    ("find", "put", "rebuild"),
    [
        ("return a;", "return a + 1;", False),
        ("return a;", "return new Object() { int two() { return a; } }.two();", False),
        ("x = 2;", "x = 3;", False),
        ("int x = 1;", "int x = 2;", True),
        ("int one(int a)", "long one(int a)", True),
        ("int one(int a)", "int one(int b, int a)", True),
        ("int one(int a)", "private int one(int a)", True),
        ("A() {", "A(int y) {", True),
    ],
)  # fmt: skip
def test_only_bodies_may_change_without_compiling_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, find: str, put: str, rebuild: bool
) -> None:
    """A class that nobody mentions may change as it likes, and so may a new file."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path))
    for name, user in (("used-1", "class B { A a; }\n"), ("alone-1", "class B {}\n")):
        (store() / TREES / name).mkdir()
        (store() / TREES / name / "A.java").write_text(_BEFORE)
        (store() / TREES / name / "B.java").write_text(user)
    changed = {"A.java": _BEFORE.replace(find, put), "C.java": "class C {}\n"}
    assert needs_rebuilding("used-1", changed) is rebuild
    assert not needs_rebuilding("alone-1", changed)
    assert "return" not in outline(_BEFORE)


def test_programs_are_of_the_toolchain_and_share_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named tests go on where compiling has ended; all tests begin anew."""
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path))
    suite = Suite("t-1")
    made = program(suite.compiles({}), suite.passes(["a.B::c"] * 3, {}), suite.passes_all({}))
    assert made.toolchain == TOOLCHAIN
    first, second, third = (step.tree for step in made.steps)
    assert first == second != third
    assert [step.proves for step in made.steps] == [Stage.COMPILED, Stage.TRIGGERED, Stage.PASSED]
    limits = language(TOOLCHAIN).limits
    assert made.steps[1].limits.cpu == 3 * limits.cpu
    assert made.steps[2].limits == limits
