"""Wheels pinned by pip's resolver from an index in a folder, and folders made of them."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.mine.packages import pkg_info, wheel
from tests.unit.package_index import Index
from ucb.errors import DataError
from ucb.mine.environment import Pin, materialise, requirements, resolve, write_dist_info
from ucb.mine.sdist import Metadata

pytestmark = pytest.mark.slow

MANYLINUX = "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return an empty folder that pip takes for its only index."""
    return Index.installed(monkeypatch, tmp_path / "index").folder


def environments(cache: Path) -> list[Path]:
    """Return what the store of projects has of environments, hidden leftovers included."""
    return list((cache / "projects/env").iterdir())


def asked(*requires: str, extras: tuple[str, ...] = ()) -> Metadata:
    """Return the metadata of a package with these requirements."""
    return Metadata("my-toy", "1.0", "", requires=requires, extras=extras)


def test_requirements_are_for_the_target_and_its_tests() -> None:
    """Markers are evaluated for CPython on Linux, and extras for tests are taken."""
    metadata = asked(
        "attrs>=20 ; python_version >= '3.8'",
        "old ; python_version < '3.8'",
        "winonly ; sys_platform == 'win32'",
        "hypothesis[cli] ; extra == 'Tests'",
        "sphinx ; extra == 'docs'",
        "ruff ; extra == 'dev'",
        extras=("Tests", "docs", "dev"),
    )
    assert requirements(metadata) == ("attrs>=20", "hypothesis[cli]")
    assert requirements(metadata, python="3.7") == ("hypothesis[cli]", "old")
    assert requirements(metadata, ["docs", "none"]) == ("attrs>=20", "sphinx")
    assert requirements(metadata, []) == ("attrs>=20",)


def test_the_extra_for_development_stands_in() -> None:
    """Without an extra for tests it is the one that may have what they need."""
    metadata = asked("attrs ; extra == 'dev'", "furo ; extra == 'doc'", extras=("dev", "doc"))
    assert requirements(metadata) == ("attrs",)


def test_dependency_groups_are_extras_too() -> None:
    """Tools for development are left out of what has no name of its own for tests."""
    groups = {"tests": ("hypothesis",), "dev": ("ruff", "sphinx-tabs", "attrs>=2", "x @ git+y")}
    metadata = Metadata("my-toy", "1.0", "", requires=("wheel",), groups=groups)
    assert requirements(metadata) == ("hypothesis", "wheel")
    assert requirements(replace(metadata, groups={"dev": groups["dev"]})) == ("attrs>=2", "wheel")
    with pytest.raises(DataError, match="a URL"):
        requirements(metadata, ["dev"])


def test_an_extra_may_name_others() -> None:
    """A package that requires itself means its own extras."""
    metadata = asked(
        "my_toy[speed] ; extra == 'test'", "fast ; extra == 'speed'", "x ; extra == 'test'",
        extras=("test", "speed"),
    )  # fmt: skip
    assert requirements(metadata) == ("fast", "x")


@pytest.mark.parametrize(
    ("requirement", "sentence"),
    [("a @ https://host.example/a.whl", "a URL: only"), ("a b c", "'a b c' cannot be read")],
)
def test_what_cannot_be_pinned_is_said(requirement: str, sentence: str) -> None:
    """A URL, or no requirement at all, is a sentence."""
    with pytest.raises(DataError, match=sentence):
        requirements(asked(requirement))


def test_pins_are_wheels_of_the_target(folder: Path) -> None:
    """What is required indirectly is pinned too; other platforms and versions are not taken."""
    one, two = wheel(folder, "one", "1.5", "two>=2"), wheel(folder, "two", "2.0", tag=MANYLINUX)
    wheel(folder, "one", "2.0")
    for tag in ("cp310-cp310-manylinux2014_x86_64", "cp311-cp311-win_amd64"):
        wheel(folder, "two", "3.0", tag=tag)
    wheel(folder, "two", "3.0", tag="cp311-cp311-manylinux_2_35_x86_64")
    Index(folder).sdist("two", "4.0", {})
    found = resolve(["One<2"])
    assert found == (Pin("one", "1.5", *one), Pin("two", "2.0", *two))
    assert resolve([]) == ()


def test_what_is_provided_fits_and_is_not_pinned(folder: Path) -> None:
    """The runner's packages take part, in their versions, with all that they require."""
    elsewhere = ("colour ; sys_platform == 'win32'", "thing ; extra == 'more'")
    wheel(folder, "runner", "7.4.4", "plug", *elsewhere)
    wheel(folder, "runner", "9.0")
    wheel(folder, "plug", "1.0")
    plugin = wheel(folder, "plugin", "1.0", "runner<8")
    wheel(folder, "plugin", "2.0", "runner>=8")
    wheel(folder, "mytoy", "1.0")
    shared = wheel(folder, "shared", "1.0", "mytoy", "plug")
    colour, thing = wheel(folder, "colour", "1.0"), wheel(folder, "thing", "1.0")
    wanted = ["runner>=9", "plugin", "shared", "plug", "colour", "thing"]
    assert resolve(wanted, provided=["runner==7.4.4"], without=["MyToy"]) == (
        Pin("colour", "1.0", *colour),
        Pin("plugin", "1.0", *plugin),
        Pin("shared", "1.0", *shared),
        Pin("thing", "1.0", *thing),
    )
    assert resolve(["runner"], provided=["runner==7.4.4"]) == ()


def test_a_source_distribution_is_never_built(folder: Path) -> None:
    """Where there is no wheel, there is no pin."""
    Index(folder).sdist("toy", "1.0", {})
    with pytest.raises(DataError, match=r"dependencies toy cannot be had as wheels .*3\.11.*pip"):
        resolve(["toy"])


def test_an_environment_is_made_once(folder: Path, cache: Path) -> None:
    """The second time needs no index, and the order of the pins does not matter."""
    one, two = wheel(folder, "one", "1.0"), wheel(folder, "two", "2.0", tag=MANYLINUX)
    pins = (Pin("one", "1.0", *one), Pin("two", "2.0", *two))
    site = materialise(pins)
    assert sorted(path.name for path in site.iterdir()) == [
        "one-1.0.dist-info", "one.py", "two-2.0.dist-info", "two.py",
    ]  # fmt: skip
    assert (site / "two.py").read_text() == "VERSION = '2.0'\n"
    shutil.rmtree(folder)
    assert materialise(reversed(pins)) == site
    assert [path.name for path in environments(cache)] == [site.parent.name]


def test_other_pins_are_another_environment(folder: Path) -> None:
    """The folder is named for what is in it."""
    pin = Pin("one", "1.0", *wheel(folder, "one", "1.0"))
    assert len({materialise([pin]), materialise([]), materialise([pin], python="3.12")}) == 3


def test_a_damaged_environment_is_made_again(folder: Path) -> None:
    """A changed, missing or added file shows; bytecode that a Python left is no damage."""
    pins = [Pin("one", "1.0", *wheel(folder, "one", "1.0"))]
    site = materialise(pins)
    (site / "__pycache__").mkdir()
    (site / "__pycache__/one.cpython-311.pyc").write_bytes(b"")
    assert materialise(pins) == site
    assert (site / "__pycache__").is_dir()
    (site / "one.py").write_text("VERSION = '6.6'\n")
    assert materialise(pins) == site
    assert (site / "one.py").read_text() == "VERSION = '1.0'\n"
    (site / "sitecustomize.py").write_text("")
    materialise(pins)
    assert not (site / "sitecustomize.py").exists()
    (site.parent / "files.json").unlink()
    (site / "one.py").unlink()
    assert (materialise(pins) / "one.py").is_file()


def test_another_wheel_than_the_pinned_one_is_refused(folder: Path, cache: Path) -> None:
    """A wheel that was replaced on the index is a sentence, and leaves nothing behind."""
    file, _ = wheel(folder, "one", "1.0")
    with pytest.raises(DataError, match=r"one 1\.0 cannot be had as wheels"):
        materialise([Pin("one", "1.0", file, "0" * 64)])
    assert environments(cache) == []


def test_a_cache_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The sentence names the folder and the way round it."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"file/projects cannot be stored in: .* UCB_CACHE_DIR"):
        materialise([])


def test_a_release_is_found_by_its_metadata(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A package that asks for its own version, or looks for its plugins, finds them."""
    points = "[toy.more]\na = my_toy:a\n"
    text = pkg_info("My-Toy", "1.0")
    info = write_dist_info(Metadata("My-Toy", "1.0", text, entry_points=points), tmp_path / "info")
    assert info.name == "my_toy-1.0.dist-info"
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "info")])
    assert importlib.metadata.version("my-toy") == "1.0"
    (point,) = importlib.metadata.entry_points(group="toy.more")
    assert point.value == "my_toy:a"
    bare = write_dist_info(Metadata("other", "2", pkg_info("other", "2")), tmp_path / "info")
    assert os.listdir(bare) == ["METADATA"]  # noqa: PTH208 (names are what is asked)
