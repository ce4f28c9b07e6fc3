"""
Samples in other harnesses' own files, read and written as they are.

* `human-eval`: JSON lines `{"task_id", "completion"}`; the n-th row of a task is
  its n-th sample. https://github.com/openai/human-eval
* `evalplus`: JSON lines `{"task_id", "solution"}` (a whole program) or with
  `completion`; or a folder with `HumanEval_0/0.py`, `HumanEval_0/1.py`, …
  https://github.com/evalplus/evalplus
* `bigcode`: one JSON array with an array of whole programs per problem, in the
  benchmark's order. https://github.com/bigcode-project/bigcode-evaluation-harness
* `ucb`: the `completions.jsonl` of a run folder, and the files in which it goes on.
"""

from __future__ import annotations

import ast
import gzip
import json
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from ucb.data import array, numbered_rows, sharded_rows
from ucb.errors import DataError, UnknownName
from ucb.files import refused, replacing
from ucb.rows import completion_from_row
from ucb.types import Completion, Finish, Key, Problem, Reason, Verdict

FORMATS = ("human-eval", "evalplus", "bigcode")
"""What `write` writes."""
READABLE = (*FORMATS, "ucb")
"""What `read` reads."""


def read(
    path: Path,
    problems: Iterable[str | Problem],
    prompts: Mapping[str, str],
    format: str | None = None,  # noqa: A002 - the word its users know.
) -> Iterator[Completion]:
    """
    Yield the samples of a file or folder, in its order.

    Args:
        path: A `.jsonl` or `.json` file, gzipped or not, or evalplus's folder.
        problems: The benchmark's problems, or their ids, in its order.
        prompts: By problem, the text that a `completion` continues.
        format: One of `READABLE`; told from the file's name and first row if not given.

    Raises:
        DataError: the file is damaged, has no samples, or names a problem the
            benchmark does not have; with the line.
        UnknownName: there is no such format.

    """
    if format is not None and format not in READABLE:
        raise UnknownName("samples format", format, READABLE)
    ids = [each if isinstance(each, str) else each.id for each in problems]
    found = 0
    for completion in _read(path, ids, prompts, format or _detected(path)):
        found += 1
        yield completion
    if not found:
        raise DataError(f"{path} holds no samples.")


class Samples:
    """The samples of a file or folder, read anew each time they are iterated over; see `read`."""

    def __init__(
        self, path: Path, problems: Iterable[str | Problem], prompts: Mapping[str, str]
    ) -> None:
        self._read = partial(read, path, list(problems), prompts)

    def __iter__(self) -> Iterator[Completion]:
        return self._read()


def write(
    format: str,  # noqa: A002 - as in `read`.
    path: Path,
    codes: Iterable[tuple[Key, str]],
    problems: Iterable[str | Problem],
    prompts: Mapping[str, str],
) -> int:
    """
    Write whole programs as another harness's samples and return how many.

    Evalplus's folder layout is written where `path` has no suffix. A file
    appears whole or not at all. Samples that are missing leave no gap in these
    formats: the ones after them move up.

    Args:
        format: One of `FORMATS`.
        path: The file, or evalplus's folder; `.gz` behind a file's name compresses it.
        codes: Each sample's source file, in the order of problems and samples; read once.
        problems: The benchmark's problems, or their ids, in its order.
        prompts: By problem, the text that a human-eval `completion` continues.

    Raises:
        DataError: a code cannot be said as human-eval's prompt and completion,
            or evalplus's folder is there and not empty.
        StoreError: the disk refuses.
        UnknownName: there is no such format.

    """
    if format not in FORMATS:
        raise UnknownName("samples format", format, FORMATS)
    ids = [each if isinstance(each, str) else each.id for each in problems]
    known = _Counted(codes, ids)
    if format == "bigcode":
        _replace(path, _array(ids, known))
    elif format == "evalplus" and not path.suffix:
        _write_folder(path, known)
    elif format == "evalplus":
        _replace(path, (_line(task_id=key.problem, solution=code) for key, code in known))
    else:
        tails = ((key, _tail(key, code, prompts)) for key, code in known)
        _replace(path, (_line(task_id=key.problem, completion=tail) for key, tail in tails))
    return known.count


class _Counted:
    """Codes of known problems as they pass; `ValueError` for one that is out of order."""

    def __init__(self, codes: Iterable[tuple[Key, str]], ids: Iterable[str]) -> None:
        self._codes = codes
        self._places = {name: place for place, name in enumerate(ids)}
        self.count = 0

    def __iter__(self) -> Iterator[tuple[Key, str]]:
        before = (-1, -1)
        for key, code in self._codes:
            if (place := self._places.get(key.problem)) is not None:
                if (now := (place, key.sample)) <= before:
                    raise ValueError(f"{key} is not in the order of problems and samples")
                before = now
                self.count += 1
                yield key, code


def _array(ids: Iterable[str], codes: Iterable[tuple[Key, str]]) -> Iterator[str]:
    """Yield the text of bigcode's array, a problem at a time; those without samples are empty."""
    groups = groupby(codes, key=lambda each: each[0].problem)
    problem, samples = next(groups, (None, iter(())))
    for number, name in enumerate(ids):
        programs = []
        if name == problem:
            programs = [code for _, code in samples]
            problem, samples = next(groups, (None, iter(())))
        yield f"{', ' if number else '['}{json.dumps(programs)}"
    yield "]"


def write_results(
    path: Path, verdicts: Iterable[tuple[Verdict, str]], prompts: Mapping[str, str]
) -> int:
    """
    Write human-eval's results file and return how many rows it has.

    Each row is a sample's with `result` ("passed", "timed out" or "failed: …")
    and `passed`. `verdicts` come with their whole programs, in the order of the
    samples. Raises as `write` does.
    """
    rows = [
        _line(
            task_id=verdict.key.problem,
            completion=_tail(verdict.key, code, prompts),
            result=_result(verdict),
            passed=verdict.passed,
        )
        for verdict, code in verdicts
    ]
    _replace(path, rows)
    return len(rows)


def _detected(path: Path) -> str:
    if path.is_dir():
        return "evalplus"
    if ".json" in (path.suffix, Path(path.stem).suffix):
        return "bigcode"
    for _, row in numbered_rows(path):
        if "problem" in row:
            return "ucb"
        return "evalplus" if "solution" in row else "human-eval"
    raise DataError(f"{path} holds no samples.")


def _read(
    path: Path,
    ids: list[str],
    prompts: Mapping[str, str],
    format: str,  # noqa: A002
) -> Iterator[Completion]:
    if format == "bigcode":
        return _read_bigcode(path, ids)
    if format == "ucb":
        return _read_ucb(path, ids)
    if path.is_dir():
        return _read_folder(path, ids)
    return _read_lines(path, ids, prompts, solutions=format == "evalplus")


def _read_lines(
    path: Path, ids: list[str], prompts: Mapping[str, str], *, solutions: bool
) -> Iterator[Completion]:
    known = set(ids)
    seen: Counter[str] = Counter()
    for number, row in numbered_rows(path):
        where = f"{path}, line {number}"
        problem = str(row.get("task_id", ""))
        if problem not in known:
            raise _unknown(where, problem, ids)
        key = Key(problem, seen[problem])
        seen[problem] += 1
        if solutions and isinstance(solution := row.get("solution"), str):
            yield _whole(key, solution)
        elif isinstance(text := row.get("completion"), str):
            code = prompts[problem] + text
            yield Completion(key, text, Finish.UNKNOWN, code=code)
        else:
            wanted = "'solution' or 'completion'" if solutions else "'completion'"
            raise DataError(f"{where}: a sample has the text {wanted}.")


def _read_folder(path: Path, ids: list[str]) -> Iterator[Completion]:
    known = {name.replace("/", "_"): name for name in ids}
    folders = [folder for folder in path.iterdir() if folder.is_dir()]
    for folder in folders:
        if folder.name not in known:
            raise _unknown(str(folder), folder.name, list(known))
    order = {name: place for place, name in enumerate(ids)}
    for folder in sorted(folders, key=lambda folder: order[known[folder.name]]):
        files = list(folder.glob("*.py"))
        for file in files:
            if not file.stem.isdecimal():
                raise DataError(f"{file}: a sample's file is named by its number, as in 0.py.")
        for file in sorted(files, key=lambda file: int(file.stem)):
            try:
                # Line endings are the sample's own, so they are not translated.
                code = file.read_bytes().decode()
            except (OSError, UnicodeDecodeError) as error:
                raise DataError(f"{file} cannot be read: {error}.") from error
            yield _whole(Key(known[folder.name], int(file.stem)), code)


def _read_bigcode(path: Path, ids: list[str]) -> Iterator[Completion]:
    generations = array(path)
    if len(generations) > len(ids):
        raise DataError(
            f"{path} has samples of {len(generations)} problems and the benchmark has {len(ids)}: "
            "it belongs to another one."
        )
    for place, (problem, programs) in enumerate(zip(ids, generations, strict=False), 1):
        if not isinstance(programs, list) or not all(isinstance(code, str) for code in programs):
            raise DataError(f"{path}, item {place}: not an array of programs.")
        for sample, code in enumerate(programs):
            yield _whole(Key(problem, sample), code)


def _read_ucb(path: Path, ids: list[str]) -> Iterator[Completion]:
    known = set(ids)
    for file, number, row in sharded_rows(path):
        completion = completion_from_row(row, f"{file}, line {number}")
        if completion.key.problem not in known:
            raise _unknown(f"{file}, line {number}", completion.key.problem, ids)
        yield completion


def _whole(key: Key, code: str) -> Completion:
    return Completion(key, code, Finish.UNKNOWN, code=code)


def _unknown(where: str, problem: str, ids: list[str]) -> DataError:
    close = get_close_matches(problem, ids, n=1, cutoff=0.5)
    hint = f"Did you mean {close[0]!r}?" if close else f"Its first is {ids[0]!r}." if ids else ""
    return DataError(f"{where}: the benchmark has no problem {problem!r}. {hint}".rstrip())


def _tail(key: Key, code: str, prompts: Mapping[str, str]) -> str:
    """Return the completion that makes `code`, or does the same, behind the problem's prompt."""
    prompt = prompts[key.problem]
    if code.startswith(prompt):
        return code.removeprefix(prompt)
    # A prompt that is whole Python by itself, a function with a docstring, is
    # overruled by the definition that follows it.
    if "from __future__" not in code and _parses(prompt):
        return f"\n\n{code}"
    raise DataError(
        f"{key.problem}, sample {key.sample} cannot be written for human-eval: its code does not "
        "begin with the prompt. Use --format evalplus."
    )


def _parses(prompt: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(prompt)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _result(verdict: Verdict) -> str:
    if verdict.passed:
        return "passed"
    if verdict.reason is Reason.TIMEOUT:
        return "timed out"
    return ": ".join(part for part in ("failed", verdict.reason.value, verdict.detail) if part)


def _line(**fields: Any) -> str:
    # ASCII, because text may hold lone surrogates, which UTF-8 cannot.
    return json.dumps(fields, ensure_ascii=True) + "\n"


def _replace(path: Path, texts: Iterable[str]) -> None:
    with replacing(path) as file:
        if path.suffix != ".gz":
            file.writelines(texts)
            return
        # Without a name and a time, equal samples make equal files.
        with gzip.GzipFile("", "wb", fileobj=file.buffer, mtime=0) as packed:
            for text in texts:
                packed.write(text.encode())


def _write_folder(path: Path, codes: Iterable[tuple[Key, str]]) -> None:
    if path.is_dir() and any(path.iterdir()):
        raise DataError(f"{path} is not empty: old samples would mix with new ones.")
    try:
        for problem, samples in groupby(codes, key=lambda each: each[0].problem):
            folder = path / problem.replace("/", "_")
            folder.mkdir(parents=True, exist_ok=True)
            for number, (_, code) in enumerate(samples):
                # A lone surrogate becomes a question mark: a source file is UTF-8.
                (folder / f"{number}.py").write_bytes(code.encode("utf-8", "replace"))
    except OSError as error:
        raise refused(path, "cannot be written", error) from error
