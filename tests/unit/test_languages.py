"""Languages are data."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.errors import ConfigError, UnknownName
from ucb.languages import language, languages, load
from ucb.types import NONCE, Limits, Stage, Tests


def test_a_language_is_found_by_name_and_alias() -> None:
    """Benchmarks may call it `py`."""
    assert language("py") is language("python") is languages()["python"]


def test_an_unknown_language_suggests_one() -> None:
    """A typing mistake is one sentence."""
    with pytest.raises(UnknownName, match="Did you mean 'python'"):
        language("pythn")


def test_a_program_with_its_own_tests_ends_with_the_proof() -> None:
    """The nonce is written behind the last test, by every language that has an epilogue."""
    program = language("python").program("assert f() == 1")
    text = program.files["main.py"]
    assert text.index("assert f() == 1") < text.index(NONCE)
    assert [(step.proves, step.proof) for step in program.steps] == [
        (Stage.COMPILED, False),
        (Stage.PASSED, True),
    ]


def test_a_program_that_is_called_holds_no_tests_and_no_proof() -> None:
    """What the candidate's process gets is the candidate's code alone."""
    program = language("python").program(
        "def f(): ...", tests=Tests("f() == 7", ("f",)), limits=Limits(cpu=3)
    )
    assert program.files == {"main.py": "def f(): ..."}
    assert program.steps[-1].limits.cpu == 3
    assert not program.steps[-1].proof


def test_equal_programs_have_equal_digests() -> None:
    """The content address covers code, tests and limits."""
    make = language("python").program
    tests = Tests("f()", ("f",))
    assert make("x", tests=tests).digest() == make("x", tests=tests).digest()
    others = [
        make("y", tests=tests),
        make("x"),
        make("x", tests=Tests("g()", ("f",))),
        make("x", tests=tests, limits=Limits(cpu=1)),
    ]
    assert len({program.digest() for program in [make("x", tests=tests), *others]}) == 5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('file = "a"', "'mode' is missing"),
        ('file = "a"\nspeed = 1\n[mode.run]\ncheck = []\nrun = []', "'speed' is not a language"),
        (
            'file = "a"\n[mode.run]\ncheck = []\nrun = []\n[labels]\nodd = "x"',
            "'odd' is not a valid",
        ),
        ('file = "a"\n[mode.run]\ncheck = []\nrun = []\n[limits]\ncpus = 1', "cpus"),
        ("file = ", "Invalid value"),
    ],
)
def test_a_wrong_language_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    """The file and what is wrong in it are named."""
    file = tmp_path / "language.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=sentence) as caught:
        load(file)
    assert str(file) in str(caught.value)
