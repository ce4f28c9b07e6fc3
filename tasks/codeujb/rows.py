"""Rows of the published datasets, from a file, a folder or the hub, and what must be in them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ucb.data import numbered_rows
from ucb.errors import DataError
from ucb.fetch import optional

from .published import OWNER, Published

Row = Mapping[str, Any]

_PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")
_KINDS = ("jsonl", "jsonl.gz", "json", "json.gz", "parquet")
_FOLDER = "codeujb"
"""Below `$UCB_DATA_DIR`."""


def rows(published: Published, own: Path | None) -> Iterator[Row]:
    """
    Yield the rows of a dataset in their published order, each with all its fields.

    `own` is a file; a folder with files of the published names; or `OWNER/DATASET@COMMIT`, such a
    dataset on the Hugging Face hub as it was at a commit. Without it a folder is looked for in
    `$UCB_DATA_DIR`.

    Raises:
        DataError: there is no such data, or a row lacks a field, or one is of another kind.

    """
    seen: set[str] = set()
    for path in _files(published, own):
        for where, row in _numbered(path):
            _check(published, row, where)
            if (name := str(row["task_id"])) in seen:
                raise DataError(f"{where}: task_id {name!r} is there twice.")
            seen.add(name)
            yield row
    if not seen:
        raise DataError(f"The data of {published.dataset} holds no rows.")


def _files(published: Published, own: Path | None) -> list[Path]:
    if own is None:
        folder = os.environ.get("UCB_DATA_DIR")
        if folder and (found := _in_folder(published, Path(folder, _FOLDER))):
            return found
        raise DataError(
            f"{published.dataset} is not here. Pass --data {OWNER}/{published.dataset}@COMMIT with "
            "a commit of that dataset on the Hugging Face hub, or --data FOLDER with its files, or "
            f"put them into {_FOLDER} in the folder UCB_DATA_DIR."
        )
    if own.is_file():
        return [own]
    if own.is_dir():
        if found := _in_folder(published, own):
            return found
        raise DataError(
            f"{own} has no file of {published.dataset}. It may be called "
            f"{published.dataset}.jsonl, .json or .parquet, or be a copy of the hub's dataset in "
            f"{published.dataset}/."
        )
    if _PINNED.fullmatch(str(own)):
        dataset, _, revision = str(own).partition("@")
        if found := _parts(_snapshot(dataset, revision)):
            return found
        raise DataError(f"{dataset} has no file of rows at {revision[:12]}.")
    raise DataError(
        f"There is no file or folder {own}. A dataset of the hub is named as "
        f"{OWNER}/{published.dataset}@COMMIT, with all 40 digits of the commit."
    )


def _in_folder(published: Published, folder: Path) -> list[Path]:
    """Return the files of a dataset in a folder: one of its names, or a copy of the hub's."""
    names = (published.dataset, *published.aliases)
    alone = [folder / f"{name}.{kind}" for name in names for kind in _KINDS]
    alone += sorted(folder.glob(f"task_{published.suffix}_bench_default*.json"))
    for path in alone:
        if path.is_file():
            return [path]
    copies = [folder / name for name in (*names, *(f"{OWNER}/{name}" for name in names))]
    if folder.name in names:
        copies.append(folder)
    return next((found for copy in copies if (found := _parts(copy))), [])


def _parts(folder: Path) -> list[Path]:
    """Return the files of the split `train` in a copy of a dataset, in order."""
    for inside in (folder / "data", folder):
        for kind in _KINDS:
            if found := sorted(inside.glob(f"train*.{kind}")):
                return found
    return []


def _snapshot(dataset: str, revision: str) -> Path:
    hub = optional("huggingface_hub", f"Reading {dataset} from the Hugging Face hub")
    try:
        path: str = hub.snapshot_download(
            dataset,
            repo_type="dataset",
            revision=revision,
            allow_patterns=[f"**train*.{kind}" for kind in _KINDS],
        )
    except (OSError, ValueError, hub.errors.HfHubHTTPError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise DataError(f"{dataset} could not be read from the hub: {reason}") from error
    return Path(path)


def _numbered(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield rows and where each stands, also of an object whose one value is the array of them."""
    if path.suffix == ".json":
        try:
            value = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise DataError(f"{path} is no whole JSON file: {error}.") from error
        if isinstance(value, dict) and len(value) == 1:
            value = next(iter(value.values()))
        if not isinstance(value, list):
            raise DataError(f"{path} holds no JSON array of rows.")
        for number, row in enumerate(value, 1):
            if not isinstance(row, dict):
                raise DataError(f"{path}, row {number}: not a JSON object.")
            yield f"{path}, row {number}", row
        return
    unit = "line" if ".jsonl" in path.name else "row"
    for number, row in numbered_rows(path):
        yield f"{path}, {unit} {number}", row


def _check(published: Published, row: Row, where: str) -> None:
    for name in published.fields:
        if name not in row:
            raise DataError(f"{where}: a row of {published.dataset} has {name!r}.")
        wanted, right = _KINDS_OF_FIELDS.get(name, _TEXT)
        if not right(row[name]):
            raise DataError(f"{where}: {name!r} must be {wanted}.")
    for ending in ("", "_fixed", "_buggy"):
        if f"start{ending}" in published.fields:
            start, end = row[f"start{ending}"], row[f"end{ending}"]
            lines = row[f"source{ending}"].count("\n") + 1
            if not start <= end < lines:
                raise DataError(
                    f"{where}: 'start{ending}' {start} and 'end{ending}' {end} are no lines of a "
                    f"source of {lines}, counted from 0."
                )


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _is_line(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_name(value: Any) -> bool:
    return (isinstance(value, str) and bool(value)) or _is_line(value)


def _is_classes(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, dict) and isinstance(v.get("be_test_class_name"), str) for v in value)
    )


_Kind = tuple[str, Callable[[Any], bool]]
_TEXT: _Kind = ("a text", lambda value: isinstance(value, str))
_LINE: _Kind = ("a number of a line, from 0", _is_line)
_TEXTS: _Kind = ("a list of texts, and not empty", _is_texts)
_NAME: _Kind = ("a text or a number", _is_name)
_KINDS_OF_FIELDS: Mapping[str, _Kind] = {
    "task_id": _NAME,
    "bug_id": _NAME,
    "testmethods": _TEXTS,
    "classes_modified": _TEXTS,
    "classmethods": ("a list of objects with a text 'be_test_class_name', not empty", _is_classes),
    "defective": ("true or false", lambda value: isinstance(value, bool)),
    **{
        f"{side}{ending}": _LINE for side in ("start", "end") for ending in ("", "_fixed", "_buggy")
    },
}
