"""Languages are data."""

from __future__ import annotations

from pathlib import Path

import pytest

from ucb.errors import ConfigError, DataError, UnknownName
from ucb.languages import Language, language, languages, load
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


INSIDE = """
file = "a.x"
[mode.run]
check = []
run = []
[[rewrite]]
find = '\\bassert\\('
put = 'own.assert('
[[rewrite]]
find = '\\}\\s*\\Z'
put = 'prove("{nonce}") }'
"""


def _inside(tmp_path: Path) -> Language:
    file = tmp_path / "language.toml"
    file.write_text(INSIDE)
    return load(file)


def test_a_suite_is_rewritten_and_a_program_is_not(tmp_path: Path) -> None:
    """The proof stands inside the last function of the tests, and in nothing else."""
    program = _inside(tmp_path).program("assert(0) }\n", suite="main() { assert(1) }\n")
    assert program.files["a.x"].strip() == (
        f'assert(0) }}\nmain() {{ own.assert(1) prove("{NONCE}") }}'
    )
    assert program.steps[-1].proof


def test_a_suite_without_a_place_for_the_proof_is_refused(tmp_path: Path) -> None:
    """Every answer would fail; that is a fault of the tests."""
    with pytest.raises(DataError, match="nothing can prove it"):
        _inside(tmp_path).program("x", suite="no end")


def test_a_program_cannot_spell_the_nonce() -> None:
    """The word that is replaced by the secret is replaced behind the program only."""
    word = f"{NONCE[:6]}{NONCE}{NONCE[6:]}"
    text = language("python").program(f"f({NONCE!r}, {word!r})").files["main.py"]
    assert text.count(NONCE) == 1


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
