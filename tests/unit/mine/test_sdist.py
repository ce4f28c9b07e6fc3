"""Source distributions unpacked within bounds and described without running them."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

import ucb.mine.sdist
from tests.unit.mine.packages import pkg_info, sdist, write_tree
from ucb.errors import DataError
from ucb.mine.sdist import Tree, describe, unpack


def described(tmp_path: Path, files: dict[str, str], name: str = "toy", *lines: str) -> Tree:
    """Describe a tree of these files."""
    return describe(
        write_tree(tmp_path / "tree", {"PKG-INFO": pkg_info(name, "1", *lines), **files})
    )


def tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """Write an archive of exactly these members."""
    with tarfile.open(path, "w:gz") as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def named(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """Return a member of an archive."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


def test_a_sdist_is_unpacked(tmp_path: Path) -> None:
    """Files are where the archive says, and executable if it says so."""
    archive = tmp_path / "toy-1.0.tar.gz"
    script = named("toy-1.0/run.sh")
    script.mode = 0o755
    tar(archive, (named("toy-1.0/a/b.py"), b"x = 1\n"), (script, b""), (named("stray"), b""))
    root = unpack(archive, tmp_path / "out")
    assert root == tmp_path / "out/toy-1.0"
    assert (root / "a/b.py").read_bytes() == b"x = 1\n"
    assert os.access(root / "run.sh", os.X_OK)
    assert not os.access(root / "a/b.py", os.X_OK)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "out", archive]


def test_a_zip_is_unpacked(tmp_path: Path) -> None:
    """Old releases are zip files."""
    archive = tmp_path / "toy-1.0.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("toy-1.0/", "")
        out.writestr("toy-1.0/a.py", "x = 1\n")
    assert (unpack(archive, tmp_path / "out") / "a.py").read_text() == "x = 1\n"


@pytest.mark.parametrize("name", ["../a.py", "/toy/a.py", "toy/../../a.py", "toy\\..\\a.py"])
def test_no_path_leads_outside(tmp_path: Path, name: str) -> None:
    """A path outside the archive is refused, and nothing is left behind."""
    archives = [tar(tmp_path / "toy.tar.gz", (named("toy/b.py"), b""), (named(name), b""))]
    if "\\" not in name:  # zipfile makes it a path of its own.
        with zipfile.ZipFile(tmp_path / "toy.zip", "w") as out:
            out.writestr("toy/b.py", "")
            out.writestr(name, "")
        archives.append(tmp_path / "toy.zip")
    for archive in archives:
        with pytest.raises(DataError, match="a path outside itself"):
            unpack(archive, tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == sorted(archives)


def test_links_become_copies_of_what_the_archive_holds(tmp_path: Path) -> None:
    """A link to a file of the machine gives nothing."""
    archive = tar(
        tmp_path / "toy.tar.gz",
        (named("toy/a.py"), b"x = 1\n"),
        (named("toy/b.py", tarfile.SYMTYPE, "a.py"), b""),
        (named("toy/c.py", tarfile.SYMTYPE, "/etc/hostname"), b""),
        (named("toy/d.py", tarfile.LNKTYPE, "toy/a.py"), b""),
        (named("toy/e", tarfile.FIFOTYPE), b""),
    )
    root = unpack(archive, tmp_path / "out")
    assert sorted(path.name for path in root.iterdir()) == ["a.py", "b.py", "d.py"]
    assert not any(path.is_symlink() for path in root.iterdir())
    assert (root / "b.py").read_text() == (root / "d.py").read_text() == "x = 1\n"


def test_an_archive_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files, or too many bytes, are refused while unpacking."""
    archive = tmp_path / "toy-1.tar.gz"
    archive.write_bytes(sdist("toy", "1", {"a": "a" * 1000, "b": "b" * 1000}))
    for bound in ("MOST_FILES", "MOST_BYTES"):
        with monkeypatch.context() as bounded:
            bounded.setattr(ucb.mine.sdist, bound, 2)
            with pytest.raises(DataError, match="unpacks to more"):
                unpack(archive, tmp_path / "out")
    assert unpack(archive, tmp_path / "out").is_dir()


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b\x08", b"PK\x03\x04"])
@pytest.mark.parametrize("name", ["toy-1.tar.gz", "toy-1.zip"])
def test_a_damaged_archive_is_said(tmp_path: Path, name: str, data: bytes) -> None:
    """A file that is no archive, or is cut short, is one sentence."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match="is damaged"):
        unpack(tmp_path / name, tmp_path / "out")


def test_an_archive_without_one_top_folder_is_refused(tmp_path: Path) -> None:
    """Two top folders are no source distribution."""
    archive = tar(tmp_path / "toy.tar.gz", (named("a/x"), b""), (named("b/x"), b""))
    with pytest.raises(DataError, match="no single top folder"):
        unpack(archive, tmp_path / "out")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The sentence names the folder."""
    (tmp_path / "toy-1.tar.gz").write_bytes(sdist("toy", "1", {}))
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"cannot be unpacked in .*file"):
        unpack(tmp_path / "toy-1.tar.gz", tmp_path / "file/out")


@pytest.mark.parametrize(
    ("files", "root", "modules"),
    [
        (["toy/__init__.py", "setup.py", "docs/conf.py", "tools/__init__.py"], "", ["toy"]),
        (["toy.py", "setup.py", "runtests.py"], "", ["toy"]),
        (["src/toy/__init__.py", "src/toy_core.py", "toy.py"], "src", ["toy", "toy_core"]),
        (["src/space/toy/a.py", "setup.py"], "src", ["space"]),
        (["lib/yamlish/__init__.py", "setup.py"], "lib", ["yamlish"]),
        (["other/__init__.py", "more/__init__.py", "tests/__init__.py"], "", ["more", "other"]),
        (["setup.py", "docs/conf.py"], "", []),
    ],
)
def test_the_distributions_own_code_is_found(
    tmp_path: Path, files: list[str], root: str, modules: list[str]
) -> None:
    """Without a list, its modules are told by the layout and the name."""
    tree = described(tmp_path, dict.fromkeys(files, ""))
    assert (tree.source_root, list(tree.modules)) == (root, modules)


def test_the_list_of_modules_is_believed(tmp_path: Path) -> None:
    """Its build tool wrote it down, whatever the package is called; tests are none of it."""
    files = {
        "dateutil/__init__.py": "", "toy/__init__.py": "", "tests/__init__.py": "",
        "toy.egg-info/top_level.txt": "dateutil\ntests\n",
    }  # fmt: skip
    assert described(tmp_path, files).modules == ("dateutil",)


def test_a_package_may_be_called_like_a_folder_of_tools(tmp_path: Path) -> None:
    """A distribution `build` has its code in `build`."""
    files = {"build/__init__.py": "", "docs/__init__.py": "", "tests/__init__.py": ""}
    assert described(tmp_path / "a", files, "build").modules == ("build",)
    listed = {**files, "build.egg-info/top_level.txt": "build\n"}
    assert described(tmp_path / "b", listed, "build").modules == ("build",)


def test_sources_are_without_tests(tmp_path: Path) -> None:
    """Folders and files of tests are told apart from the distribution's own files."""
    tree = described(
        tmp_path,
        dict.fromkeys(
            [
                "toy/__init__.py", "toy/core.py", "toy/tests.py", "toy/test_tools.py",
                "toy/sub/tests/test_a.py", "toy/sub/tests/helper.py", "toy/conftest.py",
                "tests/unit/test_b.py", "tests/data.txt", "test_top.py", "examples/test.py",
                "examples/tests/test_c.py",
            ],
            "",
        ),
    )  # fmt: skip
    assert tree.tests == ("test_top.py", "tests", "toy/sub/tests")
    # Named like tests, but beside a folder of tests: what the package is about.
    assert tree.sources == ("toy/__init__.py", "toy/core.py", "toy/test_tools.py", "toy/tests.py")
    assert tree.is_test("toy/sub/tests/helper.py")
    assert not tree.is_test("toy/tests.py")
    assert tree.configuration == ("toy/conftest.py",)


def test_a_file_among_the_sources_is_a_test_when_there_is_no_other(tmp_path: Path) -> None:
    """Some packages keep their tests in one module."""
    tree = described(tmp_path, {"toy/__init__.py": "", "toy/tests.py": "", "examples/test.py": ""})
    assert tree.tests == ("toy/tests.py",)
    assert tree.sources == ("toy/__init__.py",)


def test_changelogs_come_likeliest_first(tmp_path: Path) -> None:
    """The top folder before the documentation, folders of changelogs before the readme."""
    files = [
        "README.md", "docs/changelog.rst", "HISTORY.rst", "docs/change_log/release-3.0.md",
        "docs/usage.md", "CHANGES.py", "toy/news.txt", "CHANGELOG",
    ]  # fmt: skip
    assert described(tmp_path, dict.fromkeys(files, "")).changelogs == (
        "CHANGELOG",
        "HISTORY.rst",
        "docs/changelog.rst",
        "docs/change_log/release-3.0.md",
        "README.md",
    )


def test_requirements_come_from_the_metadata(tmp_path: Path) -> None:
    """PKG-INFO says what is required, where it does."""
    lines = ("Requires-Dist: attrs", 'Requires-Dist: hypothesis; extra == "test"')
    metadata = described(tmp_path, {}, "toy", *lines, "Provides-Extra: test").metadata
    assert metadata.requires == ("attrs", 'hypothesis; extra == "test"')
    assert metadata.extras == ("test",)


def test_requirements_come_from_setuptools_else(tmp_path: Path) -> None:
    """Sections of requires.txt are markers."""
    text = 'attrs>=1\n\n[:python_version < "3.8"]\nold\n\n[test]\nx\n\n[test:os_name == "nt"]\ny\n'
    metadata = described(
        tmp_path,
        {
            "toy.egg-info/PKG-INFO": pkg_info("toy", "1"),
            "toy.egg-info/requires.txt": text,
            "toy.egg-info/entry_points.txt": "[console_scripts]\ntoy = toy:main\n",
        },
    ).metadata
    assert metadata.requires == (
        "attrs>=1",
        'old ; (python_version < "3.8")',
        'x ; extra == "test"',
        'y ; (os_name == "nt") and extra == "test"',
    )
    assert metadata.extras == ("test",)
    assert metadata.entry_points == "[console_scripts]\ntoy = toy:main\n"


@pytest.mark.parametrize(
    "declared",
    [
        '[project.scripts]\ntoy = "toy:main"\n[project.entry-points."toy.more"]\na = "toy:a"\n',
        '[tool.poetry.scripts]\ntoy = "toy:main"\n[tool.poetry.plugins."toy.more"]\na = "toy:a"\n',
    ],
)
def test_entry_points_may_be_declared(tmp_path: Path, declared: str) -> None:
    """Other build tools leave them in pyproject.toml."""
    metadata = described(tmp_path, {"pyproject.toml": declared}).metadata
    assert metadata.entry_points == "[console_scripts]\ntoy = toy:main\n\n[toy.more]\na = toy:a\n"


def test_groups_are_of_every_tool(tmp_path: Path) -> None:
    """A group holds those it includes; of Poetry's, names are enough."""
    text = """
[dependency-groups]
Test = ["pytest>=8", {include-group = "more"}, 1]
more = ["attrs", {include-group = "test"}]
[tool.poetry.dev-dependencies]
python = "^3.8"
PyYAML = "^6.0"
[tool.poetry.group.extra_tests.dependencies]
freezegun = {version = "^1", optional = true}
"""
    assert described(tmp_path, {"pyproject.toml": text}).metadata.groups == {
        "test": ("pytest>=8", "attrs"),
        "more": ("attrs", "pytest>=8"),
        "dev": ("PyYAML",),
        "extra-tests": ("freezegun",),
    }


def test_a_broken_pyproject_declares_nothing(tmp_path: Path) -> None:
    """What it holds is of no use to anybody then."""
    for text in ("[project", "project = 1\n[tool]\npoetry = []\n"):
        metadata = described(tmp_path, {"pyproject.toml": text}).metadata
        assert (metadata.entry_points, metadata.groups) == ("", {})


def test_a_tree_without_metadata_is_said(tmp_path: Path) -> None:
    """Without PKG-INFO, or a version in it, there is no release to speak of."""
    with pytest.raises(DataError, match="no PKG-INFO"):
        describe(write_tree(tmp_path / "a", {"setup.py": ""}))
    with pytest.raises(DataError, match="no name or no version"):
        describe(write_tree(tmp_path / "b", {"PKG-INFO": "Name: toy\n"}))
