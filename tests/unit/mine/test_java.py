"""Java methods that changed between two releases, and how Debian names releases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ucb.errors import DataError
from ucb.mine.java.changed import Left, candidates, edition, laid_out
from ucb.mine.java.debian import Release, Sources

_FILE = "src/main/java/demo/Demo.java"
_OLD = """\
package demo;

class Demo {
    /** Old words. */
    @Deprecated
    int bug(int x) {
        int y = x;
        return y + 2;
    }

    int same(int x) {
        // Old remark.
        return x;
    }

    int declared(int x) {
        int y = x;
        return y + 1;
    }

    int small() { return 1; }

    int gone(int x) {
        int y = x;
        return y;
    }
}
"""
_NEW = """\
package demo;

class Demo {
    int added() {
        return 0;
    }

    /** New words. */
    @Deprecated
    int bug(int x) {
        int y = x;
        return 2 * y;
    }

    int same(int x) { return x; }

    long declared(int x) {
        int y = x;
        return y + 2;
    }

    int small() { return 2; }
}
"""


def _release(root: Path, text: str, sources: str = "src/main/java") -> Path:
    path = root / sources / "demo" / "Demo.java"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    (root / "src/test/java").mkdir(parents=True)
    return root


def test_only_a_changed_body_is_a_candidate(tmp_path: Path) -> None:
    """Layout, remarks and Javadoc are no change; a declaration's is another matter."""
    dropped: Counter[str] = Counter()
    old, new = _release(tmp_path / "old", _OLD), _release(tmp_path / "new", _NEW)
    (found,) = candidates(old, new, dropped)
    assert (found.file, found.name) == (_FILE, "Demo.bug(int)")
    assert found.old.splitlines()[0] == "    @Deprecated"
    assert "y + 2" in found.old
    assert "2 * y" in found.new
    assert dropped == {Left.SAME: 1, Left.HEADER: 1, Left.SIZE: 1}


def test_an_edition_is_the_new_file_with_the_old_method(tmp_path: Path) -> None:
    """Nothing else of the file changes."""
    old, new = _release(tmp_path / "old", _OLD), _release(tmp_path / "new", _NEW)
    (found,) = candidates(old, new, Counter())
    assert edition(found, _NEW) == _NEW.replace("return 2 * y;", "return y + 2;")


def test_methods_that_cannot_be_told_apart_are_left(tmp_path: Path) -> None:
    """Two of a name and the same parameters, as a type inside a method may bring."""
    twice = _OLD.replace("int gone(int x)", "int bug(int x)")
    old, new = _release(tmp_path / "old", twice), _release(tmp_path / "new", _NEW)
    dropped: Counter[str] = Counter()
    assert list(candidates(old, new, dropped)) == []
    assert dropped[Left.TWICE] == 1


@pytest.mark.parametrize(
    ("sources", "tests"), [("src/main/java", "src/test/java"), ("src/java", "src/test")]
)
def test_other_layouts_become_mavens(tmp_path: Path, sources: str, tests: str) -> None:
    """Sources, tests and resources stand where rooms look for them."""
    for place, name in ((sources, "Demo.java"), (tests, "DemoTest.java")):
        path = tmp_path / "plain" / place / "demo" / name
        path.parent.mkdir(parents=True)
        path.write_text("package demo;\n")
    assert laid_out(tmp_path / "plain", tmp_path / "tree")
    assert (tmp_path / "tree" / _FILE).is_file()
    assert (tmp_path / "tree/src/test/java/demo/DemoTest.java").is_file()


def test_a_project_without_tests_is_none(tmp_path: Path) -> None:
    """Nothing could show a bug."""
    (tmp_path / "plain/src/main/java").mkdir(parents=True)
    assert not laid_out(tmp_path / "plain", tmp_path / "tree")


@pytest.mark.parametrize(
    ("version", "upstream"),
    [
        ("1.5.0-1", "1.5.0"), ("3.12.0-2+deb12u1", "3.12.0"), ("2.8.6-1+deb11u1", "2.8.6"),
        ("1:1.2+dfsg-3", "1.2"), ("4.2", "4.2"),
    ],
)  # fmt: skip
def test_the_authors_version_is_in_debians(version: str, upstream: str) -> None:
    """Epoch, revision and what says that files were taken out are Debian's own."""
    assert Release("demo", version).upstream == upstream


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands that stand in for apt's, and a folder for what they say and fetch."""
    folder = tmp_path / "bin"
    folder.mkdir()
    commands = {
        "apt-cache": (
            'printf "Package: demo\\nVersion: 1.0-1\\nPackage-List: \\n\\n'
            'Package: demo\\nVersion: 1.1-1\\nPackage-List: \\n"\n'
        ),
        "apt-get": (
            'case "$*" in *"demo=1.0-1") touch demo_1.0.orig.tar.xz demo_1.0.orig.tar.xz.asc;; '
            '*update) echo "$*" >> "$LOG";; *) echo "E: Failed" >&2; exit 100;; esac\n'
        ),
    }
    for name, script in commands.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    return tmp_path


def test_releases_are_what_apt_says(apt: Path) -> None:
    """Its lists are fetched once, into a folder of their own."""
    sources = Sources(apt / "apt", ("one", "two"), "mirror")
    old, new = sources.releases("demo")
    assert [old.version, new.version] == ["1.0-1", "1.1-1"]
    Sources(apt / "apt", ("one", "two"), "mirror").releases("demo")
    assert len((apt / "log").read_text().splitlines()) == 1
    assert (apt / "apt/sources.list").read_text() == (
        "deb-src mirror one main\ndeb-src mirror two main\n"
    )
    assert sources.archive(old).name == "demo_1.0.orig.tar.xz"


def test_what_is_not_there_is_one_sentence(apt: Path) -> None:
    """Of a package without sources, and of an archive that cannot be fetched."""
    sources = Sources(apt / "apt", ("one",), "mirror")
    with pytest.raises(DataError, match="have no sources of 'other'"):
        sources.releases("other")
    with pytest.raises(DataError, match="apt-get failed: E: Failed"):
        sources.archive(Release("demo", "1.1-1"))
